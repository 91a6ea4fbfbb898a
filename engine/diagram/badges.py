"""What is going on, drawn on top: who holds the work, what is late or done, where the reader stands."""

from __future__ import annotations

from engine.diagram import symbols
from engine.diagram.ink import ACCENT, DONE, LATE, ON_ACCENT, ON_LATE, PAPER, View, line, rect, sign, tag, title
from engine.diagram.model import ACTIVITIES, EVENTS, GATEWAYS
from engine.diagram.picture import Box, Shape
from engine.diagram.text import SIZE, cut, width

MINI_SIZE = 34.0


def badges(shape: Shape, view: View, bounds: Box) -> str:
    """The badges of one shape; they stay inside `bounds`."""
    if shape.kind not in ACTIVITIES | EVENTS | GATEWAYS:
        return ""
    here, state = shape.id == view.here, view.state(shape.id)
    drawn = ""
    if view.mini:
        if state == "late":
            drawn += _seal(shape, "late", view.labels.late, scale=2.2)
        if here:
            drawn += _pill(shape, bounds, "here", view.labels.here, told=view.labels.here, size=MINI_SIZE)
    elif shape.id in view.tokens:
        drawn += _holders(shape, view, bounds)
    elif here:
        drawn += _pill(shape, bounds, "here", view.labels.here, told=view.labels.here)
    elif state == "done" and shape.kind in ACTIVITIES:
        drawn += _seal(shape, "done", view.labels.done)
    return drawn


def _holders(shape: Shape, view: View, bounds: Box) -> str:
    """Who holds the work; the reader needs no name for themselves."""
    who = list(view.tokens[shape.id])
    here = shape.id == view.here
    words = view.labels.here if here else who[0] if who else view.labels.nobody
    told = ", ".join(who) or view.labels.nobody
    rest = " " + view.labels.more % {"count": len(who) - 1} if len(who) > 1 else ""
    if shape.id in view.late:
        words, told = f"{view.labels.late} · {words}", f"{view.labels.late}: {told}"
        return _pill(shape, bounds, "late", words, told=told, rest=rest)
    return _pill(shape, bounds, "here" if here else "person", words, told=told, rest=rest)


def _pill(
    shape: Shape,
    bounds: Box,
    kind: str,
    words: str,
    *,
    told: str,
    rest: str = "",
    size: float = SIZE,
) -> str:
    """A rounded badge on the upper border of a shape, or the lower one where there is no room above."""
    box, mini = shape.box, size != SIZE
    fill, ink = (LATE, ON_LATE) if kind == "late" else (ACCENT, ON_ACCENT)
    high, pad, icon = size * 1.5, size * 0.55, size * 1.25
    room = bounds.w if mini else max(box.w * 1.25, 150)
    words = cut(words, room - pad * 2 - icon - width(rest, size, bold=True), size=size, bold=True) + rest
    wide = icon + pad * 2 + width(words, size, bold=True)
    x = box.x + 8 if shape.kind in ACTIVITIES and not mini else box.cx - wide / 2
    x = max(bounds.x, min(x, bounds.right - wide))
    y = box.y - high * 0.8
    if y < bounds.y:  # no room above: on the lower border, clear of the number or the name
        y = box.bottom - high * 0.2
    pill = rect(Box(x, y, wide, high), fill=fill, stroke=PAPER, wide=size / 8, rx=high / 2)
    pill += sign(symbols.BADGES[kind], x + pad + icon * 0.36, y + high / 2, ink=ink, scale=size / SIZE)
    pill += line(
        x + pad + icon, y + high / 2 + size * 0.35, words, anchor=None, ink=ink, font_size=size, font_weight="600"
    )
    return tag("g", title(told) + pill, class_=f"badge badge-{kind}")


def _seal(shape: Shape, kind: str, told: str, *, scale: float = 1.0) -> str:
    """A round badge in the upper right corner of a shape."""
    x, y = shape.box.right - 13, shape.box.y + 13
    fill, ink = (LATE, ON_LATE) if kind == "late" else (DONE, ON_ACCENT)
    body = tag("circle", cx=x, cy=y, r=8 * scale, fill=fill, stroke=PAPER) + sign(
        symbols.BADGES[kind], x, y, ink=ink, scale=scale
    )
    return tag("g", title(told) + body, class_=f"badge badge-{kind}")
