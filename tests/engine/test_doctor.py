"""What the doctor finds in a healthy installation, and in sick ones."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from engine import calendars, office
from engine.clock import SetClock
from engine.db import Database
from engine.doctor import Finding, doctor
from engine.identity import SYSTEM
from engine.model import DayOffRow, PersonRow
from engine.worker import Worker


@pytest.fixture
def healthy(office: Database) -> Database:
    with office.begin(SYSTEM) as uow:
        calendars.establish(uow)
    Worker(office).run_once()
    return office


def found(database: Database, word: str) -> list[Finding]:
    return [finding for finding in doctor(database) if word in finding.what]


@pytest.mark.both_databases
def test_a_healthy_office_has_no_errors(healthy: Database) -> None:
    assert [f for f in doctor(healthy) if f.level == "error"] == []


def test_a_database_without_tables_or_out_of_reach_is_told_before_anything_else(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/empty.db", f"sqlite:///{tmp_path}/no/such/folder/alur.db"):
        database = Database(url)
        (finding,) = doctor(database)
        database.dispose()
        assert finding.level == "error"
        assert finding.remedy


@pytest.mark.both_databases
def test_a_silent_worker_is_noticed(healthy: Database, clock: SetClock) -> None:
    assert not found(healthy, "worker")
    clock.advance(timedelta(minutes=10))
    assert [f.level for f in found(healthy, "worker")] == ["error"]


def test_an_office_without_administrator_holidays_or_honest_clock_is_noticed(healthy: Database) -> None:
    with healthy.begin(SYSTEM) as uow:
        uow.session.execute(update(PersonRow).where(PersonRow.username == "administrator").values(active=False))
        uow.session.execute(update(DayOffRow).where(DayOffRow.kind == "joint_leave").values(active=False))
        office.put(uow, office.TRAINING, True)
        office.advance_clock(uow, by=timedelta(minutes=1))
        office.put(uow, office.TRAINING, False)
    assert [f.level for f in found(healthy, "administrator today")] == ["error"]
    assert [f.level for f in found(healthy, "cuti bersama")] == ["warning"]
    assert [f.level for f in found(healthy, "clock")] == ["error"]
    assert [f.level for f in found(healthy, "Nobody holds today: Administrator.")] == ["warning"]
