"""Tokens at nested blocks: what waits, what is open, what ends what. Knows BPMN, not the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.engine.spiff.blocks import Block, Event, item

if TYPE_CHECKING:
    from tests.engine.spiff.oracle import Oracle


Thrown = tuple[str, str, str]  #: message or signal, its name, its key


class Ear:
    """Something that waits for an event: on a border, in the flow, beside a level."""

    def __init__(self, event: Event, level: Level, heard: Callable[[Ear], None]) -> None:
        self.event, self.level, self.heard = event, level, heard
        self.due: datetime | None = None
        self.left = 1
        self.minutes = 0
        if event.trigger in ("timer", "cycle"):
            times, self.minutes = _time(event.value)
            self.left = times
            self.due = level.case.now + timedelta(minutes=self.minutes)

    @property
    def true(self) -> bool:
        return self.event.trigger == "condition" and bool(self.left) and bool(self.level.values()[self.event.value])

    def come(self) -> None:
        """It has come. Timers count on, conditions are over, the rest may come again."""
        self.level.case.moves += 1
        now = self.level.case.now
        self.left -= self.due is not None or self.event.trigger == "condition"
        if self.due is not None:
            self.due += timedelta(minutes=self.minutes)
            if self.left < 0 and self.due <= now:
                self.due = now + timedelta(minutes=self.minutes)
        self.heard(self)


def _time(text: str) -> tuple[int, int]:
    times, minutes = re.fullmatch(r"(?:R(\d*)/)?PT(\d+)M", text).groups()  # type: ignore[union-attr]
    return (1 if times is None else int(times or -1)), int(minutes)


class Level:
    """The process, one run of a sub-process, or of an event sub-process beside it."""

    def __init__(
        self, case: Oracle, content: Block, beside: tuple[Event, ...], owner: Visit | None, around: Level | None
    ) -> None:
        self.case, self.owner, self.around = case, owner, around
        self.item: str | None = around.item if around else None
        self.items: dict[str, Any] = dict(around.items) if around else {}
        self.own: dict[str, Any] | None = None if around else case.variables
        self.dead = False
        self.content, self.beside = content, beside
        self.aside: list[Visit] = []
        self.running: list[Level] = []
        self.ears: list[Ear] = []
        self.main: Visit | None = None

    def begin(self) -> None:
        self.ears = [Ear(event, self, self._hear) for event in self.beside]
        self.main = Visit(self.content, self)
        self.poll()

    def values(self) -> dict[str, Any]:
        around = self.around.values() if self.around else {}
        return {**around, **self.items, **(self.own or {})}

    def set(self, values: dict[str, Any]) -> None:
        level: Level = self
        while level.own is None:
            assert level.around is not None
            level = level.around
        level.own.update(values)

    @property
    def quiet(self) -> bool:
        """Nothing in the flow is open any more; what runs beside may be."""
        return self.main is None or (self.main.done and all(one.done for one in self.aside))

    @property
    def done(self) -> bool:
        return self.dead or (self.quiet and all(one.done for one in self.running))

    def poll(self) -> None:
        for one in (*([self.main] if self.main else ()), *self.aside, *self.running):
            if not self.dead:
                one.poll()
        if self.quiet:
            self.ears = []

    def stop(self) -> None:
        """Everything in it ends at once."""
        self._stop_flow()
        self.dead = True
        for one in self.running:
            one.stop()
        self.running = []

    def _stop_flow(self) -> None:
        for one in (*([self.main] if self.main else ()), *self.aside):
            one.stop()
        self.main, self.aside, self.ears = None, [], []

    def _hear(self, ear: Ear) -> None:
        assert ear.event.then is not None
        if ear.event.stops:
            self._stop_flow()
        run = Level(self.case, ear.event.then, (), self.owner, self)
        self.running.append(run)
        run.begin()

    def throw(self, event: Event) -> None:
        """Errors and escalations go up to the nearest that catches them."""
        if self.catch(self.ears, event):
            return
        level: Level = self
        if level.around is not None and level.around.owner is level.owner and level in level.around.running:
            level = level.around  # an event sub-process does not catch what it throws itself
        while level.owner is not None:
            if self.catch(level.owner.ears, event):
                return
            level = level.owner.level
            if self.catch(level.ears, event):
                return
            if level.around is not None and level in level.around.running:
                level = level.around
        assert event.trigger == "escalation", event

    @staticmethod
    def catch(ears: list[Ear], event: Event) -> bool:
        for ear in ears:
            if ear.event.trigger == event.trigger and ear.event.value in ("", event.value):
                ear.come()
                return True
        return False

    def visits(self) -> Iterator[Visit]:
        for one in (*([self.main] if self.main else ()), *self.aside):
            yield from one.visits()
        for run in self.running:
            yield from run.visits()

    def levels(self) -> Iterator[Level]:
        yield self
        for run in self.running:
            yield from run.levels()


@dataclass(slots=True)
class Work:
    """What a person has to do."""

    item: str | None  #: as it is shown
    place: int = 0  #: of the item in its list
    sees: dict[str, Any] = field(default_factory=dict)


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)


class Visit:
    """One token at a block."""

    def __init__(self, block: Block, level: Level) -> None:
        self.block, self.level, self.case = block, level, level.case
        self.done = self.dead = self.passed = False
        self.work: list[Work] = []
        self.parts: list[Visit] = []
        self.runs: dict[int, Level] = {}  #: of a sub-process, by place of the item
        self.left: list[Any] = []
        self.given: dict[int, Any] = {}  #: what each item gave, by its place
        self.rounds = 0
        self.ears: list[Ear] = []
        self.case.moves += 1
        self._begin()

    def _visit(self, *blocks: Block) -> None:
        self.parts = []
        for one in blocks:
            if not self.dead:
                self.parts.append(Visit(one, self.level))

    def _begin(self) -> None:
        block, values, kind = self.block, self.level.values(), self.block.kind
        if kind in ("task", "sub", "receive"):
            self.ears = [Ear(event, self.level, self._bordered) for event in block.border]
        if kind == "seq":
            self.left = list(block.inner)
        elif kind == "xor":
            way = next((n for n, flag in enumerate(block.flags) if values[flag]), len(block.flags))
            self._visit(block.inner[way])
        elif kind in ("and", "loop"):
            self._visit(*block.inner)
        elif kind == "or":
            self._visit(*[one for flag, one in zip(block.flags, block.inner, strict=True) if values[flag]])
        elif kind in ("hear", "receive"):
            assert block.event is not None
            self.ears.append(Ear(block.event, self.level, self._heard))
        elif kind == "either":
            self.ears = [Ear(event, self.level, self._heard) for event in block.border]
        elif kind == "script":
            self.level.set({block.flags[0]: not values[block.flags[1]]})
        elif kind == "throw":
            self._throw()
        elif kind == "raise":
            self._raise()
        elif block.over:
            self.left = list(enumerate(values[block.over]))
            if block.collects and not self.left:
                self.level.set({block.collects: []})
            for _ in range(1 if block.ordered else len(self.left)):
                self._next()
        elif not (block.ordered and not values[block.flags[0]]):
            self._again()
        self.poll()

    def _next(self) -> None:
        """The next item of a multi-instance."""
        if not self.left:
            return
        place, value = self.left.pop(0)
        if self.block.kind == "task":
            self.work.append(Work(_shown(value), place, {item(self.block): value}))
            return
        self.runs[place] = run = Level(self.case, self.block.inner[0], self.block.beside, self, self.level)
        run.own, run.item = {}, _shown(value)
        run.items[item(self.block)] = value
        run.begin()

    def _again(self) -> None:
        """The next round of a task or sub-process, or its only one."""
        self.rounds += 1
        if self.block.kind == "task":
            self.work.append(Work(self.level.item))
            return
        self.runs[0] = run = Level(self.case, self.block.inner[0], self.block.beside, self, self.level)
        run.begin()

    def _throw(self) -> None:
        event = self.block.event
        assert event is not None
        if event.trigger == "escalation":
            self.level.throw(event)
            return
        key = self.level.values()["who"] if event.keyed else ""
        if event.trigger == "signal":
            for ear in [e for e in self.case.ears() if (e.event.trigger, e.event.value) == ("signal", event.value)]:
                if ear in self.case.ears():
                    ear.come()
        self.case.thrown.append((event.trigger, event.value, key))

    def _raise(self) -> None:
        event = self.block.event
        assert event is not None
        if self.level.values()[self.block.flags[0]]:
            if event.trigger == "error":
                self.level.throw(event)
            else:
                self.level.stop()

    def poll(self) -> None:
        """Go on as far as nobody has to come in."""
        while not self.done and not self.dead:
            for one in self.parts:
                one.poll()
            for place, run in list(self.runs.items()):
                run.poll()
                if run.done and not self.dead and place in self.runs:
                    del self.runs[place]
                    self.case.moves += 1
                    self._ended(run, place)
            if any(run.done for run in self.runs.values()):
                continue
            if self.dead or self.work or self.runs or not all(one.done for one in self.parts):
                return
            if self.passed or self.block.kind not in ("seq", "loop", "hear", "receive", "either"):
                self._finish()
            elif self.block.kind == "seq" and self.left:
                self._visit(self.left.pop(0))
            elif self.block.kind == "loop" and not self.level.values()[self.block.flags[0]]:
                self._visit(*self.block.inner)
            elif self.block.kind in ("seq", "loop"):
                self._finish()
            else:
                return

    def _finish(self) -> None:
        self.done, self.ears = True, []
        self.case.moves += 1

    def _ended(self, run: Level, place: int) -> None:
        """One run of a sub-process is over; what an instance kept to itself is the case's now."""
        values = run.values()
        own = dict(run.own or {})
        if self.block.over and self.block.collects:
            self.given[place] = own.pop("got", None)
        if self.block.over:
            self.level.set(own)
        self._one_done(values)

    def _one_done(self, values: dict[str, Any]) -> None:
        block = self.block
        if block.over:
            if block.flags and values[block.flags[0]]:
                for run in self.runs.values():
                    run.stop()
                self.work, self.runs, self.left = [], {}, []
            elif block.ordered:
                self._next()
            if block.collects and not self.work and not self.runs:
                self.level.set({block.collects: [self.given[place] for place in sorted(self.given)]})
        elif block.flags and values[block.flags[0]] and (block.most is None or self.rounds < block.most):
            self._again()

    def complete(self, work: Work, given: dict[str, Any]) -> None:
        self.work.remove(work)
        given = dict(given)
        if self.block.over and self.block.collects:
            self.given[work.place] = given.pop("got", None)
        self.level.set(given)
        self._one_done(self.level.values())

    def _heard(self, ear: Ear) -> None:
        """In the flow: go on behind it."""
        self.ears, self.passed = [], True
        if ear.event.then is not None:
            self._visit(ear.event.then)

    def _bordered(self, ear: Ear) -> None:
        then = ear.event.then
        if not ear.event.stops:
            if then is not None:
                self.level.aside.append(Visit(then, self.level))
            if ear.left == 0:
                self.ears.remove(ear)
            return
        self._drop()
        self.passed = True
        if then is not None:
            self._visit(then)

    def _drop(self) -> None:
        for one in (*self.parts, *self.runs.values()):
            one.stop()
        self.work, self.parts, self.runs, self.left, self.ears = [], [], {}, [], []

    def stop(self) -> None:
        self._drop()
        self.dead = True

    def visits(self) -> Iterator[Visit]:
        if not self.done and not self.dead:
            yield self
            for one in (*self.parts, *self.runs.values()):
                yield from one.visits()

    def label(self, work: Work) -> str:
        return self.block.id if work.item is None else f"{self.block.id}:{work.item}"
