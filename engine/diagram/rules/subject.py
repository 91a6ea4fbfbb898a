"""What a rule looks at, and how it says what it found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree

from engine.diagram.called import Called, Unavailable
from engine.diagram.decisions import Decision
from engine.diagram.model import SCOPES, Diagram, Node, Process
from engine.diagram.xml import children, local
from engine.errors import DiagramProblem
from forms.model import Form


@dataclass(frozen=True, slots=True)
class Subject:
    diagram: Diagram
    root: etree._Element
    forms: Mapping[str, Form]
    positions: Collection[str] | None  #: None: unknown, not to be checked
    decisions: Mapping[str, Decision]
    called: Mapping[str, Called | Unavailable | None]  #: by call activity; None: unknown, not to be checked
    raws: dict[str, etree._Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for element in elements(self.element):
            self.raws.setdefault(element.get("id") or "", element)

    @property
    def process(self) -> Process:
        return self.diagram.process

    @property
    def element(self) -> etree._Element:
        """The executable process in the file."""
        return next(p for p in children(self.root, "process") if p.get("id") == self.process.key)

    def raw(self, id: str) -> etree._Element | None:
        """The element of a node, for what the node does not say."""
        return self.raws.get(id)

    def scopes(self) -> Iterator[tuple[Node | None, list[Node]]]:
        """Each level with its nodes: the process itself (None), then every sub-process."""
        inside: dict[str | None, list[Node]] = {None: []}
        for node in self.process.nodes.values():
            inside.setdefault(node.parent, []).append(node)
        for id, nodes in inside.items():
            yield (self.process.nodes[id] if id else None), nodes
        for node in self.process.nodes.values():
            if node.kind in SCOPES and node.id not in inside:
                yield node, []


def elements(scope: etree._Element) -> Iterator[etree._Element]:
    """The BPMN elements of a process and, after each sub-process, of what is inside it."""
    for element in children(scope):
        yield element
        if local(element) in SCOPES:
            yield from elements(element)


def found(
    rule: str,
    at: Node | etree._Element | None,
    message: str,
    remedy: str,
    severity: Literal["error", "warning"] = "error",
    **params: Any,
) -> DiagramProblem:
    """A finding about a node, a raw element or (None) the whole diagram."""
    if isinstance(at, Node):
        id, name = at.id, at.name
    elif at is not None:
        id, name = at.get("id") or "", " ".join((at.get("name") or "").split())
    else:
        id, name = "", ""
    return DiagramProblem(rule, message, remedy, element=id or None, name=name, severity=severity, params=params)
