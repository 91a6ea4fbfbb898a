"""Variables belong to the whole case: what one branch sets, every other sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task

from engine.diagram.wiring import NOTHING, Wiring
from engine.spiff import fixes
from engine.spiff.trace import loop_of


def share(task: Task, variables: Mapping[str, Any]) -> None:
    """Set variables for the whole case, so that no branch later brings old values back to a join.

    Only an instance of a multi-instance sub-process, and a call that says what goes in and out, keeps its variables to
    itself until it ends.
    """
    case: BpmnWorkflow = task.workflow.top_workflow
    scope: BpmnBaseWorkflow = task.workflow
    while scope is not case:
        owner = case.get_task_from_id(scope.parent_task_id)
        if loop_of(owner) is not None or own_variables(owner):
            break
        scope = owner.workflow
    else:
        case.data.update(variables)
    _spread(case, scope, variables)


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
        task.data.update(given)
        part = case.subprocesses.get(task.id)
        if part is not None and not own_variables(task):
            _spread(case, part, given)
