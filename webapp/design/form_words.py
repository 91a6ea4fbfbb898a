"""What a form is made of in the words of an office: kinds of field, and each setting with its control and its hint.

Sentences are marked here and translated where they are shown. Which settings a kind has says forms.settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind as the menu offers it. `begins` are settings it starts with, beyond those of its component."""

    name: str
    line: str
    icon: str
    component: str = ""  #: the form-js type, where the kind is not called like it
    begins: Mapping[str, str] | None = None


#: in the order of the menu
KINDS: Mapping[str, Kind] = {
    "textfield": Kind(N_("Short text"), N_("One line: a name, the number of a letter"), "cursor"),
    "textarea": Kind(N_("Long text"), N_("Several lines: a reason, a note"), "paragraph"),
    "number": Kind(N_("Number"), N_("To count and reckon with"), "digits"),
    "money": Kind(
        N_("Money"), N_("An amount in rupiah"), "cash", "number", {"format": "money", "prefix": "Rp", "decimals": "0"}
    ),
    "datetime": Kind(N_("Date"), N_("A day; with the time of day if you like"), "calendar"),
    "checkbox": Kind(N_("Yes or no"), N_("One box to tick"), "tick"),
    "radio": Kind(N_("Choice"), N_("One of a few, all in sight"), "radios"),
    "select": Kind(N_("Choice from a list"), N_("One of many, in a list that unfolds"), "dropdown"),
    "checklist": Kind(N_("Checklist"), N_("Several of a few, each to tick"), "checklist"),
    "taglist": Kind(N_("Several from a list"), N_("Several names of an office list"), "tags"),
    "filepicker": Kind(N_("Attachment"), N_("Papers and pictures"), "paperclip"),
    "dynamiclist": Kind(N_("Repeating table"), N_("Rows that people add: one for each item"), "rows"),
    "group": Kind(N_("Group"), N_("Fields under one heading"), "group"),
    "table": Kind(N_("Table to read"), N_("Rows from an earlier step, not to be changed"), "table"),
    "text": Kind(N_("Explanation"), N_("Words between the fields"), "words"),
    "separator": Kind(N_("Line"), N_("Parts what belongs apart"), "rule"),
    "spacer": Kind(N_("Space"), N_("A little room"), "space"),
}
UNKNOWN = Kind(N_("Not supported"), "", "question")


@dataclass(frozen=True, slots=True)
class Setting:
    """How one setting is asked for. `control`: text | long | flag | number | select | office, or one of its own."""

    label: str
    hint: str = ""
    control: str = "text"
    options: Sequence[tuple[str, str]] = ()
    most: int = 500
    width: str = ""


SETTINGS: Mapping[str, Setting] = {
    "label": Setting(N_("Name on the form"), N_("As people read it above the field.")),
    "text": Setting(N_("Text"), N_("An empty line begins a paragraph; “- ” a list; **bold**."), "long", most=10_000),
    "description": Setting(
        N_("Help"), N_("One sentence under the name: what to enter, where to find it."), "long", most=1000
    ),
    "required": Setting(N_("Must be filled in"), control="flag"),
    "readonly": Setting(N_("Only to be read"), control="flag"),
    "default": Setting(N_("Filled in beforehand with"), N_("A value, or “=” and an expression."), "default"),
    "subtype": Setting(
        N_("What is asked for"),
        control="select",
        options=(("date", N_("A day")), ("time", N_("A time of day")), ("datetime", N_("Day and time"))),
    ),
    "format": Setting(
        N_("Written as"),
        control="select",
        options=(
            ("", N_("A number: 1.234,5")),
            ("money", N_("Money: Rp 1.234")),
            ("percent", N_("Per cent: 12,5 %")),
            ("plain", N_("Without points: a year")),
        ),
    ),
    "decimals": Setting(N_("Decimal places"), N_("Empty: as many as are typed."), "number", width="s"),
    "prefix": Setting(N_("Stands before it"), N_("For example Rp."), width="s", most=40),
    "suffix": Setting(N_("Stands behind it"), N_("For example days or %."), width="s", most=40),
    "text_or_number": Setting(
        N_("A number where it is one"), N_("So that “80” is reckoned with and “80-90” kept."), "flag"
    ),
    "multiple": Setting(N_("Several files"), control="flag"),
    "accept": Setting(N_("Kinds of file"), N_("Endings with commas between: .pdf, .jpg. Empty: all that are allowed.")),
    "width": Setting(
        N_("Width"),
        N_("On a phone every field takes the whole width."),
        "select",
        options=(
            ("16", N_("The whole width")),
            ("12", N_("Three quarters")),
            ("11", N_("Two thirds")),
            ("8", N_("Half")),
            ("5", N_("A third")),
            ("4", N_("A quarter")),
        ),
    ),
    "min_length": Setting(N_("At least … characters"), control="number", width="s"),
    "max_length": Setting(N_("At most … characters"), control="number", width="s"),
    "min": Setting(N_("Smallest number"), control="number", width="s"),
    "max": Setting(N_("Largest number"), control="number", width="s"),
    "no_past": Setting(N_("Today or later"), control="flag"),
    "validation": Setting(
        N_("Must be"),
        control="select",
        options=(
            ("", N_("Any text")),
            ("email", N_("An e-mail address")),
            ("phone", N_("A telephone number")),
            ("url", N_("A web address")),
        ),
    ),
    "pattern": Setting(N_("Pattern"), N_("A regular expression, for example ^[0-9]{18}$."), "code", most=10_000),
    "pattern_message": Setting(N_("What to say when it does not fit the pattern"), most=1000),
    "choices": Setting(N_("Choices"), control="choices"),
    "choices_from": Setting(N_("Where the choices come from"), control="office"),
    "rows_from": Setting(
        N_("A row for each of"),
        N_("One row for each to begin with; let the column that names the row choose from the same list."),
        "office",
    ),
    "row_label": Setting(N_("Which column names the row"), control="cell"),
    "unique_rows": Setting(N_("No two rows with the same name"), control="flag"),
    "min_rows": Setting(N_("At least … rows"), control="number", width="s"),
    "max_rows": Setting(N_("At most … rows"), control="number", width="s"),
    "default_rows": Setting(N_("Rows it opens with"), control="number", width="s"),
    "fixed_rows": Setting(N_("Nobody may add or remove rows"), control="flag"),
    "columns": Setting(N_("Columns"), control="columns"),
    "hide": Setting(N_("When it is shown"), control="condition"),
    "compute": Setting(N_("Worked out by"), N_("Left empty, people fill it in."), "expression", most=2000),
    "internal": Setting(N_("Only for the diagram, never shown"), control="flag"),
    "source": Setting(N_("Taken from an earlier step"), control="source"),
    "label_en": Setting(N_("Name in English")),
    "text_en": Setting(N_("Text in English"), control="long", most=10_000),
    "description_en": Setting(N_("Help in English"), control="long", most=1000),
}

