"""Two versions of the forms of a process: forms and fields that came, went, or ask something else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from engine.diagram.changes import Change
from engine.diagram.model import Process
from forms.definition import parse, walk
from forms.errors import FormError
from forms.model import Field, Form

#: attributes of a field that are told under another name; all others under their own
FACTS = {
    "default_expression": "default",
    "choices_from": "choices",
    "subtype": "type",
    "description": "hint",
    "description_en": "hint_en",
}
APART = frozenset({"id", "key", "fields"})  #: what pairs fields, and what is compared by itself
OF_FORM = ("name", "name_en", "description", "description_en", "series", "workbook")


def compare_forms(old: Process, new: Process, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    """Changes of forms by key (form-js JSON as text); `element` is the first task that uses the form."""
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) == after.get(key):
            continue
        process = new if key in after else old
        node = next((n for n in process.nodes.values() if n.form_key == key), None)
        if node is None:
            continue  # a form that no task of the process asks for
        number = node.number
        left, right = _form(before.get(key)), _form(after.get(key))
        shown = right or left
        name = shown.name if shown else key

        def change(
            kind: Any, fact: str = "", old: Any = None, new: Any = None, field: str = "", path: str = ""
        ) -> Change:
            return Change(kind, "form", node.id, name or key, number, fact, old, new, field, path)  # noqa: B023

        if key not in before or key not in after:
            yield change("added" if key in after else "removed")
        elif left is None or right is None:
            yield change("changed", "content")
        else:
            found = list(_fields(left, right, change))
            if not found and _data(before[key]) != _data(after[key]):
                found = [change("changed", "content")]
            yield from found


def _fields(left: Form, right: Form, change: Any) -> Iterator[Change]:
    for name in OF_FORM:
        before, after = getattr(left, name), getattr(right, name)
        if before != after:
            yield change("changed", f"form-{name}", *((before, after) if isinstance(after, str) else ()))
    old, new = dict(walk(left)), dict(walk(right))
    for path in new:
        if path not in old:
            yield change("added", "field", field=_label(path, new), path=path)
    for path in old:
        if path not in new:
            yield change("removed", "field", field=_label(path, old), path=path)
    for path, field in new.items():
        if path in old:
            yield from _field(old[path], field, partial(change, field=_label(path, old), path=path))
    shared = [path for path in old if path in new]
    if shared != [path for path in new if path in old]:
        yield change("changed", "order")


def _field(left: Field, right: Field, change: Any) -> Iterator[Change]:
    told = set()
    for one in fields(Field):
        fact = FACTS.get(one.name, one.name)
        if one.name in APART or fact in told or getattr(left, one.name) == getattr(right, one.name):
            continue
        told.add(fact)
        yield change("changed", f"field-{fact}", _value(left, fact), _value(right, fact))


def _value(field: Field, fact: str) -> Any:
    """What a field says about one fact, where a page can show it; None where it says nothing, or too much."""
    if fact == "default":
        return field.default if field.default_expression is None else f"={field.default_expression}"
    if fact == "choices":
        return (field.choices_from,) if field.choices_from else _options(field)
    if fact == "type":
        return f"{field.type} {field.subtype or ''}".strip()
    if fact == "columns":
        return tuple(column.label or column.key for column in field.columns)
    if fact == "source":
        return (field.source.activity, field.source.field) if field.source else None
    return getattr(field, {"hint": "description", "hint_en": "description_en"}.get(fact, fact))


def _options(field: Field) -> tuple[str, ...]:
    """The labels of the choices; where two are alike, with the values that tell them apart."""
    labels = [choice.label for choice in field.choices]
    return tuple(
        f"{choice.label} ({choice.value})" if labels.count(choice.label) > 1 else choice.label
        for choice in field.choices
    )


def _label(path: str, known: Mapping[str, Field]) -> str:
    """The label of a field; of a column in a table that people fill in behind that of the table."""
    field, (table, _dot, cell) = known[path], path.rpartition(".")
    label = field.label or field.key or field.text[:60] or field.id
    return f"{_label(table, known)} › {label}" if cell and table in known else label


def _form(text: str | None) -> Form | None:
    try:
        return parse(text) if text is not None else None
    except FormError:
        return None


def _data(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
