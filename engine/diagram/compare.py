"""Two versions of a process side by side: what runs or reads differently, apart from what only lies elsewhere.

Elements are paired by their ids; one that got a new id is removed and added. Pure facts: sentences are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from lxml import etree

from engine.diagram.changes import RANK, Change, Comparison, Kind
from engine.diagram.compare_decisions import compare_decisions
from engine.diagram.compare_forms import compare_forms
from engine.diagram.compare_nodes import facts
from engine.diagram.essence import essence
from engine.diagram.model import Diagram, Flow, Node, Process, graph
from engine.diagram.moves import moves
from engine.diagram.paths import in_order
from engine.diagram.picture import Edge, picture
from engine.diagram.wiring import Call
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
    old: Diagram,
    new: Diagram,
    old_forms: Mapping[str, str] | None = None,
    new_forms: Mapping[str, str] | None = None,
    *,
    old_decisions: Collection[bytes] = (),
    new_decisions: Collection[bytes] = (),
    old_calls: Mapping[str, int] | None = None,
    new_calls: Mapping[str, int] | None = None,
) -> Comparison:
    """Every difference between two diagrams with their forms (form key -> form-js JSON) and decision tables (DMN).

    `old_calls` and `new_calls` give by activity the version of the process that each calls.
    """
    before, after = _Side(old), _Side(new)
    told = [
        *_process(old.process, new.process, before, after),
        *_nodes(before, after),
        *_flows(before, after),
        *_called(before, after, old_calls or {}, new_calls or {}),
        *compare_forms(old.process, new.process, old_forms or {}, new_forms or {}),
        *compare_decisions(old.process, new.process, old_decisions, new_decisions),
        *_beside(before, after),
    ]
    places = after.places() | {id: place for id, place in before.places().items() if id not in after.process.nodes}
    first = {"process": -1}
    told.sort(
        key=lambda c: (
            first.get(c.subject, 0),
            places.get(c.element or "", len(places)),
            c.subject in ("form", "decision"),
        )
    )
    moved = []
    for item in moves(before.picture, after.picture):
        node = after.process.nodes.get(item.id) or after.process.flows.get(item.id)
        change = after.change("moved", node) if node else Change("moved", item.kind, item.id, item.name)
        moved.append(replace(change, fact="position", follows=isinstance(item, Edge)))
    return Comparison(
        changes=(*told, *moved),
        old_marks=_marks((*told, *moved), before),
        new_marks=_marks((*told, *moved), after),
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
    if _differs(before, after, old.key, new.key, told=bool(found)):
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
        found = [*facts(old[id], node, renamed), ("timer", before.timer(old[id]), after.timer(node))]
        found = [(fact, a, b) for fact, a, b in found if a != b]
        papers = {fact for fact, _a, _b in found} & {"inputs", "outputs"}
        found = [one for one in found if one[0].removesuffix("_sources") + "s" not in papers]
        alarms = _deadline_of(before.process, old[id]) and _deadline_of(after.process, node)
        for fact, a, b in found:
            change = after.change("changed", node, fact, a, b)
            # The standard time is told at the step itself.
            yield replace(change, follows=bool(alarms) and fact in ("timer", "name"))
        if _differs(before, after, id, id, told=bool(found)):
            yield after.change("changed", node, "other")


def _called(before: _Side, after: _Side, old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[Change]:
    """Calls of the same process that has another version by now."""
    for id, version in new.items():
        now = after.process.nodes[id]
        was = before.process.nodes.get(id, now)
        same = was.wiring.call and now.wiring.call and _wanted(was.wiring.call) == _wanted(now.wiring.call)
        if same and old.get(id, version) != version:
            yield after.change("changed", now, "called_version", old[id], version)


def _wanted(call: Call) -> tuple[str, str | None]:
    return call.key, call.version


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
            gone = not {flow.source, flow.target} <= after.process.nodes.keys() and not _chosen(flow)
            yield replace(before.change("removed", flow, before=_route(before, flow)), follows=gone)
    for id, flow in new.items():
        if id not in old:
            fresh = not {flow.source, flow.target} <= before.process.nodes.keys() and not _chosen(flow)
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
        if _differs(before, after, id, id, told=bool(found)):
            yield after.change("changed", flow, "other")


def _chosen(flow: Flow) -> bool:
    """Whether it is taken under a condition, which nothing else would tell."""
    return flow.condition is not None


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


def _differs(before: _Side, after: _Side, old: str, new: str, *, told: bool) -> bool:
    """Whether two elements say something else; where facts were told already, beyond what facts tell."""
    left, right = before.elements.get(old), after.elements.get(new)
    if left is None or right is None:
        return False
    return essence(left, without_facts=told) != essence(right, without_facts=told)


def _marks(changes: Iterable[Change], side: _Side) -> dict[str, Kind]:
    """What to mark in one of the pictures; a step whose form or table came, went or differs is itself changed."""
    marks: dict[str, Kind] = {}
    for change in changes:
        kind = "changed" if change.subject in ("form", "decision") else change.kind
        if change.element in side.elements and RANK[kind] >= RANK[marks.get(change.element, "moved")]:
            marks[change.element] = kind
    return marks
