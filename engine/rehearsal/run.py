"""A draft run in the real engine: on a scratch office, with a clock that jumps, by people who act as they are told.

Where no answers are given, forms are filled with made-up ones (forms/sample.py); a step takes one minute of the
process's time. Connectors are not called: what they would have said stands in the answers, or is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forms import sample
from forms.model import Field

from .. import deadlines, definitions, demo_text, documents, instances, positions, tasks, worktime
from ..db import UnitOfWork
from ..diagram import read
from ..diagram.model import Process
from ..errors import N_, AlurError, InvalidVariables
from ..form_context import context_for, evaluator
from ..identity import Actor
from ..model import CaseState, InstanceRow, JobRow, PersonRow, PositionRow, SubscriptionRow, TaskRow, TaskState
from ..spiff.trace import watching
from . import scratch
from .trace import Entry, entries

MOST_DEEDS = 200  #: of one run: beyond, the procedure goes round without end; made-up choices change every round
AFTER = "after"  #: in answers: how long the step takes, an ISO duration in the process's time

#: by activity id (or "activity/item"): what is filled in, by field key; a list has one for each round, the last stays
Answers = Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How the people of a run behave where no answers tell them."""

    wishes: Mapping[str, Any] = field(default_factory=dict)  #: by field key, the first time an activity is done
    late: bool = False  #: every step is done only after all its timers have fired
    hasty: int | None = None  #: what is waited for arrives before anybody works, beginning with the one at this place
    newest_first: bool = False  #: of several open tasks the last one is done first
    until: tuple[str, str] | None = None  #: source and target of a flow: stop when it was taken twice
    pause: str = "PT1M"


@dataclass(frozen=True, slots=True)
class Stuck:
    """Where a run could not go on, and why, as a template over params."""

    element: str | None
    name: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        return self.message % dict(self.params)


@dataclass(frozen=True, slots=True)
class Run:
    entries: tuple[Entry, ...]
    taken: frozenset[tuple[str, str]]  #: sequence flows by source and target
    ended: bool
    stuck: Stuck | None
    finished_at: datetime


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


def rehearse(
    draft: Draft,
    *,
    at: datetime,
    answers: Answers | None = None,
    manner: Manner | None = None,
    like: scratch.Like | None = None,
) -> Run:
    """Run one case from its start at an instant until it ends, is stuck, or has gone round too often.

    Raises InvalidDiagram for a diagram that can't be deployed.
    """
    with staged(draft, at=at, like=like) as stage:
        return stage.run(answers or {}, manner or Manner())


@contextmanager
def staged(draft: Draft, *, at: datetime, like: scratch.Like | None) -> Iterator[Stage]:
    """A case of the draft about to begin. Raises InvalidDiagram."""
    everything = (*draft.others, draft)
    forms = {key: text for one in everything for key, text in one.forms.items()}
    with scratch.opened([one.process for one in everything], forms, at=at, like=like) as uow:
        made = definitions.deploy_all(uow, [(one.xml, one.forms, one.decisions) for one in everything])
        yield Stage(uow, definitions.diagram_of(uow, made[-1].id).process)


