"""The functions an expression may call: plain values in, plain values out, every cost bounded.

They raise Unfit for what they can't take; the evaluator names the function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from ..errors import N_, Said

Function = Callable[..., Any]

_DIGITS = 30  #: of a number read from text
_PLACES = 15  #: of a rounded number, either way


class Unfit(ValueError):
    """A function can't take these values; `reason` says why."""

    def __init__(self, message: str, **params: Any) -> None:
        self.reason = Said(message, params)
        super().__init__(str(self.reason))


def is_number(value: object) -> bool:
    """Whether arithmetic makes sense: a finite int or float, no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _exact(value: int | float) -> Decimal:
    return Decimal(str(value))


def _numbers(values: Iterable[object]) -> list[Any]:
    """The numbers among the values; empty answers count for nothing, anything else is refused."""
    filled = [v for v in values if v is not None]
    for value in filled:
        if not isinstance(value, bool) and not is_number(value):
            raise Unfit(N_("can't count with %(value)s"), value=show(value))
    return filled


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise Unfit(N_("needs a list, not %(value)s"), value=show(value))
    return value


def _comparable(values: Sequence[object]) -> list[Any]:
    """The values that are filled in, all numbers or all texts."""
    filled = [v for v in values if v is not None]
    if not (all(isinstance(v, str) for v in filled) or all(is_number(v) for v in filled)):
        raise Unfit(N_("needs only numbers or only texts"))
    return filled


def show(value: object) -> Said:
    """A value in words, for a reason."""
    if value is None:
        return Said(N_("an empty value"))
    if isinstance(value, str):
        return Said(N_("the text %(text)s"), {"text": repr(value[:40])})
    if isinstance(value, bool):
        return Said(N_("a yes or no"))
    if isinstance(value, int | float):
        return Said(N_("the number %(number)s"), {"number": value})
    if isinstance(value, list | tuple):
        return Said(N_("a list"))
    return Said(N_("a record")) if isinstance(value, Mapping) else Said(N_("this value"))


def _len(value: Any) -> int:
    if not isinstance(value, str | list | tuple | Mapping):
        raise Unfit(N_("needs a text or a list, not %(value)s"), value=show(value))
    return len(value)


def _sum(values: Any) -> int | float:
    total: int | float = sum(_numbers(_list(values)))
    return total


def _extreme(best: Callable[[list[Any]], Any], *values: Any) -> Any:
    """The smallest or largest filled value of a list or of the arguments; None when nothing is filled in."""
    filled = _comparable(_list(values[0]) if len(values) == 1 else values)
    return best(filled) if filled else None


def _round(value: Any, places: Any = 0) -> int | float | None:
    """Round half away from zero, as people and spreadsheets do; whole when no places are asked for."""
    if value is None:
        return None
    if not is_number(value):
        raise Unfit(N_("can't round %(value)s"), value=show(value))
    if not isinstance(places, int) or isinstance(places, bool) or abs(places) > _PLACES:
        raise Unfit(N_("places must be a whole number from -%(most)s to %(most)s"), most=_PLACES)
    if isinstance(value, float) and abs(value) >= 1e15:
        return value
    rounded = (_exact(value).scaleb(places)).quantize(Decimal(1), rounding=ROUND_HALF_UP).scaleb(-places)
    return float(rounded) if places > 0 else int(rounded)


def _abs(value: Any) -> int | float:
    if not is_number(value):
        raise Unfit(N_("needs a number, not %(value)s"), value=show(value))
    return abs(value)  # type: ignore[no-any-return]


def _str(value: Any) -> str:
    """Text of one value; nothing for an empty one, no ".0" behind a whole number."""
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise Unfit(N_("can't write %(value)s as text"), value=show(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _int(value: Any) -> int:
    return int(_read(value))


def _float(value: Any) -> float:
    return float(_read(value))


def _read(value: Any) -> int | float:
    if isinstance(value, bool) or is_number(value):
        return value  # type: ignore[no-any-return]
    if not isinstance(value, str):
        raise Unfit(N_("needs a number or a text, not %(value)s"), value=show(value))
    text = value.strip()
    if len(text) > _DIGITS or not all(c in "0123456789+-.eE" for c in text):
        raise Unfit(N_("%(value)s is not a number"), value=show(value))
    try:
        number = int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        raise Unfit(N_("%(value)s is not a number"), value=show(value)) from None
    if not is_number(number):
        raise Unfit(N_("%(value)s is not a number"), value=show(value))
    return number


def _any(values: Any) -> bool:
    return any(_list(values))


def _all(values: Any) -> bool:
    return all(_list(values))


def _sorted(values: Any) -> list[Any]:
    if any(v is None for v in _list(values)):
        raise Unfit(N_("can't sort empty values"))
    return sorted(_comparable(values))


def _upper(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(N_("needs a text, not %(value)s"), value=show(value))
    return value.upper()


def _lower(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(N_("needs a text, not %(value)s"), value=show(value))
    return value.lower()


def _coalesce(*values: Any) -> Any:
    """The first value that is filled in: neither None nor an empty text."""
    return next((v for v in values if v is not None and v != ""), None)


def capaian(realisasi: Any, target: Any, arah: Any) -> float | None:
    """Achievement in per cent, or None when it is not defined: nothing filled in, a target in words, a target of 0.

    Positive: R/T x 100. Negative (less is better): (2T - R)/T x 100, never below 0; T = R = 0 is a full 100.
    Usual for Indonesian performance reports (LKjIP).
    """
    if not (is_number(realisasi) and is_number(target)):
        return None
    direction = arah.strip().lower() if isinstance(arah, str) else None
    reached, aim = _exact(realisasi), _exact(target)
    if aim == 0:
        return 100.0 if direction == "negatif" and reached == 0 else None
    if direction == "positif":
        percent = reached * 100 / aim
    elif direction == "negatif":
        percent = max(Decimal(0), (2 * aim - reached) * 100 / aim)
    else:
        return None
    return float(round(percent, 10))


def category(percent: Any, thresholds: Sequence[Sequence[Any]]) -> str | None:
    """The word for an achievement; None without one. `thresholds` as in `office_functions`."""
    if not is_number(percent):
        return None
    for bound, included, word in thresholds[:-1]:
        if percent > bound or (included and percent == bound):
            return str(word)
    return str(thresholds[-1][-1]) if thresholds else None


MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]


def tanggal(iso: Any) -> str:
    """A date as it stands in an Indonesian letter: "2026-12-04" -> "4 Desember 2026"; "" for no date."""
    if iso is None or iso == "":
        return ""
    try:
        day = date.fromisoformat(str(iso)[:10])
    except ValueError:
        raise Unfit(N_("%(value)s is no date"), value=show(iso)) from None
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


FUNCTIONS: Mapping[str, Function] = {
    "len": _len,
    "sum": _sum,
    "min": partial(_extreme, min),
    "max": partial(_extreme, max),
    "round": _round,
    "abs": _abs,
    "str": _str,
    "int": _int,
    "float": _float,
    "bool": bool,
    "any": _any,
    "all": _all,
    "sorted": _sorted,
    "upper": _upper,
    "lower": _lower,
    "coalesce": _coalesce,
    "capaian": capaian,
    "tanggal": tanggal,
}

#: what `office_functions` adds
OFFICE_FUNCTIONS = frozenset({"kategori", "today"})


def office_functions(thresholds: Sequence[Sequence[Any]], *, today: date | None = None) -> dict[str, Function]:
    """All functions of an office: FUNCTIONS, `kategori(capaian)` by its thresholds, and `today()` as ISO text.

    `thresholds` are (lower bound in percent, whether the bound itself belongs to it, word), highest first; the last
    one catches the rest. Without `today` an expression can't ask for it.
    """

    def kategori(percent: Any) -> str | None:
        return category(percent, thresholds)

    functions: dict[str, Function] = {**FUNCTIONS, "kategori": kategori}
    if today is not None:
        functions["today"] = today.isoformat
    return functions
