"""When a duration is over, and how late something is: in office time with a calendar, in elapsed time without. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..errors import N_, DurationError
from .durations import Duration, parse_duration
from .hours import (
    Calendar,
    counted_from,
    openings,
    place_on,
    working_days,
)
from .ledger import days_counted, gap, minutes_counted


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and why: the ledger is JSON for showing and keeping.

    {"calendar", "zone", "start", "counted_from", "duration", "due": aware ISO text in the calendar's zone,
    "moved": None | "to_closing" | "to_opening" | "to_break_end", "entries": [...]}. An entry has "kind" ("counted" |
    "skipped"), "from" and "to" (both included as dates, or instants), for counted ones "days" or "minutes", for
    skipped ones "reason" (weekend | public | joint_leave | regional | closed | break | night) and "name".
    """

    at: datetime
    ledger: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late something is: working days passed by date, and office minutes passed in all."""

    days: int
    minutes: int


def due(calendar: Calendar | None, start: datetime, duration: str) -> Due:
    """When an ISO 8601 duration from `start` is over; without a calendar in elapsed time.

    With one: a start outside office time counts as the next opening. Days first: working days by date, the start's
    own not counted, at the same time of day, moved into office time of that day. Then office minutes.
    Days add up by date, not by instant: a result moved to closing time carries that time on (Friday 16.15 and one day
    is Monday 16.00, four more are Friday 16.00, not 16.15). Raises DurationError, also when the calendar never opens.
    """
    length = parse_duration(duration, working=calendar is not None)
    start = start.astimezone(UTC)
    try:
        return _elapsed(start, duration, length) if calendar is None else _office(calendar, start, duration, length)
    except OverflowError:
        raise DurationError(duration, N_("this ends beyond the calendar")) from None


def _elapsed(start: datetime, duration: str, length: Duration) -> Due:
    at = start + timedelta(days=length.days) + length.span
    return Due(at, _ledger(None, start, start, duration, at, None, []))


def _office(calendar: Calendar, start: datetime, duration: str, length: Duration) -> Due:
    first = counted_from(calendar, start)
    if first is None:
        raise _never(calendar, duration)
    at, moved = first, None
    entries = gap(calendar, start, first) if start < first else []
    if length.days:
        local = calendar.local(first)
        day = _later_day(calendar, local.date(), length.days, duration)
        entries += days_counted(calendar, local.date(), day)
        at, moved = place_on(calendar, day, local.time())
    if length.span:
        counted = []
        left = length.span
        for opens, closes in openings(calendar, at):
            counted.append((opens, min(closes, opens + left)))
            left -= counted[-1][1] - opens
            if not left:
                break
        else:
            raise _never(calendar, duration)
        entries += minutes_counted(calendar, at, counted)
        at = counted[-1][1]
    return Due(at, _ledger(calendar, start, first, duration, at, moved, entries))


def _later_day(calendar: Calendar, day: date, count: int, duration: str) -> date:
    for number, found in enumerate(working_days(calendar, day + timedelta(days=1)), 1):
        if number == count:
            return found
    raise _never(calendar, duration)


def _never(calendar: Calendar, duration: str) -> DurationError:
    return DurationError(
        duration,
        N_("the calendar %(calendar)s has no opening hours left to count it; check its hours"),
        calendar=calendar.name,
    )


def _ledger(
    calendar: Calendar | None,
    start: datetime,
    first: datetime,
    duration: str,
    at: datetime,
    moved: str | None,
    entries: list[dict[str, Any]],
) -> dict[str, Any]:
    def text(instant: datetime) -> str:
        return (calendar.local(instant) if calendar else instant).isoformat()

    return {
        "calendar": calendar.key if calendar else None,
        "zone": calendar.zone if calendar else "UTC",
        "start": text(start),
        "counted_from": text(first),
        "duration": duration,
        "entries": entries,
        "moved": moved,
        "due": text(at),
    }


def between(calendar: Calendar | None, a: datetime, b: datetime) -> timedelta:
    """Office time between two instants, negative when b is earlier; elapsed time without a calendar."""
    if b < a:
        return -between(calendar, b, a)
    if calendar is None:
        return b - a
    total = timedelta()
    for opens, closes in openings(calendar, a.astimezone(UTC)):
        if opens >= b:
            break
        total += min(closes, b) - opens
    return total


def lateness(calendar: Calendar | None, due: datetime, now: datetime) -> Lateness:
    """How late something is at `now`; nothing before its due time. Without a calendar: elapsed days and minutes."""
    if now <= due:
        return Lateness(0, 0)
    minutes = int(between(calendar, due, now) / timedelta(minutes=1))
    if calendar is None:
        return Lateness((now - due).days, minutes)
    first, last = calendar.local(due).date() + timedelta(days=1), calendar.local(now).date()
    days = 0
    for day in working_days(calendar, first):
        if day > last:
            break
        days += 1
    return Lateness(days, minutes)
