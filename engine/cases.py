"""Cases as people read them: the list, and the page that shows where one stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from . import deadlines, definitions, documents, history, instances, moves, notes, performers
from .db import UnitOfWork
from .deadlines import DeadlineView
from .diagram.model import Diagram, Process
from .documents import DocumentView
from .history import EventView
from .model import (
    CaseState,
    DeadlineRow,
    DefinitionRow,
    InstanceRow,
    PersonRow,
    TaskRow,
    TaskState,
)
from .notes import NoteView
from .people import positions
from .progress import StepView, steps_of
from .reading import listable, readable
from .task_page import SubmissionView, submissions
from .views import Page, like


@dataclass(frozen=True, slots=True)
class CaseItem:
    id: int
    title: str
    process_key: str
    process_name: str
    state: str  #: CaseState
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    current: tuple[str, ...]  #: names of the steps it stands at
    holders: tuple[str, ...]  #: position names that have it
    due_at: datetime | None  #: earliest of the open tasks
    late: bool
    done: int
    total: int
    confidential: bool
    may_open: bool


@dataclass(frozen=True, slots=True)
class CaseTask:
    id: int
    activity_id: str
    name: str
    number: str | None
    item_label: str
    state: str  #: TaskState
    round: int
    returned: bool  #: the case was sent back to it from a later step
    assignee_name: str
    position_name: str
    due_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    late: bool
    may_open: bool
    may_assign: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    id: int
    title: str
    case_key: str | None
    state: str  #: CaseState
    reason: str | None
    confidential: bool
    definition_id: int
    version: int
    newest_version: int
    process: Process
    diagram: Diagram
    names: Mapping[str, str]  #: of activities, by id; also of those that only earlier versions of the case have
    started_at: datetime
    started_by: str
    started_as: str
    ended_at: datetime | None
    steps: tuple[StepView, ...]
    tokens: Mapping[str, tuple[str, ...]]  #: element id -> who holds it
    done: frozenset[str]
    late: frozenset[str]
    tasks: tuple[CaseTask, ...]
    deadlines: tuple[DeadlineView, ...]
    history: tuple[EventView, ...]  #: a stretch of it, oldest first
    earlier: int | None  #: what `before` shows the stretch before; None where there is none
    documents: tuple[DocumentView, ...]
    notes: tuple[NoteView, ...]
    submissions: tuple[SubmissionView, ...]
    may_cancel: bool
    may_suspend: bool
    may_activate: bool


def listing(
    uow: UnitOfWork, *, state: str = "", query: str = "", process: str = "", page: int = 1, per_page: int = 25
) -> Page[CaseItem]:
    """One page of cases the actor may know of, running ones first, newest first."""
    base = (
        select(InstanceRow, DefinitionRow, PersonRow.name)
        .join(DefinitionRow, InstanceRow.definition_id == DefinitionRow.id)
        .outerjoin(PersonRow, InstanceRow.started_by == PersonRow.id)
        .where(listable(uow))
    )
    if state:
        base = base.where(InstanceRow.state == state)
    if process:
        base = base.where(DefinitionRow.key == process)
    if query.strip():
        columns = (InstanceRow.title, InstanceRow.case_key, DefinitionRow.name)
        base = base.where(or_(*(c.ilike(like(query), escape="\\") for c in columns)))
    total = uow.session.scalar(select(func.count()).select_from(base.with_only_columns(InstanceRow.id).subquery())) or 0
    page = min(max(1, page), max(1, -(-total // per_page)))
    running = InstanceRow.state.in_([CaseState.COMPLETED, CaseState.CANCELLED])
    rows = uow.session.execute(
        base.order_by(running, InstanceRow.id.desc()).limit(per_page).offset((page - 1) * per_page)
    ).all()
    ids = [instance.id for instance, _, _ in rows]
    open_tasks = _open_tasks(uow, ids)
    openable = set(uow.session.scalars(select(InstanceRow.id).where(InstanceRow.id.in_(ids), readable(uow))))
    names = positions.names(uow)
    items = []
    for instance, definition, starter in rows:
        process_model = definitions.diagram_of(uow, definition.id).process
        mine = open_tasks.get(instance.id, [])
        steps = steps_of(uow, instance, process_model)
        due = min((t.due_at for t in mine if t.due_at), default=None)
        items.append(
            CaseItem(
                id=instance.id,
                title=instance.title,
                process_key=definition.key,
                process_name=definition.name,
                state=instance.state,
                started_at=instance.started_at,
                started_by=starter or "",
                ended_at=instance.ended_at,
                current=tuple(dict.fromkeys(t.name for t in mine)),
                holders=tuple(dict.fromkeys(names.get(t.candidate_group or t.owner_group or "", "") for t in mine)),
                due_at=due,
                late=due is not None and uow.now > due,
                done=sum(s.state == "done" for s in steps),
                total=len(steps),
                confidential=instance.confidential,
                may_open=instance.id in openable,
            )
        )
    return Page(tuple(items), total, page, per_page)


def _open_tasks(uow: UnitOfWork, instance_ids: list[int]) -> dict[int, list[TaskRow]]:
    found: dict[int, list[TaskRow]] = {}
    for task in uow.session.scalars(
        select(TaskRow)
        .where(TaskRow.instance_id.in_(instance_ids), TaskRow.state == TaskState.OPEN)
        .order_by(TaskRow.id)
    ):
        found.setdefault(task.instance_id, []).append(task)
    return found


def get(uow: UnitOfWork, instance_id: int, *, before: int | None = None, without: Collection[str] = ()) -> CasePage:
    """The page of a case, with the newest of its history, or what was before the event of that id.

    Kinds of events may be left out. Raises NotFound for a case the actor may not read.
    """
    instance = instances.require_readable(uow, instance_id)
    definition = uow.session.get_one(DefinitionRow, instance.definition_id)
    diagram = definitions.diagram_of(uow, definition.id)
    process = diagram.process
    names = positions.names(uow)
    rows = uow.session.execute(
        select(TaskRow, PersonRow.name)
        .outerjoin(PersonRow, TaskRow.assignee_id == PersonRow.id)
        .where(TaskRow.instance_id == instance_id)
        .order_by(TaskRow.id)
    ).all()
    tasks = tuple(_task(uow, task, assignee or "", names) for task, assignee in rows)
    labels = {task.key: task.item_label for task, _ in rows}
    known = moves.nodes(uow, instance)
    standards = tuple(
        deadlines.view(uow, row, known, labels.get(row.activity_key, ""))
        for row in uow.session.scalars(
            select(DeadlineRow).where(DeadlineRow.instance_id == instance_id).order_by(DeadlineRow.id)
        )
    )
    steps = steps_of(uow, instance, process)
    events, earlier = history.latest_of_case(uow, instance_id, before=before, without=without)
    steering = instances.steering_entitlement(uow, instance) is not None
    newest = uow.session.scalar(select(func.max(DefinitionRow.version)).where(DefinitionRow.key == definition.key))
    starter = uow.session.get(PersonRow, instance.started_by) if instance.started_by else None
    return CasePage(
        id=instance.id,
        title=instance.title,
        case_key=instance.case_key,
        state=instance.state,
        reason=instance.reason,
        confidential=instance.confidential,
        definition_id=definition.id,
        version=definition.version,
        newest_version=newest or definition.version,
        process=process,
        diagram=diagram,
        names={node.id: node.name for node in known.values()},
        started_at=instance.started_at,
        started_by=starter.name if starter else "",
        started_as=names.get(instance.started_as or "", ""),
        ended_at=instance.ended_at,
        steps=steps,
        tokens=_tokens(instance, tasks),
        done=_done(process, steps, [task for task, _ in rows]),
        late=_late(instance, standards, tasks),
        tasks=tasks,
        deadlines=standards,
        history=events,
        earlier=earlier,
        documents=documents.of_case(uow, instance_id),
        notes=notes.of_case(uow, instance_id),
        submissions=submissions(uow, instance, known),
        may_cancel=steering and instance.state in (CaseState.ACTIVE, CaseState.SUSPENDED),
        may_suspend=steering and instance.state == CaseState.ACTIVE,
        may_activate=steering and instance.state == CaseState.SUSPENDED,
    )


def _task(uow: UnitOfWork, task: TaskRow, assignee: str, names: Mapping[str, str]) -> CaseTask:
    until = task.ended_at or uow.now
    return CaseTask(
        id=task.id,
        activity_id=task.activity_id,
        name=task.name,
        number=task.number,
        item_label=task.item_label,
        state=task.state,
        round=task.round,
        returned=task.returned,
        assignee_name=assignee,
        position_name=names.get(task.assigned_as or task.candidate_group or task.owner_group or "", ""),
        due_at=task.due_at,
        created_at=task.created_at,
        ended_at=task.ended_at,
        late=task.due_at is not None and until > task.due_at,
        may_open=task.open and performers.working_entitlement(uow, task) is not None,
        may_assign=task.open and performers.assigning_entitlement(uow, task) is not None,
    )


def _tokens(instance: InstanceRow, tasks: tuple[CaseTask, ...]) -> dict[str, tuple[str, ...]]:
    tokens: dict[str, list[str]] = {a["activity_id"]: [] for a in instance.activities}
    for task in tasks:
        if task.state == TaskState.OPEN:
            holders = tokens.setdefault(task.activity_id, [])
            holders.append(task.item_label or task.position_name)
    return {element: tuple(dict.fromkeys(names)) for element, names in tokens.items()}


def _done(process: Process, steps: tuple[StepView, ...], tasks: list[TaskRow]) -> frozenset[str]:
    """Elements whose work counts now: of finished steps, and of the running round of a sub-process.

    What a return has made necessary again is not done, though it was once.
    """
    finished = {step.activity_id for step in steps if step.state == "done"}
    step_of = {element: steps[place].activity_id for element, place in process.places().items()}
    running = {task.scope_key for task in tasks if task.open and task.scope_key is not None}
    inner = {
        task.activity_id
        for task in tasks
        if task.state == TaskState.COMPLETED
        and (task.scope_key in running or step_of.get(task.activity_id) in finished)
    }
    return frozenset(finished | inner)


def _late(instance: InstanceRow, standards: tuple[DeadlineView, ...], tasks: tuple[CaseTask, ...]) -> frozenset[str]:
    open_late = {t.activity_id for t in tasks if t.state == TaskState.OPEN and t.late}
    scopes = {d.activity_id for d in standards if d.ended_at is None and d.lateness is not None}
    return frozenset(open_late | scopes)
