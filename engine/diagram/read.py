"""A BPMN file read into frozen values. Nothing is judged here beyond what makes the file unreadable: see lint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from engine.diagram.element import (
    condition_of,
    documentation,
    embedded,
    expression,
    form_key,
    given,
    header,
    instances,
    interrupting,
    listed,
    loop_of,
    papers,
    priority,
    timer_of,
    trigger,
)
from engine.diagram.model import ACTIVITIES, EVENTS, GATEWAYS, SCOPES, Diagram, Flow, Node, Process, Timer
from engine.diagram.scripts import assignments
from engine.diagram.wiring import Index, Wiring, index, kind_of, wiring
from engine.diagram.xml import camunda, child, children, local, ours, parse, plain, reference, refuse, text_of, yes
from engine.errors import N_, ExpressionError

NODES = ACTIVITIES | EVENTS | GATEWAYS
MOST_COMPUTED = 200_000  #: characters of all expressions together


def read(xml: bytes) -> Diagram:
    """Read a BPMN file; its first executable process is the one that runs.

    Raises InvalidDiagram when the bytes are no readable BPMN file or no process in it is executable.
    """
    root = parse(xml)
    processes = list(children(root, "process"))
    runs = [p for p in processes if yes(p.get("isExecutable"))]
    if not runs:
        raise refuse(
            "not-executable",
            N_("No process in the file is marked as executable."),
            N_("Open the process's properties in the modeler, tick “Executable”, and save again."),
            element=next((p.get("id") for p in processes), None),
        )
    element = runs[0]
    if not plain(element, "id"):
        raise refuse("no-id", N_("The process has no id."), N_("Give the process an id without spaces."))
    participants = [p for c in children(root, "collaboration") for p in children(c, "participant")]
    pool = next((p for p in participants if reference(p.get("processRef")) == element.get("id")), None)
    process = _process(element, name=plain(pool, "name") if pool is not None else None)
    beside = tuple(plain(p, "name") or "" for p in participants if p is not pool)
    return Diagram(process=process, participants=beside, xml=xml)


@dataclass(slots=True)
class _Found:
    """What one walk over the flow elements has gathered so far."""

    lanes: Mapping[str, str]
    known: Index
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    timers: list[Timer] = field(default_factory=list)
    expressions: list[str] = field(default_factory=list)
    computed: int = 0

    def expresses(self, *texts: str | None) -> None:
        self.expressions.extend(text for text in texts if text)
        self.weighs(*texts)

    def weighs(self, *texts: str | None) -> None:
        """Count what is still to be read as expressions. Raises InvalidDiagram where it is too much for one diagram."""
        self.computed += sum(len(text) for text in texts if text)
        if self.computed > MOST_COMPUTED:
            raise refuse(
                "too-much-computed",
                N_("The expressions of the diagram have more than %(most)s characters."),
                N_("Compute less in the diagram, or split the procedure into several diagrams."),
                most=MOST_COMPUTED,
            )


def _process(element: etree._Element, *, name: str | None) -> Process:
    lanes = tuple(lane for lane_set in children(element, "laneSet") for lane in _lanes(lane_set))
    owner = {
        reference(text_of(ref)): plain(lane, "name") or plain(lane, "id") or ""
        for lane in lanes
        for ref in children(lane, "flowNodeRef")
    }
    found = _Found(lanes=owner, known=index(element.getroottree().getroot()))
    title, case_key, confidential = (expression(ours(element, n)) for n in ("title", "caseKey", "confidential"))
    found.expresses(title, case_key, confidential)
    _walk(element, found, parent=None, lane=None)
    return Process(
        key=plain(element, "id") or "",
        name=plain(element, "name") or name or plain(element, "id") or "",
        documentation=documentation(element),
        executable=yes(element.get("isExecutable")),
        calendar=ours(element, "calendar"),
        owners=listed(ours(element, "owners")),
        starters=listed(ours(element, "starters") or camunda(element, "candidateStarterGroups")),
        title=title,
        case_key=case_key,
        confidential=confidential,
        example=yes(ours(element, "example")),
        only_called=yes(ours(element, "onlyCalled")),
        assumption=ours(element, "assumption"),
        header=header(element),
        lanes=tuple(dict.fromkeys(plain(lane, "name") or plain(lane, "id") or "" for lane in lanes)),
        nodes=_joined(found),
        flows=found.flows,
        expressions=tuple(dict.fromkeys(found.expressions)),
    )


def _lanes(lane_set: etree._Element) -> Iterator[etree._Element]:
    for lane in children(lane_set, "lane"):
        yield lane
        for inner in children(lane, "childLaneSet"):
            yield from _lanes(inner)


def _walk(scope: etree._Element, found: _Found, *, parent: str | None, lane: str | None) -> None:
    defaults = {reference(e.get("default")) for e in children(scope) if e.get("default")}
    for element in children(scope):
        id = plain(element, "id") or ""
        if not id or id in found.nodes or id in found.flows:
            continue  # The first one counts; were a later one to replace it, a scope could lie inside itself.
        if local(element) == "sequenceFlow":
            condition = condition_of(element)
            found.expresses(condition)
            found.flows[id] = Flow(
                id=id,
                source=reference(element.get("sourceRef")),
                target=reference(element.get("targetRef")),
                name=plain(element, "name") or "",
                condition=condition,
                default=id in defaults,
            )
        elif local(element) in NODES:
            node = _node(element, found, parent=parent, lane=found.lanes.get(id, lane))
            found.nodes[id] = node
            if local(element) in SCOPES:
                _walk(element, found, parent=id, lane=node.lane)


def _node(element: etree._Element, found: _Found, *, parent: str | None, lane: str | None) -> Node:
    repeated = instances(element)
    found.expresses(repeated.collection, repeated.cardinality, repeated.completes)
    again, most = loop_of(element)
    gives, collects = given(element)
    timer = timer_of(element)
    if timer:
        found.timers.append(timer)
        found.expresses(embedded(timer.text))
    groups, users, assignee = (camunda(element, n) for n in ("candidateGroups", "candidateUsers", "assignee"))
    found.expresses(embedded(groups), embedded(users), embedded(assignee), embedded(camunda(element, "priority")))
    wired = wiring(element, found.known)
    found.weighs(wired.script)
    found.expresses(*_wired_expressions(element, wired))
    return Node(
        id=plain(element, "id") or "",
        kind=kind_of(element),
        name=" ".join((plain(element, "name") or "").split()),
        documentation=documentation(element),
        parent=parent,
        attached_to=reference(element.get("attachedToRef")) or None,
        interrupting=interrupting(element),
        trigger=trigger(element),
        lane=lane,
        number=ours(element, "number"),
        action=ours(element, "action"),
        assumption=ours(element, "assumption"),
        form_key=form_key(element),
        candidate_groups=groups,
        candidate_users=users,
        assignee=assignee,
        priority=priority(camunda(element, "priority")),
        inputs=tuple(papers(element, "input")),
        outputs=tuple(papers(element, "output")),
        collection=repeated.collection or repeated.cardinality,
        item_name=repeated.item,
        gives=gives,
        collects=collects,
        sequential=repeated.sequential,
        looped=child(element, "standardLoopCharacteristics") is not None,
        completes=repeated.completes,
        again=again,
        most=most,
        beside=local(element) == "subProcess" and yes(element.get("triggeredByEvent")),
        wiring=wired,
    )


def _wired_expressions(element: etree._Element, wired: Wiring) -> Iterator[str | None]:
    yield loop_of(element)[0]
    yield expression(wired.condition)
    yield expression(wired.correlation)
    yield from wired.carries
    if wired.call is not None:
        yield from (*wired.call.takes.values(), *wired.call.gives.values())
        yield from (expression(ours(element, name)) for name in ("title", "caseKey", "confidential"))
    for text in (*wired.inputs.values(), *wired.outputs.values()):
        yield embedded(text)
    try:
        yield from (text for _, text in assignments(wired.script or ""))
    except ExpressionError:
        return  # lint says what is wrong with it


def _joined(found: _Found) -> dict[str, Node]:
    """The nodes with their flows and boundary timers tied to them."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in found.flows.values():
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    attached: dict[str, list[Timer]] = {}
    for timer in found.timers:
        # A catch event carries its own timer under its own id.
        attached.setdefault(timer.attached_to or timer.id, []).append(timer)
    nodes = {}
    for node in found.nodes.values():
        timers = tuple(attached.get(node.id, ()))
        deadline = _deadline(timers) if node.kind != "boundaryEvent" else None
        nodes[node.id] = replace(
            node,
            incoming=tuple(incoming.get(node.id, ())),
            outgoing=tuple(outgoing.get(node.id, ())),
            timers=tuple(replace(t, deadline=deadline is not None and t.id == deadline.id) for t in timers),
            deadline=deadline,
        )
    return nodes


def _deadline(timers: tuple[Timer, ...]) -> Timer | None:
    """The marked boundary timer; without a mark, a lone one that is no cycle."""
    boundary = [t for t in timers if t.attached_to]
    marked = [t for t in boundary if t.deadline]
    lone = [t for t in boundary if t.kind != "cycle"]
    if not marked and len(boundary) == 1:
        marked = lone
    return replace(marked[0], deadline=True) if marked else None
