"""What a step takes from outside the diagram: the time, the calendar, the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import NoReturn

from engine.errors import N_, DurationError
from engine.expressions import Function

Schedule = Callable[[datetime, str], datetime]


def unscheduled(_start: datetime, text: str) -> NoReturn:
    raise DurationError(text, N_("no timer begins when a case is only looked at"))


@dataclass(frozen=True, slots=True)
class Around:
    """The world around a case while it takes a step."""

    now: datetime
    schedule: Schedule = unscheduled  #: (start, duration) -> the due instant of a timer
    zone: tzinfo = UTC  #: of dates written without an offset
    functions: Mapping[str, Function] = field(default_factory=dict)  #: what expressions may call beside the usual ones
