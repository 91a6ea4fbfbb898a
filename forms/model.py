"""What a form is once read: frozen values, no behaviour. Parsing lives in definition.py, answers in submission.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, radio, checklist or taglist."""

    value: str
    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's value comes from: an earlier submission of the same case.

    `activity` is the id of the diagram's activity. `field` names the field there (a dynamic list gives its rows, one
    flat list over all items, each with `item` and `item_label` added); None means the items themselves: one row per
    expected item with `item`, `item_label`, `status` ('sent' | 'open'), `sent_at`, `sent_by`, `round`.
    `match` and `column` pick one cell: the row of a list field whose `match` column equals the current item.
    `earlier` names the cells by which each row is found again in the earlier cases of the form's series.
    """

    activity: str
    field: str | None = None
    match: str | None = None
    column: str | None = None
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Which cases of the same process come before this one, told by variables of the case.

    Those with the same values of `same` whose `period` stands in `order` before this case's. Only completed ones
    count, or also running ones once `once` was sent; of several for one period the one that counted last.
    """

    name: str  #: under which a row holds what was found, for expressions
    period: str
    order: tuple[str, ...]
    same: tuple[str, ...] = ()
    once: str | None = None  #: id of an activity


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a read-only table."""

    key: str
    label: str
    compute: str | None = None  #: expression over the row's cells
    type: str = "text"  #: text | number | percent | money | date | datetime | status | files
    label_en: str = ""
    choices: tuple[Choice, ...] = ()  #: labels of the values that stand in it
    choices_from: str | None = None
    note: str | None = None  #: expression over the row's cells: why the cell is empty, shown where it is
    note_en: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A component of the declared form-js subset. `key` is None for those that hold no value (text, separator, ...)."""

    id: str
    type: str
    key: str | None = None
    label: str = ""
    description: str = ""
    text: str = ""  #: body of a text component (Markdown subset: paragraphs, lists, bold)
    required: bool = False
    readonly: bool = False
    min_length: int | None = None
    max_length: int | None = None
    min: float | None = None
    max: float | None = None
    decimals: int | None = None
    pattern: str | None = None
    pattern_message: str | None = None
    validation: str | None = None  #: email | phone | url
    subtype: str | None = None  #: datetime: date | time | datetime; number: money | percent | plain (never grouped)
    no_past: bool = False  #: datetime: no day before today
    text_or_number: bool = (
        False  #: a textfield whose numbers are kept as numbers, anything else as text ("BB", "80-90")
    )
    choices: tuple[Choice, ...] = ()
    choices_from: str | None = None  #: form-js valuesKey: name of a list in Context.choices; dynamic list: a row each
    default: Any = None
    default_expression: str | None = None  #: a default written "=expression"
    hide: str | None = None  #: conditional.hide without its leading "="
    compute: str | None = None  #: of a table: an expression that gives its rows
    source: Source | None = None  #: of an input: it is read-only; of a list: its rows are fixed
    fields: tuple[Field, ...] = ()  #: children of a group or dynamiclist
    columns: tuple[Column, ...] = ()  #: of a table
    fixed_rows: bool = False  #: a dynamic list whose rows come from its source and can't be added or removed
    row_label: str | None = None  #: key of the row's column that names the row ("unit")
    min_rows: int | None = None
    max_rows: int | None = None
    multiple: bool = False
    accept: tuple[str, ...] = ()  #: file suffixes with dot, lower case
    width: int = 16  #: form-js layout columns, 1-16
    label_en: str = ""
    description_en: str = ""
    text_en: str = ""
    prefix: str = ""  #: shown before the input ("Rp")
    suffix: str = ""  #: shown after the input ("%")
    internal: bool = False  #: computed for the diagram, never shown to a person
    default_rows: int = 0  #: rows a new dynamic list opens with
    unique_rows: bool = False  #: no two rows may have the same `row_label`


@dataclass(frozen=True, slots=True)
class Workbook:
    """Rows of the case under headings of the office's own, to be kept in a spreadsheet.

    A title or label that begins with "=" is an expression; a column's `compute` is one over the row's cells.
    """

    title: str
    source: Source
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Form:
    key: str
    name: str
    fields: tuple[Field, ...]
    description: str = ""
    name_en: str = ""
    description_en: str = ""
    workbook: Workbook | None = None
    series: Series | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item's latest submission of an activity (item None: an activity that runs once)."""

    item: str | None
    label: str
    values: Mapping[str, Any] | None  #: None: expected, not sent yet
    round: int = 1
    sent_at: datetime | None = None
    sent_by: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """What an earlier period of the series holds. `sources` None: no case that counts, or none the reader may know."""

    period: str
    sources: Mapping[str, tuple[Item, ...]] | None = None  #: by activity id


@dataclass(frozen=True, slots=True)
class Earlier:
    """The earlier periods of a series, oldest first, under the name rows hold them by."""

    name: str
    periods: tuple[Period, ...] | None  #: None: the case doesn't say yet which period it is


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded document as a form sees it."""

    id: str
    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Context:
    """All a form may look at besides what was typed."""

    today: date
    item: str | None = None
    item_label: str = ""
    sources: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)  #: by activity id
    previous: Item | None = None  #: last submission of this same activity and item
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)  #: documents this person may tie to this task, by id
    shown_files: Mapping[str, File] = field(default_factory=dict)  #: those its sources hold, to be read only
    variables: Mapping[str, Any] = field(default_factory=dict)  #: of the case
    earlier: Earlier | None = None  #: where the form declares a series


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer. `message` is an English template over `params`; webapp translates it."""

    path: str  #: "nomor_surat", "baris.3.target"
    rule: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """Answers read from what a person typed.

    `values` holds JSON values only (str, int, float, bool, None, list, dict; dates as ISO text, files as their ids):
    numbers are numbers, empty answers None, hidden fields absent, computed and sourced ones filled in.
    `raw` is what to show again: everything typed, plus computed cells. `hidden` are paths hidden by conditions.
    """

    values: Mapping[str, Any]
    raw: Mapping[str, Any]
    problems: tuple[Problem, ...]
    hidden: frozenset[str]
