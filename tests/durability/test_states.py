"""Offices written by earlier versions open, migrate, and all their cases can be finished by this one."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import incidents, instances, tasks
from engine.clock import SetClock
from engine.db import Database, migrate
from engine.identity import SYSTEM
from engine.model import AlertRow, AlertState, CaseState, IncidentRow, InstanceRow, TaskRow, TaskState
from engine.worker import Worker
from tests.durability.invariants import broken_rules
from tests.durability.make_states import STATES, make
from tests.office import ADMINISTRATOR, person

KEPT = sorted(path.name[:3] for path in STATES.glob("*.sql.gz"))


def opened(folder: Path, number: str, into: Path) -> tuple[Database, SetClock, dict[str, Any]]:
    """The kept office in a database file of its own, brought up to date."""
    with closing(sqlite3.connect(into)) as connection:
        connection.executescript(gzip.decompress((folder / f"{number}.sql.gz").read_bytes()).decode())
    facts = json.loads((folder / f"{number}.json").read_text("utf-8"))
    clock = SetClock(datetime.fromisoformat(facts["at"]))
    migrate(f"sqlite:///{into}")
    return Database(f"sqlite:///{into}", clock), clock, facts


def finish(database: Database, clock: SetClock, facts: dict[str, Any]) -> None:
    """Set everything going again, and send step after step until nothing is open."""
    with database.begin(person(database, ADMINISTRATOR)) as uow:
        for incident in uow.session.scalars(select(IncidentRow.id)).all():
            incidents.retry(uow, incident)
    with database.begin(person(database, "pengelola_sop")) as uow:
        for case in uow.session.scalars(select(InstanceRow.id).where(InstanceRow.state == CaseState.SUSPENDED)).all():
            instances.activate(uow, case)
    for activity, by, raw in facts["steps"]:
        clock.advance(timedelta(minutes=7))
        Worker(database).run_once()
        assert not broken_rules(database)
        with database.read(SYSTEM) as uow:
            found = select(TaskRow.id, TaskRow.candidate_group).where(
                TaskRow.activity_id == activity, TaskRow.state == TaskState.OPEN
            )
            waiting = [id for id, group in uow.session.execute(found) if group == by]
        for task in waiting:
            with database.begin(person(database, by)) as uow:
                tasks.complete(uow, task, raw, confirm_same_case=True)


@pytest.mark.parametrize("number", KEPT)
def test_an_office_kept_by_an_earlier_version_is_finished_by_this_one(number: str, tmp_path: Path) -> None:
    database, clock, facts = opened(STATES, number, tmp_path / "kept.db")
    finish(database, clock, facts)
    with database.read(SYSTEM) as uow:
        states = set(uow.session.scalars(select(InstanceRow.state)))
        alerts = set(uow.session.scalars(select(AlertRow.state)))
    database.dispose()
    assert (states, alerts) == ({CaseState.COMPLETED}, {AlertState.CLOSED})


def test_the_script_keeps_an_office_that_can_be_finished(tmp_path: Path) -> None:
    rows = make(tmp_path)
    database, clock, facts = opened(tmp_path, rows.name[:3], tmp_path / "kept.db")
    finish(database, clock, facts)
    assert not broken_rules(database)
    database.dispose()
