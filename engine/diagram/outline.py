"""A process as a numbered text: who does what, by when, with what, under which condition, and where it goes from there.

Every element of the flow stands in it once. Facts only: sentences in a language are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from engine.diagram.dominance import ROOT, dominators
from engine.diagram.model import ACTIVITIES, Node, Process, Timer, graph, links
from engine.diagram.scripts import assigned

DEEPEST = 20  #: branches within branches; beyond, they stand below each other


@dataclass(frozen=True, slots=True)
class Way:
    """Where the work goes from an element."""

    target: str  #: element id
    number: str | None  #: of the target
    name: str  #: of the target
    kind: str  #: of the target
    label: str = ""  #: name of the flow
    condition: str | None = None
    default: bool = False  #: taken when no condition holds
    back: bool = False  #: to something that stands before
    next: bool = False  #: to what comes next in the text anyway


@dataclass(frozen=True, slots=True)
class Branch:
    """What happens on one of several ways only."""

    way: Way
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    element: str
    kind: str  #: BPMN local name
    name: str
    number: str | None  #: of activities: 1, 2, 2.1 ...; in the order of the text
    printed: str | None  #: the number on the sheet
    documentation: str
    lane: str | None
    groups: str | None  #: as written: a list, or an expression
    people: str | None
    form: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    duration: str | None  #: standard time: ISO 8601, a date or an expression
    timer: str | None  #: of a timer event
    trigger: str | None  #: of an event: message | signal | timer ...; None for a plain one
    event: str | None  #: name of the message, signal or link; code of the error
    condition: str | None  #: of a conditional event
    interrupting: bool  #: of an event on the border, or one that begins an event sub-process
    deadline: bool  #: this event on the border is the standard time
    each: str | None  #: multi-instance: the list, as written
    sequential: bool
    looped: bool
    completes: str | None  #: multi-instance: the condition that ends it before all are done
    again: str | None  #: the condition under which it is done once more
    most: str | None  #: how often at most
    beside: bool  #: event sub-process: may begin at any time
    calls: str | None  #: key of the called process
    connector: str | None
    decision: str | None
    assigns: tuple[tuple[str, str], ...]  #: by a script: name and expression
    assumption: str | None
    ways: tuple[Way, ...] = ()
    branches: tuple[Branch, ...] = ()  #: ways that stand below their condition
    borders: tuple[Entry, ...] = ()  #: events on its border, each with what follows
    entries: tuple[Entry, ...] = ()  #: of a sub-process; of an event on a border: what follows it


@dataclass(frozen=True, slots=True)
class Outline:
    key: str
    name: str
    documentation: str
    calendar: str | None
    owners: tuple[str, ...]
    starters: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class _Item:
    """An element with what hangs on it, before the numbers are known."""

    node: Node
    branches: list[tuple[str, list[_Item]]] = field(default_factory=list)  #: by the branch's first element
    borders: list[_Item] = field(default_factory=list)
    inside: list[_Item] = field(default_factory=list)


def outline(process: Process) -> Outline:
    """The text of a process, as structure."""
    items = _Builder(process).level(None)
    numbers = dict(_numbers(items, ""))
    text = [item.node.id for item in _walk(items)]
    writer = _Writer(process, numbers, {id: place for place, id in enumerate(text)}, dict(_following(items, None)))
    return Outline(
        key=process.key,
        name=process.name,
        documentation=process.documentation,
        calendar=process.calendar,
        owners=process.owners,
        starters=process.starters,
        entries=tuple(writer.entry(item) for item in items),
    )


def walk(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    """Every entry, in the order of the text."""
    for entry in entries:
        yield entry
        if entry.kind != "boundaryEvent":
            yield from walk(entry.entries)
        yield from walk(entry.borders)
        for branch in entry.branches:
            yield from walk(branch.entries)
        if entry.kind == "boundaryEvent":
            yield from walk(entry.entries)


class _Builder:
    """Puts the elements of each level into an order to read them in, with branches below what they branch from."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.edges = graph(process)
        self.placed: set[str] = set()

    def level(self, parent: str | None) -> list[_Item]:
        nodes = {n.id: n for n in self.process.nodes.values() if n.parent == parent}
        edges = {id: tuple(t for t in self.edges[id] if t in nodes) for id in nodes}
        reached = {target for targets in edges.values() for target in targets}
        # Those that begin by themselves stand last.
        starts = sorted((id for id in nodes if id not in reached), key=lambda id: nodes[id].beside)
        nearest, order = dominators(edges, starts)
        below: dict[str, list[str]] = {}
        for id in order:
            below.setdefault(nearest[id], []).append(id)
        sizes = dict.fromkeys((ROOT, *order), 1)
        for id in reversed(order):
            sizes[nearest[id]] += sizes[id]
        forward = {id: place for place, id in enumerate(order)}
        sources: dict[str, int] = {}
        for id, targets in edges.items():
            for target in set(targets):
                sources[target] = sources.get(target, 0) + (forward[id] < forward[target])
        return self._sequence(below.get(ROOT, []), below, sizes, sources, depth=0)

    def _sequence(
        self,
        first: list[str],
        below: dict[str, list[str]],
        sizes: dict[str, int],
        sources: dict[str, int],
        *,
        depth: int,
    ) -> list[_Item]:
        items: list[_Item] = []
        todo = list(reversed(first))
        while todo:
            id = todo.pop()
            item = _Item(self.process.nodes[id])
            items.append(item)
            after = below.get(id, [])
            borders = [one for one in after if self.process.nodes[one].attached_to == id]
            rest = [one for one in after if one not in borders]
            flows = [flow.target for f in item.node.outgoing if (flow := self.process.flows[f])]
            aside = [one for one in rest if one in flows and sources[one] == 1] if len(flows) > 1 else []
            if aside and len(aside) == len(rest):
                # The ways don't meet again: the longest one is the main line.
                aside.remove(max(aside, key=lambda one: sizes[one]))
            if depth >= DEEPEST:
                rest, aside, borders = [*borders, *rest], [], []
            todo += [one for one in reversed(rest) if one not in aside]
            item.branches = [(one, self._sequence([one], below, sizes, sources, depth=depth + 1)) for one in aside]
            for one in borders:
                event = _Item(self.process.nodes[one])
                event.inside = self._sequence(below.get(one, []), below, sizes, sources, depth=depth + 1)
                item.borders.append(event)
            if item.node.kind in ACTIVITIES:
                item.inside = self.level(id)
        return items


