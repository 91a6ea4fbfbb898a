"""Timers fire once whatever happens to the worker; failures back off, become incidents and can be retried."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from engine import alerts, calendars, cases, history, incidents, instances, jobs
from engine.clock import SetClock
from engine.db import Database, UnitOfWork
from engine.deadlines import DeadlineView
from engine.errors import Conflict, NotAllowed
from engine.identity import SYSTEM
from engine.model import InstanceRow, JobRow
from engine.worker import Worker, health
from tests.engine.test_procedure import As, begin, mine, procedure, to_the_check

__all__ = ["procedure"]


def broken(database: Database, instance_id: int) -> bytes:
    """Spoil the stored state of a case, so that its jobs can't run; gives what it was."""
    with database.begin(SYSTEM) as uow:
        row = uow.session.get_one(InstanceRow, instance_id)
        state, row.snapshot = row.snapshot, b"spoilt"
    assert state is not None
    return state


def test_a_failing_job_backs_off_becomes_an_incident_and_runs_after_a_retry(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    case = begin(procedure, as_)
    state = broken(procedure, case)
    clock.advance(timedelta(minutes=6))
    worker = Worker(procedure)
    attempts = worker.run_once()
    assert attempts == 1, "the second attempt waits for its time"
    for _ in range(jobs.RETRIES):
        clock.advance(timedelta(minutes=10))
        attempts += worker.run_once()
    assert attempts == jobs.RETRIES
    with procedure.read(as_("administrator")) as uow:
        (incident,) = incidents.listing(uow)
    assert (incident.instance_id, incident.attempts) == (case, jobs.RETRIES)
    with pytest.raises(NotAllowed), procedure.begin(as_("camat")) as uow:
        incidents.retry(uow, incident.id)
    with procedure.begin(SYSTEM) as uow:
        uow.session.execute(update(InstanceRow).values(snapshot=state))
    with procedure.begin(as_("administrator")) as uow:
        incidents.retry(uow, incident.id)
    with pytest.raises(Conflict), procedure.begin(as_("administrator")) as uow:
        incidents.retry(uow, incident.id)
    assert worker.run_once() == 1
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        assert len(alerts.listing(uow)) == 1


def test_one_broken_case_keeps_no_other_case_waiting(procedure: Database, as_: As, clock: SetClock) -> None:
    first, second = begin(procedure, as_), begin(procedure, as_)
    broken(procedure, first)
    clock.advance(timedelta(minutes=6))
    Worker(procedure).run_once()
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        assert [a.instance_id for a in alerts.listing(uow)] == [second]


@pytest.mark.both_databases
def test_two_workers_at_once_raise_each_alert_once(procedure: Database, as_: As, clock: SetClock) -> None:
    started = [begin(procedure, as_) for _ in range(6)]
    clock.advance(timedelta(minutes=6))
    workers = [threading.Thread(target=Worker(procedure).run_once) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    Worker(procedure).run_once()
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        raised = [a.instance_id for a in alerts.listing(uow)]
    assert sorted(raised) == started


def test_an_acknowledged_alert_keeps_its_note_and_stays_until_the_work_ends(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    begin(procedure, as_)
    clock.advance(timedelta(minutes=6))
    Worker(procedure).run_once()
    with procedure.read(as_("camat")) as uow:
        assert alerts.listing(uow) == ()
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        (alert,) = alerts.listing(uow)
    assert (alert.lateness.days, alert.lateness.minutes) == (0, 1)
    assert [w.position_name for w in alert.work] == ["Kasubag Umum dan Kepegawaian"]
    with pytest.raises(NotAllowed), procedure.begin(as_("kasubag_umum")) as uow:
        alerts.acknowledge(uow, alert.id, "saya sendiri")
    with procedure.begin(as_("sekretaris_kecamatan")) as uow:
        alerts.acknowledge(uow, alert.id, "Sudah saya telepon.")
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        (seen,) = alerts.listing(uow)
    assert (seen.state, seen.note, seen.acknowledged_by) == (
        "acknowledged",
        "Sudah saya telepon.",
        as_("sekretaris_kecamatan").name,
    )


def test_a_changed_calendar_moves_open_deadlines_from_their_original_start(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    case = to_the_check(procedure, as_)
    with procedure.read(SYSTEM) as uow:
        before = next(d for d in _deadlines(uow, case) if d.activity_id == "periksa_kelengkapan")
    clock.advance(timedelta(days=1))
    with procedure.begin(as_("administrator")) as uow:
        calendars.add_day_off(uow, date(2026, 3, 13), "Hari jadi kabupaten", kind="regional")
        assert instances.retime(uow, calendars.OFFICE) == 1
    with procedure.read(SYSTEM) as uow:
        after = next(d for d in _deadlines(uow, case) if d.activity_id == "periksa_kelengkapan")
        (job_due,) = uow.session.scalars(select(JobRow.due_at))
    assert (before.due_at.day, after.due_at.day) == (16, 17)
    assert after.started_at == before.started_at
    assert job_due == after.due_at
    assert any(e["reason"] == "regional" for e in after.ledger["entries"] if e["kind"] == "skipped")
    assert after.ledger["recounted"]["before"] == before.due_at.isoformat(), "the page says what was promised before"
    (task,) = mine(procedure, as_("sekretaris_kecamatan"))
    assert task.due_at == after.due_at
    clock.at = before.due_at + timedelta(minutes=1)
    Worker(procedure).run_once()
    with procedure.read(as_("camat")) as uow:
        assert alerts.listing(uow) == ()
        assert "deadline.moved" in [e.kind for e in history.of_case(uow, case)]
    clock.at = after.due_at + timedelta(minutes=1)
    Worker(procedure).run_once()
    with procedure.read(as_("camat")) as uow:
        assert [a.activity_id for a in alerts.listing(uow)] == ["periksa_kelengkapan"]


def _deadlines(uow: UnitOfWork, case: int) -> tuple[DeadlineView, ...]:
    return cases.get(uow, case).deadlines


def test_the_heartbeat_tells_whether_a_worker_lives(procedure: Database, clock: SetClock) -> None:
    with procedure.read(SYSTEM) as uow:
        assert not health(uow).alive
    Worker(procedure).run_once()
    clock.advance(timedelta(seconds=60))
    with procedure.read(SYSTEM) as uow:
        assert health(uow).alive
    clock.advance(timedelta(seconds=60))
    with procedure.read(SYSTEM) as uow:
        assert not health(uow).alive


def test_looking_for_due_work_uses_the_index(procedure: Database) -> None:
    with procedure.read(SYSTEM) as uow:
        plan = uow.session.execute(
            text("explain query plan select id from jobs where dead = 0 and due_at <= '2026-01-01' order by due_at")
        ).all()
    assert any("ix_jobs_dead_due_at" in str(row) for row in plan)
