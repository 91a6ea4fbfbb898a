"""Judge a diagram before it is deployed: what would not run, what would hang, what nobody could do."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.diagram.model import Diagram
from engine.diagram.rules import elements, expressions, flows, people, timers, tokens
from engine.diagram.rules import forms as form_rules
from engine.diagram.rules.subject import Subject
from engine.diagram.xml import parse
from engine.errors import DiagramProblem
from forms.model import Form

RULES = (elements.check, flows.check, tokens.check, timers.check, expressions.check, form_rules.check, people.check)


def lint(diagram: Diagram, *, forms: Mapping[str, Form], positions: Collection[str]) -> tuple[DiagramProblem, ...]:
    """Every finding about a diagram, errors first; no error means it can be deployed.

    `forms` by key are what its tasks may name; `positions` are the keys and the names of those that exist.
    """
    subject = Subject(diagram, parse(diagram.xml), forms, positions)
    findings = [problem for rule in RULES for problem in rule(subject)]
    return tuple(sorted(findings, key=lambda problem: problem.severity != "error"))
