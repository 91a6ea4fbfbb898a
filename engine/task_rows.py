"""The rows of a case's tasks: opened with who may take them, cancelled, and the positions that so take part in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from . import definitions, history, performers
from .db import UnitOfWork, batched
from .diagram.model import Node, Process
from .errors import ExpressionError
from .expressions import evaluate
from .model import CandidateRow, InstanceRow, ParticipantRow, PersonRow, TaskRow, TaskState
from .people import positions
from .spiff.snapshot import OpenTask
from .waiting import Waiting

_TASKS: Any = TaskRow.__table__
_CANDIDATES: Any = CandidateRow.__table__
_PARTICIPANTS: Any = ParticipantRow.__table__
_ROUNDS = (
    select(_TASKS.c.activity_id, _TASKS.c.item, func.max(_TASKS.c.round))
    .where(_TASKS.c.instance_id == bindparam("case"), _TASKS.c.activity_id.in_(bindparam("activities", expanding=True)))
    .group_by(_TASKS.c.activity_id, _TASKS.c.item)
)
_DONE_LATER = (
    select(_TASKS.c.id)
    .where(_TASKS.c.instance_id == bindparam("case"), _TASKS.c.state == TaskState.COMPLETED)
    .where(_TASKS.c.activity_id.in_(bindparam("later", expanding=True)))
    .limit(1)
)
_CREATE = insert(_TASKS).returning(_TASKS.c.id, sort_by_parameter_order=True)
_END_TASKS = update(_TASKS).where(_TASKS.c.id.in_(bindparam("tasks", expanding=True)))
_NAME_CANDIDATES = insert(_CANDIDATES)
_FORGET_CANDIDATES = delete(_CANDIDATES).where(_CANDIDATES.c.task_id.in_(bindparam("tasks", expanding=True)))
_JOIN = {
    True: sqlite.insert(_PARTICIPANTS).on_conflict_do_nothing(),
    False: postgresql.insert(_PARTICIPANTS).on_conflict_do_nothing(),
}


def create(
    uow: UnitOfWork,
    instance: InstanceRow,
    process: Process,
    new: list[OpenTask],
    due: Mapping[str, datetime],
    from_person: str,
    joined: Iterable[str],
) -> tuple[TaskRow, ...]:
    """Rows for the tasks a step has opened, with who may take them; `due` by the key of a task or sub-process.

    `joined` are positions that take part in the case besides. The rows given back belong to no session.
    """
    if not new:
        join(uow, instance.id, joined)
        return ()
    names = positions.names(uow)
    owners = definitions.owner_keys(uow, process)
    rounds = _rounds(uow, instance.id, {task.activity_id for task in new})
    again = {a for a, item in {(t.activity_id, t.item) for t in new} if rounds.get((a, item))}
    returned = {activity for activity in again if _done_later(uow, instance.id, process, activity)}
    rows: list[dict[str, Any]] = []
    takers: list[tuple[list[str], list[int]]] = []
    for task in new:
        node = process.nodes[task.activity_id]
        groups, people = candidates(uow, node, task)
        takers.append((groups, people))
        scope = next((s for s in task.scopes if s.key in due), task.scopes[0] if task.scopes else None)
        number = rounds[task.activity_id, task.item] = rounds.get((task.activity_id, task.item), 0) + 1
        assignee = _person(uow, node.assignee) if node.assignee else None
        rows.append(
            {
                "key": task.key,
                "instance_id": instance.id,
                "activity_id": task.activity_id,
                "name": node.name or node.id,
                "number": node.number,
                "item": task.item,
                "item_label": names.get(task.item, task.item) if task.item is not None else "",
                "round": number,
                "returned": number > 1 and task.activity_id in returned,
                "scope_activity_id": scope.activity_id if scope else None,
                "scope_key": scope.key if scope else None,
                "candidate_group": groups[0] if groups else None,
                "owner_group": owners[0] if owners else None,
                "form_key": node.form_key,
                "priority": node.priority,
                "state": TaskState.OPEN,
                "assignee_id": assignee,
                "assigned_as": groups[0] if groups and assignee else None,
                "from_person": from_person,
                "created_at": uow.now,
                "due_at": due.get(task.key) or (due.get(scope.key) if scope else None),
            }
        )
    ids = uow.execute(_CREATE, rows).scalars().all()
    _name_candidates(uow, ids, takers)
    join(uow, instance.id, [*joined, *(key for groups, _ in takers for key in groups), *owners[:1]])
    for id, row in zip(ids, rows, strict=True):
        history.record(
            uow,
            "task.created",
            instance_id=instance.id,
            task_id=id,
            activity_id=row["activity_id"],
            name=row["name"],
            item_label=row["item_label"],
            group=row["candidate_group"],
            round=row["round"],
            due=row["due_at"].isoformat() if row["due_at"] else None,
        )
    return tuple(TaskRow(id=id, **row) for id, row in zip(ids, rows, strict=True))


def _rounds(uow: UnitOfWork, instance_id: int, activities: set[str]) -> dict[tuple[str, str | None], int]:
    """How often each item of these activities has been a task."""
    found = uow.execute(_ROUNDS, {"case": instance_id, "activities": sorted(activities)})
    return {(row[0], row[1]): row[2] for row in found}


def _done_later(uow: UnitOfWork, instance_id: int, process: Process, activity_id: str) -> bool:
    """Whether anybody has completed a step that comes after this one in the order of the steps."""
    places = process.places()
    later = [other for other, place in places.items() if place > places.get(activity_id, len(places))]
    return bool(later) and uow.execute(_DONE_LATER, {"case": instance_id, "later": later}).scalar() is not None


def _name_candidates(uow: UnitOfWork, ids: Sequence[int], takers: list[tuple[list[str], list[int]]]) -> None:
    """Index the further positions and the people that may take new tasks."""
    rows: list[dict[str, Any]] = []
    for id, (groups, people) in zip(ids, takers, strict=True):
        further: list[tuple[str | None, int | None]] = [(group, None) for group in groups[1:]]
        further += [(None, person) for person in people]
        performers.remember(uow, id, further)
        rows += [{"task_id": id, "position_key": group, "person_id": person} for group, person in further]
    if rows:
        uow.execute(_NAME_CANDIDATES, rows)


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


def join(uow: UnitOfWork, instance_id: int, keys: Iterable[str | None]) -> None:
    """Let positions take part in a case, and so read it."""
    rows = [{"instance_id": instance_id, "position_key": key} for key in dict.fromkeys(keys) if key]
    if rows:
        uow.execute(_JOIN[uow.sqlite], rows)


def cancel(uow: UnitOfWork, instance_id: int, gone: Sequence[Waiting]) -> None:
    """Close tasks nobody needs to do any more (an interrupting event, a terminate end); their drafts stay."""
    for some in batched(gone):
        ids = [task.id for task in some]
        uow.execute(_END_TASKS, {"tasks": ids, "state": TaskState.CANCELLED, "ended_at": uow.now})
        forget_candidates(uow, ids)
    for task in gone:
        history.record(
            uow,
            "task.cancelled",
            instance_id=instance_id,
            task_id=task.id,
            activity_id=task.activity_id,
            name=task.name,
        )


def forget_candidates(uow: UnitOfWork, task_ids: Sequence[int]) -> None:
    """Drop the index of further candidates once tasks have ended."""
    uow.execute(_FORGET_CANDIDATES, {"tasks": task_ids})
    for id in task_ids:
        performers.remember(uow, id, ())
