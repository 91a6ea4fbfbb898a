"""Working calendars kept in rows, read as values."""

from __future__ import annotations

import secrets
from datetime import time
from typing import Any

from sqlalchemy import select

from . import history, office
from .db import UnitOfWork
from .default_hours import SOURCE, WEEK
from .errors import NotFound
from .holidays_source import proposed
from .hours import Calendar, DayOff, HoursPeriod
from .model import CalendarRow, DayOffRow, HoursRow

OFFICE = "office"

_cache: dict[tuple[str, int, int], Calendar] = {}


def get(uow: UnitOfWork, key: str = OFFICE) -> Calendar:
    """The calendar as a value. Raises NotFound."""
    row = uow.session.scalar(select(CalendarRow).where(CalendarRow.key == key))
    if row is None:
        raise NotFound("calendar", key)
    known = (str(uow.session.get_bind().engine.url), row.id, row.revision)
    if known not in _cache:
        if len(_cache) > 64:
            _cache.clear()
        _cache[known] = _calendar(uow, row)
    return _cache[known]


def establish(uow: UnitOfWork) -> None:
    """Give an office without a calendar the usual hours and the holidays of this year and the next, once."""
    if uow.session.scalar(select(CalendarRow.id).where(CalendarRow.key == OFFICE)) is not None:
        return
    row = CalendarRow(key=OFFICE, name="Kalender kantor", zone=office.zone(uow), revision=new_revision())
    uow.session.add(row)
    uow.session.flush()
    weekdays = {
        str(day): [[a.isoformat("minutes"), b.isoformat("minutes")] for a, b in hours] for day, hours in WEEK.items()
    }
    uow.session.add(HoursRow(calendar_id=row.id, label="", weekdays=weekdays, source=SOURCE, active=True))
    this_year = office.today(uow).year
    for year in (this_year, this_year + 1):
        for off in proposed(year):
            uow.session.add(
                DayOffRow(
                    calendar_id=row.id,
                    day=off.day,
                    name=off.name,
                    kind=off.kind,
                    source=off.source,
                    uncertain=off.uncertain,
                    active=True,
                )
            )
    uow.session.flush()
    history.record(uow, "calendar.established", calendar=OFFICE, years=[this_year, this_year + 1])


def new_revision() -> int:
    """A number no other change gets, not even one that was rolled back: values are cached by it."""
    return secrets.randbits(62)


def _calendar(uow: UnitOfWork, row: CalendarRow) -> Calendar:
    hours = uow.session.scalars(
        select(HoursRow).where(HoursRow.calendar_id == row.id, HoursRow.active).order_by(HoursRow.id)
    )
    days = uow.session.scalars(select(DayOffRow).where(DayOffRow.calendar_id == row.id, DayOffRow.active))
    return Calendar(
        key=row.key,
        name=row.name,
        zone=row.zone,
        periods=tuple(HoursPeriod(h.starts_on, h.ends_on, _week(h.weekdays), h.label) for h in hours),
        days_off={d.day: DayOff(d.day, d.name, d.kind, d.source, d.uncertain) for d in days},
        revision=row.revision,
    )


def _week(stored: dict[str, Any]) -> dict[int, tuple[tuple[time, time], ...]]:
    return {
        int(weekday): tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in ranges)
        for weekday, ranges in stored.items()
    }
