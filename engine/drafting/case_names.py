"""The variables of a case that a form may name: what other steps answered and the diagram mentions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.diagram.model import Node, Process
from engine.diagram.scripts import ASSIGNMENT
from engine.errors import ExpressionError
from engine.expressions import names_in
from forms import conditions, definition
from forms.errors import FormError
from forms.model import Field, Form


@dataclass(frozen=True, slots=True)
class CaseName:
    """One variable, with the field that fills it and the step where that is done."""

    name: str
    field: Field
    activity: str
    step: str  #: the name of that step


def case_names(process: Process, forms: Mapping[str, str], form_key: str) -> tuple[CaseName, ...]:
    """What steps with another form than `form_key` leave in the case, each name once: the first step that fills it."""
    mentioned = _mentioned(process)
    found: dict[str, CaseName] = {}
    for node, form in filled_in(process, forms):
        if form.key == form_key:
            continue
        for leaf in conditions.leaves(form.fields):
            name = leaf.field.key or ""
            if name in mentioned and name not in found:
                found[name] = CaseName(name, leaf.field, node.id, node.name or node.id)
    return tuple(found.values())


def filled_in(process: Process, forms: Mapping[str, str]) -> Iterator[tuple[Node, Form]]:
    """The steps whose form is at hand and can be read."""
    for node in process.nodes.values():
        if node.form_key is None or node.form_key not in forms:
            continue
        try:
            yield node, definition.parse(forms[node.form_key], key=node.form_key)
        except FormError:
            continue


def item_of(process: Process, activity: str) -> bool:
    """Whether a step is repeated, or lies in something that is: its form then knows `item` and `item_label`."""
    node = process.nodes.get(activity)
    while node is not None:
        if node.collection:
            return True
        node = process.nodes.get(node.parent or "")
    return False


def _mentioned(process: Process) -> frozenset[str]:
    found: set[str] = set()
    for text in process.expressions:
        try:
            found |= names_in(text)
        except ExpressionError:
            continue
    return frozenset(found)


def filled_by_diagram(process: Process) -> set[str]:
    """The variables that the diagram itself fills, beside forms."""
    found: set[str] = set()
    for node in process.nodes.values():
        found |= {
            parts["name"]
            for line in (node.wiring.script or "").splitlines()
            if (parts := ASSIGNMENT.fullmatch(line.strip()))
        }
        found |= set(node.wiring.outputs) | ({node.collects} if node.collects else set())
        found |= {node.wiring.result} if node.wiring.result else set()
    return found
