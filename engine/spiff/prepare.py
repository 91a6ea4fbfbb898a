"""Say what modelers write in the library's words, and leave out what is only drawn.

What the library gets wrong and BPMN can say in another way is drawn that other way here: links as flows, event
sub-processes as events on the border of all that is beside them. Made-up ids hold a "~", which no diagram's id can.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.diagram.element import expression
from engine.diagram.model import SCOPES
from engine.diagram.read import NODES
from engine.diagram.xml import BPMN, CAMUNDA, child, children, local, reference, text_of, yes

#: Drawn for the reader. The library would move data along them, or refuse stores it has no class for.
PAPERS = (
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "property",
    "correlationKey",
    "correlationProperty",
    "correlationSubscription",
)
REFERENCES = (
    "messageRef",
    "signalRef",
    "errorRef",
    "escalationRef",
    "sourceRef",
    "targetRef",
    "attachedToRef",
    "default",
)
FLAGS = ("cancelActivity", "isSequential", "testBefore", "isInterrupting", "parallelMultiple", "triggeredByEvent")
TERMINATED = "~terminated"  #: the error that carries a terminate end out of the made-up scope it stands in


def made_up(id: str | None) -> bool:
    """Whether an element stands in no diagram."""
    return id is None or "~" in id


def prepare(root: etree._Element, process: etree._Element) -> None:
    """Rewrite the tree in place so that the library reads what BPMN means."""
    for name in PAPERS:
        for element in list(root.iter(f"{{{BPMN}}}{name}")):
            _remove(element)
    for element in root.iter(etree.Element):
        for name in REFERENCES:
            if element.get(name):
                element.set(name, reference(element.get(name)))
        for name in FLAGS:
            if element.get(name):
                element.set(name, str(yes(element.get(name))).lower())
    _name_events(root)
    for start in children(process, "startEvent"):
        for definition in list(_definitions(start)):  # cases are begun from outside: by hand, by a message, by time
            start.remove(definition)
    for scope in (process, *_scopes(process)):
        _link(scope)
    for scope in reversed((process, *_scopes(process))):
        _enclose(root, scope)
    for definition in root.iter(f"{{{BPMN}}}timerEventDefinition"):
        event = definition.getparent()
        if event is not None:
            event.set("name", event.get("id") or "")  # the library tells timers apart by this name
    for loop in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        _prepare_items(loop)


def _make(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{BPMN}}}{tag}", attributes)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _scopes(element: etree._Element) -> Iterator[etree._Element]:
    for inner in children(element, *SCOPES):
        yield inner
        yield from _scopes(inner)


def _definitions(event: etree._Element) -> Iterator[etree._Element]:
    return (d for d in children(event) if local(d).endswith("EventDefinition"))


def _name_events(root: etree._Element) -> None:
    """What is thrown and caught goes by name; without one, by id. Errors and escalations go by their codes."""
    for name in ("message", "signal", "error", "escalation"):
        for known in children(root, name):
            if not known.get("name"):
                known.set("name", known.get("id") or "")


def _link(scope: etree._Element) -> None:
    """A throwing link becomes a flow to the catching one of its name."""
    catching = {}
    for event in children(scope, "intermediateCatchEvent"):
        link = child(event, "linkEventDefinition")
        if link is not None:
            catching[link.get("name") or ""] = event
            event.remove(link)
            event.tag = f"{{{BPMN}}}intermediateThrowEvent"
    for event in list(children(scope, "intermediateThrowEvent")):
        link = child(event, "linkEventDefinition")
        target = catching.get(link.get("name") or "") if link is not None else None
        if link is not None and target is not None:
            event.remove(link)
            source, to = event.get("id") or "", target.get("id") or ""
            _make(scope, "sequenceFlow", id=f"{source}~{to}", sourceRef=source, targetRef=to)


def _enclose(root: etree._Element, scope: etree._Element) -> None:
    """Draw event sub-processes as events on the border of a made-up sub-process around everything beside them."""
    beside = [s for s in children(scope, "subProcess") if yes(s.get("triggeredByEvent"))]
    if not beside:
        return
    id = scope.get("id") or ""
    inside = _make(scope, "subProcess", id=f"{id}~")
    for element in list(children(scope)):
        if (local(element) in NODES or local(element) == "sequenceFlow") and element not in (inside, *beside):
            inside.append(element)
    _make(scope, "startEvent", id=f"{id}~start")
    _make(scope, "endEvent", id=f"{id}~end")
    _make(scope, "sequenceFlow", id=f"{id}~in", sourceRef=f"{id}~start", targetRef=f"{id}~")
    _make(scope, "sequenceFlow", id=f"{id}~out", sourceRef=f"{id}~", targetRef=f"{id}~end")
    for part in beside:
        _attach(scope, part, to=f"{id}~")
    _carry_terminate_out(root, scope, inside)


def _attach(scope: etree._Element, part: etree._Element, *, to: str) -> None:
    id = part.get("id") or ""
    part.attrib.pop("triggeredByEvent")
    start = next(children(part, "startEvent"))
    event = start.get("id") or ""
    start.set("id", f"{event}~")
    for flow in children(part, "sequenceFlow"):
        if flow.get("sourceRef") == event:
            flow.set("sourceRef", f"{event}~")
    ends = start.get("isInterrupting") or "true"
    border = _make(scope, "boundaryEvent", id=event, attachedToRef=to, cancelActivity=ends)
    for name, value in start.attrib.items():
        if str(name).startswith("{"):
            border.set(str(name), str(value))
    for definition in list(_definitions(start)):
        border.append(definition)
    _make(scope, "endEvent", id=f"{id}~end")
    _make(scope, "sequenceFlow", id=f"{event}~in", sourceRef=event, targetRef=id)
    _make(scope, "sequenceFlow", id=f"{id}~out", sourceRef=id, targetRef=f"{id}~end")


def _carry_terminate_out(root: etree._Element, scope: etree._Element, inside: etree._Element) -> None:
    """A terminate end stops its whole level, event sub-processes too, not only what was put inside."""
    ends = [e for e in children(inside, "endEvent") if child(e, "terminateEventDefinition") is not None]
    if not ends:
        return
    id = inside.get("id") or ""
    if not any(e.get("id") == TERMINATED for e in children(root, "error")):
        _make(root, "error", id=TERMINATED, name=TERMINATED, errorCode=TERMINATED)
    for end in ends:
        for definition in list(_definitions(end)):
            end.remove(definition)
        _make(end, "errorEventDefinition", errorRef=TERMINATED)
    border = _make(scope, "boundaryEvent", id=f"{id}stopped", attachedToRef=id, cancelActivity="true")
    _make(border, "errorEventDefinition", errorRef=TERMINATED)
    _make(_make(scope, "endEvent", id=f"{id}stop"), "terminateEventDefinition")
    _make(scope, "sequenceFlow", id=f"{id}stopping", sourceRef=f"{id}stopped", targetRef=f"{id}stop")


def _prepare_items(loop: etree._Element) -> None:
    for collected in list(children(loop, "loopDataOutputRef", "outputDataItem")):
        _remove(collected)
    item = loop.find(f"{{{BPMN}}}inputDataItem")
    name = (loop.get(f"{{{CAMUNDA}}}elementVariable") or "").strip()
    if item is not None:
        item.set("id", name or (item.get("name") or item.get("id") or "").strip())
    elif name:
        etree.SubElement(loop, f"{{{BPMN}}}inputDataItem", {"id": name})
    items = expression(loop.get(f"{{{CAMUNDA}}}collection"))
    given = loop.find(f"{{{BPMN}}}loopDataInputRef")
    if given is not None:
        given.text = items or expression(text_of(given))
    elif items:
        etree.SubElement(loop, f"{{{BPMN}}}loopDataInputRef").text = items
