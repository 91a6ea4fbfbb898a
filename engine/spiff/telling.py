"""A translation of a case from one diagram to another: what it works on, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.diagram.model import Process
from engine.errors import N_, DiagramProblem, Said
from engine.spiff.spec import Spec

FINISH_FIRST = N_("Let the case finish it first, or leave the case in its version.")


@dataclass(slots=True)
class Piece:
    """One stored task of the library, with its whole data."""

    id: str
    parent: str | None
    name: str
    state: int
    triggered: bool
    tick: int
    notes: dict[str, Any]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    """Where work waits on one level: the place in the old diagram and in the new one."""

    level: str  #: key of the sub-process around it, "" for the process itself
    before: str
    after: str


@dataclass(slots=True)
class Telling:
    """A translation under way, and what it has found."""

    old: Spec
    new: Spec
    before: Process
    after: Process
    elements: Mapping[str, str]  #: old id -> new id, where they differ
    events: Mapping[str, str]  #: the same for events on a border that take each other's place
    problems: list[DiagramProblem] = field(default_factory=list)
    notes: list[DiagramProblem] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)

    def named(self, element: str) -> str:
        """The new id; what was made up around an element goes by that element's."""
        own, mark, rest = element.partition("~")
        return self.elements.get(own, own) + mark + rest

    def event(self, element: str) -> str:
        return self.events.get(element, self.named(element))

    def block(self, rule: str, element: str, message: str, remedy: str = FINISH_FIRST, **params: str | Said) -> None:
        """Note why the case can't be moved; `element` is the old diagram's."""
        problem = self.said(rule, element, message, remedy, **params)
        if problem not in self.problems:
            self.problems.append(problem)

    def said(self, rule: str, element: str, message: str, remedy: str, **params: str | Said) -> DiagramProblem:
        name = self.title(element)
        return DiagramProblem(rule, message, remedy, element, name, params={"name": name, **params})

    def title(self, element: str) -> str:
        node = self.before.nodes.get(element) or self.after.nodes.get(element)
        return node.name if node is not None and node.name else element


def levels(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each level together."""
    by_level: dict[str, list[Token]] = {}
    for token in tokens:
        by_level.setdefault(token.level, []).append(token)
    yield from by_level.values()
