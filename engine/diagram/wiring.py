"""What an element is tied to outside the flow: messages and their keys, connectors, decisions, called processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.diagram.xml import ALUR, CAMUNDA, camunda, child, children, local, ours, plain, reference, text_of

#: kind of event -> (attribute that refers to a root element, that element, the attribute it goes by)
KNOWN = {
    "message": ("messageRef", "message", "name"),
    "signal": ("signalRef", "signal", "name"),
    "error": ("errorRef", "error", "errorCode"),
    "escalation": ("escalationRef", "escalation", "escalationCode"),
}
BINDINGS = frozenset({"latest", "deployment", "version"})
CALLS = f"{{{ALUR}}}calls"  #: on a sub-process that stands for a call activity: the key of what is inside


@dataclass(frozen=True, slots=True)
class Call:
    """The process a call activity calls."""

    key: str
    binding: str = "latest"  #: latest | deployment | version
    version: str | None = None
    mapped: bool = False  #: it has variables of its own; else it shares the case's
    everything: bool = False  #: all variables go in
    back: bool = False  #: all variables come out
    takes: Mapping[str, str] = field(default_factory=dict)  #: variable inside -> expression over those outside
    gives: Mapping[str, str] = field(default_factory=dict)  #: variable outside -> expression over those inside


@dataclass(frozen=True, slots=True)
class Wiring:
    event: str | None = None  #: name of the message, signal or link; code of the error or escalation
    condition: str | None = None  #: of a conditional event, as written
    correlation: str | None = None  #: expression of the key that tells receivers of one message apart
    carries: tuple[str, ...] = ()  #: variables a thrown message takes along
    connector: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)  #: parameter -> literal or ${expression}
    outputs: Mapping[str, str] = field(default_factory=dict)  #: variable -> literal or ${expression} over `result`
    decision: str | None = None
    result: str | None = None  #: variable that takes a decision's answer
    call: Call | None = None
    script: str | None = None


NOTHING = Wiring()
WIRED = frozenset({"serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity", "scriptTask"})


Index = Mapping[tuple[str, str], etree._Element]


def index(root: etree._Element) -> Index:
    """The messages, signals, errors and escalations of a file by kind and id; of two with one id the first."""
    kinds = tuple(kind for _, kind, _ in KNOWN.values())
    found: dict[tuple[str, str], etree._Element] = {}
    for element in children(root, *kinds):
        found.setdefault((local(element), element.get("id") or ""), element)
    return found


def wiring(element: etree._Element, known: Index) -> Wiring:
    """Read it off a flow node; `known` is the index of its file."""
    kind = kind_of(element)
    if kind not in WIRED and not kind.endswith("Event"):
        return NOTHING
    definition = next((d for d in children(element) if local(d).endswith("EventDefinition")), None)
    trigger = local(definition).removesuffix("EventDefinition") if definition is not None else ""
    return Wiring(
        event=_event(element, kind, trigger, definition, known),
        condition=text_of(child(definition, "condition")) or None if definition is not None else None,
        correlation=ours(element, "correlationKey"),
        carries=tuple(name.strip() for name in (ours(element, "carries") or "").split(",") if name.strip()),
        connector=ours(element, "connector") or camunda(element, "topic") if kind == "serviceTask" else None,
        inputs=dict(_parameters(element, "input")) if kind == "serviceTask" else {},
        outputs=dict(_parameters(element, "output")) if kind == "serviceTask" else {},
        decision=camunda(element, "decisionRef") if kind == "businessRuleTask" else None,
        result=camunda(element, "resultVariable") if kind == "businessRuleTask" else None,
        call=_call(element) if kind == "callActivity" else None,
        script=text_of(child(element, "script")) if kind == "scriptTask" else None,
    )


def _event(
    element: etree._Element, kind: str, trigger: str, definition: etree._Element | None, known: Index
) -> str | None:
    if kind in ("sendTask", "receiveTask"):
        definition, trigger = (definition, trigger) if definition is not None else (element, "message")
    if definition is None:
        return None
    if trigger == "link":
        return plain(definition, "name")
    if trigger not in KNOWN:
        return None
    attribute, root, goes_by = KNOWN[trigger]
    id = reference(definition.get(attribute))
    if not id:
        return None
    named = known.get((root, id))
    return (plain(named, goes_by) or plain(named, "name") or id) if named is not None else None


def _parameters(element: etree._Element, direction: str) -> Iterator[tuple[str, str]]:
    """Of `camunda:inputOutput`, which desktop modelers write."""
    for extensions in children(element, "extensionElements"):
        for block in extensions.iter(f"{{{CAMUNDA}}}inputOutput"):
            for parameter in block.iterchildren(f"{{{CAMUNDA}}}{direction}Parameter"):
                yield plain(parameter, "name") or "", text_of(parameter)


def kind_of(element: etree._Element) -> str:
    """The element's kind; a call activity stays one when what it calls stands inside."""
    return "callActivity" if element.get(CALLS) and local(element) == "subProcess" else local(element)


def _call(element: etree._Element) -> Call | None:
    key = reference(plain(element, "calledElement") or plain(element, CALLS))
    if not key:
        return None
    version = camunda(element, "calledElementVersion")
    into, out = list(_mappings(element, "in")), list(_mappings(element, "out"))
    return Call(
        key,
        camunda(element, "calledElementBinding") or ("version" if version else "latest"),
        version,
        mapped=bool(into or out),
        everything=any(target is None for target, _ in into),
        back=any(target is None for target, _ in out),
        takes={target: text for target, text in into if target is not None},
        gives={target: text for target, text in out if target is not None},
    )


def _mappings(element: etree._Element, direction: str) -> Iterator[tuple[str | None, str]]:
    """Of `camunda:in` and `camunda:out`, or our own: (variable, expression) that goes over; None for all variables."""
    for extensions in children(element, "extensionElements"):
        for mapping in extensions.iterchildren(f"{{{CAMUNDA}}}{direction}", f"{{{ALUR}}}{direction}"):
            if plain(mapping, "variables") is not None:
                yield None, ""
            elif plain(mapping, "businessKey") is None:
                text = (plain(mapping, "sourceExpression") or plain(mapping, "source") or "").strip()
                bare = text[2:-1].strip() if text.startswith("${") and text.endswith("}") else text
                yield plain(mapping, "target") or "", bare
