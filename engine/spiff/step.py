"""The steps of a case: (spec, state, input, now, schedule) -> Snapshot. Nothing is kept between two calls.

A step that raises has changed nothing: its case is thrown away and the stored state stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any, NoReturn

import orjson
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.diagram.read import embedded
from engine.errors import N_, ActivityFailed, DurationError, ExpressionError, InvalidInput
from engine.expressions import Function, evaluate
from engine.spiff import clock, events, fixes, view
from engine.spiff.clock import Run, Schedule, due_of, running, timers_of, waits
from engine.spiff.share import share
from engine.spiff.snapshot import Snapshot, Thrown
from engine.spiff.spec import Spec
from engine.spiff.state import Case, compact, dump, load, new, repredict
from engine.spiff.trace import Trace, is_work

clock.install()
fixes.install()
events.install()

MOST_STEPS = 5_000  #: automatic steps in a row; beyond, the diagram goes round without a person or a timer
MOST_TIMERS = 1_000  #: timers that fire in one step
CUT_EVERY = 50  #: automatic steps after which history is cut, so that long rounds stay fast

#: What the library lets through when a case does not fit its diagram.
FAULTS = (
    SpiffWorkflowException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class NoSuchTask(KeyError):
    """The task or timer is not, or no longer, open."""


def start(
    spec: Spec,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    schedule: Schedule,
    zone: tzinfo = UTC,
    functions: Mapping[str, Function] | None = None,
) -> Snapshot:
    """Begin a case and run it to where people or timers have to come in.

    `variables` that no expression mentions are left out. `schedule(start, duration)` gives the due instant of timers;
    `zone` is that of dates without an offset. Raises ActivityFailed.
    """
    given = _plain(spec, variables)
    with _stepping(spec, Run(now, schedule, zone, functions)) as run:
        case = new(spec)
        case.trace = Trace()
        case.data.update(given)
        case.task_tree.data.update(given)
        _advance(case, run)
        _fire_due(case, run)
        return _snapshot(case, run)


def complete(
    spec: Spec,
    state: bytes,
    key: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    schedule: Schedule,
    zone: tzinfo = UTC,
    functions: Mapping[str, Function] | None = None,
) -> Snapshot:
    """Fire what is due at `now`, then complete a task with the variables it sets, and run on.

    Raises NoSuchTask when the task is not open, also when one of those timers has just closed it; ActivityFailed.
    """
    given = _plain(spec, variables)
    with _stepping(spec, Run(now, schedule, zone, functions)) as run:
        case = _resumed(spec, state)
        _fire_due(case, run)
        task = _open_task(case, key)
        run.at = task.task_spec.bpmn_id
        share(task, given)
        task.run()
        _advance(case, run)
        _fire_due(case, run)
        return _snapshot(case, run)


def receive(
    spec: Spec,
    state: bytes,
    key: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    schedule: Schedule,
    zone: tzinfo = UTC,
    functions: Mapping[str, Function] | None = None,
) -> Snapshot:
    """Fire what is due, then let a waiting event, by key, have its message or signal, and run on.

    Raises NoSuchTask when nothing waits there any more; ActivityFailed.
    """
    given = _plain(spec, variables)
    with _stepping(spec, Run(now, schedule, zone, functions)) as run:
        case = _resumed(spec, state)
        _fire_due(case, run)
        for task in list(case.event_manager.tasks.values()):
            for definition in events.waiting_for(task):
                if task.state == S.WAITING and view.timer_key(task, definition.event_id) == key:
                    run.at = definition.event_id
                    share(task, given)
                    events.caught(task, definition)
                    _advance(case, run)
                    _fire_due(case, run)
                    return _snapshot(case, run)
        raise NoSuchTask(key)


def inputs(
    spec: Spec,
    state: bytes,
    key: str,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    functions: Mapping[str, Function] | None = None,
) -> dict[str, object]:
    """What the diagram hands to the connector of an open service task. Raises NoSuchTask, ActivityFailed."""
    with _stepping(spec, Run(now, _unscheduled, zone, functions)) as run:
        task = _open_call(load(spec, state), key)
        run.at = task.task_spec.bpmn_id
        wired = view.wired_to(task, run.at)
        return {name: _value(text, task.data, functions) for name, text in wired.inputs.items()}


def answer(
    spec: Spec,
    state: bytes,
    key: str,
    result: Mapping[str, Any],
    *,
    now: datetime,
    schedule: Schedule,
    zone: tzinfo = UTC,
    functions: Mapping[str, Function] | None = None,
) -> Snapshot:
    """Fire what is due, then complete a service task with what its connector gave, and run on.

    Raises NoSuchTask when the task is not open, ActivityFailed.
    """
    with _stepping(spec, Run(now, schedule, zone, functions)) as run:
        case = _resumed(spec, state)
        _fire_due(case, run)
        task = _open_call(case, key)
        run.at = task.task_spec.bpmn_id
        known = {**task.data, "result": orjson.loads(orjson.dumps(result))}
        outputs = view.wired_to(task, run.at).outputs
        share(task, {name: _value(text, known, functions) for name, text in outputs.items()})
        task.complete()
        _advance(case, run)
        _fire_due(case, run)
        return _snapshot(case, run)


def _value(text: str, names: Mapping[str, Any], functions: Mapping[str, Function] | None) -> object:
    expression = embedded(text)
    return evaluate(expression, names, functions) if expression else text


def _open_call(case: Case, key: str) -> Task:
    for scope in (case, *case.subprocesses.values()):
        for task in scope.tasks.values():
            if str(task.id) == key and task.state == S.STARTED and isinstance(task.task_spec, ServiceTask):
                return task
    raise NoSuchTask(key)


def fire(
    spec: Spec,
    state: bytes,
    *,
    now: datetime,
    schedule: Schedule,
    zone: tzinfo = UTC,
    functions: Mapping[str, Function] | None = None,
) -> Snapshot:
    """Fire every timer that is due at `now`, in the order of their instants, and run on. Raises ActivityFailed."""
    with _stepping(spec, Run(now, schedule, zone, functions)) as run:
        case = _resumed(spec, state)
        _fire_due(case, run)
        return _snapshot(case, run)


def reschedule(spec: Spec, state: bytes, due: Mapping[str, datetime], *, now: datetime) -> Snapshot:
    """Give running timers, by key, another due instant. Fires nothing. Raises NoSuchTask for a timer that is gone."""
    with _stepping(spec, Run(now, _unscheduled, UTC)):
        case = load(spec, state)
        left = dict(due)
        for task in case.event_manager.tasks.values():
            for definition in timers_of(task):
                at = left.pop(view.timer_key(task, definition.name), None)
                if at is not None:
                    waits(task)[definition.name]["due"] = at.astimezone(UTC).isoformat()
        if left:
            raise NoSuchTask(next(iter(left)))
        return _seen(case, dump(case))


def look(spec: Spec, state: bytes, *, now: datetime) -> Snapshot:
    """The case as it stands; nothing runs."""
    with _stepping(spec, Run(now, _unscheduled, UTC)):
        return _seen(load(spec, state), state)


def _unscheduled(_start: datetime, text: str) -> NoReturn:
    raise DurationError(text, "no timer begins when a case is only looked at")


@contextmanager
def _stepping(spec: Spec, run: Run) -> Iterator[Run]:
    """Turn whatever the library raises into ActivityFailed with the element it was at."""
    run.at = spec.key
    try:
        with running(run):
            yield run
    except (NoSuchTask, ActivityFailed):
        raise
    except (ExpressionError, DurationError) as error:
        raise ActivityFailed(run.at, error.reason) from error
    except RecursionError as error:
        raise ActivityFailed(run.at, _endless()) from error
    except FAULTS as error:
        raise ActivityFailed(_element(error, run), _reason(error)) from error


def _element(error: Exception, run: Run) -> str:
    task = getattr(error, "task", None)
    spec = task.task_spec if task is not None else getattr(error, "task_spec", None)
    return getattr(spec, "bpmn_id", None) or run.at


def _reason(error: Exception) -> str:
    if isinstance(error, SpiffWorkflowException):
        return str(error).strip(" .")
    return f"{type(error).__name__}: {error}"


def _endless() -> str:
    return f"more than {MOST_STEPS} automatic steps without a person or a timer"


def _plain(spec: Spec, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The mentioned variables as own JSON values."""
    given = {}
    for name in variables.keys() & spec.names:
        try:
            given[name] = orjson.loads(orjson.dumps(variables[name]))
        except TypeError as error:
            raise InvalidInput(name, N_("The value can't be kept: %(reason)s"), reason=str(error)) from error
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


