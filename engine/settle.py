"""Turn a Snapshot into rows: state, tasks, deadlines, jobs, alerts and history, in the caller's transaction.

The stored state is the truth; task and job rows are its index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from . import alerts, deadlines, history, jobs, mailbox, office, task_rows
from .db import UnitOfWork
from .deadlines import Standing
from .diagram.model import Process
from .errors import ExpressionError
from .expressions import evaluate
from .model import (
    CaseState,
    InstanceRow,
    TaskRow,
)
from .people import positions
from .spiff.snapshot import OpenTask, Snapshot, Step
from .waiting import Waiting, waiting
from .worktime import Calendar


@dataclass(frozen=True, slots=True)
class Settled:
    """What a step changed that its caller reports on."""

    created: tuple[TaskRow, ...]  #: read only: they belong to no session
    waiting: tuple[Waiting, ...]  #: tasks that were open before and still are
    ended: bool


def settle(
    uow: UnitOfWork,
    instance: InstanceRow,
    process: Process,
    calendar: Calendar | None,
    snapshot: Snapshot,
    *,
    from_person: str = "",
    joined: Iterable[str] = (),
    open_before: tuple[Waiting, ...] | None = None,
) -> Settled:
    """Make the rows of a case say what its snapshot says. Called with the instance's row locked.

    `joined` are positions that take part from now on; `open_before` the open tasks, where the caller knows them.
    """
    if open_before is None:
        open_before = waiting(uow, instance.id)
    known = {task.key for task in open_before}
    present = {task.key for task in snapshot.tasks}
    new = [task for task in snapshot.tasks if task.key not in known]
    gone = [task for task in open_before if task.key not in present]
    standing = deadlines.standing(uow, _timed(process, snapshot, new, gone))
    _alert(uow, instance, process, snapshot.steps, standing)
    due = deadlines.arm(uow, instance.id, process, calendar, snapshot.timers, standing)
    created = task_rows.create(uow, instance, process, new, due, from_person, joined)
    task_rows.cancel(uow, instance.id, gone)
    _end_activities(uow, snapshot.steps, gone, standing)
    jobs.match(uow, instance.id, snapshot.timers, snapshot.calls)
    if process.listens and not snapshot.ended:
        mailbox.subscribe(uow, instance.id, snapshot.events)
    mailbox.post(uow, instance.id, snapshot.thrown)
    _keep(uow, instance, process, snapshot)
    if snapshot.ended:
        end_deadlines(uow, instance.id, cancelled=False)
        if process.listens:
            mailbox.leave(uow, instance.id)
    return Settled(created, tuple(task for task in open_before if task.key in present), snapshot.ended)


def _timed(process: Process, snapshot: Snapshot, new: list[OpenTask], gone: list[Waiting]) -> Iterator[str]:
    """The activity instances whose deadlines the step may look at or change."""
    for timer in snapshot.timers:
        if timer.attached_key is not None and deadlines.has_one(process, timer.attached_to or ""):
            yield timer.attached_key
    for task in new:
        yield from (scope.key for scope in task.scopes if deadlines.has_one(process, scope.activity_id))
    for lost in gone:
        if deadlines.has_one(process, lost.activity_id):
            yield lost.key
    for step in snapshot.steps:
        if step.kind == "fired":
            if step.attached_key:
                yield step.attached_key
        elif step.kind in ("completed", "cancelled") and deadlines.has_one(process, step.activity_id):
            yield step.key


def _alert(
    uow: UnitOfWork,
    instance: InstanceRow,
    process: Process,
    steps: tuple[Step, ...],
    standing: dict[tuple[str, str], Standing],
) -> None:
    for step in steps:
        if step.kind != "fired":
            continue
        missed = deadlines.passed(uow, step.attached_key, step.activity_id, standing) if step.attached_key else None
        if missed is not None:
            alerts.raise_for(uow, missed, process, _performer(uow, process, missed))
        else:
            history.record(uow, "timer.fired", instance_id=instance.id, activity_id=step.activity_id)


def _performer(uow: UnitOfWork, process: Process, deadline: Standing) -> str | None:
    """Who answers for the late activity: the task's own group, or the lane that leads the sub-process."""
    group = uow.session.scalar(select(TaskRow.candidate_group).where(TaskRow.key == deadline.activity_key))
    if group is not None:
        return group
    node = process.nodes.get(deadline.activity_id)
    return positions.resolve(uow, node.lane) if node and node.lane else None


def _end_activities(
    uow: UnitOfWork, steps: tuple[Step, ...], gone: Sequence[Waiting], standing: Mapping[tuple[str, str], Standing]
) -> None:
    """End the deadlines and alerts of activities that are over."""
    cancelled = {task.key for task in gone} | {step.key for step in steps if step.kind == "cancelled"}
    completed = {step.key for step in steps if step.kind == "completed"} - cancelled
    for keys, stopped in ((cancelled, True), (completed, False)):
        over = [row for row in standing.values() if row.activity_key in keys]
        deadlines.close(uow, over, cancelled=stopped)
        alerts.close_for(uow, over)


# -- the case --------------------------------------------------------------------------------------------------------


def _keep(uow: UnitOfWork, instance: InstanceRow, process: Process, snapshot: Snapshot) -> None:
    """Write the state and what is read of it without loading it; what has not changed stays unwritten."""
    values: dict[str, Any] = {
        "variables": dict(snapshot.data),
        "activities": [
            {"activity_id": a.activity_id, "key": a.key, "items": list(a.items)} for a in snapshot.activities
        ],
        **_names(uow, process, snapshot.data),
    }
    changed = {name: value for name, value in values.items() if getattr(instance, name) != value}
    if snapshot.ended:
        changed |= {"state": CaseState.COMPLETED, "ended_at": uow.now}
        history.record(uow, "case.completed", instance_id=instance.id)
    uow.write(instance, snapshot=snapshot.state, row_version=instance.row_version + 1, **changed)


def name_case(uow: UnitOfWork, instance: InstanceRow, process: Process) -> None:
    """Name a case whose variables or diagram have changed."""
    for name, value in _names(uow, process, instance.variables).items():
        setattr(instance, name, value)


def _names(uow: UnitOfWork, process: Process, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Title, key and confidentiality as the diagram's expressions say, as soon as their names have values."""
    named: dict[str, Any] = {}
    if title := value_of(uow, process.title, variables):
        named["title"] = str(title)[:300]
    if key := value_of(uow, process.case_key, variables):
        named["case_key"] = str(key)[:300]
    confidential = value_of(uow, process.confidential, variables)
    if confidential is not None:
        named["confidential"] = bool(confidential)
    return named


def value_of(uow: UnitOfWork, text: str | None, variables: Mapping[str, Any]) -> Any:
    """What one of the process's own expressions gives; None while the names it mentions have no value yet."""
    if not text:
        return None
    try:
        return evaluate(text, variables, office.functions(uow))
    except ExpressionError:
        return None


def end_deadlines(uow: UnitOfWork, instance_id: int, *, cancelled: bool) -> None:
    """End whatever deadlines of a case still stand, and their alerts."""
    left = deadlines.left(uow, instance_id)
    deadlines.close(uow, left, cancelled=cancelled)
    alerts.close_for(uow, left)
