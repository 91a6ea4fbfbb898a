"""Moving running cases at the terminal: the plan, the move, and putting a case back."""

from __future__ import annotations

import pytest

from engine import instances
from engine.db import Database
from tests.engine.test_designs import KEY, OWNER, draw
from tests.engine.test_procedure import As, procedure
from tests.engine.test_version_commands import _address, told

__all__ = ["_address", "procedure"]


def test_cases_are_planned_moved_and_put_back(procedure: Database, as_: As, capsys: pytest.CaptureFixture[str]) -> None:
    with procedure.begin(as_("kasubag_umum")) as uow:
        first, second = (instances.start(uow, KEY).instance_id for _ in range(2))
    draw(procedure, as_(OWNER), b">PT5M<", b">PT25M<")
    told(capsys, "publish", KEY, "--as", OWNER, "--reason", "Perlu.")
    planned = told(capsys, "plan", KEY, "--as", OWNER)
    assert [(case["case"], case["verdict"]) for case in planned["cases"]] == [(first, "moves"), (second, "moves")]
    move = ("move", KEY, "--as", OWNER, "--reason", "Waktu baku diperpanjang.")
    assert told(capsys, *move, "--case", str(first)) == {"version": 2, "moved": [first], "left": {}}
    assert told(capsys, *move)["moved"] == [second]
    assert told(capsys, "undo-move", str(second), "--as", OWNER)["undone"]
    assert told(capsys, "undo-move", str(second), "--as", OWNER, code=4)["error"] == "CaseMovedOn"
    assert told(capsys, "plan", KEY, "--as", "camat", code=3)["error"] == "NotAllowed"
    assert told(capsys, *move, "--map", "tanpa-tanda", code=1)["error"] == "InvalidInput"
