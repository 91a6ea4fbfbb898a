"""Which elements run at all: whatever is outside the table is refused by name, with what to use instead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.diagram.model import SCOPES
from engine.diagram.rules.subject import Subject, elements, found
from engine.diagram.xml import BPMN, BPMNDI, CAMUNDA, child, children, is_bpmn, local, text_of, yes
from engine.errors import N_, DiagramProblem

RUNS = frozenset(
    {
        "startEvent",
        "endEvent",
        "boundaryEvent",
        "intermediateCatchEvent",
        "userTask",
        "manualTask",
        "subProcess",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
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
ANOTHER_TASK = N_("Change it to a user task: a person does it and says when it is done.")
INSTEAD = {
    "task": N_("Change its type to “User task”."),
    "scriptTask": N_("Scripts never run. Let a form compute the value, or change the step to a user task."),
    "serviceTask": ANOTHER_TASK,
    "sendTask": ANOTHER_TASK,
    "receiveTask": ANOTHER_TASK,
    "businessRuleTask": N_("Put the decision into the conditions of a gateway, or change it to a user task."),
    "callActivity": N_("Copy the called steps into an embedded sub-process."),
    "transaction": N_("Change it to a plain sub-process."),
    "adHocSubProcess": N_("Change it to a plain sub-process whose steps are joined by flows."),
    "eventBasedGateway": N_("Use a user task with a timer on its border."),
    "complexGateway": N_("Use an exclusive, parallel or inclusive gateway."),
    "intermediateThrowEvent": N_("Remove the event and join its flows."),
}
EVENTS = {
    "startEvent": (frozenset({""}), N_("Use a plain start event: a case is started by hand.")),
    "endEvent": (frozenset({"", "terminate"}), N_("Use a plain end event or a terminate end event.")),
    "boundaryEvent": (frozenset({"timer"}), N_("Only timers run on the border of a step: use a timer event.")),
    "intermediateCatchEvent": (frozenset({"timer"}), N_("Only timers run here: use a timer event or a user task.")),
}
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
                kind=local(element),
                id=id[:40],
            )


def _element(element: etree._Element) -> Iterator[DiagramProblem]:
    kind = local(element)
    if kind in BESIDE:
        return
    if kind not in RUNS:
        remedy = INSTEAD.get(kind, N_("Remove it, or replace it by user tasks, gateways and timers."))
        yield found("not-executed", element, N_("Elements of the kind “%(kind)s” are not executed."), remedy, kind=kind)
        return
    if kind in EVENTS:
        yield from _event(element, kind)
    if kind in SCOPES and yes(element.get("triggeredByEvent")):
        yield found(
            "not-executed",
            element,
            N_("Event sub-processes are not executed."),
            N_("Use a plain sub-process, or a timer on the border of the steps concerned."),
        )
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
    given = [
        local(d).removesuffix("EventDefinition") for d in children(element) if local(d).endswith("EventDefinition")
    ]
    given += ["eventDefinitionRef" for _ in children(element, "eventDefinitionRef")]
    if len(given) > 1:
        yield found(
            "several-triggers",
            element,
            N_("The event waits for several things at once (%(triggers)s)."),
            N_("Draw one event for each of them."),
            triggers=", ".join(given),
        )
    elif (given or [""])[0] not in runs:
        message = N_("An event of the type “%(trigger)s” is not executed here.")
        if not given:
            message = N_("The event says nothing about what it waits for.")
        yield found("not-executed", element, message, remedy, trigger=(given or [""])[0])


def _loop(element: etree._Element) -> Iterator[DiagramProblem]:
    if child(element, "standardLoopCharacteristics") is not None:
        yield found(
            "not-executed",
            element,
            N_("The loop marker is not executed."),
            N_("Draw the loop with a gateway and a flow back, or use a multi-instance over a list."),
        )
    loop = child(element, "multiInstanceLoopCharacteristics")
    if loop is None:
        return
    if local(element) not in ("userTask", "manualTask", "subProcess"):
        yield found(
            "not-executed",
            element,
            N_("Only tasks and sub-processes can be multi-instance."),
            N_("Remove the marker from this element."),
        )
    if not (loop.get(f"{{{CAMUNDA}}}collection") or text_of(child(loop, "loopDataInputRef"))):
        yield found(
            "no-collection",
            element,
            N_("The multi-instance does not say over which list it runs."),
            N_("Fill in “Collection” with the name of a list, for example ${units}."),
        )
    item = child(loop, "inputDataItem")
    name = loop.get(f"{{{CAMUNDA}}}elementVariable") or (item is not None and (item.get("name") or item.get("id")))
    if not name:
        yield found(
            "no-item-name",
            element,
            N_("The multi-instance gives no name to the single item."),
            N_("Fill in “Element variable”, for example unit."),
        )
    elif not name.isidentifier():
        yield found(
            "no-item-name",
            element,
            N_("“%(name)s” can't name an item."),
            N_("Use letters, digits and “_”, beginning with a letter."),
            name=name[:40],
        )
    for extra in children(loop):
        if local(extra) in ("loopCardinality", "completionCondition", "loopDataOutputRef", "outputDataItem"):
            yield found(
                "not-executed",
                element,
                N_("“%(part)s” of a multi-instance is not executed."),
                N_("Let it run over a list, once for each item, and remove this setting."),
                part=etree.QName(extra).localname if extra.tag.startswith(f"{{{BPMN}}}") else "?",
            )
