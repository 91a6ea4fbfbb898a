"""Bytes to an element tree, safely: no DOCTYPE, no entities, no network, no giants. Namespaces are fixed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from lxml import etree

from engine.errors import N_, DiagramProblem, InvalidDiagram, Said

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ALUR = "urn:alur:bpmn:1"
DMN = re.compile(r"\{https?://www\.omg\.org/spec/DMN/[0-9]{8}/(MODEL/|dmn\.xsd)\}definitions")

LARGEST = 5 * 1024 * 1024  #: bytes of a file
DEEPEST = 60  #: elements inside elements; everything that walks the tree may recurse this far
MOST_ELEMENTS = 50_000


def refuse(rule: str, message: str, remedy: str, *, element: str | None = None, **params: object) -> InvalidDiagram:
    """An InvalidDiagram with one problem."""
    return InvalidDiagram([DiagramProblem(rule, message, remedy, element=element, params=params)])


def parse(xml: bytes, *, kind: Literal["BPMN", "DMN"] = "BPMN") -> etree._Element:
    """The root `definitions` element of a BPMN (or DMN) file.

    Raises InvalidDiagram for anything that is not a BPMN 2.0 (DMN 1) file of a reasonable size.
    """
    if len(xml) > LARGEST:
        raise refuse(
            "too-large",
            N_("The file has %(size)s MB."),
            N_("Keep it under %(largest)s MB: remove pictures and data that are not part of the diagram."),
            size=round(len(xml) / 1048576, 1),
            largest=LARGEST // 1048576,
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    # A DOCTYPE is refused before anything is parsed: entity declarations cost work even when they are not resolved.
    if b"<!DOCTYPE" in xml or any("<!DOCTYPE".encode(code) in xml for code in ("utf-16-le", "utf-16-be")):
        raise _doctype()
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise refuse(
            "not-xml",
            N_("The file can't be read as XML: %(reason)s."),
            N_("Export the diagram again from your modeler as BPMN 2.0 XML."),
            reason=_why(error),
        ) from None
    if root is None:
        raise refuse("not-xml", N_("The file is empty."), N_("Choose a BPMN 2.0 file."))
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    if kind == "DMN":
        if not DMN.match(str(root.tag)):
            raise refuse("not-dmn", N_("The file is no DMN file."), N_("Choose a file that was saved as DMN XML."))
    elif root.tag != f"{{{BPMN}}}definitions":
        raise refuse(
            "not-bpmn",
            N_("The file is XML but not BPMN 2.0: it begins with “%(tag)s”."),
            N_("Choose a file that was saved as BPMN 2.0 XML."),
            tag=etree.QName(root).localname[:80],
        )
    _check_extent(root)
    return root


def _doctype() -> InvalidDiagram:
    return refuse(
        "doctype",
        N_("The file declares a document type (DOCTYPE)."),
        N_("Remove the DOCTYPE line; BPMN files need none, and it could pull in foreign content."),
    )


def _why(error: Exception) -> Said:
    """What keeps a text from being XML, and where."""
    if not isinstance(error, etree.XMLSyntaxError):
        return Said(N_("its characters are not those of the encoding it names"))
    line, place = error.position
    known = {
        etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: N_("in line %(line)s an element ends that was not the last to begin"),
        etree.ErrorTypes.ERR_TAG_NOT_FINISHED: N_("in line %(line)s it ends before everything in it has ended"),
        etree.ErrorTypes.ERR_DOCUMENT_END: N_("after its end in line %(line)s something follows"),
        etree.ErrorTypes.ERR_DOCUMENT_EMPTY: N_("it does not begin with “<”"),
    }
    other = N_("in line %(line)s, at character %(place)s, it is not written as XML is")
    return Said(known.get(getattr(error, "code", 0), other), {"line": line, "place": place})


def _check_extent(root: etree._Element) -> None:
    depth, count = 0, 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise refuse(
                "too-deep" if depth > DEEPEST else "too-many",
                N_("The file nests deeper or holds more elements than any diagram needs."),
                N_("Split the procedure into several diagrams."),
                element=element.get("id"),
            )


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(etree.QName(element).localname)


def is_bpmn(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The BPMN child elements, all or the named ones."""
    for child in element:
        if is_bpmn(child) and (not names or local(child) in names):
            yield child


def child(element: etree._Element, *names: str) -> etree._Element | None:
    return next(children(element, *names), None)


def text_of(element: etree._Element | None) -> str:
    """All text inside, stripped; empty for None."""
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def plain(element: etree._Element, name: str) -> str | None:
    """An attribute without namespace, stripped; None when absent or empty."""
    return (element.get(name) or "").strip() or None


def ours(element: etree._Element, name: str) -> str | None:
    """An alur: attribute, stripped; None when absent or empty."""
    return plain(element, f"{{{ALUR}}}{name}")


def camunda(element: etree._Element, name: str) -> str | None:
    return plain(element, f"{{{CAMUNDA}}}{name}")


def reference(text: str | None) -> str:
    """The local part of a QName reference such as `tns:task_1`."""
    return (text or "").strip().rpartition(":")[2]


def yes(text: str | None) -> bool:
    return (text or "").strip().lower() in ("true", "1")
