"""Units of work on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from engine.__main__ import main
from engine.db import OFFICE_MARK, Database, migrate
from engine.identity import SYSTEM
from engine.model import NoteRow, SettingRow

pytestmark = pytest.mark.both_databases


def count(database: Database) -> int:
    with database.read(SYSTEM) as uow:
        kept = select(func.count()).select_from(SettingRow).where(SettingRow.key != OFFICE_MARK)
        return uow.session.scalar(kept) or 0


def test_a_unit_that_ends_well_is_kept(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        uow.session.add(SettingRow(key="office.name", value="Kecamatan Lumajang"))
    assert count(database) == 1


def test_a_unit_that_fails_leaves_nothing(database: Database) -> None:
    def change_and_fail() -> None:
        with database.begin(SYSTEM) as uow:
            uow.session.add(SettingRow(key="office.name", value="Kecamatan Lumajang"))
            uow.session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert count(database) == 0


def test_reading_changes_nothing(database: Database) -> None:
    with database.read(SYSTEM) as uow:
        uow.session.add(SettingRow(key="office.name", value="Kecamatan Lumajang"))
        uow.session.flush()
    assert count(database) == 0


def test_a_commit_that_fails_leaves_nothing_and_holds_nobody_up(database: Database) -> None:
    def commit_what_cannot_be() -> None:
        with database.begin(SYSTEM) as uow:
            uow.session.add(SettingRow(key="office.name", value="Kecamatan Lumajang"))
            uow.session.flush()
            if not uow.sqlite:
                for name in ("person_id_people", "instance_id_process_instances"):
                    uow.session.execute(text(f"alter table notes alter constraint fk_notes_{name} deferrable"))
                uow.session.execute(text("set constraints all deferred"))
            else:
                uow.session.execute(text("pragma defer_foreign_keys = on"))
            uow.session.add(NoteRow(instance_id=1, person_id=1, at=uow.now, text="Tanpa berkas"))

    with pytest.raises(IntegrityError):
        commit_what_cannot_be()
    with database.begin(SYSTEM) as uow:
        uow.session.add(SettingRow(key="office.zone", value="Asia/Jakarta"))
    assert count(database) == 1


def test_reading_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    with database.read(SYSTEM) as uow:
        rows = select(func.count()).select_from(SettingRow)
        before = uow.session.scalar(rows)
        with database.begin(SYSTEM) as other:
            other.session.add(SettingRow(key="office.name", value="Kecamatan Lumajang"))
        assert uow.session.scalar(rows) == before == 0
    assert count(database) == 1


def test_the_training_clock_moves_office_time_and_not_real_time(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        before = uow.now
        assert uow.real_now == before
        uow.session.add(SettingRow(key="clock.offset", value=300))
    with database.read(SYSTEM) as uow:
        assert (uow.now - before).total_seconds() == 300
        assert uow.real_now == before


def test_migrating_again_changes_nothing(database: Database, database_url: str) -> None:
    with database.begin(SYSTEM) as uow:
        uow.session.add(SettingRow(key="office.name", value="Kecamatan Lumajang"))
    migrate(database_url)
    assert count(database) == 1


def test_a_command_on_an_empty_database_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALUR_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    assert main(["processes"]) == 1
    assert "python -m engine migrate" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert main(["processes"]) == 0


@pytest.mark.parametrize("url", ["nonsense", "foo://here/there"])
def test_an_address_that_is_none_is_said_in_one_line(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALUR_DATABASE_URL", url)
    assert main(["processes"]) == 1
    assert capsys.readouterr().err.startswith("The database can't be used")
