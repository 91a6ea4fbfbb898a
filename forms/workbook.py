"""The workbook a form declares: which rows of the case go into it, under which headings. Written by the web.

{"title": ..., "source": {"activity", "field", "earlier"}, "columns": [{"label", "value", "type", "note"}]}. A title or
label that begins with "=" is an expression over the answers of the case, `value` and `note` one over the row's cells
too; the note says below the rows why a cell is empty.
"""

from __future__ import annotations

from typing import Any

from forms import conditions, parts
from forms.errors import N_, FormError
from forms.model import Column, Workbook

WHERE = "workbook"
TYPES = frozenset({"text", "number", "percent", "money", "date", "files", "counter"})
MAX_COLUMNS = 60


def read(spec: Any) -> Workbook | None:
    """Read a form's `workbook`; None where there is none. Raises FormError."""
    if spec is None:
        return None
    if (
        not isinstance(spec, dict)
        or not isinstance(spec.get("columns"), list)
        or set(spec) - {"title", "source", "columns"}
    ):
        raise FormError(WHERE, N_("A workbook has a title, a source and a list of columns."))
    source = parts.source(spec.get("source"), WHERE)
    columns = spec["columns"]
    if source is None or source.column is not None or not 0 < len(columns) <= MAX_COLUMNS:
        raise FormError(WHERE, N_("A workbook has a title, a source and a list of columns."))
    if source.earlier and not source.field:
        raise FormError(WHERE, N_("Only the rows of a list, in a table or workbook, are found in earlier cases."))
    title = _text(spec.get("title"), required=True)
    return Workbook(title, source, tuple(_column(column, number) for number, column in enumerate(columns, start=1)))


def expressions(workbook: Workbook) -> tuple[str, ...]:
    """Every expression in it, without the leading "="."""
    texts = (workbook.title, *(column.label for column in workbook.columns))
    labels = [text[1:] for text in texts if text.startswith("=")]
    return (*labels, *(text for column in workbook.columns for text in (column.compute, column.note) if text))


def _column(spec: Any, number: int) -> Column:
    if not isinstance(spec, dict) or set(spec) - {"label", "value", "type", "note"}:
        raise FormError(WHERE, N_("A column of a workbook has a label, a value and a type."))
    kind = spec.get("type", "text")
    if kind not in TYPES:
        raise FormError(WHERE, N_("Columns of the type “%(type)s” are not supported."), {"type": str(kind)[:60]})
    value = _text(spec.get("value"), required=kind != "counter").removeprefix("=").strip()
    note = _text(spec.get("note"), required=False).removeprefix("=").strip()
    for expression in filter(None, (value, note)):
        _readable(expression)
    label = _text(spec.get("label"), required=True)
    return Column(f"column_{number}", label, value or None, kind, note=note or None)


def _text(value: Any, *, required: bool) -> str:
    text = "" if value is None else value
    if not isinstance(text, str) or len(text) > conditions.MAX_EXPRESSION or (required and not text.strip()):
        raise FormError(WHERE, N_("A column of a workbook has a label, a value and a type."))
    if text.startswith("="):
        _readable(text[1:])
    return text.strip()


def _readable(expression: str) -> None:
    try:
        conditions.names(expression)
    except ValueError:
        raise FormError(
            WHERE, N_("“%(name)s” is not an expression that can be read."), {"name": expression[:60]}
        ) from None
