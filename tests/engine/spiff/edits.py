"""Random edits of random diagrams, each with what was renamed by it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.engine.spiff.blocks import FLAGS, Block, Event, blocks

SUFFIXES = ("", "_a", "_b", "_x", "_begin", "_finish")


def replaced(block: Block, id: str, change: Callable[[Block], Block]) -> Block:
    """The block with one part changed."""
    if block.id == id:
        return change(block)
    return replace(block, inner=tuple(replaced(one, id, change) for one in block.inner))


def timed(one: Block) -> list[Event]:
    """The events at a block that wait for a duration."""
    if one.kind not in ("hear", "task", "sub"):
        return []
    return [e for e in (one.event, *one.border) if e is not None and e.trigger == "timer"]


def edit(chance: random.Random, whole: Block, count: Iterator[int]) -> tuple[str, Block, dict[str, str]]:
    """What was done, the new diagram, and old id -> new id."""
    inside = {e.then.id for one in blocks(whole) for e in one.border if e.then is not None}
    ways = []
    for one in blocks(whole):
        if one.id in ("top", "rounds", "round") or one.id in inside:
            continue
        ways.append(("rename", one))
        ways.append(("add", one))
        if (one.event or (one.border or (None,))[0]) in timed(one):
            ways += [("duration", one)] * 3
        if one.kind in ("task", "sub") and not one.over and not any(e.trigger == "error" for e in one.border):
            ways += [("unwatch" if one.border else "watch", one)] * 2
        if one.kind in ("xor", "loop"):
            ways.append(("condition", one))
        if one.kind == "seq" and len(one.inner) > 1:
            ways += [("drop", one), ("swap", one)]
        if one.kind == "and":
            ways.append(("branch", one))
    what, chosen = chance.choice(ways)
    new = f"e{next(count)}"
    mapping: dict[str, str] = {}

    def change(one: Block) -> Block:
        if what == "rename":
            mapping.update({f"{one.id}{suffix}": f"{new}{suffix}" for suffix in SUFFIXES})
            return replace(one, id=new, event=replace(one.event, id=new) if one.event else None)
        if what == "add":
            step = Block("task", new)
            return Block("seq", f"{new}s", chance.choice(((one, step), (step, one))))
        if what == "duration":
            if one.event is not None:
                return replace(one, event=replace(one.event, value=f"PT{chance.randint(1, 60)}M"))
            first, *rest = one.border
            return replace(one, border=(replace(first, value=f"PT{chance.randint(1, 90)}M"), *rest))
        if what == "unwatch":
            return replace(one, border=())
        if what == "watch":
            then = Block("task", f"{new}t") if chance.random() < 0.5 else None
            event = Event(new, "timer", f"PT{chance.randint(1, 60)}M", chance.random() < 0.5, then)
            return replace(one, border=(event,))
        if what == "condition":
            return replace(one, flags=tuple(chance.choice(FLAGS) for _ in one.flags))
        if what == "branch":
            return replace(one, inner=(*one.inner, Block("task", new)))
        inner = list(one.inner)
        if what == "drop":
            droppable = [n for n, part in enumerate(inner) if not part.id.endswith("t")]  # no empty rounds
            inner.pop(chance.choice(droppable))
        else:
            chance.shuffle(inner)
        return replace(one, inner=tuple(inner))

    return what, replaced(whole, chosen.id, change), mapping
