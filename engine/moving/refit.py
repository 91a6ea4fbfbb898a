"""The rows of a case that another version of its process asks for: what they would become, and making them so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from engine import deadlines, definitions, history, jobs, mailbox
from engine.db import UnitOfWork
from engine.diagram.model import Process
from engine.model import (
    AlertRow,
    CandidateRow,
    CaseState,
    DeadlineRow,
    IncidentRow,
    InstanceRow,
    JobRow,
    SubmissionRow,
    SubscriptionRow,
    TaskRow,
    TaskState,
)
from engine.people import positions
from engine.settle import name_case
from engine.spiff.migrate import Moved
from engine.spiff.snapshot import OpenTask
from engine.task_rows import assign_named, candidates, join
from engine.worktime import Calendar

from . import standard_times
from .standard_times import StandardTime

#: columns of a task that its activity decides
OF_ACTIVITY = ("activity_id", "name", "number", "form_key", "priority", "candidate_group", "owner_group")


@dataclass(frozen=True, slots=True)
class NewTask:
    """What an open task becomes."""

    row: TaskRow
    values: Mapping[str, Any]  #: columns as they will be
    groups: tuple[str, ...]  #: positions that may take it then
    people: tuple[int, ...]
    groups_before: tuple[str, ...]
    released: bool  #: its assignee may not do it in the new version


@dataclass(frozen=True, slots=True)
class Refit:
    """Everything that changes about a case."""

    tasks: tuple[NewTask, ...]
    deadlines: tuple[StandardTime, ...]


def foresee(
    uow: UnitOfWork, instance: InstanceRow, before: Process, after: Process, mapping: Mapping[str, str], moved: Moved
) -> Refit:
    """Say what the rows of a case would become; changes nothing."""
    times = standard_times.foresee(uow, instance, after, mapping, moved)
    due = {one.activity_key: one.after for one in times if one.after is not None}
    wanted = {task.key: task for task in moved.snapshot.tasks}
    rows = uow.session.scalars(
        select(TaskRow).where(TaskRow.instance_id == instance.id, TaskRow.state == TaskState.OPEN).order_by(TaskRow.id)
    )
    owners = definitions.owner_keys(uow, after)
    found = [_task(uow, row, wanted[row.key], before, after, owners, due) for row in rows if row.key in wanted]
    return Refit(tuple(found), times)


def apply(
    uow: UnitOfWork,
    instance: InstanceRow,
    before: Process,
    after: Process,
    mapping: Mapping[str, str],
    moved: Moved,
    calendar: Calendar | None,
) -> Refit:
    """Make the rows of a locked case what the new version asks for. The caller sets its definition."""
    refit = foresee(uow, instance, before, after, mapping, moved)
    snapshot = moved.snapshot
    _rename_past(uow, instance.id, before, after, mapping)
    for deadline in refit.deadlines:
        standard_times.apply(uow, deadline, calendar)
    uow.session.flush()
    deadlines.arm(uow, instance.id, after, calendar, snapshot.timers)
    for task in refit.tasks:
        _change(uow, instance, after, task)
    jobs.match(uow, instance.id, snapshot.timers, snapshot.calls)
    uow.session.flush()
    _readdress(uow, instance.id, moved)
    if instance.state == CaseState.SUSPENDED:
        jobs.hold(uow, instance.id)
    else:
        _try_again(uow, instance.id)
    _listen(uow, instance.id, moved)
    instance.variables = dict(snapshot.data)
    instance.activities = [
        {"activity_id": a.activity_id, "key": a.key, "items": list(a.items)} for a in snapshot.activities
    ]
    name_case(uow, instance, after)
    instance.snapshot = snapshot.state
    instance.row_version += 1
    uow.session.flush()
    return refit


# -- tasks -----------------------------------------------------------------------------------------------------------


def _task(
    uow: UnitOfWork,
    row: TaskRow,
    task: OpenTask,
    before: Process,
    after: Process,
    owners: tuple[str, ...],
    due: Mapping[str, datetime],
) -> NewTask:
    node = after.nodes[task.activity_id]
    groups, people = candidates(uow, node, task)
    further = uow.session.scalars(select(CandidateRow).where(CandidateRow.task_id == row.id)).all()
    was = [row.candidate_group, *(one.position_key for one in further)]
    groups_before = tuple(key for key in was if key is not None)
    people_before = tuple(one.person_id for one in further if one.person_id is not None)
    scope = next((s for s in task.scopes if s.key in due), task.scopes[0] if task.scopes else None)
    values: dict[str, Any] = {
        "activity_id": task.activity_id,
        "name": node.name or node.id,
        "number": node.number,
        "form_key": node.form_key,
        "priority": node.priority,
        "candidate_group": groups[0] if groups else None,
        "owner_group": owners[0] if owners else None,
        "scope_activity_id": scope.activity_id if scope else None,
        "scope_key": scope.key if scope else None,
        "due_at": due.get(row.key) or (due.get(scope.key) if scope else None),
    }
    old = before.nodes.get(row.activity_id)
    same = groups_before == tuple(groups) and people_before == tuple(people)
    same = same and (old.assignee if old else None) == node.assignee
    released = False
    if row.assignee_id is not None and not same:
        held = _entitling(uow, row, groups, people, owners)
        released = held is None
        if held is not None:
            values["assigned_as"] = held
    return NewTask(row, values, tuple(groups), tuple(people), groups_before, released)


def _entitling(
    uow: UnitOfWork, row: TaskRow, groups: list[str], people: list[int], owners: tuple[str, ...]
) -> str | None:
    """The position through which the assignee may go on with a task; None if they may not any more."""
    keys = groups or list(owners[:1])
    holders = positions.holders_of(uow, keys)
    holding = [key for key in keys if any(h.person_id == row.assignee_id for h in holders.get(key, ()))]
    if row.assigned_as in holding or (row.assignee_id in people and row.assigned_as):
        return row.assigned_as
    return holding[0] if holding else None


def _change(uow: UnitOfWork, instance: InstanceRow, after: Process, task: NewTask) -> None:
    row = task.row
    renamed = [name for name in OF_ACTIVITY if getattr(row, name) != task.values[name]]
    for name, value in task.values.items():
        setattr(row, name, value)
    if task.released:
        row.assignee_id = row.assigned_as = None
    if row.assignee_id is None:
        assign_named(uow, after.nodes[row.activity_id], row)
    old = uow.session.scalars(select(CandidateRow).where(CandidateRow.task_id == row.id)).all()
    if (task.groups[1:], task.people) != (
        tuple(one.position_key for one in old if one.position_key),
        tuple(one.person_id for one in old if one.person_id),
    ):
        uow.session.execute(delete(CandidateRow).where(CandidateRow.task_id == row.id))
        uow.session.add_all(CandidateRow(task_id=row.id, position_key=key) for key in task.groups[1:])
        uow.session.add_all(CandidateRow(task_id=row.id, person_id=id) for id in task.people)
    join(uow, instance.id, [*task.groups, row.owner_group])
    if renamed or task.released:
        history.record(
            uow,
            "task.changed",
            instance_id=instance.id,
            task_id=row.id,
            activity_id=row.activity_id,
            name=row.name,
            item_label=row.item_label,
            group=row.candidate_group,
            group_before=task.groups_before[0] if task.groups_before else None,
            released=task.released,
        )


# -- the rest --------------------------------------------------------------------------------------------------------


def _rename_past(
    uow: UnitOfWork, instance_id: int, before: Process, after: Process, mapping: Mapping[str, str]
) -> None:
    """Where an activity has only another id now, what was done in it is found under the new one."""
    for old, new in mapping.items():
        if new in before.nodes or old in after.nodes or new not in after.nodes:
            continue
        for kind in (TaskRow, SubmissionRow, DeadlineRow, AlertRow):
            uow.session.execute(
                update(kind).where(kind.instance_id == instance_id, kind.activity_id == old).values(activity_id=new)
            )
        uow.session.execute(
            update(TaskRow)
            .where(TaskRow.instance_id == instance_id, TaskRow.scope_activity_id == old)
            .values(scope_activity_id=new)
        )


def _readdress(uow: UnitOfWork, instance_id: int, moved: Moved) -> None:
    """Let waiting jobs name the new version's elements and connectors."""
    wanted: dict[str, dict[str, Any]] = {t.key: {"event_id": t.event_id} for t in moved.snapshot.timers}
    wanted |= {c.key: {"event_id": c.activity_id, "connector": c.connector} for c in moved.snapshot.calls}
    for job in uow.session.scalars(select(JobRow).where(JobRow.instance_id == instance_id)):
        if job.key in wanted and job.payload != wanted[job.key]:
            job.payload = wanted[job.key]


