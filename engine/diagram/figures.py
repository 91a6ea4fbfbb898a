"""Shapes as SVG: pools, lanes, activities, events, gateways, papers."""

from __future__ import annotations

from collections.abc import Container

from engine.diagram import symbols
from engine.diagram.element import trigger
from engine.diagram.ink import (
    ACCENT,
    BAND,
    DONE_FILL,
    FILL,
    HELD,
    INK,
    LANE,
    LATE,
    ON_ACCENT,
    PAPER,
    View,
    line,
    lines,
    rect,
    sign,
    tag,
    title,
)
from engine.diagram.model import ACTIVITIES, EVENTS, GATEWAYS, SCOPES
from engine.diagram.picture import Box, Shape
from engine.diagram.text import LINE, SIZE, cut, wrap
from engine.diagram.xml import child, ours, yes

BAND_WIDTH = 30.0
MINI = 3.0  #: lines are so much thicker in a mini picture
EMPHASIS = {"late": LATE, "held": ACCENT, "here": ACCENT}
FILLS = {"late": HELD, "held": HELD, "here": HELD, "done": DONE_FILL}


def figure(shape: Shape, view: View, *, hosts: Container[str | None] = ()) -> str:
    """One shape with its name inside, as a group that carries the element's id.

    `hosts` are the activities with events on their border: their text keeps clear of it.
    """
    if shape.kind in ("participant", "lane"):
        body = _swimlane(shape, view)
    elif shape.kind in EVENTS:
        body = _event(shape, view)
    elif shape.kind in GATEWAYS:
        body = _gateway(shape, view)
    elif shape.kind in ACTIVITIES:
        body = _activity(shape, view, foot=19 if shape.id in hosts else 4)
    else:
        body = _paper(shape)
    state = view.state(shape.id)
    classes = f"{shape.kind} is-{state}" if state else shape.kind
    return tag("g", title(shape.name) + body, data_element=shape.id, class_=classes)


def outline(pool: Shape) -> str:
    """A pool's border once more, on top of its lanes'."""
    return rect(pool.box, fill="none", stroke=INK)


def _swimlane(shape: Shape, view: View) -> str:
    box = shape.box
    if shape.kind == "participant" and (shape.element is None or not shape.element.get("processRef")):
        size = 40 if view.mini else SIZE
        name = cut(shape.name, box.w - 10, size=size)
        return rect(box, fill=BAND, stroke=INK) + line(box.cx, box.cy + size * 0.35, name, font_size=size)
    band = Box(box.x, box.y, BAND_WIDTH, box.h) if shape.horizontal else Box(box.x, box.y, box.w, BAND_WIDTH)
    if shape.kind == "participant":
        frame = rect(box, fill=PAPER, stroke=INK) + rect(band, fill=BAND, stroke=INK)
    else:
        frame = rect(box, fill="none", stroke=LANE, wide=1)
    if view.mini:
        return frame
    rows = wrap(shape.name, (box.h if shape.horizontal else box.w) - 8, most=2)
    return frame + tag(
        "g",
        lines(band.cx, band.cy - LINE * len(rows) / 2, rows),
        transform=f"rotate(-90 {band.cx:g} {band.cy:g})" if shape.horizontal else None,
        font_weight="600" if shape.kind == "participant" else None,
    )


def _activity(shape: Shape, view: View, *, foot: float) -> str:
    box, element, state = shape.box, shape.element, view.state(shape.id)
    scope = shape.kind in SCOPES and shape.expanded
    stroke = EMPHASIS.get(state, INK)
    wide = 3.0 if state in EMPHASIS else 3.5 if shape.kind == "callActivity" else 1.5
    fill = FILLS.get(state, "none" if scope else FILL)
    number = ours(element, "number") if element is not None else None
    if view.mini:
        here = shape.id == view.here
        frame = rect(box, fill=stroke if here else fill, stroke=stroke, wide=wide * MINI, rx=10)
        return frame + _big_number(shape, number, ON_ACCENT if here else INK)
    dashes = "2 4" if element is not None and yes(element.get("triggeredByEvent")) else None
    frame = rect(box, fill=fill, stroke=stroke, wide=wide, rx=10, dashes=dashes)
    if shape.kind == "transaction":
        frame += rect(Box(box.x + 3, box.y + 3, box.w - 6, box.h - 6), fill="none", stroke=stroke, rx=8)
    head, left = "", box.x + 10
    if not scope and shape.kind in symbols.TASKS:
        head, left = sign(symbols.TASKS[shape.kind], box.x + 14, box.y + 14), box.x + 26
    if number:
        head += line(left, box.y + 18.5, number, anchor=None, font_weight="700", font_size=13)
        left += 16
    if scope:
        rows = wrap(shape.name, box.right - left - 10, most=2)
        return frame + head + lines(left, box.y + 7.5, rows, anchor=None) + _markers(shape)
    marks = _markers(shape)
    return frame + head + _name(shape, head=22 if head else 4, foot=20 if marks else foot) + marks


