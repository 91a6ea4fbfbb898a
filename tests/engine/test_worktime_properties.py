"""What holds for every start, duration and calendar of an office."""

from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.worktime import DayOff, between, due, lateness
from tests.engine.calendars import OFFICE, PLAIN, RAMADAN, SIX_DAYS, WIB, calendar, office_minutes, wib

CLOSED_DAYS = calendar(days_off=[DayOff(date(2026, 3, n), "Libur", "regional") for n in (3, 4, 9, 31)])
CALENDARS = st.sampled_from([OFFICE, PLAIN, RAMADAN, SIX_DAYS, CLOSED_DAYS])
MINUTE = timedelta(minutes=1)
STARTS = st.one_of(
    st.integers(0, 500 * 24 * 60).map(lambda n: wib("2026-01-01 00.00") + n * MINUTE),
    # Edges of the day come up too seldom by chance.
    st.builds(
        lambda day, minute: wib("2026-02-10 00.00") + timedelta(days=day, minutes=minute),
        st.integers(0, 90),
        st.sampled_from(
            [449, 450, 451, 479, 480, 690, 720, 721, 750, 780, 781, 900, 930, 959, 960, 961, 975, 990, 991]
        ),
    ),
)
DAYS = st.integers(0, 60)
MINUTES = st.integers(0, 3_000)
examples = settings(max_examples=150, deadline=None)


def iso(days=0, minutes=0):
    return f"P{days}DT{minutes}M"


@examples
@given(CALENDARS, STARTS, STARTS, DAYS, MINUTES)
def test_a_later_start_is_never_due_earlier(office, one, other, days, minutes):
    one, other = sorted((one, other))
    assert due(office, one, iso(days, minutes)).at <= due(office, other, iso(days, minutes)).at


@examples
@given(CALENDARS, STARTS, DAYS, MINUTES, st.integers(0, 20), st.integers(0, 500))
def test_a_longer_duration_is_never_due_earlier(office, start, days, minutes, more_days, more_minutes):
    shorter = due(office, start, iso(days, minutes)).at
    assert shorter <= due(office, start, iso(days, minutes + more_minutes)).at
    assert due(office, start, iso(days)).at <= due(office, start, iso(days + more_days)).at
    assert start <= shorter


@examples
@given(CALENDARS, STARTS, DAYS, MINUTES)
def test_nothing_is_ever_due_outside_office_time(office, start, days, minutes):
    at = due(office, start, iso(days, minutes)).at
    assert any(opens <= at <= closes for opens, closes in office.ranges(at.astimezone(WIB).date()))


@examples
@given(CALENDARS, STARTS, DAYS, DAYS)
def test_days_add_up_by_date(office, start, first, second):
    stepwise = due(office, due(office, start, iso(first)).at, iso(second)).at
    at_once = due(office, start, iso(first + second)).at
    assert stepwise.astimezone(WIB).date() == at_once.astimezone(WIB).date()


@examples
@given(CALENDARS, STARTS, MINUTES, MINUTES)
def test_minutes_add_up_to_the_minute(office, start, first, second):
    stepwise = due(office, due(office, start, iso(minutes=first)).at, iso(minutes=second)).at
    at_once = due(office, start, iso(minutes=first + second)).at
    assert stepwise == at_once or (second == 0 and between(office, stepwise, at_once) == timedelta())


@examples
@given(CALENDARS, STARTS, st.integers(1, 900))
def test_minutes_agree_with_counting_every_single_one(office, start, minutes):
    counted = islice(office_minutes(office, start, start + timedelta(days=20)), minutes - 1, None)
    assert due(office, start, iso(minutes=minutes)).at == next(counted) + MINUTE


@examples
@given(CALENDARS, STARTS, st.integers(1, 60))
def test_days_agree_with_counting_every_single_one(office, start, days):
    at = due(office, start, iso(days)).at
    first = due(office, start, iso()).at.astimezone(WIB).date()
    last = at.astimezone(WIB).date()
    passed = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    working = [d for d in passed if d not in office.days_off and office.period(d).weekdays.get(d.weekday())]
    assert (len(working), working[-1]) == (days, last)


@examples
@given(CALENDARS, STARTS, MINUTES)
def test_the_office_time_until_due_is_the_duration(office, start, minutes):
    assert between(office, start, due(office, start, iso(minutes=minutes)).at) == minutes * MINUTE


@examples
@given(CALENDARS, STARTS, st.integers(0, 6 * 24 * 60))
def test_office_time_between_instants_agrees_with_counting_every_minute(office, start, span):
    end = start + span * MINUTE
    assert between(office, start, end) == sum(1 for _ in office_minutes(office, start, end)) * MINUTE


@examples
@given(CALENDARS, STARTS, DAYS, MINUTES)
def test_the_ledger_accounts_for_the_whole_duration(office, start, days, minutes):
    found = due(office, start, iso(days, minutes))
    entries = found.ledger["entries"]
    assert sum(e.get("days", 0) for e in entries) == days
    assert sum(e.get("minutes", 0) for e in entries) == minutes
    assert all(a["to"][:10] <= b["from"][:10] for a, b in pairwise(entries))
    assert all(e["from"] <= e["to"] for e in entries)
    assert found.ledger["due"] == found.at.astimezone(WIB).isoformat()


@examples
@given(CALENDARS, STARTS, st.integers(1, 30), st.integers(0, 600))
def test_work_done_so_many_working_days_late_is_so_many_days_late(office, start, days, minutes):
    now = due(office, start, iso(days)).at
    first = due(office, start, iso()).at
    assert lateness(office, first, now).days == days
    late = due(office, first, iso(minutes=minutes)).at
    assert lateness(office, first, late).minutes == minutes


@pytest.mark.parametrize("seconds", [1, 30, 59])
def test_a_start_within_a_minute_keeps_its_seconds(seconds):
    start = wib("2026-03-10 09.00") + timedelta(seconds=seconds, microseconds=123_456)
    assert due(OFFICE, start, "PT15M").at == start + 15 * MINUTE
    assert due(OFFICE, start, "P1D").at == start + timedelta(days=1)
