"""What events do here: who catches what is thrown, inside a case and beyond it.

Errors and escalations go up to the activities around them. A signal reaches everything that waits for it in the case
at once, other cases through the database. Messages always go out and come in through the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    CodeEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.diagram.read import expression
from engine.diagram.wiring import Wiring
from engine.errors import ActivityFailed
from engine.expressions import names_in
from engine.spiff.clock import present
from engine.spiff.snapshot import Thrown
from engine.spiff.trace import attached, loop_of

AGAIN = (MessageEventDefinition, SignalEventDefinition, EscalationEventDefinition)
RECEIVED = (MessageEventDefinition, SignalEventDefinition)


def waiting_for(task: Task) -> Iterator[EventDefinition]:
    """What a waiting event, or a gateway on behalf of the events behind it, waits for."""
    definition = task.task_spec.event_definition
    yield from getattr(definition, "event_definitions", None) or (definition,)


def caught(task: Task, definition: EventDefinition) -> None:
    """Let a waiting event have what it waits for."""
    task.task_spec.catch(task, BpmnEvent(definition))
    task.task_spec._update(task)


def rearm(task: Task) -> None:
    """A non-interrupting event that can come again waits again; the library lets it fire once."""
    spec, split = task.task_spec, task.parent
    if not isinstance(spec, BoundaryEvent) or spec.cancel_activity or not isinstance(spec.event_definition, AGAIN):
        return
    main = attached(task)
    if main is not None and not main.has_state(S.FINISHED_MASK):
        again = split._add_child(spec, S.WAITING)
        again.data = dict(split.data)
        spec._update(again)


def conditions(tasks: list[Task]) -> None:
    """Look again whether what waiting events wait for has come true."""
    for task in tasks:
        if task.state == S.WAITING and any(isinstance(d, ConditionalEventDefinition) for d in waiting_for(task)):
            task.task_spec._update(task)


def _throw_code(self: CodeEventDefinition, my_task: Task) -> None:
    """The nearest activity around the throw that catches it; the library asks whoever stands beside it, or anywhere."""
    event = BpmnEvent(self)
    scope = my_task.workflow
    while scope.parent_task_id is not None:
        owner = my_task.workflow.top_workflow.get_task_from_id(scope.parent_task_id)
        around = owner.parent if loop_of(owner) is not None or _looped(owner) else owner
        for task in _border(around):
            if task.state == S.WAITING and _catches(task.task_spec.event_definition, self):
                task.task_spec.catch(task, event)
                task.task_spec._update(task)
                return
        scope = owner.workflow
    if isinstance(self, ErrorEventDefinition):
        raise ActivityFailed(my_task.task_spec.bpmn_id, f"nothing catches the error {self.code or self.name!r}")


def _looped(owner: Task) -> bool:
    return "iteration" in owner.internal_data


def _border(main: Task) -> Iterator[Task]:
    for task in main.parent.children if main.parent is not None else ():
        if isinstance(task.task_spec, BoundaryEvent) and attached(task) is main:
            yield task


def _catches(definition: EventDefinition, thrown: CodeEventDefinition) -> bool:
    if type(definition) is not type(thrown):
        return False
    made_up = (thrown.code or "").startswith("~")
    return definition.code == thrown.code or (definition.code is None and not made_up)


def _throw_message(self: MessageEventDefinition, my_task: Task) -> None:
    present().thrown.append(_thrown("message", self, my_task))


def _throw_signal(self: SignalEventDefinition, my_task: Task) -> None:
    top = my_task.workflow.top_workflow
    for task in list(top.event_manager.tasks.values()):
        if task.state == S.WAITING and any(self == d for d in waiting_for(task)):
            caught(task, self)
    present().thrown.append(_thrown("signal", self, my_task))


def _thrown(kind: str, definition: EventDefinition, task: Task) -> Thrown:
    wired: Wiring = task.task_spec.extensions["wiring"]
    carried = {name: task.data[name] for name in wired.carries if name in task.data}
    return Thrown(kind, definition.name, task.task_spec.bpmn_id, correlation(task, wired.correlation), carried)


def correlation(task: Task, text: str | None) -> str:
    """The key that tells receivers of one message apart; empty where the diagram gives none."""
    if not text:
        return ""
    value = task.workflow.script_engine.evaluate(task, expression(text) or "")
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        raise ActivityFailed(task.task_spec.bpmn_id, f"the correlation key {text!r} gives {value!r}")
    return str(value)


def _condition_fired(self: ConditionalEventDefinition, my_task: Task) -> bool:
    """True as soon as the condition is; not yet while a name it mentions has no value."""
    if names_in(expression(self.expression) or "") - my_task.data.keys():
        return False
    return bool(my_task.workflow.script_engine.evaluate(my_task, self.expression))


def _several_fired(self: MultipleEventDefinition, my_task: Task) -> bool:
    """The first of several wins: one that was caught, a timer, a condition. The library forgets conditions."""
    seen = my_task.internal_data.setdefault("seen_events", [])
    for definition in self.event_definitions:
        itself = isinstance(definition, TimerEventDefinition | ConditionalEventDefinition)
        if itself and not seen and definition.has_fired(my_task):
            seen.append(BpmnEvent(definition))
    return bool(seen)


#: (class, name, ours): what `install` puts in place.
EVENTS: tuple[tuple[type, str, Any], ...] = (
    (CodeEventDefinition, "throw", _throw_code),
    (MessageEventDefinition, "throw", _throw_message),
    (SignalEventDefinition, "throw", _throw_signal),
    (ConditionalEventDefinition, "has_fired", _condition_fired),
    (MultipleEventDefinition, "has_fired", _several_fired),
)
STOCK = {(owner, name): getattr(owner, name) for owner, name, _ in EVENTS}


def install() -> None:
    """Put these events in place of the library's, for the whole program."""
    for owner, name, ours in EVENTS:
        setattr(owner, name, ours)
