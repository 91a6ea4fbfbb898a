"""Variables belong to the whole case: what one branch sets, every other sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task

from engine.diagram.wiring import NOTHING, Wiring
from engine.spiff import fixes
from engine.spiff.trace import loop_of

OWN = "own"  #: note of an instance of a multi-instance: the variables set in it, its own until it ends


@dataclass(frozen=True, slots=True)
class Output:
    """What a multi-instance collects."""

    item: str  #: the variable that an instance gives, and that nobody else sees
    collection: str  #: the variable that takes all of them


def share(task: Task, variables: Mapping[str, Any]) -> None:
    """Set variables for the whole case, so that no branch later brings old values back to a join.

    Only an instance of a multi-instance sub-process, and a call that says what goes in and out, keeps its variables to
    itself until it ends.
    """
    case: BpmnWorkflow = task.workflow.top_workflow
    scope: BpmnBaseWorkflow = task.workflow
    variables = _given(task, variables)
    while scope is not case:
        owner = case.get_task_from_id(scope.parent_task_id)
        if own_variables(owner):
            break
        if loop_of(owner) is not None:
            own = owner.internal_data.get(OWN, [])
            own += sorted(variables.keys() - set(own))
            break
        scope = owner.workflow
    else:
        case.data.update(variables)
    _spread(case, scope, variables)


def _given(task: Task, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep with an instance the value that it gives to the list of its multi-instance."""
    loop = loop_of(task)
    output: Output | None = loop.output if loop is not None else None
    if output is None or output.item not in variables:
        return variables
    task.data[output.item] = task.internal_data["gave"] = variables[output.item]
    return {name: value for name, value in variables.items() if name != output.item}


def own_variables(task: Task) -> bool:
    """Whether it is a call activity whose process sees only what the call hands over."""
    wired: Wiring = task.task_spec.extensions.get("wiring", NOTHING)
    return wired.call is not None and wired.call.mapped


def _spread(case: BpmnWorkflow, scope: BpmnBaseWorkflow, variables: Mapping[str, Any]) -> None:
    for task in scope.tasks.values():
        given = variables
        loop = task.task_spec if isinstance(task.task_spec, MultiInstanceTask) else loop_of(task)
        if loop is not None and loop.input_item is not None and task.has_state(fixes.OPEN):
            item = loop.input_item.bpmn_id  # hides the variable of its name
            given = {name: value for name, value in variables.items() if name != item}
            if loop is task.task_spec and item in variables:
                task.internal_data["hidden"] = variables[item]
        part = case.subprocesses.get(task.id)
        if part is not None and (own := task.internal_data.get(OWN)):
            given = {name: value for name, value in given.items() if name not in own}
        task.data.update(given)
        if part is not None and not own_variables(task):
            _spread(case, part, given)
