"""Versions at the terminal: what changed, publishing, restoring, retiring, and the process as a text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.__main__ import main
from engine.db import Database
from engine.drafting import designs
from tests.engine.test_designs import KEY, OWNER, draw
from tests.engine.test_procedure import ROOT, As, procedure

__all__ = ["procedure"]
SOP = ROOT / "processes" / f"{KEY}.bpmn"


@pytest.fixture(autouse=True)
def _address(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("ALUR_DATABASE_URL", database_url)


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_draft_is_published_compared_restored_and_the_process_retired(
    procedure: Database, as_: As, capsys: pytest.CaptureFixture[str]
) -> None:
    draw(procedure, as_(OWNER), b">PT5M<", b">PT25M<")
    assert told(capsys, "publish", KEY, "--as", OWNER, "--reason", "Perlu.")["version"] == 2
    (first, *_rest) = told(capsys, "compare", KEY, "1", "2")
    assert (first["number"], first["fact"], first["before"], first["after"]) == ("1", "duration", "PT5M", "PT25M")
    assert told(capsys, "restore", KEY, "1", "--as", OWNER, "--reason", "Kembali.")["version"] == 3
    assert told(capsys, "retire", KEY, "--as", OWNER, "--reason", "Diganti.")["retired"]
    listed = told(capsys, "versions", KEY)
    newest = listed["versions"][0]
    assert (newest["version"], newest["reason"], newest["restored"]) == (3, "Kembali.", 1)
    assert listed["retired"]
    assert not told(capsys, "reinstate", KEY, "--as", OWNER, "--reason", "Lagi.")["retired"]


def test_what_may_not_be_done_has_its_own_exit_code(
    procedure: Database, as_: As, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "retire", KEY, "--as", "camat", "--reason", "Diganti.", code=3)["error"] == "NotAllowed"
    draw(procedure, as_(OWNER), b">PT5M<", b">PT25M<")
    draw(procedure, as_("administrator"), b">PT10M<", b">PT20M<")
    with procedure.begin(as_("administrator")) as uow:
        designs.publish(uow, KEY, revision=1, reason="Perlu.", expected_newest=1)
    publish = ("publish", KEY, "--as", OWNER, "--reason", "Perlu.")
    assert told(capsys, *publish, code=4)["error"] == "VersionChanged"
    assert told(capsys, *publish, "--anyway")["version"] == 3
    assert told(capsys, "compare", KEY, "satu", code=3)["error"] == "NotFound"


def test_files_are_compared_and_told_as_a_text(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.bpmn"
    other.write_text(SOP.read_text("utf-8").replace(">P7D<", ">P8D<"), "utf-8")
    assert main(["compare", str(SOP), str(other)]) == 0
    assert "changed step 6" in capsys.readouterr().out
    outline = told(capsys, "outline", str(SOP))
    assert [entry["number"] for entry in outline["entries"] if entry["number"]] == list("1234567")
    assert main(["outline", str(SOP)]) == 0
    assert "back to step 4" in capsys.readouterr().out
