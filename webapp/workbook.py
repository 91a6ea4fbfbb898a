"""Workbooks of a case: the rows a form declares, as a spreadsheet the office keeps. No cell is ever a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from xlsxwriter import Workbook as Spreadsheet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from engine import cases, documents, form_context, office, procedures
from engine.cases import CasePage
from engine.db import UnitOfWork
from engine.errors import ExpressionError, NotFound
from engine.form_context import Evaluate, evaluator
from forms import submission
from forms.model import Column, Field, File, Form
from webapp import i18n

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
NUMBERS = {"number": "#,##0.##", "money": '"Rp"#,##0', "percent": "0.00"}
WIDTHS = {"counter": 5, "number": 13, "money": 18, "percent": 12, "files": 30}


@dataclass(frozen=True, slots=True)
class Offered:
    """A workbook that can be downloaded from a case."""

    form_key: str
    title: str


def offered(uow: UnitOfWork, case: CasePage) -> tuple[Offered, ...]:
    """The workbooks of a case that have something in them by now."""
    sent = {view.activity_id for view in case.submissions}
    names = _names(case)
    evaluate = evaluator(uow)
    return tuple(
        Offered(key, _worded(book.title, evaluate, names))
        for key, form in procedures.get(uow, case.process.key, case.version).forms.items()
        if (book := form.workbook) is not None and book.source.activity in sent
    )


def of_case(uow: UnitOfWork, instance_id: int, form_key: str) -> tuple[BytesIO, str]:
    """One workbook and its file name. Raises NotFound for a case one may not read or a form that declares none."""
    case = cases.get(uow, instance_id)
    form: Form | None = procedures.get(uow, case.process.key, case.version).forms.get(form_key)
    if form is None or form.workbook is None:
        raise NotFound("workbook", form_key)
    book, evaluate, names = form.workbook, evaluator(uow), _names(case)
    context = replace(form_context.of_case(uow, instance_id, form), variables=names)
    table = Field(id="workbook", type="table", source=book.source, columns=book.columns)
    rows = submission.table_rows(table, context, evaluate)
    title = _worded(book.title, evaluate, names)
    headings = [_worded(column.label, evaluate, names) for column in book.columns]
    notes = remarks(headings, book.columns, submission.table_notes(table, rows, context, evaluate))
    files = documents.files_of_case(uow, instance_id)
    lead = [line for line in (office.office_name(uow), case.title) if line]
    content = write(title, lead, headings, book.columns, rows, files, notes)
    return content, re.sub(r"[^\w .()-]", "-", title).strip() + ".xlsx"


def remarks(
    headings: Sequence[str], columns: Sequence[Column], notes: Sequence[Mapping[str, str]]
) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Why cells are empty: heading, reason, and the numbers of the rows from 1; the same reason stands once."""
    found: dict[tuple[str, str], list[int]] = {}
    for heading, column in zip(headings, columns, strict=True):
        for number, told in enumerate(notes, start=1):
            if column.key in told:
                found.setdefault((heading, told[column.key]), []).append(number)
    return tuple((heading, reason, tuple(numbers)) for (heading, reason), numbers in found.items())


def runs(numbers: Sequence[int]) -> str:
    """Rising numbers as people write them: "1–3, 5"."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in found)


def _names(case: CasePage) -> dict[str, object]:
    """Answers of the steps that run once, by key; later ones win."""
    names: dict[str, object] = {}
    for view in case.submissions:
        if not view.item_label:
            names.update(view.values)
    return names


def _worded(text: str, evaluate: Evaluate, names: Mapping[str, object]) -> str:
    if not text.startswith("="):
        return text
    try:
        return str(evaluate(text[1:], names))
    except ExpressionError:
        return text.split("'")[1].strip() if "'" in text else text[1:]


def write(
    title: str,
    lead: Sequence[str],
    headings: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    files: Mapping[str, File],
    notes: Sequence[tuple[str, str, Sequence[int]]] = (),
) -> BytesIO:
    """The spreadsheet: title, what it is about, and the table with its headings kept in view and on every page.

    Below it stands, for whom it concerns, why cells are empty.
    """
    content = BytesIO()
    book = Spreadsheet(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title})
    sheet = book.add_worksheet("Data")
    style = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBAB2", "font_size": 10}
    plain, guarded = book.add_format(style), book.add_format(style)
    guarded.set_quote_prefix()
    numbers = {kind: book.add_format({**style, "num_format": pattern}) for kind, pattern in NUMBERS.items()}
    heading = book.add_format({**style, "bold": True, "bg_color": "#E4EFEE", "valign": "vcenter", "align": "center"})
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    for number, line in enumerate(lead, start=1):
        sheet.write_string(number, 0, line, book.add_format({"font_color": "#655F57"}))
    top = len(lead) + 2
    for place, (column, text) in enumerate(zip(columns, headings, strict=True)):
        sheet.write_string(top, place, text, heading)
        sheet.set_column(place, place, WIDTHS.get(column.type, max(16, min(len(text) + 4, 34))))
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            value = number if column.type == "counter" else row.get(column.key)
            _cell(sheet, (top + number, place), column, value, files, plain, guarded, numbers.get(column.type, plain))
    sheet.freeze_panes(top + 1, min(4, len(columns)))
    for number, (text, reason, places) in enumerate(notes, start=top + len(rows) + 2):
        told = f"{text} ({_('rows %(numbers)s', numbers=runs(places))}): {reason}"
        sheet.write_string(number, 0, told[:32_000], book.add_format({"italic": True}))
    if rows:
        sheet.autofilter(top, 0, top + len(rows), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    book.close()
    content.seek(0)
    return content


def _cell(
    sheet: Worksheet,
    where: tuple[int, int],
    column: Column,
    value: Any,
    files: Mapping[str, File],
    plain: Format,
    guarded: Format,
    number: Format,
) -> None:
    if value is None or value == "" or value == []:
        sheet.write_blank(*where, None, plain)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(*where, value, number)
    else:
        text = _text(column, value, files)
        sheet.write_string(*where, text[:32_000], guarded if text.startswith(FORMULA_SIGNS) else plain)


def _text(column: Column, value: Any, files: Mapping[str, File]) -> str:
    if column.type == "files":
        ids = value if isinstance(value, list) else [value]
        return ", ".join(files[id].name for id in ids if id in files)
    if column.type == "date" and isinstance(value, str):
        return i18n.day(date.fromisoformat(value[:10]))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
