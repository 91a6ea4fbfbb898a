"""The steps of a case: (spec, state, input, around) -> Snapshot. Nothing is kept between two calls.

A step that raises has changed nothing: its case is thrown away and the stored state stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.diagram.element import embedded
from engine.errors import N_, ActivityFailed, InvalidInput
from engine.expressions import evaluate
from engine.spiff import clock, events, fixes, multiple, view
from engine.spiff.advance import NoSuchTask as NoSuchTask
from engine.spiff.advance import advance, fire_due, stepping
from engine.spiff.around import Around
from engine.spiff.clock import Run, timers_of, waits
from engine.spiff.cutting import compact, repredict
from engine.spiff.share import share
from engine.spiff.snapshot import Snapshot
from engine.spiff.spec import Spec
from engine.spiff.state import Case, dump, load, new
from engine.spiff.trace import Trace, is_work

clock.install()
fixes.install()
multiple.install()
events.install()


def start(
    spec: Spec,
    variables: Mapping[str, Any],
    around: Around,
) -> Snapshot:
    """Begin a case and run it to where people or timers have to come in.

    `variables` that no expression mentions are left out. Raises ActivityFailed.
    """
    given = _plain(spec, variables)
    with stepping(spec, around) as run:
        case = new(spec)
        case.trace = Trace()
        case.data.update(given)
        case.task_tree.data.update(given)
        advance(case, run)
        fire_due(case, run)
        return _snapshot(case, run)


def complete(
    spec: Spec,
    state: bytes,
    key: str,
    variables: Mapping[str, Any],
    around: Around,
) -> Snapshot:
    """Fire what is due at `now`, then complete a task with the variables it sets, and run on.

    Raises NoSuchTask when the task is not open, also when one of those timers has just closed it; ActivityFailed.
    """
    given = _plain(spec, variables)
    with stepping(spec, around) as run:
        case = _resumed(spec, state)
        fire_due(case, run)
        task = _open_task(case, key)
        run.at = task.task_spec.bpmn_id
        share(task, given)
        task.run()
        advance(case, run)
        fire_due(case, run)
        return _snapshot(case, run)


def receive(
    spec: Spec,
    state: bytes,
    key: str,
    variables: Mapping[str, Any],
    around: Around,
) -> Snapshot:
    """Fire what is due, then let a waiting event, by key, have its message or signal, and run on.

    Raises NoSuchTask when nothing waits there any more; ActivityFailed.
    """
    given = _plain(spec, variables)
    with stepping(spec, around) as run:
        case = _resumed(spec, state)
        fire_due(case, run)
        for task in list(case.event_manager.tasks.values()):
            for definition in events.waiting_for(task):
                if task.state == S.WAITING and view.timer_key(task, definition.event_id) == key:
                    run.at = definition.event_id
                    share(task, given)
                    events.caught(task, definition)
                    advance(case, run)
                    fire_due(case, run)
                    return _snapshot(case, run)
        raise NoSuchTask(key)


def inputs(
    spec: Spec,
    state: bytes,
    key: str,
    around: Around,
) -> dict[str, object]:
    """What the diagram hands to the connector of an open service task. Raises NoSuchTask, ActivityFailed."""
    with stepping(spec, around) as run:
        task = _open_call(load(spec, state), key)
        run.at = task.task_spec.bpmn_id
        wired = view.wired_to(task, run.at)
        return {name: _value(text, task.data, around) for name, text in wired.inputs.items()}


def answer(
    spec: Spec,
    state: bytes,
    key: str,
    result: Mapping[str, Any],
    around: Around,
) -> Snapshot:
    """Fire what is due, then complete a service task with what its connector gave, and run on.

    Raises NoSuchTask when the task is not open, ActivityFailed.
    """
    with stepping(spec, around) as run:
        case = _resumed(spec, state)
        fire_due(case, run)
        task = _open_call(case, key)
        run.at = task.task_spec.bpmn_id
        known = {**task.data, "result": orjson.loads(orjson.dumps(result))}
        outputs = view.wired_to(task, run.at).outputs
        share(task, {name: _value(text, known, around) for name, text in outputs.items()})
        task.complete()
        advance(case, run)
        fire_due(case, run)
        return _snapshot(case, run)


def _value(text: str, names: Mapping[str, Any], around: Around) -> object:
    expression = embedded(text)
    return evaluate(expression, names, around.functions) if expression else text


def _open_call(case: Case, key: str) -> Task:
    for scope in (case, *case.subprocesses.values()):
        for task in scope.tasks.values():
            if str(task.id) == key and task.state == S.STARTED and isinstance(task.task_spec, ServiceTask):
                return task
    raise NoSuchTask(key)


def fire(
    spec: Spec,
    state: bytes,
    around: Around,
) -> Snapshot:
    """Fire every timer that is due at `now`, in the order of their instants, and run on. Raises ActivityFailed."""
    with stepping(spec, around) as run:
        case = _resumed(spec, state)
        fire_due(case, run)
        return _snapshot(case, run)


def reschedule(spec: Spec, state: bytes, due: Mapping[str, datetime], around: Around) -> Snapshot:
    """Give running timers, by key, another due instant. Fires nothing. Raises NoSuchTask for a timer that is gone."""
    with stepping(spec, around):
        case = load(spec, state)
        left = dict(due)
        for task in case.event_manager.tasks.values():
            for definition in timers_of(task):
                at = left.pop(view.timer_key(task, definition.name), None)
                if at is not None:
                    waits(task)[definition.name]["due"] = at.astimezone(UTC).isoformat()
        if left:
            raise NoSuchTask(next(iter(left)))
        return view.seen(case, dump(case))


def look(spec: Spec, state: bytes, around: Around) -> Snapshot:
    """The case as it stands; nothing runs."""
    with stepping(spec, around):
        return view.seen(load(spec, state), state)


def _plain(spec: Spec, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The mentioned variables as own JSON values."""
    given = {}
    for name in variables.keys() & spec.names:
        try:
            given[name] = orjson.loads(orjson.dumps(variables[name]))
        except TypeError as error:
            raise InvalidInput(name, N_("The value can't be kept: it is no plain data.")) from error
    return given


def _resumed(spec: Spec, state: bytes) -> Case:
    case = load(spec, state)
    repredict(case)
    case.trace = Trace()
    return case


def _open_task(case: Case, key: str) -> Task:
    for scope in (case, *case.subprocesses.values()):
        for task in scope.tasks.values():
            if str(task.id) == key and task.state == S.READY and is_work(task):
                return task
    raise NoSuchTask(key)


def _snapshot(case: Case, run: Run) -> Snapshot:
    if case.is_completed():
        return view.seen(case, None, tuple(run.thrown))
    compact(case)
    snapshot = view.seen(case, dump(case), tuple(run.thrown))
    if not snapshot.tasks and not snapshot.calls and not case.event_manager.tasks:
        stuck = snapshot.activities[-1].activity_id if snapshot.activities else case.spec.name
        raise ActivityFailed(stuck, N_("nothing can go on from here: a branch this waits for never comes"))
    return snapshot
