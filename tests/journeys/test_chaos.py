"""Nothing is lost and nothing happens twice, whatever is killed whenever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from engine.db import Database
from engine.identity import SYSTEM
from engine.model import AlertRow, DeadlineRow, HistoryRow, PersonRow, TaskRow, TaskState
from engine.worker import Worker
from tests.journeys import procedure
from tests.journeys.chaos import Chaos, Machine
from tests.office import ADMINISTRATOR

pytestmark = [pytest.mark.both_databases, pytest.mark.xdist_group("launch")]


@pytest.fixture
def machine(in_real_time: Database, tmp_path: Path) -> Iterator[Machine]:
    """The office's machine, everybody with the same password."""
    with in_real_time.begin(SYSTEM) as uow:
        known = select(PersonRow.password_hash).where(PersonRow.username == ADMINISTRATOR).scalar_subquery()
        uow.session.execute(update(PersonRow).values(password_hash=known))
    machine = Machine(in_real_time, tmp_path)
    yield machine
    machine.stop()


def test_killing_worker_and_server_loses_and_doubles_nothing(machine: Machine) -> None:
    chaos = Chaos(machine, seed=4, units=procedure.UNITS[:2])
    chaos.run(cases=2, seconds=300, pause=(0.8, 2.5), kills=6)
    assert not chaos.troubles
    assert len(machine.kills) >= 4
    assert_nothing_lost_or_doubled(machine.database)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_thirty_cases_under_fire(machine: Machine, seed: int) -> None:
    chaos = Chaos(machine, seed=seed)
    chaos.run(cases=30, seconds=3600, pause=(0.5, 6.0), kills=1000)
    assert not chaos.troubles
    assert len(machine.kills) > 10
    assert_nothing_lost_or_doubled(machine.database)


def assert_nothing_lost_or_doubled(database: Database) -> None:
    """Each task has one completion in history; each deadline that passed has one alert, and no other has any."""
    Worker(database).run_once()
    with database.read(SYSTEM) as uow:
        states = dict(uow.session.execute(select(TaskRow.id, TaskRow.state)).all())
        assert set(states.values()) == {TaskState.COMPLETED}
        completions = uow.session.execute(
            select(HistoryRow.task_id, func.count())
            .where(HistoryRow.kind == "task.completed")
            .group_by(HistoryRow.task_id)
        )
        assert dict(completions.all()) == dict.fromkeys(states, 1)
        passed = {
            row.id: 1
            for row in uow.session.scalars(select(DeadlineRow))
            if row.ended_at is not None and row.due_at <= row.ended_at
        }
        assert passed, "no deadline passed: this run has shown nothing"
        alerts = uow.session.execute(select(AlertRow.deadline_id, func.count()).group_by(AlertRow.deadline_id))
        assert dict(alerts.all()) == passed
