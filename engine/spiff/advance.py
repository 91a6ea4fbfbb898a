"""Letting a case go on by itself, within bounds, until only people and events can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.errors import N_, ActivityFailed, DurationError, ExpressionError, Said
from engine.spiff import events
from engine.spiff.around import Around
from engine.spiff.clock import Run, due_of, running, timers_of, waits
from engine.spiff.cutting import compact
from engine.spiff.spec import Spec, reported
from engine.spiff.state import Case

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


@contextmanager
def stepping(spec: Spec, around: Around) -> Iterator[Run]:
    """Turn whatever the library raises into ActivityFailed with the element it was at."""
    run = Run(around, at=spec.key)
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
        raise ActivityFailed(_element(error, run), reported(error)) from error


def _element(error: Exception, run: Run) -> str:
    task = getattr(error, "task", None)
    spec = task.task_spec if task is not None else getattr(error, "task_spec", None)
    return getattr(spec, "bpmn_id", None) or run.at


def _endless() -> Said:
    return Said(N_("more than %(most)s automatic steps without a person or a timer"), {"most": MOST_STEPS})


def advance(case: Case, run: Run) -> None:
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


def fire_due(case: Case, run: Run) -> None:
    """Fire due timers one by one, the earliest first; at one instant those that let the work go on come first."""
    for _ in range(MOST_TIMERS):
        due = [
            (due_of(wait), getattr(task.task_spec, "cancel_activity", False), place, task)
            for place, task in enumerate(case.event_manager.tasks.values())
            for definition in timers_of(task)
            if (wait := waits(task).get(definition.name)) and not wait.get("fired") and wait.get("left") != 0
        ]
        at, _, _, task = min(due, default=(None, False, 0, None))
        if at is None or task is None or at > run.around.now:
            return
        run.until = at
        run.at = task.task_spec.bpmn_id
        task.task_spec._update(task)
        advance(case, run)
    raise ActivityFailed(run.at, N_("more than %(most)s timers fire at once"), most=MOST_TIMERS)
