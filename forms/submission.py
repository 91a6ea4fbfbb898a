"""What a person typed becomes answers: always validated here, whoever sends it.

Only what the form defines is kept. Read-only, sourced and computed fields are never taken from what was sent. Empty
answers are None (a list for fields that take several, False for a checkbox); rows of a dynamic list in which nothing
was typed don't count. An expression sees the variables of the case, `item`, `item_label` and all fields by key (None
while empty or hidden); in a row also its cells, which go first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from forms import answers, components, conditions, display, sources
from forms.errors import N_
from forms.model import Context, Field, Form, Problem, Submission
from forms.raw import blank_row

Evaluate = Callable[[str, Mapping[str, object]], object]  #: raises an exception (with .reason) when it can't


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What the page shows again: `raw` for the inputs, `computed` formatted by path, `hidden` paths, `values`."""

    raw: dict[str, Any]
    values: dict[str, Any]
    computed: Mapping[str, str]
    hidden: frozenset[str]


@dataclass(slots=True)
class _Reading:
    """One pass over a form: what is given, and what has been found on the way."""

    context: Context
    evaluate: Evaluate
    decimal: str = ","
    hidden: set[str] = made(default_factory=set)
    computed: dict[str, str] = made(default_factory=dict)
    choices: dict[int, dict[str, str]] = made(default_factory=dict)
    plans: dict[int, tuple[conditions.Step, ...]] = made(default_factory=dict)
    previous: Mapping[str, Any] = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The form, or one row of a list, once read."""

    values: dict[str, Any]
    raw: dict[str, Any]
    problems: list[Problem]
    names: dict[str, object]


def read(form: Form, raw: Mapping[str, Any], context: Context, evaluate: Evaluate) -> Submission:
    """Check what was typed and give its values, computed and sourced ones filled in; never raises for any `raw`."""
    reading = _reading(context, evaluate)
    scope = _scope(reading, form.fields, raw, _outside(context), "", None)
    return Submission(scope.values, scope.raw, tuple(scope.problems), frozenset(reading.hidden))


def refresh(
    form: Form, raw: Mapping[str, Any], context: Context, evaluate: Evaluate, *, decimal: str = ","
) -> Refreshed:
    """Compute again without requiring anything: for drafts and while somebody types. Wrong answers count as empty."""
    reading = _reading(context, evaluate, decimal)
    scope = _scope(reading, form.fields, raw, _outside(context), "", None)
    return Refreshed(scope.raw, scope.values, reading.computed, frozenset(reading.hidden))


def initial(form: Form, context: Context, evaluate: Evaluate) -> dict[str, Any]:
    """What the page shows first, as raw: the previous submission of this same work, else sources, else defaults.

    A list with fixed rows keeps the earlier answers of an item unless that item was sent again after them.
    """
    reading = _reading(context, evaluate)
    outside = _outside(context)
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
            raw[key] = display.typed(field, _given(reading, field, outside))
    return refresh(form, raw, context, evaluate).raw


def table_rows(
    table: Field, context: Context, evaluate: Evaluate, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of a read-only table as values by column key, computed columns filled in (None when not computable).

    Rows also keep what else their source holds (`item`, `item_label`, `status`). `values` are the form's answers so
    far, for a table over a list of the same form.
    """
    outside = _outside(context) | dict(values or {})
    if table.source is not None:
        given = sources.rows(table.source, context)
    else:
        listed = _try(evaluate, table.compute or "", outside)
        given = [dict(row) for row in listed if isinstance(row, Mapping)] if isinstance(listed, (list, tuple)) else []
    for row in given:
        for column in table.columns:
            if column.compute is None:
                row.setdefault(column.key, None)
        for column in table.columns:
            if column.compute is not None:
                missing = dict.fromkeys(conditions.names(column.compute) - outside.keys())
                row[column.key] = answers.plain(_try(evaluate, column.compute, {**outside, **missing, **row}))
    return given


def _reading(context: Context, evaluate: Evaluate, decimal: str = ",") -> _Reading:
    before = context.previous.values if context.previous is not None else None
    return _Reading(context, evaluate, decimal, previous=before or {})


def _outside(context: Context) -> dict[str, object]:
    return {**context.variables, "item": context.item, "item_label": context.item_label}


