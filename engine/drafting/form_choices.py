"""What a form may refer to while it is built: answers of other steps, lists of the office, functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import office
from engine.db import UnitOfWork
from engine.diagram import read
from engine.errors import InvalidDiagram
from engine.expressions import FUNCTIONS
from engine.people import positions
from forms import conditions
from forms.model import Choice, Field

from . import designs
from .case_names import CaseName, case_names, filled_by_diagram, filled_in, item_of


@dataclass(frozen=True, slots=True)
class Step:
    """A step with a form, and its fields that hold a value; lists with theirs."""

    id: str
    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FormChoices:
    activities: tuple[Step, ...]  #: with a form that can be read
    variables: tuple[CaseName, ...]  #: of the case, that other steps fill
    others: frozenset[str]  #: names that the diagram itself fills
    repeated: bool  #: whether a step with this form is repeated, so that it knows `item` and `item_label`
    lists: Mapping[str, tuple[Choice, ...]]  #: the office's lists, by name
    functions: frozenset[str]  #: that an expression may call


def choices(uow: UnitOfWork, key: str, form_key: str) -> FormChoices:
    """What a form of a draft may refer to. Raises NotFound, NotAllowed."""
    draft = designs.open_design(uow, key)
    lists, functions = positions.choices(uow), FUNCTIONS.keys() | office.functions(uow).keys()
    try:
        process = read.read(draft.xml).process
    except InvalidDiagram:
        return FormChoices((), (), frozenset(), False, lists, frozenset(functions))
    steps = filled_in(process, draft.forms)
    mine = [node.id for node in process.nodes.values() if node.form_key == form_key]
    return FormChoices(
        activities=tuple(Step(node.id, node.name or node.id, holding(form.fields)) for node, form in steps),
        variables=case_names(process, draft.forms, form_key),
        others=frozenset(filled_by_diagram(process)),
        repeated=any(item_of(process, activity) for activity in mine),
        lists=lists,
        functions=frozenset(functions),
    )


def holding(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields that hold a value, also inside groups."""
    return tuple(leaf.field for leaf in conditions.leaves(fields))
