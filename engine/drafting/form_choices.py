"""What a form may refer to while it is built: earlier steps with their fields, lists of the office, functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import office
from engine.db import UnitOfWork
from engine.diagram import read
from engine.errors import InvalidDiagram
from engine.people import positions
from forms import conditions, definition
from forms.errors import FormError
from forms.model import Form

from . import designs


@dataclass(frozen=True, slots=True)
class Cell:
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class StepField:
    """A field of a step's form that another form may take; a list with its cells."""

    key: str
    label: str
    type: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    name: str
    fields: tuple[StepField, ...]


@dataclass(frozen=True, slots=True)
class FormChoices:
    activities: tuple[Step, ...]  #: with a form that can be read
    lists: tuple[str, ...]  #: names of the office's lists
    functions: tuple[str, ...]  #: that an expression may call


def choices(uow: UnitOfWork, key: str) -> FormChoices:
    """What the forms of a draft may refer to. Raises NotFound, NotAllowed."""
    draft = designs.open_design(uow, key)
    return FormChoices(
        activities=tuple(_steps(draft.xml, draft.forms)),
        lists=tuple(positions.choices(uow)),
        functions=tuple(sorted(office.functions(uow))),
    )


def _steps(xml: bytes, forms: Mapping[str, str]) -> Iterator[Step]:
    try:
        nodes = read.read(xml).process.nodes.values()
    except InvalidDiagram:
        return
    for node in nodes:
        if node.form_key is None or node.form_key not in forms:
            continue
        try:
            form = definition.parse(forms[node.form_key])
        except FormError:
            continue
        yield Step(node.id, node.name, tuple(_fields(form)))


def _fields(form: Form) -> Iterator[StepField]:
    for leaf in conditions.leaves(form.fields):
        cells = (cell.field for cell in conditions.leaves(leaf.field.fields))
        found = tuple(Cell(cell.key or "", cell.label) for cell in cells)
        yield StepField(leaf.field.key or "", leaf.field.label, leaf.field.type, found)
