"""Activities that run once for each item of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zstandard

from engine.errors import ActivityFailed
from engine.spiff import state
from tests.engine.spiff.drawing import Walk, draw, told

EACH = """
    start s
    user a each={items} as=unit for=${{unit}} {order}
    user b
    xor ok
    end e
    s > a
    a > b
    b > ok
    ok > e if done
    ok > a else
"""
PARALLEL = draw(EACH.format(items="units", order=""))
ONE_BY_ONE = draw(EACH.format(items="units", order="one-by-one"))


def test_all_items_are_open_at_once() -> None:
    walk = Walk(PARALLEL, units=["x", "y", "z"])
    assert walk.open == ["a:x", "a:y", "a:z"]
    assert [t.data["unit"] for t in walk.snapshot.tasks] == ["x", "y", "z"]
    assert walk.complete("a:y") == ("completed a:y",)
    (activity,) = walk.snapshot.activities
    assert (activity.activity_id, activity.kind, activity.items) == ("a", "multiInstance", ("x", "y", "z"))
    walk.complete("a:x")
    assert walk.complete("a:z") == ("completed a:z", "completed a", "entered b")
    assert "unit" not in walk.task("b").data


def test_items_come_one_by_one_where_the_diagram_says_so() -> None:
    walk = Walk(ONE_BY_ONE, units=["x", "y"])
    assert walk.open == ["a:x"]
    assert walk.complete("a:x") == ("completed a:x", "entered a:y")
    (activity,) = walk.snapshot.activities
    assert activity.items == ("x", "y")
    assert walk.complete("a:y") == ("completed a:y", "completed a", "entered b")


@pytest.mark.parametrize("diagram", [PARALLEL, ONE_BY_ONE], ids=["parallel", "one by one"])
def test_a_second_visit_runs_over_the_shorter_list(diagram: bytes) -> None:
    walk = Walk(diagram, units=["x", "y", "z"])
    for units in (["y", "z"], ["z"], []):
        while any(name.startswith("a") for name in walk.open):
            walk.complete(walk.open[0])
        walk.complete("b", done=False, units=units)
        (activity,) = [a for a in walk.snapshot.activities if a.activity_id == "a"] or [None]
        assert (activity.items if activity else ()) == tuple(units)
    assert walk.open == ["b"]
    walk.complete("b", done=True)
    assert walk.ended


def test_an_empty_list_is_passed_by() -> None:
    walk = Walk(PARALLEL, units=[])
    assert told(walk.snapshot.steps) == ("entered b",)


def test_the_list_may_be_computed_from_rows() -> None:
    xml = draw(EACH.format(items="units", order=""))
    xml = xml.replace(b'"${units}"', b'"${[r.unit for r in rows if r.ask]}"')
    walk = Walk(xml, rows=[{"unit": "x", "ask": True}, {"unit": "y", "ask": False}, {"unit": "z", "ask": True}])
    assert walk.open == ["a:x", "a:z"]


def test_bpmn_s_own_words_for_list_and_item_are_read() -> None:
    xml = draw(EACH.format(items="units", order=""))
    xml = xml.replace(b' camunda:collection="${units}" camunda:elementVariable="unit">', b">").replace(
        b"</bpmn:multiInstance",
        b"<bpmn:loopDataInputRef>units</bpmn:loopDataInputRef>"
        b'<bpmn:inputDataItem id="item_1" name="unit"/></bpmn:multiInstance',
    )
    walk = Walk(xml, units=["x", "y"])
    assert walk.open == ["a:x", "a:y"]
    assert walk.task("a:y").data["unit"] == "y"


def test_items_that_are_records_are_told_as_json() -> None:
    walk = Walk(PARALLEL, units=[{"k": 1}, 2])
    assert walk.open == ["a:2", 'a:{"k":1}']


def test_a_number_of_times_counts_from_zero() -> None:
    walk = Walk(draw("start s\nuser a times=n+1\nend e\ns > a\na > e"), n=1)
    assert walk.open == ["a:0", "a:1"]
    walk.complete("a:0")
    assert [a.items for a in walk.snapshot.activities] == [("0", "1")]
    walk.complete("a:1")
    assert walk.ended


def test_a_condition_ends_it_before_the_last_item() -> None:
    walk = Walk(
        draw("start s\nuser a each=units as=unit until=enough\nend e\ns > a\na > e"), units=["x", "y"], enough=False
    )
    walk.complete("a:x", enough=False)
    assert walk.open == ["a:y"]
    walk = Walk(
        draw("start s\nuser a each=units as=unit until=enough\nuser b\nend e\ns > a\na > b\nb > e"),
        units=["x", "y", "z"],
        enough=False,
    )
    assert walk.complete("a:y", enough=True) == (
        "completed a:y",
        "cancelled a:x",
        "cancelled a:z",
        "completed a",
        "entered b",
    )
    assert walk.open == ["b"]


def test_an_item_hides_a_variable_of_its_name_only_while_it_lasts() -> None:
    walk = Walk(PARALLEL, units=["x", "y"], unit="outside")
    assert walk.open == ["a:x", "a:y"]
    walk.complete("a:x")
    walk.complete("a:y")
    assert walk.open == ["b"]
    assert walk.task("b").data["unit"] == "outside"
    assert walk.snapshot.data["unit"] == "outside"


def test_a_variable_set_while_an_item_hides_it_is_there_afterwards() -> None:
    walk = Walk(PARALLEL, units=["x", "y"])
    walk.complete("a:x", unit="new")
    assert walk.open == ["a:y"]
    assert walk.task("a:y").data["unit"] == "y"
    walk.complete("a:y")
    assert walk.task("b").data["unit"] == "new"


NESTED = draw("""
    start s
    sub work each=units as=unit {
      start s1
      user a for=${unit}
      xor good
      user b
      end e1
      s1 > a
      a > good
      good > e1 if ok
      good > b else
      b > e1
    }
    boundary late at=work after=P1D
    user c
    end e
    s > work
    work > c
    c > e
    late > e
