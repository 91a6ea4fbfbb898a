"""Events and their counterparts: what is thrown and who catches it, what is waited for and by which name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.model import SCOPES, Node
from engine.diagram.rules import words
from engine.diagram.rules.subject import Subject, found
from engine.errors import N_, DiagramProblem

NAMED = frozenset({"message", "signal", "link"})
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
BEHIND_A_CHOICE = frozenset({"timer", "message", "signal", "conditional"})


def check(subject: Subject) -> Iterator[DiagramProblem]:
    catchers = _Catchers(subject)
    for node in subject.process.nodes.values():
        yield from _named(node)
        if node.kind in THROWS and node.trigger in ("error", "escalation"):
            yield from _caught(catchers, node)
        if node.kind == "boundaryEvent" and node.trigger in ("error", "escalation"):
            yield from _where(subject, node)
        if node.kind == "eventBasedGateway":
            yield from _choice(subject, node)
        if node.beside:
            yield from _beside(subject, node)
    yield from _links(subject)


def _named(node: Node) -> Iterator[DiagramProblem]:
    message = node.kind in ("sendTask", "receiveTask")
    if (node.trigger in NAMED or message) and not node.wiring.event:
        yield found(
            "no-name",
            node,
            N_("It does not say which %(what)s."),
            N_("Choose one in its properties, and give that a name."),
            what=words.trigger("message" if message else node.trigger or ""),
        )
    if node.trigger == "error" and node.kind in THROWS and not node.wiring.event:
        yield found("no-name", node, N_("The error has no code."), N_("Choose an error with a code in its properties."))
    if node.trigger == "conditional" and not node.wiring.condition:
        yield found(
            "no-condition", node, N_("The event has no condition."), N_("Give it one, for example amount > 1000.")
        )


def _caught(catchers: _Catchers, node: Node) -> Iterator[DiagramProblem]:
    if catchers.beyond or any(_catches(catcher, node) for catcher in catchers.around(node)):
        return
    error = node.trigger == "error"
    yield found(
        "not-caught",
        node,
        N_("Nothing around it catches this (%(code)s)."),
        N_("Put the steps into a sub-process with an event of this code on its border, or use a plain end event."),
        "error" if error else "warning",
        code=node.wiring.event or words.trigger(node.trigger or ""),
    )


class _Catchers:
    """The events that catch what is thrown inside: on the border of a scope, or beginning a sub-process beside."""

    def __init__(self, subject: Subject) -> None:
        self.nodes = subject.process.nodes
        self.beyond = subject.process.only_called  #: those that call the process catch what it does not
        self.borders: dict[str, list[Node]] = {}
        self.starts: dict[str | None, list[Node]] = {}
        for node in self.nodes.values():
            holder = self.nodes.get(node.parent or "")
            if node.kind == "boundaryEvent" and node.attached_to:
                self.borders.setdefault(node.attached_to, []).append(node)
            elif node.kind == "startEvent" and holder is not None and holder.beside:
                self.starts.setdefault(holder.parent, []).append(node)

    def around(self, node: Node) -> Iterator[Node]:
        """From the inside out."""
        level, left = node.parent, node
        while True:
            if not left.beside:  # an event sub-process does not catch what it or one beside it throws
                yield from self.starts.get(level, ())
            scope = self.nodes.get(level or "")
            if scope is None:
                return
            yield from self.borders.get(scope.id, ())
            level, left = scope.parent, scope


def _catches(catcher: Node, thrown: Node) -> bool:
    return catcher.trigger == thrown.trigger and catcher.wiring.event in (None, thrown.wiring.event)


def _where(subject: Subject, node: Node) -> Iterator[DiagramProblem]:
    host = subject.process.nodes.get(node.attached_to or "")
    if host is not None and host.kind not in SCOPES and host.kind != "callActivity":
        yield found(
            "never-thrown",
            node,
            N_("Nothing inside a single step can throw this."),
            N_("Put it on a sub-process, or use a gateway behind the step."),
        )
    if node.trigger == "error" and not node.interrupting:
        yield found(
            "error-goes-on",
            node,
            N_("An error always ends the step it is thrown in."),
            N_("Make the event interrupting, or use an escalation."),
        )


def _choice(subject: Subject, node: Node) -> Iterator[DiagramProblem]:
    after = [subject.process.nodes[f.target] for f in map(subject.process.flows.__getitem__, node.outgoing)
             if f.target in subject.process.nodes]  # fmt: skip
    if len(after) < 2:
        yield found(
            "no-choice",
            node,
            N_("The gateway has fewer than two events to wait for."),
            N_("Draw flows to two or more events, or remove the gateway."),
        )
    bordered = {n.attached_to for n in subject.process.nodes.values() if n.kind == "boundaryEvent"}
    for event in after:
        fits = event.kind == "intermediateCatchEvent" and event.trigger in BEHIND_A_CHOICE
        if not (fits or (event.kind == "receiveTask" and event.id not in bordered)) or len(event.incoming) > 1:
            yield found(
                "no-choice",
                event,
                N_("Behind an event-based gateway stands something that it can't wait for."),
                N_("Put a catching event or a receive task directly behind the gateway, and nothing else before it."),
            )


def _beside(subject: Subject, node: Node) -> Iterator[DiagramProblem]:
    for start in subject.process.nodes.values():
        inside = start.parent == node.id and start.kind == "startEvent"
        if inside and start.trigger == "error" and not start.interrupting:
            yield found(
                "error-goes-on",
                start,
                N_("An error always ends the step it is thrown in."),
                N_("Make the event interrupting, or use an escalation."),
            )


def _links(subject: Subject) -> Iterator[DiagramProblem]:
    linked = [n for n in subject.process.nodes.values() if n.trigger == "link" and n.wiring.event]
    for node in linked:
        others = [n for n in linked if n.parent == node.parent and n.wiring.event == node.wiring.event]
        catching = [n for n in others if n.kind == "intermediateCatchEvent"]
        if node.kind == "intermediateThrowEvent" and (len(catching) != 1 or node.outgoing):
            yield found(
                "loose-link",
                node,
                N_("The link does not lead to exactly one catching link of its name on the same level."),
                N_("Draw one catching link with the same name; no flow leaves the throwing one."),
            )
        if node.kind == "intermediateCatchEvent" and (len(catching) == len(others) or node.incoming):
            yield found(
                "loose-link",
                node,
                N_("No throwing link of its name leads here."),
                N_("Draw a throwing link with the same name; no flow leads into the catching one."),
            )
