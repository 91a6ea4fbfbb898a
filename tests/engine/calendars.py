"""Calendars for the tests of working time: the usual office with its real holidays, and odd ones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.worktime import Calendar, HoursPeriod
from engine.worktime.default_hours import RAMADAN_WEEK, WEEK
from engine.worktime.holidays_source import proposed

WIB = ZoneInfo("Asia/Jakarta")


def calendar(*, week=WEEK, periods=(), days_off=(), years=(2025, 2026, 2027)):
    off = {day.day: day for year in years for day in proposed(year)} | {day.day: day for day in days_off}
    return Calendar("office", "Kalender Kantor", "Asia/Jakarta", (HoursPeriod(None, None, week), *periods), off)


OFFICE = calendar()
PLAIN = calendar(years=())
RAMADAN = calendar(periods=(HoursPeriod(date(2026, 2, 18), date(2026, 3, 20), RAMADAN_WEEK, "Ramadan"),))
MORNING = ((time(7, 30), time(12, 0)), (time(12, 30), time(14, 0)))
SIX_DAYS = calendar(week={**dict.fromkeys(range(5), MORNING), 5: ((time(7, 30), time(12, 30)),)}, years=())
NEVER = calendar(week={}, years=())


def wib(text):
    """An instant from "2026-03-13 10.05", Western Indonesian Time, in UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=WIB).astimezone(UTC)


def shown(at):
    """ "Thu 2026-03-26 10.05"."""
    return at.astimezone(WIB).strftime("%a %Y-%m-%d %H.%M")


def office_minutes(calendar_, first, last):
    """The minutes from `first` to `last` (whole ones) that belong to office time, told from the hours alone."""
    at = first.astimezone(WIB)
    while at < last:
        off = at.date() in calendar_.days_off
        hours = calendar_.period(at.date()).weekdays.get(at.weekday(), ())
        if not off and any(a <= at.time() < b for a, b in hours):
            yield at
        at += timedelta(minutes=1)
