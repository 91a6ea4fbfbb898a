"""What happens while a case runs, in order: to tasks, sub-processes, repeated activities, timers and end events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, ReceiveTask
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.spiff.clock import present
from engine.spiff.prepare import made_up
from engine.spiff.snapshot import Step

_seen: ContextVar[list[tuple[str, str]] | None] = ContextVar("_seen", default=None)

PREDICTED = S.MAYBE | S.LIKELY | S.FUTURE
#: activities that are open without a person
WORKS_ALONE = (SubWorkflowTask, LoopTask, ServiceTask)


@contextmanager
def watching() -> Iterator[list[tuple[str, str]]]:
    """Collect which flows are taken meanwhile, as ids of the elements at both ends, each time it happens."""
    seen: list[tuple[str, str]] = []
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


class Trace:
    """Collects the steps of one run."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def changed(self, task: Task, before: int) -> None:
        """A task of the library has a new state."""
        if (seen := _seen.get()) is not None:
            _watch(seen, task, before)
        kind = _kind(task, before)
        if kind in ("entered", "ended"):
            _name(task)
        if kind == "entered":
            task.internal_data["since"] = present().around.now.isoformat()
        if kind:
            self._add(kind, task)

    def removed(self, task: Task) -> None:
        """A task was taken out of the tree: an open one counts as cancelled."""
        if _is_open(task, task.state):
            self._add("cancelled", task)

    def fired(self, task: Task, event_id: str) -> None:
        """A timer's instant has come."""
        main = attached(task)
        key = str(main.id) if main is not None else None
        self.steps.append(Step("fired", event_id, str(task.id), item_of(main or task), key))

    def _add(self, kind: str, task: Task) -> None:
        if not made_up(task.task_spec.bpmn_id):
            self.steps.append(Step(kind, task.task_spec.bpmn_id, str(task.id), item_of(task)))


def is_work(task: Task) -> bool:
    """Whether a person has to do it, once for each instance."""
    return task.task_spec.manual and not isinstance(task.task_spec, LoopTask)


def attached(task: Task) -> Task | None:
    """The activity that a boundary event's task stands at."""
    split = task.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return None
    return next((t for t in split.children if not isinstance(t.task_spec, BoundaryEvent)), None)


def loop_of(task: Task) -> MultiInstanceTask | None:
    """The multi-instance of which the task is one instance. What follows the activity also hangs below it."""
    around = task.parent.task_spec if task.parent is not None else None
    if isinstance(around, MultiInstanceTask) and around.task_spec == task.task_spec.name:
        return around
    return None


def item_of(task: Task) -> str | None:
    """The multi-instance item a task stands for, or the sub-process around it does."""
    item: str | None = task.internal_data.get("named")
    return item


def as_text(item: Any) -> str:
    return item if isinstance(item, str) else orjson.dumps(item).decode()


def _watch(seen: list[tuple[str, str]], task: Task, before: int) -> None:
    """Note the flow by which a task was reached, the first time it leaves the tasks to come."""
    if not before & PREDICTED or task.state & (PREDICTED | S.CANCELLED) or made_up(task.task_spec.bpmn_id):
        return
    came = task.parent
    while came is not None and made_up(came.task_spec.bpmn_id):
        came = came.parent
    if came is not None and came.task_spec is not task.task_spec:
        seen.append((came.task_spec.bpmn_id, task.task_spec.bpmn_id))


def _is_open(task: Task, state: int) -> bool:
    if isinstance(task.task_spec, WORKS_ALONE):
        return state in (S.STARTED, S.READY)
    if isinstance(task.task_spec, ReceiveTask):
        return state in (S.WAITING, S.READY)
    return is_work(task) and state == S.READY


def _kind(task: Task, before: int) -> str | None:
    spec, state = task.task_spec, task.state
    if isinstance(spec, LoopTask) and state == S.COMPLETED and not task.internal_data.get("merged"):
        return None  # nothing to repeat: it was passed by
    if isinstance(spec, WORKS_ALONE):
        opened = S.STARTED
    elif isinstance(spec, ReceiveTask):
        opened = S.WAITING
    elif is_work(task):
        opened = S.READY
    else:
        return "ended" if isinstance(spec, EndEvent) and state == S.COMPLETED else None
    if state == opened:
        return "entered"
    if state == S.COMPLETED:
        return "completed"
    return "cancelled" if state == S.CANCELLED and _is_open(task, before) else None


def _name(task: Task) -> None:
    """Keep the item with the task, for as long as it lives."""
    loop = loop_of(task)
    item: Any = None
    if loop is not None:
        if loop.input_item is not None:
            item = task.data.get(loop.input_item.bpmn_id)
        else:
            item = task.internal_data.get("key_or_index", task.internal_data.get("item"))
    elif task.workflow.parent_task_id is not None:
        around = task.workflow.top_workflow.get_task_from_id(task.workflow.parent_task_id)
        item = around.internal_data.get("named")
    if item is not None:
        task.internal_data["named"] = as_text(item)
