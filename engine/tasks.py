"""What people do with tasks: take, hand on, save and send them. Reading is in inbox.py and task_page.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forms import submission
from forms.model import Form
from forms.submission import Refreshed

from . import deadlines, definitions, history, instances, locks, performers, submissions
from .db import UnitOfWork
from .diagram.model import Process
from .errors import (
    N_,
    DraftNewer,
    InvalidInput,
    InvalidVariables,
    NotAllowed,
    NotFound,
    SameCaseExists,
    TaskAlreadyClaimed,
    TaskNotOpen,
)
from .form_context import context_for, evaluator
from .identity import Entitlement
from .model import CaseState, DefinitionRow, InstanceRow, PersonRow, TaskRow, TaskState
from .next_steps import NextStep, next_steps
from .reading import readable
from .settle import settle, value_of
from .spiff import step
from .task_rows import forget_candidates, join
from .waiting import waiting

#: beside a draft's answers: the window that saved it. No field's key begins so.
WINDOW = "_window"


@dataclass(frozen=True, slots=True)
class Draft:
    saved_at: datetime
    refreshed: Refreshed  #: computed values and hidden paths, for the page


@dataclass(frozen=True, slots=True)
class Sent:
    instance_id: int
    title: str
    activity_name: str
    ended: bool
    late: bool
    next: tuple[NextStep, ...]
    waiting_for: int  #: tasks of the same activity that others have still to send


def find(uow: UnitOfWork, task_id: int) -> TaskRow:
    """The row of a task the actor may know of. Raises NotFound."""
    row = uow.session.scalar(
        select(TaskRow)
        .join(InstanceRow, TaskRow.instance_id == InstanceRow.id)
        .where(TaskRow.id == task_id, readable(uow))
    )
    if row is None:
        # A person named in the diagram or chosen by a superior may stand outside the positions that take part.
        row = uow.session.get(TaskRow, task_id)
        theirs = row is not None and row.assignee_id is not None and row.assignee_id == uow.actor.person_id
        if row is None or not (theirs or performers.entitlement(uow, row) is not None):
            raise NotFound("task", task_id)
    return row


def claim(uow: UnitOfWork, task_id: int) -> None:
    """Take a task from the unit's queue. Raises TaskAlreadyClaimed, TaskNotOpen, NotAllowed, CaseNotActive."""
    _, task = _locked(uow, task_id)
    entitled = _require_work(uow, task)
    if task.assignee_id == uow.actor.person_id:
        return
    _give(uow, task, uow.actor.person_id, entitled.key)
    _record(uow, "task.claimed", task, entitled)


def unclaim(uow: UnitOfWork, task_id: int) -> None:
    """Put a task back into its queue; the draft stays. Raises NotAllowed unless it is the actor's."""
    _, task = _locked(uow, task_id)
    if task.assignee_id != uow.actor.person_id:
        find(uow, task_id)
        raise NotAllowed(uow.actor.name, f"release task {task_id}")
    entitled = uow.actor.holding(task.assigned_as)
    _give(uow, task, None, None)
    _record(uow, "task.unclaimed", task, entitled)


def assign(uow: UnitOfWork, task_id: int, person_id: int) -> None:
    """Hand a task to a person; superiors, process owners, administrators. Raises NotAllowed, InvalidInput."""
    _, task = _locked(uow, task_id)
    entitled = performers.assigning_entitlement(uow, task)
    if entitled is None:
        find(uow, task_id)
        raise NotAllowed(uow.actor.name, f"assign task {task_id}")
    chosen = next((p for p in performers.assignable(uow, task) if p.person_id == person_id), None)
    if chosen is None:
        raise InvalidInput("person", N_("Choose a person who holds a position today."))
    _give(uow, task, chosen.person_id, chosen.position_key)
    _record(uow, "task.assigned", task, entitled, to=chosen.name, to_position=chosen.position_name)


def assignable(uow: UnitOfWork, task_id: int) -> tuple[performers.Performer, ...]:
    """Whom the actor may hand the task to; nobody where that is not theirs to decide. Raises NotFound."""
    task = find(uow, task_id)
    if not task.open or performers.assigning_entitlement(uow, task) is None:
        return ()
    return performers.assignable(uow, task)


