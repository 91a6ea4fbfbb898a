"""Made-up answers: what a rehearsal fills in where nobody gives answers."""

from __future__ import annotations

import json
from datetime import date

import pytest

from forms import definition, pattern_text, patterns, sample, submission
from forms.model import Choice, Context, Field, Form
from tests.forms.building import evaluate

TODAY = date(2026, 3, 10)
UNITS = (Choice("kasi_a", "Kasi A"), Choice("kasi_b", "Kasi B"))
CONTEXT = Context(today=TODAY, choices={"units": UNITS})


def form(*components: dict[str, object]) -> Form:
    return definition.parse(json.dumps({"id": "trial", "type": "default", "components": list(components)}))


def test_a_form_full_of_demands_accepts_what_was_made_up() -> None:
    trial = form(
        {"type": "textfield", "key": "nip", "validate": {"required": True, "pattern": "^[0-9]{18}$"}},
        {"type": "textfield", "key": "surel", "validate": {"required": True, "validationType": "email"}},
        {"type": "textarea", "key": "isi", "validate": {"required": True, "minLength": 40}},
        {"type": "textfield", "key": "singkat", "validate": {"required": True, "maxLength": 3}},
        {"type": "number", "key": "jumlah", "validate": {"required": True, "min": 12, "max": 20}},
        {"type": "number", "key": "kurang", "validate": {"required": True, "max": -5}},
        {"type": "datetime", "subtype": "date", "key": "tanggal", "validate": {"required": True}},
        {"type": "select", "key": "unit", "valuesKey": "units", "validate": {"required": True}},
        {
            "type": "checklist",
            "key": "bab",
            "values": [{"value": "i", "label": "I"}],
            "validate": {"required": True},
        },
        {"type": "checkbox", "key": "setuju", "label": "Setuju", "validate": {"required": True}},
    )
    filled = sample.fill(trial, CONTEXT, evaluate)
    assert filled.problems == ()
    assert submission.read(trial, filled.raw, CONTEXT, evaluate).values == filled.values
    assert filled.values["jumlah"] == 12
    assert filled.values["kurang"] == -5
    assert filled.values["unit"] == "kasi_a"


def test_what_may_stay_empty_stays_empty() -> None:
    filled = sample.fill(form({"type": "textfield", "key": "catatan"}), CONTEXT, evaluate)
    assert filled.problems == ()
    assert filled.values["catatan"] is None


def test_a_wish_that_brings_a_field_into_view_has_it_filled_in_too() -> None:
    trial = form(
        {
            "type": "radio",
            "key": "hasil",
            "values": [{"value": "ya", "label": "Ya"}, {"value": "tidak", "label": "Tidak"}],
            "validate": {"required": True},
        },
        {
            "type": "textfield",
            "key": "alasan",
            "conditional": {"hide": "=hasil != 'tidak'"},
            "validate": {"required": True},
        },
    )
    plain = sample.fill(trial, CONTEXT, evaluate)
    assert plain.values["hasil"] == "ya"
    assert "alasan" not in plain.values
    wished = sample.fill(trial, CONTEXT, evaluate, wishes={"hasil": "tidak"})
    assert wished.problems == ()
    assert wished.values["hasil"] == "tidak"
    assert wished.values["alasan"]


def test_rows_that_must_differ_get_different_names() -> None:
    trial = form(
        {
            "type": "dynamiclist",
            "path": "baris",
            "properties": {"rowLabel": "unit", "uniqueRows": True, "minRows": 2},
            "components": [
                {"type": "select", "key": "unit", "valuesKey": "units", "validate": {"required": True}},
                {"type": "number", "key": "angka", "validate": {"required": True}},
            ],
        }
    )
    filled = sample.fill(trial, CONTEXT, evaluate, wishes={"angka": 7})
    assert filled.problems == ()
    assert [(row["unit"], row["angka"]) for row in filled.values["baris"]] == [("kasi_a", 7), ("kasi_b", 7)]


def test_a_file_that_cannot_be_had_is_left_as_a_problem_with_its_field() -> None:
    trial = form({"type": "filepicker", "key": "bukti", "validate": {"required": True}})
    left = sample.fill(trial, CONTEXT, evaluate)
    assert [problem.path for problem in left.problems] == ["bukti"]


def test_a_choice_without_choices_is_left_as_a_problem_and_ends() -> None:
    trial = form({"type": "select", "key": "unit", "valuesKey": "nobody", "validate": {"required": True}})
    assert [p.path for p in sample.fill(trial, CONTEXT, evaluate).problems] == ["unit"]
    assert sample.value_for(Field(id="x", type="select", key="x"), CONTEXT, lambda field: None) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9]{18}$",
        r"^\d{3}-[A-Z]{2,4}$",
        "(ab|cd)",
        r"^[^a-z]\.x?$",
        r"\bfoo\b",
        "^(?:[0-9]{4}/)?[A-Z]+$",
        "^.{5,}$",
        r"^[\w.]+@\w+\.id$",
        "^(B|BB|A{1,2})$",
        r"^[\]x]-?\+$",
        r"^\S+ \S+$",
    ],
)
def test_a_text_is_found_for_a_pattern(pattern: str) -> None:
    assert patterns.flaw(pattern) is None
    text = pattern_text.example(pattern)
    assert text is not None
    assert patterns.matches(pattern, text)


def test_a_pattern_and_a_length_that_contradict_each_other_have_no_example() -> None:
    assert pattern_text.example("^[0-9]{3}$", length=9) is None
