"""Time as the library sees it while a case runs: the instant given from outside, and due instants given by a calendar.

Replaces what the library's timer events do with the wall clock and with durations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.errors import N_, ActivityFailed, DurationError
from engine.spiff.around import Around
from engine.spiff.snapshot import Thrown

ISO_TEXT = re.compile(r"P[0-9.,YMWDTHS]+|R[0-9]*/\S+|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.,]+(Z|[+-][0-9:]+)?)?")
CYCLE = re.compile(r"R(?P<times>[0-9]*)/((?P<start>[^/P][^/]*)/)?(?P<interval>P[^/]+)")

KINDS = {
    DurationTimerEventDefinition: "duration",
    TimeDateEventDefinition: "date",
    CycleTimerEventDefinition: "cycle",
}


NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Run:
    """One step of a case: new timers start now; timers due up to `until` fire."""

    around: Around
    until: datetime = NEVER
    at: str = ""  #: the element being worked on, for error messages
    looking: bool = False  #: whether conditions may come true just now
    count: int = 0  #: automatic steps so far
    thrown: list[Thrown] = field(default_factory=list)  #: what leaves the case for others


_run: ContextVar[Run] = ContextVar("run")


@contextmanager
def running(run: Run) -> Iterator[Run]:
    """Let the library see this run's time, in this thread only."""
    token = _run.set(run)
    try:
        yield run
    finally:
        _run.reset(token)


def present() -> Run:
    """The run this thread is in."""
    return _run.get()


def timers_of(task: Task) -> Iterator[TimerEventDefinition]:
    """The timers a waiting event task stands for: itself, or those behind an event-based gateway."""
    definition = task.task_spec.event_definition
    for one in getattr(definition, "event_definitions", None) or (definition,):
        if isinstance(one, TimerEventDefinition):
            yield one


def waits(task: Task) -> dict[str, dict[str, Any]]:
    """What each timer of the task waits for, by event id: due and started as ISO text, the text, rounds left."""
    return task.internal_data.setdefault("timers", {})  # type: ignore[no-any-return]


def due_of(wait: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(wait["due"])


def text_of(definition: TimerEventDefinition, task: Task) -> str:
    """The duration or date as the diagram gives it: ISO 8601 as it stands, or an expression that yields it."""
    text = (definition.expression or "").strip()
    if ISO_TEXT.fullmatch(text):
        return text
    value = task.workflow.script_engine.evaluate(task, text)
    if not isinstance(value, str) or not ISO_TEXT.fullmatch(value.strip()):
        raise ActivityFailed(
            definition.name,
            N_("“%(text)s” gives %(value)s, which is no ISO 8601 text"),
            text=text,
            value=repr(value)[:60],
        )
    return value.strip()


def _date(around: Around, text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=around.zone)).astimezone(UTC)


def _begin(definition: TimerEventDefinition, task: Task, run: Run) -> dict[str, Any]:
    """Decide when the timer is due; it stays so until somebody reschedules it."""
    wait = plan(KINDS[type(definition)], text_of(definition, task), run.around, definition.name)
    waits(task)[definition.name] = wait
    return wait


def plan(kind: str, text: str, around: Around, name: str) -> dict[str, Any]:
    """What a timer that begins now waits for: due, started, text; of a cycle also the rounds left and the interval.

    Raises ActivityFailed naming the timer.
    """
    wait: dict[str, Any] = {"text": text, "started": around.now.isoformat()}
    try:
        if kind == "duration":
            if not text.startswith("P"):
                raise ActivityFailed(name, N_("“%(text)s” is no duration"), text=text)
            due = around.schedule(around.now, text)
        elif kind == "date":
            due = _date(around, text)
        else:
            cycle = CYCLE.fullmatch(text)
            if cycle is None:
                raise ActivityFailed(name, N_("“%(text)s” is no repetition such as R3/P1D"), text=text)
            wait |= {"left": int(cycle["times"]) if cycle["times"] else -1, "interval": cycle["interval"]}
            due = _date(around, cycle["start"]) if cycle["start"] else around.schedule(around.now, cycle["interval"])
    except DurationError as error:
        raise ActivityFailed(name, error.reason) from error
    except ValueError as error:
        raise ActivityFailed(name, N_("“%(text)s” is no date"), text=text) from error
    wait["due"] = due.astimezone(UTC).isoformat()
    return wait


def next_round(wait: dict[str, Any], around: Around, name: str) -> bool:
    """Count a round that has come, and set when the following one is due; False when none is left."""
    due = due_of(wait)
    wait["left"] -= 1
    if not wait["left"]:
        return False
    following = around.schedule(due, wait["interval"]).astimezone(UTC)
    if following <= due:
        raise ActivityFailed(name, N_("“%(text)s” repeats without a pause"), text=wait["text"])
    if wait["left"] < 0 and following <= around.now:  # rounds missed by an endless repetition are not made up for
        following = around.schedule(around.now, wait["interval"]).astimezone(UTC)
    wait["due"] = following.isoformat()
    return True


def _has_fired(self: TimerEventDefinition, task: Task) -> bool:
    run = present()
    wait = waits(task).get(self.name) or _begin(self, task, run)
    if not wait.get("fired") and due_of(wait) <= run.until:
        wait["fired"] = True
        task.workflow.top_workflow.trace.fired(task, self.name)
    if wait.get("fired"):
        task._set_internal_data(event_fired=True)
    return bool(task._get_internal_data("event_fired", False))


def _cycle_complete(self: CycleTimerEventDefinition, task: Task) -> bool:
    """True when the next round has come; the event itself is over when no round is left."""
    run = present()
    wait = waits(task).get(self.name) or _begin(self, task, run)
    if wait["left"] == 0:
        task._set_internal_data(event_fired=True)
        return False
    if due_of(wait) > run.until:
        return False
    next_round(wait, run.around, self.name)
    task.workflow.top_workflow.trace.fired(task, self.name)
    return True


def _begin_round(self: CycleTimerEventDefinition, task: Task) -> None:
    """Begin what a round brings beside the timer, not below it: there it would end with the activity."""
    if not self.cycle_complete(task):
        return
    come = task.parent._add_child(task.task_spec, S.COMPLETED)
    come.data = dict(task.parent.data)
    for output in task.task_spec.outputs:
        child = come._add_child(output, S.FUTURE)
        child.task_spec._predict(child, mask=S.NOT_FINISHED_MASK)
        child.task_spec._update(child)


#: (class, name, ours): what `install` puts in place of the wall clock.
CLOCKS: tuple[tuple[type, str, Any], ...] = (
    (DurationTimerEventDefinition, "has_fired", _has_fired),
    (TimeDateEventDefinition, "has_fired", _has_fired),
    (CycleTimerEventDefinition, "cycle_complete", _cycle_complete),
    (CycleTimerEventDefinition, "update_task", _begin_round),
)
STOCK = {(owner, name): getattr(owner, name) for owner, name, _ in CLOCKS}


def install() -> None:
    """Put this module's time in place of the library's, for the whole program."""
    for owner, name, ours in CLOCKS:
        setattr(owner, name, ours)
