"""Random edits of diagrams with every kind of event: whoever is moved gets to the end, whoever is not is told why."""

from __future__ import annotations

import random
from itertools import count
from typing import Any

import pytest

from engine.diagram import read
from engine.errors import ActivityFailed, CannotMove
from engine.spiff import migrate
from engine.spiff.around import Around
from engine.spiff.step import NoSuchTask
from tests.engine.spiff.blocks import FLAGS, LISTS, beginning, diagram, text
from tests.engine.spiff.drawing import Walk, draw, elapsed
from tests.engine.spiff.edits import edit
from tests.engine.spiff.test_migrate_names import go_on
from tests.engine.spiff.test_walks import SETS

WALKS = 4


@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_whatever_is_moved_gets_to_the_end(kinds: str) -> None:
    for seed in range(WALKS):
        move_once(kinds, seed)


@pytest.mark.soak
@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_whatever_is_moved_gets_to_the_end_for_long(kinds: str) -> None:
    for seed in range(WALKS, 300):
        move_once(kinds, seed)


def move_once(kinds: str, seed: int) -> str:
    chance = random.Random(f"events {kinds} {seed}")
    edited = whole = diagram(chance, kinds)
    names, mapping = count(), {}
    for _ in range(chance.randint(1, 4)):
        _, edited, renamed = edit(chance, edited, names)
        mapping = {old: renamed.get(new, new) for old, new in mapping.items()} | renamed
    old, new = draw(text(whole)), draw(text(edited))
    values = beginning(whole) | beginning(edited)
    walk, target = Walk(old, **values), Walk(new, **values)
    for _ in range(chance.randint(0, 12)):
        go_on(chance, walk)
        if walk.ended:
            return "ended"
    passage = migrate.between(walk.spec, target.spec, read.read(old).process, read.read(new).process)
    try:
        moved = migrate.migrate(passage, walk.state, mapping, Around(walk.now, elapsed), variables=values)
    except CannotMove as error:
        assert error.problems and all(p.message and p.remedy and p.element and p.name for p in error.problems)
        return "refused"
    here = {(t.key, mapping.get(t.activity_id, t.activity_id), t.item) for t in walk.snapshot.tasks}
    assert here == {(t.key, t.activity_id, t.item) for t in moved.snapshot.tasks}
    walk.spec, walk.snapshot = target.spec, moved.snapshot
    for _ in range(1_000):
        seen = walk.snapshot
        if walk.ended or not (seen.tasks or seen.events or seen.timers):  # a condition that nobody can make true
            return "moved"
        finish(chance, walk)
    if "again" in kinds.split():  # a round may ask for what its own end forbids, in whatever version
        return "moved"
    raise AssertionError(f"never finished: {walk.open} {walk.snapshot.activities} {walk.snapshot.events}")


def finish(chance: random.Random, walk: Walk) -> None:
    given: dict[str, Any] = {flag: chance.random() < 0.5 for flag in FLAGS} | {name: ["x"] for name in LISTS}
    try:
        if walk.snapshot.tasks:
            walk.complete_key(chance.choice(walk.snapshot.tasks).key, **given, got=1)
        elif walk.snapshot.events and (not walk.snapshot.timers or chance.random() < 0.5):
            walk.receive(chance.choice(walk.snapshot.events).key, **given, got=1)
        else:
            walk.later(hours=2)
            walk.fire()
    except NoSuchTask:
        walk.fire()
    except ActivityFailed as error:
        raise AssertionError(f"{error} at {walk.open}") from error
