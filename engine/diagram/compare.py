"""Two versions of a process side by side: what runs or reads differently, apart from what only lies elsewhere.

Elements are paired by their ids; one that got a new id is removed and added. Pure facts: sentences are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from lxml import etree

from engine.diagram.changes import RANK, Change, Comparison, Kind
from engine.diagram.compare_forms import compare_forms
from engine.diagram.essence import essence
from engine.diagram.model import Diagram, Flow, Node, Paper, Process, Timer, graph
from engine.diagram.moves import moves
from engine.diagram.paths import in_order
from engine.diagram.picture import Edge, picture
from engine.diagram.xml import is_bpmn, local, parse

__all__ = ["Change", "Comparison", "compare"]

#: what stands beside the flow; each is compared by its name and its content
BESIDE = (
    "participant",
    "lane",
    "messageFlow",
    "textAnnotation",
    "dataObjectReference",
    "dataStoreReference",
    "association",
    "group",
)


def compare(
    old: Diagram, new: Diagram, old_forms: Mapping[str, str] | None = None, new_forms: Mapping[str, str] | None = None
) -> Comparison:
    """Every difference between two diagrams with their forms (form key -> form-js JSON)."""
    before, after = _Side(old), _Side(new)
    told = [
        *_process(old.process, new.process, before, after),
        *_nodes(before, after),
        *_flows(before, after),
        *compare_forms(old.process, new.process, old_forms or {}, new_forms or {}),
        *_beside(before, after),
    ]
    places = after.places() | {id: place for id, place in before.places().items() if id not in after.process.nodes}
    first = {"process": -1}
    told.sort(key=lambda c: (first.get(c.subject, 0), places.get(c.element or "", len(places)), c.subject == "form"))
    moved = []
    for item in moves(before.picture, after.picture):
        node = after.process.nodes.get(item.id) or after.process.flows.get(item.id)
        change = after.change("moved", node) if node else Change("moved", item.kind, item.id, item.name)
        moved.append(replace(change, fact="position", follows=isinstance(item, Edge)))
    return Comparison(
        changes=(*told, *moved),
        old_marks=_marks(c for c in (*told, *moved) if c.kind != "added"),
        new_marks=_marks(c for c in (*told, *moved) if c.kind != "removed"),
    )


class _Side:
    """One of the two diagrams with what is looked up in it."""

    def __init__(self, diagram: Diagram) -> None:
        self.process = diagram.process
        self.root = parse(diagram.xml)
        self.picture = picture(self.root)
        self.elements: dict[str, etree._Element] = {}
        for element in self.root.iter():
            if is_bpmn(element) and element.get("id"):
                self.elements.setdefault(element.get("id", ""), element)
        self.lanes = {e.get("id", ""): e.get("name") or e.get("id") or "" for e in self.root.iter("{*}lane")}

    def places(self) -> dict[str, int]:
        """Element id -> place along the flow; a flow stands right behind its source."""
        nodes = self.process.nodes
        starts = [n.id for n in nodes.values() if not n.incoming and n.attached_to is None]
        order = dict.fromkeys((*in_order(graph(self.process), starts), *nodes))
        places = {id: place * 2 for place, id in enumerate(order)}
        for node in nodes.values():
            if node.attached_to in places:
                places[node.id] = places[node.attached_to]
        places |= {flow.id: places.get(flow.source, 0) + 1 for flow in self.process.flows.values()}
        return places

    def number(self, id: str) -> tuple[str | None, bool]:
        """The printed number of the step an element is or lies in, and whether it only lies there."""
        nodes, inside = self.process.nodes, False
        node = nodes.get(id)
        while node is not None:
            if node.number:
                return node.number, inside
            node, inside = nodes.get(node.attached_to or node.parent or ""), True
        return None, False

    def name(self, id: str) -> str:
        node = self.process.nodes.get(id)
        return node.name or node.id if node else id

    def timer(self, node: Node) -> tuple[str, str] | None:
        """Kind and text of an event's own timer; that of a boundary event is kept with its host."""
        host = self.process.nodes.get(node.attached_to or "", node)
        own = next((timer for timer in host.timers if timer.id == node.id), None)
        return (own.kind, own.text) if own else None

    def change(self, kind: Kind, item: Node | Flow, fact: str = "", before: Any = None, after: Any = None) -> Change:
        if isinstance(item, Flow):
            return Change(
                kind, "sequenceFlow", item.id, item.name, self.number(item.source)[0], fact, before, after, inside=True
            )
        number, inside = self.number(item.id)
        return Change(kind, item.kind, item.id, item.name, number, fact, before, after, inside=inside)


