"""What the diagram computes: expressions of the language, over names that some form fills before."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.model import SCOPES, Node
from engine.diagram.paths import graph, reachable, reverse
from engine.diagram.read import embedded
from engine.diagram.rules.subject import Subject, elements, found
from engine.diagram.xml import camunda
from engine.errors import N_, DiagramProblem, ExpressionError
from engine.expressions import check as check_expression
from engine.expressions import names_in
from forms.definition import value_names

PEOPLE = ("candidateGroups", "candidateUsers", "assignee", "priority")


def check(subject: Subject) -> Iterator[DiagramProblem]:
    process = subject.process
    here = Node(id=process.key, kind="process", name=process.name)
    before = _Before(subject)
    for text in filter(None, (process.title, process.case_key, process.confidential)):
        yield from _expression(text, here, before.anywhere(), before)
    for flow in process.flows.values():
        source = process.nodes.get(flow.source)
        if flow.condition and source is not None:
            at = Node(id=flow.id, kind="sequenceFlow", name=flow.name or source.name)
            yield from _expression(flow.condition, at, before.names(source), before)
    for element in elements(subject.element):
        node = process.nodes.get(element.get("id") or "")
        if node is None:
            continue
        if node.collection:
            yield from _expression(node.collection, node, before.names(node), before)
        for attribute in PEOPLE:
            text = camunda(element, attribute) or ""
            if "${" in text and not embedded(text):
                yield found(
                    "half-expression",
                    node,
                    N_("“%(text)s” mixes text with an expression."),
                    N_("Write one expression around everything: ${...}."),
                    text=text[:80],
                )
            elif expression := embedded(text):
                item = {node.item_name} if node.item_name else set()
                yield from _expression(expression, node, before.names(node) | item, before)
        for timer in node.timers:
            if timer.id == node.id and (expression := embedded(timer.text)):
                yield from _expression(expression, node, before.names(node), before)


def _expression(text: str, at: Node, names: set[str], before: _Before) -> Iterator[DiagramProblem]:
    try:
        check_expression(text)
        mentioned = names_in(text)
    except ExpressionError as error:
        yield found(
            "bad-expression",
            at,
            N_("The expression “%(text)s” can't be used: %(reason)s."),
            N_("Write a comparison or a name from a form, for example complete or amount > 1000."),
            text=text[:120],
            reason=error.reason,
        )
        return
    if before.uncertain:
        return
    for name in sorted(mentioned - names):
        yield found(
            "unfilled-name",
            at,
            N_("“%(name)s” is filled by no form before this point."),
            N_("Correct the name, or add a field with this key to an earlier form."),
            "warning",
            name=name,
        )


class _Before:
    """Which names the forms have filled when the flow reaches a node."""

    def __init__(self, subject: Subject) -> None:
        self.process, self.forms = subject.process, subject.forms
        self.back = reverse(graph(self.process))
        used = {n.form_key for n in self.process.nodes.values() if n.form_key}
        #: a form that is missing could fill anything; its absence is a finding of its own
        self.uncertain = not used <= set(self.forms)

    def anywhere(self) -> set[str]:
        return self._filled(set(self.process.nodes))

    def names(self, node: Node) -> set[str]:
        """Names filled on some path to this node, its own form included, plus the items it runs within."""
        reached: set[str] = set()
        items: set[str] = set()
        at: Node | None = node
        while at is not None:
            reached |= reachable(self.back, [at.id])
            at = self.process.nodes.get(at.parent or "")
            if at is not None and at.item_name:
                items.add(at.item_name)
        reached |= {n.id for n in self.process.nodes.values() if self._inside(n, reached)}
        return self._filled(reached) | items

    def _inside(self, node: Node, scopes: set[str]) -> bool:
        parent = self.process.nodes.get(node.parent or "")
        while parent is not None and parent.kind in SCOPES:
            if parent.id in scopes:
                return True
            parent = self.process.nodes.get(parent.parent or "")
        return False

    def _filled(self, ids: set[str]) -> set[str]:
        keys = {self.process.nodes[id].form_key for id in ids}
        return {name for key in keys if key in self.forms for name in value_names(self.forms[key or ""])}
