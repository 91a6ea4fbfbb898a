"""Events where the library takes the wrong one: who catches, what is stopped, what stays."""

from __future__ import annotations

import pytest

from engine.errors import ActivityFailed
from engine.spiff import step
from engine.spiff.around import Around
from tests.engine.spiff.drawing import Walk, draw, elapsed

KNOWN = b'<bpmn:error id="r1" errorCode="one"/><bpmn:error id="r2" errorCode="two"/><bpmn:message id="m" name="m"/>'
ONE = b'<bpmn:errorEventDefinition errorRef="r1"/>'
TWO = b'<bpmn:errorEventDefinition errorRef="r2"/>'
ANY = b"<bpmn:errorEventDefinition/>"
MESSAGE = b'<bpmn:messageEventDefinition messageRef="m"/>'
STOP = b"<bpmn:terminateEventDefinition/>"


def drawn(text: str, **inside: bytes) -> bytes:
    """A diagram whose events, by id, hold these definitions."""
    xml = draw(text).replace(b'<bpmn:process id="p"', KNOWN + b'<bpmn:process id="p"')
    for id, definition in inside.items():
        before, mark, after = xml.partition(f'id="{id}"'.encode())
        head, end, rest = after.partition(b">")
        xml = before + mark + head + end + definition + rest
    return xml


def receive(walk: Walk, event: str) -> None:
    key = next(e.key for e in walk.snapshot.events if e.event_id == event)
    walk._after(step.receive(walk.spec, walk.state, key, {}, Around(walk.now, elapsed)))


def test_an_error_is_not_caught_by_what_merely_stands_beside_it() -> None:
    text = """
        start s\nand f\nsub k {\nstart s1\nuser a\nend e1\ns1 > a\na > e1\n}
        sub l {\nstart s2\nuser b\nend e2\ns2 > b\nb > e2\n}
        boundary x at=k interrupting\nboundary y at=l interrupting\nuser c\nuser d\nend e\nend g\nend h\nend i
        s > f\nf > k\nf > l\nk > e\nl > g\nx > c\ny > d\nc > h\nd > i
    """
    walk = Walk(drawn(text, e1=ONE, e2=ONE, x=ANY, y=ONE))
    walk.complete("b")
    assert walk.open == ["a", "d"]
    walk.complete("a")
    assert walk.open == ["c", "d"]
    walk.complete("c")
    walk.complete("d")
    assert walk.ended


def test_an_error_stops_everything_in_the_sub_process_and_goes_up_to_the_code_that_fits() -> None:
    text = """
        start s\nsub k {\nstart s1\nsub l {\nstart s2\nand f\nuser a\nuser b\nend e2\nend e3
        s2 > f\nf > a\nf > b\na > e2\nb > e3\n}
        boundary inner at=l interrupting\nend e4\nend e1\ns1 > l\nl > e1\ninner > e4\n}
        boundary outer at=k interrupting\nuser c\nend e\nend g\ns > k\nk > e\nouter > c\nc > g
    """
    walk = Walk(drawn(text, e2=ONE, inner=TWO, outer=ONE))
    assert walk.open == ["a", "b"]
    walk.complete("a")
    assert walk.open == ["c"]
    walk.complete("c")
    assert walk.ended


@pytest.mark.parametrize("loop", ["each=xs as=x", "each=xs as=x one-by-one"])
def test_an_error_in_one_item_ends_the_whole_multi_instance(loop: str) -> None:
    text = f"""
        start s\nuser q\nsub k {loop} {{\nstart s1\nuser a\nend e1\ns1 > a\na > e1\n}}
        boundary x at=k interrupting\nuser c\nend e\nend g\ns > q\nq > k\nk > e\nx > c\nc > g
    """
    walk = Walk(drawn(text, e1=ONE, x=ONE))
    walk.complete("q", xs=["i", "j"])
    walk.complete("a:i")
    assert walk.open == ["c"]


