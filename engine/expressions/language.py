"""Evaluate or check one expression: reads its text, walks it under a budget, makes every fault an ExpressionError."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from ..errors import N_, ExpressionError
from .evaluation import FAULTS, Refused, Walk
from .formulas import FUNCTIONS, OFFICE_FUNCTIONS, Function
from .grammar import DEPTH, tree


def evaluate(text: str, names: Mapping[str, object], functions: Mapping[str, Function] | None = None) -> object:
    """Evaluate an expression over JSON-like values and return one.

    `r.unit` reads the key "unit" of a record; there are no methods. `functions` come on top of FUNCTIONS.
    Raises ExpressionError for everything: syntax, a missing name or key, wrong types, too much work.
    """
    root = tree(text)
    try:
        walk = Walk(names, functions)
        return walk.copied(walk._eval(root), DEPTH)
    except Refused as refused:
        raise ExpressionError(text, refused.reason) from None
    except ZeroDivisionError:
        raise ExpressionError(text, N_("division by zero")) from None
    except OverflowError:
        raise ExpressionError(text, N_("the number is too large")) from None
    except FAULTS:
        raise ExpressionError(text, N_("it can't be worked out")) from None


def check(text: str, functions: Collection[str] | None = None) -> None:
    """Check that a text belongs to the language, without evaluating it; ExpressionError says why not.

    `functions` are the names that may be called; by default all that an office has.
    """
    known = FUNCTIONS.keys() | OFFICE_FUNCTIONS if functions is None else functions
    for node in ast.walk(tree(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in known:
            raise ExpressionError(text, N_("there is no function '%(name)s'"), name=node.func.id)
