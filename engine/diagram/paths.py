"""Ways through a graph: reach, order and cycles. Iterative, because foreign diagrams can be long."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

Graph = Mapping[str, tuple[str, ...]]  #: node -> those that may be next


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