def test_an_error_in_a_loop_is_caught_in_every_round() -> None:
    text = """
        start s\nxor again\nsub k {\nstart s1\nuser a\nend e1\ns1 > a\na > e1\n}
        boundary x at=k interrupting\nuser c\nend e\ns > again\nagain > k\nk > e\nx > c\nc > again
    """
    walk = Walk(drawn(text, e1=ONE, x=ONE))
    sizes = []
    for _ in range(30):
        walk.complete("a")
        assert walk.open == ["c"]
        walk.complete("c")
        assert walk.open == ["a"]
        sizes.append(len(walk.state))
    assert max(sizes) - min(sizes[1:]) < 60


def test_an_error_nobody_catches_fails_with_its_place() -> None:
    with pytest.raises(ActivityFailed) as raised:
        Walk(drawn("start s\nuser a\nend e\ns > a\na > e", e=ONE)).complete("a")
    assert raised.value.activity_id == "e"


BESIDE = """
    start s\nand f\nuser a\nuser b\nend e\nend g\ns > f\nf > a\nf > b\na > e\nb > g
    sub h {\nstart s1\nuser c\nend e1\ns1 > c\nc > e1\n}
"""


def beside(xml: bytes, *, interrupting: bool) -> bytes:
    xml = xml.replace(b'<bpmn:subProcess id="h"', b'<bpmn:subProcess triggeredByEvent="true" id="h"')
    return xml.replace(b'id="s1"', b'isInterrupting="%s" id="s1"' % str(interrupting).lower().encode())


def test_a_terminate_end_stops_running_event_sub_processes_too() -> None:
    walk = Walk(beside(drawn(BESIDE, s1=MESSAGE, e=STOP), interrupting=False))
    receive(walk, "s1")
    assert walk.open == ["a", "b", "c"]
    walk.complete("a")
    assert walk.ended


def test_an_event_sub_process_that_never_begins_does_not_keep_its_case_open() -> None:
    walk = Walk(beside(drawn(BESIDE, s1=MESSAGE), interrupting=True))
    walk.complete("a")
    assert not walk.ended
    walk.complete("b")
    assert walk.ended


def test_an_interrupting_event_sub_process_takes_everything_beside_it_away() -> None:
    walk = Walk(beside(drawn(BESIDE, s1=MESSAGE), interrupting=True))
    receive(walk, "s1")
    assert walk.open == ["c"]
    assert [s.activity_id for s in walk.history if s.kind == "cancelled"] == ["a", "b"]
    assert walk.complete("c") == ("completed c", "ended e1", "completed h")
    assert walk.ended
    assert not any("~" in s.activity_id for s in walk.history)


def test_a_message_that_comes_again_and_again_leaves_no_growing_state() -> None:
    text = "start s\nuser a\nboundary x at=a\nuser b\nend e\nend g\ns > a\na > e\nx > b\nb > g"
    walk = Walk(drawn(text, x=MESSAGE))
    sizes = []
    for _ in range(40):
        receive(walk, "x")
        assert walk.open == ["a", "b"]
        walk.complete("b")
        sizes.append(len(walk.state))
    assert walk.open == ["a"]
    assert sizes[-1] - sizes[5] < 400, sizes
    walk.complete("a")
    assert walk.ended


# -- what random walks found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True], ids=["before", "in the same step"])
def test_what_a_repeating_timer_has_begun_outlives_the_activity(late: bool) -> None:
    """The library hangs it below the timer, which goes with the activity."""
    text = "start s\nuser a\nboundary x at=a every=R3/PT10M\nuser b\nend o\nuser c\nend e"
    text += "\ns > a\na > c\nc > e\nx > b\nb > o"
    walk = Walk(draw(text))
    walk.later(minutes=11)
    if not late:
        walk.fire()
    walk.complete("a")
    assert walk.open == ["b", "c"]
    walk.later(minutes=30)
    walk.fire()
    assert walk.open == ["b", "c"]


