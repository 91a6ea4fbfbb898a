"""Working calendars: opened, read as values, given hours and days off. Administrators change them; history keeps it.

A change bumps the calendar's revision. Open deadlines are counted again by `instances.retime` in the same unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from sqlalchemy import select

from . import history, locks
from .calendar_rows import OFFICE, changed, get, iso, opened, periods_of, row_of, text, value_of
from .days_off import (
    KINDS,
    Proposal,
    Warnings,
    accept,
    add_day_off,
    copy_year,
    days_off,
    proposals,
    remove_day_off,
    warnings,
)
from .db import UnitOfWork
from .errors import N_, Conflict, InvalidInput, NotFound
from .identity import require_administrator
from .model import CalendarRow, HoursRow
from .worktime import weeks
from .worktime.default_hours import SOURCE, WEEK, Week
from .worktime.hours import Calendar
from .worktime.weeks import Typed

__all__ = [
    "KINDS",
    "OFFICE",
    "PeriodView",
    "Proposal",
    "Warnings",
    "accept",
    "add_day_off",
    "add_period",
    "copy_year",
    "create",
    "days_off",
    "end_period",
    "establish",
    "get",
    "hours",
    "preview",
    "proposals",
    "remove_day_off",
    "set_hours",
    "warnings",
]

LONGEST_CLOSED = 365  #: days an office may be closed on end: deadlines must find an opening again


@dataclass(frozen=True, slots=True)
class PeriodView:
    """Opening hours as entered. Without dates they hold always, where no other period does."""

    id: int
    label: str
    starts: date | None
    ends: date | None
    weekdays: Week
    source: str


def create(
    uow: UnitOfWork,
    *,
    key: str = OFFICE,
    name: str,
    zone: str = "Asia/Jakarta",
    weekdays: Typed = WEEK,
    source: str = SOURCE,
) -> None:
    """Open a calendar with its usual week, without days off. Raises Conflict when the key is taken."""
    entitled_by = require_administrator(uow.actor, "change calendars")
    locks.alone_in_office(uow)
    if uow.session.scalar(select(CalendarRow).where(CalendarRow.key == key)) is not None:
        raise Conflict(f"calendar {key} exists")
    if zone not in available_timezones():
        raise InvalidInput("zone", N_("%(zone)s is no time zone."), zone=zone)
    week = weeks.read(weekdays)
    row = CalendarRow(key=key, name=text("name", name), zone=zone)
    uow.session.add(row)
    uow.session.flush()
    uow.session.add(HoursRow(calendar_id=row.id, weekdays=weeks.stored(week), source=source))
    history.record(uow, "calendar.created", entitled_by=entitled_by, calendar=key, name=row.name, zone=zone)


def establish(uow: UnitOfWork, *, name: str = "Kalender kantor") -> bool:
    """Open the office's calendar where there is none, with the days off of this year and the next; whether it did."""
    if uow.session.scalar(select(CalendarRow.id).where(CalendarRow.key == OFFICE)) is not None:
        return False
    create(uow, name=name)
    year = get(uow).local(uow.now).year
    for each in (year, year + 1):
        copy_year(uow, each)
    return True


def hours(uow: UnitOfWork, key: str = OFFICE) -> tuple[PeriodView, ...]:
    """All hours in force: the usual week first, then periods by their dates."""
    rows = sorted(
        periods_of(uow, row_of(uow, key)), key=lambda r: (r.starts_on or date.min, r.ends_on or date.min, r.id)
    )
    return tuple(PeriodView(r.id, r.label, r.starts_on, r.ends_on, weeks.restored(r.weekdays), r.source) for r in rows)


def set_hours(
    uow: UnitOfWork,
    weekdays: Typed,
    *,
    key: str = OFFICE,
    source: str = "",
) -> None:
    """Replace the usual week: weekday (Monday 0) -> opening ranges; absent or empty weekdays are closed.

    Times are local, as `time` or as text "07:30". Raises InvalidInput naming `weekday_N`, or `weekdays` when the
    office would never open.
    """
    row = opened(uow, key)
    week = weeks.read(weekdays)
    for old in periods_of(uow, row):
        if old.starts_on is None and old.ends_on is None:
            old.active = False
    uow.session.add(HoursRow(calendar_id=row.id, weekdays=weeks.stored(week), source=source))
    changed(uow, row, "hours", weekdays=weeks.stored(week))


def add_period(
    uow: UnitOfWork,
    *,
    label: str,
    starts: date | None,
    ends: date | None,
    weekdays: Typed,
    key: str = OFFICE,
    source: str = "",
) -> int:
    """Enter other hours for a range of dates, both included (Ramadan); one end may be open. Returns the period's id."""
    row = opened(uow, key)
    week = weeks.read(weekdays, may_close=True)
    if starts is None and ends is None:
        raise InvalidInput("starts", N_("Give the first or the last day of the period."))
    if starts is not None and ends is not None and ends < starts:
        raise InvalidInput("ends", N_("The last day lies before the first."))
    if not week and (starts is None or ends is None or (ends - starts).days > LONGEST_CLOSED):
        raise InvalidInput("ends", N_("A period without opening hours needs a first and a last day within a year."))
    period = HoursRow(
        calendar_id=row.id,
        label=text("label", label),
        starts_on=starts,
        ends_on=ends,
        weekdays=weeks.stored(week),
        source=source,
    )
    uow.session.add(period)
    uow.session.flush()
    changed(uow, row, "period", label=period.label, starts=iso(starts), ends=iso(ends), weekdays=weeks.stored(week))
    return period.id


def end_period(uow: UnitOfWork, period_id: int, *, last_day: date | None = None, key: str = OFFICE) -> None:
    """Let a period end on `last_day`, or take it back altogether; the usual week can't be ended."""
    row = opened(uow, key)
    period = next((p for p in periods_of(uow, row) if p.id == period_id), None)
    if period is None or (period.starts_on is None and period.ends_on is None):
        raise NotFound("period", period_id)
    if last_day is None:
        period.active = False
    elif period.starts_on is not None and last_day < period.starts_on:
        raise InvalidInput("last_day", N_("The last day lies before the first."))
    else:
        period.ends_on = last_day
    changed(uow, row, "period_ended", label=period.label, starts=iso(period.starts_on), ends=iso(last_day))


def preview(uow: UnitOfWork, change: Callable[[UnitOfWork], object], key: str = OFFICE) -> Calendar:
    """The calendar as it would be after `change`, say `lambda uow: add_day_off(uow, ...)`; nothing of it stays.

    Needs a unit for writing. Raises what the change raises.
    """
    session = uow.session
    before = session.office_changed
    savepoint = session.begin_nested()
    try:
        change(uow)
        session.flush()
        return value_of(uow, row_of(uow, key))
    finally:
        savepoint.rollback()
        session.office_changed = before
