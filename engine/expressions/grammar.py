"""What belongs to the expression language: from text to a tree of allowed nodes, and the names it asks for.

Nothing is evaluated here. The rules are a list of what is allowed; whatever is not on it is refused with its name.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from ..errors import N_, ExpressionError, Said
from .diagnosis import fault_in

LENGTH = 2_000  #: characters of an expression
REMEMBERED = 200  #: characters of one that is worth remembering: the tree of a long one takes a megabyte
DEPTH = 100  #: nested nodes
BITS = 256  #: of a whole number

_SCALARS = (str, int, float, bool, type(None))


def names_in(text: str) -> frozenset[str]:
    """The names an expression needs from outside: no functions, no variables of its own comprehensions."""
    return _names(text) if len(text) <= REMEMBERED else _names.__wrapped__(text)


@lru_cache(maxsize=2_048)
def _names(text: str) -> frozenset[str]:
    return frozenset(_free(tree(text), frozenset()))


def _free(node: ast.AST, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if node.id not in bound:
            yield node.id
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from _free(argument, bound)
    elif isinstance(node, ast.ListComp | ast.GeneratorExp):
        for generator in node.generators:
            yield from _free(generator.iter, bound)
            bound = bound | {generator.target.id}  # type: ignore[attr-defined]
            for condition in generator.ifs:
                yield from _free(condition, bound)
        yield from _free(node.elt, bound)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _free(child, bound)


def tree(text: str) -> ast.expr:
    if not isinstance(text, str):
        raise ExpressionError(str(text)[:80], N_("an expression must be text"))
    if len(text) > LENGTH:
        raise ExpressionError(text[:80] + "...", N_("longer than %(most)s characters"), most=LENGTH)
    return _parsed(text.strip()) if len(text) <= REMEMBERED else _parsed.__wrapped__(text.strip())


@lru_cache(maxsize=2_048)
def _parsed(text: str) -> ast.expr:
    if not text:
        raise ExpressionError(text, N_("the expression is empty"))
    if "\\" in text:
        raise ExpressionError(text, N_("“%(sign)s” is not part of the language"), sign="\\")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as fault:
        raise ExpressionError(text, fault_in(text, fault.offset or 0)) from None
    except (MemoryError, RecursionError, ValueError):
        raise ExpressionError(text, N_("this can't be read: too deeply nested, or not text")) from None
    if isinstance(tree, ast.Tuple) and any(isinstance(part, ast.Compare | ast.BoolOp) for part in tree.elts):
        # "amount > 10,5" is such a pair, and would pass for true whatever the amount
        raise ExpressionError(text, N_("a comma stands between two values; decimals are written with a point: 10.5"))
    # Level by level without recursion: the tree may be as deep as the text is long.
    level: list[ast.AST] = [tree]
    for _ in range(DEPTH):
        for node in level:
            fault_found = _ALLOWED[type(node)](node) if type(node) in _ALLOWED else _foreign(node)
            if fault_found:
                raise ExpressionError(text, fault_found)
        level = [child for node in level for child in _children(node)]
        if not level:
            return tree
    raise ExpressionError(text, N_("nested deeper than %(most)s levels"), most=DEPTH)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.expr_context) or (isinstance(node, ast.Call) and child is node.func)):
            yield child


_FOREIGN = {
    "Lambda": "lambda",
    "NamedExpr": ":=",
    "JoinedStr": 'f"..."',
    "TemplateStr": 't"..."',
    "Starred": "*",
    "Set": "{...}",
    "SetComp": "{... for ...}",
    "DictComp": "{... for ...}",
    "Await": "await",
    "Yield": "yield",
    "YieldFrom": "yield",
    "MatMult": "@",
    "LShift": "<<",
    "RShift": ">>",
    "BitAnd": "&",
    "BitOr": "|",
    "BitXor": "^",
    "Invert": "~",
}


def _foreign(node: ast.AST) -> Said:
    kind = type(node).__name__
    return Said(N_("“%(sign)s” is not part of the language"), {"sign": _FOREIGN.get(kind, kind)})


def _fine(_node: Any) -> Said | None:
    return None


def _name_fault(name: str) -> Said | None:
    return Said(N_("“%(name)s” begins with “_”, which no name may"), {"name": name}) if name.startswith("_") else None


def _constant_fault(node: Any) -> Said | None:
    value = node.value
    if not isinstance(value, _SCALARS):
        return Said(N_("“%(sign)s” is not part of the language"), {"sign": "..." if value is ... else str(value)[:40]})
    if isinstance(value, float) and not math.isfinite(value):
        return Said(N_("the number is too large"))
    if isinstance(value, int) and value.bit_length() > BITS:
        return Said(N_("the number is too large"))
    return None


def _call_fault(node: Any) -> Said | None:
    if isinstance(node.func, ast.Attribute):
        return Said(N_("there are no methods: '.%(name)s(...)'"), {"name": node.func.attr})
    if not isinstance(node.func, ast.Name):
        return Said(N_("only functions can be called, by their name"))
    if node.keywords:
        return Said(N_("arguments are given by position, not by name"))
    return _name_fault(node.func.id)


def _comprehension_fault(node: Any) -> Said | None:
    if node.is_async:
        return Said(N_("“%(sign)s” is not part of the language"), {"sign": "async"})
    return None if isinstance(node.target, ast.Name) else Said(N_("“for” draws one plain name"))


def _slice_fault(node: Any) -> Said | None:
    return Said(N_("a slice has no step")) if node.step is not None else None


def _record_fault(node: Any) -> Said | None:
    if all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in node.keys):
        return None
    return Said(N_("the keys of a record are plain texts"))


def _compare_fault(node: Any) -> Said | None:
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, ast.Is | ast.IsNot) and not (
            isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
        ):
            return Said(N_("“is” only asks for None, True or False; use =="))
    return None


_ALLOWED: Mapping[type[ast.AST], Callable[[Any], Said | None]] = {
    ast.Name: lambda node: _name_fault(node.id),
    ast.Attribute: lambda node: _name_fault(node.attr),
    ast.Constant: _constant_fault,
    ast.Call: _call_fault,
    ast.Compare: _compare_fault,
    ast.comprehension: _comprehension_fault,
    ast.Slice: _slice_fault,
    ast.Dict: _record_fault,
    **dict.fromkeys(
        (ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.IfExp, ast.Subscript, ast.List, ast.Tuple, ast.ListComp),
        _fine,
    ),
    ast.GeneratorExp: _fine,
    **dict.fromkeys((ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd), _fine),
    **dict.fromkeys((ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow), _fine),
    **dict.fromkeys((ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE), _fine),
    **dict.fromkeys((ast.In, ast.NotIn, ast.Is, ast.IsNot), _fine),
}
