"""The same step as the library alone would have it: its own serializer, the whole workflow with its specification."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.db import Database
from engine.spiff.around import Around
from engine.spiff.clock import Run, running
from engine.spiff.environment import ENGINE
from engine.spiff.spec import Items, compile_spec
from engine.spiff.state import Case
from engine.spiff.trace import Trace
from tests.bench import floor

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)


class Library:
    """A workflow before the step, as text."""

    def __init__(self, xml: bytes, completed: list[str]) -> None:
        spec = compile_spec(xml)
        for part in (spec.process, *spec.parts.values()):
            for task_spec in part.task_specs.values():
                task_spec.extensions = {}  # ours, and nothing its serializer knows
        config = {**DEFAULT_CONFIG, Items: DEFAULT_CONFIG[TaskDataReference], Case: DEFAULT_CONFIG[BpmnWorkflow]}
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))
        with self._running():
            workflow = Case(spec.process, spec.parts, script_engine=ENGINE)
            workflow.do_engine_steps()
            for activity in completed[:-1]:
                self._complete(workflow, activity)
            self.activity = completed[-1]
            self.before = self.serializer.serialize_json(workflow)

    @staticmethod
    def _running() -> object:
        around = Around(NOW, lambda start, _text: start + timedelta(days=1))
        return running(Run(around))

    def _complete(self, workflow: Case, activity: str) -> None:
        workflow.refresh_waiting_tasks()
        for task in workflow.get_tasks(state=TaskState.READY, spec_name=activity):
            task.run()
            break
        else:
            raise AssertionError(activity)
        workflow.do_engine_steps()

    def step(self, database: Database, place: floor.Place, rows: floor.Rows) -> float:
        """Seconds to load, run, dump and commit, with the rows of a step."""
        begun = perf_counter()
        with database.engine.connect().execution_options(alur_write=True) as connection:
            with self._running():
                workflow = self.serializer.deserialize_json(self.before)
                workflow.script_engine, workflow.trace = ENGINE, Trace()
                self._complete(workflow, self.activity)
                state = self.serializer.serialize_json(workflow).encode()
            whole = floor.Rows(**{name: getattr(rows, name) for name in rows.__slots__} | {"state": state})
            floor.run(connection, place, whole, sqlite=database.sqlite)
            connection.commit()
        return perf_counter() - begun
