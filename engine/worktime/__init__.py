"""Working time: durations, office hours, what is due when and how it was counted. Pure computing.

counting.py answers when something is due and how late it is; hours.py is the calendar it counts on, ledger.py the
account of what was counted and skipped; weeks.py, default_hours.py, holidays_source.py say what makes a calendar.
"""

from .counting import Due, Lateness, between, due, lateness
from .durations import Duration, parse_duration
from .hours import Calendar, DayOff, HoursPeriod, is_open, next_opening

__all__ = [
    "Calendar",
    "DayOff",
    "Due",
    "Duration",
    "HoursPeriod",
    "Lateness",
    "between",
    "due",
    "is_open",
    "lateness",
    "next_opening",
    "parse_duration",
]
