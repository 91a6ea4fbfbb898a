"""Rows that carry what they were in earlier cases: what may be declared, and what an expression then sees."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms import series
from forms.definition import FormError, parse, sources
from forms.model import Earlier, Form, Item, Period
from forms.submission import table_notes, table_rows
from tests.forms.building import evaluate, office

SERIES: dict[str, Any] = {"name": "before", "same": ["year"], "period": "quarter", "order": ["I", "II", "III"]}
SUM = "sum([one.row.done for one in before] + [done]) if all([one.status == 'found' for one in before]) else None"
WHY = "['Quarter ' + one.period + ': ' + one.status for one in before if one.status != 'found'][0]"
COLUMNS = [{"key": "done"}, {"key": "total", "compute": SUM, "note": WHY, "noteEn": f"'EN ' + {WHY}"}]


def declared(*, match: Any = ("item", "name"), **more: Any) -> Form:
    source = {"activity": "fill", "field": "list", "earlier": list(match)}
    table = {"type": "table", "id": "t", "columns": COLUMNS, "properties": {"source": source}}
    return parse(json.dumps({"id": "trial", "components": [table], "series": SERIES, **more}))


def rows(*cells: tuple[str, Any]) -> dict[str, tuple[Item, ...]]:
    return {"fill": (Item("a", "A", {"list": [{"name": name, "done": done} for name, done in cells]}),)}


def table(now: dict[str, tuple[Item, ...]], *before: Period) -> list[dict[str, Any]]:
    form = declared()
    return table_rows(form.fields[0], office(sources=now, earlier=Earlier("before", before)), evaluate)


def test_a_row_is_found_again_whatever_its_capitals_and_spaces_and_order() -> None:
    first = Period("I", rows(("Letters", 7), ("  index of  Trust", 40)))
    second = Period("II", rows(("INDEX OF TRUST", 30), ("Letters", 1)))
    found = table(rows(("Index of trust", 5), ("letters", 2)), first, second)
    assert [row["total"] for row in found] == [75, 10]


def test_a_row_that_an_earlier_case_lacks_is_told_from_a_case_that_is_not_there() -> None:
    now = rows(("Letters", 2), ("New", 1))
    found = table(now, Period("I", rows(("Letters", 7))), Period("II", None))
    assert [[one["status"] for one in row["before"]] for row in found] == [["found", "no_case"], ["no_row", "no_case"]]
    assert [row["total"] for row in found] == [None, None], "no sum rather than a wrong one"
    assert found[1]["before"][0]["row"] == dict.fromkeys(("item", "item_label", "name", "done"))


@pytest.mark.parametrize("twice", ["now", "before"])
def test_of_two_rows_that_can_not_be_told_apart_neither_is_found(twice: str) -> None:
    single, double = rows(("Letters", 7)), rows(("Letters", 7), ("letters", 9))
    now, before = (double, single) if twice == "now" else (single, double)
    assert {row["before"][0]["status"] for row in table(now, Period("I", before))} == {"no_row"}


def test_a_row_without_its_name_is_not_found() -> None:
    assert table(rows(("", 2)), Period("I", rows(("", 7))))[0]["before"][0]["status"] == "no_row"


def test_nothing_can_be_added_up_while_the_case_does_not_say_its_period() -> None:
    form = declared()
    context = office(sources=rows(("Letters", 2)), earlier=Earlier("before", None))
    assert table_rows(form.fields[0], context, evaluate)[0]["total"] is None


def test_a_note_says_why_a_cell_is_empty_and_only_there() -> None:
    form = declared()
    earlier = Earlier("before", (Period("I", rows(("Letters", 7))),))
    context = office(sources=rows(("Letters", 2), ("New", 1)), earlier=earlier)
    found = table_rows(form.fields[0], context, evaluate)
    assert table_notes(form.fields[0], found, context, evaluate) == [{}, {"total": "Quarter I: no_row"}]
    english = table_notes(form.fields[0], found, context, evaluate, language="en")
    assert english[1] == {"total": "EN Quarter I: no_row"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"year": 2026, "quarter": "III"}, ("I", "II")),
        ({"year": 2026, "quarter": "I"}, ()),
        ({"year": 2026, "quarter": "V"}, None),
        ({"quarter": "II"}, None),
        ({"year": 2026}, None),
        ({"year": [2026], "quarter": "II"}, None),
    ],
)
def test_the_periods_before_follow_the_declared_order(variables: dict[str, Any], expected: Any) -> None:
    form = declared()
    assert form.series is not None
    assert series.before(form.series, variables) == expected


def test_the_sources_of_a_form_include_its_workbooks() -> None:
    source = {"activity": "fill", "field": "list", "earlier": ["name"]}
    form = declared(workbook={"title": "W", "source": source, "columns": [{"label": "N", "value": "n", "note": "'x'"}]})
    assert [(where, source.earlier) for where, source in sources(form)] == [
        ("t", ("item", "name")),
        ("workbook", ("name",)),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "two words"},
        {"name": "item"},
        {"period": None},
        {"order": ["I"]},
        {"order": ["I", "I"]},
        {"order": "I, II"},
        {"order": [["I"], "II"]},
        {"order": [str(number) for number in range(100)]},
        {"same": "year"},
        {"same": ["__class__"]},
        {"once": 5},
        {"states": ["completed"]},
    ],
    ids=str,
)
def test_a_series_that_can_not_be_honoured_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(FormError) as refused:
        declared(series=SERIES | changed)
    assert refused.value.field == "series"


@pytest.mark.parametrize("spec", ["quarters", [], 7])
def test_a_series_must_be_an_object(spec: Any) -> None:
    with pytest.raises(FormError):
        declared(series=spec)


@pytest.mark.parametrize("match", ["name", [7.5], [""], ["a", "a"], [str(n) for n in range(20)]], ids=str)
def test_what_rows_are_found_by_is_a_list_of_names(match: Any) -> None:
    source = {"activity": "fill", "field": "list", "earlier": match}
    component = {"type": "table", "id": "t", "columns": COLUMNS, "properties": {"source": source}}
    with pytest.raises(FormError) as refused:
        parse(json.dumps({"id": "trial", "components": [component], "series": SERIES}))
    assert refused.value.field == "t"


def test_earlier_cases_need_a_series_and_rows_of_a_list() -> None:
    with pytest.raises(FormError):
        declared(series=None)
    source = {"activity": "fill", "field": "n", "earlier": ["item"]}
    number = {"type": "number", "key": "n", "label": "N", "properties": {"source": source}}
    sent = {"type": "table", "id": "t", "columns": COLUMNS, "properties": {"source": {"activity": "fill"}}}
    sent["properties"]["source"]["earlier"] = ["item"]  # type: ignore[index]
    for component in (number, sent):
        with pytest.raises(FormError):
            parse(json.dumps({"id": "trial", "components": [component], "series": SERIES}))
