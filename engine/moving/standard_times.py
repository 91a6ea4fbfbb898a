"""The standard times of a case that is moved: what each becomes, counted from its original start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine import deadlines, history
from engine.db import UnitOfWork
from engine.diagram.model import Process
from engine.model import DeadlineRow, DeadlineState, InstanceRow
from engine.spiff.migrate import Moved
from engine.spiff.snapshot import WaitingTimer
from engine.worktime import Calendar


@dataclass(frozen=True, slots=True)
class StandardTime:
    """What the standard time of an open activity becomes."""

    row: DeadlineRow | None  #: None: it had none
    timer: WaitingTimer | None  #: None: it has fired, or is gone
    gone: bool = False  #: the new version has no standard time there

    @property
    def before(self) -> datetime | None:
        return self.row.due_at if self.row is not None and self.row.ended_at is None else None

    @property
    def after(self) -> datetime | None:
        if self.timer is not None:
            return self.timer.due
        return None if self.gone or self.row is None else self.row.due_at

    @property
    def activity_key(self) -> str:
        if self.row is not None:
            return self.row.activity_key
        return (self.timer.attached_key or "") if self.timer is not None else ""


def foresee(
    uow: UnitOfWork, instance: InstanceRow, after: Process, mapping: Mapping[str, str], moved: Moved
) -> tuple[StandardTime, ...]:
    """Say what the standard times of a case would become; changes nothing."""
    rows = uow.session.scalars(
        select(DeadlineRow).where(DeadlineRow.instance_id == instance.id).order_by(DeadlineRow.id)
    )
    known = {(row.activity_key, row.timer_id): row for row in rows}
    found = []
    for timer in moved.snapshot.timers:
        if deadlines.is_deadline(after, timer):
            old = moved.timers.get(timer.key, timer.event_id)
            found.append(StandardTime(known.pop((timer.attached_key or "", old), None), timer))
    for row in known.values():
        if row.ended_at is not None:
            continue
        node = after.nodes.get(mapping.get(row.activity_id, row.activity_id))
        gone = node is None or node.deadline is None or row.state == DeadlineState.OPEN
        found.append(StandardTime(row, None, gone))
    return tuple(found)


def apply(uow: UnitOfWork, time: StandardTime, calendar: Calendar | None) -> None:
    """Make it so: counted from its original start; what has fired stays a fact."""
    row, timer = time.row, time.timer
    if row is None:
        return
    if timer is None:
        if row.state == DeadlineState.OPEN:  # nobody waits for it any more; a missed one stays a fact
            row.state, row.ended_at = DeadlineState.CANCELLED, uow.now
        return
    before = row.due_at
    changed = (row.duration, row.due_at) != (timer.text, timer.due)
    row.activity_id, row.timer_id, row.timer_key = timer.attached_to or "", timer.event_id, timer.key
    if row.ended_at is not None:  # an earlier version had it, the last one had not
        row.state, row.ended_at, row.started_at = DeadlineState.OPEN, None, timer.started
        changed = True
    if not changed:
        return
    row.duration, row.due_at = timer.text, timer.due
    row.calendar = calendar.key if calendar else None
    ledger = dict(deadlines.ledger_of(calendar, timer))
    if before != timer.due:
        ledger["recounted"] = {"at": uow.now.isoformat(), "before": before.isoformat(), "why": "version"}
        history.record(
            uow,
            "deadline.moved",
            instance_id=row.instance_id,
            activity_id=row.activity_id,
            before=before.isoformat(),
            due=timer.due.isoformat(),
        )
    row.ledger = ledger
