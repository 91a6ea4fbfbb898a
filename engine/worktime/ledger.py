"""The entries that explain a due date: what was counted, what was skipped and why, as data. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from .hours import Calendar, Range

Entry = dict[str, Any]

DETAILED = 5  #: so many working days of minutes are told with breaks and nights; more only by date


def days_counted(calendar: Calendar, start: date, end: date) -> list[Entry]:
    """The days after `start` up to and including `end`, alike ones in a row as one entry."""
    return _merged(_day(calendar, start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def minutes_counted(calendar: Calendar, start: datetime, counted: list[Range]) -> list[Entry]:
    """The ranges counted and what lay between them; over many days the minutes of each day and the closed days."""
    days = [calendar.local(opens).date() for opens, _ in counted]
    entries = gap(calendar, start, counted[0][0]) if start < counted[0][0] else []
    if len(set(days)) > DETAILED:
        worked: dict[date, timedelta] = {}
        for day, (opens, closes) in zip(days, counted, strict=True):
            worked[day] = worked.get(day, timedelta()) + (closes - opens)
        first = days[0]
        return entries + _merged(
            _day(calendar, day, worked.get(day))
            for day in (first + timedelta(n) for n in range((days[-1] - first).days + 1))
        )
    for here, following in pairwise([*counted, None]):
        assert here is not None
        entries.append(_between("counted", calendar, *here) | {"minutes": _minutes(here[1] - here[0])})
        if following is not None:
            entries += gap(calendar, here[1], following[0])
    return entries


def gap(calendar: Calendar, a: datetime, b: datetime) -> list[Entry]:
    """Why nothing was counted from `a` to the opening `b`: a break, closed days, or just a night."""
    first, last = calendar.local(a).date(), calendar.local(b).date()
    if first == last:
        in_break = any(closes <= a for _, closes in calendar.ranges(first))
        return [_between("skipped", calendar, a, b) | {"reason": "break" if in_break else "night", "name": ""}]
    closed = (first + timedelta(days=n) for n in range((last - first).days))
    entries = _merged(_day(calendar, day) for day in closed if not calendar.hours(day))
    return entries or [_between("skipped", calendar, a, b) | {"reason": "night", "name": ""}]


def _day(calendar: Calendar, day: date, worked: timedelta | None = None) -> Entry:
    entry: Entry = {"kind": "counted", "from": day.isoformat(), "to": day.isoformat()}
    why = calendar.reason(day)
    if why:
        return entry | {"kind": "skipped", "reason": why[0], "name": why[1]}
    return entry | ({"days": 1} if worked is None else {"minutes": _minutes(worked)})


def _between(kind: str, calendar: Calendar, a: datetime, b: datetime) -> Entry:
    return {"kind": kind, "from": calendar.local(a).isoformat(), "to": calendar.local(b).isoformat()}


def _minutes(span: timedelta) -> int | float:
    minutes = span / timedelta(minutes=1)
    return int(minutes) if minutes.is_integer() else round(minutes, 3)


def _merged(entries: Iterable[Entry]) -> list[Entry]:
    merged: list[Entry] = []
    for entry in entries:
        last = merged[-1] if merged else None
        if last and all(last.get(k) == entry.get(k) for k in ("kind", "reason", "name")):
            last["to"] = entry["to"]
            for unit in ("days", "minutes"):
                if unit in entry:
                    last[unit] += entry[unit]
        else:
            merged.append(dict(entry))
    return merged
