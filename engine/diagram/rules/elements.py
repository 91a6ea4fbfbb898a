"""Which elements run at all: whatever is outside the table is refused by name, with what to use instead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.diagram.element import given
from engine.diagram.model import SCOPES
from engine.diagram.rules import words
from engine.diagram.rules.subject import Subject, elements, found
from engine.diagram.xml import BPMNDI, CAMUNDA, child, children, is_bpmn, local, text_of, yes
from engine.errors import N_, DiagramProblem

RUNS = frozenset(
    {
        "startEvent",
        "endEvent",
        "boundaryEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
    }
)
#: Kept and shown, never executed.
BESIDE = frozenset(
    {
        "documentation",
        "extensionElements",
        "auditing",
        "monitoring",
        "supports",
        "laneSet",
        "sequenceFlow",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "textAnnotation",
        "association",
        "group",
        "property",
        "incoming",
        "outgoing",
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    }
)
INSTEAD = {
    "transaction": N_("Change it to a plain sub-process."),
    "adHocSubProcess": N_("Change it to a plain sub-process whose steps are joined by flows."),
    "complexGateway": N_("Use an exclusive, parallel or inclusive gateway."),
    "implicitThrowEvent": N_("Remove the event and join its flows."),
}
#: event -> the triggers that run, and what to use instead of another one; "" is a plain event
EVENTS = {
    "startEvent": (
        frozenset({"", "message", "signal", "timer"}),
        N_("A case begins by hand, by a message, a signal or a timer: use one of these."),
    ),
    "endEvent": (
        frozenset({"", "terminate", "message", "signal", "error", "escalation"}),
        N_("Use a plain end event, or one that terminates, sends a message or signal, or throws an error."),
    ),
    "boundaryEvent": (
        frozenset({"timer", "message", "signal", "error", "escalation", "conditional"}),
        N_("Use a timer, message, signal, error, escalation or condition."),
    ),
    "intermediateCatchEvent": (
        frozenset({"timer", "message", "signal", "conditional", "link"}),
        N_("Use a timer, message, signal, condition or link; or a user task."),
    ),
    "intermediateThrowEvent": (
        frozenset({"", "message", "signal", "escalation", "link"}),
        N_("Use a message, signal, escalation or link, or remove the event and join its flows."),
    ),
}
INSIDE = (frozenset({""}), N_("Use a plain start event: the sub-process begins when the flow comes to it."))
BESIDES = (
    frozenset({"message", "signal", "timer", "error", "escalation", "conditional"}),
    N_("Give the start event a timer, message, signal, error, escalation or condition."),
)
REPEATABLE = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "subProcess",
        "callActivity",
    }
)
MOST_ROUNDS = 1_000
IDENTIFIER = re.compile(r"[^\W\d][\w.-]{0,99}")


def check(subject: Subject) -> Iterator[DiagramProblem]:
    yield from _executable(subject)
    yield from _ids(subject)
    for element in elements(subject.element):
        yield from _element(element)
    if next(subject.root.iter(f"{{{BPMNDI}}}BPMNShape"), None) is None:
        yield found(
            "no-picture",
            None,
            N_("The file holds no picture of the diagram."),
            N_("Open it in a modeler, lay it out, and save it again; it runs without, but nobody can see it."),
            "warning",
        )


def _executable(subject: Subject) -> Iterator[DiagramProblem]:
    others = [p for p in children(subject.root, "process") if yes(p.get("isExecutable")) and p is not subject.element]
    for other in others:
        yield found(
            "several-executable",
            other,
            N_("More than one process of the file is executable; “%(key)s” comes first."),
            N_("Keep “Executable” on one process only; move the others to files of their own."),
            key=subject.process.key,
        )


def _ids(subject: Subject) -> Iterator[DiagramProblem]:
    count: Counter[str] = Counter()
    for element in subject.root.iter():
        id = element.get("id")
        if id and is_bpmn(element):
            count[id] += 1
            if count[id] == 2:
                yield found(
                    "id-twice",
                    element,
                    N_("The id “%(id)s” stands more than once in the file."),
                    N_("Give every element an id of its own."),
                    id=id,
                )
    for element in (subject.element, *elements(subject.element)):
        if local(element) not in RUNS and local(element) not in ("process", "sequenceFlow"):
            continue
        id = element.get("id") or ""
        if not IDENTIFIER.fullmatch(id):
            yield found(
                "bad-id",
                element,
                N_("An element (%(kind)s) has no usable id: “%(id)s”."),
                N_("Use letters, digits, “_”, “-” and “.”, beginning with a letter; at most 100 characters."),
                kind=words.kind(local(element)),
                id=id[:40],
            )


def _element(element: etree._Element) -> Iterator[DiagramProblem]:
    kind = local(element)
    if kind in BESIDE:
        return
    if kind not in RUNS:
        remedy = INSTEAD.get(kind, N_("Remove it, or replace it by user tasks, gateways and timers."))
        yield found(
            "not-executed",
            element,
            N_("Elements of the kind “%(kind)s” are not executed."),
            remedy,
            kind=words.kind(kind),
        )
        return
    if kind in EVENTS:
        yield from _event(element, kind)
    if yes(element.get("isForCompensation")):
        yield found(
            "not-executed",
            element,
            N_("Compensation is not executed."),
            N_("Draw what has to be undone as ordinary steps behind a gateway."),
        )
    yield from _loop(element)


def _event(element: etree._Element, kind: str) -> Iterator[DiagramProblem]:
    runs, remedy = EVENTS[kind]
    scope = element.getparent()
    if kind == "startEvent" and scope is not None and local(scope) in SCOPES:
        runs, remedy = BESIDES if yes(scope.get("triggeredByEvent")) else INSIDE
    triggers = [
        local(d).removesuffix("EventDefinition") for d in children(element) if local(d).endswith("EventDefinition")
    ]
    triggers += ["eventDefinitionRef" for _ in children(element, "eventDefinitionRef")]
    if len(triggers) > 1:
        yield found(
            "several-triggers",
            element,
            N_("The event waits for several things at once (%(triggers)s)."),
            N_("Draw one event for each of them."),
            triggers=words.listed([words.trigger(one) for one in triggers]),
        )
    elif (triggers or [""])[0] not in runs:
        message = N_("An event of the type “%(trigger)s” is not executed here.")
        if not triggers:
            message = N_("The event says nothing about what it waits for.")
        yield found("not-executed", element, message, remedy, trigger=words.trigger((triggers or [""])[0]))


def _loop(element: etree._Element) -> Iterator[DiagramProblem]:
    markers = list(children(element, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics"))
    if markers and (local(element) not in REPEATABLE or yes(element.get("triggeredByEvent"))):
        yield found(
            "not-executed",
            element,
            N_("Only tasks and plain sub-processes can be repeated."),
            N_("Remove the marker from this element."),
        )
    for marker in markers:
        yield from _standard(element, marker) if local(marker).startswith("standard") else _multiple(element, marker)


def _standard(element: etree._Element, loop: etree._Element) -> Iterator[DiagramProblem]:
    most = loop.get("loopMaximum")
    if most is not None and not (most.isdecimal() and 0 < int(most[:9]) <= MOST_ROUNDS):
        yield found(
            "bad-loop",
            element,
            N_("“%(most)s” is no number of rounds."),
            N_("Write a whole number from 1 to 1000, or a condition."),
            most=most[:40],
        )
    if most is None and not text_of(child(loop, "loopCondition")):
        yield found(
            "bad-loop",
            element,
            N_("The loop does not say how long it goes on."),
            N_("Give it a condition: as long as it holds, the step is done again."),
        )


def _multiple(element: etree._Element, loop: etree._Element) -> Iterator[DiagramProblem]:
    over = loop.get(f"{{{CAMUNDA}}}collection") or text_of(child(loop, "loopDataInputRef"))
    number = text_of(child(loop, "loopCardinality"))
    if bool(over) == bool(number):
        yield found(
            "no-collection",
            element,
            N_("The multi-instance does not say over which list it runs."),
            N_("Choose its list under “Repeated”; in other modelers that is “Collection”, for example ${units}."),
        )
    item = child(loop, "inputDataItem")
    name = loop.get(f"{{{CAMUNDA}}}elementVariable") or (item is not None and (item.get("name") or item.get("id")))
    if not name and not number:
        yield found(
            "no-item-name",
            element,
            N_("The multi-instance gives no name to the single item."),
            N_("Name one entry under “Repeated”; in other modelers that is “Element variable”, for example unit."),
        )
    elif name and not name.isidentifier():
        yield found(
            "no-item-name",
            element,
            N_("“%(name)s” can't name an item."),
            N_("Use letters, digits and “_”, beginning with a letter."),
            name=name[:40],
        )
    gives, collects = given(element)
    for wrong in (w for w in (gives, collects) if w is not None and not w.isidentifier()):
        yield found(
            "bad-collection",
            element,
            N_("“%(name)s” can't name what the items give."),
            N_("Use letters, digits and “_”, beginning with a letter."),
            name=wrong[:40],
        )
    parts = list(children(loop, "loopDataOutputRef", "outputDataItem"))
    if parts and (not gives or not collects):
        yield found(
            "bad-collection",
            element,
            N_("Only one of “loopDataOutputRef” and “outputDataItem” says something."),
            N_("Name both the list and what each item gives to it, or remove the setting."),
        )
    elif gives and gives in (name, collects):
        yield found(
            "bad-collection",
            element,
            N_("What the items give has a name that means something else here, “%(name)s”."),
            N_("Give it a name of its own."),
            name=gives[:40],
        )
