"""Values as people read them: numbers, money, percent, choices. Dates are given as dates; the web words them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from forms.model import Choice, Column, Field


def number(value: float, *, decimals: int | None = None, decimal: str = ",", grouping: bool = True) -> str:
    """1234.5 -> "1.234,5" (decimal=",") or "1,234.5" (decimal=".")."""
    raise NotImplementedError


def money(value: float, *, decimal: str = ",") -> str:
    """1234567 -> "Rp1.234.567"."""
    raise NotImplementedError


def percent(value: float, *, decimals: int | None = None, decimal: str = ",") -> str:
    """85.5 -> "85,5%"."""
    raise NotImplementedError


def show(
    field: Field | Column, value: Any, *, decimal: str = ",", choices: tuple[Choice, ...] = (), language: str = "id"
) -> str | date | datetime | time | list[str]:
    """A stored value for reading; dates as date objects, several choices or files as a list, nothing as ""."""
    raise NotImplementedError


def typed(field: Field, value: Any) -> Any:
    """A stored value as it stands in the input (raw): "1234,5", "2026-03-13", ["a", "b"], "" for nothing."""
    raise NotImplementedError
