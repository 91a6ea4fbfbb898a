"""Answers that a form accepts, made up to try a procedure out: what must be filled in, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from forms import conditions, pattern_text, submission
from forms.definition import at
from forms.display import typed as shown
from forms.model import Choice, Context, Field, Form, Problem, Submission
from forms.raw import blank_row
from forms.reading import Evaluate

ROUNDS = 12  #: an answer may bring other fields into view, which then want answers too
WORD = "Contoh"

#: gives the id of an uploaded paper that a file field takes, or None where none can be had
Upload = Callable[[Field], str | None]


def fill(
    form: Form,
    context: Context,
    evaluate: Evaluate,
    *,
    wishes: Mapping[str, Any] | None = None,
    typed: Mapping[str, Any] | None = None,
    upload: Upload = lambda field: None,
    turn: int = 0,
) -> Submission:
    """Begin with what the page would show, put in the wishes, and mend what the form refuses, until it takes it.

    `wishes` are stored values by field key; a key inside a dynamic list holds for each of its rows, the list's own key
    has whole rows. Of choices the first is taken, each `turn` the next one. With `typed`, raw, only files are made up.
    The submission's problems are what no made-up answer could satisfy.
    """
    raw = dict(typed) if typed is not None else submission.initial(form, context, evaluate)
    if typed is None:
        for leaf in conditions.leaves(form.fields):
            _grant(leaf.field, raw, wishes or {})
    read = submission.read(form, raw, context, evaluate)
    for _ in range(ROUNDS):
        mended = [
            _mend(form, raw, problem, context, wishes or {}, upload, turn)
            for problem in read.problems
            if typed is None or _is_file(form, problem)
        ]
        if not any(mended):
            break
        read = submission.read(form, raw, context, evaluate)
    return read


def value_for(field: Field, context: Context, upload: Upload, turn: int = 0) -> Any:
    """One answer a field takes, as raw; of choices that at `turn`, round and round. None: none is known."""
    if field.type == "checkbox":
        return "true"
    if field.type in ("radio", "select", "checklist", "taglist"):
        choices = options(field, context)
        chosen = choices[turn % len(choices)].value if choices else None
        return [chosen] if chosen is not None and field.type in ("checklist", "taglist") else chosen
    if field.type == "filepicker":
        file = upload(field)
        return [file] if file is not None else None
    if field.type == "number":
        return shown(field, _number(field))
    if field.type == "datetime":
        day = context.today.isoformat()
        return {"time": "09:00", "datetime": f"{day}T09:00"}.get(field.subtype or "date", day)
    if field.type == "dynamiclist":
        count = max(1, field.min_rows or 0, field.default_rows)
        return [{**blank_row(field), **_row(field, context, upload, place, turn)} for place in range(count)]
    return _text(field)


def _row(field: Field, context: Context, upload: Upload, place: int, turn: int) -> dict[str, Any]:
    """What a new row must hold: its required cells, or one of them, since rows in which nothing stands don't count."""
    cells = [leaf.field for leaf in conditions.leaves(field.fields) if _may_be_typed(leaf.field)]
    wanted = [cell for cell in cells if cell.required] or cells[:1]
    return {
        cell.key or cell.id: value_for(cell, context, upload, place if cell.key == field.row_label else turn)
        for cell in wanted
    }


def _is_file(form: Form, problem: Problem) -> bool:
    field = at(form, problem.path)
    return field is not None and field.type == "filepicker"


def _may_be_typed(field: Field) -> bool:
    return field.compute is None and not field.readonly and field.source is None


def options(field: Field, context: Context) -> tuple[Choice, ...]:
    """The choices of a field, its own or the office's list it names."""
    return field.choices or context.choices.get(field.choices_from or "", ())


def _grant(field: Field, raw: dict[str, Any], wishes: Mapping[str, Any]) -> None:
    if field.type == "dynamiclist":
        _grant_rows(field, raw, wishes)
    elif field.key is not None and field.key in wishes and _may_be_typed(field):
        raw[field.key] = shown(field, wishes[field.key])


def _grant_rows(field: Field, raw: dict[str, Any], wishes: Mapping[str, Any]) -> None:
    """Wishes for all rows, and for single ones: fixed rows are found by the cell that names them."""
    key = field.key or field.id
    wished = wishes.get(key)
    given = [one for one in wished if isinstance(one, Mapping)] if isinstance(wished, list) else []
    if given and not field.fixed_rows:
        raw[key] = [blank_row(field) for _ in given]
    for place, row in enumerate(raw.get(key, ())):
        named = row.get(field.row_label or "")
        own = next((one for one in given if one.get(field.row_label or "") == named), {}) if field.fixed_rows else None
        mine = own if own is not None else given[place] if place < len(given) else {}
        for leaf in conditions.leaves(field.fields):
            _grant(leaf.field, row, {**wishes, **mine})


def _mend(
    form: Form,
    raw: dict[str, Any],
    problem: Problem,
    context: Context,
    wishes: Mapping[str, Any],
    upload: Upload,
    turn: int,
) -> bool:
    """Put a fitting answer where the form saw a problem; False where there is nothing (else) to put."""
    *way, last = problem.path.split(".")
    field = at(form, problem.path)
    holder: Any = raw
    for part in way:
        try:
            holder = holder[int(part)] if isinstance(holder, list) else holder[part]
        except (IndexError, KeyError, ValueError):
            return False
    if field is None or not isinstance(holder, dict):
        return False
    rows = at(form, way[0]) if way else None
    if rows is not None and rows.row_label == last:
        turn = next((int(part) for part in way if part.isdigit()), 0)
    answer = value_for(field, context, upload, turn)
    if answer is None or holder.get(last) == answer:
        return False
    holder[last] = answer
    if field.type == "dynamiclist":
        _grant(field, holder, wishes)
    return True


def _number(field: Field) -> float:
    least = field.min if field.min is not None else 1.0
    value = min(max(least, 1.0), field.max) if field.max is not None else max(least, 1.0)
    return value if field.min is None else max(value, field.min)


def _text(field: Field) -> str | None:
    if field.validation is not None:
        return {"email": "contoh@contoh.id", "phone": "081234567890"}.get(field.validation, "https://contoh.id")
    if field.text_or_number:
        return "1"
    least = field.min_length or 1
    if field.pattern is not None:
        return pattern_text.example(field.pattern, length=field.min_length or 0)
    text = WORD.ljust(least, ".")
    return text[: field.max_length] if field.max_length is not None else text
