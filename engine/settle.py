"""Turn a Snapshot into rows: state, tasks, deadlines, jobs, alerts and history, in the caller's transaction.

The stored state is the truth; task and job rows are its index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from . import alerts, deadlines, definitions, history, jobs, mailbox, office, positions
from .db import UnitOfWork
from .diagram.model import Node, Process
from .errors import ExpressionError
from .expressions import evaluate
from .model import (
    CandidateRow,
    CaseState,
    DeadlineRow,
    DeadlineState,
    InstanceRow,
    ParticipantRow,
    PersonRow,
    TaskRow,
    TaskState,
)
from .spiff.snapshot import OpenTask, Snapshot, Step
from .worktime import Calendar


@dataclass(frozen=True, slots=True)
class Settled:
    """What a step changed that its caller reports on."""

    created: tuple[TaskRow, ...]
    ended: bool


def settle(
    uow: UnitOfWork,
    instance: InstanceRow,
    process: Process,
    calendar: Calendar | None,
    snapshot: Snapshot,
    *,
    from_person: str = "",
) -> Settled:
    """Make the rows of a case say what its snapshot says. Called with the instance's row locked."""
    open_tasks = {
        row.key: row
        for row in uow.session.scalars(
            select(TaskRow).where(TaskRow.instance_id == instance.id, TaskRow.state == TaskState.OPEN)
        )
    }
    _alert(uow, instance, process, snapshot.steps)
    deadlines.arm(uow, instance.id, process, calendar, snapshot.timers)
    created = _create_tasks(uow, instance, process, snapshot, open_tasks, from_person)
    _cancel_tasks(uow, snapshot, open_tasks)
    _end_activities(uow, instance, snapshot.steps)
    jobs.match(uow, instance.id, snapshot.timers, snapshot.calls)
    if process.listens and not snapshot.ended:
        mailbox.subscribe(uow, instance.id, snapshot.events)
    mailbox.post(uow, instance.id, snapshot.thrown)
    instance.variables = dict(snapshot.data)
    instance.activities = [
        {"activity_id": a.activity_id, "key": a.key, "items": list(a.items)} for a in snapshot.activities
    ]
    name_case(uow, instance, process)
    instance.snapshot = snapshot.state
    instance.row_version += 1
    if snapshot.ended:
        _end_case(uow, instance)
        if process.listens:
            mailbox.leave(uow, instance.id)
    uow.session.flush()
    return Settled(tuple(created), snapshot.ended)


def _alert(uow: UnitOfWork, instance: InstanceRow, process: Process, steps: tuple[Step, ...]) -> None:
    uow.session.flush()
    for step in steps:
        if step.kind != "fired":
            continue
        missed = deadlines.passed(uow, step.attached_key, step.activity_id) if step.attached_key else None
        if missed is not None:
            performer = _performer(uow, process, missed)
            alerts.raise_for(uow, missed, process, performer)
        else:
            history.record(uow, "timer.fired", instance_id=instance.id, activity_id=step.activity_id)


def _performer(uow: UnitOfWork, process: Process, deadline: DeadlineRow) -> str | None:
    """Who answers for the late activity: the task's own group, or the lane that leads the sub-process."""
    group = uow.session.scalar(select(TaskRow.candidate_group).where(TaskRow.key == deadline.activity_key))
    if group is not None:
        return group
    node = process.nodes.get(deadline.activity_id)
    return positions.resolve(uow, node.lane) if node and node.lane else None


# -- tasks -----------------------------------------------------------------------------------------------------------


def _create_tasks(
    uow: UnitOfWork,
    instance: InstanceRow,
    process: Process,
    snapshot: Snapshot,
    known: Mapping[str, TaskRow],
    from_person: str,
) -> list[TaskRow]:
    new = [task for task in snapshot.tasks if task.key not in known]
    if not new:
        return []
    names = positions.names(uow)
    owners = definitions.owner_keys(uow, process)
    uow.session.flush()
    due = {
        row.activity_key: row.due_at
        for row in uow.session.scalars(select(DeadlineRow).where(DeadlineRow.instance_id == instance.id))
    }
    rounds = _rounds(uow, instance.id)
    places = process.places()
    reached = _furthest_step(uow, instance.id, places)
    created = []
    for task in new:
        node = process.nodes[task.activity_id]
        groups, people = candidates(uow, node, task)
        scope = next((s for s in task.scopes if s.key in due), task.scopes[0] if task.scopes else None)
        rounds[task.activity_id, task.item] = rounds.get((task.activity_id, task.item), 0) + 1
        row = TaskRow(
            key=task.key,
            instance_id=instance.id,
            activity_id=task.activity_id,
            name=node.name or node.id,
            number=node.number,
            item=task.item,
            item_label=names.get(task.item, task.item) if task.item is not None else "",
            round=rounds[task.activity_id, task.item],
            returned=rounds[task.activity_id, task.item] > 1 and reached > places.get(node.id, reached),
            scope_activity_id=scope.activity_id if scope else None,
            scope_key=scope.key if scope else None,
            candidate_group=groups[0] if groups else None,
            owner_group=owners[0] if owners else None,
            form_key=node.form_key,
            priority=node.priority,
            state=TaskState.OPEN,
            from_person=from_person,
            created_at=uow.now,
            due_at=due.get(task.key) or (due.get(scope.key) if scope else None),
        )
        assign_named(uow, node, row)
        uow.session.add(row)
        uow.session.flush()
        for group in groups[1:]:
            uow.session.add(CandidateRow(task_id=row.id, position_key=group))
        for person_id in people:
            uow.session.add(CandidateRow(task_id=row.id, person_id=person_id))
        join(uow, instance.id, [*groups, row.owner_group])
        history.record(
            uow,
            "task.created",
            instance_id=instance.id,
            task_id=row.id,
            activity_id=row.activity_id,
            name=row.name,
            item_label=row.item_label,
            group=row.candidate_group,
            round=row.round,
            due=row.due_at.isoformat() if row.due_at else None,
        )
        created.append(row)
    return created


