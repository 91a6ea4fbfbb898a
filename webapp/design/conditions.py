"""Conditions as rows of field, comparison and value, and as the expression that hides a field.

A form keeps when a component is hidden. "Shown only when" is the same expression negated as a whole, so that either way
of asking is kept faithfully; what the rows can't say stays an expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from engine.errors import ExpressionError
from engine.expressions.conditions import Comparison, Joined, Negation, take_apart

Mode = Literal["always", "shown", "hidden", "expression"]
#: comparisons that need no value
ALONE = ("filled", "empty")
SIGNS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", *ALONE)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    field: str
    sign: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    mode: Mode
    join: Literal["and", "or"] = "and"
    rows: tuple[Row, ...] = ()


def read(hide: str) -> Condition:
    """The rows of an expression that hides; mode "expression" where rows can't say it."""
    if not hide.strip():
        return Condition("always")
    try:
        whole = take_apart(hide)
    except ExpressionError:
        return Condition("expression")
    if isinstance(whole, Comparison) and whole.sign == "empty":
        whole = Negation(Comparison(whole.term, "filled"))
    negated = isinstance(whole, Negation)
    inside = whole.part if isinstance(whole, Negation) else whole
    rows = [_row(part) for part in (inside.parts if isinstance(inside, Joined) else (inside,))]
    if not all(rows):
        return Condition("expression")
    join = inside.join if isinstance(inside, Joined) else "and"
    return Condition("shown" if negated else "hidden", join, tuple(row for row in rows if row))


def write(condition: Condition, numbers: Collection[str]) -> str:
    """The expression that hides; `numbers` are the fields whose values are numbers."""
    said = [_said(row, row.field in numbers) for row in condition.rows]
    if not said or condition.mode == "always":
        return ""
    whole = f" {condition.join} ".join(said)
    if condition.mode == "hidden":
        return whole
    return f"not {whole}" if len(said) == 1 and re.fullmatch(r"\w+", whole) else f"not ({whole})"


def unfinished(row: Row) -> bool:
    """A row somebody has begun but that says nothing yet."""
    return not row.field or row.sign not in SIGNS or (row.sign not in ALONE and not row.value)


def signs_for(type: str) -> tuple[str, ...]:
    """Which comparisons make sense for a kind of field."""
    if type in ("checklist", "taglist"):
        return ("in", "not in", *ALONE)
    if type in ("number", "datetime"):
        return ("==", "!=", "<", "<=", ">", ">=", *ALONE)
    if type in ("checkbox", "filepicker", "dynamiclist"):
        return ALONE
    return ("==", "!=", *ALONE)


def _row(part: object) -> Row | None:
    if not isinstance(part, Comparison) or part.term.cell or part.term.count:
        return None
    if part.sign in ALONE:
        return Row(part.term.name, part.sign)
    if part.sign not in SIGNS or len(part.values) != 1:
        return None
    value = part.values[0]
    plain = isinstance(value, str | int | float) and not isinstance(value, bool) and str(value)
    return Row(part.term.name, part.sign, str(value)) if plain else None


def _said(row: Row, number: bool) -> str:
    if row.sign == "filled":
        return row.field
    if row.sign == "empty":
        return f"not {row.field}"
    value = (
        row.value.replace(",", ".")
        if number and _NUMBER.fullmatch(row.value)
        else json.dumps(row.value, ensure_ascii=False)
    )
    return f"{value} {row.sign} {row.field}" if row.sign in ("in", "not in") else f"{row.field} {row.sign} {value}"
