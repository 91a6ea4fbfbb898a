"""Each rule of the engine taken away, one at a time: the walks notice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType

import pytest

from engine.errors import AlurError
from engine.spiff import advance, clock, cutting, events, fixes, multiple, share, step
from tests.engine.spiff import test_events, test_gateways, test_multi, test_spec, test_timers
from tests.engine.spiff.test_walks import SETS, Difference, walk_once

MOST_WALKS = 150
#: fewer automatic steps than the engine allows: what goes round for ever is found at once
STEPS_IN_A_ROW = 400

#: rule -> module, function, its words, other words, the walks that show it
RULES: dict[str, tuple[ModuleType, str, str, str, str]] = {
    "tokens that wait at a join are kept": (cutting, "_unused", "return sorted(tokens", "return sorted([]", "branches"),
    "tokens that a join has used are gone": (
        cutting,
        "_unused",
        " and t.last_state_change > fired",
        "",
        "branches in rounds",
    ),
    "what a token comes from keeps its place": (
        cutting,
        "_held",
        "hold(token.parent)",
        "hold(token.parent, False)",
        "branches",
    ),
    "what an open task inherits from is kept": (
        cutting,
        "_held",
        "        if task.parent is not None:  # a waiting",
        "        if False:  # a waiting",
        "flow",
    ),
    "an open border keeps its events": (cutting, "_held", "for split in _splits(task):", "for split in ():", "timers"),
    "sub-processes that run are kept": (cutting, "compact", "live.add(key)", "pass", "parts"),
    "what is to come grows again": (cutting, "repredict", "for scope in scopes(case):", "for scope in ():", "choices"),
    "conditions are looked at": (advance, "advance", "events.conditions(", "tuple(", "conditions"),
    "events on a border come again": (advance, "advance", "events.rearm(task)", "pass", "messages"),
    "variables are the case's": (share, "share", "_spread(case, scope, variables)", "pass", "branches"),
    "an instance keeps its own": (
        share,
        "share",
        "own += sorted(variables.keys() - set(own))",
        "pass",
        "lists of parts",
    ),
    "what comes from outside leaves an instance its own": (
        share,
        "_spread",
        "(own := task.internal_data.get(OWN))",
        "(own := None)",
        "lists of parts beside others",
    ),
}
MORE = {
    "lists of parts beside others": "task seq and each sub effect",
}
#: what only shows in special places: the tests that fail
SEEN_BY: dict[str, tuple[ModuleType, str, str, str, Callable[[], None]]] = {
    "an event that has come and waits again is spent": (
        cutting,
        "_spent",
        "    return any(",
        "    return False and any(",
        test_events.test_a_message_that_comes_again_and_again_leaves_no_growing_state,
    ),
    "each round of a repetition waits once": (
        cutting,
        "_repeated",
        "return _spent(task.parent) or ",
        "return False and ",
        test_events.test_a_message_that_comes_again_and_again_leaves_no_growing_state,
    ),
    "an event that stops an activity is not heard inside": (
        events,
        "superseded",
        "    return any(",
        "    return False and any(",
        test_events.test_a_signal_that_stops_an_activity_is_not_heard_inside_it,
    ),
    "a fired join forgets its tokens at once": (
        advance,
        "advance",
        "if joined or run.count % CUT_EVERY == 0:",
        "if False:",
        test_gateways.test_a_join_reached_again_in_the_same_step_waits_for_both_again,
    ),
    "nothing goes on where all is stopped": (
        events,
        "_throw_code",
        "my_task._drop_children(force=True)",
        "pass",
        test_events.test_nothing_goes_on_behind_an_escalation_that_stops_its_activity,
    ),
}
#: replaced in the library -> the walks that show it
REPLACED: dict[str, str | Callable[[], None]] = {
    "DeepMerge.merge": test_multi.test_lists_of_items_that_an_older_engine_began_are_never_mixed,
    "Task._set_state": "branches in rounds",
    "TaskSpec._predict": test_spec.test_a_thousand_steps_one_after_another_run,
    "TaskSpec._update": "errors",
    "Workflow._task_removed_notify": "errors in lists",
    "InclusiveGateway._check_threshold_unstructured": (
        test_gateways.test_an_inclusive_join_waits_for_a_branch_that_still_decides
    ),
    "MultiInstanceTask.create_child": "lists of parts",
    "MultiInstanceTask.merge_child": "lists of parts",
    "MultiInstanceTask._on_complete_hook": "lists that give",
    "SequentialMultiInstanceTask.add_next_child": "lists that give",
    "CodeEventDefinition.throw": "errors",
    "MessageEventDefinition.throw": "events",
    "SignalEventDefinition.throw": "signals",
    "ConditionalEventDefinition.has_fired": "conditions",
    "MultipleEventDefinition.has_fired": "one of several",
    "EventBasedGateway._run_hook": "one of several",
    "EventSplit._run_hook": test_events.test_a_condition_that_holds_when_its_branch_begins_is_never_lost,
    "DurationTimerEventDefinition.has_fired": "waits",
    "TimeDateEventDefinition.has_fired": test_timers.test_a_date_that_has_passed_fires_at_once,
    "CycleTimerEventDefinition.cycle_complete": "timers",
    "CycleTimerEventDefinition.update_task": "timers",
}


def noticed(by: str | Callable[[], None]) -> bool:
    """Whether walks of a set, or a test, see a difference."""
    if not isinstance(by, str):
        with pytest.raises((AssertionError, AlurError)):
            by()
        return True
    for seed in range(MOST_WALKS):
        try:
            walk_once({**SETS, **MORE}[by], seed)
        except Difference:
            return True
    return False


@pytest.mark.parametrize("rule", [*RULES, *SEEN_BY])
def test_a_rule_that_is_gone_is_noticed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, words, others, by = RULES.get(rule) or SEEN_BY[rule]
    original = getattr(module, name)
    source = inspect.getsource(original)
    assert source.count(words) == 1, f"{name} no longer says {words!r}"
    made: dict[str, object] = {}
    code = compile(f"from __future__ import annotations\n{source.replace(words, others)}", "rule", "exec")
    exec(code, vars(module), made)
    for owner in (module, step, advance, multiple, events):
        if getattr(owner, name, None) is original:
            monkeypatch.setattr(owner, name, made[name])
    for owner, method, ours in (*fixes.FIXES, *multiple.ITEMS, *events.EVENTS, *clock.CLOCKS):
        if ours is original:
            monkeypatch.setattr(owner, method, made[name])
    monkeypatch.setattr(advance, "MOST_STEPS", STEPS_IN_A_ROW)
    assert noticed(by)


@pytest.mark.parametrize("place", REPLACED)
def test_what_the_library_does_itself_is_noticed(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (fixes, multiple, events, clock):
        for (owner, name), stock in module.STOCK.items():
            if f"{owner.__name__}.{name}" == place:
                monkeypatch.setattr(owner, name, stock)
    monkeypatch.setattr(advance, "MOST_STEPS", STEPS_IN_A_ROW)
    assert noticed(REPLACED[place])


def test_every_replacement_is_tried_here() -> None:
    stock = {f"{o.__name__}.{n}" for module in (fixes, multiple, events, clock) for o, n in module.STOCK}
    assert stock == REPLACED.keys()
