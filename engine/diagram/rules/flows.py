"""How the steps hang together: flows, starts, ends, gateways, lanes, loops."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.model import ACTIVITIES, SCOPES, Flow, Node, graph
from engine.diagram.paths import Graph, cycle, reachable, reverse
from engine.diagram.rules.subject import Subject, elements, found
from engine.diagram.xml import child, children, reference, text_of
from engine.errors import N_, DiagramProblem

DECIDES = frozenset({"exclusiveGateway", "inclusiveGateway"})
SPLITS = DECIDES | {"parallelGateway", "eventBasedGateway", "complexGateway"}
WAITS = frozenset({"userTask", "manualTask", "task", "receiveTask", "intermediateCatchEvent"})
AT_ONCE = frozenset({"conditional", "link", "error", "escalation"})  #: events that may come without any waiting


def check(subject: Subject) -> Iterator[DiagramProblem]:
    sound = True
    for problem in ties(subject):
        sound = False
        yield problem
    for scope, nodes in subject.scopes():
        yield from _starts(scope, nodes)
    for node in subject.process.nodes.values():
        yield from _ends(node)
        yield from _choices(subject, node)
    if sound:
        yield from _reach(subject)
        yield from _loops(subject)
    yield from _lanes(subject)


def _at(subject: Subject, flow: Flow) -> Node:
    """A flow as something that can be pointed at."""
    source, target = (subject.process.nodes.get(id) for id in (flow.source, flow.target))
    ends = " → ".join(n.name or n.id if n else "?" for n in (source, target))
    return Node(id=flow.id, kind="sequenceFlow", name=flow.name or ends)


def ties(subject: Subject) -> Iterator[DiagramProblem]:
    """What is not joined to anything, or wrongly; paths can only be followed when there is none of it."""
    nodes = subject.process.nodes
    for flow in subject.process.flows.values():
        source, target = nodes.get(flow.source), nodes.get(flow.target)
        if source is None or target is None:
            yield found(
                "flow-to-nowhere",
                _at(subject, flow),
                N_("The flow begins or ends at “%(id)s”, which is no step of this process."),
                N_("Draw the flow again between two steps."),
                id=(flow.source if source is None else flow.target)[:60],
            )
        elif source.parent != target.parent:
            yield found(
                "flow-across",
                _at(subject, flow),
                N_("The flow crosses the border of a sub-process."),
                N_("Let it end at the sub-process itself; inside, begin with a start event."),
            )
        elif source.beside or target.beside:
            yield found(
                "flow-wrong-way",
                _at(subject, flow),
                N_("Nothing may lead into an event sub-process, nor out of it."),
                N_("Remove the flow; its own start event begins it."),
            )
        elif target.kind in ("startEvent", "boundaryEvent") or source.kind == "endEvent":
            yield found(
                "flow-wrong-way",
                _at(subject, flow),
                N_("Nothing may lead into a start or boundary event, nor out of an end event."),
                N_("Remove the flow or turn it round."),
            )
    for node in nodes.values():
        if node.kind == "boundaryEvent":
            host = nodes.get(node.attached_to or "")
            if host is None or host.kind not in ACTIVITIES or host.parent != node.parent:
                yield found(
                    "loose-boundary",
                    node,
                    N_("The event is attached to nothing that runs."),
                    N_("Drag it onto the border of a task or sub-process."),
                )


def _starts(scope: Node | None, nodes: list[Node]) -> Iterator[DiagramProblem]:
    starts = [n for n in nodes if n.kind == "startEvent"]
    if not starts:
        message = N_("The process has no start event.")
        if scope is not None:
            message = N_("The sub-process has no start event inside.")
        yield found("no-start", scope, message, N_("Add one plain start event and a flow to the first step."))
    for extra in starts[1:]:
        yield found(
            "several-starts",
            extra,
            N_("There is more than one start event on this level."),
            N_("Keep one; join the others to it with a gateway after the start."),
        )


def _ends(node: Node) -> Iterator[DiagramProblem]:
    onward = node.outgoing or node.beside or (node.trigger == "link" and node.kind == "intermediateThrowEvent")
    if not onward and node.kind != "endEvent":
        yield found(
            "dead-end",
            node,
            N_("Nothing follows here: no flow leaves."),
            N_("Draw a flow to the next step or to an end event."),
        )


def _choices(subject: Subject, node: Node) -> Iterator[DiagramProblem]:
    flows = [subject.process.flows[f] for f in node.outgoing]
    if len(flows) > 1 and node.kind not in SPLITS and node.kind != "endEvent":
        yield found(
            "several-flows",
            node,
            N_("Several flows leave this step, and nothing says whether all of them or one of them is meant."),
            N_("Put a gateway behind it: a parallel one to do everything at once, an exclusive one to choose."),
        )
    if node.kind not in DECIDES:
        for flow in flows:
            if flow.condition:
                yield found(
                    "condition-ignored",
                    _at(subject, flow),
                    N_("A condition stands on a flow that leaves “%(source)s”, which decides nothing."),
                    N_("Put an exclusive gateway behind the step and the condition on a flow that leaves it."),
                    source=node.name or node.id,
                )
            if flow.default and not node.kind.endswith("Gateway"):
                yield found(
                    "condition-ignored",
                    _at(subject, flow),
                    N_("A default flow leaves “%(source)s”, which decides nothing."),
                    N_("Put an exclusive gateway behind the step."),
                    source=node.name or node.id,
                )
        return
    conditional = [f for f in flows if f.condition]
    if len(flows) < 2 and not conditional:
        return
    for flow in flows:
        if not flow.condition and not flow.default:
            yield found(
                "no-condition",
                _at(subject, flow),
                N_("The gateway “%(gateway)s” does not know when to take this flow."),
                N_("Give the flow a condition, or make it the default flow."),
                gateway=node.name or node.id,
            )
        if flow.condition and flow.default:
            yield found(
                "default-with-condition",
                _at(subject, flow),
                N_("The default flow has a condition, which is never looked at."),
                N_("Remove the condition, or make another flow the default."),
                "warning",
            )
    if not any(f.default for f in flows):
        yield found(
            "no-default",
            node,
            N_("The gateway has no default flow: when no condition holds, the case gets stuck."),
            N_("Make one of its flows the default flow."),
            "warning",
        )


def _reach(subject: Subject) -> Iterator[DiagramProblem]:
    edges = graph(subject.process)
    back = reverse(edges)
    for _, nodes in subject.scopes():
        reached = reachable(edges, [n.id for n in nodes if n.kind == "startEvent" or n.beside])
        ending = reachable(back, [n.id for n in nodes if n.kind == "endEvent"])
        started = any(n.kind == "startEvent" for n in nodes)
        lost = _first([n.id for n in nodes if started and n.id not in reached], edges)
        for node in nodes:
            if node.id in lost:
                yield found(
                    "unreachable",
                    node,
                    N_("No path leads here from the start."),
                    N_("Draw a flow to it, or delete it."),
                )
            elif node.id in reached and node.id not in ending and node.outgoing:
                yield found(
                    "never-ends",
                    node,
                    N_("From here no path leads to an end event."),
                    N_("Give the loop a way out to an end event."),
                )


def _first(lost: list[str], edges: Graph) -> set[str]:
    """Of nodes nothing leads to, those the others follow: one missing flow is one finding."""
    among = set(lost)
    followed = {after for id in lost for after in edges[id] if after in among}
    first = {id for id in lost if id not in followed}
    reached = reachable(edges, first)
    for id in lost:  # a loop of its own: whichever comes first in the file
        if id not in reached:
            first.add(id)
            reached |= reachable(edges, [id])
    return first


def _loops(subject: Subject) -> Iterator[DiagramProblem]:
    nodes = subject.process.nodes
    edges = graph(subject.process)
    waiting = {n.id for n in nodes.values() if n.kind in WAITS and n.trigger not in AT_ONCE}
    full = {n.parent for n in nodes.values()}
    # What a call activity calls may not be known here: it passes for something that waits.
    waiting |= {n.id for n in nodes.values() if n.kind == "callActivity" and n.id not in full}
    # Inner sub-processes come after the outer ones, so going backwards settles them first.
    for id, node in reversed(list(nodes.items())):
        if (node.kind in SCOPES or id in full) and _always_waits(subject, id, edges, waiting):
            waiting.add(id)
    # A timer or message on a border comes only after waiting, so its way out is no automatic one.
    spinning = cycle(
        edges, lambda id: id not in waiting and (nodes[id].kind != "boundaryEvent" or nodes[id].trigger in AT_ONCE)
    )
    if spinning:
        yield found(
            "spins",
            nodes[min(spinning)],
            N_("A loop without any waiting step would run for ever: %(steps)s."),
            N_("Put a user task or a timer into the loop."),
            steps=" → ".join(nodes[id].name or id for id in spinning),
        )
    yield from _spinning_alone(subject, waiting)


def _spinning_alone(subject: Subject, waiting: set[str]) -> Iterator[DiagramProblem]:
    """Loop markers on steps that wait for nothing and have no maximum."""
    for node in subject.process.nodes.values():
        element = subject.raw(node.id) if node.looped and node.id not in waiting else None
        loop = child(element, "standardLoopCharacteristics") if element is not None else None
        if loop is not None and not loop.get("loopMaximum"):
            yield found(
                "spins",
                node,
                N_("A loop without any waiting step would run for ever: %(steps)s."),
                N_("Put a user task or a timer into the loop."),
                steps=node.name or node.id,
            )


def _always_waits(subject: Subject, scope: str, edges: dict[str, tuple[str, ...]], waiting: set[str]) -> bool:
    inside = {n.id: n for n in subject.process.nodes.values() if n.parent == scope}
    passing = {id: tuple(t for t in edges[id] if t not in waiting) for id in inside if id not in waiting}
    reached = reachable(passing, [id for id, n in inside.items() if n.kind == "startEvent"])
    return not any(inside[id].kind == "endEvent" for id in reached)


def _lanes(subject: Subject) -> Iterator[DiagramProblem]:
    element = subject.element
    seen: dict[str, str] = {}
    for lane_set in children(element, "laneSet"):
        for lane in children(lane_set, "lane"):
            if child(lane, "childLaneSet") is not None:
                yield found(
                    "nested-lanes",
                    lane,
                    N_("The lane is divided into lanes again."),
                    N_("Put all lanes side by side, one for each position."),
                )
            for ref in children(lane, "flowNodeRef"):
                id, lane_id = reference(text_of(ref)), lane.get("id") or ""
                if seen.setdefault(id, lane_id) != lane_id and id in subject.process.nodes:
                    yield found(
                        "two-lanes",
                        subject.process.nodes[id],
                        N_("The element belongs to two lanes, “%(one)s” and “%(other)s”."),
                        N_("Move it so that it lies in one lane only, and save again."),
                        one=seen[id],
                        other=lane_id,
                    )
    for decider in elements(element):
        node = subject.process.nodes.get(decider.get("id") or "")
        default = reference(decider.get("default"))
        if node is not None and default and default not in node.outgoing:
            yield found(
                "default-of-another",
                node,
                N_("Its default flow “%(flow)s” does not leave it."),
                N_("Choose one of its own flows as the default."),
                flow=default[:60],
            )
