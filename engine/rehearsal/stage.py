"""One case of a draft on a scratch office: its tasks done, time let pass, messages let arrive, one deed after another.

Connectors are not called: whoever drives the case says what they would have answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forms import sample
from forms.model import Field

from .. import deadlines, definitions, demo_text, deployment, documents, instances, tasks
from ..db import UnitOfWork
from ..diagram import read
from ..diagram.model import Process
from ..errors import (
    N_,
    ActivityFailed,
    AlurError,
    DurationError,
    ExpressionError,
    InvalidInput,
    InvalidVariables,
    Said,
)
from ..form_context import context_for, evaluator
from ..identity import Actor
from ..model import CaseState, InstanceRow, JobRow, PersonRow, PositionRow, SubscriptionRow, TaskRow, TaskState
from ..people import positions
from ..spiff.trace import watching
from . import scratch


@dataclass(frozen=True, slots=True)
class Stuck:
    """Where a case could not go on, and why, as a template over params."""

    element: str | None
    name: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        return self.message % dict(self.params)


@dataclass(frozen=True, slots=True)
class Draft:
    """A diagram with what belongs to it, and with those it calls where the office has them not."""

    xml: bytes
    forms: Mapping[str, str]
    decisions: tuple[bytes, ...] = ()
    others: tuple[Draft, ...] = ()

    @property
    def process(self) -> Process:
        """Raises InvalidDiagram where the diagram can't be read."""
        return read.read(self.xml).process


@contextmanager
def staged(draft: Draft, *, at: datetime, like: scratch.Like | None) -> Iterator[Stage]:
    """A case of the draft about to begin. Raises InvalidDiagram."""
    everything = (*draft.others, draft)
    forms = {key: text for one in everything for key, text in one.forms.items()}
    with scratch.opened([one.process for one in everything], forms, at=at, like=like) as uow:
        made = deployment.deploy_all(uow, [(one.xml, one.forms, one.decisions) for one in everything])
        yield Stage(uow, definitions.diagram_of(uow, made[-1].id).process)


