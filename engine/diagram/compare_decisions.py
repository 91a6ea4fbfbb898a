"""Two versions of the decision tables that a process looks things up in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from engine.diagram.changes import Change
from engine.diagram.decisions import Decision, read_decisions
from engine.diagram.model import Process
from engine.errors import InvalidDiagram


def compare_decisions(
    old: Process, new: Process, before: Collection[bytes], after: Collection[bytes]
) -> Iterator[Change]:
    """Changes of tables by key; `element` is the first step that looks something up in it."""
    left, right = _tables(before), _tables(after)
    for key in dict.fromkeys((*left, *right)):
        process = new if key in right else old
        node = next((n for n in process.nodes.values() if n.wiring.decision == key), None)
        if node is None or left.get(key) == right.get(key):
            continue
        one, two = left.get(key), right.get(key)
        name = (two or one or Decision(key, key, "", None, (), (), ())).name or key
        if one is None or two is None:
            yield Change("added" if one is None else "removed", "decision", node.id, name, node.number)
            continue
        for fact, was, now in _facts(one, two):
            if was != now:
                yield Change("changed", "decision", node.id, name, node.number, fact, was, now)
        if one.rules != two.rules:
            counts = (len(one.rules), len(two.rules))
            yield Change("changed", "decision", node.id, name, node.number, "table_rows", *counts)


def _facts(one: Decision, two: Decision) -> Iterator[tuple[str, Any, Any]]:
    yield "name", one.name, two.name
    yield "policy", (one.policy, one.total), (two.policy, two.total)
    yield "table_inputs", one.inputs, two.inputs
    yield "table_outputs", one.outputs, two.outputs


def _tables(files: Collection[bytes]) -> dict[str, Decision]:
    found: dict[str, Decision] = {}
    for file in files:
        try:
            found |= read_decisions(file)
        except InvalidDiagram:
            continue  # told where it is checked
    return found
