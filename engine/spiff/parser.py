"""The library's parser with what it lacks: end events that signal, decisions, and diagrams of any length."""

from __future__ import annotations

from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    CANCEL_EVENT_XPATH,
    ERROR_EVENT_XPATH,
    ESCALATION_EVENT_XPATH,
    MESSAGE_EVENT_XPATH,
    SIGNAL_EVENT_XPATH,
    TERMINATION_EVENT_XPATH,
    EndEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.script_task import ScriptEngineTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

from engine.diagram.decisions import Decision, answered, decide
from engine.diagram.read import NODES
from engine.diagram.xml import BPMN, is_bpmn, local
from engine.spiff.calling import ScopeParser
from engine.spiff.clock import present
from engine.spiff.share import share

#: The library half knows them; lint refuses them by name.
REFUSED = frozenset({"transaction", "adHocSubProcess", "callActivity"})


class Ruling(ScriptEngineTask, BpmnSpecMixin):  # type: ignore[misc]
    """A business rule task: looks its answer up in a decision table."""

    decision: Decision
    result: str | None = None  #: the variable that takes the answer; None: each output its own

    def _execute(self, task: Task) -> bool:
        answer = decide(self.decision, task.data, present().around.functions)
        share(task, answered(self.decision, answer, self.result))
        return True


class EndParser(EndEventParser):  # type: ignore[misc]
    """The library reads a signal end as a plain one."""

    ENDS = (
        MESSAGE_EVENT_XPATH,
        SIGNAL_EVENT_XPATH,
        CANCEL_EVENT_XPATH,
        ERROR_EVENT_XPATH,
        ESCALATION_EVENT_XPATH,
        TERMINATION_EVENT_XPATH,
    )

    def create_task(self) -> TaskSpec:
        task = self._create_task(self.get_event_definition(self.ENDS))
        task.connect(self.spec.end)
        return task


class LevelParser(ProcessParser):  # type: ignore[misc]
    """Makes every node of a level first and joins them afterwards: the library follows the flows by recursion."""

    joining = False
    made: dict[str, TaskParser]

    def get_outgoing_sequence_flows(self, source_ref: str) -> list[etree._Element]:
        return super().get_outgoing_sequence_flows(source_ref) if self.joining else []

    def parse_node(self, node: etree._Element) -> TaskSpec:
        id = node.get("id") or ""
        if id in self.made:
            return self.spec.task_specs[id]
        parser_class, spec_class = self.parser._get_parser_class(node.tag)
        if parser_class is None or spec_class is None:
            raise ValidationException("nothing runs such an element", node=node, file_name=self.filename)
        made = parser_class(self, spec_class, node, self.nsmap, lane=self.lane)
        self.made[id] = made
        return made.parse_node()

    def add_tasks(self) -> None:
        self.made = {}
        nodes = [n for n in self.node if is_bpmn(n) and local(n) in NODES]
        if not any(n.tag == f"{{{BPMN}}}startEvent" for n in nodes):
            raise ValidationException("No start event found", node=self.node, file_name=self.filename)
        for node in nodes:
            self.parse_node(node)
        self.joining = True
        for id, made in list(self.made.items()):
            self._join(id, made)
        self.joining = False

    def _join(self, id: str, made: TaskParser) -> None:
        flows = self.get_outgoing_sequence_flows(id)
        if len(flows) > 1 and not made.handles_multiple_outgoing():
            raise ValidationException("more than one flow leaves it", node=made.node, file_name=self.filename)
        default = made.node.get("default")
        for flow in flows:
            target = flow.get("targetRef")
            after = self.spec.task_specs.get(f"{target}.BoundaryEventSplit") or self.spec.task_specs.get(target)
            if after is None:
                raise ValidationException(f"a flow leads to {target}, which is not here", node=made.node)
            alone = len(flows) == 1 and made.parse_condition(flow) is None
            made.connect_outgoing(after, flow, alone or flow.get("id") == default)


class Parser(BpmnParser):  # type: ignore[misc]
    """BPMN as this engine runs it."""

    PROCESS_PARSER_CLASS = LevelParser
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        tag: classes for tag, classes in BpmnParser.PARSER_CLASSES.items() if tag.rpartition("}")[2] not in REFUSED
    }
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        f"{{{BPMN}}}endEvent": (EndParser, EndEvent),
        f"{{{BPMN}}}businessRuleTask": (TaskParser, Ruling),
        f"{{{BPMN}}}subProcess": (ScopeParser, SubWorkflowTask),
    }
