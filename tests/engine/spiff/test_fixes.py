"""Each replacement in the library still sits on the code it was written for."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)
from SpiffWorkflow.util.deep_merge import DeepMerge

from engine.spiff import clock, events, fixes, multiple, step

SEEN = {
    "DeepMerge.merge": "b629957b3d77fa37",
    "Task._set_state": "86c4c1d22dc9b70f",
    "TaskSpec._predict": "e205cac4587d51d4",
    "TaskSpec._update": "6b138d31ca684e6b",
    "Workflow._task_removed_notify": "388a3f72b40c4221",
    "InclusiveGateway._check_threshold_unstructured": "813fa3b93a629ea6",
    "MultiInstanceTask.create_child": "7241174bea90bec2",
    "MultiInstanceTask.merge_child": "5a1ca4bd23191097",
    "MultiInstanceTask._on_complete_hook": "39e47e85a77b2ffc",
    "SequentialMultiInstanceTask.add_next_child": "2fbdbcda368e1bfa",
    "CodeEventDefinition.throw": "a2d6914fbc7c7b9c",
    "MessageEventDefinition.throw": "454264133ce24e56",
    "SignalEventDefinition.throw": "cbddccbe298dd23e",
    "ConditionalEventDefinition.has_fired": "e257fbceba0b08e1",
    "MultipleEventDefinition.has_fired": "735a9c586e81e112",
    "EventBasedGateway._run_hook": "e81c4113b97f9432",
    "EventSplit._run_hook": "d21ee127bd1054f7",
    "DurationTimerEventDefinition.has_fired": "c78bee4e63b01fbc",
    "TimeDateEventDefinition.has_fired": "919a32f7b56f51c0",
    "CycleTimerEventDefinition.cycle_complete": "14378cef17d05489",
    "CycleTimerEventDefinition.update_task": "6cd859500eddae74",
}
STOCK: dict[str, Callable[..., Any]] = {
    f"{owner.__name__}.{name}": stock
    for module in (fixes, multiple, events, clock)
    for (owner, name), stock in module.STOCK.items()
}


def test_the_library_is_the_one_that_was_read() -> None:
    assert version("SpiffWorkflow") == "3.2.0"
    assert STOCK.keys() == SEEN.keys()


@pytest.mark.parametrize("name", SEEN)
def test_what_is_replaced_has_not_changed(name: str) -> None:
    """On a failure read the new code: the replacement may be out of date, or no longer needed."""
    assert hashlib.sha256(inspect.getsource(STOCK[name]).encode()).hexdigest()[:16] == SEEN[name]


def test_every_replacement_is_in_place() -> None:
    assert step
    for owner, name, ours in (*fixes.FIXES, *multiple.ITEMS, *events.EVENTS, *clock.CLOCKS):
        assert inspect.getattr_static(owner, name) is ours
    assert {DurationTimerEventDefinition, TimeDateEventDefinition, CycleTimerEventDefinition} == {
        owner for owner, _, _ in clock.CLOCKS
    }


def test_the_library_still_mixes_lists() -> None:
    assert STOCK["DeepMerge.merge"]({"x": ["a", "b", "c"]}, {"x": ["b", "c"]}) != {"x": ["b", "c"]}
    assert DeepMerge.merge({"x": ["a", "b", "c"], "y": {"k": 1}}, {"x": ["b", "c"], "y": {}}) == {
        "x": ["b", "c"],
        "y": {},
    }


def test_merged_lists_are_not_shared() -> None:
    ours = {"x": [1]}
    theirs = DeepMerge.merge({}, ours)
    theirs["x"].append(2)
    assert ours == {"x": [1]}
