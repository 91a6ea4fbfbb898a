"""Cells copied from a spreadsheet become rows of a dynamic list, as if they had been typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from forms.model import Choice, Field
from forms.raw import MAX_ROWS, blank_row
from webapp.answers import Reader, leaves


def paste(rows: Field, raw: Sequence[Mapping[str, Any]], text: str, reader: Reader) -> tuple[list[dict[str, Any]], int]:
    """Fill the empty rows of `raw` with tab-separated `text`, then add more; also how many lines were taken.

    A first line that repeats the columns' headings says which column is which. A choice may be given by its label.
    Lists of fixed rows are filled from the top and never grow.
    """
    columns = [f for f in leaves(rows.fields) if f.key and takes_text(f)]
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), dialect="excel-tab")]
    lines = [line for line in lines if any(line)]
    order: list[Field | None] = list(columns)
    if lines and (found := _headings(lines[0], columns, reader)):
        order, lines = found, lines[1:]
    result = [dict(row) for row in raw]
    slots = list(range(len(result))) if rows.fixed_rows else [i for i, row in enumerate(result) if is_empty(rows, row)]
    limit = min(rows.max_rows or MAX_ROWS, MAX_ROWS)
    taken = 0
    for line in lines:
        if slots:
            row = result[slots.pop(0)]
        elif not rows.fixed_rows and len(result) < limit:
            row = dict(blank_row(rows))
            result.append(row)
        else:
            break
        for field, cell in zip(order, line, strict=False):
            if field is not None and cell:
                row[field.key or ""] = _typed(field, cell, reader)
        taken += 1
    return result, taken


def takes_text(field: Field) -> bool:
    """Can the field be filled from a cell?"""
    return not (
        field.readonly or field.internal or field.compute is not None or field.source is not None
        or field.type in ("filepicker", "dynamiclist", "table")
    )  # fmt: skip


def is_empty(rows: Field, row: Mapping[str, Any]) -> bool:
    """Has nobody typed anything into the row yet, its defaults aside?"""
    fresh = blank_row(rows)
    return all(not value or value == fresh.get(key) for key, value in row.items())


def _headings(line: Sequence[str], columns: Sequence[Field], reader: Reader) -> list[Field | None] | None:
    by_name: dict[str, Field] = {}
    for field in columns:
        for name in (field.key or "", field.label, field.label_en):
            if name:
                by_name.setdefault(name.casefold(), field)
    found = [by_name.get(cell.casefold()) for cell in line]
    known = sum(field is not None for field in found)
    return found if known >= max(1, min(2, len(columns))) else None


def _typed(field: Field, cell: str, reader: Reader) -> Any:
    options: tuple[Choice, ...] = reader.options(field)
    wanted = cell.casefold()
    for choice in options:
        if wanted in (choice.value.casefold(), choice.label.casefold(), choice.label_en.casefold()):
            return [choice.value] if field.type in ("checklist", "taglist") else choice.value
    if field.type == "checkbox":
        return "on" if wanted in ("ya", "yes", "y", "x", "1", "true", "benar") else ""
    return cell
