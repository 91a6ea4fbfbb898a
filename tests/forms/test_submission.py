"""Answers of a whole form: conditions, computed and sourced fields, rows; nothing else gets in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.model import Choice, File, Form, Item
from forms.submission import initial, refresh, table_rows
from tests.forms.building import answer, at, evaluate, form_of, office, rules

KIND = {"type": "radio", "key": "kind", "values": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}
WHY = {"type": "textfield", "key": "why", "label": "Why", "validate": {"required": True}}
NUMBER = {"type": "number", "key": "n"}
NAME = {"type": "textfield", "key": "name", "validate": {"required": True}}


def rows_of(*components: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "dynamiclist", "path": "rows", "label": "Rows", "components": components, "properties": properties}


def computed(key: str, expression: str, kind: str = "number", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "properties": {"compute": expression}, **more}


# --- conditions -------------------------------------------------------------------------------------------------


def test_a_hidden_field_is_not_required_and_its_data_are_dropped_but_shown_again() -> None:
    form = form_of(KIND, WHY | {"conditional": {"hide": "=kind != 'b'"}})
    hidden = answer(form, {"kind": "a", "why": "left over"})
    assert hidden.values == {"kind": "a"}
    assert hidden.hidden == {"why"}
    assert hidden.problems == ()
    assert hidden.raw["why"] == "left over"
    assert rules(answer(form, {"kind": "b"})) == {"why": "required"}


def test_a_hidden_group_hides_all_it_holds() -> None:
    group = {"type": "group", "id": "g", "components": [WHY], "conditional": {"hide": "=kind == 'a'"}}
    form = form_of(group, KIND, computed("seen", "why is None", "checkbox"))
    submission = answer(form, {"kind": "a", "why": "x"})
    assert submission.values == {"kind": "a", "seen": True}
    assert submission.hidden == {"g"}


def test_conditions_follow_each_other_whatever_the_order_of_the_fields() -> None:
    form = form_of(
        {"type": "textfield", "key": "third", "conditional": {"hide": "=not second"}},
        {"type": "textfield", "key": "second", "conditional": {"hide": "=kind == 'a'"}},
        KIND,
    )
    assert answer(form, {"kind": "a", "second": "x", "third": "y"}).hidden == {"second", "third"}
    assert answer(form, {"kind": "b", "second": "x", "third": "y"}).hidden == frozenset()


def test_a_condition_that_fails_shows_the_field() -> None:
    form = form_of(WHY | {"conditional": {"hide": "=1 / 0 == 1"}})
    assert rules(answer(form, {})) == {"why": "required"}


def test_a_text_without_a_key_is_hidden_by_its_id() -> None:
    form = form_of(KIND, {"type": "text", "id": "note", "text": "Hi", "conditional": {"hide": "=kind == 'a'"}})
    assert answer(form, {"kind": "a"}).hidden == {"note"}


# --- computed, read-only, sourced -------------------------------------------------------------------------------


def test_computed_fields_are_worked_out_in_the_order_they_need_and_never_taken_from_the_post() -> None:
    form = form_of(computed("c", "b * 2"), computed("b", "n + 1"), NUMBER)
    submission = answer(form, {"n": "1,5", "b": "99", "c": "99"})
    assert submission.values == {"c": 5, "b": 2.5, "n": 1.5}
    assert submission.raw == {"c": "5", "b": "2,5", "n": "1,5"}


def test_a_computed_field_that_fails_is_empty_unless_it_is_required() -> None:
    form = form_of(NUMBER, computed("part", "1 / n"))
    assert answer(form, {"n": "0"}).values["part"] is None
    assert answer(form, {"n": "0"}).problems == ()
    strict = form_of(NUMBER, computed("part", "1 / n", validate={"required": True}))
    assert rules(answer(strict, {"n": "0"})) == {"part": "required"}


@pytest.mark.parametrize(
    ("kind", "expression", "value"),
    [
        ("number", "'12'", 12),
        ("number", "'BB'", None),
        ("number", "10 / 3", 3.33),
        ("number", "True", None),
        ("textfield", "5", "5"),
        ("checkbox", "[1]", True),
        ("checkbox", "None", False),
        ("datetime", "today()", "2026-07-01"),
        ("datetime", "'soon'", None),
    ],
)
def test_a_computed_value_fits_the_type_of_its_field(kind: str, expression: str, value: Any) -> None:
    component = computed("f", expression, kind, **({"decimalDigits": 2} if kind == "number" else {}))
    assert answer(form_of(component), {}).values["f"] == value


def test_a_computed_value_may_look_at_the_case_and_its_item() -> None:
    form = form_of(computed("f", "item + '/' + item_label + '/' + str(year)", "textfield"))
    submission = answer(form, {}, item="kasi", item_label="Kasi", variables={"year": 2026})
    assert submission.values["f"] == "kasi/Kasi/2026"


def test_a_read_only_field_keeps_its_source_whatever_is_posted() -> None:
    letter = {"type": "textfield", "key": "letter", "properties": {"source": "first.number"}}
    form = form_of(letter)
    sources = {"first": (Item(None, "", {"number": "050/1"}),)}
    assert answer(form, {"letter": "forged"}, sources=sources).values == {"letter": "050/1"}
    assert answer(form, {"letter": "forged"}).values == {"letter": None}


def test_a_source_prefers_what_the_same_item_answered() -> None:
    form = form_of({"type": "textfield", "key": "f", "properties": {"source": "each.f"}})
    sources = {"each": (Item("a", "A", {"f": "of a"}), Item("b", "B", {"f": "of b"}))}
    assert answer(form, {}, sources=sources, item="b").values["f"] == "of b"
    assert answer(form, {}, sources=sources).values["f"] is None


def test_one_cell_of_a_list_is_found_by_the_item() -> None:
    source = {"activity": "check", "field": "verdicts", "match": "item", "column": "note"}
    note = {"type": "textarea", "key": "note", "properties": {"source": source}}
    form = form_of(note | {"conditional": {"hide": "=not note"}})
    verdicts = [{"item": "a", "note": "add the file"}, {"item": "b"}]
    sources = {"check": (Item(None, "", {"verdicts": verdicts}),)}
    assert answer(form, {}, sources=sources, item="a").values == {"note": "add the file"}
    assert answer(form, {}, sources=sources, item="b").hidden == {"note"}
    assert answer(form, {}, item="a").hidden == {"note"}


def test_nothing_outside_the_form_is_kept() -> None:
    submission = answer(form_of(NUMBER), {"n": "1", "admin": "true", "__class__": {}})
    assert submission.values == {"n": 1}
    assert submission.raw == {"n": "1"}


# --- rows -------------------------------------------------------------------------------------------------------


def test_rows_are_checked_one_by_one_and_computed_with_their_own_cells_first() -> None:
    form = form_of(NUMBER, rows_of(NAME, NUMBER | {"key": "m"}, computed("product", "m * n")))
    submission = answer(form, {"n": "10", "rows": [{"name": "a", "m": "2"}, {"m": "x"}]})
    assert rules(submission) == {"rows.1.name": "required", "rows.1.m": "number"}
    assert submission.values["rows"][0] == {"name": "a", "m": 2, "product": 20}
    assert submission.raw["rows"][0]["product"] == "20"


def test_the_form_sees_its_rows_as_records_with_hidden_cells_empty() -> None:
    note = WHY | {"conditional": {"hide": "=kind == 'a'"}}
    form = form_of(rows_of(KIND, note), computed("notes", "[r.why for r in rows]", "taglist", valuesKey="x"))
    submission = answer(form, {"rows": [{"kind": "a", "why": "old"}, {"kind": "b", "why": "new"}]})
    assert submission.values == {"rows": [{"kind": "a"}, {"kind": "b", "why": "new"}], "notes": ["new"]}
    assert submission.hidden == {"rows.0.why"}


def test_blank_rows_do_not_count_and_do_not_complain() -> None:
    choice = KIND | {"defaultValue": "a"}
    form = form_of(rows_of(NAME, choice), computed("count", "len(rows)"))
    raw = {"rows": [{"name": "", "kind": "a"}, {"name": "x", "kind": "a"}, {}]}
    submission = answer(form, raw)
    assert submission.problems == ()
    assert submission.values == {"rows": [{"name": "x", "kind": "a"}], "count": 1}
    assert len(submission.raw["rows"]) == 3


def test_problems_of_rows_after_a_blank_one_stand_at_the_row_people_see() -> None:
    form = form_of(rows_of(NAME, NUMBER))
    assert rules(answer(form, {"rows": [{}, {"n": "1"}]})) == {"rows.1.name": "required"}


@pytest.mark.parametrize(
    ("count", "expected"), [(0, {"rows": "min_rows"}), (2, {}), (3, {}), (4, {"rows": "max_rows"})]
)
def test_the_number_of_rows_is_bounded(count: int, expected: dict[str, str]) -> None:
    form = form_of(rows_of(NAME, minRows=1, maxRows=3))
    assert rules(answer(form, {"rows": [{"name": "x"}] * count})) == expected


def test_more_rows_than_any_list_may_have_are_refused() -> None:
    form = form_of(rows_of(NAME))
    submission = answer(form, {"rows": [{"name": "x"}] * 1001})
    assert rules(submission) == {"rows": "max_rows"}
    assert len(submission.values["rows"]) == 1000


def test_rows_that_must_differ_say_which_row_was_first() -> None:
    form = form_of(rows_of(NAME, rowLabel="name", uniqueRows=True))
    submission = answer(form, {"rows": [{"name": "x"}, {"name": "y"}, {"name": "x"}]})
    assert rules(submission) == {"rows.2.name": "unique"}
    assert submission.problems[0].params == {"row": 1}


VERDICTS = form_of(
    {
        "type": "dynamiclist",
        "path": "verdicts",
        "components": [
            {"type": "textfield", "key": "item", "readonly": True, "properties": {"internal": True}},
            {"type": "textfield", "key": "item_label", "readonly": True},
            KIND | {"validate": {"required": True}},
            WHY | {"conditional": {"hide": "=kind != 'b'"}},
        ],
        "properties": {"source": "each", "rowLabel": "item_label"},
    },
    computed("returned", "[r.item for r in verdicts if r.kind == 'b']", "taglist", valuesKey="units"),
    computed("complete", "all([r.kind == 'a' for r in verdicts])", "checkbox"),
)


def items(*sent: tuple[str, int | None]) -> dict[str, tuple[Item, ...]]:
    """Items by name with the day they were sent; None: still open."""
    return {
        "each": tuple(
            Item(name, name.upper(), None if day is None else {"f": 1}, sent_at=None if day is None else at(day))
            for name, day in sent
        )
    }


def test_fixed_rows_come_from_their_source_and_their_labels_cannot_be_forged() -> None:
    rows = [{"item": "zzz", "item_label": "forged", "kind": "a"}, {"kind": "b", "why": "file"}, {"kind": "a"}]
    submission = answer(VERDICTS, {"verdicts": [rows[1], rows[2], {"kind": "b"}]}, sources=items(("a", 1), ("b", 1)))
    assert submission.values["verdicts"] == [
        {"item": "a", "item_label": "A", "kind": "b", "why": "file"},
        {"item": "b", "item_label": "B", "kind": "a"},
    ]
    assert (submission.values["returned"], submission.values["complete"]) == (["a"], False)
    forged = answer(VERDICTS, {"verdicts": [rows[0]]}, sources=items(("a", 1)))
    assert forged.values["verdicts"][0]["item_label"] == "A"
    assert rules(forged) == {"verdicts.0.kind": "required"}


def test_fixed_rows_are_told_apart_by_their_item_when_it_was_sent() -> None:
    raw = {"verdicts": [{"item": "b", "kind": "b", "why": "x"}, {"item": "a", "kind": "a"}]}
    submission = answer(VERDICTS, raw, sources=items(("new", 1), ("a", 1), ("b", 1)))
    assert rules(submission) == {"verdicts.0.kind": "required"}
    assert submission.values["returned"] == ["b"]


# --- opening ----------------------------------------------------------------------------------------------------


def test_a_new_form_opens_with_its_defaults() -> None:
    form = form_of(
        NUMBER | {"defaultValue": 1.5},
        {"type": "datetime", "key": "day", "defaultValue": "=today()"},
        {"type": "checklist", "key": "many", "values": KIND["values"], "defaultValue": ["a"]},
        {"type": "textfield", "key": "empty"},
        computed("twice", "n * 2"),
        rows_of(NAME, KIND | {"defaultValue": "b"}) | {"defaultRepetitions": 2},
    )
    raw = initial(form, office(), evaluate)
    assert raw == {
        "n": "1,5",
        "day": "2026-07-01",
        "many": ["a"],
        "empty": "",
        "twice": "3",
        "rows": [{"name": "", "kind": "b"}] * 2,
    }


def test_a_list_may_open_with_a_row_for_each_choice() -> None:
    unit = {"type": "select", "key": "unit", "valuesKey": "units"}
    form = form_of(rows_of(unit, NAME | {"defaultValue": "Isi data"}, rowLabel="unit", rowsFrom="units"))
    units = {"units": (Choice("a", "A"), Choice("b", "B"))}
    raw = initial(form, office(choices=units), evaluate)
    assert raw["rows"] == [{"unit": "a", "name": "Isi data"}, {"unit": "b", "name": "Isi data"}]
    assert answer(form, raw, choices=units).problems == ()


def test_a_returned_form_opens_with_the_last_answers_and_sends_them_again_unchanged() -> None:
    form = form_of(
        NUMBER | {"defaultValue": 7},
        {"type": "filepicker", "key": "files", "multiple": True},
        {"type": "checkbox", "key": "tick"},
        rows_of(NAME, NUMBER),
    )
    files = {"7": File("7", "a.pdf", 1, "application/pdf")}
    values = {"n": 1234.5, "files": ["7"], "tick": True, "rows": [{"name": "x", "n": None}, {"name": "y", "n": 2000}]}
    context: dict[str, Any] = {"previous": Item(None, "", values, sent_at=at(1)), "files": files}
    raw = initial(form, office(**context), evaluate)
    assert raw["n"] == "1234,5"
    assert answer(form, raw, **context).values == values


def test_earlier_verdicts_stay_except_for_items_sent_again() -> None:
    before = [
        {"item": "a", "item_label": "A", "kind": "a"},
        {"item": "b", "item_label": "B", "kind": "b", "why": "file missing"},
    ]
    context = office(
        sources=items(("a", 1), ("b", 5), ("c", 1)),
        previous=Item(None, "", {"verdicts": before}, sent_at=at(3)),
    )
    rows = initial(VERDICTS, context, evaluate)["verdicts"]
    assert [(row["item"], row["kind"], row["why"]) for row in rows] == [("a", "a", ""), ("b", "", ""), ("c", "", "")]


def test_a_verdict_that_noted_the_round_is_stale_in_the_next_even_within_the_same_instant() -> None:
    round = {"type": "number", "key": "round", "readonly": True}
    item = {"type": "textfield", "key": "item", "readonly": True}
    form = form_of(rows_of(item, round, KIND, source="each"))
    each = (Item("a", "A", {}, round=2, sent_at=at(1)), Item("b", "B", {}, round=1, sent_at=at(1)))
    before = {"rows": [{"item": "a", "round": 1, "kind": "b"}, {"item": "b", "round": 1, "kind": "a"}]}
    context = office(sources={"each": each}, previous=Item(None, "", before, sent_at=at(1)))
    assert [row["kind"] for row in initial(form, context, evaluate)["rows"]] == ["", "a"]


# --- drafts and tables ------------------------------------------------------------------------------------------


def test_a_draft_is_computed_without_requiring_anything() -> None:
    form = form_of(NAME, NUMBER, computed("twice", "n * 2"), rows_of(NUMBER, computed("half", "n / 2")))
    fresh = refresh(form, {"n": "1.000", "rows": [{}, {"n": "3"}, {"n": "?"}]}, office(), evaluate)
    assert fresh.computed == {"twice": "2.000", "rows.0.half": "", "rows.1.half": "1,5", "rows.2.half": ""}
    assert fresh.raw["rows"][2] == {"n": "?", "half": ""}
    assert len(fresh.values["rows"]) == 3  # beside their raw, blank ones too
    assert refresh(form, {"n": "1.000"}, office(), evaluate, decimal=".").computed["twice"] == "2,000"


def test_blank_rows_of_a_draft_do_not_count_in_totals() -> None:
    form = form_of(rows_of(NUMBER), computed("count", "len(rows)"))
    assert refresh(form, {"rows": [{}, {"n": "3"}]}, office(), evaluate).values["count"] == 1


def test_a_table_shows_the_rows_of_all_items_with_computed_columns() -> None:
    columns = [
        {"key": "item_label", "label": "Unit"},
        {"key": "n", "label": "N", "type": "number"},
        {"key": "twice", "label": "2N", "type": "number", "compute": "n * 2"},
        {"key": "word", "label": "Word", "compute": "kategori(twice)"},
    ]
    form = form_of({"type": "table", "id": "t", "columns": columns, "properties": {"source": "each.list"}})
    each = (
        Item("a", "A", {"list": [{"n": 40}, {"n": "BB"}]}),
        Item("b", "B", None),
        Item("c", "C", {"list": [{"other": 1}]}),
    )
    rows = table_rows(form.fields[0], office(sources={"each": each}), evaluate)
    assert [(row["item_label"], row["n"], row["twice"], row["word"]) for row in rows] == [
        ("A", 40, 80, "Tinggi"),
        ("A", "BB", None, None),
        ("C", None, None, None),
    ]


def test_a_table_may_say_who_has_sent() -> None:
    form = form_of({"type": "table", "id": "t", "columns": [{"key": "status"}], "properties": {"source": "each"}})
    rows = table_rows(form.fields[0], office(sources=items(("a", 1), ("b", None))), evaluate)
    assert [(row["item"], row["status"]) for row in rows] == [("a", "sent"), ("b", "open")]


def test_a_table_may_show_a_list_of_the_same_form() -> None:
    table = {"type": "table", "id": "t", "dataSource": "=rows", "columns": [{"key": "d", "compute": "n + 1"}]}
    form = form_of(rows_of(NUMBER), table)
    values = answer(form, {"rows": [{"n": "1"}, {"n": "5"}]}).values
    assert [row["d"] for row in table_rows(form.fields[1], office(), evaluate, values)] == [2, 6]


@pytest.mark.parametrize(
    ("subtype", "typed", "broken"),
    [
        ("date", "2026-06-30", {"d": "past"}),
        ("date", "2026-07-01", {}),
        ("date", "", {}),
        ("date", "30 June", {"d": "date"}),
        ("datetime", "2026-06-30T23:59", {"d": "past"}),
        ("datetime", "2026-07-01T00:00", {}),
    ],
)
def test_a_date_may_be_held_to_today_or_later(subtype: str, typed: str, broken: dict[str, str]) -> None:
    form = form_of({"type": "datetime", "key": "d", "subtype": subtype, "disallowPassedDates": True})
    assert rules(answer(form, {"d": typed})) == broken


def test_a_computed_value_is_shown_with_its_measure() -> None:
    left = {"type": "number", "key": "left", "label": "Left", "properties": {"compute": "12 - 3"}}
    form = form_of(left | {"appearance": {"suffixAdorner": "hari kerja"}})
    assert refresh(form, {}, office(), evaluate).computed == {"left": "9 hari kerja"}


# --- whatever is posted -----------------------------------------------------------------------------------------

EVERYTHING = form_of(
    {"type": "group", "id": "g", "components": [WHY, KIND]},
    NUMBER | {"validate": {"min": 0, "max": 10}, "decimalDigits": 1},
    {"type": "datetime", "key": "d"},
    {"type": "datetime", "key": "t", "subtype": "datetime"},
    {"type": "checkbox", "key": "c"},
    {"type": "taglist", "key": "many", "values": KIND["values"]},
    {"type": "filepicker", "key": "f", "multiple": True},
    {"type": "textfield", "key": "tn", "properties": {"textOrNumber": True}},
    rows_of(NAME, NUMBER, computed("half", "n / 2"), uniqueRows=True, rowLabel="name"),
    {"type": "dynamiclist", "path": "fixed", "components": [KIND], "properties": {"source": "each"}},
    computed("total", "sum([r.n for r in rows]) + n"),
)
KEYS = ["why", "kind", "n", "d", "t", "c", "many", "f", "tn", "rows", "fixed", "total", "name", "half", "item", "zzz"]
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["a", "1,5", "on"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), anything))
def test_no_post_ever_raises_or_leaves_something_the_form_does_not_know(raw: dict[str, Any]) -> None:
    submission = answer(EVERYTHING, raw, sources=items(("a", 1)))
    known = set(KEYS) - {"name", "half", "item", "zzz"}
    assert submission.values.keys() <= known
    assert all(row.keys() <= {"name", "n", "half"} for row in submission.values["rows"])
    if not submission.problems:
        assert answer(EVERYTHING, submission.raw, sources=items(("a", 1))).values == submission.values


def wide_form() -> Form:
    cells = [NUMBER | {"key": f"n{i}", "validate": {"required": True}} for i in range(12)]
    return form_of(rows_of(*cells, computed("sum", "n0 + n1"), computed("part", "n2 / n3")))


def test_a_table_of_two_hundred_rows_is_read_in_well_under_a_second() -> None:
    form = wide_form()
    rows = [{f"n{i}": "1.234,5" for i in range(12)} | ({"n5": "x"} if row == 150 else {}) for row in range(200)]
    started = time.perf_counter()
    submission = answer(form, {"rows": rows})
    assert time.perf_counter() - started < 0.8
    assert rules(submission) == {"rows.150.n5": "number"}