def _name(shape: Shape, *, head: float, foot: float) -> str:
    """The name in the middle, moved clear of the signs above and below it if there is room."""
    box = shape.box
    rows = wrap(shape.name, box.w - 12, most=max(1, int((box.h - 8) // LINE)))
    high = LINE * len(rows)
    top = min(max(box.y + (box.h - high) / 2, box.y + head), box.bottom - foot - high)
    if top < box.y + head - 4:
        top = box.y + (box.h - high) / 2
    return lines(box.cx, top, rows)


def _big_number(shape: Shape, number: str | None, ink: str) -> str:
    if not number:
        return ""
    box = shape.box
    x, y = (box.x + 30, box.y + 48) if shape.kind in SCOPES else (box.cx, box.cy + 18)
    return line(x, y, cut(number, box.w, size=50), ink=ink, font_size=50, font_weight="700")


def _markers(shape: Shape) -> str:
    names = []
    if shape.element is not None:
        many = child(shape.element, "multiInstanceLoopCharacteristics")
        if many is not None:
            names.append("sequential" if yes(many.get("isSequential")) else "parallel")
        if child(shape.element, "standardLoopCharacteristics") is not None:
            names.append("loop")
    if shape.kind == "adHocSubProcess":
        names.append("adhoc")
    if not shape.expanded:
        names.append("folded")
    left = shape.box.cx - 9 * (len(names) - 1)
    return "".join(sign(symbols.MARKERS[n], left + 18 * i, shape.box.bottom - 10) for i, n in enumerate(names))


def _event(shape: Shape, view: View) -> str:
    box, element = shape.box, shape.element
    r = min(box.w, box.h) / 2
    wide = (3.5 if shape.kind == "endEvent" else 1.5) * (2 if view.mini else 1)
    stroke = EMPHASIS.get(view.state(shape.id), INK)
    gentle = element is not None and "false" in (element.get("cancelActivity"), element.get("isInterrupting"))
    dashes = "4 3" if gentle else None
    ring = tag(
        "circle", cx=box.cx, cy=box.cy, r=r, fill=FILL, stroke=stroke, stroke_width=wide, stroke_dasharray=dashes
    )
    if shape.kind not in ("startEvent", "endEvent"):
        ring += tag(
            "circle",
            cx=box.cx,
            cy=box.cy,
            r=r - 3.5,
            fill="none",
            stroke=stroke,
            stroke_width=1.5,
            stroke_dasharray=dashes,
        )
    kind = trigger(element) if element is not None else None
    if not kind:
        return ring
    return ring + sign(symbols.clock(r) if kind == "timer" else symbols.EVENTS.get(kind, ""), box.cx, box.cy)


def _gateway(shape: Shape, view: View) -> str:
    box = shape.box
    stroke = EMPHASIS.get(view.state(shape.id), INK)
    diamond = tag(
        "polygon",
        points=f"{box.cx:g},{box.y:g} {box.right:g},{box.cy:g} {box.cx:g},{box.bottom:g} {box.x:g},{box.cy:g}",
        fill=FILL,
        stroke=stroke,
        stroke_width=1.5 * (MINI if view.mini else 1),
        stroke_linejoin="round",
    )
    return diamond + sign(symbols.GATEWAYS.get(shape.kind, ""), box.cx, box.cy, ink=stroke)


def _paper(shape: Shape) -> str:
    box = shape.box
    if shape.kind == "group":
        return rect(box, fill="none", stroke=INK, rx=10, dashes="8 4 1 4")
    if shape.kind == "textAnnotation":
        path = f"M{box.x + 10:g} {box.y:g}H{box.x:g}V{box.bottom:g}H{box.x + 10:g}"
        rows = wrap(shape.name, box.w - 12, most=max(1, int(box.h // LINE)))
        return tag("path", d=path, fill="none", stroke=INK) + lines(box.x + 6, box.y + 4, rows, anchor=None)
    if shape.kind == "dataStoreReference":
        w, bulge = box.w, box.h / 8
        lid = f"c0 {bulge * 1.4:g} {w:g} {bulge * 1.4:g} {w:g} 0"
        path = (
            f"M{box.x:g} {box.y + bulge:g}c0 {-bulge * 1.4:g} {w:g} {-bulge * 1.4:g} {w:g} 0"
            f"v{box.h - 2 * bulge:g}c0 {bulge * 1.4:g} {-w:g} {bulge * 1.4:g} {-w:g} 0z{lid}"
        )
    else:
        fold = min(box.w, box.h) * 0.3
        path = (
            f"M{box.x:g} {box.y:g}H{box.right - fold:g}L{box.right:g} {box.y + fold:g}V{box.bottom:g}H{box.x:g}Z"
            f"M{box.right - fold:g} {box.y:g}V{box.y + fold:g}H{box.right:g}"
        )
    return tag("path", d=path, fill=FILL, stroke=INK, stroke_width=1.5)
