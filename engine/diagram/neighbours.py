"""Between which steps an element stands: what is done before it and after it, past gateways and events in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.diagram.model import ACTIVITIES, Node, Process, links

ENDS = frozenset({"startEvent", "endEvent"})


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Steps, or where there is none the start or the ends."""

    before: tuple[Node, ...]
    after: tuple[Node, ...]


def neighbours(process: Process, id: str) -> Neighbours:
    """The nearest steps on every way to an element and from it."""
    nodes, flows = process.nodes, process.flows
    linked = list(links(process))

    def back(node: Node) -> Iterable[str]:
        if node.attached_to:
            return (node.attached_to,)
        return (*(flows[f].source for f in node.incoming), *(a for a, b in linked if b == node.id))

    def on(node: Node) -> Iterable[str]:
        return (*(flows[f].target for f in node.outgoing), *(b for a, b in linked if a == node.id))

    return Neighbours(_nearest(nodes[id], back, process), _nearest(nodes[id], on, process))


def _nearest(node: Node, next: Callable[[Node], Iterable[str]], process: Process) -> tuple[Node, ...]:
    found: dict[str, Node] = {}
    seen, todo = {node.id}, [*next(node)]
    while todo:
        id = todo.pop(0)
        if id in seen or id not in process.nodes:
            continue
        seen.add(id)
        one = process.nodes[id]
        if one.kind in ACTIVITIES or one.kind in ENDS:
            found[id] = one
        else:
            todo += next(one)
    return tuple(found.values())
