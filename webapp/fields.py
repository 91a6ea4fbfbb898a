"""What a page needs to draw a form: a frozen view per component, from the form, what was typed and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms import sources
from forms.model import Context, Field, File, Form, Problem
from forms.raw import blank_row, html_name
from webapp.answers import Reader, Shown, TableView, Translate, leaves, list_table, reader_of, table

#: more columns than this don't fit beside the case
NARROW_COLUMNS = 4
#: a list of problems longer than this is cut, with the rest counted
SUMMARY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class ChoiceView:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a dynamic list; `index` counts from 0 as in its names, people read `index + 1`."""

    index: int | str
    cells: tuple[FieldView, ...]
    identity: tuple[str, str] | None = None  #: name and value that tell which fixed row this is


@dataclass(frozen=True, slots=True)
class FieldView:
    """A component with everything its macro draws."""

    field: Field
    type: str
    path: str = ""
    name: str = ""
    label: str = ""
    hint: str = ""
    text: str = ""
    error: str = ""
    value: str = ""
    checked: bool = False
    hidden: bool = False
    readonly: bool = False
    computed: str | None = None  #: text of a computed field, which follows while one types
    focus: bool = False
    earliest: str = ""  #: of a date, as its input takes it
    shown: Shown | None = None
    choices: tuple[ChoiceView, ...] = ()
    files: tuple[File, ...] = ()
    children: tuple[FieldView, ...] = ()
    rows: tuple[RowView, ...] = ()
    blank: RowView | None = None
    table: TableView | None = None
    columns: tuple[FieldView, ...] = ()

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def optional(self) -> bool:
        return not (self.field.required or self.readonly or self.type in ("checkbox", "dynamiclist", "table"))


@dataclass(frozen=True, slots=True)
class ErrorLink:
    text: str
    label: str
    href: str | None


@dataclass(frozen=True, slots=True)
class FormView:
    name: str
    description: str
    fields: tuple[FieldView, ...]
    errors: tuple[ErrorLink, ...]
    more_errors: int
    wide: bool  #: a list or table needs the whole width
    computed: Mapping[str, str]  #: text of computed cells by path
    hidden: frozenset[str]  #: paths that conditions hide


