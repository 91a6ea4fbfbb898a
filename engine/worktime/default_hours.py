"""The office hours an Indonesian government office starts with, as data; an administrator may change all of them.

Perpres 21/2023: 37.5 hours a week from 07.30, in Ramadan 32.5 hours from 08.00, breaks not counted. Where the decree
leaves the closing hour and the days to the office, this is the usual five-day week.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

Week = Mapping[int, tuple[tuple[time, time], ...]]

SOURCE = "Perpres 21/2023"

_MONDAY_TO_THURSDAY = ((time(7, 30), time(12, 0)), (time(13, 0), time(16, 0)))
_FRIDAY = ((time(7, 30), time(11, 30)), (time(13, 0), time(16, 30)))
_RAMADAN = ((time(8, 0), time(12, 0)), (time(12, 30), time(15, 0)))
_RAMADAN_FRIDAY = ((time(8, 0), time(11, 30)), (time(12, 30), time(15, 30)))

#: Monday is 0
WEEK: Week = {**dict.fromkeys(range(4), _MONDAY_TO_THURSDAY), 4: _FRIDAY}

#: offered when an administrator enters the month of Ramadan
RAMADAN_WEEK: Week = {**dict.fromkeys(range(4), _RAMADAN), 4: _RAMADAN_FRIDAY}
