"""Cases of one process that follow each other, and what a row was in those before: declared, read and matched here.

At the top of a form: {"series": {"name": "before", "same": ["tahun"], "period": "triwulan", "order": ["I", "II"]}}. A
source of rows that adds "earlier": ["item", "indikator"] gets under that name, in each row, a list with one record for
each period before this one: {"period", "status", "row"}. `status` is found, no_case or no_row; `row` always has the
cells of the row itself, empty ones where nothing was found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from forms import entries
from forms.errors import N_, FormError
from forms.model import Earlier, Series

WHERE = "series"
MAX_PERIODS = 60
MAX_NAMES = 10


def read(spec: Any) -> Series | None:
    """Read a form's `series`; None where there is none. Raises FormError."""
    if spec is None:
        return None
    if not isinstance(spec, dict) or set(spec) - {"name", "same", "period", "order", "once"}:
        raise FormError(WHERE, N_("A series has a name, a period, its order, and what is the same in all its cases."))
    order = texts(spec.get("order"), "order", WHERE, most=MAX_PERIODS)
    if len(order) < 2:
        raise FormError(WHERE, N_("A series has at least two periods."))
    return Series(
        name=entries.key(spec, "name", WHERE, row=False),
        period=entries.key(spec, "period", WHERE, row=False),
        order=order,
        same=tuple(
            entries.key({"same": name}, "same", WHERE, row=False)
            for name in texts(spec.get("same", []), "same", WHERE, most=MAX_NAMES)
        ),
        once=entries.text(spec, "once", WHERE, limit=200) or None,
    )


def texts(listed: Any, name: str, where: str, *, most: int) -> tuple[str, ...]:
    """A list of different short texts; whole numbers are taken as text. Raises FormError."""
    several = listed if isinstance(listed, list) else [None]
    found = [one if isinstance(one, str) else text_of(one) or "" for one in several]
    if len(found) > most or not all(0 < len(one) <= 200 for one in found):
        raise FormError(where, N_("“%(name)s” must be a list of at most %(max)s texts."), {"name": name, "max": most})
    if len(set(found)) < len(found):
        raise FormError(where, N_("“%(name)s” names something twice."), {"name": name})
    return tuple(found)


def before(series: Series, variables: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The periods before the one of a case with these variables; None while the case doesn't say which that is."""
    period = text_of(variables.get(series.period))
    if period not in series.order or any(text_of(variables.get(name)) is None for name in series.same):
        return None
    return series.order[: series.order.index(period)]


def text_of(value: Any) -> str | None:
    """A variable as it is compared from case to case: texts and whole numbers; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value)


def attach(
    rows: list[dict[str, Any]],
    found: Iterable[tuple[str, list[dict[str, Any]] | None]],
    *,
    earlier: Earlier,
    keys: tuple[str, ...],
) -> None:
    """Give each row what it was in each earlier period; `found` has the rows of each period, None without a case.

    A row is found by its cells `keys`, capital letters and spaces apart. Where two rows of one case can't be told
    apart, neither is found: a sum over the wrong one would be worse than none.
    """
    times = Counter(_mark(row, keys) for row in rows)
    periods = [(period, None if those is None else _unique(those, keys)) for period, those in found]
    for row in rows:
        mark, empty = _mark(row, keys), dict.fromkeys(row)
        held = []
        for period, by_mark in periods:
            match = by_mark.get(mark) if by_mark is not None and mark is not None and times[mark] == 1 else None
            status = "no_case" if by_mark is None else "no_row" if match is None else "found"
            held.append({"period": period, "status": status, "row": {**empty, **(match or {})}})
        row[earlier.name] = held


def _unique(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, Any]]:
    times = Counter(_mark(row, keys) for row in rows)
    return {mark: row for row in rows if (mark := _mark(row, keys)) is not None and times[mark] == 1}


def _mark(row: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, ...] | None:
    """What a row is recognised by; None when one of its cells is empty."""
    marks = [" ".join(str(row.get(key) or "").split()).casefold() for key in keys]
    return tuple(marks) if all(marks) else None