Rows = Callable[[Field], Sequence[Mapping[str, Any]]]
Notes = Callable[[Field, Sequence[Mapping[str, Any]]], Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class _Drawing:
    reader: Reader
    today: date
    raw: Mapping[str, Any]
    values: Mapping[str, Any]
    computed: Mapping[str, str]
    hidden: frozenset[str]
    errors: Mapping[str, str]
    first: str
    table_rows: Rows
    table_notes: Notes
    reading: bool


def form_view(
    form: Form,
    raw: Mapping[str, Any],
    context: Context,
    *,
    values: Mapping[str, Any],
    computed: Mapping[str, str],
    hidden: frozenset[str],
    problems: Sequence[Problem] = (),
    table_rows: Rows,
    table_notes: Notes = lambda table, rows: (),
    translate: Translate,
    language: str = "id",
    reading: bool = False,
) -> FormView:
    """A form ready to be drawn. `table_rows` gives a read-only table's rows, `table_notes` why cells of them are empty;
    problems are worded by `translate`.

    With `reading` nothing can be typed into: for those who may see the task but not work on it.
    """
    reader = reader_of(context, language)
    worded: dict[str, str] = {}
    for problem in problems:
        worded.setdefault(problem.path, translate(problem.message, problem.params))
    first = problems[0].path if problems else ""
    drawing = _Drawing(
        reader, context.today, raw, values, computed, hidden, worded, first, table_rows, table_notes, reading
    )
    fields = tuple(_views(form.fields, drawing, raw, values, ""))
    return FormView(
        name=reader.of(form, "name"),
        description=reader.of(form, "description"),
        fields=fields,
        errors=_links(problems, worded, form, reader),
        more_errors=max(0, len(worded) - SUMMARY_LENGTH),
        wide=any(_columns(field) > NARROW_COLUMNS for field in leaves(form.fields)),
        computed=computed,
        hidden=hidden,
    )


def _columns(field: Field) -> int:
    return len(field.columns) or sum(1 for f in leaves(field.fields) if f.key and not f.internal)


def _links(problems: Sequence[Problem], worded: Mapping[str, str], form: Form, reader: Reader) -> tuple[ErrorLink, ...]:
    lists = {f.key: reader.of(f) for f in leaves(form.fields) if f.type == "dynamiclist"}
    labels = {f.path: f.label for f in problems}
    links = []
    for path, text in list(worded.items())[:SUMMARY_LENGTH]:
        parts = path.split(".")
        label = labels[path]
        if len(parts) >= 3 and parts[1].isdigit():
            label = f"{lists.get(parts[0], parts[0])} {int(parts[1]) + 1}: {label}"
        links.append(ErrorLink(text, label, f"#f-{html_name(path)}" if path else None))
    return tuple(links)


def _views(
    fields: Sequence[Field], drawing: _Drawing, raw: Mapping[str, Any], values: Mapping[str, Any], prefix: str
) -> list[FieldView]:
    return [
        _view(field, drawing, raw, values, f"{prefix}{field.key or field.id}") for field in fields if not field.internal
    ]


def _view(field: Field, drawing: _Drawing, raw: Mapping[str, Any], values: Mapping[str, Any], path: str) -> FieldView:
    reader = drawing.reader
    typed = raw.get(field.key) if field.key else None
    known = values.get(field.key) if field.key else None
    readonly = field.readonly or drawing.reading
    common: dict[str, Any] = {
        "field": field,
        "type": field.type,
        "path": path,
        "name": html_name(path),
        "label": reader.of(field),
        "hint": "" if drawing.reading and _filled_in(field) else reader.of(field, "description"),
        "text": reader.of(field, "text"),
        "error": drawing.errors.get(path, ""),
        "hidden": path in drawing.hidden,
        "readonly": readonly,
        "focus": path == drawing.first,
    }
    if field.type == "group":
        prefix = path.removesuffix(field.key or field.id)
        return FieldView(**common, children=tuple(_views(field.fields, drawing, raw, values, prefix)))
    if field.type == "dynamiclist":
        return _list(field, drawing, common, typed, known, path)
    if field.type == "table":
        rows = drawing.table_rows(field)
        return FieldView(**common, table=table(field, rows, reader, drawing.table_notes(field, rows)))
    if field.compute is not None:
        return FieldView(**common, computed=drawing.computed.get(path, ""))
    if readonly:
        shown = reader.show(field, known)
        return FieldView(**common, shown=shown)
    if field.type == "filepicker":
        ids = _strings(typed)
        return FieldView(**common, files=tuple(reader.files[i] for i in ids if reader.files and i in reader.files))
    chosen = _strings(typed)
    choices = tuple(
        ChoiceView(c.value, (c.label_en or c.label) if reader.language == "en" else c.label, c.value in chosen)
        for c in reader.options(field)
    )
    text = typed if isinstance(typed, str) else "" if typed is None or isinstance(typed, (list, bool)) else str(typed)
    checked = typed is True or typed in ("on", "true", "1", "yes")
    earliest = drawing.today.isoformat() + ("T00:00" if field.subtype == "datetime" else "") if field.no_past else ""
    return FieldView(**common, value=text, checked=checked, choices=choices, earliest=earliest)


def _filled_in(field: Field) -> bool:
    """Whether people type here, so that its hint says how: of no use to who only reads."""
    return field.type not in ("table", "text", "group") and not field.readonly and field.compute is None


def _list(field: Field, drawing: _Drawing, common: dict[str, Any], typed: Any, known: Any, path: str) -> FieldView:
    known_rows = [row for row in known if isinstance(row, Mapping)] if isinstance(known, list) else []
    if field.readonly or drawing.reading:
        return FieldView(**common, table=list_table(field, known_rows, drawing.reader))
    raw_rows = [row for row in typed if isinstance(row, Mapping)] if isinstance(typed, list) else []
    cells = leaves(field.fields)
    rows = []
    for index, row in enumerate(raw_rows):
        values = known_rows[index] if index < len(known_rows) else {}
        views = tuple(_views(cells, drawing, row, values, f"{path}.{index}."))
        identity = _identity(field, row, values, f"{path}.{index}.")
        rows.append(RowView(index, views, identity))
    blank = tuple(_views(cells, drawing, blank_row(field), {}, f"{path}.__row__."))
    return FieldView(**common, rows=tuple(rows), blank=RowView("__row__", blank), columns=blank)


def _identity(field: Field, row: Mapping[str, Any], values: Mapping[str, Any], prefix: str) -> tuple[str, str] | None:
    """What a fixed row posts so that answers find their row even if others came or went meanwhile."""
    key = sources.identity(field) if field.fixed_rows else None
    if key is None or any(f.key == key and not f.readonly and f.compute is None for f in leaves(field.fields)):
        return None
    value = row.get(key) or values.get(key)
    return (html_name(f"{prefix}{key}"), str(value)) if value else None


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [str(v) for v in value] if isinstance(value, (list, tuple)) else []
