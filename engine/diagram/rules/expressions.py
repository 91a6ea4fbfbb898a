"""What the diagram computes: expressions of the language, over names that some form fills before."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.diagram.element import embedded, expression
from engine.diagram.model import SCOPES, Node, graph
from engine.diagram.paths import reachable, reverse
from engine.diagram.rules.subject import Subject, elements, found
from engine.diagram.scripts import assignments
from engine.diagram.xml import camunda, child, text_of
from engine.errors import N_, DiagramProblem, ExpressionError, Said
from engine.expressions import check as check_expression
from engine.expressions import names_in
from forms import feel
from forms.definition import value_names

#: what others call them; here they would be names that nothing fills
FOREIGN = {"true": "True", "false": "False", "null": "None"}
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
        for text, extra in _own(element, node):
            yield from _expression(text, node, before.names(node) | extra, before)
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
            elif inner := embedded(text):
                item = {node.item_name} if node.item_name else set()
                yield from _expression(inner, node, before.names(node) | item, before)
        for timer in node.timers:
            if inner := embedded(timer.text):
                item = {node.item_name} if node.item_name else set()
                at = process.nodes.get(timer.id, node)  # a timer on a border is kept with its host
                yield from _expression(inner, at, before.names(node) | item, before)


def _own(element: etree._Element, node: Node) -> Iterator[tuple[str, set[str]]]:
    """The expressions an element itself holds, each with the names it knows besides those filled before."""
    item = {node.item_name} if node.item_name else set()
    if node.collection:
        yield node.collection, set()
    for loop, part in (("multiInstance", "completionCondition"), ("standard", "loopCondition")):
        marker = child(element, f"{loop}LoopCharacteristics")
        text = expression(text_of(child(marker, part))) if marker is not None else None
        if text:
            yield text, item
    wired = node.wiring
    for text in filter(None, (expression(wired.condition), expression(wired.correlation), *wired.carries)):
        yield text, item
    for text in filter(None, map(embedded, wired.inputs.values())):
        yield text, item
    for text in filter(None, map(embedded, wired.outputs.values())):
        yield text, item | {"result"}
    if wired.call is not None:
        for text in filter(None, (*wired.call.takes.values(), *wired.call.gives.values())):
            yield text, item
    made: set[str] = set()
    for name, text in _assigned(wired.script):
        yield text, item | made
        made.add(name)


def _assigned(script: str | None) -> tuple[tuple[str, str], ...]:
    try:
        return assignments(script) if script else ()
    except ExpressionError:
        return ()  # a finding of its own


def _expression(text: str, at: Node, names: set[str], before: _Before) -> Iterator[DiagramProblem]:
    try:
        check_expression(text)
        mentioned = names_in(text)
    except ExpressionError as error:
        yield _bad(text, at, error.reason)
        return
    for word in sorted(FOREIGN.keys() & mentioned - names):
        facts = {"sign": word, "place": text.find(word) + 1, "instead": FOREIGN[word]}
        yield _bad(text, at, Said(N_("“%(sign)s” (character %(place)s) isn't known here; write %(instead)s"), facts))
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


def _bad(text: str, at: Node, reason: Said) -> DiagramProblem:
    message = N_("The expression “%(text)s” can't be used: %(reason)s.")
    remedy = N_("Write a comparison or a name from a form, for example complete or amount > 1000.")
    instead = _instead(text)
    if instead is None:
        return found("bad-expression", at, message, remedy, text=text[:120], reason=reason)
    return found(
        "bad-expression", at, message, N_("Write %(instead)s."), text=text[:120], reason=reason, instead=instead
    )


def _instead(text: str) -> str | None:
    """What was meant, where it is written as another program does and means the same for certain."""
    meant = feel.translated(text)
    if meant is None or meant == text:
        return None
    try:
        check_expression(meant)
    except ExpressionError:
        return None
    return meant


class _Before:
    """Which names the forms have filled when the flow reaches a node."""

    def __init__(self, subject: Subject) -> None:
        self.process, self.forms, self.decisions = subject.process, subject.forms, subject.decisions
        self.back = reverse(graph(self.process))
        used = {n.form_key for n in self.process.nodes.values() if n.form_key}
        #: a form that is missing could fill anything; its absence is a finding of its own
        self.uncertain = not used <= set(self.forms) or any(_brings(n) for n in self.process.nodes.values())
        self.uncertain |= self.process.only_called  # whoever calls it brings them

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
        nodes = [self.process.nodes[id] for id in ids]
        keys = {node.form_key for node in nodes}
        filled = {name for key in keys if key in self.forms for name in value_names(self.forms[key or ""])}
        for node in nodes:
            filled |= {name for name, _ in _assigned(node.wiring.script)} | node.wiring.outputs.keys()
            filled |= {node.collects} if node.collects else set()
            decision = self.decisions.get(node.wiring.decision or "")
            if node.wiring.result:
                filled.add(node.wiring.result)
            elif decision is not None:
                filled |= set(decision.outputs)
        return filled


def _brings(node: Node) -> bool:
    """A message may bring any variable with it, and a called process may fill any."""
    receives = node.trigger == "message" and node.kind not in ("endEvent", "intermediateThrowEvent")
    return receives or node.kind in ("receiveTask", "callActivity")
