"""Random edits of the oracle's random diagrams, each with what was renamed by it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.engine.spiff.oracle import FLAGS, Block

SUFFIXES = ("", "_a", "_b", "_x", "_late", "_call", "_over")


def parts(block: Block) -> Iterator[Block]:
    """A block and everything in it."""
    yield block
    kind, _, *rest = block
    inner = {"seq": 0, "and": 0, "xor": 1, "or": 0, "loop": 1, "sub": 1}.get(kind)
    if inner is None:
        return
    found = rest[inner]
    if kind == "or":
        found = [one for _, one in found]
    for one in found if isinstance(found, list) else [found]:
        yield from parts(one)


def replaced(block: Block, name: str, change: Callable[[Block], Block]) -> Block:
    """The block with one part changed."""
    if block[1] == name:
        return change(block)
    kind, own, *rest = block
    if kind in ("seq", "and"):
        return (kind, own, [replaced(one, name, change) for one in rest[0]])
    if kind == "xor":
        return (kind, own, rest[0], [replaced(one, name, change) for one in rest[1]])
    if kind == "or":
        return (kind, own, [(flag, replaced(one, name, change)) for flag, one in rest[0]])
    if kind in ("loop", "sub"):
        return (kind, own, rest[0], replaced(rest[1], name, change))
    return block


def edit(chance: random.Random, whole: Block, count: Iterator[int]) -> tuple[str, Block, dict[str, str]]:
    """What was done, the new diagram, and old id -> new id."""
    found = [one for one in parts(whole) if one[1] not in ("top", "rounds", "round")]
    ways = []
    for one in found:
        kind = one[0]
        ways.append(("rename", one))
        ways.append(("add", one))
        if kind == "wait" or (kind in ("task", "sub") and one[2]):
            ways += [("duration", one)] * 3
        if kind in ("task", "sub"):
            ways += [("unwatch" if one[2] else "watch", one)] * 2
        if kind in ("xor", "loop"):
            ways.append(("condition", one))
        if kind == "seq" and len(one[2]) > 1:
            ways += [("drop", one), ("swap", one)]
        if kind == "and":
            ways.append(("branch", one))
    what, one = chance.choice(ways)
    name = one[1]
    new = f"e{next(count)}"
    mapping: dict[str, str] = {}

    def change(block: Block) -> Block:
        kind, own, *rest = block
        if what == "rename":
            mapping.update({f"{own}{suffix}": f"{new}{suffix}" for suffix in SUFFIXES})
            return (kind, new, *rest)
        if what == "add":
            step = ("task", new, None)
            return ("seq", f"{new}s", chance.choice(([block, step], [step, block])))
        if what == "duration":
            if kind == "wait":
                return (kind, own, chance.randint(1, 60))
            return (kind, own, (rest[0][0], chance.randint(1, 90)), *rest[1:])
        if what == "unwatch":
            return (kind, own, None, *rest[1:])
        if what == "watch":
            return (kind, own, (chance.choice(("stop", "tell", "call")), chance.randint(1, 60)), *rest[1:])
        if what == "condition":
            return (kind, own, chance.choice(FLAGS), *rest[1:])
        if what == "branch":
            return (kind, own, [*rest[0], ("task", new, None)])
        inner = list(rest[0])
        if what == "drop":
            inner.pop(chance.choice([n for n, one in enumerate(inner) if not one[1].endswith("t")]))  # no empty rounds
        else:
            chance.shuffle(inner)
        return (kind, own, inner)

    return what, replaced(whole, name, change), mapping
