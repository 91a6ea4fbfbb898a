"""Where things stand: the file's diagram interchange (shapes, edges, labels) as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.diagram.model import EVENTS, GATEWAYS, SCOPES
from engine.diagram.text import LINE, width, wrap
from engine.diagram.xml import BPMN, BPMNDI, DC, DI, child, children, is_bpmn, local, reference, text_of, yes

FAR = 100_000.0  #: px; whatever lies beyond is no layout


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def cx(self) -> float:
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        return self.y + self.h / 2


@dataclass(frozen=True, slots=True)
class Shape:
    id: str
    kind: str  #: BPMN local name
    name: str
    box: Box
    label: Box | None = None  #: where the name stands when it is outside; computed if the file does not say
    element: etree._Element | None = field(default=None, compare=False)
    expanded: bool = True
    horizontal: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None = None
    element: etree._Element | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Picture:
    shapes: tuple[Shape, ...]  #: outer ones before what lies inside them
    edges: tuple[Edge, ...]
    parents: Mapping[str, str]  #: id -> id of the sub-process around it

    def named(self) -> Iterator[Shape | Edge]:
        """What has its name beside it."""
        yield from (s for s in self.shapes if s.label)
        yield from (e for e in self.edges if e.label)

    def bounds(self) -> Box:
        """The smallest box around everything, labels included."""
        boxes = [s.box for s in self.shapes] + [s.label for s in self.named() if s.label]
        xs = [x for b in boxes for x in (b.x, b.right)] + [x for e in self.edges for x, _ in e.points]
        ys = [y for b in boxes for y in (b.y, b.bottom)] + [y for e in self.edges for _, y in e.points]
        if not xs:
            return Box(0, 0, 0, 0)
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


DEPTH = {"participant": 0, "lane": 1, "group": 2, "boundaryEvent": 9}
OUTSIDE = EVENTS | GATEWAYS | {"dataObjectReference", "dataStoreReference", "dataObject"}  #: named beside the shape


def picture(root: etree._Element) -> Picture:
    """Read the first drawing of the file; shapes and edges without a sound place or an element are left out."""
    named = {e.get("id"): e for e in root.iter() if is_bpmn(e) and e.get("id")}
    parents = _parents(root)
    drawing = next(root.iter(f"{{{BPMNDI}}}BPMNPlane"), None)
    shapes: dict[str, Shape] = {}
    edges: dict[str, Edge] = {}
    for item in drawing if drawing is not None else ():
        element = named.get(reference(item.get("bpmnElement")))
        if element is None or not isinstance(item.tag, str):
            continue
        if item.tag == f"{{{BPMNDI}}}BPMNShape" and (shape := _shape(item, element)):
            shapes.setdefault(shape.id, shape)
        elif item.tag == f"{{{BPMNDI}}}BPMNEdge" and (edge := _edge(item, element)):
            edges.setdefault(edge.id, edge)
    folded = {s.id for s in shapes.values() if s.kind in SCOPES and not s.expanded}
    hidden = {id for id in (*shapes, *edges) if any(p in folded for p in _above(id, parents))}
    order = sorted(
        (s for s in shapes.values() if s.id not in hidden),
        key=lambda s: DEPTH.get(s.kind, 3 + len(list(_above(s.id, parents)))),
    )
    return Picture(tuple(order), tuple(e for e in edges.values() if e.id not in hidden), parents)


def _parents(root: etree._Element) -> dict[str, str]:
    parents = {}
    for scope in root.iter(*(f"{{{BPMN}}}{kind}" for kind in SCOPES)):
        for inner in children(scope):
            if inner.get("id") and scope.get("id"):
                parents[inner.get("id", "")] = scope.get("id", "")
    return parents


def _above(id: str, parents: Mapping[str, str]) -> Iterator[str]:
    seen = {id}
    while (id := parents.get(id, "")) and id not in seen:
        seen.add(id)
        yield id


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= FAR else None


def _box(parent: etree._Element | None) -> Box | None:
    bounds = parent.find(f"{{{DC}}}Bounds") if parent is not None else None
    if bounds is None:
        return None
    x, y, w, h = (_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or not w or not h or w <= 0 or h <= 0:
        return None
    return Box(x, y, w, h)


def _name(element: etree._Element) -> str:
    name = element.get("name") or text_of(child(element, "text"))
    return " ".join(name.split())


def _shape(item: etree._Element, element: etree._Element) -> Shape | None:
    box = _box(item)
    if box is None:
        return None
    kind, name = local(element), _name(element)
    label = None
    if kind in OUTSIDE and name:
        given = _box(item.find(f"{{{BPMNDI}}}BPMNLabel"))
        beside = Box(box.cx - 45, box.y - LINE - 4 if kind in GATEWAYS else box.bottom + 4, 90, LINE)
        label = _fitted(name, given or beside)
    return Shape(
        id=element.get("id", ""),
        kind=kind,
        name=name,
        box=box,
        label=label,
        element=element,
        expanded=(item.get("isExpanded") or "true").strip() != "false" if kind in SCOPES else True,
        horizontal=yes(item.get("isHorizontal") or "true"),
    )


def _fitted(name: str, given: Box) -> Box:
    """The given place, as large as the text really is: its top and middle stay where the file puts them."""
    lines = wrap(name, max(given.w + 4, 40))
    wide = max((width(line) for line in lines), default=0)
    return Box(given.cx - wide / 2, given.y, wide, LINE * len(lines))


def label_lines(shape: Shape | Edge) -> list[str]:
    """The lines of a label beside its element."""
    return wrap(shape.name, shape.label.w + 0.5) if shape.label else []


def _edge(item: etree._Element, element: etree._Element) -> Edge | None:
    points: list[tuple[float, float]] = []
    for waypoint in item.iterchildren(f"{{{DI}}}waypoint"):
        x, y = _number(waypoint.get("x")), _number(waypoint.get("y"))
        if x is None or y is None:
            return None
        if not points or points[-1] != (x, y):
            points.append((x, y))
    if len(points) < 2:
        return None
    name = _name(element)
    label = None
    if name:
        x, y = _halfway(points)
        given = _box(item.find(f"{{{BPMNDI}}}BPMNLabel"))
        label = _fitted(name, given or Box(x - 45, y - LINE - 4, 90, LINE))
    return Edge(element.get("id", ""), local(element), name, tuple(points), label, element)


def _halfway(points: list[tuple[float, float]]) -> tuple[float, float]:
    longest = max(range(len(points) - 1), key=lambda i: math.dist(points[i], points[i + 1]))
    (ax, ay), (bx, by) = points[longest], points[longest + 1]
    return (ax + bx) / 2, (ay + by) / 2