def require_newest_draft(
    uow: UnitOfWork, task_id: int, raw: Mapping[str, Any], *, window: str, seen: datetime | None
) -> None:
    """Refuse an older window: DraftNewer where another one has saved something else since `seen`.

    `seen` is the draft this window began with; `window` any text that is the same for everything one opened page
    saves, "" asks for no such care. Raises as claim does.
    """
    instance, task = _locked(uow, task_id)
    _require_work(uow, task)
    if not window or task.draft is None or task.draft_at is None or task.draft.get(WINDOW) == window:
        return
    if seen is not None and task.draft_at <= seen:
        return
    if {**refresh(uow, instance, task, raw).raw, WINDOW: ""} != {**task.draft, WINDOW: ""}:
        by = uow.session.get(PersonRow, task.draft_by) if task.draft_by else None
        raise DraftNewer(task_id, task.draft_at, by.name if by else "")


def save_draft(uow: UnitOfWork, task_id: int, raw: Mapping[str, Any], *, window: str = "") -> Draft:
    """Keep what was typed without checking it, and compute again. Takes an unassigned task. Raises as claim does."""
    instance, task = _locked(uow, task_id)
    entitled = _require_work(uow, task)
    if task.assignee_id != uow.actor.person_id:
        _give(uow, task, uow.actor.person_id, entitled.key)
        _record(uow, "task.claimed", task, entitled)
    refreshed = refresh(uow, instance, task, raw)
    task.draft, task.draft_at, task.draft_by = {**refreshed.raw, WINDOW: window}, uow.now, uow.actor.person_id
    return Draft(uow.now, refreshed)


def refresh(uow: UnitOfWork, instance: InstanceRow, task: TaskRow, raw: Mapping[str, Any]) -> Refreshed:
    """What the form computes and hides for what was typed so far."""
    form = form_for(uow, instance, task)
    return submission.refresh(form, raw, context_for(uow, instance, task, form), evaluator(uow))


def form_for(uow: UnitOfWork, instance: InstanceRow, task: TaskRow) -> Form:
    """The form of the case's own version; an empty one where the diagram names none."""
    if task.form_key is None:
        return Form(key="", name=task.name, fields=())
    return definitions.form_of(uow, instance.definition_id, task.form_key)


def complete(uow: UnitOfWork, task_id: int, raw: Mapping[str, Any], *, confirm_same_case: bool = False) -> Sent:
    """Send a task's form and let the case go on; what is due fires first, so a late completion hides no alert.

    Raises InvalidVariables with every problem and what was typed, SameCaseExists unless confirmed, TaskNotOpen,
    TaskAlreadyClaimed, NotAllowed, CaseNotActive.
    """
    instance, task = _locked(uow, task_id)
    entitled = _require_work(uow, task)
    process = definitions.diagram_of(uow, instance.definition_id).process
    form = form_for(uow, instance, task)
    before = waiting(uow, instance.id)
    context = context_for(uow, instance, task, form, before)
    answers = submission.read(form, raw, context, evaluator(uow))
    if answers.problems:
        raise InvalidVariables(answers.problems, answers.raw)
    mentioned = definitions.mentioned_names(uow, instance.definition_id)
    variables = {name: value for name, value in answers.values.items() if name in mentioned}
    if not confirm_same_case:
        _require_new_case_key(uow, instance, process, {**instance.variables, **variables})
    _finish(uow, task, entitled)
    submissions.keep(uow, task, form, context, answers.values, entitled)
    calendar = deadlines.calendar_for(uow, process)
    spec = definitions.spec_of(uow, instance.definition_id)
    assert instance.snapshot is not None
    try:
        around = instances.surroundings(uow, calendar)
        snapshot = step.complete(spec, instance.snapshot, task.key, variables, around)
    except step.NoSuchTask as gone:
        # An interrupting timer fell due first: the worker will write that down; this answer came too late.
        raise TaskNotOpen(task.id, TaskState.CANCELLED) from gone
    settled = settle(
        uow,
        instance,
        process,
        calendar,
        snapshot,
        from_person=entitled.name,
        joined=(entitled.key,),
        open_before=tuple(other for other in before if other.id != task.id),
    )
    return Sent(
        instance_id=instance.id,
        title=instance.title,
        activity_name=task.name,
        ended=settled.ended,
        late=task.due_at is not None and uow.now > task.due_at,
        next=next_steps(uow, settled.created),
        waiting_for=[t.activity_id for t in settled.waiting].count(task.activity_id)
        + [t.activity_id for t in settled.created].count(task.activity_id),
    )


