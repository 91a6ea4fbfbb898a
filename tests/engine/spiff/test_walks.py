"""Random diagrams, random people, time passing: the engine against an oracle that knows only tokens."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from engine.spiff.step import NoSuchTask
from tests.engine.spiff.blocks import FLAGS, LISTS, beginning, diagram, text
from tests.engine.spiff.drawing import NOW, Walk, draw
from tests.engine.spiff.oracle import Oracle, outcomes

SETS = {
    "choices": "task seq xor",
    "rounds": "task seq xor loop",
    "branches": "task seq xor and",
    "branches in rounds": "task seq and loop",
    "some branches": "task seq xor or",
    "some branches in rounds": "task seq or loop",
    "rounds by themselves": "and or each twice task",
    "lists": "task seq each and loop",
    "again": "task seq again sub loop",
    "waits": "task seq wait and loop",
    "timers": "task seq sub timer borders loop",
    "parts": "task seq sub xor and",
    "lists that give": "task seq each sub effect collects loop",
    "lists of parts": "task seq each sub and effect",
    "messages": "task seq and hear receive messages borders loop",
    "signals": "task seq and hear signals effect sub borders loop",
    "conditions": "task seq and hear conditions effect sub borders",
    "one of several": "task seq either messages signals timer conditions loop",
    "errors": "task seq and effect sub codes loop",
    "errors in lists": "task seq effect sub codes each borders timer",
    "ends": "task seq and effect sub stops loop",
    "beside": "task seq sub effect beside messages timer signals",
    "beside in lists": "task seq sub effect beside messages timer each again codes",
    "beside in rounds": "task seq and sub beside messages conditions codes effect loop stops",
    "flow": "task seq xor and or loop each wait sub timer borders",
    "events": "task seq and sub either hear receive effect"
    " messages signals timer conditions codes stops borders beside",
    "all": "task seq xor and or loop each again wait sub either hear receive effect"
    " messages signals timer conditions codes stops borders beside",
}
WALKS = 20
STEPS = 40
MOST_POSSIBLE = 30  #: cases that look alike, followed side by side; with more a walk ends


class Difference(AssertionError):
    """The engine and the oracle see different cases."""


@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_the_engine_opens_what_the_tokens_say(kinds: str) -> None:
    for seed in range(WALKS):
        walk_once(kinds, seed)


@pytest.mark.soak
@pytest.mark.parametrize("kinds", SETS.values(), ids=SETS.keys())
def test_the_engine_opens_what_the_tokens_say_for_long(kinds: str) -> None:
    for seed in range(WALKS, 420):
        walk_once(kinds, seed)


def walk_once(kinds: str, seed: int, steps: int = STEPS) -> int:
    """Walk one random diagram; how many steps it took. Raises Difference with the diagram and the way there."""
    chance = random.Random(f"{kinds} {seed}")
    whole = diagram(chance, kinds)
    values = beginning(whole)
    told = [f"{kinds} seed {seed}", text(whole)]
    try:
        walk = Walk(draw(text(whole)), **values)
        possible = _agreeing(walk, [Oracle(whole, NOW, _mentioned(walk, values))])
        for number in range(steps):
            if walk.ended or len(possible) > MOST_POSSIBLE:
                return number
            possible = _agreeing(walk, _step(walk, possible, chance, told))
        return steps
    except Exception as error:
        raise Difference("\n".join([*told, f"{type(error).__name__}: {error}"])) from error


def _agreeing(walk: Walk, possible: list[Oracle]) -> list[Oracle]:
    """Of all cases that BPMN allows those that look like the engine's."""
    ours = _seen(walk)
    assert _told(walk) == {t.key for t in walk.snapshot.tasks}, "the history tells of other open tasks"
    if agreeing := [oracle for oracle in possible if ours == _expected(oracle)]:
        return agreeing
    wanted = _expected(possible[0])
    raise AssertionError("\n".join(f"{k}: {ours[k]}\n  not {wanted[k]}" for k in ours if ours[k] != wanted[k]))


def _told(walk: Walk) -> set[str]:
    """The tasks of persons that are open by what the history says."""
    kinds = {one.key: one.kind for one in walk.history if one.kind in ("entered", "completed", "cancelled")}
    alone = {activity.key for activity in walk.snapshot.activities}
    return {key for key, kind in kinds.items() if kind == "entered"} - alone


