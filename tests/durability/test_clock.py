"""Clocks that jump: what is due fires once, in order, and no fact of a case lies before an earlier one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from engine import deadlines, incidents, instances, tasks
from engine.clock import SetClock, SystemClock
from engine.db import Database
from engine.errors import Busy, CaseNotActive
from engine.identity import SYSTEM
from engine.model import AlertRow, DeadlineRow, HeartbeatRow, HistoryRow, JobRow, TaskRow
from engine.worker import Worker
from tests import answers
from tests.durability.furnished import World, open_task, send
from tests.durability.invariants import broken_rules
from tests.office import ADMINISTRATOR, person


def alerts(database: Database) -> list[tuple[int, str]]:
    """Case and activity of every alert, in the order they were raised."""
    with database.read(SYSTEM) as uow:
        rows = uow.session.execute(select(AlertRow.instance_id, AlertRow.activity_id).order_by(AlertRow.id))
        return [(case, activity) for case, activity in rows]


@pytest.mark.both_databases
def test_a_jump_over_all_deadlines_raises_each_alert_once(database: Database, world: World, clock: SetClock) -> None:
    before = alerts(database)
    with database.read(SYSTEM) as uow:
        active = select(DeadlineRow.id).join(JobRow, JobRow.key == DeadlineRow.timer_key).where(JobRow.dead.is_(False))
        waiting = len(uow.session.scalars(active).all())
    clock.advance(timedelta(days=60))
    Worker(database).run_once()
    raised = alerts(database)[len(before) :]
    assert len(raised) == len(set(raised)) == waiting
    assert Worker(database).run_once() == 0
    assert not broken_rules(database)


def test_a_clock_set_back_fires_nothing_twice_and_reverses_no_history(
    database: Database, world: World, clock: SetClock
) -> None:
    case = world.cases["new"]
    clock.advance(timedelta(minutes=10))
    Worker(database).run_once()
    raised = alerts(database)
    clock.at = world.at - timedelta(hours=5)
    assert Worker(database).run_once() == 0
    send(database, case, "terima_permintaan", "kasubag_umum", answers.PERMINTAAN)
    clock.at = world.at + timedelta(minutes=11)
    Worker(database).run_once()
    assert [a for a in alerts(database) if a not in raised] == []
    with database.read(SYSTEM) as uow:
        task = uow.session.scalars(select(TaskRow).where(TaskRow.instance_id == case).order_by(TaskRow.id)).first()
        assert task is not None and task.ended_at is not None
        assert task.ended_at >= task.created_at
    assert not broken_rules(database)


def test_a_deadline_begun_under_a_clock_set_back_counts_from_the_last_fact(
    database: Database, world: World, clock: SetClock
) -> None:
    clock.at = world.at - timedelta(hours=1)
    send(database, world.cases["new"], "terima_permintaan", "kasubag_umum", answers.PERMINTAAN)
    with database.read(SYSTEM) as uow:
        found = select(DeadlineRow).where(DeadlineRow.instance_id == world.cases["new"]).order_by(DeadlineRow.id.desc())
        counting = uow.session.scalars(found).first()
        assert counting is not None
        assert (counting.activity_id, counting.started_at) == ("teruskan_surat", world.at)


def test_a_worker_whose_clock_is_set_back_still_says_that_it_lives(
    database: Database, world: World, clock: SetClock
) -> None:
    worker = Worker(database)
    worker.run_once()
    clock.advance(-timedelta(hours=1))
    worker.run_once()
    with database.read(SYSTEM) as uow:
        assert uow.session.get_one(HeartbeatRow, worker.name).at == clock.at


@pytest.mark.parametrize("copied", ["postgresql"], indirect=True)
def test_machines_that_share_a_database_go_by_its_clock(database: Database, world: World) -> None:
    class Wrong(SystemClock):
        def now(self) -> datetime:
            return super().now() + timedelta(hours=3)

    wrong = Database(database.url, Wrong())
    with wrong.begin(person(wrong, "kasubag_umum")) as uow:
        case = instances.start(uow, "pengumpulan_data_kinerja").instance_id
    with wrong.read(SYSTEM) as uow:
        at = uow.session.scalars(select(HistoryRow.at).where(HistoryRow.instance_id == case)).all()
    wrong.dispose()
    assert all(abs(instant - datetime.now(UTC)) < timedelta(minutes=30) for instant in at)


@pytest.mark.both_databases
def test_a_standard_time_is_missed_once_and_never_after_the_step_was_done(
    database: Database, world: World, clock: SetClock
) -> None:
    def pass_again(case: str) -> tuple[bool, str, datetime | None]:
        found = select(DeadlineRow).where(DeadlineRow.instance_id == world.cases[case]).order_by(DeadlineRow.id)
        with database.begin(SYSTEM) as uow:
            row = uow.session.scalars(found).first()
            assert row is not None
            standing = deadlines.standing(uow, {row.activity_key})
            told = deadlines.passed(uow, row.activity_key, row.timer_id, standing)
            uow.session.refresh(row)
            return told is not None, row.state, row.passed_at

    clock.advance(timedelta(minutes=6))
    first = clock.at
    assert pass_again("new") == (True, "missed", first)
    clock.advance(timedelta(minutes=6))
    assert pass_again("new") == (False, "missed", first), "it would raise a second alert, and at a later time"
    assert pass_again("forwarded") == (False, "met", None), "the step was done in time"


def test_a_case_that_rests_does_not_wake_for_its_incident(database: Database, world: World, clock: SetClock) -> None:
    case = world.cases["broken"]
    with database.begin(person(database, "pengelola_sop")) as uow:
        instances.suspend(uow, case, "Menunggu.")
    with pytest.raises(CaseNotActive), database.begin(person(database, ADMINISTRATOR)) as uow:
        incidents.retry(uow, world.incident)
    Worker(database).run_once()
    assert case not in {id for id, _ in alerts(database)}


@pytest.mark.both_databases
def test_who_finds_the_database_busy_is_told_to_try_again(database: Database, world: World, clock: SetClock) -> None:
    task = open_task(database, world.cases["new"], "terima_permintaan")
    actor, quick = person(database, "kasubag_umum"), Database(database.url, clock)

    def impatient(connection: object, *_: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("pragma busy_timeout = 50" if database.sqlite else "set lock_timeout = 50")
        cursor.close()
        if not database.sqlite:
            connection.commit()  # type: ignore[attr-defined]

    event.listen(quick.engine, "connect", impatient)
    with database.begin(actor) as holding:
        tasks.claim(holding, task)
        holding.session.flush()
        with pytest.raises(Busy), quick.begin(actor) as uow:
            tasks.save_draft(uow, task, {"nomor_surat": "1"})
    with quick.begin(actor) as uow:
        tasks.save_draft(uow, task, {"nomor_surat": "1"})
    quick.dispose()
