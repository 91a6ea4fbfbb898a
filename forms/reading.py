"""One pass over a form and what was sent for it: values, conditions and problems in the order they need each other.

Nothing here raises for wrong answers; submission.py says what a pass is for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from forms import answers, conditions, display, sources, vocabulary
from forms.errors import N_
from forms.model import Context, Field, Problem
from forms.notation import Refused
from forms.raw import blank_row

Evaluate = Callable[[str, Mapping[str, object]], object]  #: raises an exception (with .reason) when it can't


@dataclass(slots=True)
class Reading:
    """One pass over a form: what is given, and what has been found on the way."""

    context: Context
    evaluate: Evaluate
    decimal: str = ","
    hidden: set[str] = made(default_factory=set)
    computed: dict[str, str] = made(default_factory=dict)
    keep_blank: bool = False  #: blank rows stay in `values`, so that they stand beside their raw
    choices: dict[int, dict[str, str]] = made(default_factory=dict)
    plans: dict[int, tuple[conditions.Step, ...]] = made(default_factory=dict)
    previous: Mapping[str, Any] = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """The form, or one row of a list, once read. `names` is what expressions see of it."""

    values: dict[str, Any]
    raw: dict[str, Any]
    problems: list[Problem]
    names: dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """One field, once read. `seen` is what expressions see of it."""

    value: Any
    raw: Any
    problems: list[Problem]
    seen: Any


def begin(context: Context, evaluate: Evaluate, *, decimal: str = ",", keep_blank: bool = False) -> Reading:
    """Set out to read a form in a context."""
    before = context.previous.values if context.previous is not None else None
    return Reading(context, evaluate, decimal, keep_blank=keep_blank, previous=before or {})


def outside_names(context: Context) -> dict[str, object]:
    """What expressions see beside the form's own fields."""
    return {**context.variables, "item": context.item, "item_label": context.item_label}


def read_scope(
    reading: Reading,
    fields: tuple[Field, ...],
    raw: Mapping[str, Any],
    outside: Mapping[str, object],
    *,
    prefix: str = "",
    known: Mapping[str, Any] | None = None,
) -> Scope:
    """Read the form or one row. `known` is what a fixed row holds already."""
    if id(fields) not in reading.plans:
        reading.plans[id(fields)] = conditions.order(fields)
    order = [leaf.field.key or "" for leaf in conditions.leaves(fields)]
    names: dict[str, object] = {**outside, **dict.fromkeys(order)}
    found: dict[str, Answer] = {}
    hidden: set[str] = set()
    for step in reading.plans[id(fields)]:
        field, name = step.field, conditions.name_of(step.field)
        if step.kind == "value":
            found[name] = _answer(reading, field, raw.get(name), names, prefix + name, known or {})
            if name not in hidden:
                names[name] = found[name].seen
        elif attempt(reading.evaluate, field.hide or "", names):
            reading.hidden.add(prefix + name)
            inside = {leaf.field.key or "" for leaf in conditions.leaves((field,))}
            hidden |= inside
            names.update(dict.fromkeys(inside))
    shown = [key for key in order if key not in hidden]
    return Scope(
        values={key: found[key].value for key in shown},
        raw={key: found[key].raw for key in order},
        problems=[problem for key in shown for problem in found[key].problems],
        names={key: names[key] for key in order},
    )


def _answer(
    reading: Reading, field: Field, raw: Any, names: Mapping[str, object], path: str, known: Mapping[str, Any]
) -> Answer:
    """Read one field: computed, taken over, or typed."""
    if field.type == "dynamiclist":
        return _rows(reading, field, raw, names, path)
    problems: list[Problem] = []
    if field.compute is not None:
        value = answers.coerce(field, attempt(reading.evaluate, field.compute, names))
        shown = display.typed(field, value)
        reading.computed[path] = _formatted(reading, field, value)
        if field.required and answers.is_empty(value):
            message = N_("This can't be computed yet; fill in what it needs.")
            problems.append(_problem(field, path, "required", message))
        return Answer(value, shown, problems, value)
    if field.readonly:
        given = known[field.key] if field.key and field.key in known else _kept(reading, field, names, path)
        value = answers.coerce(field, given)
        return Answer(value, display.typed(field, value), problems, value)
    value = [] if field.type in vocabulary.SEVERAL else None
    try:
        value = answers.read(field, raw, choices=_choices(reading, field), files=reading.context.files)
        if field.no_past and value is not None and value[:10] < reading.context.today.isoformat():
            raise Refused("past", N_("This must be today or later."))
    except Refused as refused:
        problems.append(_problem(field, path, refused.rule, refused.message, refused.params))
    else:
        if field.required and answers.is_empty(value):
            message = _REQUIRED.get(field.type, N_("This must be filled in."))
            problems.append(_problem(field, path, "required", message))
    return Answer(value, answers.shown_again(field, raw), problems, value)


