"""What goes into a called process and comes out of it, where a call says so; else it shares the case's variables."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.parser.task_parsers import SubWorkflowParser
from SpiffWorkflow.bpmn.specs.defaults import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

from engine.diagram.wiring import CALLS, Call, Wiring
from engine.errors import ActivityFailed, ExpressionError
from engine.expressions import names_in
from engine.spiff.share import own_variables, share


class Calling(SubWorkflowTask):  # type: ignore[misc]
    """A sub-process that stands for a call activity."""

    def copy_data(self, my_task: Task, subworkflow: BpmnSubWorkflow) -> None:
        call = _call(my_task)
        if call is None:
            super().copy_data(my_task, subworkflow)
            return
        start = subworkflow.get_next_task(spec_name="Start")
        start.data = _handed(my_task, my_task.data, call.takes, everything=call.everything)

    def update_data(self, my_task: Task, subworkflow: BpmnSubWorkflow) -> None:
        call = _call(my_task)
        if call is None:
            super().update_data(my_task, subworkflow)
            return
        share(my_task, _handed(my_task, subworkflow.last_task.data, call.gives, everything=call.back))


def _call(task: Task) -> Call | None:
    wired: Wiring = task.task_spec.extensions["wiring"]
    return wired.call if own_variables(task) else None


def _handed(task: Task, names: Mapping[str, Any], mapping: Mapping[str, str], *, everything: bool) -> dict[str, Any]:
    """What goes over; an expression over a name without a value hands over nothing."""
    given: dict[str, Any] = dict(names) if everything else {}
    for name, text in mapping.items():
        try:
            if names_in(text) <= names.keys():
                given[name] = task.workflow.script_engine.environment.evaluate(text, names)
        except ExpressionError as error:
            raise ActivityFailed(task.task_spec.bpmn_id, error.said) from error
    return deepcopy(given)


class ScopeParser(SubWorkflowParser):  # type: ignore[misc]
    """Tells sub-processes that stand for call activities from others."""

    def create_task(self) -> TaskSpec:
        if self.node.get(CALLS):
            self.spec_class = Calling
        return super().create_task()
