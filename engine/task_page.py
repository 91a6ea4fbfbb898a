"""Everything one task's page shows, read in one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from forms import submission
from forms.model import Context, Form

from . import deadlines, definitions, documents, moves, performers, tasks
from .db import UnitOfWork
from .deadlines import DeadlineView
from .diagram.model import Diagram, Node, Paper
from .documents import DocumentView
from .form_context import Evaluate, context_for, evaluator, strings_in
from .identity import Entitlement
from .inbox import TaskItem, item
from .model import DeadlineRow, DefinitionRow, InstanceRow, PersonRow, SubmissionRow, TaskRow
from .people import positions
from .performers import Performer


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """An answer of an earlier step, with the form that reads it."""

    id: int
    activity_id: str
    activity_name: str
    number: str | None
    item_label: str
    round: int
    form: Form | None
    values: Mapping[str, Any]
    sent_at: datetime
    sent_by: str
    sent_as: str  #: position name


@dataclass(frozen=True, slots=True)
class PaperView:
    """An input the step needs, and where it lies in the case."""

    text: str
    documents: tuple[DocumentView, ...] = ()
    submission_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskPage:
    task: TaskItem
    state: str  #: TaskState
    case_state: str  #: CaseState
    form: Form
    raw: Mapping[str, Any]  #: what to show first: the draft, else what the form begins with
    context: Context
    evaluate: Evaluate
    node: Node
    diagram: Diagram
    mine: bool  #: the actor may fill it in now
    entitled: Entitlement | None  #: through which position
    may_claim: bool
    may_unclaim: bool
    may_assign: bool
    assignable: tuple[Performer, ...]
    deadline: DeadlineView | None
    inputs: tuple[PaperView, ...]
    outputs: tuple[str, ...]
    earlier: tuple[SubmissionView, ...]
    documents: tuple[DocumentView, ...]
    draft_at: datetime | None
    completed_at: datetime | None
    completed_by: str


def get(uow: UnitOfWork, task_id: int) -> TaskPage:
    """The page of a task the actor may see. Raises NotFound."""
    task = tasks.find(uow, task_id)
    instance = uow.session.get_one(InstanceRow, task.instance_id)
    definition = uow.session.get_one(DefinitionRow, instance.definition_id)
    known = moves.nodes(uow, instance)
    version = _version_of(uow, instance, task)
    diagram = definitions.diagram_of(uow, version)
    form = tasks.form_for(uow, instance, task) if task.open else _form_then(uow, instance, task)
    context = context_for(uow, instance, task, form)
    evaluate = evaluator(uow)
    names = positions.names(uow)
    entitled = performers.working_entitlement(uow, task) if task.open else None
    may_assign = task.open and performers.assigning_entitlement(uow, task) is not None
    # What is half typed is for those who work on it, not for everybody who may read the case.
    own_draft = entitled is not None or task.draft_by == uow.actor.person_id
    node = diagram.process.nodes[task.activity_id]
    earlier = submissions(uow, instance, known)
    papers = documents.of_case(uow, instance.id)
    person = _name(uow, task.assignee_id)
    return TaskPage(
        task=item(uow, task, instance, definition, person, names),
        state=task.state,
        case_state=instance.state,
        form=form,
        raw=task.draft if task.draft is not None and own_draft else submission.initial(form, context, evaluate),
        context=context,
        evaluate=evaluate,
        node=node,
        diagram=diagram,
        mine=entitled is not None,
        entitled=entitled,
        may_claim=entitled is not None and task.assignee_id != uow.actor.person_id,
        may_unclaim=task.open and task.assignee_id == uow.actor.person_id,
        may_assign=may_assign,
        assignable=performers.assignable(uow, task) if may_assign else (),
        deadline=_deadline(uow, task, diagram),
        inputs=tuple(_paper(paper, earlier, papers) for paper in (node.inputs or _scope_inputs(diagram, node))),
        outputs=tuple(paper.text for paper in node.outputs),
        earlier=earlier,
        documents=papers,
        draft_at=task.draft_at if own_draft else None,
        completed_at=task.ended_at if task.completed_by else None,
        completed_by=_name(uow, task.completed_by),
    )


def _version_of(uow: UnitOfWork, instance: InstanceRow, task: TaskRow) -> int:
    """The version whose diagram has the task's activity: the case's own, else the one it was done in."""
    if task.activity_id in definitions.diagram_of(uow, instance.definition_id).process.nodes or task.ended_at is None:
        return instance.definition_id
    return moves.definition_at(uow, instance.id, task.ended_at, instance.definition_id)


def submissions(uow: UnitOfWork, instance: InstanceRow, nodes: Mapping[str, Node]) -> tuple[SubmissionView, ...]:
    """All answers of a case, in order of sending."""
    names = positions.names(uow)
    rows = uow.session.execute(
        select(SubmissionRow, PersonRow.name)
        .outerjoin(PersonRow, SubmissionRow.sent_by == PersonRow.id)
        .where(SubmissionRow.instance_id == instance.id)
        .order_by(SubmissionRow.id)
    )
    views = []
    for row, sent_by in rows:
        node = nodes.get(row.activity_id)
        views.append(
            SubmissionView(
                id=row.id,
                activity_id=row.activity_id,
                activity_name=node.name if node else row.activity_id,
                number=node.number if node else None,
                item_label=row.item_label,
                round=row.round,
                form=_form(uow, instance, row.form_key, row.sent_at) if row.form_key else None,
                values=row.values,
                sent_at=row.sent_at,
                sent_by=sent_by or "",
                sent_as=names.get(row.sent_as or "", ""),
            )
        )
    return tuple(views)


def _form_then(uow: UnitOfWork, instance: InstanceRow, task: TaskRow) -> Form:
    """The form of a task that has ended, as it was then."""
    if task.form_key is None or task.ended_at is None:
        return Form(key="", name=task.name, fields=())
    return _form(uow, instance, task.form_key, task.ended_at)


def _form(uow: UnitOfWork, instance: InstanceRow, key: str, at: datetime) -> Form:
    """A form as it was asked at some moment: the case may have been moved to another version since."""
    return definitions.form_of(uow, moves.definition_at(uow, instance.id, at, instance.definition_id), key)


def _name(uow: UnitOfWork, person_id: int | None) -> str:
    if person_id is None:
        return ""
    return uow.session.scalar(select(PersonRow.name).where(PersonRow.id == person_id)) or ""


def _deadline(uow: UnitOfWork, task: TaskRow, diagram: Diagram) -> DeadlineView | None:
    """Its own deadline, else the one it inherits from the sub-process around it."""
    row = uow.session.scalar(
        select(DeadlineRow)
        .where(or_(DeadlineRow.activity_key == task.key, DeadlineRow.activity_key == task.scope_key))
        .order_by(DeadlineRow.activity_key != task.key)
        .limit(1)
    )
    return deadlines.view(uow, row, diagram.process.nodes, task.item_label) if row else None


def _scope_inputs(diagram: Diagram, node: Node) -> tuple[Paper, ...]:
    around = diagram.process.nodes.get(node.parent or "")
    return around.inputs if around else ()


def _paper(paper: Paper, earlier: tuple[SubmissionView, ...], papers: tuple[DocumentView, ...]) -> PaperView:
    if paper.source is None:
        return PaperView(paper.text)
    activity, _, field = paper.source.partition(".")
    sent = next((s for s in reversed(earlier) if s.activity_id == activity), None)
    if sent is None:
        return PaperView(paper.text)
    named = set(strings_in(sent.values.get(field))) if field else set()
    return PaperView(paper.text, tuple(d for d in papers if d.id in named), sent.id)