class Stage:
    """One case on a scratch office, driven deed by deed. Every deed happens at `uow.now`."""

    def __init__(self, uow: UnitOfWork, process: Process) -> None:
        self.uow = uow
        self.process = process
        self.calendar = deadlines.calendar_for(uow, process)
        self.instance_id = 0
        self.taken: dict[tuple[str, str], int] = {}  #: how often each flow was, by source and target
        self.received: set[str] = set()  #: events that got their message or signal

    def begin(self) -> None:
        """Start the case, as whoever or whatever starts it. Raises AlurError."""
        with self._watched():
            self.instance_id = instances.begin(self.uow, self.process.key, {})

    def open_tasks(self) -> list[TaskRow]:
        return list(
            self.uow.session.scalars(
                select(TaskRow)
                .where(TaskRow.instance_id == self.instance_id, TaskRow.state == TaskState.OPEN)
                .order_by(TaskRow.created_at, TaskRow.id)
            )
        )

    def complete(
        self, task: TaskRow, values: Mapping[str, Any] | None = None, *, typed: Mapping[str, Any] | None = None
    ) -> None:
        """Fill a task's form with values by field key, and made-up ones where it wants more, and send it.

        With `typed`, raw as a page posts it, only papers are made up.

        Raises InvalidVariables for what no made-up answer satisfies, AlurError.
        """
        uow = replace(self.uow, actor=self._performer(task))
        instance = self.uow.session.get_one(InstanceRow, self.instance_id)
        form = tasks.form_for(uow, instance, task)
        context = context_for(uow, instance, task, form)
        files = dict(context.files)
        filled = sample.fill(
            form,
            replace(context, files=files),
            evaluator(uow),
            wishes=values,
            typed=typed,
            upload=lambda field: self._paper(uow, task, field, files),
            turn=task.round - 1,
        )
        if filled.problems:
            raise InvalidVariables(filled.problems, filled.raw)
        with self._watched():
            tasks.complete(uow, task.id, filled.raw, confirm_same_case=True)

    def advance(self, until: datetime) -> None:
        """Let time pass; what falls due on the way fires at its own instant. Raises AlurError."""
        while (due := self.next_due()) is not None and due <= until:
            self.uow.now = max(self.uow.now, due)
            with self._watched():
                instances.fire(self.uow, instances.lock(self.uow, self.instance_id))
            if self.next_due() == due:
                break  # a job that firing did not use up, such as that of a case that has ended
        self.uow.now = max(self.uow.now, until)

    def advance_to_next(self) -> bool:
        """To the next instant at which something falls due; False where nothing does."""
        due = self.next_due()
        if due is None:
            return False
        self.advance(due)
        return True

    def receive(self, waiting: SubscriptionRow) -> None:
        """Let a message or signal that the case waits for arrive. Raises AlurError."""
        self.received.add(waiting.event_id)
        with self._watched():
            instances.receive(self.uow, instances.lock(self.uow, self.instance_id), waiting.key, {})

    def answer(self, job: JobRow, result: Mapping[str, Any]) -> None:
        """Let a service task's connector have said something. Raises ActivityFailed."""
        with self._watched():
            instances.answer(self.uow, instances.lock(self.uow, self.instance_id), job.key, result)

    @property
    def ended(self) -> bool:
        """Whether the case has come to its end; not where it could not even begin."""
        row = self.uow.session.get(InstanceRow, self.instance_id)
        return row is not None and row.state == CaseState.COMPLETED

    # -- what it waits for -------------------------------------------------------------------------------------------

    def waiting(self) -> list[SubscriptionRow]:
        """The messages and signals the case waits for, the longest waiting first."""
        mine = select(SubscriptionRow).where(SubscriptionRow.instance_id == self.instance_id)
        return list(self.uow.session.scalars(mine.order_by(SubscriptionRow.id)))

    def services(self) -> list[JobRow]:
        """The service tasks that wait for their connector."""
        mine = select(JobRow).where(JobRow.instance_id == self.instance_id, JobRow.kind == "service")
        return list(self.uow.session.scalars(mine.order_by(JobRow.id)))

    def all_due(self) -> list[datetime]:
        """When its timers fire."""
        timers = select(JobRow.due_at).where(
            JobRow.instance_id == self.instance_id, JobRow.kind == "timer", JobRow.dead.is_(False)
        )
        return list(self.uow.session.scalars(timers))

    def next_due(self) -> datetime | None:
        """When something falls due by itself; None where nothing does."""
        return min(self.all_due(), default=None)

    def stuck(self, error: AlurError, element: str | None = None) -> Stuck:
        """Why a deed could not be done, at the element the error names, else at this one."""
        element = getattr(error, "activity_id", None) or element
        node = self.process.nodes.get(element or "")
        name = node.name if node is not None else self.process.name
        if isinstance(error, InvalidVariables):
            problem = error.problems[0]
            message = N_("No answer is known for “%(field)s” (%(rule)s). Give one.")
            return Stuck(element, name, message, {"field": problem.label or problem.path, "rule": problem.rule})
        return Stuck(element, name, "%(reason)s", {"reason": _why(error)})

    # -- parts -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _watched(self) -> Iterator[None]:
        with watching() as seen:
            yield
        for pair in seen:
            for flow in self._flows(*pair):
                self.taken[flow] = self.taken.get(flow, 0) + 1
        self.uow.session.flush()

    def _flows(self, source: str, target: str) -> list[tuple[str, str]]:
        """The engine begins an event sub-process before its start event: then the flows after the event are meant."""
        begun = self.process.nodes.get(source)
        if begun is None or begun.parent != target:
            return [(source, target)]
        return [(source, self.process.flows[one].target) for one in begun.outgoing]

    def _performer(self, task: TaskRow) -> Actor:
        """Whoever may do a task: the holder of its position, of the owner's, or an administrator."""
        key = task.candidate_group or task.owner_group
        person = select(PersonRow.id).join(PositionRow, PositionRow.key == PersonRow.username)
        chosen = self.uow.session.scalar(person.where(PositionRow.key == key) if key else person.limit(1))
        if chosen is None:
            chosen = self.uow.session.scalars(person).first()
        assert chosen is not None
        return positions.actor_of(self.uow, chosen)

    def _paper(self, uow: UnitOfWork, task: TaskRow, field: Field, files: dict[str, Any]) -> str | None:
        """Upload an invented paper where a form wants a file; None where it takes no PDF."""
        if field.accept and ".pdf" not in field.accept:
            return None
        view = documents.upload(uow, task.id, field.key or field.id, "contoh.pdf", demo_text.paper("Contoh"))
        files.update(documents.drafts_of_task(uow, task.id))
        return view.id


def _why(error: AlurError) -> Said | str:
    """What an error says in no language yet; else its English text."""
    if isinstance(error, ActivityFailed | DurationError):
        return error.reason
    if isinstance(error, InvalidInput):
        return Said(error.message, error.params)
    return error.said if isinstance(error, ExpressionError) else str(error)
