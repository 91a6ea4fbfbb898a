"""What a case need not remember: used history is cut out of it before it is stored, and its future grown again after.

The library never forgets a finished task; used tokens also make its joins fire too early inside loops. What may go and
what must stay follows from what the library reads of finished tasks: open tasks, what they inherit from, tokens that
no join has used yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import AdHocSubprocessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, EventSplit, StartEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from engine.spiff.fixes import OPEN
from engine.spiff.state import Case, in_order, scopes
from engine.spiff.trace import PREDICTED

EVENT_JOINS = (BoundaryEventJoin, StartEventJoin)


def repredict(case: Case) -> None:
    """Grow again the future that `compact` has cut off."""
    for scope in scopes(case):
        if _kept_whole(scope) or any(t.has_state(PREDICTED) for t in scope.tasks.values()):
            continue
        for task in list(scope.tasks.values()):
            inner = task.parent is not None and task.parent.has_state(OPEN)
            if task.has_state(OPEN) and not task.triggered and not inner:
                task.task_spec._predict(task, mask=S.NOT_FINISHED_MASK)


def compact(case: Case, *, predicted: bool = True) -> None:
    """Cut what no task still to come can see. `predicted` cuts the future too: only right before `dump`."""
    for scope in scopes(case):
        if not _kept_whole(scope):
            _cut(scope, predicted)
    live: set[UUID] = set()
    todo: list[BpmnBaseWorkflow] = [case]
    while todo:
        for key, task in todo.pop().tasks.items():
            if key in case.subprocesses and not task.has_state(S.COMPLETED | S.CANCELLED):
                live.add(key)
                todo.append(case.subprocesses[key])
    case.subprocesses = {key: part for key, part in case.subprocesses.items() if key in live}
    events, held = case.event_manager, scopes(case)
    events.tasks = {k: t for k, t in events.tasks.items() if t.workflow in held and k in t.workflow.tasks}
    case.bpmn_events = []


def _above(task: Task) -> Iterator[Task]:
    parent = task.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _kept_whole(scope: BpmnBaseWorkflow) -> bool:
    """Ended, ad hoc (counts the children of its root), or failed (its future can't be predicted again)."""
    return (
        scope.completed
        or isinstance(scope.spec, AdHocSubprocessSpec)
        or any(t.state == S.ERROR for t in scope.tasks.values())
    )


def _cut(scope: BpmnBaseWorkflow, predicted: bool) -> None:
    keep = _held(scope)
    order = []
    for task in in_order(scope):
        if task.has_state(PREDICTED):
            if predicted:
                continue
            keep[task.id] = True
        order.append(task)
    parent: dict[UUID, UUID | None] = {}
    tasks: dict[UUID, Task] = {}
    for task in order:  # hang each kept task under its nearest kept ancestor
        up = task._parent
        parent[task.id] = up if up in keep else parent.get(up)
        if task.id in keep:
            tasks[task.id] = task
    for task in tasks.values():
        task._children = []
    for key, task in tasks.items():
        above = parent[key]
        if above is not None:
            task._parent = above
            tasks[above]._children.append(key)
        if not keep[key]:  # only its data is wanted: its own spec would stop the search of a join
            task.task_spec, task.internal_data = scope.spec.start, {}
    scope.tasks = tasks
    if scope.last_task is not None and scope.last_task.id not in tasks:
        scope.last_task = None


def _held(scope: BpmnBaseWorkflow) -> dict[UUID, bool]:
    """Ids of the tasks to keep: True when a task keeps its own spec, False when only its data counts."""
    keep: dict[UUID, bool] = {scope.task_tree.id: True}

    def hold(task: Task, exact: bool = True) -> None:
        keep[task.id] = keep.get(task.id, False) or exact

    spent: list[Task] = []
    for task in scope.tasks.values():
        if not task.has_state(OPEN) or _repeated(task):
            continue
        hold(task)
        if task.parent is not None:  # a waiting task inherits its data again; a join asks for its spec
            hold(task.parent, isinstance(task.task_spec, (UnstructuredJoin, *EVENT_JOINS)))
        if isinstance(task.task_spec, LoopTask):  # an instance that did not complete blocks the activity
            for child in task.children:
                if child.triggered and child.state == S.CANCELLED:
                    hold(child)
        for split in _splits(task):  # the join looks at all direct children of an open split
            hold(split)
            for child in split.children:
                if _spent(child):
                    spent.append(child)
                elif not child.has_state(PREDICTED):
                    hold(child)
    for group in _joins(scope):
        for token in _unused(group):
            hold(token)
            hold(token.parent)
    for task in spent:  # the join must not find what follows an event right below the split
        if any(below.id in keep for below in _below(task)):
            hold(task)
    return keep


def _spent(task: Task) -> bool:
    """An event on a border that has come and waits again beside itself."""
    if not isinstance(task.task_spec, BoundaryEvent) or task.state != S.COMPLETED:
        return False
    return any(t.task_spec is task.task_spec and t.state == S.WAITING for t in task.parent.children)


def _below(task: Task) -> Iterator[Task]:
    todo = list(task.children)
    while todo:
        below = todo.pop()
        yield below
        todo.extend(below.children)


def _repeated(task: Task) -> bool:
    """Each round of a repetition leaves a waiting join at its activity; one is as good as all."""
    if not isinstance(task.task_spec, BoundaryEventJoin) or task.state != S.WAITING or task.parent is None:
        return False
    return _spent(task.parent) or task is not [t for t in task.parent.children if t.task_spec is task.task_spec][-1]


def _splits(task: Task) -> Iterator[Task]:
    if task.parent is not None and isinstance(task.parent.task_spec, EventSplit):
        yield task.parent
    if isinstance(task.task_spec, EVENT_JOINS):
        yield next(a for a in _above(task) if a.task_spec.name == task.task_spec.split_task)


def _joins(scope: BpmnBaseWorkflow) -> Iterable[list[Task]]:
    groups: dict[str, list[Task]] = {}
    for task in scope.tasks.values():
        joins = isinstance(task.task_spec, UnstructuredJoin) and not isinstance(task.task_spec, _EndJoin)
        if joins and task.has_state(S.FINISHED_MASK):  # variables are the case's: ended branches have nothing to add
            groups.setdefault(task.task_spec.name, []).append(task)
    return groups.values()


def _unused(group: list[Task]) -> list[Task]:
    """Tokens that arrived at a join and wait there, oldest first; used are those that came before it last fired."""
    fired = max((t.last_state_change for t in group if t.state == S.COMPLETED), default=-1)
    tokens = [
        t
        for t in group
        if t.state == S.CANCELLED and t.last_state_change > fired
        if t.parent is not None and t.parent.state == S.COMPLETED
    ]
    return sorted(tokens, key=lambda t: t.last_state_change)
