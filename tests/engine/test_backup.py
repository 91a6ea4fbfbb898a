"""A copy of the office, taken while people work."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from engine import office
from engine.backup import backup
from engine.db import Database
from engine.errors import Conflict, InvalidInput
from engine.identity import SYSTEM


def name_in(path: Path) -> str:
    copy = Database(f"sqlite:///{path}")
    try:
        with copy.read(SYSTEM) as uow:
            return office.office_name(uow)
    finally:
        copy.dispose()


def test_a_backup_holds_what_was_committed_and_not_what_was_not(database: Database, tmp_path: Path) -> None:
    with database.begin(SYSTEM) as uow:
        office.put(uow, office.NAME, "Kecamatan Lumajang")
    target = tmp_path / "backup.db"
    with database.begin(SYSTEM) as uow:
        office.put(uow, office.NAME, "Half done")
        size = backup(database.url, target)
    assert size == target.stat().st_size > 0
    assert sorted(p.name for p in tmp_path.iterdir() if "backup" in p.name) == ["backup.db"]
    assert name_in(target) == "Kecamatan Lumajang"
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_an_earlier_backup_is_never_overwritten(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    target.write_bytes(b"precious")
    with pytest.raises(InvalidInput):
        backup(database.url, target)
    assert target.read_bytes() == b"precious"


def test_a_backup_without_a_source_or_a_folder_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        backup(f"sqlite:///{tmp_path}/absent.db", tmp_path / "backup.db")
    with pytest.raises(InvalidInput):
        backup(database.url, tmp_path / "absent" / "backup.db")
    assert not (tmp_path / "absent.db").exists()
    assert not (tmp_path / "backup.db").exists()


def test_postgresql_is_pointed_to_its_own_tool(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="pg_dump --format=custom"):
        backup("postgresql+psycopg://localhost/alur", tmp_path / "backup.dump")
