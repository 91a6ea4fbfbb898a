"""The lists of open tasks: what is mine, what my unit could take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import defer

from . import alerts, calendars, definitions, performers, worktime
from .db import UnitOfWork
from .identity import HoldingKind
from .model import CaseState, DefinitionRow, InstanceRow, PersonRow, TaskRow
from .people import positions
from .performers import Queue
from .views import Page, like
from .worktime import Calendar, Lateness

Scope = Literal["mine", "unit"]
Sort = Literal["due", "new", "title"]

MOST_COUNTED = 100  #: a hundred tasks or ten thousand: the same for who has them to do
MOST_LISTED = 250  #: how far a list is counted ahead
FURTHEST = 100_000  #: page: nobody turns so many, and what an address says is bounded

#: a task is near its deadline when less than this share of its standard time is left
NEAR = 0.25


@dataclass(frozen=True, slots=True)
class TaskItem:
    id: int
    name: str
    number: str | None
    activity_id: str
    instance_id: int
    case_title: str
    process_key: str
    process_name: str
    item_label: str
    from_person: str  #: position that sent it here; "" where it is one's own
    created_at: datetime
    due_at: datetime | None
    state_word: Literal["on_time", "near", "late"]
    lateness: Lateness | None
    returned: bool
    round: int
    assignee_id: int | None
    assignee_name: str
    position_key: str | None
    position_name: str
    acting: str  #: plh | plt where the actor would act for the position, else ""
    has_draft: bool
    confidential: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Counted no further than MOST_COUNTED."""

    mine: int
    unit: int
    alerts: int


