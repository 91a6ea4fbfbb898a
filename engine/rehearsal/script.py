"""A rehearsal by hand, as the list of what was done so far: played again from the start to come to where it stands.

Nothing is kept between two looks, so going back is leaving out the last deeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from forms import submission
from forms.model import Context, Form

from .. import cases, tasks, worktime
from ..cases import CasePage
from ..errors import N_, ActivityFailed, AlurError, DurationError, InvalidInput, InvalidVariables
from ..form_context import Evaluate, context_for, evaluator
from ..model import InstanceRow, JobRow, PositionRow, SubscriptionRow, TaskRow
from .stage import Stage, Stuck
from .trace import Entry, entries

Row = TypeVar("Row")

MOST_DEEDS = 300
NEXT = "next"  #: in place of a duration: until something falls due
EVERY = "*"  #: in place of a task: each that is open, by made-up answers
KINDS = ("complete", "advance", "receive", "answer")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done: a task sent (`of` its name, with what was typed, or None for made-up answers), time passed (`of`
    a duration or NEXT), a message arrived or a connector answered (`of` the element).
    """

    do: str
    of: str
    typed: Mapping[str, Any] | None = None

    def plain(self) -> dict[str, Any]:
        return {"do": self.do, "of": self.of, "typed": self.typed}


@dataclass(frozen=True, slots=True)
class Card:
    """An open task. `name_of` is how deeds name it: the activity, its item and the round."""

    name_of: str
    activity_id: str
    name: str
    number: str | None
    item_label: str
    performer: str
    due_at: datetime | None
    late: bool
    has_form: bool


@dataclass(frozen=True, slots=True)
class Waited:
    """Something that has to come from outside: a message, a signal, a connector's answer."""

    element: str
    kind: str  #: message | signal | service
    name: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a rehearsal stands after its deeds."""

    at: datetime
    case: CasePage | None  #: None where it could not even begin
    cards: tuple[Card, ...]
    waited: tuple[Waited, ...]
    entries: tuple[Entry, ...]
    ended: bool
    next_due: datetime | None
    stuck: Stuck | None = None
    done: int = 0  #: so many of the deeds could be done


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of an open task, to be filled in by hand."""

    card: Card
    form: Form
    raw: Mapping[str, Any]
    context: Context
    evaluate: Evaluate


