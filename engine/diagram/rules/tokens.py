"""Tokens played through the net: work that would be done twice at once, and joins that wait for ever.

Every decision may go either way here, so what is found can happen as far as the diagram tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from engine.diagram.model import Node, Process, graph
from engine.diagram.paths import reachable, reverse
from engine.diagram.rules.flows import ties
from engine.diagram.rules.subject import Subject, found
from engine.errors import N_, DiagramProblem

MOST_MARKINGS = 4_000
MOST_TOKENS = 1_000_000  #: in all markings together, which bounds the room they take
WIDEST_SPLIT = 6  #: an inclusive gateway with more ways out is tried one by one and all at once

Marking = frozenset[str]  #: flows that hold a token


def check(subject: Subject) -> Iterator[DiagramProblem]:
    if next(ties(subject), None):
        return
    edges = graph(subject.process)
    for _, level in subject.scopes():
        nodes = [n for n in level if not n.beside]
        starts = [n for n in nodes if n.kind == "startEvent"]
        # Findings of other rules come first: a net with holes can't be played.
        if len(starts) != 1 or any(not n.outgoing and n.kind != "endEvent" for n in nodes):
            continue
        intruders = list(_running_back(nodes, edges, starts[0]))
        yield from intruders
        if not intruders:
            yield from _play(subject.process, nodes, starts[0])


def _running_back(nodes: list[Node], edges: dict[str, tuple[str, ...]], start: Node) -> Iterator[DiagramProblem]:
    """Paths of non-interrupting events that run into the flow they left open."""
    aside = {n.id for n in nodes if n.kind == "boundaryEvent" and not n.interrupting}
    without = {id: tuple(t for t in targets if t not in aside) for id, targets in edges.items()}
    main = reachable(without, [start.id])
    for id in aside:
        event = next(n for n in nodes if n.id == id)
        common = reachable(edges, [id]) & main
        if any(n.id in common and n.kind != "endEvent" for n in nodes):
            yield found(
                "runs-back",
                event,
                N_("The step stays open, yet the event's path runs back into the main flow: the rest is done twice."),
                N_("Lead the path to an end event of its own, or make the event interrupting."),
            )


@dataclass(slots=True)
class _Net:
    """The steps of one level as transitions between flows."""

    steps: dict[str, Node]
    process: Process
    exits: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)  #: node -> the sets of flows it may fill

    def __post_init__(self) -> None:
        for node in self.steps.values():
            self.exits[node.id] = [node.outgoing]
            if node.kind in ("exclusiveGateway", "eventBasedGateway"):
                self.exits[node.id] = [(f,) for f in node.outgoing]
            elif node.kind == "inclusiveGateway":
                self.exits[node.id] = _some(node.outgoing)
        for node in self.steps.values():
            if node.kind == "boundaryEvent" and node.interrupting and node.attached_to in self.exits:
                self.exits[node.attached_to].append(node.outgoing)


def _some(flows: tuple[str, ...]) -> list[tuple[str, ...]]:
    sizes = range(1, len(flows) + 1) if len(flows) <= WIDEST_SPLIT else (1, len(flows))
    return [chosen for size in sizes for chosen in combinations(flows, size)]


def _play(process: Process, nodes: list[Node], start: Node) -> Iterator[DiagramProblem]:
    net = _Net({n.id: n for n in nodes}, process)
    before = reverse({n.id: tuple(process.flows[f].target for f in n.outgoing) for n in nodes})
    first: Marking = frozenset(start.outgoing)
    todo, seen, tokens = [first], {first}, 0
    doubled: set[str] = set()
    stuck: set[str] = set()
    while todo and len(seen) < MOST_MARKINGS and tokens < MOST_TOKENS:
        marking = todo.pop()
        moves = list(_moves(net, marking, before))
        if not moves:
            stuck |= {process.flows[f].target for f in marking}
        for node, taken, filled in moves:
            rest = marking - set(taken)
            if node.kind == "endEvent" and node.trigger == "terminate":
                rest = frozenset()
            if rest & set(filled):
                doubled |= {process.flows[f].target for f in rest & set(filled)}
                continue
            after = rest | set(filled)
            if after and after not in seen:
                seen.add(after)
                todo.append(after)
                tokens += len(after)
    for id in sorted(doubled):
        yield found(
            "twice-at-once",
            net.steps[id],
            N_("Parallel branches meet here without a join, so everything from here on would be done twice."),
            N_("Join the branches with the same kind of gateway that split them."),
        )
    for id in sorted(stuck if not doubled else ()):
        yield found(
            "waits-for-ever",
            net.steps[id],
            N_("The gateway can come to wait for a branch that is never taken."),
            N_("Join the branches with the same kind of gateway that split them."),
            "warning",
        )


def _moves(
    net: _Net, marking: Marking, before: dict[str, tuple[str, ...]]
) -> Iterator[tuple[Node, tuple[str, ...], tuple[str, ...]]]:
    for id in {net.process.flows[f].target for f in marking}:
        node = net.steps[id]
        arrived = tuple(f for f in node.incoming if f in marking)
        if node.kind == "parallelGateway" and len(arrived) == len(node.incoming):
            choices = [arrived]
        elif node.kind == "parallelGateway":
            choices = []
        elif node.kind == "inclusiveGateway":
            choices = [] if _more_to_come(net, node, marking, before) else [arrived]
        else:
            choices = [(f,) for f in arrived]
        for taken in choices:
            for filled in net.exits[id]:
                yield node, taken, filled


def _more_to_come(net: _Net, node: Node, marking: Marking, before: dict[str, tuple[str, ...]]) -> bool:
    """A token elsewhere can still reach an input that is empty, and none that is filled."""
    without = {id: tuple(s for s in sources if s != node.id) for id, sources in before.items() if id != node.id}

    def back(flows: list[str]) -> set[str]:
        return reachable(without, [net.process.flows[f].source for f in flows])

    empty = back([f for f in node.incoming if f not in marking])
    filled = back([f for f in node.incoming if f in marking])
    live = {net.process.flows[f].target for f in marking} - {node.id}
    return bool(live & (empty - filled))
