"""What lies elsewhere in the later of two pictures."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.picture import Edge, Picture, Shape

SHIFT = 1.0  #: px that count as no move


def moves(old: Picture, new: Picture) -> Iterator[Shape | Edge]:
    """The shapes and edges of both pictures that were moved, resized, folded or bent, as they lie in the later one.

    A drawing that was shifted as a whole has not moved.
    """
    before = {item.id: item for item in _items(old)}
    shared = [item for item in _items(new) if item.id in before]
    offsets = [_offset(before[item.id], item) for item in shared]
    if len(set(offsets)) == 1 and None not in offsets:
        return
    for item, offset in zip(shared, offsets, strict=True):
        if offset != (0, 0):
            yield item


def _items(seen: Picture) -> list[Shape | Edge]:
    return [*seen.shapes, *seen.edges]


def _offset(old: Shape | Edge, new: Shape | Edge) -> tuple[int, int] | None:
    """How far an item was shifted as it is, in whole px; None where its form changed too."""
    left, right = _points(old), _points(new)
    if len(left) != len(right) or type(old) is not type(new):
        return None
    if isinstance(old, Shape) and isinstance(new, Shape) and old.expanded != new.expanded:
        return None
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(left, right, strict=True)]
    x, y = steps[0]
    if any(abs(dx - x) > SHIFT or abs(dy - y) > SHIFT for dx, dy in steps):
        return None
    return (0, 0) if abs(x) <= SHIFT and abs(y) <= SHIFT else (round(x), round(y))


def _points(item: Shape | Edge) -> tuple[tuple[float, float], ...]:
    if isinstance(item, Edge):
        return item.points
    return (item.box.x, item.box.y), (item.box.right, item.box.bottom)
