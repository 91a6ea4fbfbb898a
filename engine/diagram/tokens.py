"""Where tokens may stand in a diagram: which places hold one at the same time, and which joins would wait for ever.

A place is a flow, by its id, or a node that waits, by its own. Decisions are taken both ways; one level at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.diagram.model import ACTIVITIES, Process, links

Together = Mapping[str, frozenset[str]]
Transition = tuple[tuple[str, ...], tuple[str, ...], str]  #: places it takes a token from, gives one to; its node

WAITS = ACTIVITIES | {"intermediateCatchEvent", "eventBasedGateway"}


def together(process: Process) -> dict[str, frozenset[str]]:
    """For each place the places that may hold a token while it does; itself among them where it may hold two.

    Kovalyov's relation: exact for sound diagrams without inclusive gateways, too generous with them.
    """
    taking: dict[str, list[Transition]] = {}
    found: dict[str, set[str]] = {}
    todo: list[tuple[str, str]] = []

    def add(a: str, b: str) -> None:
        if b not in found.setdefault(a, set()):
            found[a].add(b)
            found.setdefault(b, set()).add(a)
            todo.append((a, b))

    for move in transitions(process):
        takes, gives, _ = move
        for place in takes:
            taking.setdefault(place, []).append(move)
        for n, place in enumerate(gives):
            for other in gives[n + 1 :]:
                add(place, other)
    while todo:
        a, b = todo.pop()
        for still, moving in ((a, b), (b, a)):
            for takes, gives, _ in taking.get(moving, ()):
                if all(place in found[still] for place in takes):
                    for place in gives:
                        add(still, place)
    return {place: frozenset(others) for place, others in found.items()}


def starved(process: Process, marking: Collection[str]) -> Iterator[tuple[str, str]]:
    """Parallel joins that tokens in these places get to, each with a flow that no token can come by any more."""
    giving: dict[str, list[Transition]] = {}
    for move in transitions(process):
        for place in move[0]:
            giving.setdefault(place, []).append(move)
    for node in process.nodes.values():
        if node.kind == "parallelGateway" and len(node.incoming) > 1:
            seen = _reach(giving, marking, node.id)
            if seen.intersection(node.incoming):
                yield from ((node.id, flow) for flow in node.incoming if flow not in seen)


def _reach(giving: Mapping[str, list[Transition]], marking: Collection[str], avoid: str) -> set[str]:
    """Places that tokens from `marking` come to without passing a node; a join lets them on when it has them all."""
    seen, todo = set(marking), list(marking)
    while todo:
        for takes, gives, node in giving.get(todo.pop(), ()):
            for place in gives if node != avoid and seen.issuperset(takes) else ():
                if place not in seen:
                    seen.add(place)
                    todo.append(place)
    return seen


def inputs_after(process: Process, source: str, join: str) -> list[str]:
    """The flows into a join by which a token that leaves `source` can come to it for the first time."""
    giving: dict[str, list[Transition]] = {}
    for move in transitions(process):
        for place in move[0]:
            giving.setdefault(place, []).append(move)
    seen = _reach(giving, process.nodes[source].outgoing, join)
    return [flow for flow in process.nodes[join].incoming if flow in seen]


def transitions(process: Process) -> Iterator[Transition]:
    """Every way a token can move, level by level."""
    leaps = dict(links(process))
    for node in process.nodes.values():
        came = [f for f in node.incoming if f in process.flows]
        went = [f for f in node.outgoing if f in process.flows]
        came += [f"{source}~" for source, target in leaps.items() if target == node.id]
        if node.id in leaps:
            went.append(f"{node.id}~")
        if node.kind == "boundaryEvent":
            host = node.attached_to or ""
            yield (host,), tuple(went) if node.interrupting else (host, *went), node.id
        elif node.kind == "parallelGateway":
            yield tuple(came), tuple(went), node.id
        elif node.kind == "inclusiveGateway":
            for flow in came:
                yield (flow,), tuple(went), node.id
        elif node.kind in WAITS and not (node.kind == "intermediateCatchEvent" and node.trigger == "link"):
            for flow in came:
                yield (flow,), (node.id,), node.id
            for flow in went:
                yield (node.id,), (flow,), node.id
        else:
            for flow in came:
                if node.kind == "exclusiveGateway" or node.kind == "complexGateway":
                    for way in went:
                        yield (flow,), (way,), node.id
                else:
                    yield (flow,), tuple(went), node.id
