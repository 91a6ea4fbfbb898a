"""Numbers, dates and times as Indonesians write them, read into plain values."""

from __future__ import annotations

import math
import re
from datetime import date, time
from typing import Any

from forms.errors import N_

MAX_NUMBER = 1e15  #: beyond it a float no longer counts in ones

_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.][0-9]{2}(?:\.[0-9]+)?)?")


class Refused(Exception):
    """The answer can't be taken; `message` is a template over `params`."""

    def __init__(self, rule: str, message: str, **params: Any) -> None:
        super().__init__(message)
        self.rule, self.message, self.params = rule, message, params


def number(text: str) -> int | float:
    """Read a typed number, whole ones as int; raises Refused.

    A comma is the decimal sign and points group thousands, as Indonesians write: "1.234,56". A lone point is a decimal
    sign where it can't be a grouping ("12.5", "1234.567", "0.125"; but "1.234" is one thousand). English "1,234.56"
    and "1,234,567" are taken as they can mean only one thing. "Rp" before and "%" after are left out.
    """
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-")
    sign = -1 if plain.startswith("-") else 1
    plain = plain.lstrip("+-") if plain[:2] not in ("--", "++", "+-", "-+") else plain
    if plain[:2].lower() == "rp":
        plain = plain[2:].removeprefix(".")
        if plain.startswith("-") and sign == 1:
            sign, plain = -1, plain[1:]
        plain = plain.removesuffix(",-")
    plain = plain.removesuffix("%")
    if len(plain) > 40:
        raise Refused("number", N_("This number is too large."))
    commas = plain.count(",")
    if _ENGLISH.fullmatch(plain) and (commas > 1 or "." in plain):
        plain = plain.replace(",", "")
    elif commas == 1:
        whole, _, fraction = plain.partition(",")
        plain = (whole.replace(".", "") if _GROUPED.fullmatch(whole) else whole or "0") + "." + fraction
    elif _GROUPED.fullmatch(plain) and not plain.startswith("0"):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+", plain):
        raise Refused("number", N_("Enter a number, for example 1.234,56."))
    return bounded(sign * (float(plain) if "." in plain else int(plain)))


def moment(text: str, kind: str) -> str:
    """Read a typed date, time or both as ISO text; raises Refused. "13/03/2026" is a 13th of March."""
    try:
        if kind == "time":
            return _time(text)
        day, _, clock = text.replace("T", " ").partition(" ")
        when = _date(day)
        if kind == "date":
            if clock and clock.strip(" 0:.Z"):
                raise ValueError
            return when.isoformat()
        return f"{when.isoformat()}T{_time(clock.strip())}"
    except (ValueError, OverflowError):
        if kind == "time":
            raise Refused("time", N_("Enter a time, for example 07.30.")) from None
        if kind == "date":
            raise Refused("date", N_("Enter a date that exists, for example 22/11/2026.")) from None
        raise Refused("datetime", N_("Enter a date and a time, for example 22/11/2026 07.30.")) from None


def bounded(value: int | float) -> int | float:
    if not math.isfinite(value) if isinstance(value, float) else value.bit_length() > 60:
        raise Refused("number", N_("This number is too large."))
    if abs(value) > MAX_NUMBER:
        raise Refused("number", N_("This number is too large."))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _date(text: str) -> date:
    written = _DATE.fullmatch(text)
    if written:
        day, month, year = map(int, written.groups())
        found = date(year, month, day)
    elif _ISO_DATE.fullmatch(text):
        found = date.fromisoformat(text)
    else:
        raise ValueError(text)
    if not 1900 <= found.year <= 2200:
        raise ValueError(text)
    return found


def _time(text: str) -> str:
    written = _TIME.fullmatch(text)
    if not written:
        raise ValueError(text)
    return time(int(written[1]), int(written[2])).isoformat("minutes")
