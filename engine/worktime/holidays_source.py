"""Indonesia's days off of a year as the `holidays` package knows them: proposals to copy, never the calendar itself."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

from .hours import DayOff

#: the package's category and what a calendar calls it; of two on one day the first wins
_KINDS = (("public", "public"), ("government", "joint_leave"))
_ESTIMATED = "(perkiraan)"


@lru_cache(maxsize=32)
def proposed(year: int) -> tuple[DayOff, ...]:
    """Public holidays and joint leave of a year in order of date, named in Indonesian.

    A day is uncertain while its date is only estimated, as those by the moon are until decreed. Before 1946 and after
    2100 nothing is known.
    """
    found: dict[date, DayOff] = {}
    for category, kind in _KINDS:
        days = holidays.country_holidays("ID", years=year, categories=(category,), language="id")
        for day in days:
            names = days.get_list(day)
            found.setdefault(
                day,
                DayOff(
                    day=day,
                    name="; ".join(name.replace(_ESTIMATED, "").strip() for name in names),
                    kind=kind,
                    source=f"holidays {version('holidays')}",
                    uncertain=all(_ESTIMATED in name for name in names),
                ),
            )
    return tuple(found[day] for day in sorted(found))


def joint_leave_decreed(year: int) -> bool:
    """Whether the joint leave of a year (cuti bersama, by joint decree of three ministers) is known yet."""
    return any(day.kind == "joint_leave" for day in proposed(year))