# -- the process -----------------------------------------------------------------------------------------------------


def _process(old: Process, new: Process, before: _Side, after: _Side) -> Iterator[Change]:
    found = []
    for one in fields(Process):
        left, right = getattr(old, one.name), getattr(new, one.name)
        if one.name not in ("header", "lanes", "nodes", "flows", "expressions") and left != right:
            found.append(Change("changed", "process", None, new.name, None, one.name, left, right))
    for entry in dict.fromkeys((*old.header, *new.header)):
        left, right = old.header.get(entry), new.header.get(entry)
        if left != right:
            found.append(Change("changed", "process", None, new.name, None, "header", left, right, entry))
    if not found and _differs(before, after, old.key, new.key):
        found.append(Change("changed", "process", None, new.name, None, "other"))
    yield from found


# -- flow nodes ------------------------------------------------------------------------------------------------------


def _nodes(before: _Side, after: _Side) -> Iterator[Change]:
    old, new = before.process.nodes, after.process.nodes
    for id, node in old.items():
        if id not in new:
            yield replace(before.change("removed", node), follows=_alarm(before.process, node))
    renamed = {before.lanes[id]: after.lanes[id] for id in before.lanes if id in after.lanes}
    for id, node in new.items():
        if id not in old:
            yield replace(after.change("added", node), follows=_alarm(after.process, node))
            continue
        found = [*_facts(old[id], node, renamed), ("timer", before.timer(old[id]), after.timer(node))]
        found = [(fact, a, b) for fact, a, b in found if a != b]
        alarms = _deadline_of(before.process, old[id]) and _deadline_of(after.process, node)
        for fact, a, b in found:
            change = after.change("changed", node, fact, a, b)
            # The standard time is told at the step itself.
            yield replace(change, follows=bool(alarms) and fact in ("timer", "name"))
        if not found and _differs(before, after, id, id):
            yield after.change("changed", node, "other")


def _facts(old: Node, new: Node, renamed: Mapping[str, str]) -> Iterator[tuple[str, Any, Any]]:
    lane = renamed.get(old.lane, old.lane) if old.lane else None
    yield "kind", old.kind, new.kind
    yield "name", old.name, new.name
    yield "number", old.number, new.number
    yield "documentation", old.documentation, new.documentation
    if lane != new.lane:
        yield "lane", old.lane, new.lane
    yield "performers", old.candidate_groups, new.candidate_groups
    yield "people", (old.candidate_users, old.assignee), (new.candidate_users, new.assignee)
    yield "priority", old.priority, new.priority
    yield "form", old.form_key, new.form_key
    yield "action", old.action, new.action
    yield "assumption", old.assumption, new.assumption
    yield "inputs", _papers(old.inputs), _papers(new.inputs)
    yield "outputs", _papers(old.outputs), _papers(new.outputs)
    yield "duration", _text(old.deadline), _text(new.deadline)
    yield "repetition", _repetition(old), _repetition(new)
    yield "place", old.parent, new.parent
    yield "host", old.attached_to, new.attached_to
    yield "interrupting", old.interrupting, new.interrupting
    yield "trigger", (old.trigger, old.wiring.event), (new.trigger, new.wiring.event)
    yield "condition", old.wiring.condition, new.wiring.condition
    yield "wiring", replace(old.wiring, event=None, condition=None), replace(new.wiring, event=None, condition=None)


def _papers(papers: tuple[Paper, ...]) -> tuple[str, ...]:
    return tuple(paper.text for paper in papers)