def _try_again(uow: UnitOfWork, instance_id: int) -> None:
    """Give what has failed in the old version a fresh count of attempts in the new one."""
    dead = update(JobRow).where(JobRow.instance_id == instance_id, JobRow.dead.is_(True))
    uow.session.execute(dead.values(dead=False, attempts=0, not_before=None))
    failed = select(IncidentRow).where(IncidentRow.instance_id == instance_id, IncidentRow.resolved_at.is_(None))
    for incident in uow.session.scalars(failed):
        incident.resolved_at, incident.resolved_by = uow.now, uow.actor.person_id
        history.record(uow, "incident.retried", instance_id=instance_id, activity_id=incident.activity_id)


def _listen(uow: UnitOfWork, instance_id: int, moved: Moved) -> None:
    """Wait for the messages and signals of the new version; what came for the old ones goes to others."""
    events = {event.key: event for event in moved.snapshot.events}
    for row in uow.session.scalars(select(SubscriptionRow).where(SubscriptionRow.instance_id == instance_id)).all():
        event = events.get(row.key)
        if event is None or (event.kind, event.name) != (row.kind, row.name):
            uow.session.delete(row)
        else:
            row.event_id = event.event_id
    uow.session.flush()
    mailbox.subscribe(uow, instance_id, events.values())
