"""What BPMN says should be open in a case, for the nested blocks of `blocks`. Knows tokens, not the library.

Variables belong to the whole case; those set in an instance of a multi-instance sub-process stay there until it ends.
Where BPMN leaves the order open the oracle chooses; `outcomes` tries the other choices too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

from tests.engine.spiff.blocks import Block
from tests.engine.spiff.tokens import Ear, Level, Thrown, Visit

MOST_OUTCOMES = 60


class Oracle:
    """A whole case."""

    def __init__(self, whole: Block, now: datetime, variables: dict[str, Any]) -> None:
        self.now, self.variables = now, variables
        self.thrown: list[Thrown] = []
        self.script: tuple[int, ...] = ()  #: what to choose where the order is open
        self.asked: list[int] = []
        self.moves = 0
        self.root = Level(self, whole, whole.beside, None, None)
        self.root.begin()
        self._settle()

    # -- what is open

    def levels(self) -> Iterator[Level]:
        yield from self.root.levels()
        for visit in self.root.visits():
            for run in visit.runs.values():
                yield from run.levels()

    def ears(self) -> list[Ear]:
        """The outer ones first."""
        found = [ear for level in self.levels() for ear in level.ears]
        return found + [ear for visit in self.root.visits() for ear in visit.ears]

    @property
    def ended(self) -> bool:
        return self.root.done

    def tasks(self) -> dict[str, list[dict[str, Any]]]:
        """What each open task sees, by its label."""
        open: dict[str, list[dict[str, Any]]] = {}
        for visit in self.root.visits():
            for work in visit.work:
                open.setdefault(visit.label(work), []).append({**visit.level.values(), **work.sees})
        return open

    def timers(self) -> list[tuple[str, datetime]]:
        return sorted((ear.event.id, ear.due) for ear in self.ears() if ear.due is not None and ear.left)

    def events(self) -> list[tuple[str, str, str, str]]:
        """The messages and signals it waits for: id of the event, kind, name and key."""
        waiting = [ear for ear in self.ears() if ear.event.trigger in ("message", "signal")]
        return sorted((e.event.id, e.event.trigger, e.event.value, self._key(e)) for e in waiting)

    @staticmethod
    def _key(ear: Ear) -> str:
        return ear.level.values()["who"] if ear.event.keyed else ""  # type: ignore[no-any-return]

    # -- what happens

    def complete(self, label: str, values: dict[str, Any]) -> None:
        found = [(v, w) for v in self.root.visits() for w in v.work if v.label(w) == label]
        visit, work = found[self.choose(len(found))]
        visit.complete(work, values)
        self._settle()

    def receive(self, event: str, key: str, values: dict[str, Any]) -> None:
        found = [ear for ear in self.ears() if ear.event.id == event and self._key(ear) == key]
        ear = found[self.choose(len(found))]
        ear.level.set(values)
        ear.come()
        self._settle()

    def fire(self) -> None:
        """What is due comes in its order; at one instant what lets the work go on comes first."""
        while due := [
            (ear.due, ear.heard.__func__ is not Visit._heard and ear.event.stops, ear)  # type: ignore[attr-defined]
            for ear in self.ears()
            if ear.due is not None and ear.left and ear.due <= self.now
        ]:
            first = min(d[:2] for d in due)
            same = [ear for at, stops, ear in due if (at, stops) == first]
            same[self.choose(len(same))].come()
            self._settle()

    def _settle(self) -> None:
        while True:
            moves = None
            while moves != self.moves:
                moves = self.moves
                self.root.poll()
            true = [ear for ear in self.ears() if ear.true]
            if not true:
                return
            true[self.choose(len(true))].come()

    def choose(self, number: int) -> int:
        if number < 2:
            return 0
        place = len(self.asked)
        self.asked.append(number)
        return self.script[place] if place < len(self.script) else 0


def outcomes(before: Oracle, act: Callable[[Oracle], None]) -> Iterator[Oracle]:
    """The case after an action, once for each order that is open; the usual one first."""
    todo: list[tuple[int, ...]] = [()]
    for _ in range(MOST_OUTCOMES):
        if not todo:
            return
        script = todo.pop(0)
        case = deepcopy(before)
        case.script, case.asked, case.thrown = script, [], []
        act(case)
        yield case
        for place in range(len(script), len(case.asked)):
            done = (*script, *[0] * (place - len(script)))
            todo += [(*done, other) for other in range(1, case.asked[place])]
