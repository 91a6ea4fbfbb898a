"""Standard times: armed when an activity begins, explained by a ledger, met or missed when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from . import calendars, definitions, worktime
from .db import UnitOfWork, batched
from .diagram.model import Node, Process
from .model import AlertRow, AlertState, DeadlineRow, DeadlineState, DefinitionRow, InstanceRow, TaskRow, TaskState
from .spiff.snapshot import WaitingTimer
from .worktime import Calendar, Lateness

_ROWS: Any = DeadlineRow.__table__
_ALERTS: Any = AlertRow.__table__
_KNOWN = select(
    _ROWS.c.id,
    _ROWS.c.instance_id,
    _ROWS.c.activity_id,
    _ROWS.c.activity_key,
    _ROWS.c.timer_id,
    _ROWS.c.timer_key,
    _ROWS.c.due_at,
    _ROWS.c.state,
    _ROWS.c.ended_at,
    _ALERTS.c.state.label("alert_state"),
).outerjoin(_ALERTS, _ALERTS.c.deadline_id == _ROWS.c.id)
_STANDING = _KNOWN.where(_ROWS.c.activity_key.in_(bindparam("keys", expanding=True)))
_LEFT = _KNOWN.where(_ROWS.c.instance_id == bindparam("case"), _ROWS.c.ended_at.is_(None)).order_by(_ROWS.c.id)
_ARM = insert(_ROWS)
_CHANGE = update(_ROWS).where(_ROWS.c.id == bindparam("row"))
_CLOSE = update(_ROWS).where(_ROWS.c.id.in_(bindparam("rows", expanding=True)))


@dataclass(frozen=True, slots=True)
class DeadlineView:
    id: int
    instance_id: int
    activity_id: str
    activity_name: str
    number: str | None
    item_label: str
    due_at: datetime
    started_at: datetime
    state: str  #: DeadlineState
    duration: str
    calendar: str | None
    ledger: dict[str, Any]
    passed_at: datetime | None
    ended_at: datetime | None
    lateness: Lateness | None  #: at the end, or now while open; None if not late


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change of the calendar does to one open deadline."""

    instance_id: int
    title: str
    activity_name: str
    old: datetime
    new: datetime


def calendar_for(uow: UnitOfWork, process: Process) -> Calendar | None:
    """The calendar a process counts with; None: elapsed time."""
    return calendars.get(uow, process.calendar) if process.calendar else None


class Standing(NamedTuple):
    """A deadline as a step finds it, with the alert about it."""

    id: int
    instance_id: int
    activity_id: str
    activity_key: str
    timer_id: str
    timer_key: str
    due_at: datetime
    state: str  #: DeadlineState
    ended_at: datetime | None
    alert_state: str | None  #: AlertState


def standing(uow: UnitOfWork, activity_keys: Iterable[str]) -> dict[tuple[str, str], Standing]:
    """The deadlines of these activity instances, ended ones too, by activity instance and timer."""
    found = {}
    for keys in batched(sorted(set(activity_keys))):
        for row in uow.execute(_STANDING, {"keys": keys}):
            one = Standing._make(row)
            found[one.activity_key, one.timer_id] = one
    return found


def has_one(process: Process, activity_id: str) -> bool:
    """Whether an activity has a standard time."""
    node = process.nodes.get(activity_id)
    return node is not None and node.deadline is not None


def arm(
    uow: UnitOfWork,
    instance_id: int,
    process: Process,
    calendar: Calendar | None,
    timers: Iterable[WaitingTimer],
    known: dict[tuple[str, str], Standing] | None = None,
) -> dict[str, datetime]:
    """Write a deadline for every waiting timer that is some activity's standard time and has none yet.

    `known` are the deadlines of these activities, where the caller has read them. Returns the due instants of those
    that have not ended, by activity instance.
    """
    wanted = [(timer.attached_key, timer) for timer in timers if timer.attached_key and is_deadline(process, timer)]
    if known is None:
        known = standing(uow, (key for key, _ in wanted))
    due = {row.activity_key: row.due_at for row in known.values()}
    new = []
    for key, timer in wanted:
        due[key] = timer.due
        row = known.get((key, timer.event_id))
        if row is not None:
            if (row.timer_key, row.due_at) != (timer.key, timer.due):
                uow.execute(_CHANGE, {"row": row.id, "timer_key": timer.key, "due_at": timer.due})
            continue
        new.append(
            {
                "instance_id": instance_id,
                "activity_id": timer.attached_to or "",
                "activity_key": timer.attached_key,
                "timer_id": timer.event_id,
                "timer_key": timer.key,
                "calendar": calendar.key if calendar else None,
                "duration": timer.text,
                "started_at": timer.started,
                "due_at": timer.due,
                "ledger": ledger_of(calendar, timer),
                "state": DeadlineState.OPEN,
            }
        )
    if new:
        uow.execute(_ARM, new)
    return due


def is_deadline(process: Process, timer: WaitingTimer) -> bool:
    node = process.nodes.get(timer.attached_to or "")
    return node is not None and node.deadline is not None and node.deadline.id == timer.event_id