# -- parts -----------------------------------------------------------------------------------------------------------


def _locked(uow: UnitOfWork, task_id: int) -> tuple[InstanceRow, TaskRow]:
    """The case and its task, both current and held until the unit ends; open, in an active case.

    Whoever has no work to do here is still to be told by `find` whether they may know of the task.
    """
    instance, task = locks.case_with(uow, task_id)
    if not task.open:
        find(uow, task_id)
        by = uow.session.get(PersonRow, task.completed_by) if task.completed_by else None
        mine = task.completed_by is not None and task.completed_by == uow.actor.person_id
        raise TaskNotOpen(task_id, task.state, by.name if by else "", by_actor=mine)
    if instance.state != CaseState.ACTIVE:
        find(uow, task_id)
        instances.require_active(instance)
    return instance, task


def _require_work(uow: UnitOfWork, task: TaskRow) -> Entitlement:
    entitled = performers.working_entitlement(uow, task)
    if entitled is None:
        find(uow, task.id)
        if task.assignee_id not in (None, uow.actor.person_id) and performers.entitlement(uow, task) is not None:
            raise TaskAlreadyClaimed(task.id, performers.held_by(uow, task))
        raise NotAllowed(uow.actor.name, f"work on task {task.id}")
    return entitled


def _give(uow: UnitOfWork, task: TaskRow, person_id: int | None, position_key: str | None) -> None:
    task.assignee_id, task.assigned_as = person_id, position_key
    join(uow, task.instance_id, [position_key])


def _record(uow: UnitOfWork, kind: str, task: TaskRow, entitled: Entitlement | None, **data: Any) -> None:
    history.record(
        uow,
        kind,
        instance_id=task.instance_id,
        task_id=task.id,
        activity_id=task.activity_id,
        entitled_by=entitled,
        name=task.name,
        item_label=task.item_label,
        **data,
    )


def _require_new_case_key(
    uow: UnitOfWork, instance: InstanceRow, process: Process, variables: Mapping[str, Any]
) -> None:
    key = value_of(uow, process.case_key, variables)
    if not key or str(key) == instance.case_key:
        return
    same = (
        select(InstanceRow)
        .join(DefinitionRow, InstanceRow.definition_id == DefinitionRow.id)
        .where(
            DefinitionRow.key == process.key,
            InstanceRow.case_key == str(key),
            InstanceRow.id != instance.id,
            InstanceRow.state != CaseState.CANCELLED,
        )
        .limit(1)
    )
    other = uow.session.scalar(same)
    if other is not None:
        may_open = (
            uow.session.scalar(select(InstanceRow.id).where(InstanceRow.id == other.id, readable(uow))) is not None
        )
        title = other.title if may_open or not other.confidential else ""
        raise SameCaseExists(other.id, title, str(key), may_open=may_open)


def _finish(uow: UnitOfWork, task: TaskRow, entitled: Entitlement) -> None:
    uow.write(
        task,
        state=TaskState.COMPLETED,
        ended_at=uow.now,
        assignee_id=uow.actor.person_id,
        assigned_as=entitled.key,
        completed_by=uow.actor.person_id,
        completed_as=entitled.key,
        draft=None,
        draft_at=None,
        draft_by=None,
    )
    if performers.names_others(uow, task):
        forget_candidates(uow, [task.id])
    _record(uow, "task.completed", task, entitled, round=task.round)
