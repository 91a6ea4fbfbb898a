"""A working calendar as a value: opening hours by date, days off, and the way through them. Pure.

A working day is a day with opening hours. An instant belongs to office time from an opening up to and including the
closing after it, so that work due at closing time belongs to its own day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Range = tuple[datetime, datetime]

LONGEST_CLOSURE = 400  #: days without any opening before one stops looking


@dataclass(frozen=True, slots=True)
class HoursPeriod:
    """Opening hours by weekday (Monday 0) for a range of dates, both included; None leaves an end open.

    A weekday that is absent or empty is closed. What lies between two ranges of a day is a break.
    """

    starts: date | None
    ends: date | None
    weekdays: Mapping[int, tuple[tuple[time, time], ...]]
    label: str = ""

    def __post_init__(self) -> None:
        for weekday, ranges in self.weekdays.items():
            edges = [edge for opening in ranges for edge in opening]
            if not 0 <= weekday <= 6 or any(a >= b for a, b in pairwise(edges)):
                raise ValueError(f"hours of weekday {weekday} do not follow one another: {edges}")

    def covers(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    @property
    def narrowness(self) -> tuple[int, int, date]:
        """Orders periods that cover the same day: the narrower one wins, then the one that begins later."""
        starts, ends = self.starts or date.min, self.ends or date.max
        return ((self.starts is not None) + (self.ends is not None), -(ends - starts).days, starts)


@dataclass(frozen=True, slots=True)
class DayOff:
    day: date
    name: str
    kind: str  #: public | joint_leave | regional | other
    source: str = ""
    uncertain: bool = False  #: the date may still move


@dataclass(frozen=True, slots=True)
class Calendar:
    """A working calendar as a value. Its hours are local times of `zone`; all instants are UTC."""

    key: str
    name: str
    zone: str
    periods: tuple[HoursPeriod, ...]
    days_off: Mapping[date, DayOff] = field(default_factory=dict)
    revision: int = 0

    def period(self, day: date) -> HoursPeriod | None:
        """The hours in force on a day; of equally narrow ones the last."""
        covering = [p for p in self.periods if p.covers(day)]
        return max(reversed(covering), key=lambda p: p.narrowness, default=None)

    def hours(self, day: date) -> tuple[tuple[time, time], ...]:
        """Opening hours of a day in local time; nothing on a day off."""
        if day in self.days_off:
            return ()
        period = self.period(day)
        return tuple(period.weekdays.get(day.weekday(), ())) if period else ()

    def ranges(self, day: date) -> tuple[Range, ...]:
        """Opening hours of a day as instants."""
        zone = ZoneInfo(self.zone)
        return tuple(
            (datetime.combine(day, a, zone).astimezone(UTC), datetime.combine(day, b, zone).astimezone(UTC))
            for a, b in self.hours(day)
        )

    def reason(self, day: date) -> tuple[str, str] | None:
        """Why a day is closed: (weekend | public | joint_leave | regional | closed, its name); None when it is open."""
        off = self.days_off.get(day)
        if off is not None:
            return (off.kind if off.kind in ("public", "joint_leave", "regional") else "closed", off.name)
        if self.hours(day):
            return None
        period = self.period(day)
        return ("weekend", "") if day.weekday() >= 5 else ("closed", period.label if period else "")

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))


def working_days(calendar: Calendar, first: date) -> Iterator[date]:
    """Days with opening hours from `first` on, without end; stops when none follows within 400 days."""
    day, closed = first, 0
    while closed < LONGEST_CLOSURE and day < date.max - timedelta(days=2):
        if calendar.hours(day):
            closed = 0
            yield day
        else:
            closed += 1
        day += timedelta(days=1)


def openings(calendar: Calendar, at: datetime) -> Iterator[Range]:
    """What is left of office time from an instant on, range by range."""
    for day in working_days(calendar, calendar.local(at).date()):
        for opens, closes in calendar.ranges(day):
            if closes > at:
                yield max(opens, at), closes


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the office works at an instant; the closing minute itself is over."""
    return any(opens <= at < closes for opens, closes in calendar.ranges(calendar.local(at).date()))


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """The first instant of office time at or after `at`; None when nothing opens within 400 days."""
    return next((opens for opens, _ in openings(calendar, at.astimezone(UTC))), None)


def counted_from(calendar: Calendar, start: datetime) -> datetime | None:
    """Where counting begins: the start itself up to and including closing time, else the next opening."""
    if any(opens <= start <= closes for opens, closes in calendar.ranges(calendar.local(start).date())):
        return start
    return next_opening(calendar, start)


def place_on(calendar: Calendar, day: date, clock: time) -> tuple[datetime, str | None]:
    """A time of day on a working day, moved into office time where it falls outside; and how it was moved."""
    at = datetime.combine(day, clock, ZoneInfo(calendar.zone)).astimezone(UTC)
    ranges = calendar.ranges(day)
    if at < ranges[0][0]:
        return ranges[0][0], "to_opening"
    if at > ranges[-1][1]:
        return ranges[-1][1], "to_closing"
    for opens, closes in ranges:
        if at < opens:
            return opens, "to_break_end"
        if at <= closes:
            break
    return at, None
