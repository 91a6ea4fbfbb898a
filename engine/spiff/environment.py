"""What the library may compute: our bounded expressions and lists of assignments, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.task import Task

from engine.diagram.element import expression as bare
from engine.diagram.scripts import assignments
from engine.errors import N_, ActivityFailed, ExpressionError
from engine.expressions import evaluate
from engine.spiff.clock import present
from engine.spiff.share import share


class Environment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """Stands where the library would call eval and exec."""

    def evaluate(
        self, expression: str, context: Mapping[str, Any], external_context: Mapping[str, Any] | None = None
    ) -> object:
        """Evaluate over the names of a task. Raises ExpressionError."""
        return evaluate(bare(expression) or "", context, present().around.functions)

    def execute(self, script: str, context: Any, external_context: Any = None) -> dict[str, object]:
        """The variables that a list of assignments sets, each seeing those before it. Raises ExpressionError."""
        known = dict(context)
        made: dict[str, object] = {}
        for name, text in assignments(script or ""):
            made[name] = known[name] = self.evaluate(text, known)
        return made

    def call_service(self, context: Any, **kwargs: Any) -> NoReturn:
        raise ExpressionError(str(kwargs.get("operation_name", "")), N_("the engine calls no services from a diagram"))


class Engine(PythonScriptEngine):  # type: ignore[misc]
    """Names the element when one of its expressions fails."""

    def evaluate(self, task: Task, expression: str, external_context: Mapping[str, Any] | None = None) -> object:
        try:
            return self.environment.evaluate(expression, task.data)
        except ExpressionError as error:
            raise _failed(task, error) from error

    def execute(self, task: Task, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        try:
            share(task, self.environment.execute(script, task.data))
        except ExpressionError as error:
            raise _failed(task, error) from error
        return True

    def call_service(self, task: Task, **kwargs: Any) -> NoReturn:
        try:
            self.environment.call_service(task.data, **kwargs)
        except ExpressionError as error:
            raise _failed(task, error) from error
        raise AssertionError(kwargs)


def _failed(task: Task, error: ExpressionError) -> ActivityFailed:
    return ActivityFailed(task.task_spec.bpmn_id or task.task_spec.name, error.said)


ENGINE = Engine(environment=Environment())
