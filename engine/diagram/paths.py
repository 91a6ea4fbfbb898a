"""Where the flow can go: successors, reach, order and cycles. Iterative, because foreign diagrams can be long."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.diagram.model import Process

Graph = Mapping[str, tuple[str, ...]]


def graph(process: Process) -> dict[str, tuple[str, ...]]:
    """Node id -> the nodes that may be next, by flow or through a boundary event; every level in one graph."""
    after = {id: [process.flows[f].target for f in node.outgoing] for id, node in process.nodes.items()}
    for node in process.nodes.values():
        if node.kind == "boundaryEvent" and node.attached_to in after:
            after[node.attached_to].append(node.id)
    for source, target in links(process):
        after[source].append(target)
    return {id: tuple(t for t in targets if t in process.nodes) for id, targets in after.items()}


def links(process: Process) -> Iterator[tuple[str, str]]:
    """Link events that throw, each with the one of its name and level that catches."""
    linked = [n for n in process.nodes.values() if n.trigger == "link"]
    catching = {(n.parent, n.wiring.event): n.id for n in linked if n.kind == "intermediateCatchEvent"}
    for node in linked:
        target = catching.get((node.parent, node.wiring.event))
        if node.kind == "intermediateThrowEvent" and target is not None:
            yield node.id, target


def reachable(edges: Graph, starts: Iterable[str]) -> set[str]:
    """All nodes that can be reached, the starts among them."""
    todo = [s for s in starts if s in edges]
    seen = set(todo)
    while todo:
        for after in edges[todo.pop()]:
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return seen


def reverse(edges: Graph) -> dict[str, tuple[str, ...]]:
    before: dict[str, list[str]] = {id: [] for id in edges}
    for id, targets in edges.items():
        for target in targets:
            before[target].append(id)
    return {id: tuple(sources) for id, sources in before.items()}


def in_order(edges: Graph, starts: Iterable[str]) -> list[str]:
    """The reachable nodes, each after what leads to it; the flow back of a loop is not counted."""
    finished: list[str] = []
    seen: set[str] = set()
    for start in reversed([s for s in starts if s in edges]):
        todo = [(start, False)]
        while todo:
            id, done = todo.pop()
            if done:
                finished.append(id)
            elif id not in seen:
                seen.add(id)
                todo.append((id, True))
                todo.extend((after, False) for after in edges[id] if after not in seen)
    return finished[::-1]


def cycle(edges: Graph, within: Callable[[str], bool]) -> Collection[str]:
    """The nodes of one cycle that runs only through nodes `within` accepts; empty if there is none."""
    left = {id: {t for t in targets if within(t) and t in edges} for id, targets in edges.items() if within(id)}
    before = reverse({id: tuple(t for t in targets if t in left) for id, targets in left.items()})
    ends = [id for id, targets in left.items() if not targets]
    while ends:
        id = ends.pop()
        del left[id]
        for source in before[id]:
            if source in left and id in left[source]:
                left[source].discard(id)
                if not left[source]:
                    ends.append(source)
    if not left:
        return ()
    path: list[str] = []
    at = next(iter(left))
    while at not in path:
        path.append(at)
        at = min(left[at])
    return path[path.index(at) :]
