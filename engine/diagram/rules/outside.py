"""What automatic steps need from outside the diagram: scripts, connectors, decision tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.diagram.model import Node
from engine.diagram.rules.subject import Subject, found
from engine.diagram.scripts import FORMATS, assignments
from engine.diagram.xml import plain
from engine.errors import N_, DiagramProblem, ExpressionError

#: connector -> the inputs it can't do without; engine/connectors.py has their code
CONNECTORS: Mapping[str, frozenset[str]] = {
    "http": frozenset({"url"}),
    "mail": frozenset({"to", "subject", "text"}),
    "values": frozenset(),
}


def check(subject: Subject) -> Iterator[DiagramProblem]:
    for node in subject.process.nodes.values():
        if node.kind == "scriptTask":
            yield from _script(subject, node)
        elif node.kind == "serviceTask":
            yield from _service(node)
        elif node.kind == "businessRuleTask":
            yield from _decision(subject, node)


def _script(subject: Subject, node: Node) -> Iterator[DiagramProblem]:
    element = subject.raw(node.id)
    language = (plain(element, "scriptFormat") or "") if element is not None else ""
    if language not in FORMATS:
        yield found(
            "bad-script",
            node,
            N_("Scripts in “%(language)s” never run."),
            N_("Set the format to “alur” and write a list of assignments, for example total = price * count."),
            language=language[:40],
        )
        return
    try:
        assignments(node.wiring.script or "")
    except ExpressionError as error:
        yield found(
            "bad-script",
            node,
            N_("The script can't be used: “%(text)s”: %(reason)s."),
            N_("Write one assignment a line, for example total = price * count."),
            text=error.text[:120],
            reason=error.reason,
        )


def _service(node: Node) -> Iterator[DiagramProblem]:
    connector = node.wiring.connector or ""
    if connector not in CONNECTORS:
        message = N_("There is no connector “%(connector)s”.")
        yield found(
            "unknown-connector",
            node,
            message if connector else N_("The step names no connector that does the work."),
            N_("Name one of these as its topic: %(known)s; or change it to a user task."),
            connector=connector,
            known=", ".join(sorted(CONNECTORS)),
        )
        return
    missing = CONNECTORS[connector] - {name for name, text in node.wiring.inputs.items() if text}
    if missing:
        yield found(
            "missing-input",
            node,
            N_("The connector “%(connector)s” needs: %(missing)s."),
            N_("Add an input parameter of that name."),
            connector=connector,
            missing=", ".join(sorted(missing)),
        )
    for name in node.wiring.outputs:
        if not name.isidentifier() or name.startswith("_"):
            yield found(
                "bad-variable",
                node,
                N_("“%(name)s” can't name a variable."),
                N_("Use letters, digits and “_”, beginning with a letter."),
                name=name[:40],
            )


def _decision(subject: Subject, node: Node) -> Iterator[DiagramProblem]:
    decision = subject.decisions.get(node.wiring.decision or "")
    result = node.wiring.result
    if decision is None:
        yield found(
            "unknown-decision",
            node,
            N_("There is no decision table “%(decision)s”."),
            N_("Deploy a .dmn file with a decision of this id, or choose one that exists."),
            decision=node.wiring.decision or "",
        )
    elif result is not None and (not result.isidentifier() or result.startswith("_")):
        yield found(
            "bad-variable",
            node,
            N_("“%(name)s” can't name a variable."),
            N_("Use letters, digits and “_”, beginning with a letter."),
            name=result[:40],
        )
    elif result is None and (not decision.single or not all(name.isidentifier() for name in decision.outputs)):
        yield found(
            "no-result",
            node,
            N_("Nothing takes the answer of the decision table."),
            N_("Fill in “Result variable”."),
        )