def _rounds(uow: UnitOfWork, instance_id: int) -> dict[tuple[str, str | None], int]:
    rows = uow.session.execute(
        select(TaskRow.activity_id, TaskRow.item, func.max(TaskRow.round))
        .where(TaskRow.instance_id == instance_id)
        .group_by(TaskRow.activity_id, TaskRow.item)
    )
    return {(activity_id, item): number for activity_id, item, number in rows}


def _furthest_step(uow: UnitOfWork, instance_id: int, places: Mapping[str, int]) -> int:
    """The place, in the order of the steps, of the furthest one anybody has completed."""
    done = uow.session.scalars(
        select(TaskRow.activity_id)
        .where(TaskRow.instance_id == instance_id, TaskRow.state == TaskState.COMPLETED)
        .distinct()
    )
    return max((places.get(activity, -1) for activity in done), default=-1)


def candidates(uow: UnitOfWork, node: Node, task: OpenTask) -> tuple[list[str], list[int]]:
    """Position keys and person ids that may take a task; the lane's position where the diagram names nobody."""
    groups = [positions.resolve(uow, name) for name in _listed(node.candidate_groups, task.data)]
    people = [_person(uow, name) for name in _listed(node.candidate_users, task.data)]
    if not any(groups) and not any(people) and node.lane:
        groups = [positions.resolve(uow, node.lane)]
    return [g for g in dict.fromkeys(groups) if g], [p for p in dict.fromkeys(people) if p]


def assign_named(uow: UnitOfWork, node: Node, row: TaskRow) -> None:
    if node.assignee:
        row.assignee_id = _person(uow, node.assignee)
        row.assigned_as = row.candidate_group if row.assignee_id else None


def _person(uow: UnitOfWork, username: str) -> int | None:
    return uow.session.scalar(
        select(PersonRow.id).where(PersonRow.username == username.strip().lower(), PersonRow.active)
    )


def _listed(text: str | None, data: Mapping[str, Any]) -> list[str]:
    """The names in a `camunda:` attribute: a literal list, or what `${expression}` gives."""
    if not text:
        return []
    text = text.strip()
    if not (text.startswith("${") and text.endswith("}")):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        value = evaluate(text[2:-1], data)
    except ExpressionError:
        return []
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]


def join(uow: UnitOfWork, instance_id: int, keys: list[str | None]) -> None:
    """Let positions take part in a case, and so read it."""
    for key in dict.fromkeys(keys):
        if key and uow.session.get(ParticipantRow, (instance_id, key)) is None:
            uow.session.add(ParticipantRow(instance_id=instance_id, position_key=key))
            uow.session.flush()


def _cancel_tasks(uow: UnitOfWork, snapshot: Snapshot, known: Mapping[str, TaskRow]) -> None:
    """Tasks the diagram has taken away (an interrupting event, a terminate end) are cancelled, not lost."""
    present = {task.key for task in snapshot.tasks}
    for key, row in known.items():
        if key not in present and row.state == TaskState.OPEN:
            cancel_task(uow, row)


def cancel_task(uow: UnitOfWork, row: TaskRow) -> None:
    """Close a task nobody needs to do any more; its draft stays in the row."""
    row.state, row.ended_at = TaskState.CANCELLED, uow.now
    forget_candidates(uow, row.id)
    alerts.close_for(uow, deadlines.close(uow, row.key, cancelled=True))
    history.record(
        uow, "task.cancelled", instance_id=row.instance_id, task_id=row.id, activity_id=row.activity_id, name=row.name
    )


def forget_candidates(uow: UnitOfWork, task_id: int) -> None:
    """Drop the index of further candidates once a task has ended."""
    uow.session.execute(delete(CandidateRow).where(CandidateRow.task_id == task_id))


def _end_activities(uow: UnitOfWork, instance: InstanceRow, steps: tuple[Step, ...]) -> None:
    uow.session.flush()
    for step in steps:
        if step.kind in ("completed", "cancelled"):
            alerts.close_for(uow, deadlines.close(uow, step.key, cancelled=step.kind == "cancelled"))


# -- the case --------------------------------------------------------------------------------------------------------


def name_case(uow: UnitOfWork, instance: InstanceRow, process: Process) -> None:
    """Title, key and confidentiality as the diagram's expressions say, as soon as their names have values."""
    title = value_of(uow, process.title, instance.variables)
    if title:
        instance.title = str(title)[:300]
    key = value_of(uow, process.case_key, instance.variables)
    if key:
        instance.case_key = str(key)[:300]
    confidential = value_of(uow, process.confidential, instance.variables)
    if confidential is not None:
        instance.confidential = bool(confidential)


def value_of(uow: UnitOfWork, text: str | None, variables: Mapping[str, Any]) -> Any:
    """What one of the process's own expressions gives; None while the names it mentions have no value yet."""
    if not text:
        return None
    try:
        return evaluate(text, variables, office.functions(uow))
    except ExpressionError:
        return None


def _end_case(uow: UnitOfWork, instance: InstanceRow) -> None:
    instance.state, instance.ended_at = CaseState.COMPLETED, uow.now
    left = select(DeadlineRow).where(DeadlineRow.instance_id == instance.id, DeadlineRow.ended_at.is_(None))
    rows = list(uow.session.scalars(left))
    for row in rows:
        row.ended_at = uow.now
        if row.state == DeadlineState.OPEN:
            row.state = DeadlineState.MET
    alerts.close_for(uow, rows)
    history.record(uow, "case.completed", instance_id=instance.id)
