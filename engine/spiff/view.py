"""A running case in plain values: who has to do what, what is open, what it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.diagram.wiring import NOTHING, Wiring
from engine.spiff.clock import KINDS, due_of, timers_of, waits
from engine.spiff.events import RECEIVED, correlation, waiting_for
from engine.spiff.prepare import made_up
from engine.spiff.snapshot import OpenActivity, OpenCall, OpenTask, Scope, Snapshot, Thrown, WaitingEvent, WaitingTimer
from engine.spiff.state import Case, scopes
from engine.spiff.trace import WORKS_ALONE, as_text, attached, is_work, item_of, loop_of

#: The library's class -> our word, where it is not the BPMN element's own name.
WORDS = {
    "SubWorkflowTask": "subProcess",
    "EventSubprocess": "subProcess",
    "Calling": "callActivity",
    "AdHocSubprocess": "adHocSubProcess",
    "TransactionSubprocess": "transaction",
    "ParallelMultiInstanceTask": "multiInstance",
    "SequentialMultiInstanceTask": "multiInstance",
    "StandardLoopTask": "loop",
}


def seen(case: Case, state: bytes | None, thrown: tuple[Thrown, ...] = ()) -> Snapshot:
    """The whole case; `state` is None once it has ended."""
    ended = state is None
    return Snapshot(
        state=state,
        tasks=() if ended else tasks(case),
        activities=() if ended else activities(case),
        timers=() if ended else timers(case),
        steps=tuple(case.trace.steps) if case.trace is not None else (),
        data=data(case),
        events=() if ended else events(case),
        calls=() if ended else calls(case),
        thrown=thrown,
    )


def tasks(case: Case) -> tuple[OpenTask, ...]:
    """The tasks that wait for a person, outer scopes first."""
    return tuple(
        OpenTask(str(task.id), task.task_spec.bpmn_id, item_of(task), (*_repeating(task), *around), task.data)
        for scope, around in _open_scopes(case)
        for task in scope.tasks.values()
        if task.state == S.READY and is_work(task)
    )


def activities(case: Case) -> tuple[OpenActivity, ...]:
    """Sub-processes, multi-instances, catch events and gateways that hold a token."""
    return tuple(
        OpenActivity(str(task.id), task.task_spec.bpmn_id, _word(task), around, _items(task))
        for scope, around in _open_scopes(case)
        for task in scope.tasks.values()
        if _holds_token(task)
    )


def events(case: Case) -> tuple[WaitingEvent, ...]:
    """The messages and signals that the case waits for."""
    return tuple(
        WaitingEvent(
            key=timer_key(task, definition.event_id),
            event_id=definition.event_id,
            kind="message" if isinstance(definition, MessageEventDefinition) else "signal",
            name=definition.name,
            correlation=correlation(task, wired_to(task, definition.event_id).correlation),
        )
        for task in case.event_manager.tasks.values()
        if task.state == S.WAITING
        for definition in waiting_for(task)
        if isinstance(definition, RECEIVED)
    )


def calls(case: Case) -> tuple[OpenCall, ...]:
    """The service tasks whose connectors have to be called."""
    return tuple(
        OpenCall(str(task.id), task.task_spec.bpmn_id, wired_to(task, task.task_spec.bpmn_id).connector or "")
        for scope, _ in _open_scopes(case)
        for task in scope.tasks.values()
        if task.state == S.STARTED and isinstance(task.task_spec, ServiceTask)
    )


def wired_to(task: Task, element: str) -> Wiring:
    """What an element at or behind a task is tied to."""
    specs = (task.task_spec, *task.task_spec.outputs)
    wired = next((s.extensions.get("wiring") for s in specs if s.bpmn_id == element), None)
    return wired or NOTHING


def timers(case: Case) -> tuple[WaitingTimer, ...]:
    """Every timer that runs, the earliest first."""
    found = [timer for task in case.event_manager.tasks.values() for timer in _timers(task)]
    return tuple(sorted(found, key=lambda t: t.due))


def data(case: Case) -> dict[str, Any]:
    """The variables of the case, without those that belong to one item only."""
    known = dict(case.data)
    if not case.completed:
        for task in case.tasks.values():
            if task.has_state(S.READY | S.WAITING | S.STARTED) and not task.triggered:
                known.update(task.data)
    return known


def timer_key(task: Task, event_id: str) -> str:
    """A gateway that waits for several timers holds them all in one task of the library."""
    return str(task.id) if task.task_spec.bpmn_id == event_id else f"{task.id}:{event_id}"


def _open_scopes(case: Case) -> Iterator[tuple[BpmnBaseWorkflow, tuple[Scope, ...]]]:
    around: dict[int, tuple[Scope, ...]] = {id(case): ()}
    for scope in scopes(case):
        if scope.completed:
            continue
        if scope is not case:
            owner: Task = case.get_task_from_id(scope.parent_task_id)
            own = () if made_up(owner.task_spec.bpmn_id) else (Scope(owner.task_spec.bpmn_id, str(owner.id)),)
            around[id(scope)] = (*own, *_repeating(owner), *around[id(owner.workflow)])
        yield scope, around[id(scope)]


def _repeating(task: Task) -> tuple[Scope, ...]:
    """The whole multi-instance around one instance, where timers or other events hang on it."""
    whole = task.parent if loop_of(task) is not None else None
    if whole is None or attached(whole) is None:
        return ()
    return (Scope(whole.task_spec.bpmn_id, str(whole.id)),)


def _holds_token(task: Task) -> bool:
    spec = task.task_spec
    if made_up(spec.bpmn_id):
        return False
    if task.state == S.STARTED:
        return isinstance(spec, WORKS_ALONE)
    if task.state == S.WAITING:
        return isinstance(spec, (CatchingEvent, UnstructuredJoin)) and not isinstance(spec, BoundaryEvent)
    return False


def _word(task: Task) -> str:
    name = type(task.task_spec).__name__
    return WORDS.get(name, name[0].lower() + name[1:])


def _items(task: Task) -> tuple[str, ...]:
    if not isinstance(task.task_spec, LoopTask):
        return ()
    notes = task.internal_data
    if "items" in notes:
        return tuple(as_text(item) for item in notes["items"])
    if "cardinality" in notes:
        return tuple(str(n) for n in range(notes["cardinality"]))
    here = sum(1 for c in task.children if not c.has_state(S.COMPLETED))
    return tuple(str(n) for n in range(len(notes.get("merged", ())) + here))


def _timers(task: Task) -> Iterator[WaitingTimer]:
    main = attached(task)
    for definition in timers_of(task):
        wait = waits(task).get(definition.name)
        if wait is None or wait.get("fired") or wait.get("left") == 0:
            continue
        yield WaitingTimer(
            key=timer_key(task, definition.name),
            event_id=definition.name,
            due=due_of(wait),
            started=datetime.fromisoformat(wait["started"]),
            text=wait["text"],
            kind=KINDS[type(definition)],
            attached_to=main.task_spec.bpmn_id if main is not None else None,
            attached_key=str(main.id) if main is not None else None,
        )
