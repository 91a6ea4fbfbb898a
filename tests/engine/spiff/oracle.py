"""What BPMN says should be open, for random diagrams of nested blocks. Knows tokens, not the library.

A block is a tuple (kind, id, ...). `text` draws it; `Oracle` plays it. Variables belong to the whole case.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

Block = tuple[Any, ...]
FLAGS = ("f0", "f1", "f2")
LISTS = ("l0", "l1")


def block(chance: random.Random, kinds: str, depth: int, count: Iterator[int]) -> Block:
    """A random block of the kinds given, a task or a wait at the bottom."""
    name = f"n{next(count)}"
    kind = chance.choice(kinds.split()) if depth else chance.choice([k for k in ("task", "wait", "each") if k in kinds])

    def inner() -> Block:
        return block(chance, kinds, depth - 1, count)

    if kind in ("seq", "and"):
        return (kind, name, [inner() for _ in range(chance.choice((2, 2, 3)))])
    if kind == "xor":
        return (kind, name, chance.choice(FLAGS), [inner(), inner()])
    if kind == "or":
        return (kind, name, [(flag, inner()) for flag in chance.sample(FLAGS, 2)])
    if kind == "loop":  # a person stands in every round
        return (kind, name, chance.choice(FLAGS), ("seq", f"{name}s", [("task", f"{name}t", None), inner()]))
    if kind == "each":
        return (kind, name, chance.choice(LISTS), chance.random() < 0.5)
    if kind == "wait":
        return (kind, name, chance.randint(1, 40))
    timer = (chance.choice(("stop", "tell", "call")), chance.randint(1, 60)) if chance.random() < 0.5 else None
    timer = timer if "timer" in kinds else None
    return ("sub", name, timer, inner()) if kind == "sub" else ("task", name, timer)


def text(whole: Block) -> str:
    """The diagram in the words of `drawing.draw`."""
    lines: list[str] = []
    first, last = _draw(whole, lines)
    return "\n".join(["start begin", *lines, "end finish", f"begin > {first}", f"{last} > finish"])


def _draw(one: Block, lines: list[str]) -> tuple[str, str]:
    kind, name, *rest = one
    a, b = f"{name}_a", f"{name}_b"
    if kind == "seq":
        ends = [_draw(inner, lines) for inner in rest[0]]
        lines += [f"{before[1]} > {after[0]}" for before, after in pairwise(ends)]
        return ends[0][0], ends[-1][1]
    if kind in ("xor", "and", "or"):
        lines += [f"{kind} {a}", f"{kind} {b}"]
        branches = list(rest[0]) if kind == "or" else [(None, i) for i in rest[-1]]
        for place, (flag, inner) in enumerate(branches):
            first, last = _draw(inner, lines)
            flag = rest[0] if kind == "xor" and place == 0 else flag
            way = f" if {flag}" if flag else " else" if kind == "xor" else ""
            lines += [f"{a} > {first}{way}", f"{last} > {b}"]
        if kind == "or":
            lines.append(f"{a} > {b} else")
        return a, b
    if kind == "loop":
        first, last = _draw(rest[1], lines)
        x = f"{name}_x"
        lines += [f"xor {a}", f"xor {b}", f"xor {x}"]
        lines += [f"{a} > {first}", f"{last} > {b}", f"{b} > {x} if {rest[0]}", f"{b} > {a} else"]
        return a, x
    if kind == "each":
        lines.append(f"user {name} each={rest[0]} as=item" + (" one-by-one" if rest[1] else ""))
    elif kind == "wait":
        lines.append(f"catch {name} after=PT{rest[0]}M")
    elif kind == "task":
        lines.append(f"user {name}")
    else:
        lines += [f"sub {name} {{", f"start {a}", f"end {b}"]
        first, last = _draw(rest[1], lines)
        lines += [f"{a} > {first}", f"{last} > {b}", "}"]
    if kind in ("task", "sub") and rest[0]:
        return _draw_timer(name, rest[0], lines)
    return name, name


def _draw_timer(name: str, timer: tuple[str, int], lines: list[str]) -> tuple[str, str]:
    what, minutes = timer
    late, x = f"{name}_late", f"{name}_x"
    lines.append(f"boundary {late} at={name} after=PT{minutes}M" + (" interrupting" if what == "stop" else ""))
    if what == "stop":
        lines += [f"xor {x}", f"{name} > {x}", f"{late} > {x}"]
        return name, x
    if what == "call":
        lines += [f"user {name}_call", f"end {name}_over", f"{late} > {name}_call", f"{name}_call > {name}_over"]
    else:
        lines += [f"end {name}_over", f"{late} > {name}_over"]
    return name, name


class Node:
    """One visit of a block."""

    def __init__(self, case: Oracle, one: Block, scope: list[Node]) -> None:
        self.case, self.kind, self.name, self.rest = case, one[0], one[1], one[2:]
        self.scope = scope  #: where tasks called by a timer go: they keep the process or sub-process open
        self.done = False
        self.open_for: list[str | None] = []  #: items, or None, that persons still have to do
        self.due: datetime | None = None
        self.inner: list[Node] = []
        self.called: list[Node] = []
        self.left: list[Any] = []
        self._begin()

    def _visit(self, *blocks: Block) -> None:
        scope = self.called if self.kind == "sub" else self.scope
        self.inner = [Node(self.case, one, scope) for one in blocks]

    def _begin(self) -> None:
        kind, rest, values = self.kind, self.rest, self.case.values
        if kind == "seq":
            self.left = list(rest[0])
            self._visit(self.left.pop(0))
        elif kind == "xor":
            self._visit(rest[1][0 if values[rest[0]] else 1])
        elif kind == "and":
            self._visit(*rest[0])
        elif kind == "or":
            self._visit(*[one for flag, one in rest[0] if values[flag]])
        elif kind in ("loop", "sub"):
            self._visit(rest[1])
        elif kind == "each":
            self.left = list(values[rest[0]])
            self.open_for = self.left[:1] if rest[1] else list(self.left)
        elif kind == "task":
            self.open_for = [None]
        minutes = rest[0] if kind == "wait" else rest[0][1] if kind in ("task", "sub") and rest[0] else None
        if minutes is not None:
            self.due = self.case.now + timedelta(minutes=minutes)
        self.settle()

    def settle(self) -> None:
        """Go on as far as nobody has to come in."""
        while not self.done:
            for one in (*self.inner, *self.called):
                if not one.done:
                    one.settle()
            if (
                self.open_for
                or (self.kind == "wait" and self.due)
                or not all(one.done for one in (*self.inner, *self.called))
            ):
                return
            if self.kind == "seq" and self.left:
                self._visit(self.left.pop(0))
            elif self.kind == "loop" and not self.case.values[self.rest[0]]:
                self._visit(self.rest[1])
            else:
                self.done, self.due = True, None

    def complete(self, item: str | None) -> None:
        self.open_for.remove(item)
        if self.kind == "each" and self.rest[1]:
            self.left.pop(0)
            self.open_for = self.left[:1]

    def fire(self) -> None:
        self.due = None
        if self.kind == "wait":
            return
        what = self.rest[0][0]
        if what == "stop":
            self.open_for, self.inner, self.called = [], [], []
        elif what == "call":
            self.scope.append(Node(self.case, ("task", f"{self.name}_call", None), self.scope))

    def walk(self) -> Iterator[Node]:
        if not self.done:
            yield self
            for one in (*self.inner, *self.called):
                yield from one.walk()


class Oracle:
    """A whole case."""

    def __init__(self, whole: Block, now: datetime, values: dict[str, Any]) -> None:
        self.now, self.values = now, values
        self.called: list[Node] = []
        self.root = Node(self, whole, self.called)

    def nodes(self) -> Iterator[Node]:
        for one in (self.root, *self.called):
            yield from one.walk()

    @property
    def ended(self) -> bool:
        return not any(True for _ in self.nodes())

    def tasks(self) -> list[str]:
        return sorted(f"{n.name}:{i}" if i is not None else n.name for n in self.nodes() for i in n.open_for)

    def timers(self) -> list[tuple[str, datetime]]:
        return sorted((n.name if n.kind == "wait" else f"{n.name}_late", n.due) for n in self.nodes() if n.due)

    def complete(self, label: str, values: dict[str, Any]) -> None:
        name, _, item = label.partition(":")
        node = next(n for n in self.nodes() if n.name == name and (item or None) in n.open_for)
        self.values = {**self.values, **values}
        node.complete(item or None)
        self._settle()

    def fire(self) -> None:
        while due := [
            (n.due, n.kind != "wait" and n.rest[0][0] == "stop", k, n) for k, n in enumerate(self.nodes()) if n.due
        ]:
            first = min(due, key=lambda d: d[:3])
            if first[0] > self.now:
                return
            first[3].fire()
            self._settle()

    def _settle(self) -> None:
        for one in (self.root, *self.called):
            one.settle()
