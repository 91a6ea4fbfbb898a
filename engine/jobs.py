"""Due work for the worker.

A job is a row for each waiting timer: waiting -> run (the row goes with the timer) | failed -> waiting again after a
backoff -> out of retries: dead, with an incident | held while its case is suspended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from . import history, locks
from .db import UnitOfWork
from .model import CaseState, IncidentRow, InstanceRow, JobRow
from .spiff.snapshot import WaitingTimer

RETRIES = 5
BACKOFF = timedelta(seconds=10)  #: doubles with every attempt


def match(uow: UnitOfWork, instance_id: int, timers: Iterable[WaitingTimer]) -> None:
    """Make the case's timer jobs exactly its waiting timers."""
    rows = {row.key: row for row in uow.session.scalars(select(JobRow).where(JobRow.instance_id == instance_id))}
    waiting = {timer.key: timer for timer in timers}
    gone = [row.id for key, row in rows.items() if key not in waiting]
    if gone:
        uow.session.execute(delete(JobRow).where(JobRow.id.in_(gone)))
        for row in rows.values():
            if row.id in gone:
                uow.session.expunge(row)
    for key, timer in waiting.items():
        known = rows.get(key)
        if known is None:
            payload = {"event_id": timer.event_id}
            uow.session.add(
                JobRow(
                    kind="timer",
                    key=key,
                    instance_id=instance_id,
                    due_at=timer.due,
                    attempts=0,
                    dead=False,
                    error="",
                    payload=payload,
                )
            )
        else:
            known.due_at = timer.due


def acquire(uow: UnitOfWork) -> tuple[JobRow, InstanceRow] | None:
    """The next due job with its case, both locked until the unit ends; None when nothing is due or free.

    On PostgreSQL what another worker or a person's step holds is skipped; on SQLite the unit holds the only write lock.
    """
    locks.share_office(uow)
    due = (
        select(JobRow, InstanceRow)
        .join(InstanceRow, JobRow.instance_id == InstanceRow.id)
        .where(JobRow.dead.is_(False), JobRow.due_at <= uow.now, InstanceRow.state == CaseState.ACTIVE)
        .where(JobRow.not_before.is_(None) | (JobRow.not_before <= uow.real_now))
        .order_by(JobRow.due_at, JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    row = uow.session.execute(due).first()
    if row is None:
        return None
    locks.keep_order(uow, row[1].id)
    return row[0], row[1]


def fail(uow: UnitOfWork, job_id: int, error: str, activity_id: str | None) -> bool:
    """Count a failed attempt and back off; out of retries, open an incident. Returns whether it became one."""
    job = uow.session.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update())
    if job is None:
        return False
    job.attempts += 1
    job.error = error[:2000]
    if job.attempts < RETRIES:
        job.not_before = uow.real_now + BACKOFF * 2 ** (job.attempts - 1)
        return False
    job.dead = True
    incident = IncidentRow(
        instance_id=job.instance_id,
        job_key=job.key,
        activity_id=activity_id or job.payload.get("event_id"),
        message=job.error,
        attempts=job.attempts,
        opened_at=uow.now,
    )
    uow.session.add(incident)
    history.record(
        uow, "incident.opened", instance_id=job.instance_id, activity_id=incident.activity_id, message=job.error
    )
    return True


def hold(uow: UnitOfWork, instance_id: int) -> None:
    """Keep a suspended case's jobs from running."""
    uow.session.execute(update(JobRow).where(JobRow.instance_id == instance_id).values(dead=True))


def release(uow: UnitOfWork, instance_id: int) -> None:
    """Let an activated case's jobs run again, from a fresh count of attempts."""
    uow.session.execute(
        update(JobRow).where(JobRow.instance_id == instance_id).values(dead=False, attempts=0, not_before=None)
    )


def waiting(uow: UnitOfWork) -> int:
    """How many jobs are due now."""
    due = select(func.count()).where(JobRow.dead.is_(False), JobRow.due_at <= uow.now)
    return uow.session.scalar(due) or 0
