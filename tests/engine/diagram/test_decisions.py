"""Decision tables: cells, hit policies, and what is refused in them."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from engine.diagram.decisions import answered, decide, read_decisions
from engine.errors import ExpressionError, InvalidDiagram


def table(rules: list[tuple[str, str]], policy: str = "", outputs: str = '<output name="y"/>', key: str = "d") -> bytes:
    rows = "".join(
        f"<rule><inputEntry><text>{escape(test)}</text></inputEntry>"
        + "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in answer.split(";"))
        + "</rule>"
        for test, answer in rules
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
        f'<decision id="{key}"><decisionTable {policy}>'
        f"<input><inputExpression><text>x</text></inputExpression></input>{outputs}{rows}</decisionTable></decision>"
        "</definitions>"
    ).encode()


def answer(xml: bytes, x: object) -> object:
    return decide(read_decisions(xml)["d"], {"x": x, "limit": 10})


@pytest.mark.parametrize(
    ("cell", "fits", "misses"),
    [
        ("5", [5, 5.0], [4, None, "5"]),
        ('"A", "B"', ["A", "B"], ["C", None]),
        ('"a, b"', ["a, b"], ["a"]),
        ("< 5", [4, -1], [5, None]),
        (">= limit", [10, 11], [9]),
        ("[1..5]", [1, 5], [0, 6, None]),
        ("]1..5[", [2, 4], [1, 5]),
        ("(1..5]", [2, 5], [1]),
        ("not(1, 2)", [3, None], [1, 2]),
        ("true", [True], [False, None]),
        ("null", [None], [0, ""]),
        ("-", [1, None, "x"], []),
        ("", [1, None], []),
        ("< 0, [10..20], 99", [-1, 15, 99], [0, 21]),
        ("len(?) > 2", ["abc"], ["ab"]),
        ("limit", [10], [9]),
    ],
)
def test_a_cell_takes_what_it_says(cell: str, fits: list[object], misses: list[object]) -> None:
    xml = table([(cell, "1")])
    assert [answer(xml, x) for x in fits] == [1] * len(fits)
    assert [answer(xml, x) for x in misses] == [None] * len(misses)


def test_each_hit_policy_decides_its_way() -> None:
    rules = [("> 1", "1"), ("> 2", "1"), ("> 3", "2")]
    assert answer(table(rules, 'hitPolicy="FIRST"'), 4) == 1
    assert answer(table(rules, 'hitPolicy="ANY"'), 3) == 1
    with pytest.raises(ExpressionError):
        answer(table(rules, 'hitPolicy="ANY"'), 4)
    assert answer(table(rules), 2) == 1
    with pytest.raises(ExpressionError):
        answer(table(rules), 3)
    assert answer(table(rules, 'hitPolicy="COLLECT"'), 4) == [1, 1, 2]
    assert answer(table(rules, 'hitPolicy="COLLECT"'), 0) == []
    totals = {"SUM": 4, "MIN": 1, "MAX": 2, "COUNT": 3}
    assert {t: answer(table(rules, f'hitPolicy="COLLECT" aggregation="{t}"'), 4) for t in totals} == totals


def test_several_outputs_make_a_record_and_set_a_variable_each() -> None:
    xml = table([("1", '"a";x + limit')], outputs='<output name="y"/><output name="z"/>')
    decision = read_decisions(xml)["d"]
    assert answer(xml, 1) == {"y": "a", "z": 11}
    assert answered(decision, {"y": "a", "z": 11}, None) == {"y": "a", "z": 11}
    assert answered(decision, None, None) == {"y": None, "z": None}
    assert answered(decision, {"y": "a"}, "r") == {"r": {"y": "a"}}
    assert decision.names == {"x", "limit"}


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a/>",
        table([("1", "1")]).replace(b"<definitions", b"<!DOCTYPE a><definitions"),
        table([("1", "__import__('os')")]),
        table([("1)", "1")]),
        table([("1, ", "1")]),
        table([("1", "1")], 'hitPolicy="PRIORITY"'),
        table([("1", "1")], 'hitPolicy="UNIQUE" aggregation="SUM"'),
        table([("1", "1;2")]),
        table([("1", "1;2")], outputs='<output name="y"/><output/>'),
        table([("1", "1")], outputs=""),
        table([("1", "1")]).replace(b"decisionTable", b"literalExpression"),
    ],
)
def test_what_can_not_be_evaluated_is_refused(xml: bytes) -> None:
    with pytest.raises(InvalidDiagram):
        read_decisions(xml)
