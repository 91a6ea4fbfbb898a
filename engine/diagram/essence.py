"""What an element says apart from what is compared by itself: so that no difference between versions stays unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: attributes and children, by their names without prefix, of which every difference is a fact of its own
FACTS: Mapping[str, frozenset[str]] = {
    "process": _names(
        """name calendar owners starters candidateStarterGroups title caseKey confidential example onlyCalled
        assumption isExecutable documentation sopHeader"""
    ),
    "sequenceFlow": _names("name sourceRef targetRef conditionExpression"),
    "multiInstanceLoopCharacteristics": _names(
        """collection elementVariable isSequential loopCardinality completionCondition loopDataInputRef inputDataItem
        outputDataItem loopDataOutputRef"""
    ),
    "standardLoopCharacteristics": _names("loopMaximum loopCondition"),
}
FACTS_OF_NODES = _names(
    """name number action assumption formKey formRef candidateGroups candidateUsers assignee priority cancelActivity
    isInterrupting triggeredByEvent attachedToRef messageRef connector topic decisionRef resultVariable correlationKey
    carries deadline calledElement calledElementBinding calledElementVersion calls documentation qualityStandard script
    inputOutput in out"""
)
SHELLS = frozenset({"extensionElements", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})


def essence(element: etree._Element, *, without_facts: bool = False) -> Essence:
    """Tag, attributes, text and children, ready to compare; layout, order of attributes and ids inside are left out.

    `without_facts` also leaves out what is compared fact by fact.
    """
    return _essence(element, FACTS.get(local(element), FACTS_OF_NODES) if without_facts else frozenset(), top=True)


def _essence(element: etree._Element, facts: frozenset[str], *, top: bool) -> Essence:
    inside = tuple(part for child in element if (part := _part(child, facts)))
    texts = (element.text or "", *(child.tail or "" for child in element))
    text = " ".join(" ".join(texts).split())
    attributes = [(n, v) for n, v in _attributes(element, top) if n.rpartition("}")[2] not in facts]
    tag = "" if top and facts else str(element.tag)
    return (tag, tuple(sorted(attributes)), text, inside)


def _part(child: etree._Element, facts: frozenset[str]) -> Essence | None:
    if not isinstance(child.tag, str) or (is_bpmn(child) and local(child) in APART) or local(child) in facts:
        return None
    if facts and local(child).endswith("EventDefinition"):
        return None
    if local(child) in SHELLS and facts:
        found = _essence(child, FACTS.get(local(child), facts), top=False)
        return found if any(found[1:]) else None
    if child.tag == f"{{{BPMN}}}extensionElements" and not len(child):
        return None
    return _essence(child, frozenset(), top=False)


def _attributes(element: etree._Element, top: bool) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        name, value = str(name), str(value).strip()
        if name in ("default", TYPE) or (name == "id" and not top) or USUAL.get(name) == value:
            continue
        yield name, value.rpartition(":")[2] if name.endswith("Ref") else value
