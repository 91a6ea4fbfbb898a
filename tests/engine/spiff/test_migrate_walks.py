"""Random diagrams, random edits, random places: a case that is moved can be finished, one that is not is told why."""

from __future__ import annotations

import random
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagram import read
from engine.errors import CannotMove
from engine.spiff import migrate
from engine.spiff.around import Around
from engine.spiff.step import NoSuchTask
from tests.engine.spiff.blocks import FLAGS, LISTS, diagram, text
from tests.engine.spiff.drawing import Walk, draw, elapsed
from tests.engine.spiff.edits import edit

SETS = {
    "choices": "task seq xor",
    "rounds": "task seq xor loop",
    "branches": "task seq xor and",
    "branches in rounds": "task seq and loop",
    "some branches": "task seq xor or",
    "some branches in rounds": "task seq or loop",
    "lists": "task seq each and loop",
    "waits": "task seq wait and loop",
    "timers": "task seq sub timer once borders loop",
    "parts": "task seq sub xor and",
    "all": "task seq xor and or loop each wait sub timer once borders",
}
WALKS = 20
NEVER_REFUSED = {"rename", "duration", "watch", "condition"}


@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_whatever_is_moved_can_be_finished_and_whatever_is_not_has_a_reason(kinds: str) -> None:
    for seed in range(WALKS):
        move_once(kinds, seed)


@pytest.mark.soak
@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_whatever_is_moved_can_be_finished_for_long(kinds: str) -> None:
    for seed in range(WALKS, 600):
        move_once(kinds, seed)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), edits=st.integers(2, 6), kinds=st.sampled_from(sorted(SETS.values())))
def test_versions_with_many_edits_take_a_case_whole_or_say_why_not(seed: int, edits: int, kinds: str) -> None:
    move_once(kinds, seed, edits)


def move_once(kinds: str, seed: int, edits: int = 1) -> str:
    """One case of a random diagram, moved somewhere on its way to an edited one."""
    chance = random.Random(f"move {kinds} {seed} {edits}" if edits > 1 else f"move {kinds} {seed}")
    whole = diagram(chance, kinds)
    names = count()
    what, edited, mapping = edit(chance, whole, names)
    for _ in range(1, edits):
        more, edited, renamed = edit(chance, edited, names)
        what += f", {more}"
        mapping = {old: renamed.get(new, new) for old, new in mapping.items()} | renamed
    old, new = draw(text(whole)), draw(text(edited))
    values: dict[str, Any] = dict.fromkeys(FLAGS, False) | {name: ["x", "y"] for name in LISTS}
    walk, other = Walk(old, **values), Walk(new, **values)
    told = f"{kinds} seed {seed} {what} {mapping}\n{text(whole)}\n---\n{text(edited)}\n"
    for _ in range(chance.randint(0, 10)):
        told += random_step(chance, walk, other, mapping, values)
        if walk.ended:
            return "ended"
    passage = migrate.between(walk.spec, other.spec, read.read(old).process, read.read(new).process)
    told += f"moved at {walk.now} with {walk.open}, would be {other.open}\n"
    alike = same(walk, other, mapping) and "condition" not in what and edits == 1
    try:
        moved = migrate.migrate(passage, walk.state, mapping, Around(walk.now, elapsed), variables=values)
    except CannotMove as error:
        assert error.problems and all(p.message and p.remedy and p.element and p.name for p in error.problems), told
        assert what not in NEVER_REFUSED and not alike, f"{told}\n{error}"
        return "refused"
    walk.spec, walk.snapshot = other.spec, moved.snapshot
    if alike:
        known = {name: v for name, v in walk.snapshot.data.items() if name in other.spec.names}
        assert known == other.snapshot.data, told
        assert timers(walk) == timers(other), told
    for _ in range(400):
        if walk.ended:
            return what
        if alike:
            told += random_step(chance, walk, other, {}, values)
            assert walk.open == other.open, told
            assert timers(walk) == timers(other), told
            assert walk.ended == other.ended, told
        else:
            told += finishing_step(chance, walk)
    for _ in range(400):
        if walk.ended:
            return what
        told += finishing_step(chance, walk)
    raise AssertionError(f"never finished\n{told}\n{walk.open} {walk.snapshot.activities}")


def timers(walk: Walk) -> list[tuple[str, object]]:
    return sorted((t.event_id, t.due) for t in walk.snapshot.timers)


def same(walk: Walk, other: Walk, mapping: dict[str, str]) -> bool:
    """Whether a case that began in the new version and had the same done to it would stand where this one does."""
    if other.ended or other.now != walk.now or len(walk.history) != len(other.history):
        return False
    told = [(s.kind, mapping.get(s.activity_id, s.activity_id), s.item) for s in walk.history]
    joins = sorted(mapping.get(a.activity_id, a.activity_id) for a in walk.snapshot.activities)
    return (
        told == [(s.kind, s.activity_id, s.item) for s in other.history]
        and joins == sorted(a.activity_id for a in other.snapshot.activities)
        and {t.event_id for t in other.snapshot.timers}
        >= {mapping.get(t.event_id, t.event_id) for t in walk.snapshot.timers} & set(other.spec.process.task_specs)
    )


def random_step(chance: random.Random, walk: Walk, other: Walk, mapping: dict[str, str], values: dict[str, Any]) -> str:
    if walk.open and chance.random() < 0.75:
        label = chance.choice(walk.open)
        given = {flag: chance.random() < 0.5 for flag in chance.sample(FLAGS, chance.randint(0, 2))}
        given |= {name: chance.sample("xyz", chance.randint(0, 3)) for name in LISTS if chance.random() < 0.3}
        values |= given
        name, colon, item = label.partition(":")
        for one, called in ((walk, label), (other, mapping.get(name, name) + colon + item)):
            if called in one.open:
                try:
                    one.complete(called, **given)
                except NoSuchTask:
                    one.fire()
        return f"complete {label} {given}\n"
    minutes = chance.randint(1, 30)
    for one in (walk, other):
        one.later(minutes=minutes)
        if not one.ended:
            one.fire()
    return f"later {minutes}\n"


def finishing_step(chance: random.Random, walk: Walk) -> str:
    given = dict.fromkeys(FLAGS, True)
    if walk.open:
        label = chance.choice(walk.open)
        try:
            walk.complete(label, **given)
        except NoSuchTask:
            walk.fire()
        return f"finish {label}\n"
    walk.later(hours=2)
    walk.fire()
    return "finish later\n"
