"""What an element says apart from what is compared by itself: so that no difference between versions stays unsaid."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.diagram.model import ACTIVITIES, EVENTS, GATEWAYS
from engine.diagram.xml import BPMN, is_bpmn, local

Essence = tuple[str, tuple[tuple[str, str], ...], str, tuple["Essence", ...]]

#: BPMN children that are compared by themselves, or follow from what is
APART = (
    ACTIVITIES
    | EVENTS
    | GATEWAYS
    | {"sequenceFlow", "incoming", "outgoing", "laneSet", "flowNodeRef", "association", "textAnnotation", "group"}
    | {"dataObject", "dataObjectReference", "dataStoreReference"}
)
#: attributes that say nothing where they have the value that BPMN gives them anyway
USUAL = {
    "isSequential": "false",
    "cancelActivity": "true",
    "isInterrupting": "true",
    "triggeredByEvent": "false",
    "isForCompensation": "false",
    "startQuantity": "1",
    "completionQuantity": "1",
    "parallelMultiple": "false",
    "gatewayDirection": "Unspecified",
    "implementation": "##WebService",
}
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def essence(element: etree._Element, *, top: bool = True) -> Essence:
    """Tag, attributes, text and children, ready to compare; layout, order of attributes and ids inside are left out."""
    inside = tuple(essence(one, top=False) for one in _parts(element))
    texts = (element.text or "", *(child.tail or "" for child in element))
    text = " ".join(" ".join(texts).split())
    return (str(element.tag), tuple(sorted(_attributes(element, top))), text, inside)


def _parts(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        if not isinstance(child.tag, str) or (is_bpmn(child) and local(child) in APART):
            continue
        if child.tag == f"{{{BPMN}}}extensionElements" and not len(child):
            continue
        yield child


def _attributes(element: etree._Element, top: bool) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        name, value = str(name), str(value).strip()
        if name in ("default", TYPE) or (name == "id" and not top) or USUAL.get(name) == value:
            continue
        yield name, value.rpartition(":")[2] if name.endswith("Ref") else value
