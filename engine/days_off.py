"""Days off of a working calendar: entered by hand or copied per year from what the `holidays` package knows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from .calendar_rows import OFFICE, changed, day_off, days_of, get, opened, row_of, text
from .db import UnitOfWork
from .errors import N_, InvalidInput, NotFound
from .model import CalendarRow, DayOffRow
from .worktime.holidays_source import joint_leave_decreed, proposed
from .worktime.hours import DayOff

KINDS = ("public", "joint_leave", "regional", "other")

_PACKAGE = "holidays "


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the `holidays` package knows of a day that the calendar has otherwise: either side may have nothing."""

    day: date
    ours: DayOff | None
    theirs: DayOff | None


@dataclass(frozen=True, slots=True)
class Warnings:
    """What an administrator should look at in one year's days off."""

    year: int
    empty: bool  #: no day off entered at all
    joint_leave_missing: bool  #: none entered, and none decreed as far as the package knows
    uncertain: tuple[DayOff, ...]  #: dates that may still move
    proposals: tuple[Proposal, ...]

    def __bool__(self) -> bool:
        return self.empty or self.joint_leave_missing or bool(self.uncertain) or bool(self.proposals)


def days_off(uow: UnitOfWork, year: int, key: str = OFFICE) -> tuple[DayOff, ...]:
    """The days off of a year, in order."""
    found = get(uow, key).days_off
    return tuple(found[day] for day in sorted(found) if day.year == year)


def add_day_off(
    uow: UnitOfWork, day: date, name: str, *, kind: str = "regional", source: str = "", key: str = OFFICE
) -> None:
    """Enter a day off. Raises InvalidInput, also when the day is one already."""
    row = opened(uow, key)
    if kind not in KINDS:
        raise InvalidInput("kind", N_("%(kind)s is no kind of day off."), kind=kind)
    off = DayOff(day, text("name", name), kind, source)
    kept = _kept(uow, row, day)
    if kept is not None and kept.active:
        raise InvalidInput("day", N_("This day is a day off already: %(name)s."), name=kept.name)
    _write(uow, row, off, kept)
    changed(uow, row, "day_off", day=day.isoformat(), name=off.name, day_kind=kind)


def remove_day_off(uow: UnitOfWork, day: date, *, key: str = OFFICE) -> None:
    """Make a day off a working day again; the package does not propose it a second time."""
    row = opened(uow, key)
    kept = _kept(uow, row, day)
    if kept is None or not kept.active:
        raise NotFound("day off", day.isoformat())
    kept.active = False
    changed(uow, row, "day_off_removed", day=day.isoformat(), name=kept.name, day_kind=kept.kind)


def copy_year(uow: UnitOfWork, year: int, *, key: str = OFFICE) -> int:
    """Copy the days off of a year that are new here, with their source; returns how many. What is here stays."""
    new = [p.day for p in proposals(uow, year, key) if p.ours is None]
    return accept(uow, year, new, key=key)


def proposals(uow: UnitOfWork, year: int, key: str = OFFICE) -> tuple[Proposal, ...]:
    """Where the package differs from a year's days off as copied. What people entered or removed is left alone."""
    rows = {row.day: row for row in days_of(uow, row_of(uow, key)) if row.day.year == year}
    theirs = {off.day: off for off in proposed(year)}
    found = []
    for day in sorted(rows.keys() | theirs.keys()):
        row, off = rows.get(day), theirs.get(day)
        if row is None:
            found.append(Proposal(day, None, off))
        elif row.active and row.source.startswith(_PACKAGE) and not _same(row, off):
            found.append(Proposal(day, day_off(row), off))
    return tuple(found)


def accept(uow: UnitOfWork, year: int, days: Collection[date], *, key: str = OFFICE) -> int:
    """Take over the proposals for these days of a year; returns how many there were."""
    row = opened(uow, key)
    taken = [p for p in proposals(uow, year, key) if p.day in days]
    kept = {d.day: d for d in days_of(uow, row)}
    for proposal in taken:
        if proposal.theirs is None:
            kept[proposal.day].active = False
        else:
            _write(uow, row, proposal.theirs, kept.get(proposal.day))
    if taken:
        source = next((p.theirs.source for p in taken if p.theirs), "")
        changed(uow, row, "year_copied", year=year, days=[p.day.isoformat() for p in taken], source=source)
    return len(taken)


def warnings(uow: UnitOfWork, year: int, key: str = OFFICE) -> Warnings:
    """What to look at in a year: nothing entered, no joint leave yet, dates that may move, what the package knows."""
    off = days_off(uow, year, key)
    return Warnings(
        year=year,
        empty=not off,
        joint_leave_missing=not joint_leave_decreed(year) and all(d.kind != "joint_leave" for d in off),
        uncertain=tuple(d for d in off if d.uncertain),
        proposals=proposals(uow, year, key),
    )


def _write(uow: UnitOfWork, row: CalendarRow, off: DayOff, kept: DayOffRow | None) -> None:
    if kept is None:
        kept = DayOffRow(calendar_id=row.id, day=off.day)
        uow.session.add(kept)
    kept.name, kept.kind, kept.source, kept.uncertain, kept.active = off.name, off.kind, off.source, off.uncertain, True


def _kept(uow: UnitOfWork, row: CalendarRow, day: date) -> DayOffRow | None:
    """The day's row, also of a day off that was removed."""
    query = select(DayOffRow).where(DayOffRow.calendar_id == row.id, DayOffRow.day == day)
    return uow.session.scalar(query)


def _same(row: DayOffRow, off: DayOff | None) -> bool:
    return off is not None and (row.name, row.kind, row.uncertain) == (off.name, off.kind, off.uncertain)
