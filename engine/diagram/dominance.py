"""Which node all ways to another lead through: what tells a branch from what comes after the branches have met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.diagram.paths import Graph, in_order, reverse

ROOT = ""  #: stands before every start; no element has an empty id


def dominators(edges: Graph, starts: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """The nearest node that all ways to a node lead through (ROOT where there is none), and an order to read them in.

    Nodes that no start leads to begin ways of their own.
    """
    roots = [start for start in starts if start in edges]
    order: list[str] = in_order(edges, roots)
    while len(order) < len(edges):
        seen = set(order)
        roots.append(next(id for id in edges if id not in seen))
        order = in_order(edges, roots)
    place = {id: number for number, id in enumerate([ROOT, *order])}
    before = reverse(edges)
    nearest: dict[str, str] = {ROOT: ROOT, **dict.fromkeys(roots, ROOT)}
    changed = True
    while changed:
        changed = False
        for id in order:
            known = [source for source in before[id] if source in nearest]
            found = ROOT if id in roots else _meeting(known, nearest, place)
            if nearest.get(id) != found:
                nearest[id], changed = found, True
    del nearest[ROOT]
    return nearest, order


def _meeting(sources: Sequence[str], nearest: dict[str, str], place: dict[str, int]) -> str:
    """Where the ways back from all sources meet."""
    first, *others = sources
    for other in others:
        while first != other:
            if place[first] > place[other]:
                first = nearest[first]
            else:
                other = nearest[other]
    return first
