"""What a diagram may compute, and what happens when it can't or shouldn't."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.errors import ActivityFailed, ExpressionError, InvalidInput
from engine.expressions import office_functions
from engine.spiff import step
from engine.spiff.around import Around
from engine.spiff.environment import ENGINE
from engine.spiff.spec import compile_spec
from tests.engine.spiff.drawing import NOW, Walk, draw, elapsed

CHOICE = "start s\nuser q\nxor g\nuser a\nend e\ns > q\nq > g\ng > a if {condition}\ng > e else\na > e"


@pytest.mark.parametrize(
    ("condition", "value", "opened"),
    [
        ("x", True, ["a"]),
        ("${x}", True, ["a"]),
        ("${ x > 3 }", 4, ["a"]),
        ("x > 3", 3, []),
        ("x == 'segera'", "segera", ["a"]),
        ("len([r for r in x if r.ok]) == 1", [{"ok": True}, {"ok": False}], ["a"]),
        ("not x", [], ["a"]),
    ],
)
def test_a_condition_is_read_in_our_own_language(condition: str, value: object, opened: list[str]) -> None:
    walk = Walk(draw(CHOICE.format(condition=condition)))
    walk.complete("q", x=value)
    assert walk.open == opened


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("x >", ""),
        ("missing", "there is no 'missing'"),
        ("x + 1 > 2", "'+'"),
        ("1 / 0 == 1", "division by zero"),
        ("[1] * 10 == x", ""),
        ("9 ** 9 ** 9 > 1", ""),
        ("[a for b in [[1]*9] for a in b]", ""),
    ],
)
def test_a_condition_that_fails_names_its_gateway_and_changes_nothing(condition: str, reason: str) -> None:
    walk = Walk(draw(CHOICE.format(condition=condition)))
    before = walk.state
    with pytest.raises(ActivityFailed) as raised:
        walk.complete("q", x="text")
    assert raised.value.activity_id == "g"
    assert reason in str(raised.value.reason)
    assert walk.state == before
    assert walk.open == ["q"]


HOSTILE = [
    "__import__('pathlib').Path('{path}').write_text('x')",
    "open('{path}', 'w')",
    "().__class__.__base__.__subclasses__()",
    "x.__class__",
    "(lambda: 1)()",
    "exec('1')",
    "eval('1')",
    "globals()",
    "'{{0.__class__}}'.format(x)",
    "[c for c in (1).__class__.mro()]",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["condition", "timer", "list", "times", "until"])
def test_a_hostile_expression_does_nothing(text: str, place: str, tmp_path: Path) -> None:
    target = tmp_path / "touched"
    text = text.format(path=target)
    mark = "HOSTILE"
    diagrams = {
        "condition": CHOICE.format(condition=mark),
        "timer": f"start s\nuser q\ncatch g after={mark}\nend e\ns > q\nq > g\ng > e",
        "list": f"start s\nuser q\nuser g each={mark} as=i\nend e\ns > q\nq > g\ng > e",
        "times": f"start s\nuser q\nuser g times={mark}\nend e\ns > q\nq > g\ng > e",
        "until": f"start s\nuser g each=x as=i until={mark}\nend e\ns > g\ng > e",
    }
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()
    walk = Walk(draw(diagrams[place]).replace(mark.encode(), escaped), x=["i"])
    with pytest.raises(ActivityFailed) as raised:
        walk.complete(walk.open[0])
    assert raised.value.activity_id == "g"
    assert not target.exists()


@pytest.mark.parametrize("script", ["import os", "x = __import__('os')", "x = y = 1", "x.y = 1", "print(1)", "_x = 1"])
def test_a_script_that_is_no_list_of_assignments_is_refused_and_named(script: str) -> None:
    with pytest.raises(ActivityFailed) as raised:
        Walk(draw("start s\nscript g\nend e\ns > g\ng > e").replace(b"x = 1", script.encode()))
    assert raised.value.activity_id == "g"


def test_the_library_s_own_door_to_the_evaluator_is_bounded_too() -> None:
    with pytest.raises(ExpressionError):
        ENGINE.environment.execute("x = open('f')", {})
    with pytest.raises(ExpressionError):
        ENGINE.environment.call_service({}, operation_name="mail")


def test_the_office_s_functions_may_be_given() -> None:
    spec = compile_spec(draw("start s\nxor g\nuser a\nend e\ns > g\ng > a if today() > x\ng > e else\na > e"))
    functions = office_functions((), today=date(2026, 3, 2))
    given = {"x": "2026-03-01"}
    assert step.start(spec, given, Around(NOW, elapsed, functions=functions)).tasks
    with pytest.raises(ActivityFailed):
        step.start(spec, given, Around(NOW, elapsed))


def test_looking_at_a_case_may_call_the_office_s_functions() -> None:
    text = "start s\ncatch g message=reply\nuser a\nend e\ns > g\ng > a\na > e"
    key = "today()".join(('<bpmn:intermediateCatchEvent alur:correlationKey="', '" id="g"'))
    spec = compile_spec(draw(text).replace(b'<bpmn:intermediateCatchEvent id="g"', key.encode()))
    around = Around(NOW, elapsed, functions=office_functions((), today=date(2026, 3, 2)))
    state = step.start(spec, {}, around).state
    assert state is not None
    assert [e.correlation for e in step.look(spec, state, around).events] == ["2026-03-02"]
    assert [e.correlation for e in step.reschedule(spec, state, {}, around).events] == ["2026-03-02"]


def test_records_with_any_key_survive_saving() -> None:
    value = {"typename": "UUID", "value": "x", "items": [{"typename": "datetime"}]}
    walk = Walk(draw(CHOICE.format(condition="x.value == 'x'")), x=value)
    assert walk.task("q").data["x"] == value
    walk.complete("q")
    assert walk.open == ["a"]
    assert walk.snapshot.data["x"] == value


def test_values_are_the_case_s_own() -> None:
    rows = [{"ok": True}]
    walk = Walk(draw(CHOICE.format(condition="x[0].ok")), x=rows)
    rows[0]["ok"] = False
    walk.complete("q")
    assert walk.open == ["a"]


def test_a_value_that_is_no_json_is_refused_by_name() -> None:
    walk = Walk(draw(CHOICE.format(condition="x")))
    with pytest.raises(InvalidInput) as raised:
        walk.complete("q", x=object())
    assert raised.value.field == "x"
