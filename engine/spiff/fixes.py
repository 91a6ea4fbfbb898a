"""Where SpiffWorkflow 3.2.0 is wrong for us, each with a small replacement.

tests/engine/spiff/test_fixes.py says when the library has changed below one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow import Workflow
from SpiffWorkflow.bpmn.specs.mixins.inclusive_gateway import InclusiveGateway
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState as S

AHEAD = 3  #: steps of the future that are kept in sight
OPEN = S.WAITING | S.READY | S.STARTED


def _merge(a: dict[str, Any], b: dict[str, Any], path: object = None) -> dict[str, Any]:
    """A variable is replaced whole. The library mixes lists: ['a', 'b', 'c'] and ['b', 'c'] make ['a', 'b']."""
    for key, value in b.items():
        a[key] = value.copy() if isinstance(value, (dict, list)) else value
    return a


def _set_state(self: Task, value: int) -> None:
    """Tell the case's trace, and count time in ticks: clocks of several machines would order joins wrongly."""
    if value == self._state:
        return
    before, self._state = self._state, value
    top = self.workflow.top_workflow
    top.tick += 1
    self.last_state_change = top.tick
    if top.trace is not None:
        top.trace.changed(self, before)


def _predict(
    self: TaskSpec, my_task: Task, seen: Any = None, looked_ahead: int = 0, mask: int = S.PREDICTED_MASK
) -> None:
    """Grow the future a few steps ahead. The library grows all that is certain, by recursion and at every step."""
    if my_task.has_state(mask):
        self._predict_hook(my_task)
    if looked_ahead < AHEAD:
        for child in my_task.children:
            if child.has_state(mask):
                child.task_spec._predict(child, None, looked_ahead + 1, mask)


def _update(self: TaskSpec, my_task: Task) -> None:
    """Grow on from where the last step's future ended."""
    if my_task.has_state(S.PREDICTED_MASK | S.FUTURE) and not my_task.children:
        self._predict(my_task, mask=S.PREDICTED_MASK | S.FUTURE)
    elif my_task.has_state(S.PREDICTED_MASK):
        self._predict(my_task)
    if self._update_hook(my_task):
        my_task._ready()


def _task_removed_notify(self: Workflow, task: Task) -> None:
    """An instance removed from an interrupted multi-instance takes its sub-process with it; else that runs on."""
    _stock_task_removed_notify(self, task)
    top = self.top_workflow
    top.event_manager.remove_task(task)
    if top.trace is not None:
        top.trace.removed(task)
    part = top.subprocesses.pop(task.id, None)
    if part is not None:
        part.completed = True
        for inner in list(part.tasks.values()):
            _task_removed_notify(part, inner)


def _check_threshold(self: InclusiveGateway, my_task: Task) -> bool:
    """BPMN 2.0's rule for an inclusive join: wait while a token elsewhere can still reach an empty input.

    The library's search follows only the first way back from each node and ignores running sub-processes.
    """
    have, live = set(), set()
    for task in my_task.workflow.tasks.values():
        if task.task_spec is self:
            if task.state != S.COMPLETED and task.parent.state == S.COMPLETED:
                have.add(task.parent.task_spec.name)
        elif task.has_state(OPEN) or (task.state == S.FUTURE and task.parent.state == S.COMPLETED):
            live.add(task.task_spec.name)
    empty = {spec.name for spec in self.inputs} - have
    return not live & _reaching(self, empty) - _reaching(self, have)


def _reaching(gateway: InclusiveGateway, names: Iterable[str]) -> set[str]:
    """The nodes from which one of `names` is reached without passing the gateway."""
    seen = set(names)
    todo = [gateway._wf_spec.task_specs[name] for name in seen]
    while todo:
        for before in todo.pop().inputs:
            if before is not gateway and before.name not in seen:
                seen.add(before.name)
                todo.append(before)
    return seen


#: (class, name, ours): what `install` puts in place.
FIXES: tuple[tuple[type, str, Any], ...] = (
    (DeepMerge, "merge", staticmethod(_merge)),
    (Task, "_set_state", _set_state),
    (TaskSpec, "_predict", _predict),
    (TaskSpec, "_update", _update),
    (Workflow, "_task_removed_notify", _task_removed_notify),
    (InclusiveGateway, "_check_threshold_unstructured", _check_threshold),
)
STOCK = {(owner, name): getattr(owner, name) for owner, name, _ in FIXES}
_stock_task_removed_notify = STOCK[Workflow, "_task_removed_notify"]


def install() -> None:
    """Put the replacements in place, for the whole program."""
    for owner, name, ours in FIXES:
        setattr(owner, name, ours)