def ledger_of(calendar: Calendar | None, timer: WaitingTimer) -> dict[str, Any]:
    if timer.kind == "duration":
        return worktime.due(calendar, timer.started, timer.text).ledger
    return {"due": timer.due.isoformat(), "entries": []}


def passed(
    uow: UnitOfWork, activity_key: str, timer_id: str, known: dict[tuple[str, str], Standing]
) -> Standing | None:
    """Mark this activity instance's deadline as missed; None where the timer is none or was marked before."""
    row = known.get((activity_key, timer_id))
    if row is None or row.state != DeadlineState.OPEN:
        return None
    uow.execute(_CHANGE, {"row": row.id, "state": DeadlineState.MISSED, "passed_at": uow.now})
    known[activity_key, timer_id] = row._replace(state=DeadlineState.MISSED, alert_state=AlertState.OPEN)
    return row


def close(uow: UnitOfWork, rows: Iterable[Standing], *, cancelled: bool) -> None:
    """End these deadlines, of activity instances that have ended."""
    left = [row for row in rows if row.ended_at is None]
    for state, ids in (
        (DeadlineState.CANCELLED if cancelled else DeadlineState.MET, [r.id for r in left if r.state == "open"]),
        (DeadlineState.MISSED, [r.id for r in left if r.state != "open"]),
    ):
        for some in batched(ids):
            uow.execute(_CLOSE, {"rows": some, "state": state, "ended_at": uow.now})


def left(uow: UnitOfWork, instance_id: int) -> tuple[Standing, ...]:
    """The deadlines of a case that have not ended."""
    return tuple(Standing._make(row) for row in uow.execute(_LEFT, {"case": instance_id}))


def view(uow: UnitOfWork, row: DeadlineRow, nodes: Mapping[str, Node], item_label: str = "") -> DeadlineView:
    calendar = calendars.get(uow, row.calendar) if row.calendar else None
    until = row.ended_at or uow.now
    late = row.state != DeadlineState.CANCELLED and until > row.due_at
    node = nodes.get(row.activity_id)
    return DeadlineView(
        id=row.id,
        instance_id=row.instance_id,
        activity_id=row.activity_id,
        activity_name=node.name if node else row.activity_id,
        number=node.number if node else None,
        item_label=item_label,
        due_at=row.due_at,
        started_at=row.started_at,
        state=row.state,
        duration=row.duration,
        calendar=row.calendar,
        ledger=row.ledger,
        passed_at=row.passed_at,
        ended_at=row.ended_at,
        lateness=worktime.lateness(calendar, row.due_at, until) if late else None,
    )


def next_due(uow: UnitOfWork) -> datetime | None:
    """The earliest deadline still counting, anywhere: where the training clock can jump to."""
    return uow.session.scalar(
        select(DeadlineRow.due_at).where(DeadlineRow.state == DeadlineState.OPEN).order_by(DeadlineRow.due_at).limit(1)
    )


def counting(uow: UnitOfWork, calendar_key: str) -> list[tuple[DeadlineRow, InstanceRow, DefinitionRow]]:
    """Open deadlines that count with a calendar, locked for change in case order."""
    rows = uow.session.execute(
        select(DeadlineRow, InstanceRow, DefinitionRow)
        .join(InstanceRow, DeadlineRow.instance_id == InstanceRow.id)
        .join(DefinitionRow, InstanceRow.definition_id == DefinitionRow.id)
        .where(DeadlineRow.state == DeadlineState.OPEN, DeadlineRow.calendar == calendar_key)
        .order_by(InstanceRow.id, DeadlineRow.id)
    )
    return [(deadline, instance, definition) for deadline, instance, definition in rows]


def retime(uow: UnitOfWork, row: DeadlineRow, calendar: Calendar) -> datetime:
    """Count a deadline again from its original start; the ledger remembers what it said before. Returns the new due."""
    if not row.duration.upper().startswith("P"):
        return row.due_at
    counted = worktime.due(calendar, row.started_at, row.duration)
    if counted.at != row.due_at:
        counted.ledger["recounted"] = {"at": uow.now.isoformat(), "before": row.due_at.isoformat()}
        row.ledger, row.due_at = counted.ledger, counted.at
        open_here = (TaskRow.key == row.activity_key) | (TaskRow.scope_key == row.activity_key)
        for task in uow.session.scalars(select(TaskRow).where(open_here, TaskRow.state == TaskState.OPEN)):
            task.due_at = counted.at
    return counted.at


def shifts(uow: UnitOfWork, calendar: Calendar, calendar_key: str) -> tuple[Shift, ...]:
    """What `calendar`, still a plan, would do to the open deadlines that count with this key; changes nothing."""
    found = []
    for deadline, instance, definition in counting(uow, calendar_key):
        if not deadline.duration.upper().startswith("P"):
            continue
        at = worktime.due(calendar, deadline.started_at, deadline.duration).at
        if at != deadline.due_at:
            node = definitions.diagram_of(uow, definition.id).process.nodes.get(deadline.activity_id)
            name = node.name if node else deadline.activity_id
            found.append(Shift(instance.id, instance.title, name, deadline.due_at, at))
    return tuple(found)
