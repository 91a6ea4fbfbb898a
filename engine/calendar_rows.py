"""The rows behind working calendars: found, locked, read as a value, and marked as changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from . import history, locks
from .db import UnitOfWork
from .errors import N_, InvalidInput, NotFound
from .identity import require_administrator
from .model import CalendarRow, DayOffRow, HoursRow
from .worktime import weeks
from .worktime.hours import Calendar, DayOff, HoursPeriod

OFFICE = "office"


def get(uow: UnitOfWork, key: str = OFFICE) -> Calendar:
    """The calendar as a value. Raises NotFound."""
    return uow.kept(("calendar", key), lambda: value_of(uow, row_of(uow, key)))


def row_of(uow: UnitOfWork, key: str) -> CalendarRow:
    row = uow.session.scalar(select(CalendarRow).where(CalendarRow.key == key))
    if row is None:
        raise NotFound("calendar", key)
    return row


def opened(uow: UnitOfWork, key: str) -> CalendarRow:
    """The calendar's row for a change by an administrator, while no case takes a step."""
    require_administrator(uow.actor, "change calendars")
    locks.alone_in_office(uow)
    query = select(CalendarRow).where(CalendarRow.key == key).execution_options(populate_existing=True)
    row = uow.session.scalar(query)
    if row is None:
        raise NotFound("calendar", key)
    return row


def changed(uow: UnitOfWork, row: CalendarRow, what: str, **facts: Any) -> None:
    row.revision += 1
    uow.session.flush()
    entitled_by = require_administrator(uow.actor, "change calendars")
    history.record(uow, "calendar.changed", entitled_by=entitled_by, calendar=row.key, what=what, **facts)


def periods_of(uow: UnitOfWork, row: CalendarRow) -> list[HoursRow]:
    query = select(HoursRow).where(HoursRow.calendar_id == row.id, HoursRow.active).order_by(HoursRow.id)
    return list(uow.session.scalars(query))


def days_of(uow: UnitOfWork, row: CalendarRow) -> list[DayOffRow]:
    return list(uow.session.scalars(select(DayOffRow).where(DayOffRow.calendar_id == row.id)))


def day_off(row: DayOffRow) -> DayOff:
    return DayOff(row.day, row.name, row.kind, row.source, row.uncertain)


def value_of(uow: UnitOfWork, row: CalendarRow) -> Calendar:
    return Calendar(
        key=row.key,
        name=row.name,
        zone=row.zone,
        periods=tuple(
            HoursPeriod(h.starts_on, h.ends_on, weeks.restored(h.weekdays), h.label) for h in periods_of(uow, row)
        ),
        days_off={d.day: day_off(d) for d in days_of(uow, row) if d.active},
        revision=row.revision,
    )


def text(field: str, typed: str) -> str:
    found = " ".join(typed.split())
    if not found or len(found) > 200:
        raise InvalidInput(field, N_("Give a name of at most 200 characters."))
    return found


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