""")


def test_each_sub_process_of_a_list_goes_its_own_way() -> None:
    walk = Walk(NESTED, units=["x", "y"])
    assert walk.open == ["a:x", "a:y"]
    one, other = walk.task("a:x").scopes, walk.task("a:y").scopes
    assert [s.activity_id for s in one] == ["work", "work"]
    assert one[0] != other[0]
    assert one[1] == other[1], "the whole list, on which the timer hangs"
    assert walk.complete("a:x", ok=False) == ("completed a:x", "entered b:x")
    assert walk.complete("a:y", ok=True) == ("completed a:y", "ended e1:y", "completed work:y")
    assert walk.task("b:x").data["ok"] is False
    (timer,) = walk.snapshot.timers
    whole = next(a for a in walk.snapshot.activities if a.kind == "multiInstance")
    assert (timer.attached_key, whole.items) == (whole.key, ("x", "y"))
    assert walk.task("b:x").scopes[-1].key == timer.attached_key
    assert walk.complete("b:x") == ("completed b:x", "ended e1:x", "completed work:x", "completed work", "entered c")


def test_a_list_answered_by_several_sub_processes_is_never_mixed() -> None:
    walk = Walk(NESTED.replace(b">ok<", b">len(found) &lt; 9<"), units=["x", "y"])
    walk.complete("a:x", found=[1, 2, 3])
    walk.complete("a:y", found=[3, 4])
    assert walk.task("c").data["found"] == [3, 4]


def test_items_belong_to_the_whole_when_a_timer_hangs_on_it() -> None:
    walk = Walk(
        draw("start s\nuser a each=units as=unit\nboundary late at=a after=P1D\nend e\ns > a\na > e\nlate > e"),
        units=["x", "y"],
    )
    (timer,) = walk.snapshot.timers
    assert {t.scopes[0].key for t in walk.snapshot.tasks} == {timer.attached_key}
    walk.complete("a:x")
    done = walk.complete("a:y")
    assert done[:2] == ("completed a:y", "completed a")
    assert walk.history[-2].key == timer.attached_key


def test_no_list_at_all_names_the_activity() -> None:
    with pytest.raises(ActivityFailed) as raised:
        Walk(PARALLEL, units="x")
    assert (raised.value.activity_id, str(raised.value.reason)) == ("a", "'units' is no list")


def test_an_answer_inside_never_changes_the_list_that_is_running() -> None:
    walk = Walk(ONE_BY_ONE, units=["x", "y"])
    walk.complete("a:x", units=[])
    assert walk.open == ["a:y"]
    walk.complete("a:y")
    assert walk.snapshot.data["units"] == []


OWN = """
    start s\nuser q
    sub work each=units as=unit {order} {{\nstart s1\nuser a\nxor g\nuser b\nend e1\nend e2
    s1 > a\na > g\ng > b if f\ng > e1 else\nb > e2\n}}
    user c\nxor z\nend e\ns > q\nq > work\nwork > c\nc > z\nz > e if f\nz > c else
