"""A diagram's file changed in one place: nothing else of it is touched, what is foreign or only drawn stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.diagram.element import embedded, expression
from engine.diagram.xml import ALUR, BPMN, BPMNDI, CAMUNDA, children, is_bpmn, local, parse, plain, reference

_LOOSE = frozenset({"conditionExpression", "condition", "completionCondition", "loopCondition", "loopCardinality"})
_TIMES = frozenset({"timeDuration", "timeDate", "timeCycle"})
_PEOPLE = ("candidateGroups", "candidateUsers", "assignee", "priority")
_OURS = ("title", "caseKey", "confidential", "correlationKey", "carries")


@dataclass(frozen=True, slots=True)
class Spot:
    """Text in a file that holds an expression, or names."""

    element: etree._Element
    attribute: str | None  #: None: the text inside
    kind: str  #: condition | loop | collection | people | title | case_key | confidential | timer | input | ...

    @property
    def text(self) -> str:
        return (self.element.text if self.attribute is None else self.element.get(self.attribute)) or ""

    def write(self, text: str) -> None:
        if self.attribute is None:
            self.element.text = text
        else:
            self.element.set(self.attribute, text)

    @property
    def expression(self) -> str | None:
        """The expression in it; None for a literal."""
        if self.kind in ("people", "timer", "input", "output"):
            return embedded(self.text)
        return expression(self.text)

    @property
    def owner(self) -> tuple[str, str, str]:
        """The kind, id and name of the element of the diagram it belongs to."""
        at: etree._Element | None = self.element
        while at is not None and not (is_bpmn(at) and at.get("id") and local(at) not in _PARTS):
            at = at.getparent()
        if at is None:
            return "", "", ""
        return local(at), at.get("id") or "", " ".join((plain(at, "name") or "").split())


_PARTS = _LOOSE | _TIMES | {"extensionElements", "script", "loopDataInputRef"}
_PARTS |= {f"{kind}LoopCharacteristics" for kind in ("multiInstance", "standard")}
_PARTS |= {f"{kind}EventDefinition" for kind in ("timer", "conditional", "message", "signal", "error", "escalation")}


def opened(xml: bytes) -> etree._Element:
    """The tree of a file with all that is in it, comments too. Raises InvalidDiagram as `parse` does."""
    parse(xml)
    keeping = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
    return etree.fromstring(xml, keeping)


def closed(root: etree._Element) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def with_form(xml: bytes, activity: str, form_key: str) -> bytes:
    """The file with a form key set on an activity; as it is where there is no such activity."""
    root = opened(xml)
    at = next((e for e in root.iter(f"{{{BPMN}}}userTask") if e.get("id") == activity), None)
    if at is None:
        return xml
    if f"{{{CAMUNDA}}}formRef" in at.attrib:
        del at.attrib[f"{{{CAMUNDA}}}formRef"]
    at.set(f"{{{CAMUNDA}}}formKey", form_key)
    return closed(root)


def ids_in(xml: bytes) -> frozenset[str]:
    """Every id in a file. Raises InvalidDiagram."""
    return frozenset(filter(None, (element.get("id") for element in parse(xml).iter(etree.Element))))


def with_key(xml: bytes, old: str, key: str, name: str) -> bytes:
    """The file with another id and name for a process, wherever something of BPMN refers to it: its pool, the
    drawing, calls of itself. What is foreign stays as it is."""
    root = opened(xml)
    for process in children(root, "process"):
        if plain(process, "id") == old:
            was = plain(process, "name")
            process.set("id", key)
            process.set("name", name)
            for pool in _referring(root, old, "processRef"):
                if was is None or plain(pool, "name") in (None, was, old):
                    pool.set("name", name)
    for attribute in ("processRef", "bpmnElement", "calledElement"):
        for element in _referring(root, old, attribute):
            element.set(attribute, (element.get(attribute) or "").strip().removesuffix(old) + key)
    return closed(root)


def _referring(root: etree._Element, id: str, attribute: str) -> Iterator[etree._Element]:
    """What names an element of BPMN or of its drawing in an attribute, with or without a prefix."""
    for element in root.iter(etree.Element):
        given = (element.get(attribute) or "").strip()
        if given and reference(given) == id and (is_bpmn(element) or element.tag.startswith(f"{{{BPMNDI}}}")):
            yield element


def spots(root: etree._Element) -> Iterator[Spot]:
    """Everything in a file in which a field of a form may be mentioned."""
    for process in children(root, "process"):
        for element in process.iter(etree.Element):
            yield from _spots(element)


def _spots(element: etree._Element) -> Iterator[Spot]:
    name = local(element)
    if is_bpmn(element):
        if name in _LOOSE:
            yield Spot(element, None, "condition" if name in ("conditionExpression", "condition") else "loop")
        elif name in _TIMES:
            yield Spot(element, None, "timer")
        elif name == "loopDataInputRef":
            yield Spot(element, None, "collection")
        elif name == "script":
            yield Spot(element, None, "script")
    for attribute in _PEOPLE:
        if element.get(f"{{{CAMUNDA}}}{attribute}"):
            yield Spot(element, f"{{{CAMUNDA}}}{attribute}", "people")
    for attribute in _OURS:
        if element.get(f"{{{ALUR}}}{attribute}"):
            yield Spot(element, f"{{{ALUR}}}{attribute}", _NAMED.get(attribute, attribute))
    if name == "multiInstanceLoopCharacteristics" and element.get(f"{{{CAMUNDA}}}collection"):
        yield Spot(element, f"{{{CAMUNDA}}}collection", "collection")
    if element.tag in (f"{{{CAMUNDA}}}inputParameter", f"{{{CAMUNDA}}}outputParameter"):
        yield Spot(element, None, name.removesuffix("Parameter"))
    if element.tag in {f"{{{space}}}{way}" for space in (CAMUNDA, ALUR) for way in ("in", "out")}:
        for attribute in ("source", "sourceExpression"):
            if element.get(attribute):
                yield Spot(element, attribute, "call")
    elif element.tag in (f"{{{ALUR}}}input", f"{{{ALUR}}}output") and element.get("source"):
        yield Spot(element, "source", "paper")


_NAMED = {"caseKey": "case_key", "correlationKey": "key"}