_REQUIRED = {
    "radio": N_("Choose one."),
    "select": N_("Choose one."),
    "checklist": N_("Choose at least one."),
    "taglist": N_("Choose at least one."),
    "filepicker": N_("Add a file."),
    "checkbox": N_("Tick this box."),
}


def _kept(reading: Reading, field: Field, names: Mapping[str, object], path: str) -> Any:
    """The value of a read-only field: its source's, else the earlier one, else its default."""
    if field.source is None and path in reading.previous:
        return reading.previous[path]
    return given(reading, field, names)


def given(reading: Reading, field: Field, names: Mapping[str, object]) -> Any:
    """What stands in a field that nobody has filled in."""
    if field.source is not None:
        return answers.coerce(field, sources.value(field.source, reading.context))
    if field.default_expression is not None:
        return answers.coerce(field, attempt(reading.evaluate, field.default_expression, names))
    return field.default


def _rows(reading: Reading, field: Field, raw: Any, names: Mapping[str, object], path: str) -> Answer:
    """Read a dynamic list; rows in which nothing was typed don't count."""
    listed = [row if isinstance(row, Mapping) else {} for row in raw] if isinstance(raw, (list, tuple)) else []
    known: list[dict[str, Any]] = sources.fixed_rows(field, reading.context) if field.fixed_rows else []
    posted = _aligned(field, listed, known) if field.fixed_rows else listed[: vocabulary.MAX_ROWS]
    leaves = list(conditions.leaves(field.fields))
    typed = [leaf.field.key or "" for leaf in leaves if answers.is_typed(leaf.field)]
    blank = blank_row(field)
    outside = {name: value for name, value in names.items() if name != field.key}
    values: list[dict[str, Any]] = []
    seen: list[dict[str, object]] = []
    shown: list[dict[str, Any]] = []
    problems: list[Problem] = []
    labels: dict[str, int] = {}
    for index, row in enumerate(posted):
        here = f"{path}.{index}."
        fixed = known[index] if field.fixed_rows else None
        scope = read_scope(reading, field.fields, row, outside, prefix=here, known=fixed)
        shown.append(scope.raw)
        counts = field.fixed_rows or any(scope.raw[name] not in (blank[name], "", []) for name in typed)
        if counts or reading.keep_blank:
            values.append(scope.values)
        if not counts:
            continue
        seen.append(scope.names)
        problems += scope.problems
        label = scope.values.get(field.row_label) if field.unique_rows and field.row_label else None
        first = labels.setdefault(str(label), index) if label is not None else index
        if first != index:
            cell = next(leaf.field for leaf in leaves if leaf.field.key == field.row_label)
            message = N_("This stands already in row %(row)s.")
            problems.append(_problem(cell, f"{here}{cell.key}", "unique", message, {"row": first + 1}))
    most = field.max_rows or vocabulary.MAX_ROWS
    if not field.fixed_rows:
        if max(len(seen), len(listed) if len(listed) > vocabulary.MAX_ROWS else 0) > most:
            problems.insert(0, _problem(field, path, "max_rows", N_("At most %(max)s rows."), {"max": most}))
        elif len(seen) < (field.min_rows or 0):
            one = field.min_rows == 1
            message = N_("Fill in at least one row.") if one else N_("Fill in at least %(min)s rows.")
            problems.insert(0, _problem(field, path, "min_rows", message, {"min": field.min_rows}))
    return Answer(values, shown, problems, seen)


def _aligned(field: Field, listed: list[Mapping[str, Any]], known: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """The posted row for each fixed row: by what names it if that was sent, else by order."""
    key = sources.identity(field)
    named = {name: row for row in reversed(listed) if key is not None and (name := answers.tidy(row.get(key)))}
    if key is not None and named:
        return [named.get(answers.tidy(row.get(key)), {}) for row in known]
    return [listed[index] if index < len(listed) else {} for index in range(len(known))]


def _choices(reading: Reading, field: Field) -> dict[str, str]:
    if id(field) not in reading.choices:
        reading.choices[id(field)] = {one.value: one.label for one in sources.choices(field, reading.context)}
    return reading.choices[id(field)]


def _formatted(reading: Reading, field: Field, value: Any) -> str:
    offered = sources.choices(field, reading.context)
    language = "id" if reading.decimal == "," else "en"
    shown = display.show(field, value, decimal=reading.decimal, choices=offered, language=language)
    return ", ".join(shown) if isinstance(shown, list) else display.measured(field, str(shown))


def attempt(evaluate: Evaluate, expression: str, names: Mapping[str, object]) -> Any:
    """The value of an expression; None when it can't be worked out (a name still empty, a division by nothing)."""
    try:
        return evaluate(expression, names)
    except Exception as failed:
        # The evaluator is handed in, so its class of error is not known here; it is known by having a reason.
        if not hasattr(failed, "reason"):
            raise
        return None


def _problem(field: Field, path: str, rule: str, message: str, params: Mapping[str, Any] | None = None) -> Problem:
    return Problem(path, rule, message, params or {}, label=field.label)
