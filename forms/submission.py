"""What a person typed becomes answers: always validated here, whoever sends it.

Only what the form defines is kept. Read-only, sourced and computed fields are never taken from what was sent. Empty
answers are None (a list for fields that take several, False for a checkbox); rows of a dynamic list in which nothing
was typed don't count. An expression sees the variables of the case, `item`, `item_label` and all fields by key (None
while empty or hidden); in a row also its cells, which go first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms import answers, conditions, display, sources
from forms.model import Context, Field, Form, Submission
from forms.raw import blank_row
from forms.reading import Evaluate, Reading, attempt, begin, given, outside_names, read_scope


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What the page shows again: `raw` for the inputs, `computed` formatted by path, `hidden` paths, `values`."""

    raw: dict[str, Any]
    values: dict[str, Any]
    computed: Mapping[str, str]
    hidden: frozenset[str]


def read(form: Form, raw: Mapping[str, Any], context: Context, evaluate: Evaluate) -> Submission:
    """Check what was typed and give its values, computed and sourced ones filled in; never raises for any `raw`."""
    reading = begin(context, evaluate)
    scope = read_scope(reading, form.fields, raw, outside_names(context))
    return Submission(scope.values, scope.raw, tuple(scope.problems), frozenset(reading.hidden))


def refresh(
    form: Form, raw: Mapping[str, Any], context: Context, evaluate: Evaluate, *, decimal: str = ","
) -> Refreshed:
    """Compute again without requiring anything: for drafts and while somebody types. Wrong answers count as empty."""
    reading = begin(context, evaluate, decimal=decimal, keep_blank=True)
    scope = read_scope(reading, form.fields, raw, outside_names(context))
    return Refreshed(scope.raw, scope.values, reading.computed, frozenset(reading.hidden))


def initial(form: Form, context: Context, evaluate: Evaluate) -> dict[str, Any]:
    """What the page shows first, as raw: the previous submission of this same work, else sources, else defaults.

    A list with fixed rows keeps the earlier answers of an item unless that item was sent again after them.
    """
    reading = begin(context, evaluate)
    outside = outside_names(context)
    for leaf in conditions.leaves(form.fields):
        outside.setdefault(leaf.field.key or "", None)
    raw: dict[str, Any] = {}
    for leaf in conditions.leaves(form.fields):
        field, key = leaf.field, leaf.field.key or ""
        if field.type == "dynamiclist":
            raw[key] = _initial_rows(reading, field)
        elif key in reading.previous:
            raw[key] = display.typed(field, reading.previous[key])
        else:
            raw[key] = display.typed(field, given(reading, field, outside))
    return refresh(form, raw, context, evaluate).raw


def table_rows(
    table: Field, context: Context, evaluate: Evaluate, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of a read-only table as values by column key, computed columns filled in (None when not computable).

    Rows also keep what else their source holds (`item`, `item_label`, `status`). `values` are the form's answers so
    far, for a table over a list of the same form.
    """
    outside = outside_names(context) | dict(values or {})
    if table.source is not None:
        given = sources.rows(table.source, context)
    else:
        listed = attempt(evaluate, table.compute or "", outside)
        given = [dict(row) for row in listed if isinstance(row, Mapping)] if isinstance(listed, (list, tuple)) else []
    for row in given:
        for column in table.columns:
            if column.compute is None:
                row.setdefault(column.key, None)
        for column in table.columns:
            if column.compute is not None:
                row[column.key] = answers.plain(_worked_out(column.compute, row, outside, evaluate))
    return given


def table_notes(
    table: Field,
    rows: Sequence[Mapping[str, Any]],
    context: Context,
    evaluate: Evaluate,
    values: Mapping[str, Any] | None = None,
    *,
    language: str = "id",
) -> list[dict[str, str]]:
    """For each of the `rows` of `table_rows`: why cells are empty, in the form's words by column key."""
    outside = outside_names(context) | dict(values or {})
    declared = {
        column.key: (column.note_en if language == "en" else None) or column.note
        for column in table.columns
        if column.note
    }
    notes = []
    for row in rows:
        empty = {key: text for key, text in declared.items() if text and row.get(key) is None}
        told = {key: _worked_out(text, row, outside, evaluate) for key, text in empty.items()}
        notes.append({key: text for key, text in told.items() if isinstance(text, str) and text})
    return notes


def _worked_out(text: str, row: Mapping[str, Any], outside: Mapping[str, object], evaluate: Evaluate) -> object:
    """An expression over the cells of a row, and what stands outside it."""
    missing = dict.fromkeys(conditions.names(text) - outside.keys())
    return attempt(evaluate, text, {**outside, **missing, **row})


def _initial_rows(reading: Reading, field: Field) -> list[dict[str, Any]]:
    cells = {leaf.field.key or "": leaf.field for leaf in conditions.leaves(field.fields)}

    def typed(row: Mapping[str, Any]) -> dict[str, Any]:
        given = {key: display.typed(cell, answers.coerce(cell, row[key])) for key, cell in cells.items() if key in row}
        return {**blank_row(field), **given}

    before = reading.previous.get(field.key or "")
    earlier = [row for row in before if isinstance(row, Mapping)] if isinstance(before, (list, tuple)) else None
    offered = sources.fixed_rows(field, reading.context)
    if field.fixed_rows:
        key = sources.identity(field)
        rows = []
        for index, known in enumerate(offered):
            if key is not None:
                mine = (row for row in earlier or () if row.get(key) == known.get(key))
                kept = next(mine, {})
                if sources.sent_again(field, known, kept, reading.context):
                    kept = {}
            else:
                kept = earlier[index] if earlier and index < len(earlier) else {}
            rows.append(typed({**kept, **known}))
        return rows
    if earlier is not None:
        return [typed(row) for row in earlier]
    if offered:
        return [typed(row) for row in offered]
    return [blank_row(field) for _ in range(max(field.default_rows, field.min_rows or 0))]