"""


def test_what_one_item_sets_is_its_own_until_it_ends() -> None:
    walk = Walk(draw(OWN.format(order="")), f=False)
    walk.complete("q", units=["x", "y"])
    walk.complete("a:x", f=True)
    assert walk.open == ["a:y", "b:x"]
    assert walk.task("a:y").data["f"] is False
    assert walk.task("b:x").data["f"] is True


@pytest.mark.parametrize("order", ["", "one-by-one"])
def test_an_item_that_ends_brings_no_old_values_back(order: str) -> None:
    walk = Walk(draw(OWN.format(order=order)), f=False)
    walk.complete("q", units=["x", "y"])
    walk.complete("a:x", f=True)
    walk.complete("b:x")
    if order:
        assert walk.task("a:y").data["f"] is True, "what the first item set is known to the second"
        walk.complete("a:y", f=False)
        assert walk.task("c").data["f"] is False
    else:
        walk.complete("a:y")
        if walk.open == ["b:y"]:
            walk.complete("b:y")
        assert walk.task("c").data["f"] is True, "the second item had set nothing"


def as_of_an_older_engine(walk: Walk) -> None:
    """Take the lists of own variables out of the stored case."""
    case = state.load(walk.spec, walk.state)
    for task in case.tasks.values():
        task.internal_data.pop("own", None)
    walk.snapshot = replace(walk.snapshot, state=state.dump(case))


def test_an_item_that_was_begun_by_an_older_engine_hands_on_all_it_knows() -> None:
    walk = Walk(draw(OWN.format(order="")), f=False)
    walk.complete("q", units=["x"])
    as_of_an_older_engine(walk)
    walk.complete("a:x", f=True)
    walk.complete("b:x")
    assert walk.task("c").data["f"] is True


def test_lists_of_items_that_an_older_engine_began_are_never_mixed() -> None:
    walk = Walk(NESTED.replace(b">ok<", b">len(found) &lt; 9<"), units=["x", "y"])
    as_of_an_older_engine(walk)
    walk.complete("a:x", found=[1, 2, 3])
    walk.complete("a:y", found=[3, 4])
    assert walk.task("c").data["found"] == [3, 4]


GIVING = """
    start s\nuser q\nuser a each=units as=unit {order} collects=answers from=answer\nxor g\nuser b\nuser c\nend e
    s > q\nq > a\na > g\ng > b if answers[0] == 1\ng > c else\nb > e\nc > e
"""


@pytest.mark.parametrize("order", ["", "one-by-one"])
def test_what_the_items_give_is_collected_in_the_order_of_the_list(order: str) -> None:
    walk = Walk(draw(GIVING.format(order=order)), answer="outside")
    walk.complete("q", units=["x", "y", "z"])
    names = ["a:x", "a:y", "a:z"] if order else ["a:z", "a:x", "a:y"]
    for name in names:
        assert walk.task(name).data["answer"] == "outside", "each gives its own"
        given = {"a:x": {"answer": 1}, "a:y": {}, "a:z": {"answer": 3}}[name]
        walk.complete(name, **given)
    assert walk.open == ["b"]
    assert walk.snapshot.data["answers"] == [1, None, 3]
    assert walk.snapshot.data["answer"] == "outside"


def test_no_items_give_an_empty_list() -> None:
    walk = Walk(draw(GIVING.format(order="").replace("answers[0] == 1", "answers")))
    walk.complete("q", units=[])
    assert walk.open == ["c"]
    assert walk.snapshot.data["answers"] == []


def test_items_that_a_condition_cuts_short_give_nothing() -> None:
    text = GIVING.format(order="").replace("collects", "until=enough collects").replace("answers[0] == 1", "answers")
    walk = Walk(draw(text), enough=False)
    walk.complete("q", units=["x", "y"])
    walk.complete("a:y", answer=2, enough=True)
    assert walk.snapshot.data["answers"] == [2]


def test_sub_processes_give_what_was_set_in_them() -> None:
    text = """
        start s\nuser q\nsub work each=units as=unit collects=answers from=answer {
        start s1\nuser a\nscript k do=answer=answer*2\nend e1\ns1 > a\na > k\nk > e1\n}
        user c\nend e\ns > q\nq > work\nwork > c\nc > e
    """
    walk = Walk(draw(text))
    walk.complete("q", units=["x", "y"])
    walk.complete("a:y", answer=5)
    walk.complete("a:x", answer=2)
    assert walk.snapshot.data["answers"] == [4, 10]
    assert "answer" not in walk.snapshot.data


@pytest.mark.parametrize("order", ["", "one-by-one"])
def test_an_item_that_is_null_has_its_turn(order: str) -> None:
    """The library waits for ever before one, where they come one by one."""
    walk = Walk(draw(f"start s\nuser q\nuser a each=units as=unit {order}\nuser b\nend e\ns > q\nq > a\na > b\nb > e"))
    walk.complete("q", units=[None, "y"])
    walk.complete("a")
    walk.complete("a:y")
    assert walk.open == ["b"]


@pytest.mark.parametrize("units", [3, 300])
def test_a_long_list_is_stored_once_however_many_run_over_it(units: int) -> None:
    walk = Walk(PARALLEL, units=[f"Orang ke-{n}" for n in range(units)])
    plain = zstandard.ZstdDecompressor().decompress(walk.snapshot.state or b"")
    assert plain.count(b'"Orang ke-0","Orang ke-1"') < 6


@pytest.mark.parametrize(("before", "after"), [(1, True), (0, False), (1, 1.0), ([1], [True])])
def test_a_value_is_kept_beside_one_that_only_equals_it(before: object, after: object) -> None:
    for other in ({}, {"unit": 2}):
        told = state._beside({"x": before, "unit": 2}, {"x": after, **other})
        rows = [["p", None, {"x": before, "unit": 2}], ["t", "p", told]]
        state._spread(rows)
        assert repr(rows[1][-1]) == repr({"x": after, **other})
