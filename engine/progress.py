"""How far a case has come along the numbered steps of its procedure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from . import calendars, worktime
from .db import UnitOfWork
from .diagram.model import Node, Process
from .model import CaseState, DeadlineRow, InstanceRow, TaskRow, TaskState
from .people import positions
from .worktime.durations import parse_duration
from .worktime.hours import Calendar


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the procedure in one case. Times are of its latest round."""

    number: str | None
    activity_id: str
    name: str
    state: Literal["done", "current", "late", "returned", "waiting"]
    round: int  #: 0 where it was never reached
    holders: tuple[str, ...]  #: position names of its open tasks
    due_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    taken: timedelta | None  #: working time from start to end, or to now
    taken_days: float | None  #: the same in days, where the standard is in days
    standard: str | None  #: ISO duration


def steps_of(uow: UnitOfWork, instance: InstanceRow, process: Process) -> tuple[StepView, ...]:
    """Every step of the top level, reached or not."""
    tasks = uow.session.scalars(select(TaskRow).where(TaskRow.instance_id == instance.id).order_by(TaskRow.id)).all()
    rows = uow.session.scalars(
        select(DeadlineRow).where(DeadlineRow.instance_id == instance.id).order_by(DeadlineRow.id)
    ).all()
    places = process.places()
    return tuple(_step(uow, instance, process, node, list(tasks), list(rows), places) for node in process.steps())


def _step(
    uow: UnitOfWork,
    instance: InstanceRow,
    process: Process,
    node: Node,
    tasks: list[TaskRow],
    rows: list[DeadlineRow],
    places: Mapping[str, int],
) -> StepView:
    mine = [t for t in tasks if places.get(t.activity_id) == places[node.id]]
    open_tasks = [t for t in mine if t.open]
    deadline = next((r for r in reversed(rows) if r.activity_id == node.id), None)
    running = bool(open_tasks) or any(a["activity_id"] == node.id for a in instance.activities)
    rounds = [r for r in rows if r.activity_id == node.id]
    number = len(rounds) if rounds else max((t.round for t in mine), default=0)
    started = deadline.started_at if deadline else min((t.created_at for t in mine), default=None)
    ended = None if running else max((t.ended_at for t in mine if t.ended_at), default=None)
    due = deadline.due_at if deadline and running else None
    calendar = calendars.get(uow, process.calendar) if process.calendar else None
    names = positions.names(uow)
    returned = any(t.returned for t in open_tasks)
    state: Literal["done", "current", "late", "returned", "waiting"]
    if running and instance.state != CaseState.CANCELLED:
        state = "late" if due and uow.now > due else "returned" if returned else "current"
    else:
        state = "done" if any(t.state == TaskState.COMPLETED for t in mine) else "waiting"
    if state == "done" and _runs_again(node, tasks, places):
        state = "waiting"
    taken = worktime.between(calendar, started, ended or uow.now) if started and (ended or running) else None
    return StepView(
        number=node.number,
        activity_id=node.id,
        name=node.name or node.id,
        state=state,
        round=number,
        holders=tuple(dict.fromkeys(names.get(t.candidate_group or t.owner_group or "", "") for t in open_tasks)),
        due_at=due,
        started_at=started,
        ended_at=ended,
        taken=taken,
        taken_days=_in_days(calendar, deadline, taken),
        standard=_standard(node, deadline if state != "waiting" else None),
    )


def _standard(node: Node, deadline: DeadlineRow | None) -> str | None:
    """What the step was held to; what it will be, where it is still to come."""
    if deadline is not None:
        return deadline.duration
    return node.deadline.text if node.deadline else None


def _in_days(calendar: Calendar | None, deadline: DeadlineRow | None, taken: timedelta | None) -> float | None:
    """Working days differ in length, so the share of the standard time that was taken is what counts."""
    if deadline is None or taken is None or not deadline.duration.startswith("P"):
        return None
    standard = parse_duration(deadline.duration)
    whole = worktime.between(calendar, deadline.started_at, deadline.due_at)
    return standard.days * taken / whole if standard.days and not standard.minutes and whole else None


def _runs_again(node: Node, tasks: list[TaskRow], places: Mapping[str, int]) -> bool:
    """Whether the case was sent back before this step, so that it will have to be done once more."""
    current = [places[t.activity_id] for t in tasks if t.open and t.activity_id in places]
    return bool(current) and places[node.id] > max(current)
