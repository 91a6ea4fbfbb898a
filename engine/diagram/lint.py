"""Judge a diagram before it is deployed: what would not run, what would hang, what nobody could do."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.diagram.called import Called, Unavailable
from engine.diagram.decisions import Decision
from engine.diagram.model import Diagram
from engine.diagram.rules import calls, elements, events, expressions, flows, outside, people, timers, tokens
from engine.diagram.rules import forms as form_rules
from engine.diagram.rules.subject import Subject, found
from engine.diagram.xml import parse
from engine.errors import N_, DiagramProblem
from forms.model import Form

MOST_NODES = 1_000  #: the library follows flows by recursion, and nobody reads a longer diagram
RULES = (
    elements.check,
    flows.check,
    tokens.check,
    timers.check,
    events.check,
    outside.check,
    calls.check,
    expressions.check,
    form_rules.check,
    people.check,
)


def lint(
    diagram: Diagram,
    *,
    forms: Mapping[str, Form],
    positions: Collection[str] | None,
    decisions: Mapping[str, Decision] | None = None,
    called: Mapping[str, Called | Unavailable | None] | None = None,
) -> tuple[DiagramProblem, ...]:
    """Every finding about a diagram, errors first; no error means it can be deployed.

    `forms` and `decisions` by key are what its tasks may name; `positions` are the keys and the names of those that
    exist, `called` says by call activity what it calls. Positions and calls are not checked when None.
    """
    if len(diagram.process.nodes) > MOST_NODES or len(diagram.process.flows) > MOST_NODES * 5:
        message = N_("The process has %(count)s elements; more than %(most)s can't be run.")
        remedy = N_("Split the procedure into several diagrams.")
        count = max(len(diagram.process.nodes), len(diagram.process.flows) // 5)
        return (found("too-long", None, message, remedy, count=count, most=MOST_NODES),)
    subject = Subject(diagram, parse(diagram.xml), forms, positions, decisions or {}, called or {})
    findings = [problem for rule in RULES for problem in rule(subject)]
    return tuple(sorted(findings, key=lambda problem: problem.severity != "error"))