KEYED = """
    start s\nuser q\neither g\ncatch x message=m key=who\ncatch y message=m key=other\nuser a\nuser b\nxor z\nend e
    s > q\nq > g\ng > x\ng > y\nx > a\ny > b\na > z\nb > z\nz > e
"""


@pytest.mark.parametrize(("event", "opened"), [("x", ["a"]), ("y", ["b"])])
def test_a_gateway_tells_one_message_apart_by_its_key(event: str, opened: list[str]) -> None:
    walk = Walk(draw(KEYED), who="1", other="2")
    walk.complete("q")
    assert [(e.event_id, e.correlation) for e in walk.snapshot.events] == [("x", "1"), ("y", "2")]
    receive(walk, event)
    assert walk.open == opened


AT_ONCE = """
    start s\nuser q\nuser a\nboundary x at=a when=f interrupting\nboundary y at=a when=g interrupting\nuser b\nuser c
    end e\nend h\nend i\ns > q\nq > a\na > e\nx > b\nb > h\ny > c\nc > i
"""


def test_of_two_conditions_that_hold_at_once_one_stops_the_activity() -> None:
    walk = Walk(draw(AT_ONCE), f=False, g=False)
    walk.complete("q", f=True, g=True)
    assert walk.open == ["b"]


def test_a_condition_that_holds_when_its_branch_begins_is_never_lost() -> None:
    """The library lets an event that comes the moment it begins to wait lead nowhere."""
    text = """
        start s\nuser q\nscript k do=x=1\nand f\nand j\nuser a\nxor m\nboundary x at=a when=g interrupting
        catch w when=later\nuser z\nend e
        s > q\nq > k\nk > f\nf > a\na > m\nx > m\nm > j\nf > w\nw > j\nj > z\nz > e
    """
    walk = Walk(draw(text), g=True, later=False)
    walk.complete("q")
    assert walk.open == []
    assert sorted(a.activity_id for a in walk.snapshot.activities) == ["j", "w"]


def test_the_last_answer_ends_a_list_before_its_condition_is_looked_at() -> None:
    text = """
        start s\nuser q\nuser a each=units as=u\nboundary x at=a when=f interrupting\nuser b\nuser c\nend e\nend g
        s > q\nq > a\na > b\nb > e\nx > c\nc > g
    """
    walk = Walk(draw(text), f=False)
    walk.complete("q", units=["i"])
    walk.complete("a:i", f=True)
    assert walk.open == ["b"]


STOPPED = """
    start s\nuser q
    sub k {\nstart s1\nuser t\nthrow x escalation=c\nscript after do=touched=1\nend e1
    s1 > t\nt > x\nx > after\nafter > e1\n}
    boundary y at=k escalation=c interrupting\nuser b\nuser c\nend e\nend g
    s > q\nq > k\nk > c\nc > e\ny > b\nb > g
"""


def test_nothing_goes_on_behind_an_escalation_that_stops_its_activity() -> None:
    walk = Walk(draw(STOPPED), touched=0)
    walk.complete("q")
    assert walk.complete("t") == ("completed t", "cancelled k", "entered b")
    assert walk.open == ["b"]
    assert "touched" not in walk.snapshot.data or walk.snapshot.data["touched"] == 0


def test_a_signal_that_stops_an_activity_is_not_heard_inside_it() -> None:
    text = """
        start s\nand f\nuser t\nthrow x signal=m\nend e0
        sub a {\nstart s1\ncatch b signal=m\nend e1\ns1 > b\nb > e1\n}
        boundary y at=a signal=m interrupting\nuser d\nuser c\nend e\nend g
        s > f\nf > t\nt > x\nx > e0\nf > a\na > d\nd > e\ny > c\nc > g
    """
    walk = Walk(draw(text))
    done = walk.complete("t")
    assert "cancelled a" in done and "completed a" not in done
    assert walk.open == ["c"]
