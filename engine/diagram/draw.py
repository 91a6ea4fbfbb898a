"""A diagram as one standalone SVG: no script, no style sheet, colours from custom properties with sound fallbacks."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.diagram.badges import badges
from engine.diagram.figures import figure, outline
from engine.diagram.ink import FONT, PAPER, Labels, View, line, lines, safe, tag
from engine.diagram.lines import connection
from engine.diagram.link import drawn
from engine.diagram.marks import mark
from engine.diagram.model import Diagram
from engine.diagram.picture import Box, Edge, Picture, Shape, label_lines, picture
from engine.diagram.text import SIZE
from engine.diagram.xml import parse

__all__ = ["Labels", "draw"]

MARGIN = 6.0


def draw(
    diagram: Diagram,
    *,
    tokens: Mapping[str, Sequence[str]] | None = None,
    done: Collection[str] = (),
    late: Collection[str] = (),
    here: str | None = None,
    title: str = "",
    labels: Labels | None = None,
    mini: bool = False,
    marks: Mapping[str, str] | None = None,
    quiet: Collection[str] = (),
    part: str = "",
) -> str:
    """Draw the diagram; `tokens` says by element id who holds the work there (an empty list: nobody yet).

    `mini` is for a picture a few hundred px wide: numbers instead of names, without timers. Colours follow the
    page's `--diagram-...` custom properties: ink, paper, fill, lane, band, accent, on-accent, held, late, on-late,
    done, done-fill, font. `marks` says by element id what differs from another version (`quiet` ones get no word);
    each mark is a group with the id "PART-ELEMENT".
    """
    shown = frozenset(id for id in done if id == drawn(id))  # a step done inside of a call does not end the call
    outside = frozenset(drawn(id) for id in late)
    view = View(_outside(tokens or {}), shown, outside, drawn(here) if here else None, labels or Labels(), mini)
    view = replace(view, marks=marks or {}, quiet=frozenset(quiet), part=part)
    seen = picture(parse(diagram.xml))
    if mini:
        seen = _without_alarms(seen)
    name = title or diagram.process.name
    if not seen.shapes:
        return _svg(diagram, view, name, Box(0, 0, 400, 40), line(200, 24, view.labels.no_picture))
    bounds = seen.bounds()
    boundary = [s for s in seen.shapes if s.kind == "boundaryEvent"]
    hosts = {s.element.get("attachedToRef") for s in boundary if s.element is not None}
    parts = [figure(s, view, hosts=hosts) for s in seen.shapes if s.kind != "boundaryEvent"]
    parts += [outline(s) for s in seen.shapes if s.kind == "participant"]
    parts += [connection(e, view) for e in seen.edges]
    parts += [figure(s, view) for s in boundary]
    if not mini:
        parts += [_label(s) for s in seen.named()]
    parts += [badges(s, view, bounds) for s in seen.shapes]
    parts += [mark(e, view, bounds) for e in seen.edges] + [mark(s, view, bounds) for s in seen.shapes]
    return _svg(diagram, view, name, bounds, "".join(parts))


def _outside(tokens: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Whoever holds work inside of a call holds it at the call."""
    held: dict[str, list[str]] = {}
    for id, who in tokens.items():
        held.setdefault(drawn(id), []).extend(who)
    return {id: tuple(dict.fromkeys(who)) for id, who in held.items()}


def _svg(diagram: Diagram, view: View, name: str, bounds: Box, body: str) -> str:
    # Ids must differ between the pictures of one page.
    key = re.sub(r"[^A-Za-z0-9_-]", "-", f"diagram-{diagram.process.key}") + ("-mini" if view.mini else "")
    key += f"-{view.part}" if view.part else ""
    box = (bounds.x - MARGIN, bounds.y - MARGIN, bounds.w + 2 * MARGIN, bounds.h + 2 * MARGIN)
    told = tag("title", safe(name), id=f"{key}-title")
    told += tag("desc", safe(_told(diagram, view)) or " ", id=f"{key}-desc")
    return tag(
        "svg",
        told + body,
        xmlns="http://www.w3.org/2000/svg",
        class_="diagram diagram-mini" if view.mini else "diagram",
        viewBox=" ".join(f"{value:g}" for value in box),
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        font_family=FONT,
        font_size=SIZE,
    )


def _told(diagram: Diagram, view: View) -> str:
    """The state of the case in words, for those who can't see the picture."""
    sentences = []
    for id, who in view.tokens.items():
        node = diagram.process.nodes.get(id)
        step = (node.name or node.id) if node else id
        told = view.labels.waiting % {"step": step, "who": ", ".join(who) or view.labels.nobody}
        sentences.append(told + (f" ({view.labels.late})" if id in view.late else ""))
    if view.here and (node := diagram.process.nodes.get(view.here)):
        sentences.append(f"{view.labels.here}: {node.name or node.id}")
    return ". ".join(sentences)


def _without_alarms(seen: Picture) -> Picture:
    """Leave out boundary events and the dead-end paths behind them."""
    gone = {s.id for s in seen.shapes if s.kind == "boundaryEvent"}
    arriving: dict[str, set[str]] = {}
    for edge in seen.edges:
        if edge.element is not None:
            arriving.setdefault(edge.element.get("targetRef", ""), set()).add(edge.element.get("sourceRef", ""))
    gone |= {s.id for s in seen.shapes if s.kind == "endEvent" and arriving.get(s.id, {""}) <= gone}
    edges = []
    for edge in seen.edges:
        ends = {edge.element.get("sourceRef"), edge.element.get("targetRef")} if edge.element is not None else set()
        if not ends & gone:
            edges.append(edge)
    return Picture(tuple(s for s in seen.shapes if s.id not in gone), tuple(edges), seen.parents)


def _label(item: Shape | Edge) -> str:
    assert item.label is not None
    rows = lines(item.label.cx, item.label.y, label_lines(item))
    # A rim in the paper's colour keeps the words readable where a line passes behind them.
    return tag("g", rows, class_="label", stroke=PAPER, stroke_width=3, stroke_linejoin="round", paint_order="stroke")