class Stage:
    """One case on a scratch office, driven deed by deed. Every deed happens at `uow.now`."""

    def __init__(self, uow: UnitOfWork, process: Process) -> None:
        self.uow = uow
        self.process = process
        self.calendar = deadlines.calendar_for(uow, process)
        self.taken: set[tuple[str, str]] = set()
        self.instance_id = 0
        self._times: dict[tuple[str, str], int] = {}
        self._received: set[str] = set()

    # -- deeds -------------------------------------------------------------------------------------------------------

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
        self._received.add(waiting.event_id)
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

    # -- a whole run -------------------------------------------------------------------------------------------------

    def run(self, answers: Answers, manner: Manner) -> Run:
        """Begin and go on until the end, a place where nothing goes on, or MOST_DEEDS."""
        stuck: Stuck | None = None
        at: TaskRow | None = None
        try:
            self.begin()
            for _ in range(MOST_DEEDS):
                if self.ended or self._enough(manner):
                    break
                at = None
                if self._arrived(answers, manner):
                    continue
                open_tasks = self.open_tasks()
                at = open_tasks[-1 if manner.newest_first else 0] if open_tasks else None
                if at is not None:
                    self._work(at, answers, manner)
                elif not self.advance_to_next():
                    stuck = Stuck(None, self.process.name, N_("Nothing can go on: no task, no timer, no message."))
                    break
            else:
                stuck = Stuck(None, self.process.name, N_("The procedure goes round without end."))
        except AlurError as error:
            stuck = self._where(error, at)
        return Run(entries(self.uow, self.instance_id), frozenset(self.taken), self.ended, stuck, self.uow.now)

    def _enough(self, manner: Manner) -> bool:
        return manner.until is not None and self._times.get(manner.until, 0) >= 2

    def _arrived(self, answers: Answers, manner: Manner) -> bool:
        """Give the case what it waits for from outside: connectors at once, messages when it is their turn."""
        job = self.uow.session.scalars(
            select(JobRow).where(JobRow.instance_id == self.instance_id, JobRow.kind == "service").order_by(JobRow.id)
        ).first()
        if job is not None:
            self.answer(job, _turn(answers, job.payload["event_id"], 1) or {})
            return True
        waiting = list(
            self.uow.session.scalars(
                select(SubscriptionRow)
                .where(SubscriptionRow.instance_id == self.instance_id)
                .order_by(SubscriptionRow.id)
            )
        )
        if manner.hasty is not None:
            fresh = [one for one in waiting if one.event_id not in self._received]
            if fresh:
                self.receive(fresh[manner.hasty % len(fresh)])
                return True
        if waiting and not self.open_tasks() and not (manner.late and self.next_due() is not None):
            self.receive(waiting[0])
            return True
        return False

    def _work(self, task: TaskRow, answers: Answers, manner: Manner) -> None:
        told = _turn(answers, f"{task.activity_id}/{task.item}", task.round)
        if told is None:
            told = _turn(answers, task.activity_id, task.round)
        after = str(told.get(AFTER, manner.pause)) if told is not None else manner.pause
        if manner.late:
            due = self._all_due()
            self.advance(max(due, default=self.uow.now))
        self.advance(max(self.uow.now, worktime.due(self.calendar, task.created_at, after).at))
        if task.state != TaskState.OPEN:
            return
        given = {key: value for key, value in (told or {}).items() if key != AFTER}
        self.complete(task, given or (manner.wishes if task.round == 1 else {}))

    def _where(self, error: AlurError, task: TaskRow | None) -> Stuck:
        element = getattr(error, "activity_id", None) or (task.activity_id if task is not None else None)
        node = self.process.nodes.get(element or "")
        if isinstance(error, InvalidVariables):
            problem = error.problems[0]
            return Stuck(
                element,
                node.name if node else "",
                N_("No answer is known for “%(field)s” (%(rule)s). Give one."),
                {"field": problem.label or problem.path, "rule": problem.rule},
            )
        return Stuck(element, node.name if node else self.process.name, "%(reason)s", {"reason": str(error)})

    # -- parts -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _watched(self) -> Iterator[None]:
        with watching() as seen:
            yield
        for pair in seen:
            for flow in self._flows(*pair):
                self._times[flow] = self._times.get(flow, 0) + 1
                self.taken.add(flow)
        self.uow.session.flush()

    def _flows(self, source: str, target: str) -> list[tuple[str, str]]:
        """The engine begins an event sub-process before its start event: then the flows after the event are meant."""
        begun = self.process.nodes.get(source)
        if begun is None or begun.parent != target:
            return [(source, target)]
        return [(source, self.process.flows[one].target) for one in begun.outgoing]

    def _all_due(self) -> list[datetime]:
        timers = select(JobRow.due_at).where(
            JobRow.instance_id == self.instance_id, JobRow.kind == "timer", JobRow.dead.is_(False)
        )
        return list(self.uow.session.scalars(timers))

    def next_due(self) -> datetime | None:
        """When something falls due by itself; None where nothing does."""
        return min(self._all_due(), default=None)

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


def _turn(answers: Answers, activity_id: str, round: int) -> Mapping[str, Any] | None:
    """What is told for an activity when it is done for the `round`th time."""
    told = answers.get(activity_id)
    if told is None or isinstance(told, Mapping):
        return told
    return told[min(round, len(told)) - 1] if told else None
