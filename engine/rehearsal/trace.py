"""What happened in a case, step by step: who had what, from when to when, due when, and whom it was reported to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from .. import definitions
from ..db import UnitOfWork
from ..diagram.model import Process
from ..model import AlertRow, DeadlineRow, InstanceRow, TaskRow
from ..people import positions


@dataclass(frozen=True, slots=True)
class Alarm:
    """A deadline that passed, and the positions it was reported to."""

    at: datetime
    to: tuple[str, ...]  #: position names


@dataclass(frozen=True, slots=True)
class Entry:
    """One time an activity was open."""

    activity_id: str
    name: str
    number: str | None
    item: str  #: label of the item, "" where the activity has none
    round: int
    performer: str  #: position name
    entered: datetime
    due: datetime | None
    left: datetime | None  #: None: still open
    state: str  #: completed | cancelled | open
    alerts: tuple[Alarm, ...] = ()


def entries(uow: UnitOfWork, instance_id: int) -> tuple[Entry, ...]:
    """Tasks and timed sub-processes of a case in the order in which they were entered."""
    instance = uow.session.get(InstanceRow, instance_id)
    if instance is None:
        return ()
    process = definitions.diagram_of(uow, instance.definition_id).process
    names = positions.names(uow)
    rows = uow.session.execute(
        select(DeadlineRow, AlertRow)
        .outerjoin(AlertRow, AlertRow.deadline_id == DeadlineRow.id)
        .where(DeadlineRow.instance_id == instance_id)
        .order_by(DeadlineRow.id)
    ).all()
    timed: dict[str, list[tuple[DeadlineRow, AlertRow | None]]] = {}
    for deadline, alert in rows:
        timed.setdefault(deadline.activity_key, []).append((deadline, alert))
    found: list[Entry] = []
    for task in uow.session.scalars(select(TaskRow).where(TaskRow.instance_id == instance_id).order_by(TaskRow.id)):
        own = timed.pop(task.key, [])
        found.append(
            Entry(
                activity_id=task.activity_id,
                name=task.name,
                number=task.number,
                item=task.item_label,
                round=task.round,
                performer=names.get(task.candidate_group or task.owner_group or "", ""),
                entered=task.created_at,
                due=own[0][0].due_at if own else None,
                left=task.ended_at,
                state=task.state,
                alerts=_alarms(own, names),
            )
        )
    rounds: dict[str, int] = {}
    for own in timed.values():
        deadline = own[0][0]
        node = process.nodes.get(deadline.activity_id)
        rounds[deadline.activity_id] = rounds.get(deadline.activity_id, 0) + 1
        performer = positions.resolve(uow, node.lane) if node is not None and node.lane else None
        found.append(
            Entry(
                activity_id=deadline.activity_id,
                name=node.name if node is not None else "",
                number=node.number if node is not None else None,
                item="",
                round=rounds[deadline.activity_id],
                performer=names.get(performer or "", ""),
                entered=deadline.started_at,
                due=deadline.due_at,
                left=deadline.ended_at,
                state="open" if deadline.ended_at is None else "completed",
                alerts=_alarms(own, names),
            )
        )
    places = process.places()

    def order(entry: Entry) -> tuple[datetime, int, int, int]:
        """What is entered at one instant is told round by round, along the flow, from outside in."""
        place = places.get(entry.activity_id, len(places))
        return entry.entered, entry.round, place, _depth(process, entry.activity_id)

    return tuple(sorted(found, key=order))


def _depth(process: Process, activity_id: str) -> int:
    """How many sub-processes stand around an activity."""
    node = process.nodes.get(activity_id)
    return 0 if node is None or node.parent is None else 1 + _depth(process, node.parent)


def _alarms(timed: list[tuple[DeadlineRow, AlertRow | None]], names: dict[str, str]) -> tuple[Alarm, ...]:
    return tuple(
        Alarm(alert.opened_at, tuple(names.get(key, key) for key in alert.recipients))
        for _, alert in timed
        if alert is not None
    )
