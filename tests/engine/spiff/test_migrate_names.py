"""Random diagrams whose every element gets another id: a case goes on under the new names as if nothing had been."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from engine.diagram import read
from engine.spiff import migrate
from engine.spiff.around import Around
from engine.spiff.step import NoSuchTask
from tests.engine.spiff.blocks import FLAGS, LISTS, beginning, diagram, text
from tests.engine.spiff.drawing import Walk, draw, elapsed
from tests.engine.spiff.test_walks import SETS
from tests.engine.test_migrate_elements import NEW, renamed

WALKS = 4


@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_a_case_goes_on_under_new_names(kinds: str) -> None:
    for seed in range(WALKS):
        rename_once(kinds, seed)


@pytest.mark.soak
@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_a_case_goes_on_under_new_names_for_long(kinds: str) -> None:
    for seed in range(WALKS, 300):
        rename_once(kinds, seed)


def rename_once(kinds: str, seed: int) -> str:
    chance = random.Random(f"names {kinds} {seed}")
    whole = diagram(chance, kinds)
    old = draw(text(whole))
    new = renamed(old)
    values = beginning(whole)
    walk, twin = Walk(old, **values), Walk(new, **values)
    before, after = read.read(old).process, read.read(new).process
    passage = migrate.between(walk.spec, twin.spec, before, after)
    mapping = {id: f"{id}{NEW}" for id in before.nodes}
    for _ in range(chance.randint(0, 14)):
        go_on(chance, walk)
        if walk.ended:
            return "ended"
    moved = migrate.migrate(passage, walk.state, mapping, Around(walk.now, elapsed))
    assert moved.notes == ()
    twin.snapshot, twin.now = replace(moved.snapshot, thrown=walk.snapshot.thrown), walk.now
    for _ in range(25):
        assert seen(twin) == seen(walk, mapping)
        if walk.ended:
            return "finished"
        go_on(chance, walk, twin, mapping)
    return "moved"


def seen(walk: Walk, mapping: dict[str, str] | None = None) -> dict[str, Any]:
    named = mapping or {}
    snapshot = walk.snapshot
    return {
        "tasks": sorted(
            f"{named.get(t.activity_id, t.activity_id)} {t.item} {sorted(t.data.items())}" for t in snapshot.tasks
        ),
        "open": sorted(f"{named.get(a.activity_id, a.activity_id)} {a.kind} {a.items}" for a in snapshot.activities),
        "timers": sorted((named.get(t.event_id, t.event_id), t.due, t.started, t.text) for t in snapshot.timers),
        "events": sorted((named.get(e.event_id, e.event_id), e.name, e.correlation) for e in snapshot.events),
        "thrown": [(t.kind, t.name, t.correlation, t.variables) for t in snapshot.thrown],
        "data": snapshot.data,
        "ended": snapshot.ended,
    }


def go_on(chance: random.Random, walk: Walk, twin: Walk | None = None, mapping: dict[str, str] | None = None) -> None:
    """One random step, the same for both; of tasks that look alike the first."""
    named = mapping or {}
    given: dict[str, Any] = {flag: chance.random() < 0.5 for flag in chance.sample(FLAGS, chance.randint(0, 2))}
    given |= {name: chance.sample("xyz", chance.randint(0, 3)) for name in LISTS if chance.random() < 0.3}
    if "got" in walk.spec.names:
        given["got"] = chance.randint(0, 9)
    dice = chance.random()
    minutes = chance.randint(1, 30)
    task = chance.choice(walk.snapshot.tasks) if walk.snapshot.tasks else None
    event = chance.choice(walk.snapshot.events) if walk.snapshot.events else None
    for one in filter(None, (walk, twin)):
        known = named if one is twin else {}
        try:
            if task is not None and dice < 0.6:
                wanted = (known.get(task.activity_id, task.activity_id), task.item, sorted(task.data.items()))
                one.complete_key(
                    next(
                        t.key for t in one.snapshot.tasks if (t.activity_id, t.item, sorted(t.data.items())) == wanted
                    ),
                    **given,
                )
            elif event is not None and dice < 0.8:
                place = known.get(event.event_id, event.event_id)
                one.receive(next(e.key for e in one.snapshot.events if e.event_id == place), **given)
            else:
                one.later(minutes=minutes)
                one.fire()
        except NoSuchTask:
            one.fire()
