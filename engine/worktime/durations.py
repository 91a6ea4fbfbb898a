"""ISO 8601 durations as people mean them: days stay days, everything below is minutes. P1D is not PT24H."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from ..errors import N_, DurationError

LONGEST = timedelta(days=3_660)  #: ten years; more is a slip of the pen

_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_SHAPE = re.compile(
    rf"P(?:(?P<years>{_NUMBER})Y)?(?:(?P<months>{_NUMBER})M)?(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?P<time>T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """Days first, then minutes. `days` has the weeks in it; `weeks` tells that some were written."""

    days: int = 0
    minutes: Fraction = Fraction(0)
    weeks: int = 0

    @property
    def span(self) -> timedelta:
        """The minutes alone."""
        return timedelta(microseconds=round(self.minutes * 60_000_000))


def parse_duration(text: str, *, working: bool = False) -> Duration:
    """Read an ISO 8601 duration; `working` also refuses weeks, which office time can't count.

    Raises DurationError with a remedy for months and years (no fixed length), fractions of days, signs, and more
    than ten years.
    """
    if not isinstance(text, str) or len(text) > 60:
        raise DurationError(str(text)[:60], N_("a duration is a short text such as P4D or PT15M"))
    found = _SHAPE.fullmatch(text.strip().upper())
    parts = {k: v.replace(",", ".") for k, v in found.groupdict().items() if v and k != "time"} if found else {}
    if found is None or not parts or found["time"] == "T":
        raise DurationError(text, N_("this is not an ISO 8601 duration; write P4D for four days, PT15M for 15 minutes"))
    if "years" in parts or "months" in parts:
        raise DurationError(text, N_("months and years differ in length; write the number of days, such as P20D"))
    if working and "weeks" in parts:
        raise DurationError(text, N_("office time has no weeks; write working days, P5D for a week of five"))
    for unit in ("weeks", "days"):
        if "." in parts.get(unit, ""):
            raise DurationError(text, N_("only whole days can be counted; write the rest as hours, such as P1DT4H"))
    if any("." in number for number in list(parts.values())[:-1]):
        raise DurationError(text, N_("only the last part may have a fraction"))
    weeks = int(parts.get("weeks", 0))
    length = Duration(
        days=int(parts.get("days", 0)) + 7 * weeks,
        minutes=Fraction(parts.get("hours", 0)) * 60
        + Fraction(parts.get("minutes", 0))
        + Fraction(parts.get("seconds", 0)) / 60,
        weeks=weeks,
    )
    if length.days > LONGEST.days or length.minutes > LONGEST.days * 24 * 60:
        raise DurationError(text, N_("longer than %(most)s days"), most=LONGEST.days)
    return length
