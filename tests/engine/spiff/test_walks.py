"""Random diagrams, random people, time passing: the engine against an oracle that knows only tokens."""

from __future__ import annotations

import random
from itertools import count

import pytest

from engine.spiff.step import NoSuchTask
from tests.engine.spiff.drawing import NOW, Walk, draw
from tests.engine.spiff.oracle import FLAGS, LISTS, Oracle, block, text

SETS = {
    "choices": "task seq xor",
    "rounds": "task seq xor loop",
    "branches": "task seq xor and",
    "branches in rounds": "task seq and loop",
    "some branches": "task seq xor or",
    "some branches in rounds": "task seq or loop",
    "lists": "task seq each and loop",
    "waits": "task seq wait and loop",
    "timers": "task seq sub timer loop",
    "parts": "task seq sub xor and",
    "all": "task seq xor and or loop each wait sub timer",
}
WALKS = 25
STEPS = 50


@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_the_engine_opens_what_the_tokens_say(kinds: str) -> None:
    for seed in range(WALKS):
        walk_once(kinds, seed)


@pytest.mark.soak
@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_the_engine_opens_what_the_tokens_say_for_long(kinds: str) -> None:
    for seed in range(WALKS, 600):
        walk_once(kinds, seed)


def walk_once(kinds: str, seed: int) -> None:
    chance = random.Random(f"{kinds} {seed}")
    inner = block(chance, kinds, 3, count())
    if "loop" in kinds:  # nearly all of it again and again
        inner = ("loop", "round", FLAGS[0], ("seq", "rounds", [inner, ("task", "check", None)]))
    whole = ("seq", "top", [("task", "first", None), inner, ("task", "last", None)])
    values = dict.fromkeys(FLAGS, False) | {name: ["x", "y"] for name in LISTS}
    walk, oracle = Walk(draw(text(whole)), **values), Oracle(whole, NOW, values)
    told = [f"{kinds} seed {seed}\n{text(whole)}"]
    for _ in range(STEPS):
        assert walk.open == oracle.tasks(), "\n".join(told)
        assert sorted((t.event_id, t.due) for t in walk.snapshot.timers) == oracle.timers(), "\n".join(told)
        assert walk.ended == oracle.ended, "\n".join(told)
        known = {name: oracle.values[name] for name in walk.spec.names & oracle.values.keys()}
        assert walk.snapshot.data == known, "\n".join(told)
        for task in walk.snapshot.tasks:
            own = {"item": task.item} if task.item is not None else {}
            assert task.data == known | own, "\n".join(told)
        if walk.ended:
            return
        if walk.open and chance.random() < 0.75:
            label = chance.choice(walk.open)
            given = {flag: chance.random() < 0.5 for flag in chance.sample(FLAGS, chance.randint(0, 2))}
            given |= {name: chance.sample("xyz", chance.randint(0, 3)) for name in LISTS if chance.random() < 0.3}
            if chance.random() < 0.2:  # late: what is due fires first, and may close the task
                walk.later(minutes=chance.randint(1, 30))
                oracle.now = walk.now
                oracle.fire()
            told.append(f"complete {label} {given} at {walk.now}")
            if label in oracle.tasks():
                walk.complete(label, **given)
                oracle.complete(label, given)
            else:
                with pytest.raises(NoSuchTask):
                    walk.complete(label, **given)
                walk.fire()
        else:
            walk.later(minutes=chance.randint(1, 30))
            oracle.now = walk.now
            told.append(f"now {walk.now}")
            walk.fire()
            oracle.fire()
