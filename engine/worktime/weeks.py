"""Opening hours of a week: read from what was typed, written as JSON and read again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from itertools import pairwise
from typing import Any

from ..errors import N_, InvalidInput
from .default_hours import Week

#: weekday (Monday 0) -> (opens, closes) pairs, as `time` or as text "07:30" or "07.30"
Typed = Mapping[int, Sequence[Sequence[time | str]]]


def read(typed: Typed, *, may_close: bool = False) -> Week:
    """A week from what was typed; weekdays absent or empty are closed.

    Raises InvalidInput naming `weekday_0` to `weekday_6`, or `weekdays` when nothing ever opens and that is no choice.
    """
    week = {}
    for weekday in sorted(typed):
        if weekday not in range(7):
            raise InvalidInput("weekdays", N_("%(weekday)s is no weekday."), weekday=weekday)
        field = f"weekday_{weekday}"
        ranges = tuple(_range(field, pair) for pair in typed[weekday])
        edges = [edge for opening in ranges for edge in opening]
        if any(a >= b for a, b in pairwise(edges)):
            raise InvalidInput(
                field, N_("The hours of a day must follow one another, with a break between two ranges.")
            )
        if ranges:
            week[weekday] = ranges
    if not week and not may_close:
        raise InvalidInput("weekdays", N_("At least one day of the week must have opening hours."))
    return week


def _range(field: str, pair: Sequence[time | str]) -> tuple[time, time]:
    if len(pair) != 2:
        raise InvalidInput(field, N_("Give an opening and a closing time."))
    return _time(field, pair[0]), _time(field, pair[1])


def _time(field: str, typed: time | str) -> time:
    if isinstance(typed, time):
        return typed.replace(second=0, microsecond=0, tzinfo=None)
    try:
        return time.fromisoformat(typed.strip().replace(".", ":")).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise InvalidInput(field, N_("%(typed)s is no time of day; write 07:30."), typed=typed[:20]) from None


def stored(week: Week) -> dict[str, Any]:
    """The week as JSON: {"0": [["07:30", "12:00"], ...]}."""
    return {
        str(weekday): [[a.isoformat("minutes"), b.isoformat("minutes")] for a, b in ranges]
        for weekday, ranges in sorted(week.items())
    }


def restored(kept: Mapping[str, Any]) -> Week:
    return {
        int(weekday): tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in ranges)
        for weekday, ranges in kept.items()
    }