#: the groups of a field's settings, each with its heading; those a kind has nothing of are left out
GROUPS: Sequence[tuple[str, str, tuple[str, ...]]] = (
    (
        "entry",
        N_("Entry"),
        (
            *("label", "text", "description", "subtype", "format", "decimals", "prefix", "suffix", "multiple"),
            *("accept", "default", "width"),
        ),
    ),
    (
        "rules",
        N_("Rules"),
        (
            *("required", "readonly", "min", "max", "no_past", "min_length", "max_length", "validation"),
            *("text_or_number", "pattern", "pattern_message"),
        ),
    ),
    ("choices", N_("Choices"), ("choices_from", "choices")),
    (
        "rows",
        N_("Rows"),
        ("row_label", "unique_rows", "min_rows", "max_rows", "default_rows", "rows_from", "fixed_rows"),
    ),
    ("columns", N_("Columns"), ("columns",)),
    ("shown", N_("Shown when"), ("hide",)),
    ("computed", N_("Computed"), ("compute", "internal")),
    ("source", N_("Source of the data"), ("source",)),
    ("english", N_("English"), ("label_en", "text_en", "description_en")),
)

COLUMN_TYPES: Sequence[tuple[str, str]] = (
    ("text", N_("Text")),
    ("number", N_("Number")),
    ("percent", N_("Per cent")),
    ("money", N_("Money")),
    ("date", N_("Date")),
    ("datetime", N_("Day and time")),
    ("status", N_("Sent or not")),
    ("files", N_("Files")),
)

#: what an expression may call, with how it is written; “baris” stands for a list of the form, “x” for a cell of it
FUNCTIONS: Mapping[str, tuple[str, str]] = {
    "sum": ("sum([r.x for r in baris])", N_("adds up; of rows, one column")),
    "round": ("round(x, 1)", N_("rounded, with so many decimal places")),
    "min": ("min(a, b)", N_("the smallest")),
    "max": ("max(a, b)", N_("the largest")),
    "len": ("len(baris)", N_("how many rows or choices")),
    "abs": ("abs(x)", N_("without the minus sign")),
    "coalesce": ("coalesce(a, b)", N_("the first that is filled in")),
    "any": ("any([r.x for r in baris])", N_("whether one of them is true")),
    "all": ("all([r.x for r in baris])", N_("whether all of them are true")),
    "sorted": ("sorted([r.x for r in baris])", N_("in order")),
    "upper": ("upper(x)", N_("in capital letters")),
    "lower": ("lower(x)", N_("in small letters")),
    "str": ("str(x)", N_("as text")),
    "int": ("int(x)", N_("as a whole number")),
    "float": ("float(x)", N_("as a number")),
    "bool": ("bool(x)", N_("whether it is filled in")),
    "tanggal": ("tanggal(x)", N_("a date in words: 4 Desember 2026")),
    "today": ("today()", N_("today's date")),
    "capaian": ("capaian(target, realisasi, arah)", N_("achievement in per cent")),
    "kategori": ("kategori(x)", N_("the office's word for an achievement")),
}


def kind_of(type: str, format: object = "") -> Kind:
    """The words for a component: a number that is money has its own."""
    return KINDS["money"] if type == "number" and format == "money" else KINDS.get(type, UNKNOWN)