def _text(timer: Timer | None) -> str | None:
    return timer.text if timer else None


def _repetition(node: Node) -> tuple[object, ...] | None:
    if node.collection is None and not node.looped and not node.sequential:
        return None
    return node.collection, node.item_name, node.sequential, node.looped, node.gives, node.collects


def _deadline_of(process: Process, node: Node) -> bool:
    """Whether a boundary event is the standard time of the step it sits on."""
    host = process.nodes.get(node.attached_to or "")
    return host is not None and host.deadline is not None and host.deadline.id == node.id


def _alarm(process: Process, node: Node) -> bool:
    """Whether a node is only the alarm of a standard time: its timer, or the end right behind it."""
    if _deadline_of(process, node):
        return True
    sources = [
        process.nodes[process.flows[f].source] for f in node.incoming if process.flows[f].source in process.nodes
    ]
    return node.kind == "endEvent" and bool(sources) and all(_deadline_of(process, source) for source in sources)


# -- flows -----------------------------------------------------------------------------------------------------------


def _flows(before: _Side, after: _Side) -> Iterator[Change]:
    old, new = before.process.flows, after.process.flows
    for id, flow in old.items():
        if id not in new:
            gone = not {flow.source, flow.target} <= after.process.nodes.keys()
            yield replace(before.change("removed", flow, before=_route(before, flow)), follows=gone)
    for id, flow in new.items():
        if id not in old:
            fresh = not {flow.source, flow.target} <= before.process.nodes.keys()
            yield replace(after.change("added", flow, after=_route(after, flow)), follows=fresh)
            continue
        was = old[id]
        facts = [
            ("route", (was.source, was.target), (flow.source, flow.target)),
            ("name", was.name, flow.name),
            ("condition", was.condition, flow.condition),
            ("default", was.default, flow.default),
        ]
        found = [(fact, a, b) for fact, a, b in facts if a != b]
        for fact, a, b in found:
            shown = (_route(before, was), _route(after, flow)) if fact == "route" else (a, b)
            ends = {end for end in (flow.source, flow.target) if end not in before.process.nodes}
            ends |= {end for end in (was.source, was.target) if end not in after.process.nodes}
            # A flow that now comes from an added step, or no longer from a removed one, is told with the step.
            yield replace(after.change("changed", flow, fact, *shown), follows=fact == "route" and bool(ends))
        if not found and _differs(before, after, id, id):
            yield after.change("changed", flow, "other")


def _route(side: _Side, flow: Flow) -> tuple[str, str]:
    """The names of its two ends."""
    return side.name(flow.source), side.name(flow.target)


# -- what stands beside ----------------------------------------------------------------------------------------------


def _beside(before: _Side, after: _Side) -> Iterator[Change]:
    old, new = ({id: e for id, e in s.elements.items() if local(e) in BESIDE} for s in (before, after))
    for id, element in old.items():
        if id not in new:
            yield _other("removed", id, element)
    for id, element in new.items():
        if id not in old:
            yield _other("added", id, element)
        elif _name(old[id]) != _name(element):
            yield replace(_other("changed", id, element), fact="name", before=_name(old[id]), after=_name(element))
        elif essence(old[id]) != essence(element):
            yield replace(_other("changed", id, element), fact="other")


def _other(kind: Kind, id: str, element: etree._Element) -> Change:
    return Change(kind, local(element), id, _name(element), follows=local(element) == "association")


def _name(element: etree._Element) -> str:
    text = element.get("name") or "".join(str(part) for part in element.itertext("{*}text"))
    return " ".join(text.split())


def _differs(before: _Side, after: _Side, old: str, new: str) -> bool:
    left, right = before.elements.get(old), after.elements.get(new)
    return left is not None and right is not None and essence(left) != essence(right)


def _marks(changes: Iterable[Change]) -> dict[str, Kind]:
    marks: dict[str, Kind] = {}
    for change in changes:
        if change.element and RANK[change.kind] >= RANK[marks.get(change.element, "moved")]:
            marks[change.element] = change.kind
    return marks
