"""What events do here: who catches what is thrown, inside a case and beyond it.

Errors and escalations go up to the activities around them. A signal reaches everything that waits for it in the case
at once, other cases through the database. Messages always go out and come in through the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.control import EventSplit
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
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.diagram.element import expression
from engine.diagram.wiring import Wiring
from engine.errors import N_, ActivityFailed
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
    """Let a waiting event have what it waits for: of several behind a gateway this one."""
    if isinstance(task.task_spec.event_definition, MultipleEventDefinition):
        task.internal_data["seen_events"] = [BpmnEvent(definition)]
    else:
        task.task_spec.catch(task, BpmnEvent(definition))
    task.task_spec._update(task)


def superseded(task: Task) -> bool:
    """Whether an event has come that is about to stop what the task stands at or in."""
    main = attached(task) if isinstance(task.task_spec, BoundaryEvent) else None
    return any(
        event is not task and event.task_spec.cancel_activity and event.has_state(S.READY | S.COMPLETED)
        for activity in (*((main,) if main is not None else ()), *_around(task))
        for event in _border(activity)
    )


def rearm(task: Task) -> None:
    """A non-interrupting event that can come again waits again; the library lets it fire once."""
    spec, split = task.task_spec, task.parent
    if not isinstance(spec, BoundaryEvent) or spec.cancel_activity or not isinstance(spec.event_definition, AGAIN):
        return
    main = attached(task)
    if main is not None and not main.has_state(S.FINISHED_MASK):
        again = split._add_child(spec, S.WAITING)
        again.data = dict(split.data)
        spec._predict(again, mask=S.NOT_FINISHED_MASK)  # it may come again before the case is saved
        spec._update(again)


def conditions(tasks: list[Task]) -> None:
    """Look whether what waiting events wait for has come true, and let the first go on, the outermost first."""
    run = present()
    run.looking = True
    for task in sorted(tasks, key=lambda t: t.workflow.depth):
        if task.state == S.WAITING and any(isinstance(d, ConditionalEventDefinition) for d in waiting_for(task)):
            task.task_spec._update(task)
            if task.state != S.WAITING:
                break
    run.looking = False


def _throw_code(self: CodeEventDefinition, my_task: Task) -> None:
    """The nearest activity around the throw that catches it; the library asks whoever stands beside it, or anywhere."""
    event = BpmnEvent(self)
    for activity in _around(my_task):
        for task in _border(activity):
            if task.state == S.WAITING and _catches(task.task_spec.event_definition, self):
                task.task_spec.catch(task, event)
                task.task_spec._update(task)
                if task.task_spec.cancel_activity:
                    my_task._drop_children(force=True)  # nothing goes on where all is about to be stopped
                return
    if isinstance(self, ErrorEventDefinition):
        raise ActivityFailed(
            my_task.task_spec.bpmn_id, N_("nothing catches the error “%(code)s”"), code=self.code or self.name
        )


def _around(task: Task) -> Iterator[Task]:
    """The activities that a task stands in, the innermost first; a repeated one as a whole."""
    scope = task.workflow
    while scope.parent_task_id is not None:
        owner: Task = task.workflow.top_workflow.get_task_from_id(scope.parent_task_id)
        repeated = loop_of(owner) is not None or "iteration" in owner.internal_data
        yield owner.parent if repeated else owner
        scope = owner.workflow


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
    for task in sorted(top.event_manager.tasks.values(), key=lambda t: t.workflow.depth):
        heard = next((d for d in waiting_for(task) if self == d), None)
        if task.state == S.WAITING and heard is not None and not superseded(task):
            caught(task, heard)
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
        raise ActivityFailed(
            task.task_spec.bpmn_id,
            N_("the correlation key “%(text)s” gives %(value)s"),
            text=text,
            value=repr(value)[:60],
        )
    return str(value)


def _condition_fired(self: ConditionalEventDefinition, my_task: Task) -> bool:
    """True once the case stands still and the condition holds; not while a name it mentions has no value.

    The library looks after every task: then what happens at once decides whether an activity ends or is stopped.
    """
    if not present().looking or names_in(expression(self.expression) or "") - my_task.data.keys():
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


def _wait(self: EventSplit, my_task: Task) -> bool:
    """Let the events on a border wait, with what follows them in sight; else one that comes at once leads nowhere."""
    for task in my_task.children:
        if isinstance(task.task_spec, self.event_type) and task.has_state(S.PREDICTED_MASK):
            task._set_state(S.WAITING)
            task.task_spec._predict(task, mask=S.NOT_FINISHED_MASK)
    return True


def _go_on(self: EventBasedGateway, my_task: Task) -> bool:
    """Take the flow of the one event that has come; the library takes all that look like it."""
    (event,) = my_task.internal_data["seen_events"]
    place = next(n for n, d in enumerate(self.event_definition.event_definitions) if d is event.event_definition)
    my_task._sync_children([my_task.children[place].task_spec], S.FUTURE)
    for child in my_task.children:
        child.task_spec._predict(child, mask=S.FUTURE | S.PREDICTED_MASK)
    return True


#: (class, name, ours): what `install` puts in place.
EVENTS: tuple[tuple[type, str, Any], ...] = (
    (CodeEventDefinition, "throw", _throw_code),
    (MessageEventDefinition, "throw", _throw_message),
    (SignalEventDefinition, "throw", _throw_signal),
    (ConditionalEventDefinition, "has_fired", _condition_fired),
    (MultipleEventDefinition, "has_fired", _several_fired),
    (EventBasedGateway, "_run_hook", _go_on),
    (EventSplit, "_run_hook", _wait),
)
STOCK = {(owner, name): getattr(owner, name) for owner, name, _ in EVENTS}


def install() -> None:
    """Put these events in place of the library's, for the whole program."""
    for owner, name, ours in EVENTS:
        setattr(owner, name, ours)
