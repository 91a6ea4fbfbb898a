"""Put called processes in: a call activity becomes a sub-process that holds what it calls.

What comes in gets ids under the call's own, "call/step", so that two calls of one process stay apart; no id of a
diagram holds a "/". Its lanes become lanes of the caller, its messages and errors keep the names they go by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from engine.diagram.element import expression
from engine.diagram.model import Diagram, Node
from engine.diagram.read import NODES, read
from engine.diagram.wiring import CALLS, KNOWN, kind_of
from engine.diagram.xml import (
    ALUR,
    BPMN,
    BPMNDI,
    CAMUNDA,
    LARGEST,
    camunda,
    children,
    is_bpmn,
    local,
    ours,
    parse,
    plain,
    reference,
    refuse,
    text_of,
    yes,
)
from engine.errors import N_
from forms.model import Field, Form, Source

BETWEEN = "/"  #: stands between a call and what is inside of it
REFERENCES = ("sourceRef", "targetRef", "default", "attachedToRef", *(attribute for attribute, _, _ in KNOWN.values()))
ROOTS = tuple(root for _, root, _ in KNOWN.values())
ITEMS = ("inputDataItem", "outputDataItem")  #: their ids name variables
PAPERS = (f"{{{ALUR}}}input", f"{{{ALUR}}}output")
#: what a call activity keeps when it becomes a sub-process
KEPT = (
    "documentation",
    "extensionElements",
    "incoming",
    "outgoing",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
)


def link(xml: bytes, called: Mapping[str, bytes]) -> bytes:
    """The diagram with what its call activities call, by their ids; the picture is left out.

    A call that is not among them becomes a plain task: fit to be checked, not to be run. Raises InvalidDiagram where
    the whole grows too large.
    """
    # Asked before anything is put together: a few calls of large diagrams would take all the room there is.
    size = len(xml) + sum(map(len, called.values()))
    if size > LARGEST:
        raise refuse(
            "too-large",
            N_("With all it calls the diagram has %(size)s MB."),
            N_("Let it call fewer or smaller processes."),
            size=round(size / 1048576, 1),
        )
    root = parse(xml)
    process = _process(root)
    for drawing in list(root.iterchildren(f"{{{BPMNDI}}}BPMNDiagram")):
        root.remove(drawing)
    for call in [e for e in process.iter(etree.Element) if kind_of(e) == "callActivity"]:
        xml_inside = called.get(call.get("id") or "")
        if xml_inside is None:
            call.tag = f"{{{BPMN}}}task"
        else:
            _put_in(root, process, call, parse(xml_inside))
    linked: bytes = etree.tostring(root)
    parse(linked)
    return linked


def linked(diagram: Diagram, xml: bytes) -> Diagram:
    """A diagram as it runs: the process with what `link` has put in, the picture of the caller alone."""
    process = read(xml).process
    nodes = {id: _placed(node, process.nodes) for id, node in process.nodes.items()}
    return replace(diagram, process=replace(process, nodes=nodes))


def within(id: str) -> str:
    """What stands before the names that an element's own diagram uses: "call/" or nothing."""
    around, between, _ = id.rpartition(BETWEEN)
    return around + between


def drawn(id: str) -> str:
    """The element in the caller's own picture that an element is, or lies in."""
    return id.partition(BETWEEN)[0]


def relocated(form: Form, prefix: str) -> Form:
    """A form whose sources are the steps of the called process, not those of the caller."""
    if not prefix:
        return form
    book, series = form.workbook, form.series
    return replace(
        form,
        fields=tuple(_field(field, prefix) for field in form.fields),
        workbook=replace(book, source=_source(book.source, prefix)) if book else None,
        series=replace(series, once=prefix + series.once) if series and series.once else series,
    )


def _field(field: Field, prefix: str) -> Field:
    source = _source(field.source, prefix) if field.source else None
    return replace(field, source=source, fields=tuple(_field(inner, prefix) for inner in field.fields))


def _source(source: Source, prefix: str) -> Source:
    return replace(source, activity=prefix + source.activity)


def _process(root: etree._Element) -> etree._Element:
    return next(p for p in children(root, "process") if yes(p.get("isExecutable")))


def _put_in(root: etree._Element, process: etree._Element, call: etree._Element, inner: etree._Element) -> None:
    prefix = f"{call.get('id')}{BETWEEN}"
    numbers = ours(call, "number")
    for element in inner.iter(etree.Element):
        _rename(element, prefix)
        _renumber(element, numbers)
    for root_element in list(children(inner, *ROOTS)):
        root.append(root_element)
    call.tag = f"{{{BPMN}}}subProcess"
    call.set(CALLS, reference(plain(call, "calledElement") or plain(call, CALLS)))
    call.attrib.pop("calledElement", "")
    for own in list(call):
        if local(own) not in KEPT:
            call.remove(own)
    content = _process(inner)
    for name in ("title", "caseKey", "confidential"):  # what they mention are variables that forms inside may go by
        if ours(content, name):
            call.set(f"{{{ALUR}}}{name}", f"${{{expression(ours(content, name))}}}")
    for lanes in list(children(content, "laneSet")):
        process.insert(0, lanes)
    for element in list(children(content)):
        if local(element) in NODES or local(element) == "sequenceFlow":
            call.append(element)


def _rename(element: etree._Element, prefix: str) -> None:
    """Give an element and all it refers to its name in the caller."""
    source = plain(element, "source")
    if element.tag in PAPERS and source is not None:
        element.set("source", prefix + source)
    if not is_bpmn(element) or local(element) in ITEMS:
        return
    if local(element) in ROOTS and not element.get("name"):
        element.set("name", element.get("id") or "")  # it goes by its id, which is another one from here on
    if element.get("id"):
        element.set("id", f"{prefix}{element.get('id')}")
    for name in REFERENCES:
        if element.get(name):
            element.set(name, prefix + reference(element.get(name)))
    if local(element) in ("flowNodeRef", "incoming", "outgoing"):
        element.text = prefix + reference(text_of(element))
    decision = camunda(element, "decisionRef")
    if decision is not None:
        element.set(f"{{{CAMUNDA}}}decisionRef", prefix + decision)


def _renumber(element: etree._Element, number: str | None) -> None:
    """Step 2 of what step 3 calls is step 3.2; without a number around it, it would pass for one of the caller's."""
    own = ours(element, "number")
    if own is not None and number is not None:
        element.set(f"{{{ALUR}}}number", f"{number}.{own}")
    elif own is not None:
        del element.attrib[f"{{{ALUR}}}number"]


def _placed(node: Node, nodes: Mapping[str, Node]) -> Node:
    prefix = within(node.id)
    return replace(node, form_key=prefix + node.form_key) if prefix and node.form_key else node
