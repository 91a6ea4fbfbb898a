"""When timers are due, what fires, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.errors import ActivityFailed, DurationError
from engine.spiff import step
from engine.spiff.around import Around
from engine.spiff.spec import compile_spec
from tests.engine.spiff.drawing import NOW, Walk, draw, elapsed, told

REMINDED = draw("""
    start s
    user a
    boundary late at=a after=PT10M
    end warned
    end e
    s > a
    a > e
    late > warned
""")


def test_a_timer_is_due_exactly_when_the_schedule_says() -> None:
    asked: list[tuple[datetime, str]] = []

    def office(start: datetime, text: str) -> datetime:
        asked.append((start, text))
        return datetime(2026, 3, 26, 16, 0, tzinfo=timezone(timedelta(hours=7)))

    snapshot = step.start(compile_spec(REMINDED), {}, Around(NOW, office))
    (timer,) = snapshot.timers
    assert asked == [(NOW, "PT10M")]
    assert timer.due == datetime(2026, 3, 26, 9, 0, tzinfo=UTC)
    assert (timer.started, timer.text, timer.kind) == (NOW, "PT10M", "duration")


@pytest.mark.parametrize(
    ("after", "fired"),
    [(timedelta(minutes=10, microseconds=-1), ()), (timedelta(minutes=10), ("fired late", "ended warned"))],
    ids=["a moment before", "at the instant"],
)
def test_a_timer_fires_from_its_instant_on(after: timedelta, fired: tuple[str, ...]) -> None:
    walk = Walk(REMINDED)
    walk.now += after
    assert walk.fire() == fired
    assert walk.open == ["a"]


def test_completing_in_time_ends_the_timer() -> None:
    walk = Walk(REMINDED)
    assert walk.complete("a") == ("completed a", "ended e")
    assert walk.ended


def test_an_interrupting_timer_ends_everything_inside_a_sub_process() -> None:
    walk = Walk(
        draw("""
            start s
            sub work {
              start s1
              user a each=units as=unit
              user b
              end e1
              s1 > a
              a > b
              b > e1
            }
            boundary late at=work after=P1D interrupting
            user instead
            end e
            s > work
            work > e
            late > instead
            instead > e
        """),
        units=["x", "y"],
    )
    walk.complete("a:x")
    key = walk.task("a:y").key
    walk.later(days=1)
    steps = walk.fire()
    assert steps[0] == "fired late"
    assert set(steps[1:]) == {"cancelled work", "cancelled a", "cancelled a:y", "entered instead"}
    assert steps[-1] == "entered instead"
    assert walk.open == ["instead"]
    with pytest.raises(step.NoSuchTask):
        step.complete(walk.spec, walk.state, key, {}, Around(walk.now, elapsed))
    assert walk.complete("instead")[-1] == "ended e"
    assert walk.ended


def test_an_interrupting_timer_ends_the_sub_processes_of_a_multi_instance() -> None:
    walk = Walk(
        draw("""
            start s
            sub work each=units as=unit {
              start s1
              user a
              end e1
              s1 > a
              a > e1
            }
            boundary late at=work after=P1D interrupting
            end e
            end stopped
            s > work
            work > e
            late > stopped
        """),
        units=["x", "y"],
    )
    assert walk.open == ["a:x", "a:y"]
    walk.later(days=2)
    steps = walk.fire()
    assert sorted(s for s in steps if s.startswith("cancelled")) == [
        "cancelled a:x",
        "cancelled a:y",
        "cancelled work",
        "cancelled work:x",
        "cancelled work:y",
    ]
    assert walk.ended


def test_a_task_that_its_own_timer_closes_first_can_not_be_completed() -> None:
    walk = Walk(
        draw("""
            start s
            user a
            boundary late at=a after=PT10M interrupting
            user b
            end e
            s > a
            a > e
            late > b
            b > e
        """)
    )
    walk.later(minutes=10)
    with pytest.raises(step.NoSuchTask):
        walk.complete("a")
    assert walk.fire() == ("fired late", "cancelled a", "entered b")


def test_a_catch_event_waits_and_then_goes_on() -> None:
    walk = Walk(draw("start s\ncatch pause after=P2D\nuser a\nend e\ns > pause\npause > a\na > e"))
    assert walk.open == []
    (timer,) = walk.snapshot.timers
    assert (timer.event_id, timer.attached_to, timer.attached_key) == ("pause", None, None)
    assert [(a.activity_id, a.kind) for a in walk.snapshot.activities] == [("pause", "intermediateCatchEvent")]
    walk.later(days=2)
    assert walk.fire() == ("fired pause", "entered a")


def test_a_date_comes_from_the_variables_with_its_own_offset() -> None:
    walk = Walk(
        draw("start s\ncatch wait on=${until}\nuser a\nend e\ns > wait\nwait > a\na > e"),
        until="2026-03-02T09:30:00+07:00",
    )
    (timer,) = walk.snapshot.timers
    assert timer.due == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    assert timer.kind == "date"
    walk.now = timer.due
    assert walk.fire() == ("fired wait", "entered a")


def test_a_date_without_offset_is_read_in_the_zone_given() -> None:
    spec = compile_spec(draw("start s\ncatch wait on=2026-03-03\nuser a\nend e\ns > wait\nwait > a\na > e"))
    jakarta = timezone(timedelta(hours=7))
    (timer,) = step.start(spec, {}, Around(NOW, elapsed, zone=jakarta)).timers
    assert timer.due == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def test_a_date_that_has_passed_fires_at_once() -> None:
    walk = Walk(draw("start s\ncatch wait on=2026-01-01T00:00:00Z\nuser a\nend e\ns > wait\nwait > a\na > e"))
    assert told(walk.snapshot.steps) == ("fired wait", "entered a")


def test_a_repetition_counts_its_rounds_through_the_schedule() -> None:
    walk = Walk(draw("start s\nuser a\nboundary again at=a every=R2/P1D\nend told\nend e\ns > a\na > e\nagain > told"))
    assert walk.snapshot.timers[0].due == NOW + timedelta(days=1)
    walk.later(days=1)
    assert walk.fire() == ("fired again", "ended told")
    assert walk.snapshot.timers[0].due == NOW + timedelta(days=2)
    walk.later(days=1)
    assert walk.fire() == ("fired again", "ended told")
    assert walk.snapshot.timers == ()
    walk.later(days=9)
    assert walk.fire() == ()
    assert walk.complete("a") == ("completed a", "ended e")
    assert walk.ended


def test_an_endless_repetition_makes_up_for_no_missed_rounds() -> None:
    walk = Walk(draw("start s\nuser a\nboundary again at=a every=R/PT1M\nend e\ns > a\na > e\nagain > e"))
    walk.later(days=100)
    assert walk.fire() == ("fired again", "ended e")
    assert walk.snapshot.timers[0].due == walk.now + timedelta(minutes=1)


def test_rounds_of_a_repetition_leave_nothing_behind() -> None:
    walk = Walk(draw("start s\nuser a\nboundary again at=a every=R/P1D\nend e\ns > a\na > e\nagain > e"))
    sizes = []
    for _ in range(60):
        walk.later(days=1)
        walk.fire()
        sizes.append(len(walk.state))
    assert max(sizes[1:]) - min(sizes[1:]) < 60


def test_timers_passed_together_fire_in_the_order_of_their_instants() -> None:
    walk = Walk(
        draw("""
            start s
            user a
            boundary stop at=a after=PT30M interrupting
            boundary first at=a after=PT10M
            boundary second at=a after=PT20M
            boundary with at=a after=PT30M
            end e
            s > a
            a > e
            stop > e
            first > e
            second > e
            with > e
        """)
    )
    walk.later(hours=1)
    fired = [s for s in walk.fire() if s.startswith("fired")]
    assert fired == ["fired first", "fired second", "fired with", "fired stop"]
    assert walk.ended


def test_only_one_of_two_interrupting_timers_at_one_instant_wins() -> None:
    walk = Walk(
        draw("""
            start s
            user a
            boundary one at=a after=PT30M interrupting
            boundary two at=a after=PT30M interrupting
            user b
            user c
            end e
            s > a
            a > e
            one > b
            two > c
            b > e
            c > e
        """)
    )
    walk.later(hours=1)
    walk.fire()
    assert walk.open == ["b"]


def test_a_step_opened_late_gets_its_whole_time() -> None:
    walk = Walk(
        draw("""
            start s
            catch pause after=P1D
            user a
            boundary late at=a after=PT10M
            end e
            s > pause
            pause > a
            a > e
            late > e
        """)
    )
    walk.later(days=3)
    assert walk.fire() == ("fired pause", "entered a")
    assert walk.snapshot.timers[0].due == walk.now + timedelta(minutes=10)


def test_a_gateway_takes_whichever_event_comes_first() -> None:
    walk = Walk(
        draw("""
            start s
            either choose
            catch short after=PT10M
            catch long after=P1D
            user a
            user b
            end e
            s > choose
            choose > short
            choose > long
            short > a
            long > b
            a > e
            b > e
        """)
    )
    assert [(t.event_id, t.due - NOW) for t in walk.snapshot.timers] == [
        ("short", timedelta(minutes=10)),
        ("long", timedelta(days=1)),
    ]
    assert len({t.key for t in walk.snapshot.timers}) == 2
    walk.later(minutes=10)
    assert walk.fire() == ("fired short", "entered a")
    assert walk.snapshot.timers == ()
    assert walk.open == ["a"]


def test_a_running_timer_gets_another_instant() -> None:
    walk = Walk(REMINDED)
    (timer,) = walk.snapshot.timers
    later = NOW + timedelta(days=5)
    walk.snapshot = step.reschedule(walk.spec, walk.state, {timer.key: later}, Around(NOW))
    (moved,) = walk.snapshot.timers
    assert (moved.due, moved.started, moved.key) == (later, timer.started, timer.key)
    walk.later(days=1)
    assert walk.fire() == ()
    walk.later(days=4)
    assert walk.fire() == ("fired late", "ended warned")
    with pytest.raises(step.NoSuchTask):
        step.reschedule(walk.spec, walk.state, {timer.key: later}, Around(NOW))


def test_rescheduling_into_the_past_fires_nothing_by_itself() -> None:
    walk = Walk(REMINDED)
    due = {walk.snapshot.timers[0].key: NOW - timedelta(days=1)}
    walk.snapshot = step.reschedule(walk.spec, walk.state, due, Around(NOW))
    assert walk.snapshot.steps == ()
    assert walk.fire() == ("fired late", "ended warned")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${missing}", "there is no 'missing'"),
        ("${1+1}", "no ISO 8601"),
        ("soon", "there is no 'soon'"),
        ("P1X", "there is no 'P1X'"),
        ("2026-03-03", "no duration"),
    ],
)
def test_a_duration_that_is_none_names_its_event(text: str, reason: str) -> None:
    with pytest.raises(ActivityFailed) as raised:
        Walk(draw(f"start s\ncatch pause after={text}\nend e\ns > pause\npause > e"))
    assert raised.value.activity_id == "pause"
    assert reason in str(raised.value.reason)


def test_a_duration_that_the_calendar_refuses_names_its_event() -> None:
    def office(start: datetime, text: str) -> datetime:
        raise DurationError(text, "weeks are not counted")

    with pytest.raises(ActivityFailed) as raised:
        step.start(compile_spec(REMINDED), {}, Around(NOW, office))
    assert (raised.value.activity_id, str(raised.value.reason)) == ("late", "weeks are not counted")


def test_a_repetition_without_pause_is_stopped() -> None:
    with pytest.raises(ActivityFailed) as raised:
        Walk(draw("start s\nuser a\nboundary again at=a every=R/PT0M\nend e\ns > a\na > e\nagain > e"))
    assert raised.value.activity_id == "again"
