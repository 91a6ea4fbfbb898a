"""Conditions as rows of field, comparison and value, and as the expression that hides a field.

A form keeps when a component is hidden. "Shown only when" is the same expression negated as a whole, so that either way
of asking is kept faithfully; what the rows can't say stays an expression.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from forms.conditions import MAX_EXPRESSION

Mode = Literal["always", "shown", "hidden", "expression"]
#: comparisons that need no value
ALONE = ("filled", "empty")
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
SIGNS = (*_SIGNS.values(), "in", "not in", *ALONE)
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
    text = hide.strip()
    if not text:
        return Condition("always")
    if len(text) > MAX_EXPRESSION:
        return Condition("expression")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Condition("expression")
    negated = isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)
    inside = tree.operand if isinstance(tree, ast.UnaryOp) and negated else tree
    parts = inside.values if isinstance(inside, ast.BoolOp) else [inside]
    rows = [_row(part) for part in parts]
    if not all(rows):
        return Condition("expression")
    join: Literal["and", "or"] = "or" if isinstance(inside, ast.BoolOp) and isinstance(inside.op, ast.Or) else "and"
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


def _row(tree: ast.expr) -> Row | None:
    if isinstance(tree, ast.Name):
        return Row(tree.id, "filled")
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not) and isinstance(tree.operand, ast.Name):
        return Row(tree.operand.id, "empty")
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    left, sign, right = tree.left, tree.ops[0], tree.comparators[0]
    if isinstance(sign, (ast.In, ast.NotIn)) and isinstance(right, ast.Name):
        value = _literal(left)
        return None if value is None else Row(right.id, "in" if isinstance(sign, ast.In) else "not in", value)
    value = _literal(right)
    if not isinstance(left, ast.Name) or value is None or type(sign) not in _SIGNS:
        return None
    return Row(left.id, _SIGNS[type(sign)], value)


def _literal(tree: ast.expr) -> str | None:
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        inside = _literal(tree.operand)
        return None if inside is None else f"-{inside}"
    if (
        not isinstance(tree, ast.Constant)
        or isinstance(tree.value, bool)
        or not isinstance(tree.value, (str, int, float))
    ):
        return None
    return str(tree.value) or None


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
