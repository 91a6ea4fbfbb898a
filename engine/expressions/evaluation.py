"""Walking an expression's tree under a budget, on top of simpleeval. Only expressions.py calls this.

No operation here takes more work or room than it was charged for, and none reaches an attribute of a value.
"""

from __future__ import annotations

import ast
import inspect
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from simpleeval import SimpleEval

from ..errors import N_, Said
from .formulas import FUNCTIONS, Function, Unfit, is_number, show
from .grammar import BITS

ITEMS = 10_000  #: drawn by all comprehensions of one evaluation together; also the longest list or text made
STEPS = 100_000  #: one a node, more for what touches much data
RESULT = 100_000  #: values and characters a result may have, repeated ones counted each time

FAULTS = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)

_PLAIN = frozenset({str, int, float, bool, type(None), list, dict, tuple})
_SCALARS = (str, int, float, bool, type(None))


class Refused(Exception):
    """Why the evaluation can't go on; becomes an ExpressionError."""

    def __init__(self, message: str, **params: Any) -> None:
        self.reason = Said(message, params)


class Walk(SimpleEval):  # type: ignore[misc]
    """One evaluation: its names, its variables, and what is left of its budget.

    `_eval_boolop`, `_eval_ifexp` and `_eval_slice` are simpleeval's own; all that touches values is bounded here.
    """

    def __init__(self, names: Mapping[str, object], functions: Mapping[str, Function] | None) -> None:
        # Not super().__init__(): it builds tables of bound methods for nodes the grammar never lets through.
        self.names = names
        self.functions = functions or FUNCTIONS
        self.variables: dict[str, Any] = {}
        self.steps = STEPS
        self.items = ITEMS
        self.room = RESULT

    def _eval(self, node: ast.AST) -> Any:
        self.charge(1)
        return _HANDLERS[type(node)](self, node)

    def charge(self, work: int) -> None:
        """Take the cost of touching `work` values off the budget."""
        self.steps -= work
        if self.steps < 0:
            raise Refused(N_("too much work"))

    def made(self, value: Any) -> Any:
        """Check and charge what an operation made: a short text or list, a number of bearable size."""
        kind = type(value)
        if kind is int:
            if value.bit_length() > BITS:
                raise Refused(N_("the number is too large"))
        elif kind is float:
            if not math.isfinite(value):
                raise Refused(N_("the number is too large"))
        elif kind in (str, list, tuple):
            if len(value) > ITEMS:
                raise Refused(N_("longer than %(most)s characters or items"), most=ITEMS)
            self.charge(len(value) // 8)
        return value

    def weigh(self, value: Any) -> None:
        """Charge every value inside, at each place where it stands."""
        stack = [value]
        while stack:
            inner = stack.pop()
            if isinstance(inner, list | tuple):
                self.charge(len(inner))
                stack.extend(inner)
            elif isinstance(inner, Mapping):
                self.charge(len(inner))
                stack.extend(inner.values())

    def copied(self, value: Any, depth: int) -> Any:
        """A copy of a result as JSON has it: own lists and dicts, nothing else but scalars."""
        self.room -= 1 + (len(value) if isinstance(value, str) else 0)
        if self.room < 0 or depth < 0:
            raise Refused(N_("the result is too large"))
        if value is None or isinstance(value, str | bool):
            return value
        if isinstance(value, int | float):
            return self.made(value)
        if isinstance(value, list | tuple):
            return [self.copied(v, depth - 1) for v in value]
        if isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
            return {k: self.copied(v, depth - 1) for k, v in value.items()}
        raise Refused(N_("the result is not plain data"))

    def _eval_constant(self, node: Any) -> Any:
        return node.value

    def _eval_name(self, node: Any) -> Any:
        name = node.id
        if name in self.variables:
            return self.variables[name]
        if name in self.names:
            return _plain(self.names[name], name)
        if name in self.functions:
            raise Refused(N_("'%(name)s' is a function; write %(name)s(...)"), name=name)
        raise Refused(N_("there is no '%(name)s'"), name=name)

    def _eval_attribute(self, node: Any) -> Any:
        record, key = self._eval(node.value), node.attr
        if not isinstance(record, Mapping):
            raise Refused(N_("'.%(key)s' needs a record, not %(value)s"), key=key, value=show(record))
        if key not in record:
            raise Refused(N_("there is no %(key)s in this record"), key=f"'{key}'")
        return _plain(record[key], key)

    def _eval_subscript(self, node: Any) -> Any:
        whole = self._eval(node.value)
        key = self._eval(node.slice)
        if isinstance(whole, Mapping):
            if not isinstance(key, str) or key not in whole:
                raise Refused(N_("there is no %(key)s in this record"), key=f"{key!r:.60}")
            return _plain(whole[key], key)
        if not isinstance(whole, str | list | tuple):
            raise Refused(N_("can't pick from %(value)s"), value=show(whole))
        if isinstance(key, slice):
            if not all(k is None or type(k) is int for k in (key.start, key.stop)):
                raise Refused(N_("a slice needs whole numbers"))
            return self.made(whole[key])
        if type(key) is not int:
            raise Refused(N_("the place must be a whole number, not %(value)s"), value=show(key))
        if not -len(whole) <= key < len(whole):
            raise Refused(N_("there is no place %(place)s: only %(count)s are there"), place=key, count=len(whole))
        return _plain(whole[key], "this item")

    def _eval_sequence(self, node: Any) -> list[Any]:
        return [self._eval(element) for element in node.elts]

    def _eval_record(self, node: Any) -> dict[str, Any]:
        return {key.value: self._eval(value) for key, value in zip(node.keys, node.values, strict=True)}

    def _eval_unaryop(self, node: Any) -> Any:
        value = self._eval(node.operand)
        if isinstance(node.op, ast.Not):
            return not value
        if not is_number(value):
            raise Refused(N_("a sign needs a number, not %(value)s"), value=show(value))
        return -value if isinstance(node.op, ast.USub) else value

    def _eval_binop(self, node: Any) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        symbol, operate = _ARITHMETIC[type(node.op)]
        if isinstance(left, int | float) and isinstance(right, int | float):
            if symbol == "**" and type(left) is int and type(right) is int and left.bit_length() * right > 2 * BITS:
                raise Refused(N_("the number is too large"))
            value = operate(left, right)
            if isinstance(value, complex):
                raise Refused(N_("the root of a negative number is not defined"))
            return self.made(value)
        if symbol == "+":
            if isinstance(left, str) and isinstance(right, str):
                return self.made(left + right)
            if isinstance(left, list | tuple) and isinstance(right, list | tuple):
                return self.made([*left, *right])
            raise Refused(
                N_("'+' joins two numbers, two texts or two lists, not %(left)s and %(right)s"),
                left=show(left),
                right=show(right),
            )
        raise Refused(
            N_("'%(sign)s' needs two numbers, not %(left)s and %(right)s"),
            sign=symbol,
            left=show(left),
            right=show(right),
        )

    def _eval_compare(self, node: Any) -> bool:
        right = self._eval(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            left, right = right, self._eval(comparator)
            if not self._holds(type(op), left, right):
                return False
        return True

    def _holds(self, op: type[ast.AST], left: Any, right: Any) -> bool:
        if op is ast.Eq or op is ast.NotEq:
            if not isinstance(left, _SCALARS) and not isinstance(right, _SCALARS):
                self.weigh(left)
                self.weigh(right)
            return (left == right) is (op is ast.Eq)
        if op in (ast.Is, ast.IsNot):
            return (left is right) is (op is ast.Is)
        if op in (ast.In, ast.NotIn):
            return self._contains(right, left) is (op is ast.In)
        symbol, compare = _ORDER[op]
        if (isinstance(left, str) and isinstance(right, str)) or (is_number(left) and is_number(right)):
            return bool(compare(left, right))
        raise Refused(
            N_("'%(sign)s' compares two numbers or two texts, not %(left)s and %(right)s"),
            sign=symbol,
            left=show(left),
            right=show(right),
        )

    def _contains(self, whole: Any, part: Any) -> bool:
        if whole is None:  # an empty answer holds nothing
            return False
        if isinstance(whole, str) and isinstance(part, str):
            self.charge(len(whole) // 64)
            return part in whole
        if isinstance(whole, list | tuple):
            self.charge(len(whole))
            if not isinstance(part, _SCALARS):
                self.weigh(whole)
            return part in whole
        if isinstance(whole, Mapping) and isinstance(part, str):
            return part in whole
        raise Refused(N_("'in' can't look for %(left)s in %(right)s"), left=show(part), right=show(whole))

    def _eval_call(self, node: Any) -> Any:
        name = node.func.id
        function = self.functions.get(name) or FUNCTIONS.get(name)
        if function is None:
            raise Refused(N_("there is no function '%(name)s'"), name=name)
        arguments = [self._eval(argument) for argument in node.args]
        for argument in arguments:
            if isinstance(argument, str | list | tuple):
                self.charge(len(argument) // (8 if isinstance(argument, str) else 1))
        try:
            value = function(*arguments)
        except FAULTS as fault:
            raise Refused("%(name)s(): %(reason)s", name=name, reason=_why(function, arguments, fault)) from None
        return self.made(_plain(value, f"{name}()"))

    def _eval_comprehension(self, node: Any) -> list[Any]:
        found: list[Any] = []
        hidden = dict(self.variables)
        self._draw(node, 0, found)
        self.variables = hidden
        return found

    def _draw(self, node: Any, level: int, found: list[Any]) -> None:
        if level == len(node.generators):
            found.append(self._eval(node.elt))
            return
        generator = node.generators[level]
        source = self._eval(generator.iter)
        if not isinstance(source, list | tuple):
            raise Refused(N_("'for' needs a list, not %(value)s"), value=show(source))
        for item in source:
            self.items -= 1
            if self.items < 0:
                raise Refused(N_("more than %(most)s items drawn"), most=ITEMS)
            self.variables[generator.target.id] = _plain(item, generator.target.id)
            if all(self._eval(condition) for condition in generator.ifs):
                self._draw(node, level + 1, found)


def _plain(value: Any, name: str) -> Any:
    if type(value) in _PLAIN or isinstance(value, str | int | float | list | tuple | Mapping):
        return value
    raise Refused(N_("'%(name)s' is not plain data"), name=name)


def _why(function: Function, arguments: list[Any], fault: Exception) -> Said:
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return Said(N_("wrong number of arguments"))
    except ValueError:
        pass
    return fault.reason if isinstance(fault, Unfit) else Said(N_("it can't be worked out"))


_ARITHMETIC: Mapping[type[ast.AST], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
}

_ORDER: Mapping[type[ast.AST], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}

_HANDLERS: Mapping[type[ast.AST], Callable[[Walk, Any], Any]] = {
    ast.Constant: Walk._eval_constant,
    ast.Name: Walk._eval_name,
    ast.Attribute: Walk._eval_attribute,
    ast.Subscript: Walk._eval_subscript,
    ast.Slice: SimpleEval._eval_slice,
    ast.List: Walk._eval_sequence,
    ast.Tuple: Walk._eval_sequence,
    ast.Dict: Walk._eval_record,
    ast.UnaryOp: Walk._eval_unaryop,
    ast.BinOp: Walk._eval_binop,
    ast.BoolOp: SimpleEval._eval_boolop,
    ast.Compare: Walk._eval_compare,
    ast.IfExp: SimpleEval._eval_ifexp,
    ast.Call: Walk._eval_call,
    ast.ListComp: Walk._eval_comprehension,
    ast.GeneratorExp: Walk._eval_comprehension,
}
