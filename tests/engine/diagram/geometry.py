"""What a careful eye would see in a drawing: overlaps, crossings, loose ends, small print."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from engine.diagram.picture import Box, Edge, Picture, Shape
from engine.diagram.xml import reference, text_of

FRAMES = ("participant", "lane")
Segment = tuple[tuple[float, float], tuple[float, float]]


def nodes(seen: Picture) -> list[Shape]:
    return [s for s in seen.shapes if s.kind not in FRAMES]


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def within(inner: Box, outer: Box) -> bool:
    return outer.x <= inner.x and inner.right <= outer.right and outer.y <= inner.y and inner.bottom <= outer.bottom


def host(shape: Shape) -> str | None:
    return shape.element.get("attachedToRef") if shape.element is not None else None


def family(seen: Picture, id: str) -> set[str]:
    """The element, all sub-processes around it, and what sits on its border."""
    found = {id}
    while id := seen.parents.get(id, ""):
        found.add(id)
    return found


def overlapping(seen: Picture) -> Iterator[tuple[str, str]]:
    for a, b in combinations(nodes(seen), 2):
        related = a.id in family(seen, b.id) or b.id in family(seen, a.id) or host(a) == b.id or host(b) == a.id
        if overlap(a.box, b.box) and not related:
            yield a.id, b.id


def outside(seen: Picture) -> Iterator[str]:
    """Nodes not wholly inside their lane or their sub-process; boundary events may straddle."""
    shapes = {s.id: s for s in seen.shapes}
    for lane in (s for s in seen.shapes if s.kind == "lane" and s.element is not None):
        for ref in lane.element if lane.element is not None else ():
            inner = shapes.get(reference(text_of(ref)))
            if inner is not None and not within(inner.box, lane.box):
                yield inner.id
    for shape in nodes(seen):
        around = shapes.get(seen.parents.get(shape.id, ""))
        if around is not None and not within(shape.box, around.box):
            yield shape.id


def ends(edge: Edge) -> tuple[str, str]:
    assert edge.element is not None
    return edge.element.get("sourceRef", ""), edge.element.get("targetRef", "")


def on_border(point: tuple[float, float], shape: Shape) -> bool:
    """Touches the outline of the rectangle, circle or diamond."""
    (x, y), box = point, shape.box
    if shape.kind.endswith("Gateway"):
        return abs(abs(x - box.cx) / (box.w / 2) + abs(y - box.cy) / (box.h / 2) - 1) < 0.03
    if shape.kind.endswith("Event"):
        return abs(((x - box.cx) ** 2 + (y - box.cy) ** 2) ** 0.5 - box.w / 2) < 0.6
    on_x = x in (box.x, box.right) and box.y <= y <= box.bottom
    return on_x or (y in (box.y, box.bottom) and box.x <= x <= box.right)


def loose_ends(seen: Picture) -> Iterator[str]:
    shapes = {s.id: s for s in seen.shapes}
    for edge in seen.edges:
        source, target = ends(edge)
        if not (on_border(edge.points[0], shapes[source]) and on_border(edge.points[-1], shapes[target])):
            yield edge.id


def segments(edge: Edge) -> list[Segment]:
    return list(pairwise(edge.points))


def crosses(segment: Segment, box: Box) -> bool:
    """An upright or level segment runs through the inside of a box."""
    (ax, ay), (bx, by) = segment
    return min(ax, bx) < box.right and max(ax, bx) > box.x and min(ay, by) < box.bottom and max(ay, by) > box.y


def through_shapes(seen: Picture) -> Iterator[tuple[str, str]]:
    for edge in seen.edges:
        own = {id for end in ends(edge) for id in (family(seen, end) if seen.parents.get(edge.id) else {end})}
        for shape in nodes(seen):
            # A flow may leave through the border its timer sits on, never through the timer.
            if shape.id not in own and any(crosses(s, shape.box) for s in segments(edge)):
                yield edge.id, shape.id


def crossing(seen: Picture) -> Iterator[tuple[str, str]]:
    for a, b in combinations(seen.edges, 2):
        if any(_meet(s, t) for s in segments(a) for t in segments(b)):
            yield a.id, b.id


def _meet(s: Segment, t: Segment) -> bool:
    def span(k: int, of: Segment) -> tuple[float, float]:
        return min(of[0][k], of[1][k]), max(of[0][k], of[1][k])

    return all(span(k, s)[0] <= span(k, t)[1] and span(k, t)[0] <= span(k, s)[1] for k in (0, 1))


def slanted(seen: Picture) -> Iterator[str]:
    return (e.id for e in seen.edges if any(a[0] != b[0] and a[1] != b[1] for a, b in segments(e)))


def cluttered_labels(seen: Picture) -> Iterator[tuple[str, str]]:
    """Labels that lie on a shape, a line, another label, or over the edge of their lane."""
    named = list(seen.named())
    for item in named:
        assert item.label is not None
        for shape in nodes(seen):
            inside = seen.parents.get(item.id) == shape.id
            if overlap(item.label, shape.box) and not inside:
                yield item.id, shape.id
        for edge in seen.edges:
            if any(crosses(s, item.label) for s in segments(edge)):
                yield item.id, edge.id
        for lane in (s for s in seen.shapes if s.kind == "lane"):
            body = Box(lane.box.x + 30, lane.box.y, lane.box.w - 30, lane.box.h)
            if overlap(item.label, lane.box) and not within(item.label, body):
                yield item.id, lane.id
    for a, b in combinations(named, 2):
        assert a.label is not None
        assert b.label is not None
        if overlap(a.label, b.label):
            yield a.id, b.id
