"""Branches that split and join, also in rounds: where the stock library fires early or brings old values back."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import ActivityFailed
from tests.engine.spiff.drawing import Walk, draw

BOTH = draw("""
    start s
    xor again
    and split
    user a
    user b
    and join
    user c
    xor good
    end e
    s > again
    again > split
    split > a
    split > b
    a > join
    b > join
    join > c
    c > good
    good > e if ok
    good > again else
""")


def test_a_parallel_join_waits_for_both_in_every_round() -> None:
    walk = Walk(BOTH)
    for first, second in (("a", "b"), ("b", "a"), ("b", "a"), ("a", "b")):
        assert walk.open == ["a", "b"]
        walk.complete(first)
        assert walk.open == [second]
        assert [(a.activity_id, a.kind) for a in walk.snapshot.activities] == [("join", "parallelGateway")]
        walk.complete(second)
        assert walk.open == ["c"]
        walk.complete("c", ok=False)
    for name in ("a", "b"):
        walk.complete(name)
    walk.complete("c", ok=True)
    assert walk.ended


def test_rounds_with_joins_do_not_grow_the_state() -> None:
    walk = Walk(BOTH)
    sizes = []
    for _ in range(200):
        for name in ("a", "b"):
            walk.complete(name)
        walk.complete("c", ok=False)
        sizes.append(len(walk.state))
    assert max(sizes) - min(sizes[1:]) < 60


def test_a_thousand_rounds_of_rework_leave_the_state_as_it_was() -> None:
    walk = Walk(
        draw("""
            start s
            xor again
            user a
            boundary late at=a after=PT5M
            user told
            end told_all
            xor good
            end e
            s > again
            again > a
            late > told
            told > told_all
            a > good
            good > e if ok
            good > again else
        """)
    )
    sizes = []
    for number in range(1_000):
        if number % 10 == 0:  # late, and somebody is told
            walk.later(minutes=6)
            walk.fire()
            walk.complete("told")
        walk.complete("a", ok=False)
        sizes.append(len(walk.state))
    assert max(sizes[900:]) <= max(sizes[:100]) + 20
    walk.complete("a", ok=True)
    assert walk.ended


SOME = draw("""
    start s
    xor again
    or split
    user a
    user b
    or join
    user c
    xor good
    end e
    s > again
    again > split
    split > a if x
    split > b if y
    split > c else
    a > join
    b > join
    join > c
    c > good
    good > e if ok
    good > again else
