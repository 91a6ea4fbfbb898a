"""Two versions of the forms of a process: forms and fields that came, went, or ask something else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from engine.diagram.changes import Change
from engine.diagram.model import Process
from forms.definition import parse, walk
from forms.errors import FormError
from forms.model import Field, Form

#: attributes of a field -> the fact they make; those with one name are told once
FACTS = {
    "label": "label",
    "label_en": "label",
    "description": "hint",
    "description_en": "hint",
    "text": "text",
    "type": "type",
    "subtype": "type",
    "required": "required",
    "readonly": "readonly",
    "choices": "choices",
    "choices_from": "choices",
    "hide": "shown",
    "compute": "compute",
    "source": "source",
    "default": "default",
    "default_expression": "default",
}
APART = frozenset({"id", "key", "fields"})  #: what pairs fields, and what is compared by itself


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

        def change(kind: Any, fact: str = "", old: Any = None, new: Any = None, field: str = "") -> Change:
            return Change(kind, "form", node.id, name or key, number, fact, old, new, field)  # noqa: B023

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
    if left.name != right.name:
        yield change("changed", "name", left.name, right.name)
    old, new = dict(walk(left)), dict(walk(right))
    for path, field in new.items():
        if path not in old:
            yield change("added", "field", field=_label(field))
    for path, field in old.items():
        if path not in new:
            yield change("removed", "field", field=_label(field))
    for path, field in new.items():
        if path in old:
            yield from _field(old[path], field, change)
    shared = [path for path in old if path in new]
    if shared != [path for path in new if path in old]:
        yield change("changed", "order")


def _field(left: Field, right: Field, change: Any) -> Iterator[Change]:
    told = set()
    for one in fields(Field):
        before, after = getattr(left, one.name), getattr(right, one.name)
        fact = FACTS.get(one.name, "rules")
        if one.name in APART or before == after or fact in told:
            continue
        told.add(fact)
        plain = all(isinstance(value, str | bool | int | float | None) for value in (before, after))
        shown = (before, after) if plain and fact not in ("rules", "shown") else (None, None)
        yield change("changed", f"field-{fact}", *shown, field=_label(left))


def _label(field: Field) -> str:
    return field.label or field.key or field.text[:60] or field.id


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
