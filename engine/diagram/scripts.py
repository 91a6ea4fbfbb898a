"""Script tasks: a list of assignments `name = expression`, one a line. Nothing else is a script here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.diagram.model import Node
from engine.errors import N_, ExpressionError
from engine.expressions import check
from engine.expressions.grammar import tree

ASSIGNMENT = re.compile(r"(?P<name>[^\W\d]\w{0,99})\s*=(?!=)\s*(?P<expression>.+)", re.DOTALL)
MOST_LINES = 100
LONGEST = 50_000  #: characters
#: what a modeler may write into the script's format
FORMATS = frozenset({"", "alur"})


def assignments(script: str) -> tuple[tuple[str, str], ...]:
    """The names and expressions of a script, in order; empty lines and lines that begin with # are passed over.

    An expression may go on over several lines while a bracket is open. Raises ExpressionError for all else.
    """
    found = []
    if len(script) > LONGEST:
        raise ExpressionError(script[:60], N_("longer than %(most)s characters"), most=LONGEST)
    for line in _statements(script):
        parts = ASSIGNMENT.fullmatch(line)
        if parts is None or parts["name"].startswith("_"):
            raise ExpressionError(line, N_("it is no assignment such as total = price * count"))
        tree(parts["name"])  # refuses words of the language
        check(parts["expression"])
        found.append((parts["name"], parts["expression"]))
    if not found:
        raise ExpressionError(script[:60], N_("it assigns nothing"))
    if len(found) > MOST_LINES:
        raise ExpressionError(script[:60], N_("it has more than %(most)s assignments"), most=MOST_LINES)
    return tuple(found)


def assigned(node: Node) -> tuple[tuple[str, str], ...]:
    """What the script of a node assigns; nothing where it has none or none that can be read."""
    try:
        return assignments(node.wiring.script or "")
    except ExpressionError:
        return ()


def _statements(script: str) -> Iterator[str]:
    held = ""
    for line in script.splitlines():
        if not held and (not line.strip() or line.lstrip().startswith("#")):
            continue
        held = f"{held} {line.strip()}".strip()
        if sum(held.count(c) for c in "([{") <= sum(held.count(c) for c in ")]}"):
            yield held
            held = ""
    if held:
        yield held
