"""The lists of open tasks: what is mine, what my unit could take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from . import alerts, calendars, definitions, performers, positions, worktime
from .db import UnitOfWork
from .identity import HoldingKind
from .model import CaseState, DefinitionRow, InstanceRow, PersonRow, TaskRow, TaskState
from .views import Page, like
from .worktime import Calendar, Lateness

Scope = Literal["mine", "unit"]
Sort = Literal["due", "new", "title"]

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
    mine: int
    unit: int
    late_mine: int
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
    conditions = [_scope(uow, scope), *_filters(uow, query, process, late)]
    base = _base().where(*conditions)
    total = uow.session.scalar(select(func.count()).select_from(base.with_only_columns(TaskRow.id).subquery())) or 0
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    rows = uow.session.execute(base.order_by(*_order(sort)).limit(per_page).offset((page - 1) * per_page))
    names = positions.names(uow)
    items = tuple(
        item(uow, task, instance, definition, assignee or "", names) for task, instance, definition, assignee in rows
    )
    return Page(items, total, page, per_page)


def counts(uow: UnitOfWork) -> Counts:
    """Numbers for the navigation."""
    late = and_(_scope(uow, "mine"), TaskRow.due_at < uow.now)
    return Counts(
        mine=_count(uow, _scope(uow, "mine")),
        unit=_count(uow, _scope(uow, "unit")),
        late_mine=_count(uow, late),
        alerts=alerts.count_open(uow),
    )


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
        .where(TaskRow.state == TaskState.OPEN, InstanceRow.state == CaseState.ACTIVE)
    )


def _scope(uow: UnitOfWork, scope: Scope) -> ColumnElement[bool]:
    """Mine: assigned to me, or waiting for a position that I alone hold. Unit: what I could take besides."""
    mine = or_(
        TaskRow.assignee_id == uow.actor.person_id,
        and_(TaskRow.assignee_id.is_(None), TaskRow.candidate_group.in_(performers.sole_keys(uow))),
    )
    # NOT of an unknown is unknown: an unassigned task must still count as not mine.
    return mine if scope == "mine" else and_(performers.takable(uow), ~func.coalesce(mine, false()))


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
    undated = TaskRow.due_at.is_(None)
    if sort == "new":
        return [TaskRow.id.desc()]
    if sort == "title":
        return [InstanceRow.title, TaskRow.id]
    return [undated, TaskRow.due_at, TaskRow.priority.desc(), TaskRow.id]


def _count(uow: UnitOfWork, condition: ColumnElement[bool]) -> int:
    query = (
        select(func.count())
        .select_from(TaskRow)
        .join(InstanceRow, TaskRow.instance_id == InstanceRow.id)
        .where(TaskRow.state == TaskState.OPEN, InstanceRow.state == CaseState.ACTIVE, condition)
    )
    return uow.session.scalar(query) or 0