def inbox(
    uow: UnitOfWork,
    *,
    scope: Scope = "mine",
    query: str = "",
    process: str = "",
    late: bool = False,
    sort: Sort = "due",
    page: int = 1,
    per_page: int = 25,
) -> Page[TaskItem]:
    """One page of open tasks of active cases. Late first, then by due; `query` looks at step, case, unit and sender."""
    page = min(max(1, page), FURTHEST)
    queues, filters = _queues(uow, scope), _filters(uow, query, process, late)
    # One more than this page ends with shows whether there is another.
    most = max(MOST_LISTED, page * per_page)
    total = _count(uow, queues, filters, most + 1)
    page = min(page, max(1, -(-total // per_page)))
    order = _order(sort)
    heads = (_in_queue(queue, filters).order_by(*_led(queue, order)).limit(page * per_page) for queue in queues)
    ids = uow.session.scalars(_joined(heads)).all()
    rows = uow.session.execute(
        _base().where(TaskRow.id.in_(ids)).order_by(*order).limit(per_page).offset((page - 1) * per_page)
    )
    names = positions.names(uow)
    items = tuple(
        item(uow, task, instance, definition, assignee or "", names) for task, instance, definition, assignee in rows
    )
    return Page(items, min(total, most), page, per_page, more=total > most)


def counts(uow: UnitOfWork) -> Counts:
    """Numbers for the navigation."""
    return Counts(
        mine=_counted(uow, performers.own_queues(uow)),
        unit=_counted(uow, performers.shared_queues(uow)),
        alerts=alerts.count_open(uow),
    )


def _counted(uow: UnitOfWork, queues: tuple[Queue, ...]) -> int:
    return min(MOST_COUNTED, uow.session.scalar(_counting(queues)) or 0)


@lru_cache(maxsize=200)
def _counting(queues: tuple[Queue, ...]) -> Select[int]:
    """Built once for as long as the queues are the same: building it takes longer than the database does."""
    return _count_of(queues, (), MOST_COUNTED)


def item(
    uow: UnitOfWork,
    task: TaskRow,
    instance: InstanceRow,
    definition: DefinitionRow,
    assignee: str,
    names: dict[str, str],
) -> TaskItem:
    """A task as one line of a list."""
    process = definitions.diagram_of(uow, definition.id).process
    calendar = calendars.get(uow, process.calendar) if process.calendar else None
    position = task.assigned_as or task.candidate_group
    mine = uow.actor.holding(position)
    late = task.due_at is not None and uow.now > task.due_at
    return TaskItem(
        id=task.id,
        name=task.name,
        number=task.number,
        activity_id=task.activity_id,
        instance_id=instance.id,
        case_title=instance.title,
        process_key=definition.key,
        process_name=definition.name,
        item_label=task.item_label,
        from_person="" if task.from_person == names.get(position or "") else task.from_person,
        created_at=task.created_at,
        due_at=task.due_at,
        state_word=state_word(calendar, task.created_at, task.due_at, uow.now),
        lateness=worktime.lateness(calendar, task.due_at, uow.now) if late and task.due_at else None,
        returned=task.returned,
        round=task.round,
        assignee_id=task.assignee_id,
        assignee_name=assignee,
        position_key=position,
        position_name=names.get(position or task.owner_group or "", ""),
        acting=mine.kind.value if mine and mine.kind is not HoldingKind.HOLDER else "",
        has_draft=task.draft_at is not None,
        confidential=instance.confidential,
    )


def state_word(
    calendar: Calendar | None, started: datetime, due: datetime | None, now: datetime
) -> Literal["on_time", "near", "late"]:
    """How a task stands against its deadline, by working time."""
    if due is None:
        return "on_time"
    if now > due:
        return "late"
    whole = worktime.between(calendar, started, due)
    left = worktime.between(calendar, now, due)
    return "near" if left <= whole * NEAR else "on_time"


def _base() -> Select[TaskRow, InstanceRow, DefinitionRow, str]:
    return (
        select(TaskRow, InstanceRow, DefinitionRow, PersonRow.name)
        .join(InstanceRow, TaskRow.instance_id == InstanceRow.id)
        .join(DefinitionRow, InstanceRow.definition_id == DefinitionRow.id)
        .outerjoin(PersonRow, TaskRow.assignee_id == PersonRow.id)
        .options(defer(DefinitionRow.xml), defer(InstanceRow.snapshot), defer(InstanceRow.variables))
    )


def _queues(uow: UnitOfWork, scope: Scope) -> tuple[Queue, ...]:
    return performers.own_queues(uow) if scope == "mine" else performers.shared_queues(uow)


def _filters(uow: UnitOfWork, query: str, process: str, late: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.strip():
        pattern = like(query)
        columns = (TaskRow.name, InstanceRow.title, TaskRow.item_label, TaskRow.from_person, DefinitionRow.name)
        conditions.append(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    if process:
        conditions.append(DefinitionRow.key == process)
    if late:
        conditions.append(TaskRow.due_at < uow.now)
    return conditions


def _order(sort: Sort) -> list[Any]:
    if sort == "new":
        return [TaskRow.id.desc()]
    if sort == "title":
        return [InstanceRow.title, TaskRow.id]
    return [TaskRow.due_at.asc().nulls_last(), TaskRow.priority.desc(), TaskRow.id]


def _led(queue: Queue, order: list[Any]) -> list[Any]:
    # PostgreSQL must be told that where nobody has a task the index is in the order of what follows.
    return [TaskRow.assignee_id, *order] if queue.unassigned else order


def _in_queue(queue: Queue, filters: Sequence[ColumnElement[bool]]) -> Select[Any]:
    found = (
        select(TaskRow.id.label("id"))
        .join(InstanceRow, TaskRow.instance_id == InstanceRow.id)
        .where(InstanceRow.state == CaseState.ACTIVE, queue.where, *filters)
    )
    return found.join(DefinitionRow, InstanceRow.definition_id == DefinitionRow.id) if filters else found


def _joined(heads: Iterable[Select[Any]]) -> CompoundSelect[Any]:
    return union_all(*(select(head.subquery().c.id) for head in heads))


def _count(uow: UnitOfWork, queues: Sequence[Queue], filters: Sequence[ColumnElement[bool]], most: int) -> int:
    """How many tasks stand in the queues, counted no further than `most`."""
    return min(most, uow.session.scalar(_count_of(queues, filters, most)) or 0)


def _count_of(queues: Sequence[Queue], filters: Sequence[ColumnElement[bool]], most: int) -> Select[int]:
    heads = (_in_queue(queue, filters).limit(most) for queue in queues)
    return select(func.count()).select_from(_joined(heads).subquery())