@dataclass(slots=True)
class Rehearsal:
    """A stage with the deeds that were done on it."""

    stage: Stage
    stuck: Stuck | None = None
    done: list[Deed] = field(default_factory=list)

    def begin(self) -> None:
        try:
            self.stage.begin()
        except AlurError as error:
            self.stuck = self.stage.stuck(error)

    def play(self, deeds: Sequence[Deed]) -> None:
        """Begin, and do them all; stops at the first that can't be done any more."""
        self.begin()
        for deed in deeds[:MOST_DEEDS]:
            if self.stuck is not None:
                return
            try:
                self.do(deed)
            except ActivityFailed as error:
                self.stuck = self.stage.stuck(error)
            except (InvalidVariables, InvalidInput):
                return  # the draft has changed since: the deeds that no longer fit are left out

    def play_on(self, deed: Deed) -> None:
        """One more deed by hand; work that fails by itself is `stuck`. Raises InvalidVariables, InvalidInput."""
        try:
            self.do(deed)
        except ActivityFailed as error:
            self.stuck = self.stage.stuck(error)

    def do(self, deed: Deed) -> None:
        """One more deed. Raises ActivityFailed, InvalidVariables, and InvalidInput for one that does not fit here."""
        stage = self.stage
        if deed.do == "complete" and deed.of == EVERY:
            self._every()
            return
        if deed.do == "complete":
            stage.complete(self._task(deed.of), typed=deed.typed)
        elif deed.do == "advance" and deed.of == NEXT:
            stage.advance_to_next()
        elif deed.do == "advance":
            try:
                until = worktime.due(stage.calendar, stage.uow.now, deed.of).at
            except DurationError as error:
                raise InvalidInput("advance", N_("This is no duration: %(text)s"), text=deed.of) from error
            stage.advance(until)
        elif deed.do == "receive":
            stage.receive(self._waiting(deed.of))
        else:
            stage.answer(self._job(deed.of), deed.typed or {})
        self.done.append(deed)

    def scene(self) -> Scene:
        stage, uow = self.stage, self.stage.uow
        began = uow.session.get(InstanceRow, stage.instance_id) is not None
        return Scene(
            at=uow.now,
            case=cases.get(uow, stage.instance_id) if began else None,
            cards=tuple(self._card(task) for task in stage.open_tasks()) if began else (),
            waited=self._waited() if began else (),
            entries=entries(uow, stage.instance_id),
            ended=stage.ended,
            next_due=stage.next_due(),
            stuck=self.stuck,
            done=len(self.done),
        )

    def sheet(self, name_of: str, typed: Mapping[str, Any] | None = None) -> Sheet:
        """The form of an open task as its performer would see it. Raises InvalidInput where it is not open."""
        task = self._task(name_of)
        uow = self.stage.uow
        instance = uow.session.get_one(InstanceRow, self.stage.instance_id)
        form = tasks.form_for(uow, instance, task)
        context = context_for(uow, instance, task, form)
        evaluate = evaluator(uow)
        raw = typed if typed is not None else submission.initial(form, context, evaluate)
        return Sheet(self._card(task), form, raw, context, evaluate)

    def item_labels(self) -> dict[str, str]:
        """How the items of tasks are called, by item."""
        mine = select(TaskRow.item, TaskRow.item_label).where(TaskRow.instance_id == self.stage.instance_id)
        return {item: label for item, label in self.stage.uow.session.execute(mine) if item is not None}

    def _every(self) -> None:
        """Each open task by a deed of its own; what is withdrawn meanwhile is left out."""
        for name_of in [_name_of(task) for task in self.stage.open_tasks()]:
            if all(_name_of(task) != name_of for task in self.stage.open_tasks()):
                continue
            try:
                self.do(Deed("complete", name_of))
            except InvalidVariables as error:
                task = self._task(name_of)
                raise InvalidInput(
                    "task", N_("No answers could be made up for “%(step)s”: fill it in yourself."), step=task.name
                ) from error

    # -- parts -------------------------------------------------------------------------------------------------------

    def _card(self, task: TaskRow) -> Card:
        key = task.candidate_group or task.owner_group
        performer = self.stage.uow.session.scalar(select(PositionRow.name).where(PositionRow.key == key))
        return Card(
            name_of=_name_of(task),
            activity_id=task.activity_id,
            name=task.name,
            number=task.number,
            item_label=task.item_label,
            performer=performer or "",
            due_at=task.due_at,
            late=task.due_at is not None and task.due_at <= self.stage.uow.now,
            has_form=task.form_key is not None,
        )

    def _task(self, name_of: str) -> TaskRow:
        found = next((task for task in self.stage.open_tasks() if _name_of(task) == name_of), None)
        if found is None:
            raise InvalidInput("task", N_("This task is not open any more."))
        return found

    def _waited(self) -> tuple[Waited, ...]:
        nodes = self.stage.process.nodes
        found = [Waited(row.event_id, row.kind, row.name) for row in self.stage.waiting()]
        for job in self.stage.services():
            id = job.payload["event_id"]
            found.append(Waited(id, "service", nodes[id].name if id in nodes else id))
        return tuple({one.element: one for one in found}.values())

    def _waiting(self, event_id: str) -> SubscriptionRow:
        return _first(row for row in self.stage.waiting() if row.event_id == event_id)

    def _job(self, event_id: str) -> JobRow:
        return _first(job for job in self.stage.services() if job.payload["event_id"] == event_id)


def _first(found: Iterator[Row]) -> Row:
    try:
        return next(found)
    except StopIteration:
        raise InvalidInput("event", N_("Nothing waits there any more.")) from None


def read_deeds(value: Any) -> list[Deed]:
    """Deeds as a page keeps them (a list of Deed.plain()). Raises InvalidInput for anything else."""
    if not isinstance(value, list) or len(value) > MOST_DEEDS:
        raise InvalidInput("script", N_("This rehearsal can't be read. Begin it anew."))
    deeds = []
    for one in value:
        fits = isinstance(one, Mapping) and one.get("do") in KINDS and isinstance(one.get("of"), str)
        if not fits or not isinstance(one.get("typed"), Mapping | None):
            raise InvalidInput("script", N_("This rehearsal can't be read. Begin it anew."))
        deeds.append(Deed(one["do"], one["of"], one.get("typed")))
    return deeds


def _name_of(task: TaskRow) -> str:
    return f"{task.activity_id}|{task.item or ''}|{task.round}"
