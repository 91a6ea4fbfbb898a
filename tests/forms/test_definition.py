"""Definitions that mean what they say are read; all others name the field at fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.definition import FormError, at, expressions, parse, value_names
from tests.forms.building import form_of

NUMBER = {"type": "number", "key": "a", "label": "A"}
TEXT = {"type": "textfield", "key": "t", "label": "T"}
ROWS = {"type": "dynamiclist", "path": "rows", "components": [NUMBER]}
CHOICES = [{"value": "x", "label": "X"}]


def test_a_field_keeps_what_the_definition_says() -> None:
    form = form_of(
        TEXT
        | {
            "validate": {"required": True, "minLength": 2, "maxLength": 20, "pattern": "^[A-Z]+$"},
            "layout": {"columns": 8, "row": "Row_1"},
            "conditional": {"hide": "=a > 1"},
            "appearance": {"suffixAdorner": "hari"},
            "properties": {"labelEn": "Text", "descriptionEn": "Hint", "x-note": "free"},
        },
        NUMBER | {"decimalDigits": 2, "validate": {"min": 0, "max": "10"}, "properties": {"format": "money"}},
    )
    text, number = form.fields
    assert (text.required, text.min_length, text.max_length, text.pattern) == (True, 2, 20, "^[A-Z]+$")
    assert (text.width, text.hide, text.suffix, text.label_en) == (8, "a > 1", "hari", "Text")
    assert (number.decimals, number.min, number.max, number.subtype) == (2, 0, 10, "money")


def test_an_editor_may_write_our_properties_as_text() -> None:
    source = {"activity": "draf", "field": "baris", "match": "item", "column": "catatan"}
    form = form_of(
        TEXT | {"properties": {"source": json.dumps(source), "internal": "true"}},
        NUMBER | {"properties": {"source": "draf.jumlah"}},
    )
    assert form.fields[0].source is not None
    assert (form.fields[0].source.column, form.fields[0].internal) == ("catatan", True)
    assert form.fields[1].source is not None
    assert (form.fields[1].source.activity, form.fields[1].source.field) == ("draf", "jumlah")


def test_a_sourced_field_is_read_only_and_a_sourced_list_has_fixed_rows() -> None:
    form = form_of(TEXT | {"properties": {"source": "draf.t"}}, ROWS | {"properties": {"source": "draf"}})
    assert form.fields[0].readonly
    assert form.fields[1].fixed_rows


@pytest.mark.parametrize(
    ("component", "field"),
    [
        ({"type": "image", "id": "logo"}, "logo"),
        ({"type": "html", "id": "h", "content": "<script>"}, "h"),
        ({"type": "button", "id": "go"}, "go"),
        (TEXT | {"vlaidate": {}}, "t"),
        (TEXT | {"validate": {"require": True}}, "t"),
        (TEXT | {"validate": {"required": "yes"}}, "t"),
        (TEXT | {"conditional": {"show": "=a"}}, "t"),
        (TEXT | {"disabled": True}, "t"),
        (TEXT | {"properties": {"compue": "1"}}, "t"),
        (TEXT | {"properties": {"compute": "1 +"}}, "t"),
        (TEXT | {"properties": {"compute": "1", "source": "a.b"}}, "t"),
        (TEXT | {"properties": {"internal": True}}, "t"),
        (TEXT | {"label": "=secret"}, "t"),
        (TEXT | {"validate": {"minLength": 5, "maxLength": 2}}, "t"),
        (TEXT | {"validate": {"maxLength": -1}}, "t"),
        (TEXT | {"validate": {"pattern": "(a+)+$"}}, "t"),
        (TEXT | {"validate": {"pattern": "^a$", "maxLength": 5000}}, "t"),
        (TEXT | {"validate": {"validationType": "iban"}}, "t"),
        (TEXT | {"key": "a b"}, "a b"),
        (TEXT | {"key": "class"}, "class"),
        (TEXT | {"key": "a__b"}, "a__b"),
        (TEXT | {"key": "typename"}, "typename"),
        (TEXT | {"key": "item"}, "item"),
        (TEXT | {"layout": {"columns": 99}}, "t"),
        (NUMBER | {"validate": {"min": 3, "max": 1}}, "a"),
        (NUMBER | {"validate": {"min": "=today()"}}, "a"),
        (NUMBER | {"defaultValue": "many"}, "a"),
        (NUMBER | {"serializeToString": True}, "a"),
        (NUMBER | {"decimalDigits": 1.5}, "a"),
        ({"type": "datetime", "key": "d", "subtype": "week"}, "d"),
        ({"type": "datetime", "key": "d", "subtype": "time", "disallowPassedDates": True}, "d"),
        ({"type": "select", "key": "s"}, "s"),
        ({"type": "select", "key": "s", "values": []}, "s"),
        ({"type": "select", "key": "s", "values": CHOICES * 2}, "s"),
        ({"type": "select", "key": "s", "values": CHOICES, "defaultValue": "y"}, "s"),
        ({"type": "select", "key": "s", "values": CHOICES, "valuesKey": "units"}, "s"),
        ({"type": "select", "key": "s", "valuesExpression": "=[1]"}, "s"),
        ({"type": "filepicker", "key": "f", "accept": "image/*"}, "f"),
        ({"type": "text", "id": "x", "text": "Hello {{name}}"}, "x"),
        ({"type": "group", "id": "g", "path": "sub", "components": []}, "g"),
        ({"type": "table", "id": "tab", "columns": [{"key": "a", "label": "A"}]}, "tab"),
        ({"type": "table", "id": "tab", "dataSource": "=rows", "columns": []}, "tab"),
        ({"type": "table", "id": "tab", "dataSource": "=rows", "columns": [{"key": "a"}, {"key": "a"}]}, "tab"),
        (ROWS | {"components": []}, "rows"),
        (ROWS | {"components": [ROWS]}, "rows"),
        (ROWS | {"components": [NUMBER | {"defaultValue": "=today()"}]}, "a"),
        (ROWS | {"components": [NUMBER, NUMBER]}, "a"),
        (ROWS | {"allowAddRemove": False}, "rows"),
        (ROWS | {"properties": {"rowsFrom": "units"}}, "rows"),
        (ROWS | {"properties": {"rowLabel": "b"}}, "rows"),
        (ROWS | {"properties": {"minRows": 5, "maxRows": 2}}, "rows"),
        (ROWS | {"properties": {"maxRows": 100_000}}, "rows"),
        ({"type": ["textfield"], "key": "q"}, "q"),
        ("not a component", "components[0]"),
    ],
)
def test_what_we_would_not_honour_is_refused_at_its_field(component: Any, field: str) -> None:
    with pytest.raises(FormError) as refused:
        form_of(component)
    assert refused.value.field == field
    assert refused.value.message % refused.value.params


def test_two_fields_with_one_key_are_refused_even_in_different_groups() -> None:
    with pytest.raises(FormError, match="t: Two fields"):
        form_of(TEXT, {"type": "group", "id": "g", "components": [TEXT]})


def test_computed_fields_that_need_each_other_are_refused() -> None:
    a = NUMBER | {"properties": {"compute": "b + 1"}}
    b = {"type": "number", "key": "b", "properties": {"compute": "a + 1"}}
    with pytest.raises(FormError, match=r"circle: .*a.*b"):
        form_of(a, b)


def test_a_row_that_needs_the_list_it_stands_in_is_refused() -> None:
    share = {"type": "number", "key": "share", "properties": {"compute": "a / sum([r.a for r in rows])"}}
    with pytest.raises(FormError, match="circle"):
        form_of(ROWS | {"components": [NUMBER, share]})


def test_a_condition_may_look_at_its_own_field_and_a_group_at_what_it_holds() -> None:
    own = TEXT | {"conditional": {"hide": "=not t"}}
    form_of({"type": "group", "id": "g", "components": [own], "conditional": {"hide": "=not t"}})


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe\x00",
        "",
        "[]",
        "null",
        '{"components": 5}',
        '{"components": [], "components": []}',
        '{"components": [], "rules": []}',
        '{"components": [{"type": "number", "key": "a", "validate": {"min": NaN}}]}',
        '{"components": [{"type": "textfield", "key": "a", "label": "\\ud800"}]}',
        '{"components": [{"type": "textfield", "key": "a", "label": "\\u0000"}]}',
        '{"components": [' + "9" * 5000 + "]}",
        "[" * 100_000,
        '{"a":' * 100_000,
        " " * 600_000,
    ],
)
def test_hostile_text_is_refused_without_a_traceback(text: str | bytes) -> None:
    with pytest.raises(FormError):
        parse(text)


def test_groups_may_not_be_nested_for_ever() -> None:
    component: dict[str, Any] = {"type": "group", "id": "g0", "components": []}
    for depth in range(1, 20):
        component = {"type": "group", "id": f"g{depth}", "components": [component]}
    with pytest.raises(FormError, match="too deeply"):
        form_of(component)


def test_names_and_expressions_of_a_form_can_be_listed() -> None:
    row = ROWS | {"components": [NUMBER | {"properties": {"compute": "n * 2"}}, {"type": "number", "key": "n"}]}
    table = {"type": "table", "id": "tab", "dataSource": "=rows", "columns": [{"key": "c", "compute": "a + 1"}]}
    grouped = {"type": "group", "id": "g", "components": [TEXT | {"defaultValue": "=today()"}]}
    form = form_of(row, table, grouped)
    assert value_names(form) == {"rows", "t"}
    assert dict(expressions(form)) == {"rows.a": "n * 2", "tab": "rows", "tab.c": "a + 1", "t": "today()"}
    cell = at(form, "rows.7.n")
    assert cell is not None and cell.key == "n"
    assert at(form, "rows.7.zzz") is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
KEYS = ["key", "path", "label", "validate", "properties", "conditional", "values", "columns", "components", "layout"]
KEYS += ["defaultValue", "readonly", "accept", "text", "subtype", "dataSource", "valuesKey", "decimalDigits", "id"]
TYPES = ["textfield", "number", "select", "taglist", "filepicker", "text", "group", "dynamiclist", "table", "datetime"]
almost_components = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=6).flatmap(
    lambda found: st.sampled_from(TYPES).map(lambda kind: {"type": kind, "key": "k", "path": "k"} | found)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(almost_components | json_values, max_size=4))
def test_any_json_gives_a_form_or_a_form_error(components: list[Any]) -> None:
    try:
        form = parse(json.dumps({"components": components}))
    except FormError as refused:
        assert refused.message % refused.params
    else:
        assert value_names(form) is not None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_give_a_form_error(data: str | bytes) -> None:
    with pytest.raises(FormError):
        parse(data)
