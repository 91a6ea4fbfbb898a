"""What differs between two versions, drawn on top: a rim and a sign with its word on every element that does."""

from __future__ import annotations

from engine.diagram import symbols
from engine.diagram.ink import ACCENT, DONE, INK, LATE, ON_ACCENT, ON_LATE, PAPER, View, line, rect, sign, tag, title
from engine.diagram.lines import path
from engine.diagram.model import EVENTS, GATEWAYS
from engine.diagram.picture import Box, Edge, Shape
from engine.diagram.text import SIZE, width

#: kind -> fill and ink of its badge, dashes of its rim
LOOK: dict[str, tuple[str, str, str | None]] = {
    "added": (DONE, ON_LATE, None),
    "removed": (LATE, ON_LATE, "9 5"),
    "changed": (ACCENT, ON_ACCENT, None),
    "moved": (PAPER, INK, "2 4"),
}
ROOM = 5.0  #: px between an element and its rim


def mark(item: Shape | Edge, view: View, bounds: Box) -> str:
    """The mark of one element, a group that links can lead to; empty where nothing about it differs."""
    kind = view.marks.get(item.id)
    if kind not in LOOK:
        return ""
    fill, _ink, dashes = LOOK[kind]
    rim_ink = INK if kind == "moved" else fill
    word = getattr(view.labels, kind)
    if isinstance(item, Edge):
        rim = tag(
            "path",
            d=path(item.points),
            fill="none",
            stroke=rim_ink,
            stroke_width=5,
            stroke_dasharray=dashes,
            opacity=0.55,
        )
        x, y = _middle(item)
        body = rim + _seal(x, y, kind)
    else:
        box = item.box
        inset = -ROOM if item.kind in ("participant", "lane") else ROOM
        around = Box(box.x - inset, box.y - inset, box.w + 2 * inset, box.h + 2 * inset)
        body = rect(around, fill="none", stroke=rim_ink, wide=3, rx=10, dashes=dashes)
        quiet = item.id in view.quiet
        body += _seal(around.right - 4, around.y + 4, kind) if quiet else _pill(item, around, bounds, kind, word)
    return tag(
        "g",
        title(f"{word}: {item.name}" if item.name else word) + body,
        id=f"{view.part}-{item.id}",
        class_=f"difference is-{kind}",
    )


def _pill(shape: Shape, around: Box, bounds: Box, kind: str, word: str) -> str:
    """Sign and word on the rim where no name stands, kept inside of the picture."""
    fill, ink, _ = LOOK[kind]
    high, pad, icon = SIZE * 1.6, SIZE * 0.6, SIZE * 1.25
    wide = pad * 2 + icon + width(word, SIZE, bold=True)
    x, y = around.right - wide + 4, around.y - high / 2
    if shape.kind in EVENTS | GATEWAYS:  # small, with the name above a gateway and below an event
        x, y = around.x - wide + 10, around.bottom - high / 2 if shape.kind in GATEWAYS else y
    x, y = max(bounds.x, min(x, bounds.right - wide)), max(bounds.y, min(y, bounds.bottom - high))
    body = rect(Box(x, y, wide, high), fill=fill, stroke=ink if kind == "moved" else PAPER, rx=high / 2)
    body += sign(symbols.BADGES[kind], x + pad + icon * 0.36, y + high / 2, ink=ink)
    return body + line(x + pad + icon, y + high / 2 + SIZE * 0.35, word, anchor=None, ink=ink, font_weight="600")


def _seal(x: float, y: float, kind: str) -> str:
    fill, ink, _ = LOOK[kind]
    body = tag("circle", cx=x, cy=y, r=9, fill=fill, stroke=ink if kind == "moved" else PAPER)
    return body + sign(symbols.BADGES[kind], x, y, ink=ink)


def _middle(edge: Edge) -> tuple[float, float]:
    """Halfway on the middle stretch of a flow."""
    at = (len(edge.points) - 1) // 2
    (ax, ay), (bx, by) = edge.points[at], edge.points[at + 1]
    return (ax + bx) / 2, (ay + by) / 2