def _advance(case: Case, run: Run) -> None:
    """Run automatic elements until only people and events can go on."""

    def before(task: Task) -> None:
        run.count += 1
        run.at = task.task_spec.bpmn_id or run.at
        if run.count > MOST_STEPS:
            raise ActivityFailed(run.at, _endless())

    def after(task: Task) -> None:
        # A gateway that has joined must forget its tokens before anything comes round to it again.
        joined = isinstance(task.task_spec, UnstructuredJoin) and not isinstance(task.task_spec, _EndJoin)
        events.rearm(task)
        if joined or run.count % CUT_EVERY == 0:
            compact(case, predicted=False)

    while True:
        count = run.count
        case.do_engine_steps(before, after)
        case.refresh_timers()  # a repetition ends one refresh after its last round
        events.conditions(list(case.event_manager.tasks.values()))
        if run.count == count and not any(
            t.state == S.READY and not t.task_spec.manual
            for scope in (case, *case.get_active_subprocesses())
            for t in scope.tasks.values()
        ):
            return


def _fire_due(case: Case, run: Run) -> None:
    """Fire due timers one by one, the earliest first; at one instant those that let the work go on come first."""
    for _ in range(MOST_TIMERS):
        due = [
            (due_of(wait), getattr(task.task_spec, "cancel_activity", False), place, task)
            for place, task in enumerate(case.event_manager.tasks.values())
            for definition in timers_of(task)
            if (wait := waits(task).get(definition.name)) and not wait.get("fired") and wait.get("left") != 0
        ]
        at, _, _, task = min(due, default=(None, False, 0, None))
        if at is None or task is None or at > run.now:
            return
        run.until = at
        run.at = task.task_spec.bpmn_id
        task.task_spec._update(task)
        _advance(case, run)
    raise ActivityFailed(run.at, f"more than {MOST_TIMERS} timers fire at once")


def _snapshot(case: Case, run: Run) -> Snapshot:
    if case.is_completed():
        return _seen(case, None, tuple(run.thrown))
    compact(case)
    snapshot = _seen(case, dump(case), tuple(run.thrown))
    if not snapshot.tasks and not snapshot.calls and not case.event_manager.tasks:
        stuck = snapshot.activities[-1].activity_id if snapshot.activities else case.spec.name
        raise ActivityFailed(stuck, "nothing can go on from here: a branch this waits for never comes")
    return snapshot


def _seen(case: Case, state: bytes | None, thrown: tuple[Thrown, ...] = ()) -> Snapshot:
    ended = state is None
    return Snapshot(
        state=state,
        tasks=() if ended else view.tasks(case),
        activities=() if ended else view.activities(case),
        timers=() if ended else view.timers(case),
        steps=tuple(case.trace.steps) if case.trace is not None else (),
        data=view.data(case),
        events=() if ended else view.events(case),
        calls=() if ended else view.calls(case),
        thrown=thrown,
    )