""")


@pytest.mark.parametrize(
    ("x", "y", "opened"), [(True, True, ["a", "b"]), (True, False, ["a"]), (False, True, ["b"]), (False, False, ["c"])]
)
def test_an_inclusive_join_waits_for_what_was_opened_in_every_round(x: bool, y: bool, opened: list[str]) -> None:
    walk = Walk(SOME, x=True, y=True)
    for name in ("a", "b"):
        assert "c" not in walk.open
        walk.complete(name)
    walk.complete("c", ok=False, x=x, y=y)
    assert walk.open == opened
    for name in opened[:-1]:
        walk.complete(name)
        assert "c" not in walk.open
    if opened != ["c"]:
        walk.complete(opened[-1])
    assert walk.open == ["c"]


def test_an_inclusive_join_waits_for_a_branch_that_still_decides() -> None:
    """The stock search follows only the first way back from each node, here that of `f`."""
    walk = Walk(
        draw("""
            start s
            or split
            user a
            xor fork
            user f
            user g
            xor meet
            user b
            or join
            user c
            end e
            s > split
            split > a if x
            split > b if x
            a > fork
            fork > f if far
            fork > g else
            f > meet
            g > meet
            xor decide
            user h
            user i
            xor met
            meet > decide
            decide > h if far
            decide > i else
            h > met
            i > met
            met > join
            b > join
            join > c
            c > e
        """),
        x=True,
    )
    walk.complete("a", far=False)
    walk.complete("b")
    assert walk.open == ["g"]
    walk.complete("g")
    assert walk.open == ["i"]
    walk.complete("i")
    assert walk.open == ["c"]


def test_an_inclusive_join_waits_for_a_running_sub_process() -> None:
    walk = Walk(
        draw("""
            start s
            or split
            sub deep {
              start s1
              user d
              end e1
              s1 > d
              d > e1
            }
            user b
            or join
            user c
            end e
            s > split
            split > deep if x
            split > b if x
            xor decide
            user h
            user i
            xor met
            deep > decide
            decide > h if far
            decide > i else
            h > met
            i > met
            met > join
            b > join
            join > c
            c > e
        """),
        x=True,
    )
    walk.complete("b")
    assert walk.open == ["d"]
    walk.complete("d", far=True)
    assert walk.open == ["h"]
    walk.complete("h")
    assert walk.open == ["c"]


def test_a_branch_that_ends_late_brings_no_old_values_to_the_join() -> None:
    walk = Walk(BOTH, ok=False)
    answers: dict[str, Any] = {}
    for _ in range(3):
        walk.complete("a", ok=True)
        assert walk.task("b").data["ok"] is True
        walk.complete("b")
        assert walk.task("c").data["ok"] is True
        answers = {"ok": False}
        walk.complete("c", **answers)


def test_a_round_without_people_is_stopped_and_named() -> None:
    walk = Walk(draw("start s\nuser q\nxor m\nxor g\nend e\ns > q\nq > m\nm > g\ng > e if x\ng > m else"), x=False)
    with pytest.raises(ActivityFailed) as raised:
        walk.complete("q")
    assert raised.value.activity_id in ("m", "g")
    assert "automatic steps" in str(raised.value.reason)
    assert walk.open == ["q"]


def test_an_automatic_round_through_a_join_uses_its_tokens_once() -> None:
    walk = Walk(
        draw("""
            start s
            user q
            xor again
            and split
            xor p1
            xor p2
            and join
            user check
            xor good
            end e
            s > q
            q > again
            again > split
            split > p1
            split > p2
            p1 > join
            p2 > join
            join > good
            good > check if x
            good > again else
            check > e
        """),
        x=False,
    )
    with pytest.raises(ActivityFailed) as raised:
        walk.complete("q")
    assert "automatic steps" in str(raised.value.reason)
    walk.complete("q", x=True)
    assert walk.open == ["check"]


def test_a_join_reached_again_in_the_same_step_waits_for_both_again() -> None:
    """The token of `w` from the first round must not count when `p`, with nothing to do, arrives in the second."""
    walk = Walk(
        draw("""
            start s
            xor again
            and split
            user p each=units as=unit
            user w
            and join
            script turn do=x=1
            xor good
            end e
            s > again
            again > split
            split > p
            split > w
            p > join
            w > join
            join > turn
            turn > good
            good > e if ok
            good > again else
        """),
        units=["i"],
        ok=False,
    )
    walk.complete("w")
    walk.complete("p:i", units=[])
    assert walk.open == ["w"]
    assert [a.activity_id for a in walk.snapshot.activities] == ["join"]
    walk.complete("w", ok=True)
    assert walk.ended


def test_a_join_that_can_never_come_together_is_told() -> None:
    walk = Walk(
        draw("""
            start s
            user q
            xor one
            user a
            user b
            and join
            end e
            s > q
            q > one
            one > a if x
            one > b else
            a > join
            b > join
            join > e
        """)
    )
    walk.complete("q", x=True)
    with pytest.raises(ActivityFailed) as raised:
        walk.complete("a")
    assert raised.value.activity_id == "join"


def test_no_condition_that_holds_names_the_gateway() -> None:
    walk = Walk(draw("start s\nuser q\nxor g\nuser a\nend e\ns > q\nq > g\ng > a if x\ng > e if y\na > e"))
    before = walk.state
    with pytest.raises(ActivityFailed) as raised:
        walk.complete("q", x=False, y=False)
    assert raised.value.activity_id == "g"
    assert walk.state == before
    walk.complete("q", x=True)
    assert walk.open == ["a"]


def test_every_branch_may_end_by_itself() -> None:
    walk = Walk(draw("start s\nand split\nuser a\nuser b\nend e\nend f\ns > split\nsplit > a\nsplit > b\na > e\nb > f"))
    assert walk.complete("a", x=1) == ("completed a", "ended e")
    assert not walk.ended
    assert walk.complete("b") == ("completed b", "ended f")
    assert walk.ended
