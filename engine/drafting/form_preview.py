"""A form of a draft as a page would draw it, with made-up answers where it shows those of earlier steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import office
from engine.db import UnitOfWork
from engine.diagram import read
from engine.diagram.model import Process
from engine.errors import InvalidDiagram, NotFound
from engine.expressions import names_in
from engine.form_context import Evaluate, evaluator
from engine.people import positions
from forms import conditions, definition, reading, sample, submission
from forms.errors import FormError
from forms.model import Context, Form, Item

from . import designs
from .case_names import case_names, item_of

MADE_UP = 2  #: positions that have answered a step that is repeated


@dataclass(frozen=True, slots=True)
class Preview:
    form: Form
    raw: Mapping[str, Any]  #: what the page begins with
    context: Context
    evaluate: Evaluate


def preview(uow: UnitOfWork, key: str, form_key: str, text: str | None = None) -> Preview:
    """The form, or `text` in its place. Raises NotFound, NotAllowed, and FormError where it can't be used."""
    draft = designs.open_design(uow, key)
    if text is None and form_key not in draft.forms:
        raise NotFound("form", form_key)
    told = draft.forms[form_key] if text is None else text
    form = definition.parse(told, key=form_key)
    evaluate = evaluator(uow)
    bare = Context(today=office.today(uow), choices=positions.choices(uow))
    try:
        process = read.read(draft.xml).process
    except InvalidDiagram:
        process = None
    named = [one for one in case_names(process, draft.forms, form_key) if one.name in told] if process else []
    shown = {source.activity for _, source in definition.sources(form)}
    wanted = shown | {one.activity for one in named}
    made = {activity: _items(process, draft.forms, activity, bare, evaluate) for activity in wanted} if process else {}
    first = next((item for activity in shown for item in made.get(activity, ()) if item.item is not None), None)
    context = Context(
        today=bare.today,
        choices=bare.choices,
        sources=made,
        item=first.item if first is not None else None,
        item_label=first.label if first is not None else "",
        variables={one.name: _first(made[one.activity]).get(one.name) for one in named},
    )
    return Preview(form, submission.initial(form, context, evaluate), context, evaluate)


def tried(sheet: Preview, expression: str, row: str | None = None) -> object:
    """What an expression gives with made-up answers; in the list `row` with those of its first row.

    None where one of the answers it needs could not be made up. Raises ExpressionError.
    """
    values = _answered(sheet.form, sheet.context, sheet.evaluate)
    rows = values.get(row) if row is not None else None
    names = {**reading.outside_names(sheet.context), **values, **(rows[0] if rows else {})}
    if any(names.get(name) in (None, []) for name in names_in(expression)):
        return None
    return sheet.evaluate(expression, names)


def _items(
    process: Process, forms: Mapping[str, str], activity: str, context: Context, evaluate: Evaluate
) -> tuple[Item, ...]:
    """What the step might have been answered with; nothing where its form can't be used."""
    node = process.nodes.get(activity)
    try:
        form = definition.parse(forms[node.form_key or ""]) if node is not None else None
    except (KeyError, FormError):
        return ()
    if form is None:
        return ()
    values = _answered(form, context, evaluate)
    if not item_of(process, activity):
        return (Item(None, "", values),)
    named = context.choices.get("positions", ())[:MADE_UP]
    return tuple(Item(choice.value, choice.label, values) for choice in named)


def _answered(form: Form, context: Context, evaluate: Evaluate) -> Mapping[str, Any]:
    """The form with a made-up answer in each of its fields."""
    raw = dict(submission.initial(form, context, evaluate))
    for leaf in conditions.leaves(form.fields):
        field = leaf.field
        if field.compute is None and not field.readonly and field.source is None and field.key is not None:
            answer = sample.value_for(field, context, lambda field: None)
            raw[field.key] = raw.get(field.key) if answer is None else answer
    return submission.read(form, raw, context, evaluate).values


def _first(items: tuple[Item, ...]) -> Mapping[str, Any]:
    return items[0].values or {} if items else {}
