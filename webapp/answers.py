"""Answers for reading: what was filled in, field by field, and the read-only tables. Nothing here can be typed into."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from forms import display
from forms.model import Choice, Column, Context, Field, File, Form

NUMERIC = frozenset({"number", "percent", "money"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A value for reading. `kind` says how the template words it: text, date, datetime, time, list, files, status."""

    kind: str
    value: Any
    note: str = ""  #: why there is no value

    def __bool__(self) -> bool:
        return self.value not in ("", None, [], ())


@dataclass(frozen=True, slots=True)
class ColumnView:
    key: str
    label: str
    numeric: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class TableView:
    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[Shown, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of a submission: a value, or the rows of a list."""

    label: str
    shown: Shown | None = None
    table: TableView | None = None
    heading: bool = False  #: the label of a group; its answers follow


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language and with which names values are shown."""

    language: str = "id"
    choices: Mapping[str, tuple[Choice, ...]] | None = None
    files: Mapping[str, File] | None = None

    @property
    def decimal(self) -> str:
        return "," if self.language == "id" else "."

    def of(self, thing: Field | Column | Form | Choice, attribute: str = "label") -> str:
        """A label, text or description in this language."""
        own = getattr(thing, attribute, "")
        return (getattr(thing, f"{attribute}_en", "") or own) if self.language == "en" else own

    def options(self, field: Field | Column) -> tuple[Choice, ...]:
        """The choices of a field, its own or the office's list it names."""
        if field.choices:
            return field.choices
        return (self.choices or {}).get(field.choices_from or "", ())

    def show(self, field: Field | Column, value: Any) -> Shown:
        """A stored value for reading."""
        if value is None or value == "" or value == []:
            return Shown("text", "")
        if field.type in ("filepicker", "files"):
            ids = value if isinstance(value, list) else [value]
            known = self.files or {}
            return Shown("files", tuple(known[i] for i in ids if i in known))
        if field.type == "status":
            return Shown("status", value)
        shown = display.show(field, value, decimal=self.decimal, choices=self.options(field), language=self.language)
        if isinstance(shown, datetime):
            return Shown("datetime", shown)
        if isinstance(shown, date):
            return Shown("date", shown)
        if isinstance(shown, time):
            return Shown("time", shown)
        if isinstance(shown, (list, tuple)):
            return Shown("list", tuple(shown))
        return Shown("text", display.measured(field, shown) if isinstance(field, Field) else shown)


def table(
    field: Field, rows: Sequence[Mapping[str, Any]], reader: Reader, notes: Sequence[Mapping[str, str]] = ()
) -> TableView:
    """A read-only table component with its rows; `notes` say by column, row by row, why a cell is empty."""
    columns = tuple(ColumnView(c.key, reader.of(c), numeric=c.type in NUMERIC) for c in field.columns)
    body = []
    for row, told in zip_longest(rows, notes, fillvalue={}):
        cells = ((reader.show(c, row.get(c.key)), told.get(c.key, "")) for c in field.columns)
        body.append(tuple(replace(shown, note=note) if note and not shown else shown for shown, note in cells))
    return TableView(columns, tuple(body))


def list_table(field: Field, rows: Sequence[Mapping[str, Any]], reader: Reader) -> TableView:
    """The rows of a dynamic list as a table for reading."""
    cells = tuple(c for c in leaves(field.fields) if c.key and not c.internal)
    columns = tuple(
        ColumnView(c.key or "", reader.of(c), numeric=c.type == "number", wide=c.type == "textarea") for c in cells
    )
    body = tuple(tuple(reader.show(c, row.get(c.key or "")) for c in cells) for row in rows)
    return TableView(columns, body)


def leaves(fields: Sequence[Field]) -> list[Field]:
    """Fields that hold values, groups opened up."""
    found: list[Field] = []
    for field in fields:
        found.extend(leaves(field.fields) if field.type == "group" else [field])
    return found


def answers(form: Form, values: Mapping[str, Any], reader: Reader) -> tuple[Answer, ...]:
    """What was filled in, in the form's order; empty and internal fields are left out."""
    found: list[Answer] = []
    _collect(form.fields, values, reader, found)
    return tuple(found)


def _collect(fields: Sequence[Field], values: Mapping[str, Any], reader: Reader, found: list[Answer]) -> None:
    for field in fields:
        if field.type == "group":
            inner: list[Answer] = []
            _collect(field.fields, values, reader, inner)
            if inner and field.label:
                found.append(Answer(reader.of(field), heading=True))
            found.extend(inner)
        elif field.key is None or field.internal or field.source is not None:
            continue
        elif field.type == "dynamiclist":
            rows = values.get(field.key)
            if isinstance(rows, list) and rows:
                mappings = [row for row in rows if isinstance(row, Mapping)]
                found.append(Answer(reader.of(field), table=list_table(field, mappings, reader)))
        else:
            shown = reader.show(field, values.get(field.key))
            if shown:
                found.append(Answer(reader.of(field), shown=shown))


def reader_of(context: Context, language: str, files: Mapping[str, File] | None = None) -> Reader:
    """A reader with the names a form's context knows."""
    return Reader(language, context.choices, {**context.shown_files, **context.files, **(files or {})})


Translate = Callable[[str, Mapping[str, Any]], str]
