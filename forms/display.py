"""Values as people read them: numbers, money, percent, choices. Dates are given as dates; the web words them."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from forms.model import Choice, Column, Field

_CONTEXT = Context(prec=400)  #: room for every float, so that rounding never fails


def number(value: float, *, decimals: int | None = None, decimal: str = ",", grouping: bool = True) -> str:
    """1234.5 -> "1.234,5" (decimal=",") or "1,234.5" (decimal="."). `decimals` are the most that are shown."""
    if not math.isfinite(value):
        return ""
    rounded = half_up(value, 10 if decimals is None else decimals)
    whole, _, fraction = format(abs(rounded), "f").partition(".")
    if grouping:
        whole = format(int(whole), ",").replace(",", "." if decimal == "," else ",")
    fraction = fraction.rstrip("0")
    return ("-" if rounded < 0 else "") + whole + (decimal + fraction if fraction else "")


def half_up(value: float, decimals: int) -> Decimal:
    """Round as people do on paper: 91.25 -> 91.3 with one decimal."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _CONTEXT)


def money(value: float, *, decimal: str = ",") -> str:
    """1234567 -> "Rp1.234.567"; cents only when there are any."""
    sign = "-" if value < 0 else ""
    return f"{sign}Rp{number(abs(value), decimals=2, decimal=decimal)}"


def percent(value: float, *, decimals: int | None = None, decimal: str = ",") -> str:
    """85.5 -> "85,5%"."""
    return f"{number(value, decimals=2 if decimals is None else decimals, decimal=decimal)}%"


def show(
    field: Field | Column, value: Any, *, decimal: str = ",", choices: tuple[Choice, ...] = (), language: str = "id"
) -> str | date | datetime | time | list[str]:
    """A stored value for reading; dates as date objects, several choices or files as a list, nothing as "".

    `choices` are those of the field's `choices_from`. Values that don't fit are shown as plain text.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, (date, time)):
        return value
    if isinstance(value, list):
        shown = [show(field, one, decimal=decimal, choices=choices, language=language) for one in value]
        return [one if isinstance(one, str) else str(one) for one in shown]
    if isinstance(value, bool):
        return ("Ya" if value else "Tidak") if language == "id" else ("Yes" if value else "No")
    if isinstance(value, (int, float)):
        return _numeric(field, value, decimal)
    text = str(value)
    for choice in (*field.choices, *choices):
        if choice.value == text:
            return (choice.label_en or choice.label) if language == "en" else choice.label
    subtype = field.subtype if isinstance(field, Field) else None
    kind = field.type if field.type != "datetime" else subtype or "datetime"
    return _moment(kind, text) if kind in ("date", "time", "datetime") else text


def measured(field: Field, shown: str) -> str:
    """A shown value with what stands before and after its input ("3" -> "3 hari"), unless it says so already."""
    if not shown:
        return ""
    before = f"{field.prefix} " if field.prefix and not shown.lstrip("-").startswith(field.prefix) else ""
    after = f" {field.suffix}" if field.suffix and not shown.endswith(field.suffix) else ""
    return f"{before}{shown}{after}"


def typed(field: Field, value: Any) -> Any:
    """A stored value as it stands in the input (raw): "1234,5", "2026-03-13", ["a", "b"], "" for nothing.

    Inputs are always in Indonesian notation; only money is grouped.
    """
    if isinstance(value, list):
        return [one if isinstance(one, str) else str(typed(field, one)) for one in value]
    if value is None:
        return [] if field.type in ("checklist", "taglist", "filepicker", "dynamiclist") else ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, (int, float)):
        return number(value, grouping=field.subtype == "money")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _numeric(field: Field | Column, value: float, decimal: str) -> str:
    if isinstance(field, Column):
        kind, decimals = field.type, None
    else:
        kind, decimals = field.subtype or "", field.decimals
    if kind == "money":
        return money(value, decimal=decimal)
    if kind == "percent":
        return percent(value, decimals=decimals, decimal=decimal)
    return number(value, decimals=decimals, decimal=decimal, grouping=kind != "plain")


def _moment(kind: str, text: str) -> str | date | datetime | time:
    try:
        if kind == "date":
            return date.fromisoformat(text[:10])
        return time.fromisoformat(text) if kind == "time" else datetime.fromisoformat(text)
    except ValueError:
        return text
