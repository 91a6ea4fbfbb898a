"""Where an expression mentions a field or a cell of a list: by the positions in its tree, never by searching text."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forms.conditions import MAX_EXPRESSION

#: what part of an expression is: rows of the list, one of them, earlier periods of it, one of those, or something else
_Kind = Literal["rows", "row", "periods", "period", "unknown", "other"]
_OF: Mapping[_Kind, _Kind] = {"rows": "row", "periods": "period", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `name`: what a field is called by itself; `cell` of `rows`: as in `r.cell for r in rows`.

    `periods` is the name under which rows hold what they were in earlier cases, where those have the cell too.
    """

    name: str | None = None
    rows: str | None = None
    cell: str | None = None
    periods: str | None = None


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Where something is mentioned: (start, end) in characters. `unsure`: it may be meant elsewhere too."""

    spots: tuple[tuple[int, int], ...]
    unsure: bool
    bound: frozenset[str]  #: variables that the expression draws itself

    def __bool__(self) -> bool:
        return bool(self.spots) or self.unsure


_NOTHING = Mentioned((), False, frozenset())


def look(expression: str, wanted: Wanted) -> Mentioned:
    """Find it; nothing in what can't be read."""
    if len(expression) > MAX_EXPRESSION:
        return _NOTHING
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        walk = _Walk(expression, wanted)
        walk.see(tree.body, {})
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _NOTHING
    return Mentioned(tuple(sorted(walk.spots)), walk.unsure, frozenset(walk.bound))


def renamed(expression: str, wanted: Wanted, new: str) -> str:
    """The expression with every mention under the new name. Raises ValueError where that would mean something else."""
    found = look(expression, wanted)
    if found.unsure or (found.spots and wanted.name is not None and new in found.bound):
        raise ValueError(expression)
    for start, end in reversed(found.spots):
        expression = expression[:start] + new + expression[end:]
    return expression


class _Walk:
    def __init__(self, expression: str, wanted: Wanted) -> None:
        self.text, self.wanted = expression, wanted
        self.offset = len(expression) - len(expression.lstrip())
        self.lines = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", expression.strip()))]
        self.spots: set[tuple[int, int]] = set()
        self.unsure = False
        self.bound: set[str] = set()

    def see(self, node: ast.AST, drawn: Mapping[str, _Kind]) -> None:
        if isinstance(node, ast.Name):
            if node.id == self.wanted.name and node.id not in drawn:
                self._mark(node, 0, 0)
        elif isinstance(node, ast.Call):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                self.see(argument, drawn)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp):
            for generator in node.generators:
                self.see(generator.iter, drawn)
                drawn = {**drawn, **self._drawn(generator, drawn)}
                for condition in generator.ifs:
                    self.see(condition, drawn)
            self.see(node.elt, drawn)
        else:
            self._cell(node, drawn)
            for child in ast.iter_child_nodes(node):
                self.see(child, drawn)

    def _drawn(self, generator: ast.comprehension, drawn: Mapping[str, _Kind]) -> dict[str, _Kind]:
        names = [node.id for node in ast.walk(generator.target) if isinstance(node, ast.Name)]
        self.bound.update(names)
        kind = _OF.get(self._kind(generator.iter, drawn), "other")
        return dict.fromkeys(names, kind)

    def _cell(self, node: ast.AST, drawn: Mapping[str, _Kind]) -> None:
        cell = self.wanted.cell
        if cell is None:
            return
        if isinstance(node, ast.Attribute) and node.attr == cell:
            self._note(self._kind(node.value, drawn), node, cell, 0)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == cell:
            self._note(self._kind(node.value, drawn), node.slice, cell, 1)

    def _note(self, kind: _Kind, node: ast.expr, cell: str, quote: int) -> None:
        if kind == "unknown":
            self.unsure = True
        elif kind == "row":
            start, end = self._span(node)
            start = end - quote - len(cell)
            if self.text[start : end - quote] == cell:
                self.spots.add((start, end - quote))
            else:
                self.unsure = True

    def _mark(self, node: ast.expr, before: int, after: int) -> None:
        start, end = self._span(node)
        self.spots.add((start + before, end - after))

    def _span(self, node: ast.expr) -> tuple[int, int]:
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno or 1, node.end_col_offset or 0)

    def _at(self, line: int, column: int) -> int:
        """Trees count bytes in a line; texts count characters."""
        begin = self.offset + self.lines[line - 1]
        return begin + len(self.text[begin:].encode()[:column].decode(errors="ignore"))

    def _kind(self, node: ast.AST, drawn: Mapping[str, _Kind]) -> _Kind:
        if isinstance(node, ast.Name):
            if node.id in drawn:
                return drawn[node.id]
            named: dict[str | None, _Kind] = {self.wanted.rows: "rows", self.wanted.periods: "periods"}
            return named.get(node.id, "other")
        if isinstance(node, ast.Subscript):
            kind = self._kind(node.value, drawn)
            return kind if isinstance(node.slice, ast.Slice) else _OF.get(kind, "other")
        if isinstance(node, ast.Attribute):
            kind = self._kind(node.value, drawn)
            if kind == "period" and node.attr == "row":
                return "row"
            return "unknown" if kind == "unknown" or node.attr == self.wanted.rows else "other"
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            for generator in node.generators:
                drawn = {**drawn, **self._drawn(generator, drawn)}
            return {"row": "rows", "unknown": "unknown"}.get(self._kind(node.elt, drawn), "other")  # type: ignore[return-value]
        several = [self._kind(child, drawn) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        if isinstance(node, ast.List | ast.Tuple) and "row" in several:
            return "rows"
        if isinstance(node, ast.Call):
            return "unknown" if {"rows", "row", "unknown"} & set(several) else "other"
        if isinstance(node, ast.BinOp | ast.BoolOp | ast.IfExp):
            kinds: tuple[_Kind, ...] = ("rows", "row", "periods", "period", "unknown")
            return next((kind for kind in kinds if kind in several), "other")
        return "other"
