"""Posted names become nested answers, and rows change without a script."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.raw import MAX_ROWS, apply_row_action, html_name, nest, row_action
from tests.forms.building import answer, form_of

FORM = form_of(
    {"type": "textfield", "key": "title"},
    {
        "type": "dynamiclist",
        "path": "rows",
        "components": [
            {"type": "textfield", "key": "name"},
            {"type": "radio", "key": "kind", "values": [{"value": "a", "label": "A"}], "defaultValue": "a"},
            {"type": "filepicker", "key": "files", "multiple": True},
        ],
        "properties": {"maxRows": 3, "rowLabel": "name", "uniqueRows": True},
    },
    {
        "type": "dynamiclist",
        "path": "fixed",
        "components": [{"type": "textfield", "key": "note"}],
        "properties": {"source": "each"},
    },
)
BLANK = {"name": "", "kind": "a", "files": []}


def test_names_become_nested_answers() -> None:
    pairs = [("title", "T"), ("rows-0-name", "x"), ("rows-0-files", "1"), ("rows-0-files", "2"), ("rows-1-name", "y")]
    assert nest(pairs) == {"title": "T", "rows": [{"name": "x", "files": ["1", "2"]}, {"name": "y"}]}


def test_a_field_of_a_row_is_posted_under_the_name_of_its_path() -> None:
    assert nest([(html_name("rows.0.name"), "x")]) == {"rows": [{"name": "x"}]}


def test_rows_stand_in_the_order_of_their_numbers_whatever_the_gaps() -> None:
    assert nest([("r-10-a", "ten"), ("r-2-a", "two"), ("r-30-a", "thirty")]) == {
        "r": [{"a": "two"}, {"a": "ten"}, {"a": "thirty"}]
    }


@pytest.mark.parametrize(
    "name",
    ["_add", "", "-", "a--b", "a-0-b-c-d", "0-a", "a" * 65, "r-99999999-a", "é-0-a"],
)
def test_names_that_fit_no_field_are_left_out(name: str) -> None:
    assert nest([(name, "x"), ("ok", "y")]) == {"ok": "y"}


def test_names_that_contradict_each_other_do_no_harm() -> None:
    assert nest([("a", "1"), ("a-0-b", "2")]) == {"a": "1"}
    assert nest([("a-0-b", "2"), ("a", "1")]) == {"a": [{"b": "2"}]}
    assert nest([("a-0-b", "2"), ("a-x", "1")]) == {"a": [{"b": "2"}]}


def test_more_rows_than_allowed_are_cut_but_still_noticed() -> None:
    rows = nest((f"rows-{i}-name", "x") for i in range(5000))["rows"]
    assert len(rows) == MAX_ROWS + 1
    assert answer(FORM, {"rows": rows}).problems[0].path == "rows"


def test_a_large_post_is_nested_quickly() -> None:
    pairs = [(f"rows-{row}-c{cell}", "1.234,5") for row in range(1000) for cell in range(20)]
    started = time.process_time()
    assert len(nest(pairs)["rows"]) == 1000
    assert time.process_time() - started < 2


@given(st.lists(st.tuples(st.text("abr019-_", max_size=9), st.text(max_size=3)), max_size=20))
def test_any_posted_names_can_be_nested_and_read(pairs: list[tuple[str, str]]) -> None:
    raw = nest(pairs)
    answer(FORM, raw)
    for action in (row_action(pairs), ("_add", "rows"), ("_copy", "rows:0"), ("_remove", "rows:9")):
        if action:
            apply_row_action(FORM, raw, action)


def test_the_pressed_row_button_is_found() -> None:
    assert row_action([("title", "x"), ("_remove", "rows:1")]) == ("_remove", "rows:1")
    assert row_action([("title", "x"), ("_send", "1")]) is None


def test_rows_are_added_removed_and_copied_with_all_else_kept() -> None:
    raw = {"title": "T", "rows": [{"name": "x", "files": ["1"]}, {"name": "y"}]}
    assert apply_row_action(FORM, raw, ("_add", "rows")) == {"title": "T", "rows": [*raw["rows"], BLANK]}
    assert apply_row_action(FORM, raw, ("_remove", "rows:0"))["rows"] == [{"name": "y"}]
    copied = apply_row_action(FORM, raw, ("_copy", "rows:0"))["rows"]
    assert copied == [{"name": "x", "files": ["1"]}, {"name": "", "files": ["1"]}, {"name": "y"}]
    assert len(raw["rows"]) == 2


def test_the_first_row_of_an_empty_list_can_be_added() -> None:
    assert apply_row_action(FORM, {}, ("_add", "rows")) == {"rows": [BLANK]}


@pytest.mark.parametrize(
    "action",
    [("_add", "fixed"), ("_add", "zzz"), ("_add", "title"), ("_remove", "rows:9"), ("_remove", "rows:-1"),
     ("_remove", "rows"), ("_copy", "rows:x"), ("_drop", "rows:0"), ("_remove", "fixed:0")],
)  # fmt: skip
def test_actions_that_make_no_sense_change_nothing(action: tuple[str, str]) -> None:
    raw = {"title": "T", "rows": [{"name": "x"}], "fixed": [{"note": "n"}]}
    assert apply_row_action(FORM, raw, action) == raw


def test_a_full_list_takes_no_more_rows() -> None:
    raw = {"rows": [{"name": "x"}] * 3}
    assert apply_row_action(FORM, raw, ("_add", "rows")) == raw
    assert apply_row_action(FORM, raw, ("_copy", "rows:0")) == raw
