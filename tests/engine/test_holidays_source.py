"""Days off as the package proposes them, and the hours an office starts with."""

from datetime import date, datetime, timedelta

import pytest

from engine.worktime.default_hours import RAMADAN_WEEK, WEEK
from engine.worktime.holidays_source import joint_leave_decreed, proposed


def test_a_year_has_public_holidays_and_joint_leave_named_in_indonesian():
    days = {day.day: day for day in proposed(2026)}
    assert (days[date(2026, 8, 17)].name, days[date(2026, 8, 17)].kind) == (
        "Hari Kemerdekaan Republik Indonesia",
        "public",
    )
    assert (days[date(2026, 3, 18)].name, days[date(2026, 3, 18)].kind) == (
        "Cuti Bersama Hari Suci Nyepi",
        "joint_leave",
    )
    assert list(days) == sorted(days)
    assert all(day.source.startswith("holidays ") for day in days.values())


def test_a_decreed_date_is_certain_and_an_estimated_one_is_not():
    assert not any(day.uncertain for day in proposed(2026))
    fitri = next(day for day in proposed(2030) if day.name == "Hari Raya Idul Fitri")
    assert fitri.uncertain
    independence = next(day for day in proposed(2030) if day.day == date(2030, 8, 17))
    assert not independence.uncertain


def test_a_year_whose_joint_leave_is_not_decreed_yet_is_told_apart():
    assert joint_leave_decreed(2026)
    assert not joint_leave_decreed(2040)


def test_years_the_package_does_not_know_propose_nothing():
    assert proposed(1900) == ()
    assert proposed(2101) == ()


@pytest.mark.parametrize(("week", "hours"), [(WEEK, 37.5), (RAMADAN_WEEK, 32.5)])
def test_the_default_week_has_the_hours_of_the_decree(week, hours):
    day = date(2026, 1, 5)
    worked = sum(
        (datetime.combine(day, b) - datetime.combine(day, a) for ranges in week.values() for a, b in ranges),
        timedelta(),
    )
    assert worked == timedelta(hours=hours)
