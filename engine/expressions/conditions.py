"""A condition taken apart: what is compared with what, how the comparisons are joined, and what stays an expression.

Nothing is lost: whatever is no plain comparison is kept as the text it is. Sentences and rows are made elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..errors import ExpressionError
from .grammar import tree

#: comparisons by their signs; "in": a list has a value, "among": a value is one of several
INVERSE = {
    "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
    "in": "not in", "not in": "in", "among": "not among", "not among": "among", "filled": "empty", "empty": "filled",
}  # fmt: skip
FLIPPED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "==",
    ast.IsNot: "!=",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """What a name stands for, the cell of a record that it stands for, or how many there are of it."""

    name: str
    cell: str | None = None
    count: bool = False


Value = str | int | float | bool | Term | None


@dataclass(frozen=True, slots=True)
class Comparison:
    term: Term
    sign: str
    values: tuple[Value, ...] = ()  #: one, or several for "among"; none where the sign says it all


@dataclass(frozen=True, slots=True)
class Joined:
    join: Literal["and", "or"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    part: Condition


@dataclass(frozen=True, slots=True)
class Formula:
    """What is no plain comparison, as it is written."""

    text: str


Condition = Comparison | Joined | Negation | Formula


def take_apart(text: str) -> Condition:
    """The parts of a condition. Raises ExpressionError where the text does not belong to the language."""
    return _condition(tree(text), text.strip())


def term(text: str) -> Term | None:
    """A name or a cell, where an expression is nothing else. ExpressionError is no answer: None."""
    try:
        return _term(tree(text))
    except ExpressionError:
        return None


def _condition(node: ast.expr, text: str) -> Condition:
    if isinstance(node, ast.BoolOp):
        join: Literal["and", "or"] = "and" if isinstance(node.op, ast.And) else "or"
        return Joined(join, tuple(_condition(value, text) for value in node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inside = _condition(node.operand, text)
        return Comparison(inside.term, "empty") if inside == _alone(node.operand) else Negation(inside)
    found = _alone(node) or (_comparison(node) if isinstance(node, ast.Compare) and len(node.ops) == 1 else None)
    return found or Formula(ast.get_source_segment(text, node) or text)


def _alone(node: ast.expr) -> Comparison | None:
    found = _term(node)
    return Comparison(found, "filled") if found and not found.count else None


def _comparison(node: ast.Compare) -> Comparison | None:
    left, op, right = node.left, node.ops[0], node.comparators[0]
    if isinstance(op, ast.In | ast.NotIn):
        there = isinstance(op, ast.In)
        term, value = _term(right), list(_values(left))
        if term and not term.count and len(value) == 1:
            return Comparison(term, "in" if there else "not in", tuple(value))
        among = list(_values(*right.elts)) if isinstance(right, ast.List | ast.Tuple) else []
        term = _term(left)
        if term and among and len(among) == len(right.elts):  # type: ignore[attr-defined]
            return Comparison(term, "among" if there else "not among", tuple(among))
        return None
    sign = _SIGNS[type(op)]
    for one, other, said in ((left, right, sign), (right, left, FLIPPED[sign])):
        term, value = _term(one), list(_values(other))
        if term and value:
            return Comparison(term, said, tuple(value))
    return None


def _term(node: ast.expr) -> Term | None:
    if isinstance(node, ast.Name):
        return Term(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return Term(node.value.id, node.attr)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
        inside = _term(node.args[0])
        return Term(inside.name, inside.cell, count=True) if inside and not inside.count else None
    return None


def _values(*nodes: ast.expr) -> Iterator[Value]:
    """The constants and terms among nodes."""
    for node in nodes:
        if isinstance(node, ast.Constant):
            yield node.value  # type: ignore[misc]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            if isinstance(node.operand.value, int | float):
                yield -node.operand.value
        elif (found := _term(node)) is not None:
            yield found