def _scope(
    reading: _Reading,
    fields: tuple[Field, ...],
    raw: Mapping[str, Any],
    outside: Mapping[str, object],
    prefix: str,
    known: Mapping[str, Any] | None,
) -> _Scope:
    """Read the form or one row. `known` is what a fixed row holds already."""
    if id(fields) not in reading.plans:
        reading.plans[id(fields)] = conditions.order(fields)
    leaves = list(conditions.leaves(fields))
    names: dict[str, object] = {**outside, **{leaf.field.key or "": None for leaf in leaves}}
    values: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    problems: dict[str, list[Problem]] = {}
    hidden: set[str] = set()
    for step in reading.plans[id(fields)]:
        field, name = step.field, conditions.name_of(step.field)
        path = prefix + name
        if step.kind == "hide":
            if _try(reading.evaluate, field.hide or "", names):
                reading.hidden.add(path)
                inside = (
                    {name} if field.type != "group" else {leaf.field.key or "" for leaf in conditions.leaves((field,))}
                )
                hidden |= inside
                names.update(dict.fromkeys(inside & names.keys()))
            continue
        found = _value(reading, field, raw.get(name), names, path, known)
        values[name], shown[name], problems[name] = found
        if name not in hidden:
            names[name] = values[name] if field.type != "dynamiclist" else _whole_rows(field, values[name])
    order = [leaf.field.key or "" for leaf in leaves]
    return _Scope(
        values={key: values[key] for key in order if key not in hidden},
        raw={key: shown[key] for key in order},
        problems=[problem for key in order if key not in hidden for problem in problems[key]],
        names=names,
    )


def _whole_rows(field: Field, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as expressions see them: hidden cells are there, empty."""
    empty = {leaf.field.key or "": None for leaf in conditions.leaves(field.fields)}
    return [{**empty, **row} for row in rows]


def _value(
    reading: _Reading,
    field: Field,
    raw: Any,
    names: Mapping[str, object],
    path: str,
    known: Mapping[str, Any] | None,
) -> tuple[Any, Any, list[Problem]]:
    """Value, raw and problems of one field."""
    if field.type == "dynamiclist":
        return _rows(reading, field, raw, names, path)
    if field.compute is not None:
        value = answers.coerce(field, _try(reading.evaluate, field.compute, names))
        shown = display.typed(field, value)
        reading.computed[path] = _formatted(reading, field, value)
        if field.required and answers.is_empty(value):
            return (
                value,
                shown,
                [_problem(field, path, "required", N_("This can't be computed yet; fill in what it needs."))],
            )
        return value, shown, []
    if field.readonly:
        if known is not None and field.key is not None and field.key in known:
            value = answers.coerce(field, known[field.key])
        else:
            value = answers.coerce(field, _kept(reading, field, names, path))
        return value, display.typed(field, value), []
    several = field.type in components.SEVERAL
    shown = answers.tidy_list(raw) if several else answers.tidy(raw)
    if field.type == "checkbox":
        shown = "true" if answers.tidy(raw).strip().lower() in answers.TRUE else ""
    try:
        value = answers.read(field, raw, choices=_choices(reading, field), files=reading.context.files)
    except answers.Refused as refused:
        return [] if several else None, shown, [_problem(field, path, refused.rule, refused.message, refused.params)]
    if field.required and answers.is_empty(value):
        return (
            value,
            shown,
            [_problem(field, path, "required", _REQUIRED.get(field.type, N_("This must be filled in.")))],
        )
    return value, shown, []


_REQUIRED = {
    "radio": N_("Choose one."),
    "select": N_("Choose one."),
    "checklist": N_("Choose at least one."),
    "taglist": N_("Choose at least one."),
    "filepicker": N_("Add a file."),
    "checkbox": N_("Tick this box."),
}


def _kept(reading: _Reading, field: Field, names: Mapping[str, object], path: str) -> Any:
    """The value of a read-only field: its source's, else the earlier one, else its default."""
    if field.source is None and path in reading.previous:
        return reading.previous[path]
    return _given(reading, field, names)


def _given(reading: _Reading, field: Field, names: Mapping[str, object]) -> Any:
    """What stands in a field that nobody has filled in."""
    if field.source is not None:
        found = sources.value(field.source, reading.context)
        if field.readonly or not answers.is_empty(found):
            return answers.coerce(field, found)
    if field.default_expression is not None:
        return answers.coerce(field, _try(reading.evaluate, field.default_expression, names))
    return field.default


def _rows(
    reading: _Reading, field: Field, raw: Any, names: Mapping[str, object], path: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Problem]]:
    """Read a dynamic list: its rows of values (blank ones left out), its raw, its problems."""
    listed = [row if isinstance(row, Mapping) else {} for row in raw] if isinstance(raw, (list, tuple)) else []
    most = field.max_rows or components.MAX_ROWS
    limit = components.MAX_ROWS if not field.fixed_rows else len(listed)
    too_many = len(listed) > most and not field.fixed_rows
    given: list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]
    if field.fixed_rows:
        given = _aligned(field, listed, sources.fixed_rows(field, reading.context))
    else:
        given = [(row, None) for row in listed[:limit]]
    blank = blank_row(field)
    typed = [leaf.field.key or "" for leaf in conditions.leaves(field.fields) if answers.is_typed(leaf.field)]
    values: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    outside = {name: value for name, value in names.items() if name != field.key}
    for index, (row, known) in enumerate(given):
        scope = _scope(reading, field.fields, row, outside, f"{path}.{index}.", known)
        shown.append(scope.raw)
        if known is None and all(scope.raw[name] in (blank[name], "", []) for name in typed):
            continue
        values.append(scope.values)
        problems += scope.problems
        if field.unique_rows and field.row_label:
            label = scope.values.get(field.row_label)
            first = seen.setdefault(str(label), index) if not answers.is_empty(label) else index
            if first != index:
                cell = next(leaf.field for leaf in conditions.leaves(field.fields) if leaf.field.key == field.row_label)
                where = f"{path}.{index}.{field.row_label}"
                message = N_("This stands already in row %(row)s.")
                problems.append(_problem(cell, where, "unique", message, {"row": first + 1}))
    if too_many or len(values) > most:
        problems.append(_problem(field, path, "max_rows", N_("At most %(max)s rows."), {"max": most}))
    elif not field.fixed_rows and len(values) < (field.min_rows or 0):
        message = N_("Fill in at least %(min)s rows.") if (field.min_rows or 0) > 1 else N_("Fill in at least one row.")
        problems.insert(0, _problem(field, path, "min_rows", message, {"min": field.min_rows}))
    return values, shown, problems


