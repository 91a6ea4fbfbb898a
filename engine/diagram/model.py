"""What a diagram says, once read: frozen values in the words of BPMN plus our own attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.diagram.paths import in_order
from engine.diagram.wiring import NOTHING, Wiring

SCOPES = frozenset({"subProcess", "adHocSubProcess", "transaction"})  #: kinds that hold nodes of their own
TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "implicitThrowEvent",
        "boundaryEvent",
    }
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
ACTIVITIES = SCOPES | TASKS
WITHOUT_PEOPLE = frozenset({"scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask"})


@dataclass(frozen=True, slots=True)
class Paper:
    """An input (kelengkapan) or output of an activity."""

    text: str
    source: str | None = None  #: "activity_id.field" where it lies in the case


@dataclass(frozen=True, slots=True)
class Timer:
    id: str
    name: str
    kind: str  #: duration | date | cycle
    text: str
    attached_to: str | None = None
    interrupting: bool = True
    deadline: bool = False  #: the activity's standard time: marked, or the lone unmarked duration/date timer


@dataclass(frozen=True, slots=True)
class Node:
    """Any flow node. Data about people is None where the element has none."""

    id: str
    kind: str  #: BPMN local name: userTask, subProcess, exclusiveGateway, startEvent, boundaryEvent ...
    name: str = ""
    documentation: str = ""
    parent: str | None = None  #: id of the enclosing sub-process
    attached_to: str | None = None  #: boundary event: id of the activity it sits on
    interrupting: bool = True  #: boundary event: ends the activity when it fires
    trigger: str | None = None  #: of an event: timer | message | terminate | ... ; None for a plain one
    wiring: Wiring = NOTHING  #: messages, connectors, decisions and processes it is tied to
    lane: str | None = None  #: name of the lane that owns it; inner nodes inherit the sub-process's
    number: str | None = None  #: the printed number of the step
    action: str | None = None  #: caption of the submit button, e.g. "Kirim ke Camat"
    assumption: str | None = None  #: what about this element is inferred, shown as "asumsi"
    form_key: str | None = None
    candidate_groups: str | None = None  #: literal list separated by commas, or ${expression}
    candidate_users: str | None = None
    assignee: str | None = None
    priority: int = 50
    inputs: tuple[Paper, ...] = ()
    outputs: tuple[Paper, ...] = ()
    deadline: Timer | None = None
    timers: tuple[Timer, ...] = ()  #: all boundary timers
    collection: str | None = None  #: multi-instance: expression of the list
    item_name: str | None = None  #: multi-instance: the variable of one item
    gives: str | None = None  #: multi-instance: the variable that each instance gives, and that nobody else sees
    collects: str | None = None  #: multi-instance: the variable that takes the list of what they gave
    sequential: bool = False
    looped: bool = False  #: standard loop
    completes: str | None = None  #: multi-instance: the condition that ends it before all are done
    again: str | None = None  #: standard loop: the condition under which it is done once more
    most: str | None = None  #: standard loop: how often at most
    beside: bool = False  #: event sub-process: begun by its own start event, not by a flow
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    key: str
    name: str
    documentation: str = ""
    executable: bool = True
    calendar: str | None = None  #: "office": durations count working time; None: elapsed time
    owners: tuple[str, ...] = ()  #: position keys or names
    starters: tuple[str, ...] = ()  #: position keys or names; empty: the performers of the first activity
    title: str | None = None  #: expression
    case_key: str | None = None  #: expression
    confidential: str | None = None  #: expression
    example: bool = False
    only_called: bool = False  #: nobody starts a case of it; other processes call it
    assumption: str | None = None
    header: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: SOP sheet, name -> lines; () = left blank
    lanes: tuple[str, ...] = ()
    nodes: Mapping[str, Node] = field(default_factory=dict)  #: in document order
    flows: Mapping[str, Flow] = field(default_factory=dict)
    expressions: tuple[str, ...] = ()  #: every expression in the process, as written inside ${...} or bare

    @property
    def start(self) -> Node | None:
        """The start event of the whole process."""
        return next((n for n in self.nodes.values() if n.kind == "startEvent" and n.parent is None), None)

    @property
    def begins(self) -> str | None:
        """What begins a case: message:name, signal:name or timer; None where people do."""
        start = self.start
        if start is None or start.trigger is None:
            return None
        return start.trigger if start.trigger == "timer" else f"{start.trigger}:{start.wiring.event}"

    @property
    def listens(self) -> bool:
        """Whether a case may come to wait for messages or signals."""
        return any(n.trigger in ("message", "signal") or n.kind == "receiveTask" for n in self.nodes.values())

    def steps(self) -> tuple[Node, ...]:
        """The activities of the top level in the order the flow reaches them.

        Where some carry a number, work without people (scripts, services ...) is a step only if it carries one too.
        """
        top = [n for n in self.nodes.values() if n.parent is None]
        edges = graph(self)
        order = in_order(edges, [n.id for n in top if n.kind == "startEvent"] or [n.id for n in top if not n.incoming])
        found = [n for n in map(self.nodes.__getitem__, order) if n.parent is None and n.kind in ACTIVITIES]
        if not any(n.number for n in found):
            return tuple(found)
        return tuple(n for n in found if n.number or n.kind not in WITHOUT_PEOPLE)

    def places(self) -> dict[str, int]:
        """Node id -> place of the step it belongs to in the order of steps; nodes outside them are left out."""
        order = {step.id: place for place, step in enumerate(self.steps())}
        found: dict[str, int] = {}
        for node in self.nodes.values():
            top = node
            while top.parent is not None:
                top = self.nodes[top.parent]
            if top.id in order:
                found[node.id] = order[top.id]
        return found


def graph(process: Process) -> dict[str, tuple[str, ...]]:
    """Node id -> the nodes that may be next, by flow or through a boundary event; every level in one graph."""
    after = {id: [process.flows[f].target for f in node.outgoing] for id, node in process.nodes.items()}
    for node in process.nodes.values():
        if node.kind == "boundaryEvent" and node.attached_to in after:
            after[node.attached_to].append(node.id)
    for source, target in links(process):
        after[source].append(target)
    return {id: tuple(t for t in targets if t in process.nodes) for id, targets in after.items()}


def links(process: Process) -> Iterator[tuple[str, str]]:
    """Link events that throw, each with the one of its name and level that catches."""
    linked = [n for n in process.nodes.values() if n.trigger == "link"]
    catching = {(n.parent, n.wiring.event): n.id for n in linked if n.kind == "intermediateCatchEvent"}
    for node in linked:
        target = catching.get((node.parent, node.wiring.event))
        if node.kind == "intermediateThrowEvent" and target is not None:
            yield node.id, target


@dataclass(frozen=True, slots=True)
class Diagram:
    """A whole file: the one executable process plus what only stands beside it."""

    process: Process
    participants: tuple[str, ...]  #: names of black-box pools
    xml: bytes