def _walk(items: list[_Item]) -> Iterator[_Item]:
    for item in items:
        yield item
        if item.node.kind != "boundaryEvent":
            yield from _walk(item.inside)
        yield from _walk(item.borders)
        for _first, inner in item.branches:
            yield from _walk(inner)
        if item.node.kind == "boundaryEvent":
            yield from _walk(item.inside)


def _numbers(items: list[_Item], prefix: str) -> Iterator[tuple[str, str]]:
    """Element id -> number of every activity, level by level in the order of the text."""
    count = 0
    parents = {item.node.parent for item in items}
    for item in _walk(items):
        if item.node.parent in parents and item.node.kind in ACTIVITIES:
            count += 1
            yield item.node.id, f"{prefix}{count}"
            yield from _numbers(item.inside, f"{prefix}{count}.")


def _following(items: list[_Item], after: str | None) -> Iterator[tuple[str, str | None]]:
    """Element id -> what comes next: on the same line, or where the line ends, on the one it hangs on."""
    for item, next in zip_longest(items, items[1:]):
        then = next.node.id if next else after
        yield item.node.id, then
        yield from _following(item.inside, None)
        for _first, inner in item.branches:
            yield from _following(inner, then)
        for event in item.borders:
            yield event.node.id, event.inside[0].node.id if event.inside else then
            yield from _following(event.inside, then)


class _Writer:
    """Turns items into entries, now that every number and place is known."""

    def __init__(
        self, process: Process, numbers: dict[str, str], places: dict[str, int], following: dict[str, str | None]
    ) -> None:
        self.process, self.numbers, self.places, self.following = process, numbers, places, following
        self.links = dict(links(process))
        self.alarms = {n.deadline.id for n in process.nodes.values() if n.deadline is not None}

    def entry(self, item: _Item) -> Entry:
        node = item.node
        own = next((t.text for t in self._timers(node) if t.id == node.id), None)
        begins = next((one.node for one in item.inside if one.node.kind == "startEvent"), None)
        return Entry(
            element=node.id,
            kind=node.kind,
            name=node.name,
            number=self.numbers.get(node.id),
            printed=node.number,
            documentation=node.documentation,
            lane=node.lane,
            groups=node.candidate_groups,
            people=node.assignee or node.candidate_users,
            form=node.form_key,
            inputs=tuple(paper.text for paper in node.inputs),
            outputs=tuple(paper.text for paper in node.outputs),
            duration=node.deadline.text if node.deadline else None,
            timer=own,
            trigger=node.trigger,
            event=node.wiring.event,
            condition=node.wiring.condition,
            interrupting=begins.interrupting if node.beside and begins else node.interrupting,
            deadline=node.id in self.alarms,
            each=node.collection,
            sequential=node.sequential,
            looped=node.looped,
            completes=node.completes,
            again=node.again,
            most=node.most,
            beside=node.beside,
            calls=node.wiring.call.key if node.wiring.call else None,
            connector=node.wiring.connector,
            decision=node.wiring.decision,
            assigns=assigned(node),
            assumption=node.assumption,
            ways=tuple(self._ways(node)),
            branches=tuple(self._branch(item, first, inner) for first, inner in item.branches),
            borders=tuple(self.entry(one) for one in item.borders),
            entries=tuple(self.entry(one) for one in item.inside),
        )

    def _timers(self, node: Node) -> Iterator[Timer]:
        yield from self.process.nodes.get(node.attached_to or "", node).timers

    def _branch(self, item: _Item, first: str, inner: list[_Item]) -> Branch:
        way = next(way for way in self._ways(item.node) if way.target == first)
        return Branch(way, tuple(self.entry(one) for one in inner))

    def _ways(self, node: Node) -> Iterator[Way]:
        for id in node.outgoing:
            flow = self.process.flows[id]
            if flow.target in self.process.nodes:
                yield self._way(node, flow.target, flow.name, flow.condition, flow.default)
        if node.id in self.links:
            yield self._way(node, self.links[node.id], "", None, False)

    def _way(self, node: Node, target: str, label: str, condition: str | None, default: bool) -> Way:
        there = self.process.nodes[target]
        return Way(
            target=target,
            number=self.numbers.get(target),
            name=there.name,
            kind=there.kind,
            label=label,
            condition=condition,
            default=default,
            back=self.places[target] <= self.places[node.id],
            next=self.following[node.id] == target,
        )