def _aligned(
    field: Field, listed: list[Mapping[str, Any]], fixed: list[dict[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Put posted rows beside the fixed rows they belong to: by what names them if it was sent, else by order."""
    key = sources.identity(field)
    named = {name: row for row in reversed(listed) if key is not None and (name := answers.tidy(row.get(key)))}
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any] | None]] = []
    for index, known in enumerate(fixed):
        if named:
            row: Mapping[str, Any] = named.get(str(known.get(key or "")), {})
        else:
            row = listed[index] if index < len(listed) else {}
        pairs.append((row, known))
    return pairs


def _initial_rows(reading: _Reading, field: Field) -> list[dict[str, Any]]:
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
                kept = {} if sources.sent_again(field, known.get("item"), reading.context) else next(mine, {})
            else:
                kept = earlier[index] if earlier and index < len(earlier) else {}
            rows.append(typed({**kept, **known}))
        return rows
    if earlier is not None:
        return [typed(row) for row in earlier]
    if offered:
        return [typed(row) for row in offered]
    return [blank_row(field) for _ in range(max(field.default_rows, field.min_rows or 0))]


def _choices(reading: _Reading, field: Field) -> dict[str, str]:
    if id(field) not in reading.choices:
        reading.choices[id(field)] = {one.value: one.label for one in sources.choices(field, reading.context)}
    return reading.choices[id(field)]


def _formatted(reading: _Reading, field: Field, value: Any) -> str:
    offered = sources.choices(field, reading.context)
    language = "id" if reading.decimal == "," else "en"
    shown = display.show(field, value, decimal=reading.decimal, choices=offered, language=language)
    return ", ".join(shown) if isinstance(shown, list) else str(shown)


def _try(evaluate: Evaluate, expression: str, names: Mapping[str, object]) -> Any:
    """The value of an expression; None when it can't be worked out (a name still empty, a division by nothing)."""
    try:
        return evaluate(expression, names)
    except Exception as failed:
        if not hasattr(failed, "reason"):
            raise
        return None


def _problem(field: Field, path: str, rule: str, message: str, params: Mapping[str, Any] | None = None) -> Problem:
    return Problem(path, rule, message, params or {}, label=field.label)
