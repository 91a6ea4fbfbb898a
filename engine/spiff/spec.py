"""A diagram compiled for the library: made once a version, shared by cases and threads, never changed by a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import AdHocSubprocessSpec, BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import EventSubprocess
from SpiffWorkflow.task import Task

from engine.diagram.read import embedded, expression
from engine.diagram.xml import ALUR, BPMN, CAMUNDA, parse, text_of, yes
from engine.errors import N_, ActivityFailed, DiagramProblem, ExpressionError, InvalidDiagram
from engine.expressions import names_in
from engine.spiff.clock import ISO_TEXT

#: Drawn for the reader. The library would move data along them, or refuse stores it has no class for.
PAPERS = (
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "property",
)
#: Elements whose text is an expression.
EXPRESSIONS = (
    "conditionExpression",
    "timeDuration",
    "timeDate",
    "timeCycle",
    "loopCardinality",
    "loopDataInputRef",
    "loopCondition",
    "completionCondition",
    "condition",
)
#: What the parser lets through when a diagram is not what it expects.
PARSER_FAULTS = (LookupError, TypeError, ValueError, AttributeError, AssertionError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Spec:
    """One version of a process, ready to run."""

    key: str
    process: BpmnProcessSpec
    parts: Mapping[str, BpmnProcessSpec]  #: sub-processes and called processes
    names: frozenset[str]  #: the variables that expressions mention; a case holds no others
    xml: bytes

    def private(self) -> Spec:
        """This spec, or one for a single run when the library would write into it."""
        specs = (self.process, *self.parts.values())
        writes = any(isinstance(s, AdHocSubprocessSpec) for s in specs) or any(
            isinstance(t, EventSubprocess) for s in specs for t in s.task_specs.values()
        )
        return compile_spec(self.xml) if writes else self


class Items(TaskDataReference):  # type: ignore[misc]
    """The list of a multi-instance: an expression, evaluated once when the activity begins."""

    def get(self, my_task: Task, **kwargs: Any) -> list[Any]:
        items: list[Any] | None = my_task.internal_data.get("items")
        if items is None:
            items = my_task.workflow.script_engine.evaluate(my_task, self.bpmn_id)
            if not isinstance(items, list):
                raise ActivityFailed(my_task.task_spec.bpmn_id, f"{self.bpmn_id!r} is no list")
            my_task.internal_data["items"] = items
        return items

    def exists(self, my_task: Task) -> bool:
        return True


def compile_spec(xml: bytes) -> Spec:
    """Compile the first executable process of a BPMN file.

    Raises InvalidDiagram when the bytes are no readable BPMN file, or for what the library refuses.
    """
    root = parse(xml)
    process = next((p for p in root.iterchildren(f"{{{BPMN}}}process") if yes(p.get("isExecutable"))), None)
    key = process.get("id") if process is not None else None
    if process is None or not key:
        raise _refused("", "", "no process is executable")
    names = frozenset(_names(root, process))
    _prepare(root)
    parser = BpmnParser()
    try:
        parser.add_bpmn_xml(root)
        spec = parser.get_spec(key)
        parts = parser.get_subprocess_specs(key)
    except ValidationException as error:
        if isinstance(error.__context__, RecursionError):  # the parser walks along the flows and wraps what it meets
            raise _refused(key, "", "too many elements follow one another") from None
        raise _refused(error.id, error.name, str(error).strip(" .")) from error
    except PARSER_FAULTS as error:
        raise _refused(key, "", f"{type(error).__name__}: {error}") from error
    for part in (spec, *parts.values()):
        _connect(part)
    return Spec(key=key, process=spec, parts=parts, names=names, xml=xml)


def _refused(element: str | None, name: str | None, reason: str) -> InvalidDiagram:
    return InvalidDiagram(
        [
            DiagramProblem(
                "engine",
                N_("The engine can't run this: %(reason)s."),
                N_("Change the element, or draw that part in another way."),
                element=element or None,
                name=name or "",
                params={"reason": reason},
            )
        ]
    )


def _names(root: etree._Element, process: etree._Element) -> Iterator[str]:
    """The names that expressions in the file mention. A faulty expression mentions none; lint reports it."""
    texts = [embedded(str(value)) for element in root.iter() for value in element.attrib.values()]
    texts += [expression(process.get(f"{{{ALUR}}}{name}")) for name in ("title", "caseKey", "confidential")]
    texts += [expression(text_of(element)) for name in EXPRESSIONS for element in root.iter(f"{{{BPMN}}}{name}")]
    for text in texts:
        if text and not ISO_TEXT.fullmatch(text):
            try:
                yield from names_in(text)
            except ExpressionError:
                continue


def _prepare(root: etree._Element) -> None:
    """Say what modelers write in the library's words, and leave out what is only drawn."""
    for name in PAPERS:
        for element in list(root.iter(f"{{{BPMN}}}{name}")):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
    for definition in root.iter(f"{{{BPMN}}}timerEventDefinition"):
        event = definition.getparent()
        if event is not None:
            event.set("name", event.get("id") or "")  # the library tells timers apart by this name
    for loop in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        _prepare_items(loop)


def _prepare_items(loop: etree._Element) -> None:
    item = loop.find(f"{{{BPMN}}}inputDataItem")
    name = (loop.get(f"{{{CAMUNDA}}}elementVariable") or "").strip()
    if item is not None:
        item.set("id", name or (item.get("name") or item.get("id") or "").strip())
    elif name:
        etree.SubElement(loop, f"{{{BPMN}}}inputDataItem", {"id": name})
    items = expression(loop.get(f"{{{CAMUNDA}}}collection"))
    given = loop.find(f"{{{BPMN}}}loopDataInputRef")
    if given is not None:
        given.text = items or expression(text_of(given))
    elif items:
        etree.SubElement(loop, f"{{{BPMN}}}loopDataInputRef").text = items


def _connect(spec: BpmnProcessSpec) -> None:
    """Do now what the library would do when a multi-instance first runs, or forget to do after a reload."""
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, LoopTask):
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(task_spec.merge_child):
                child.completed_event.connect(task_spec.merge_child)
        if isinstance(task_spec, MultiInstanceTask) and task_spec.data_input is not None:
            task_spec.data_input = Items(task_spec.data_input.bpmn_id)
        if isinstance(task_spec, BoundaryEvent):  # close the activity before what follows opens
            task_spec.outputs = sorted(task_spec.outputs, key=lambda s: not isinstance(s, BoundaryEventJoin))
