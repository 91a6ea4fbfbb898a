"""Office time by example: due dates, their ledgers, lateness."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest

from engine.errors import DurationError
from engine.worktime import (
    DayOff,
    HoursPeriod,
    Lateness,
    between,
    due,
    is_open,
    lateness,
    next_opening,
    parse_duration,
)
from engine.worktime.default_hours import WEEK
from tests.engine.calendars import NEVER, OFFICE, PLAIN, RAMADAN, SIX_DAYS, calendar, shown, wib


@pytest.mark.parametrize(
    ("start", "duration", "end", "because"),
    [
        ("2026-03-13 10.05", "P4D", "Thu 2026-03-26 10.05", "over Nyepi, Idul Fitri and their joint leave"),
        ("2026-03-26 10.05", "P4D", "Wed 2026-04-01 10.05", "over a plain weekend"),
        ("2026-04-01 10.05", "P7D", "Mon 2026-04-13 10.05", "over Good Friday"),
        ("2026-12-22 10.00", "P4D", "Wed 2026-12-30 10.00", "over Christmas and its joint leave"),
        ("2026-12-30 10.00", "P4D", "Thu 2027-01-07 10.00", "over New Year and Isra Mikraj 2027"),
        ("2027-01-07 10.00", "P7D", "Mon 2027-01-18 10.00", "into the second half of January"),
        ("2026-03-06 16.25", "PT15M", "Mon 2026-03-09 07.40", "five minutes on Friday, ten on Monday"),
        ("2026-03-10 11.50", "PT15M", "Tue 2026-03-10 13.05", "the break does not count"),
        ("2026-03-10 11.45", "PT15M", "Tue 2026-03-10 12.00", "over exactly when the break begins"),
        ("2026-03-13 11.25", "PT15M", "Fri 2026-03-13 13.10", "Friday's break is longer"),
        ("2026-03-10 12.20", "PT5M", "Tue 2026-03-10 13.05", "a start in the break waits for its end"),
        ("2026-03-10 06.00", "PT5M", "Tue 2026-03-10 07.35", "a start before opening"),
        ("2026-03-06 20.00", "PT5M", "Mon 2026-03-09 07.35", "a start on Friday night"),
        ("2026-03-18 10.00", "PT5M", "Wed 2026-03-25 07.35", "a start on a day off"),
        ("2026-03-10 16.00", "PT5M", "Wed 2026-03-11 07.35", "a start at closing time"),
        ("2026-03-10 15.45", "PT15M", "Tue 2026-03-10 16.00", "over at closing time itself"),
        ("2026-03-06 16.15", "P1D", "Mon 2026-03-09 16.00", "back to Monday's closing"),
        ("2026-03-06 16.15", "P5D", "Fri 2026-03-13 16.15", "Friday closes later"),
        ("2026-03-09 16.00", "P4D", "Fri 2026-03-13 16.00", "closing time belongs to its own day"),
        ("2026-03-07 10.00", "P1D", "Tue 2026-03-10 07.30", "Saturday counts as Monday's opening"),
        ("2026-03-06 17.00", "P1D", "Tue 2026-03-10 07.30", "so does Friday after closing"),
        ("2026-03-12 11.45", "P1D", "Fri 2026-03-13 13.00", "in Friday's break: to its end"),
        ("2026-03-12 12.00", "P1D", "Fri 2026-03-13 13.00", "the minute the break begins is office time"),
        ("2026-03-10 12.30", "P1D", "Wed 2026-03-11 13.00", "a start in the break counts from its end"),
        ("2026-03-10 09.00", "P1DT2H", "Wed 2026-03-11 11.00", "days first, then hours"),
        ("2026-03-10 15.00", "P1DT2H", "Thu 2026-03-12 08.30", "hours run on into the next day"),
        ("2026-03-10 09.00", "PT24H", "Fri 2026-03-13 10.30", "24 office hours are more than three days"),
        ("2026-03-10 09.00", "PT0.5H", "Tue 2026-03-10 09.30", "fractions of an hour"),
        ("2026-03-10 09.00", "PT90S", "Tue 2026-03-10 09.01", "seconds"),
        ("2026-03-10 09.00", "PT0M", "Tue 2026-03-10 09.00", "nothing to wait for"),
        ("2026-03-07 09.00", "PT0M", "Mon 2026-03-09 07.30", "nothing to wait for, but the office is closed"),
    ],
)
def test_a_duration_in_office_time_is_over(start, duration, end, because):
    assert shown(due(OFFICE, wib(start), duration).at) == end, because


def test_days_one_after_the_other_reach_the_same_date_but_maybe_an_earlier_hour():
    start = wib("2026-03-06 16.15")
    stepwise = due(OFFICE, due(OFFICE, start, "P1D").at, "P4D").at
    at_once = due(OFFICE, start, "P5D").at
    assert (shown(stepwise), shown(at_once)) == ("Fri 2026-03-13 16.00", "Fri 2026-03-13 16.15")


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-03-12 15.30", "P1D", "Mon 2026-03-16 08.00"),  # after closing: counts as Friday's opening
        ("2026-03-16 12.15", "PT15M", "Mon 2026-03-16 12.45"),
        ("2026-03-12 14.50", "PT20M", "Fri 2026-03-13 08.10"),
        ("2026-02-13 16.20", "PT20M", "Wed 2026-02-18 08.10"),  # the first day of Ramadan
    ],
)
def test_hours_of_ramadan_hold_between_their_dates(start, duration, end):
    assert shown(due(RAMADAN, wib(start), duration).at) == end


def test_ramadan_moves_a_late_result_to_its_earlier_closing_and_says_so():
    found = due(RAMADAN, wib("2026-02-13 15.45"), "P4D")  # Friday; Imlek and its joint leave on Monday and Tuesday
    assert shown(found.at) == "Mon 2026-02-23 15.00"
    assert found.ledger["moved"] == "to_closing"


def test_ramadan_moves_an_early_result_to_its_later_opening():
    found = due(RAMADAN, wib("2026-02-13 07.40"), "P3D")
    assert (shown(found.at), found.ledger["moved"]) == ("Fri 2026-02-20 08.00", "to_opening")


def test_an_office_of_six_days_counts_saturday():
    assert shown(due(SIX_DAYS, wib("2026-03-06 09.00"), "P1D").at) == "Sat 2026-03-07 09.00"
    assert shown(due(SIX_DAYS, wib("2026-03-06 13.00"), "P1D").at) == "Sat 2026-03-07 12.30"
    assert shown(due(SIX_DAYS, wib("2026-03-06 13.50"), "PT30M").at) == "Sat 2026-03-07 07.50"
    assert SIX_DAYS.reason(date(2026, 3, 8)) == ("weekend", "")


def test_of_two_periods_on_a_day_the_narrower_wins_then_the_later():
    early = {0: ((time(6), time(7)),)}
    late = {0: ((time(20), time(21)),)}
    year = HoursPeriod(date(2026, 1, 1), date(2026, 12, 31), late)
    week = HoursPeriod(date(2026, 3, 9), date(2026, 3, 15), early)
    monday = date(2026, 3, 9)
    assert calendar(periods=(week, year)).hours(monday) == early[0]
    assert calendar(periods=(year, week)).hours(monday) == early[0]
    assert calendar(periods=(year,)).hours(monday) == late[0]
    since = HoursPeriod(date(2026, 1, 1), None, early)
    later = HoursPeriod(date(2026, 2, 1), None, late)
    assert calendar(periods=(later, since)).hours(monday) == late[0]
    assert calendar(periods=(since, HoursPeriod(date(2026, 1, 1), None, late))).hours(monday) == late[0]


def test_hours_that_overlap_are_refused():
    for ranges in (((time(8), time(7)),), ((time(8), time(12)), (time(11), time(13))), ((time(8), time(8)),)):
        with pytest.raises(ValueError, match="weekday 0"):
            HoursPeriod(None, None, {0: ranges})


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("P1W", "P5D"),
        ("P1M", "P20D"),
        ("P1Y", "P20D"),
        ("P1Y2M", "P20D"),
        ("P1.5D", "P1DT4H"),
        ("4 hari", "P4D"),
        ("P", "P4D"),
        ("PT", "P4D"),
        ("P1DT", "P4D"),
        ("", "P4D"),
        ("15", "P4D"),
        ("-P1D", "P4D"),
        ("P-1D", "P4D"),
        ("P4D ; DROP", "P4D"),
        ("PT1.5H30M", "last part"),
        ("P99999D", "longer than"),
        ("PT999999999H", "longer than"),
        ("P٤D", "P4D"),
        ("P" + "1" * 80 + "D", "short text"),
        ("R3/PT10M", "P4D"),
        ("2026-03-10", "P4D"),
    ],
)
def test_a_duration_office_time_cannot_count_is_refused_with_a_remedy(text, remedy):
    with pytest.raises(DurationError, match=remedy):
        due(OFFICE, wib("2026-03-10 09.00"), text)


def test_a_duration_keeps_days_apart_from_hours():
    assert (parse_duration("P1D").days, parse_duration("P1D").minutes) == (1, 0)
    assert (parse_duration("PT24H").days, parse_duration("PT24H").minutes) == (0, 1440)
    assert (parse_duration("p2wT1H30,5M").days, parse_duration("p2wT1H30,5M").minutes) == (14, 90.5)
    with pytest.raises(DurationError):
        parse_duration("P2W", working=True)


def test_without_a_calendar_time_simply_passes():
    start = wib("2026-03-06 16.25")
    assert shown(due(None, start, "P1WT1H").at) == "Fri 2026-03-13 17.25"
    assert between(None, start, start + timedelta(days=2)) == timedelta(days=2)
    assert lateness(None, start, start + timedelta(days=1, hours=2)) == Lateness(1, 26 * 60)
    with pytest.raises(DurationError, match="P20D"):
        due(None, start, "P1M")


@pytest.mark.parametrize("duration", ["P1D", "PT5M"])
def test_a_calendar_that_never_opens_is_refused_rather_than_searched_for_ever(duration):
    with pytest.raises(DurationError, match="no opening hours"):
        due(NEVER, wib("2026-03-10 09.00"), duration)
    assert next_opening(NEVER, wib("2026-03-10 09.00")) is None
    assert between(NEVER, wib("2026-03-10 09.00"), wib("2026-05-10 09.00")) == timedelta()
    assert lateness(NEVER, wib("2026-03-10 09.00"), wib("2026-05-10 09.00")) == Lateness(0, 0)


def test_a_calendar_whose_hours_end_is_refused_where_they_run_out():
    ends = calendar(week={}, periods=(HoursPeriod(date(2026, 1, 1), date(2026, 3, 31), WEEK),), years=())
    assert shown(due(ends, wib("2026-03-30 09.00"), "P1D").at) == "Tue 2026-03-31 09.00"
    for duration in ("P2D", "PT20H"):
        with pytest.raises(DurationError, match="no opening hours"):
            due(ends, wib("2026-03-30 09.00"), duration)


def test_an_office_that_is_closed_for_most_of_a_year_opens_again():
    reopens = calendar(week={}, periods=(HoursPeriod(date(2027, 1, 4), None, WEEK),), years=())
    assert shown(due(reopens, wib("2026-03-10 09.00"), "P1D").at) == "Tue 2027-01-05 07.30"


def test_the_end_of_all_dates_is_an_error_of_the_duration():
    for office in (PLAIN, None):
        with pytest.raises(DurationError):
            due(office, datetime(9999, 12, 30, tzinfo=UTC), "P30D")


def test_the_ledger_of_days_tells_what_was_counted_and_skipped_and_why():
    ledger = due(OFFICE, wib("2026-03-13 10.05"), "P4D").ledger
    assert json.loads(json.dumps(ledger)) == {
        "calendar": "office",
        "zone": "Asia/Jakarta",
        "start": "2026-03-13T10:05:00+07:00",
        "counted_from": "2026-03-13T10:05:00+07:00",
        "duration": "P4D",
        "moved": None,
        "due": "2026-03-26T10:05:00+07:00",
        "entries": [
            _skipped("2026-03-14", "2026-03-15", "weekend", ""),
            {"kind": "counted", "from": "2026-03-16", "to": "2026-03-17", "days": 2},
            _skipped("2026-03-18", "2026-03-18", "joint_leave", "Cuti Bersama Hari Suci Nyepi"),
            _skipped("2026-03-19", "2026-03-19", "public", "Hari Suci Nyepi"),
            _skipped("2026-03-20", "2026-03-20", "joint_leave", "Cuti Bersama Hari Raya Idul Fitri"),
            _skipped("2026-03-21", "2026-03-21", "public", "Hari Raya Idul Fitri"),
            _skipped("2026-03-22", "2026-03-22", "public", "Hari kedua dari Hari Raya Idul Fitri"),
            _skipped("2026-03-23", "2026-03-24", "joint_leave", "Cuti Bersama Hari Raya Idul Fitri"),
            {"kind": "counted", "from": "2026-03-25", "to": "2026-03-26", "days": 2},
        ],
    }


def test_the_ledger_of_minutes_tells_of_breaks_nights_and_weekends():
    entries = due(OFFICE, wib("2026-03-10 11.50"), "PT15M").ledger["entries"]
    assert entries == [
        _counted("2026-03-10T11:50:00+07:00", "2026-03-10T12:00:00+07:00", 10),
        _skipped("2026-03-10T12:00:00+07:00", "2026-03-10T13:00:00+07:00", "break", ""),
        _counted("2026-03-10T13:00:00+07:00", "2026-03-10T13:05:00+07:00", 5),
    ]
    entries = due(OFFICE, wib("2026-03-06 16.25"), "PT15M").ledger["entries"]
    assert entries[1] == _skipped("2026-03-07", "2026-03-08", "weekend", "")
    entries = due(OFFICE, wib("2026-03-09 15.55"), "PT15M").ledger["entries"]
    assert entries[1] == _skipped("2026-03-09T16:00:00+07:00", "2026-03-10T07:30:00+07:00", "night", "")


@pytest.mark.parametrize(
    ("start", "first", "entry"),
    [
        ("2026-03-10 06.00", "2026-03-10T07:30:00+07:00", ("2026-03-10T06:00:00+07:00", "night")),
        ("2026-03-10 12.10", "2026-03-10T13:00:00+07:00", ("2026-03-10T12:10:00+07:00", "break")),
        ("2026-03-10 17.00", "2026-03-11T07:30:00+07:00", ("2026-03-10T17:00:00+07:00", "night")),
        ("2026-03-06 17.00", "2026-03-09T07:30:00+07:00", ("2026-03-07", "weekend")),
        ("2026-03-08 17.00", "2026-03-09T07:30:00+07:00", ("2026-03-08", "weekend")),
    ],
)
def test_the_ledger_tells_why_counting_began_later_than_the_start(start, first, entry):
    ledger = due(OFFICE, wib(start), "PT5M").ledger
    assert ledger["counted_from"] == first
    assert (ledger["entries"][0]["from"], ledger["entries"][0]["reason"]) == entry


def test_a_long_count_of_minutes_is_told_by_date():
    entries = due(OFFICE, wib("2026-03-06 08.00"), "PT10000M").ledger["entries"]
    assert sum(e.get("minutes", 0) for e in entries) == 10_000
    assert {e["reason"] for e in entries if e["kind"] == "skipped"} == {"weekend", "joint_leave", "public"}
    assert all("T" not in e["from"] for e in entries)
    assert len(json.dumps(due(OFFICE, wib("2026-03-06 08.00"), "PT100000M").ledger)) < 20_000


def test_a_long_duration_is_counted_day_by_day_not_minute_by_minute():
    began = datetime.now(UTC)
    for duration in ("P250D", "PT10000M", "PT1000000M", "P3000D"):
        due(OFFICE, wib("2026-03-06 08.00"), duration)
    assert datetime.now(UTC) - began < timedelta(seconds=2)


def test_other_days_off_are_closed_days_with_their_name():
    office = calendar(
        days_off=[
            DayOff(date(2026, 12, 15), "Hari Jadi Lumajang", "regional"),
            DayOff(date(2026, 12, 16), "Pilkades", "other"),
        ]
    )
    assert office.reason(date(2026, 12, 15)) == ("regional", "Hari Jadi Lumajang")
    assert office.reason(date(2026, 12, 16)) == ("closed", "Pilkades")
    assert office.reason(date(2026, 12, 17)) is None
    assert shown(due(office, wib("2026-12-14 10.00"), "P1D").at) == "Thu 2026-12-17 10.00"


def test_the_office_is_open_from_opening_until_closing():
    for moment, open_ in [("07.29", 0), ("07.30", 1), ("11.59", 1), ("12.00", 0), ("13.00", 1), ("16.00", 0)]:
        assert is_open(OFFICE, wib(f"2026-03-10 {moment}")) == bool(open_), moment
    assert shown(next_opening(OFFICE, wib("2026-03-10 09.00"))) == "Tue 2026-03-10 09.00"
    assert shown(next_opening(OFFICE, wib("2026-03-10 12.10"))) == "Tue 2026-03-10 13.00"
    assert shown(next_opening(OFFICE, wib("2026-03-10 16.00"))) == "Wed 2026-03-11 07.30"
    assert shown(next_opening(OFFICE, wib("2026-03-17 16.00"))) == "Wed 2026-03-25 07.30"


@pytest.mark.parametrize(
    ("end", "now", "late"),
    [
        ("2026-03-10 10.00", "2026-03-10 10.00", Lateness(0, 0)),
        ("2026-03-10 10.00", "2026-03-09 10.00", Lateness(0, 0)),
        ("2026-03-10 10.00", "2026-03-10 10.20", Lateness(0, 20)),
        ("2026-03-10 11.50", "2026-03-10 13.05", Lateness(0, 15)),
        ("2026-03-10 15.50", "2026-03-11 07.40", Lateness(1, 20)),
        ("2026-03-06 16.30", "2026-03-08 12.00", Lateness(0, 0)),
        ("2026-03-06 10.00", "2026-03-10 10.00", Lateness(2, 900)),
        ("2026-03-17 16.00", "2026-03-25 08.30", Lateness(1, 60)),
    ],
)
def test_lateness_is_told_in_working_days_by_date_and_office_minutes(end, now, late):
    assert lateness(OFFICE, wib(end), wib(now)) == late


def test_office_time_backwards_is_negative():
    assert between(OFFICE, wib("2026-03-10 11.30"), wib("2026-03-10 09.00")) == timedelta(hours=-2, minutes=-30)


def _skipped(first, last, reason, name):
    return {"kind": "skipped", "from": first, "to": last, "reason": reason, "name": name}


def _counted(first, last, minutes):
    return {"kind": "counted", "from": first, "to": last, "minutes": minutes}
