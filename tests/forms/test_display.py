"""Values as people read them, in both languages."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from forms import display
from forms.model import Choice, Column, Field


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (1234567.5, "1.234.567,5", "1,234,567.5"),
        (0, "0", "0"),
        (-0.25, "-0,25", "-0.25"),
        (0.1 + 0.2, "0,3", "0.3"),
        (999, "999", "999"),
        (-1000, "-1.000", "-1,000"),
        (1e15, "1.000.000.000.000.000", "1,000,000,000,000,000"),
        (float("nan"), "", ""),
    ],
)
def test_numbers_in_both_languages(value: float, indonesian: str, english: str) -> None:
    assert display.number(value) == indonesian
    assert display.number(value, decimal=".") == english


def test_money_and_percent() -> None:
    assert display.money(1234567) == "Rp1.234.567"
    assert display.money(-1500.5) == "-Rp1.500,5"
    assert display.money(1234567, decimal=".") == "Rp1,234,567"
    assert display.percent(85.456) == "85,46%"
    assert display.percent(100.0) == "100%"
    assert display.number(0.001, decimals=2) == "0"
    assert display.number(-0.001, decimals=2) == "0"


@pytest.mark.parametrize(
    ("field", "shown", "expected"),
    [
        ({"suffix": "hari kerja"}, "3", "3 hari kerja"),
        ({"prefix": "±"}, "3", "± 3"),
        ({"prefix": "Rp", "subtype": "money"}, "-Rp5.000", "-Rp5.000"),
        ({"suffix": "%", "subtype": "percent"}, "91,3%", "91,3%"),
        ({"suffix": "hari"}, "", ""),
        ({}, "3", "3"),
    ],
)
def test_a_value_is_shown_with_its_measure_once(field: dict[str, Any], shown: str, expected: str) -> None:
    assert display.measured(Field(id="f", type="number", **field), shown) == expected


CHOICES = (Choice("a", "Satu", "One"), Choice("b", "Dua"))


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ({"type": "number", "subtype": "plain"}, 2026, "2026"),
        ({"type": "number"}, 2026, "2.026"),
        ({"type": "number", "subtype": "money"}, 5000, "Rp5.000"),
        ({"type": "number", "subtype": "percent", "decimals": 1}, 91.25, "91,3%"),
        ({"type": "textfield", "text_or_number": True}, 80.5, "80,5"),
        ({"type": "textfield", "text_or_number": True}, "80-90", "80-90"),
        ({"type": "radio", "choices": CHOICES}, "a", "Satu"),
        ({"type": "radio", "choices": CHOICES}, "gone", "gone"),
        ({"type": "checklist", "choices": CHOICES}, ["a", "b"], ["Satu", "Dua"]),
        ({"type": "checkbox"}, True, "Ya"),
        ({"type": "datetime", "subtype": "date"}, "2026-11-22", date(2026, 11, 22)),
        ({"type": "datetime", "subtype": "time"}, "07:30", time(7, 30)),
        ({"type": "datetime", "subtype": "datetime"}, "2026-11-22T07:30", datetime(2026, 11, 22, 7, 30)),  # noqa: DTZ001
        ({"type": "datetime", "subtype": "date"}, "soon", "soon"),
        ({"type": "textfield"}, None, ""),
    ],
)
def test_each_type_is_shown_as_people_read_it(field: dict[str, Any], value: Any, shown: Any) -> None:
    assert display.show(Field(id="f", **field), value) == shown


def test_choices_are_named_in_the_language_where_there_is_a_name() -> None:
    field = Field(id="f", type="checklist", choices=CHOICES)
    assert display.show(field, ["a", "b"], language="en") == ["One", "Dua"]
    assert display.show(Field(id="f", type="select"), "a", choices=CHOICES) == "Satu"


def test_columns_are_shown_by_their_type() -> None:
    assert display.show(Column("c", "C", type="percent"), 50.5) == "50,5%"
    assert display.show(Column("c", "C", type="money"), 1000) == "Rp1.000"
    assert display.show(Column("c", "C", choices=CHOICES), "b") == "Dua"
    assert display.show(Column("c", "C", type="date"), "2026-11-22") == date(2026, 11, 22)
