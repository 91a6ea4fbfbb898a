"""Due work for the worker: a waiting timer, a connector to call, a message or signal to deliver, a case to begin.

A job is a row: waiting -> run (the row goes) | failed -> waiting again after a backoff -> out of retries: dead, with an
incident | held while its case is suspended. Calls are leased: a worker that dies leaves the job to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from . import history, locks
from .db import UnitOfWork, batched
from .model import CaseState, IncidentRow, InstanceRow, JobRow
from .spiff.snapshot import OpenCall, WaitingTimer

RETRIES = 5
BACKOFF = timedelta(seconds=10)  #: doubles with every attempt
LEASE = timedelta(minutes=2)  #: longer than any connector may take

_ROWS: Any = JobRow.__table__
_OF_CASE = select(_ROWS.c.id, _ROWS.c.key, _ROWS.c.due_at).where(
    _ROWS.c.instance_id == bindparam("case"), _ROWS.c.kind.in_(("timer", "service"))
)
_DROP = delete(_ROWS).where(_ROWS.c.id.in_(bindparam("rows", expanding=True)))
_RETIME = update(_ROWS).where(_ROWS.c.id == bindparam("row"))
_ADD = insert(_ROWS)


def match(uow: UnitOfWork, instance_id: int, timers: Iterable[WaitingTimer], calls: Iterable[OpenCall] = ()) -> None:
    """Make the case's timer and service jobs exactly its waiting timers and open service tasks."""
    rows = {row.key: row for row in uow.execute(_OF_CASE, {"case": instance_id})}
    waiting = {timer.key: timer for timer in timers}
    open_calls = {call.key: call for call in calls}
    for gone in batched([row.id for key, row in rows.items() if key not in waiting and key not in open_calls]):
        uow.execute(_DROP, {"rows": gone})
    new = []
    for key, timer in waiting.items():
        if key not in rows:
            new.append(_new(uow, "timer", key, instance_id, {"event_id": timer.event_id}, timer.due))
        elif rows[key].due_at != timer.due:
            uow.execute(_RETIME, {"row": rows[key].id, "due_at": timer.due})
    for key, call in open_calls.items():
        if key not in rows:
            payload = {"event_id": call.activity_id, "connector": call.connector}
            new.append(_new(uow, "service", key, instance_id, payload))
    if new:
        uow.execute(_ADD, new)


def add(
    uow: UnitOfWork,
    kind: str,
    key: str,
    *,
    payload: dict[str, Any],
    instance_id: int | None = None,
    due_at: datetime | None = None,
    held: bool = False,
) -> None:
    """Schedule work, due at once unless said otherwise; `held` while its case is suspended."""
    uow.execute(_ADD, _new(uow, kind, key, instance_id, payload, due_at, held=held))


def _new(
    uow: UnitOfWork,
    kind: str,
    key: str,
    instance_id: int | None,
    payload: dict[str, Any],
    due_at: datetime | None = None,
    *,
    held: bool = False,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key,
        "instance_id": instance_id,
        "due_at": due_at or uow.now,
        "attempts": 0,
        "dead": held,
        "error": "",
        "payload": payload,
    }


def remove(uow: UnitOfWork, key: str) -> None:
    """Drop a job, if there is one of this key."""
    uow.session.execute(delete(JobRow).where(JobRow.key == key))


def acquire(uow: UnitOfWork) -> tuple[JobRow, InstanceRow | None] | None:
    """The next due job with its case, both locked until the unit ends; None when nothing is due or free.

    On PostgreSQL what another worker or a person's step holds is skipped; on SQLite the unit holds the only write lock.
    """
    locks.share_office(uow)
    due = (
        select(JobRow, InstanceRow)
        .join(InstanceRow, JobRow.instance_id == InstanceRow.id)
        .where(*_due(uow), InstanceRow.state == CaseState.ACTIVE)
        .order_by(JobRow.due_at, JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    row = uow.session.execute(due).first()
    if row is not None:
        locks.keep_order(uow, row[1].id)
        return row[0], row[1]
    alone = (
        select(JobRow)
        .where(*_due(uow), JobRow.instance_id.is_(None))
        .order_by(JobRow.due_at, JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = uow.session.scalar(alone)
    return (job, None) if job is not None else None


def _due(uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    return (
        JobRow.dead.is_(False),
        JobRow.due_at <= uow.now,
        JobRow.not_before.is_(None) | (JobRow.not_before <= uow.real_now),
    )


def lease(uow: UnitOfWork, job: JobRow) -> None:
    """Keep a job from other workers while its call is under way."""
    job.not_before = uow.real_now + LEASE


def locked(uow: UnitOfWork, job_id: int) -> JobRow | None:
    """The job, if it is still there and not held."""
    return uow.session.scalar(select(JobRow).where(JobRow.id == job_id, JobRow.dead.is_(False)).with_for_update())


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


def due_in(uow: UnitOfWork) -> timedelta | None:
    """How long until the next job falls due, zero where one is; None where none waits for a time."""
    ready = JobRow.not_before.is_(None) | (JobRow.not_before <= uow.real_now)
    first = select(JobRow.due_at).where(JobRow.dead.is_(False), ready).order_by(JobRow.due_at).limit(1)
    at = uow.session.scalar(first)
    return None if at is None else max(timedelta(0), at - uow.now)


def waiting(uow: UnitOfWork) -> int:
    """How many jobs are due now."""
    return uow.session.scalar(select(func.count()).select_from(JobRow).where(*_due(uow))) or 0
