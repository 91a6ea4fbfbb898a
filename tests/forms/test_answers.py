"""What people type into one field, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import display
from forms.model import Choice, File
from forms.notation import Refused, number
from tests.forms.building import answer, form_of, rules


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,56", 1234.56),  # Indonesian
        ("1234,5", 1234.5),
        ("1.234", 1234),  # one point before three digits groups thousands
        ("1.234.567", 1234567),
        ("1234.56", 1234.56),  # can't be a grouping
        ("12.5", 12.5),
        ("1234.567", 1234.567),
        ("0.125", 0.125),  # no grouping begins with 0
        ("1,234.56", 1234.56),  # English, can mean only this
        ("1,234,567", 1234567),
        ("1,5", 1.5),
        (",5", 0.5),
        ("Rp1.500.000", 1500000),
        ("Rp 1.500.000,-", 1500000),
        ("Rp. 2.000", 2000),
        ("-Rp5", -5),
        ("85 %", 85),
        ("\u221212", -12),
        ("1\u00a0234", 1234),
        ("80,0", 80),
    ],
)
def test_numbers_are_read_as_indonesians_write_them(typed: str, value: float) -> None:
    assert number(typed) == value
    assert isinstance(number(typed), type(value))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "Rp",
        "dua",
        "1.2.3",
        "1,2,3",
        "1..2",
        "1,",
        "1e5",
        "nan",
        "inf",
        "0x10",
        "٣",
        "½",
        "--5",
        "1 2 x",
        "9" * 50,
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        number(typed)


@given(st.integers(-(10**15), 10**15) | st.floats(-1e9, 1e9).map(lambda x: round(x, 4)))
def test_a_number_shown_in_its_input_reads_back_the_same(value: float) -> None:
    assert number(display.number(value, grouping=False)) == value
    if value == round(value, 2):
        assert number(display.money(value)) == value


@pytest.mark.parametrize("typed", [float("nan"), float("inf"), 10**400, 1e300, True, [1], {"a": 1}])
def test_odd_json_numbers_are_refused_or_empty(typed: Any) -> None:
    form = form_of({"type": "number", "key": "n", "validate": {"required": True}})
    assert "n" in rules(answer(form, {"n": typed}))


def field_answer(component: dict[str, Any], typed: Any, **context: Any) -> tuple[Any, str | None]:
    submission = answer(form_of({"key": "f", "label": "F", **component}), {"f": typed}, **context)
    return submission.values["f"], rules(submission).get("f")


CHOICES = {"values": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}


@pytest.mark.parametrize(
    ("component", "typed", "value", "rule"),
    [
        ({"type": "textfield"}, "  Satu\ndua ", "Satu dua", None),
        ({"type": "textarea"}, "Satu\r\ndua\n", "Satu\ndua", None),
        ({"type": "textfield"}, "", None, None),
        ({"type": "textfield"}, "a\x00b", None, "characters"),
        ({"type": "textfield"}, "a\x1bb", None, "characters"),
        ({"type": "textfield"}, "a\ud800", None, "characters"),
        ({"type": "textfield"}, "x" * 1001, None, "max_length"),
        ({"type": "textarea"}, "x" * 300_000, None, "max_length"),
        ({"type": "textfield", "validate": {"maxLength": 3}}, "abcd", None, "max_length"),
        ({"type": "textfield", "validate": {"minLength": 3}}, "ab", None, "min_length"),
        ({"type": "textfield", "validate": {"minLength": 3}}, "", None, None),
        ({"type": "textfield", "validate": {"pattern": "^[0-9]{2}$"}}, "12", "12", None),
        ({"type": "textfield", "validate": {"pattern": "^[0-9]{2}$"}}, "1a", None, "pattern"),
        ({"type": "textfield", "validate": {"required": True}}, "   ", None, "required"),
        ({"type": "textfield", "validate": {"validationType": "email"}}, "a@b.go.id", "a@b.go.id", None),
        ({"type": "textfield", "validate": {"validationType": "email"}}, "a@b", None, "email"),
        ({"type": "textfield", "validate": {"validationType": "phone"}}, "+62 812-3456-789", "+62 812-3456-789", None),
        ({"type": "textfield", "validate": {"validationType": "phone"}}, "besok", None, "phone"),
        ({"type": "textfield", "validate": {"validationType": "url"}}, "https://a.id/x", "https://a.id/x", None),
        ({"type": "textfield", "validate": {"validationType": "url"}}, "javascript:alert(1)", None, "url"),
        ({"type": "textfield", "properties": {"textOrNumber": True}}, "80-90", "80-90", None),
        ({"type": "textfield", "properties": {"textOrNumber": True}}, "BB", "BB", None),
        ({"type": "textfield", "properties": {"textOrNumber": True}}, "1.250,5", 1250.5, None),
        ({"type": "number", "decimalDigits": 0}, "2026", 2026, None),
        ({"type": "number", "decimalDigits": 0}, "1,5", None, "decimals"),
        ({"type": "number", "decimalDigits": 1}, "1,55", None, "decimals"),
        ({"type": "number", "validate": {"min": 0}}, "-1", None, "min"),
        ({"type": "number", "validate": {"max": 100}}, "100,5", None, "max"),
        ({"type": "number"}, 12.5, 12.5, None),
        ({"type": "datetime"}, "2026-02-28", "2026-02-28", None),
        ({"type": "datetime"}, "28/2/2026", "2026-02-28", None),
        ({"type": "datetime"}, "2026-02-30", None, "date"),
        ({"type": "datetime"}, "0001-01-01", None, "date"),
        ({"type": "datetime", "subtype": "time"}, "7.30", "07:30", None),
        ({"type": "datetime", "subtype": "time"}, "25:00", None, "time"),
        ({"type": "datetime", "subtype": "datetime"}, "2026-02-28T10:05", "2026-02-28T10:05", None),
        ({"type": "datetime", "subtype": "datetime"}, "2026-02-28", None, "datetime"),
        ({"type": "checkbox"}, "on", True, None),
        ({"type": "checkbox"}, None, False, None),
        ({"type": "checkbox", "validate": {"required": True}}, "", False, "required"),
        ({"type": "radio", **CHOICES}, "a", "a", None),
        ({"type": "radio", **CHOICES}, "z", None, "choice"),
        ({"type": "select", **CHOICES}, ["a"], None, "type"),
        ({"type": "checklist", **CHOICES}, ["a", "b", "a"], ["a", "b"], None),
        ({"type": "checklist", **CHOICES}, "a", ["a"], None),
        ({"type": "checklist", **CHOICES}, ["a", "z"], [], "choice"),
        ({"type": "taglist", **CHOICES, "validate": {"required": True}}, [], [], "required"),
    ],
)
def test_each_type_takes_what_fits_and_says_what_does_not(
    component: dict[str, Any], typed: Any, value: Any, rule: str | None
) -> None:
    assert field_answer(component, typed) == (value, rule)


def test_choices_of_the_office_are_those_of_the_moment() -> None:
    component = {"type": "select", "valuesKey": "units"}
    units = {"units": (Choice("kasi", "Kasi"),)}
    assert field_answer(component, "kasi", choices=units) == ("kasi", None)
    assert field_answer(component, "lurah", choices=units) == (None, "choice")
    assert field_answer(component, "kasi") == (None, "choice")


FILES = {"1": File("1", "Bukti.PDF", 10, "application/pdf"), "2": File("2", "a.exe", 10, "application/octet-stream")}


@pytest.mark.parametrize(
    ("multiple", "typed", "value", "rule"),
    [
        (False, "1", ["1"], None),
        (False, ["1"], ["1"], None),
        (True, [], [], None),
        (True, ["1", "2"], [], "files"),
        (False, ["1", "1"], ["1"], None),
        (True, ["somebody-elses"], [], "files"),
    ],
)
def test_only_files_of_this_task_with_a_permitted_ending_are_taken(
    multiple: bool, typed: Any, value: Any, rule: str | None
) -> None:
    component = {"type": "filepicker", "accept": ".pdf, .docx", "multiple": multiple}
    assert field_answer(component, typed, files=FILES) == (value, rule)


def test_one_file_stays_one_file() -> None:
    assert field_answer({"type": "filepicker"}, ["1", "2"], files=FILES) == ([], "files")


def test_what_was_typed_comes_back_without_what_no_database_can_keep() -> None:
    form = form_of({"type": "textfield", "key": "f"}, {"type": "number", "key": "n"})
    again = answer(form, {"f": "a\x00b\ud800", "n": "dua belas"}).raw
    assert again == {"f": "ab", "n": "dua belas"}
