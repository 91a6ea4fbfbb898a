"""Flows as SVG: lines with round corners, arrowheads as polygons."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.diagram.ink import INK, PAPER, View, tag, title
from engine.diagram.picture import Edge

Points = Sequence[tuple[float, float]]
DASHES = {"messageFlow": "9 5", "association": "1 4", "dataInputAssociation": "1 4", "dataOutputAssociation": "1 4"}
MINI = 2.4  #: lines are so much thicker in a mini picture


def connection(edge: Edge, view: View) -> str:
    """One flow, as a group that carries the element's id."""
    scale = MINI if view.mini else 1.0
    points: Points = edge.points
    tail = tip = ""
    if edge.kind == "messageFlow":
        tip = _arrow(points, scale, fill=PAPER)
        (x, y), wide = points[0], 1.3 * scale
        tail = tag("circle", cx=x, cy=y, r=3.5 * scale, fill=PAPER, stroke=INK, stroke_width=wide)
    elif edge.kind == "sequenceFlow":
        tip = _arrow(points, scale, fill=INK)
        tail = _slash(points, scale) if _is_default(edge) else ""
    elif edge.kind != "association":
        tip = _arrow(points, scale, fill="none")
    line = tag(
        "path",
        d=path(_shortened(points, 8 * scale) if tip else points),
        fill="none",
        stroke=INK,
        stroke_width=1.5 * scale,
        stroke_linejoin="round",
        stroke_dasharray=DASHES.get(edge.kind),
    )
    return tag("g", title(edge.name) + line + tail + tip, data_element=edge.id, class_=edge.kind)


def _is_default(edge: Edge) -> bool:
    scope = edge.element.getparent() if edge.element is not None else None
    return scope is not None and any(e.get("default") == edge.id for e in scope)


def path(points: Points, radius: float = 5.0) -> str:
    """A line through the points with its corners rounded."""
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        before, after = math.dist((ax, ay), (bx, by)), math.dist((bx, by), (cx, cy))
        r = min(radius, before / 2, after / 2)
        px, py = bx + (ax - bx) * r / before, by + (ay - by) * r / before
        qx, qy = bx + (cx - bx) * r / after, by + (cy - by) * r / after
        path += f"L{px:.1f} {py:.1f}Q{bx:g} {by:g} {qx:.1f} {qy:.1f}"
    return path + f"L{points[-1][0]:.1f} {points[-1][1]:.1f}"


def _direction(points: Points) -> tuple[float, float]:
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = math.dist((ax, ay), (bx, by))
    return (bx - ax) / length, (by - ay) / length


def _shortened(points: Points, by: float) -> Points:
    """The line without the stretch that its arrowhead covers."""
    dx, dy = _direction(points)
    by = min(by, math.dist(points[-2], points[-1]) * 0.9)
    x, y = points[-1]
    return [*points[:-1], (x - dx * by, y - dy * by)]


def _arrow(points: Points, scale: float, *, fill: str) -> str:
    (x, y), (dx, dy) = points[-1], _direction(points)
    long, half = 10 * scale, 4.2 * scale
    bx, by = x - dx * long, y - dy * long
    corners = f"{bx - dy * half:.1f},{by + dx * half:.1f} {x:g},{y:g} {bx + dy * half:.1f},{by - dx * half:.1f}"
    shape = "polyline" if fill == "none" else "polygon"
    return tag(shape, points=corners, fill=fill, stroke=INK, stroke_width=1.2, stroke_linejoin="round")


def _slash(points: Points, scale: float) -> str:
    """The mark of a default flow, across its beginning."""
    dx, dy = _direction(points[:2])
    x, y = points[0][0] + dx * 12 * scale, points[0][1] + dy * 12 * scale
    ax, ay = (dx - dy) * 5 * scale, (dy + dx) * 5 * scale
    path = f"M{x - ax:.1f} {y - ay:.1f}L{x + ax:.1f} {y + ay:.1f}"
    return tag("path", d=path, stroke=INK, stroke_width=1.5 * scale)