def _seen(walk: Walk) -> dict[str, Any]:
    snapshot = walk.snapshot
    tasks = [(t.activity_id + (f":{t.item}" if t.item is not None else ""), dict(t.data)) for t in snapshot.tasks]
    return {
        "tasks": sorted(tasks, key=_order),
        "timers": sorted((t.event_id, t.due) for t in snapshot.timers),
        "events": sorted((e.event_id, e.kind, e.name, e.correlation) for e in snapshot.events),
        "thrown": [(t.kind, t.name, t.correlation) for t in snapshot.thrown],
        "ended": snapshot.ended,
        "data": dict(snapshot.data),
    }


def _expected(oracle: Oracle) -> dict[str, Any]:
    return {
        "tasks": sorted(((label, values) for label, open in oracle.tasks().items() for values in open), key=_order),
        "timers": oracle.timers(),
        "events": oracle.events(),
        "thrown": oracle.thrown,
        "ended": oracle.ended,
        "data": oracle.variables,
    }


def _order(task: tuple[str, dict[str, Any]]) -> str:
    return f"{task[0]} {sorted(task[1].items())}"


def _step(walk: Walk, possible: list[Oracle], chance: random.Random, told: list[str]) -> list[Oracle]:
    given: dict[str, Any] = {flag: chance.random() < 0.5 for flag in chance.sample(FLAGS, chance.randint(0, 2))}
    given |= {name: chance.sample("xyz", chance.randint(0, 3)) for name in LISTS if chance.random() < 0.3}
    if "got" in walk.spec.names and chance.random() < 0.7:
        given["got"] = chance.randint(0, 9)
    dice = chance.random()
    if chance.random() < 0.05:  # another machine's clock
        walk.later(minutes=-chance.randint(1, 20))
    if dice < 0.15 or not (walk.snapshot.tasks or walk.snapshot.events):
        walk.later(minutes=chance.choice((1, 5, 30, 30, 3000)) * chance.random())
        told.append(f"now {walk.now}")
        walk.fire()
        return _outcomes(walk, possible, Oracle.fire)
    if chance.random() < 0.2:  # late: what is due fires first, and may close what is meant
        walk.later(minutes=chance.randint(1, 30))
    if walk.snapshot.events and (dice < 0.35 or not walk.snapshot.tasks):
        event = chance.choice(walk.snapshot.events)
        told.append(f"{event.kind} {event.name} {event.correlation!r} to {event.event_id} {given} at {walk.now}")
        return _take(
            walk,
            possible,
            lambda: walk.receive(event.key, **given),
            lambda case: case.receive(event.event_id, event.correlation, _mentioned(walk, given)),
        )
    task = chance.choice(walk.snapshot.tasks)
    label = task.activity_id + (f":{task.item}" if task.item is not None else "")
    told.append(f"complete {label} {given} at {walk.now}")
    return _take(
        walk,
        possible,
        lambda: walk.complete_key(task.key, **given),
        lambda case: case.complete(label, _mentioned(walk, given)),
    )


def _mentioned(walk: Walk, given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in walk.spec.names}


Act = Callable[[Oracle], None]


def _take(walk: Walk, possible: list[Oracle], ours: Callable[[], object], theirs: Act) -> list[Oracle]:
    """Both take the step; where what is due closes its place first, only that fires."""

    def whole(case: Oracle) -> None:
        case.fire()
        theirs(case)
        case.fire()

    try:
        ours()
    except NoSuchTask:
        walk.fire()
        return _outcomes(walk, possible, Oracle.fire)
    return _outcomes(walk, possible, whole)


def _outcomes(walk: Walk, possible: list[Oracle], act: Callable[[Oracle], None]) -> list[Oracle]:
    found = []
    for oracle in possible:
        oracle.now = walk.now
        found += outcomes(oracle, lambda case: _unless_gone(case, act))
    return [case for case in found if not case.gone] or found


def _unless_gone(case: Oracle, act: Callable[[Oracle], None]) -> None:
    case.gone = False
    try:
        act(case)
    except LookupError:
        case.gone = True
