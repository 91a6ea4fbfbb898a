"""Call activities: whether what they call is there, can be called, and does not come back to the caller."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.called import Called, Unavailable
from engine.diagram.model import Node
from engine.diagram.rules.subject import Subject, found
from engine.diagram.wiring import BINDINGS, Call
from engine.errors import N_, DiagramProblem


def check(subject: Subject) -> Iterator[DiagramProblem]:
    for node in subject.process.nodes.values():
        if node.kind != "callActivity" or "/" in node.id:
            continue
        call = node.wiring.call
        if call is None:
            yield found(
                "unknown-process",
                node,
                N_("It does not say which process is called."),
                N_("Write the key of a process as its called element."),
            )
            continue
        yield from _bound(node, call)
        yield from _mapped(node, call)
        yield from _target(subject, node, call)


def _bound(node: Node, call: Call) -> Iterator[DiagramProblem]:
    number = call.version or ""
    if call.binding not in BINDINGS or (call.binding == "version" and not (number.isdecimal() and len(number) < 7)):
        yield found(
            "bad-binding",
            node,
            N_("It does not say which version of the process is called."),
            N_("Choose latest, deployment, or version with a number."),
        )


def _mapped(node: Node, call: Call) -> Iterator[DiagramProblem]:
    for name, text in (*call.takes.items(), *call.gives.items()):
        if not name.isidentifier() or name.startswith("_"):
            yield found(
                "bad-variable",
                node,
                N_("“%(name)s” can't name a variable."),
                N_("Use letters, digits and “_”, beginning with a letter."),
                name=name[:40],
            )
        elif not text:
            yield found(
                "no-source",
                node,
                N_("Nothing says where the value of “%(name)s” comes from."),
                N_("Fill in its source, or remove the mapping."),
                name=name[:40],
            )


def _target(subject: Subject, node: Node, call: Call) -> Iterator[DiagramProblem]:
    called = subject.called.get(node.id)
    if subject.process.key in (call.key, *(called.chain if isinstance(called, Called) else ())):
        yield found(
            "calls-itself",
            node,
            N_("“%(caller)s” calls itself by way of “%(process)s”, without end."),
            N_("Draw the repetition as a loop."),
            caller=subject.process.key,
            process=call.key,
        )
    elif called is Unavailable.MISSING:
        yield found(
            "unknown-process",
            node,
            N_("There is no process “%(process)s” to call."),
            N_("Deploy it first or together with this one, or correct the key of the called element."),
            process=call.key,
        )
    elif called is Unavailable.NO_VERSION:
        yield found(
            "unknown-process",
            node,
            N_("The process “%(process)s” has no version %(version)s."),
            N_("Correct the number, or choose latest."),
            process=call.key,
            version=call.version,
        )
    elif called is Unavailable.RETIRED:
        yield found(
            "unknown-process",
            node,
            N_("The process “%(process)s” is retired."),
            N_("Reinstate it first, or call another one."),
            process=call.key,
        )
    elif isinstance(called, Called):
        yield from _fitting(subject, node, called)


def _fitting(subject: Subject, node: Node, called: Called) -> Iterator[DiagramProblem]:
    if called.process.begins is not None:
        yield found(
            "begins-itself",
            node,
            N_("The process “%(process)s” begins by a message, a signal or a timer, so it can't be called."),
            N_("Give it a plain start event, or send what it waits for."),
            process=called.key,
        )
    if called.process.calendar != subject.process.calendar:
        yield found(
            "other-calendar",
            node,
            N_("The process “%(process)s” counts its times with another calendar; called, it counts with this one's."),
            N_("Give both processes the same calendar."),
            "warning",
            process=called.key,
        )
    if called.process.confidential and not subject.process.confidential:
        yield found(
            "not-confidential",
            node,
            N_("The process “%(process)s” keeps its cases confidential; called from here, they are not."),
            N_("Say in this process, too, when its cases are confidential."),
            "warning",
            process=called.key,
        )
