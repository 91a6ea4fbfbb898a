"""A running case as the library holds it, and the bytes it is stored as."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.spiff.environment import ENGINE
from engine.spiff.spec import Spec
from engine.spiff.trace import Trace

FORMAT = 1

_own = threading.local()  # what packs and unpacks is dear to make, and no two threads may share it


def _packing() -> zstandard.ZstdCompressor:
    if not hasattr(_own, "packing"):
        _own.packing = zstandard.ZstdCompressor(level=3)
    return _own.packing  # type: ignore[no-any-return]


def _unpacking() -> zstandard.ZstdDecompressor:
    if not hasattr(_own, "unpacking"):
        _own.unpacking = zstandard.ZstdDecompressor()
    return _own.unpacking  # type: ignore[no-any-return]


class Case(BpmnWorkflow):  # type: ignore[misc]
    """The library's workflow with a trace of what happens and a count of state changes."""

    tick = 0
    trace: Trace | None = None


def new(spec: Spec) -> Case:
    """A case that has not begun."""
    return Case(spec.process, spec.parts, script_engine=ENGINE)


def scopes(case: Case) -> list[BpmnBaseWorkflow]:
    """The process and its sub-processes, outer ones first."""
    return [case, *case.subprocesses.values()]


def dump(case: Case) -> bytes:
    """The stored bytes. Predicted tasks are left out where they can be predicted again."""
    value = {
        "format": FORMAT,
        "tick": case.tick,
        "top": _scope(case),
        "parts": {str(key): _scope(part) for key, part in case.subprocesses.items()},
    }
    return _packing().compress(orjson.dumps(value))


def load(spec: Spec, state: bytes) -> Case:
    """The case as it was stored, fit for reading; `repredict` makes it fit for running."""
    return build(spec, unpack(state))


def unpack(state: bytes) -> dict[str, Any]:
    """The stored bytes as plain JSON values; tasks with the whole of their data, or None where it is their parent's."""
    value: dict[str, Any] = orjson.loads(_unpacking().decompress(state))
    if value["format"] != FORMAT:
        raise ValueError(f"state of format {value['format']}")
    for scope in (value["top"], *value["parts"].values()):
        _spread(scope["tasks"])
    return value


def _spread(rows: list[list[Any]]) -> None:
    """Give each stored task the whole of its data where only the difference was stored; None stays as it is."""
    whole: dict[str | None, dict[str, Any]] = {None: {}}
    for row in rows:
        id, parent, data = row[0], row[1], row[-1]
        if isinstance(data, list):
            data = row[-1] = _data(whole[parent], data)
        whole[id] = data if data is not None else whole[parent]


def build(spec: Spec, value: dict[str, Any]) -> Case:
    """The case that unpacked values describe."""
    case = Case(spec.process, spec.parts, script_engine=ENGINE, deserializing=True)
    case.tick = value["tick"]
    _fill(case, value["top"])
    for key, part in value["parts"].items():
        task = case.get_task_from_id(UUID(key))
        scope = BpmnSubWorkflow(case.subprocess_specs[task.task_spec.spec], task.id, case, deserializing=True)
        _fill(scope, part)
        case.subprocesses[task.id] = scope
        scope.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
    return case


def _scope(scope: BpmnBaseWorkflow) -> dict[str, Any]:
    return {
        "data": scope.data,
        "last": str(scope.last_task.id) if scope.last_task is not None else None,
        "success": scope.success,
        "completed": scope.completed,
        "correlations": scope.correlations,
        "tasks": [_row(task) for task in in_order(scope)],
    }


def _row(task: Task) -> list[Any]:
    parent = task.parent
    return [
        str(task.id),
        str(parent.id) if parent is not None else None,
        task.task_spec.name,
        task.state,
        task.triggered,
        task.last_state_change,
        _plain(task),
        task.data if parent is None else _beside(parent.data, task.data),
    ]


def _beside(known: dict[str, Any], data: dict[str, Any]) -> dict[str, Any] | list[Any] | None:
    """How a task's data differ from its parent's: [what it has else, what it lacks]; None where they are alike.

    All of it where they have nothing in common. A list that thousands run over is stored once, and read once.
    """
    other = {name: value for name, value in data.items() if name not in known or not _same(known[name], value)}
    lacking = [name for name in known if name not in data]
    if len(other) == len(data):
        return data if data or known else None
    return [other, lacking] if other or lacking else None


def _same(one: Any, other: Any) -> bool:
    """Whether two values are stored alike: 1, 1.0 and true are equal, and not the same."""
    return one is other or (one == other and orjson.dumps(one) == orjson.dumps(other))


def _data(known: dict[str, Any], stored: list[Any]) -> dict[str, Any]:
    """A task's data again, from its parent's and what `_beside` told."""
    other, lacking = stored
    return {**{name: value for name, value in known.items() if name not in lacking}, **other}


def _plain(task: Task) -> dict[str, Any]:
    """What the library notes about the task; events seen so far by their place in the gateway or event."""
    notes = task.internal_data
    if "seen_events" not in notes:
        return notes  # type: ignore[no-any-return]
    known = task.task_spec.event_definition.event_definitions
    seen = [
        (place, event.payload)
        for event in notes["seen_events"]
        for place, definition in enumerate(known)
        if definition is event.event_definition
    ]
    return {**notes, "seen_events": seen}


def _fill(scope: BpmnBaseWorkflow, value: dict[str, Any]) -> None:
    events = scope.top_workflow.event_manager
    for key, parent, name, state, triggered, tick, notes, data in value["tasks"]:
        above = scope.tasks[UUID(parent)] if parent is not None else None
        task = Task(scope, scope.spec.task_specs[name], above, state=state, id=UUID(key))
        task.triggered, task.last_state_change, task.internal_data = triggered, tick, notes
        task.data = data if data is not None else dict(scope.tasks[UUID(parent)].data)
        if "seen_events" in notes:
            known = task.task_spec.event_definition.event_definitions
            notes["seen_events"] = [BpmnEvent(known[place], payload) for place, payload in notes["seen_events"]]
        if above is None:
            scope.task_tree = task
        if state == S.WAITING and isinstance(task.task_spec, CatchingEvent):
            events.add_task(task)
    scope.last_task = scope.tasks.get(UUID(value["last"])) if value["last"] else None
    scope.data, scope.success, scope.completed = value["data"], value["success"], value["completed"]
    scope.correlations = value["correlations"]


def in_order(scope: BpmnBaseWorkflow) -> Iterator[Task]:
    """Every task after its parent. Not recursive: a tree may be deep."""
    todo = [scope.task_tree]
    while todo:
        task = todo.pop()
        yield task
        todo.extend(reversed(task.children))
