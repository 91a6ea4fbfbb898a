"""Which answers an expression needs, and so the order in which a form's values and conditions are worked out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from forms.errors import N_, FormError
from forms.model import Field

MAX_EXPRESSION = 2000

Node = tuple[Literal["value", "hide"], str]


@dataclass(frozen=True, slots=True)
class Step:
    """Work out the value of a field, or whether it (and with a group all inside) is hidden."""

    kind: Literal["value", "hide"]
    field: Field


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that holds a value, with the groups around it."""

    field: Field
    around: tuple[Field, ...]


def name_of(field: Field) -> str:
    """The last part of a field's path: its key, or its id when it holds no value."""
    return field.key or field.id


@lru_cache(maxsize=2000)
def names(expression: str) -> frozenset[str]:
    """Free names of an expression, without names of called functions; ValueError when it can't be read."""
    if len(expression) > MAX_EXPRESSION:
        raise ValueError("too long")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        nodes = list(ast.walk(tree))
    except (SyntaxError, RecursionError, MemoryError) as wrong:
        raise ValueError("not an expression") from wrong
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    loaded = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in called}
    return frozenset(loaded - bound)


def leaves(fields: tuple[Field, ...], around: tuple[Field, ...] = ()) -> Iterator[Leaf]:
    """The fields of one scope that hold values, in reading order; a dynamic list counts as one."""
    for field in fields:
        if field.type == "group":
            yield from leaves(field.fields, (*around, field))
        elif field.key is not None:
            yield Leaf(field, around)


def components(fields: tuple[Field, ...]) -> Iterator[Field]:
    """All components of one scope, groups before what they hold; not into dynamic lists."""
    for field in fields:
        yield field
        if field.type == "group":
            yield from components(field.fields)


def order(fields: tuple[Field, ...]) -> tuple[Step, ...]:
    """The steps of one scope (the form, or one row) so that each comes after what it needs.

    A condition may look at its own field: it sees the value as it would be if shown. Raises FormError on a cycle.
    """
    held = {leaf.field.key or "": leaf for leaf in leaves(fields)}
    by_name = {name_of(field): field for field in components(fields)}

    def needs_of(name: str) -> Iterator[Node]:
        leaf = held[name]
        yield "value", name
        for field in (leaf.field, *leaf.around):
            if field.hide is not None:
                yield "hide", name_of(field)

    graph: TopologicalSorter[Node] = TopologicalSorter()
    for name, leaf in held.items():
        mentioned = [name for name in sorted(_mentioned(leaf.field)) if name in held]
        graph.add(("value", name), *(node for other in mentioned for node in needs_of(other)))
    for name, field in by_name.items():
        if field.hide is None:
            continue
        inside = {leaf.field.key for leaf in leaves((field,))}
        needs: list[Node] = []
        for other in sorted(names(field.hide) & held.keys()):
            needs += [("value", other)] if other in inside else list(needs_of(other))
        graph.add(("hide", name), *needs)
    try:
        return tuple(Step(kind, by_name[name]) for kind, name in graph.static_order())
    except CycleError as cycle:
        ring = [name for _, name in cycle.args[1]]
        raise FormError(
            ring[0], N_("The expressions need each other in a circle: %(names)s."), {"names": " → ".join(ring)}
        ) from cycle


def _mentioned(field: Field) -> frozenset[str]:
    """Names that the value of a field depends on; of a list, what its rows take from outside."""
    own = names(field.compute) if field.compute else frozenset()
    if field.type != "dynamiclist":
        return own
    cells = {leaf.field.key for leaf in leaves(field.fields)}
    for cell in components(field.fields):
        for expression in (cell.compute, cell.hide):
            if expression:
                own |= names(expression) - cells
    return own
