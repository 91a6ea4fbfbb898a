"""Loading an office from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import calendars, office
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed
from engine.identity import SYSTEM, Actor
from engine.model import HistoryRow
from engine.office_file import load_office
from engine.people import positions, users

OFFICE: dict[str, Any] = {
    "settings": {"office.name": "Kecamatan Contoh"},
    "positions": [
        {"key": "secretary", "name": "Sekretaris", "superior": "head", "rank": 2},
        {"key": "head", "name": "Camat", "rank": 1, "tags": ["unit"]},
    ],
    "people": [
        {
            "username": "Sari",
            "name": "Sari Contoh",
            "nip": "198501012010012001",
            "holds": [
                {"position": "secretary", "starts_on": "2026-01-01"},
                {"position": "head", "kind": "plh", "starts_on": "2026-03-09", "ends_on": "2026-03-11"},
            ],
        }
    ],
}


@pytest.mark.both_databases
def test_a_file_brings_settings_positions_people_and_a_calendar(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        load_office(uow, OFFICE)
    with database.read(SYSTEM) as uow:
        assert office.office_name(uow) == "Kecamatan Contoh"
        above = positions.superior_of(uow, "secretary")
        assert above is not None
        assert [(h.person_name, h.kind) for h in above.holders] == [("Sari Contoh", "plh")]
        assert [p.username for p in users.listing(uow)] == ["sari"]
        assert calendars.get(uow).zone == "Asia/Jakarta"


def test_loading_a_file_again_changes_nothing_that_was_changed_since(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        load_office(uow, OFFICE)
        head = next(p for p in positions.listing(uow) if p.key == "head")
        positions.change(uow, head.id, name="Camat Baru")
    with database.begin(SYSTEM) as uow:
        before = uow.session.scalar(select(func.count()).select_from(HistoryRow))
        load_office(uow, OFFICE)
        assert uow.session.scalar(select(func.count()).select_from(HistoryRow)) == before
        assert positions.get(uow, head.id).name == "Camat Baru"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("positions",), "text", "positions"),
        (("positions", 0, "key"), 7, "positions.0.key"),
        (("positions", 0, "superior"), "nobody", "positions.0.superior"),
        (("people", 0, "name"), "", "people.0.name"),
        (("people", 0, "nip"), "123", "nip"),
        (("people", 0, "holds", 0, "position"), "nowhere", "people.0.holds.0.position"),
        (("people", 0, "holds", 0, "starts_on"), "1 Januari", "people.0.holds.0.starts_on"),
        (("people", 0, "holds", 1, "kind"), "king", "kind"),
        (("settings", "office.zone"), "Mars", "office.zone"),
    ],
)
def test_a_wrong_entry_is_named(database: Database, path: tuple[Any, ...], value: object, field: str) -> None:
    data = json.loads(json.dumps(OFFICE))
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with database.begin(SYSTEM) as uow, pytest.raises(InvalidInput) as refused:
        load_office(uow, data)
    assert refused.value.field == field


def test_only_administrators_load_an_office(database: Database) -> None:
    with database.begin(Actor(7, "Sari")) as uow, pytest.raises(NotAllowed):
        load_office(uow, OFFICE)


def test_the_demo_office_names_every_position_of_its_cases() -> None:
    folder = Path(office.__file__).parent / "demo_data"
    keys = {p["key"] for p in json.loads((folder / "office.json").read_text("utf-8"))["positions"]}
    cases = json.loads((folder / "cases.json").read_text("utf-8"))["cases"]
    acting = {
        by
        for case in cases
        for step in case["steps"]
        for by in ([step["by"]] if isinstance(step["by"], str) else step["by"])
    }
    assert acting <= keys
    assert {unit for case in cases for unit in case.get("units", ())} <= keys
