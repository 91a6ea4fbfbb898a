"""A diagram compiled for the library: made once a version, shared by cases and threads, never changed by a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.task import Task

from engine.diagram.decisions import Decision
from engine.diagram.element import embedded, expression
from engine.diagram.read import NODES
from engine.diagram.scripts import assignments
from engine.diagram.wiring import Wiring, index, wiring
from engine.diagram.xml import ALUR, BPMN, local, parse, text_of, yes
from engine.errors import N_, ActivityFailed, DiagramProblem, ExpressionError, InvalidDiagram, Said
from engine.expressions import names_in
from engine.spiff.clock import ISO_TEXT
from engine.spiff.multiple import outputs
from engine.spiff.parser import Parser, Ruling
from engine.spiff.prepare import prepare
from engine.spiff.share import Output

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


class Items(TaskDataReference):  # type: ignore[misc]
    """The list of a multi-instance: an expression, evaluated once when the activity begins."""

    def get(self, my_task: Task, **kwargs: Any) -> list[Any]:
        items: list[Any] | None = my_task.internal_data.get("items")
        if items is None:
            items = my_task.workflow.script_engine.evaluate(my_task, self.bpmn_id)
            if not isinstance(items, list):
                raise ActivityFailed(my_task.task_spec.bpmn_id, N_("'%(name)s' is no list"), name=self.bpmn_id)
            my_task.internal_data["items"] = items
        return items

    def exists(self, my_task: Task) -> bool:
        return True


def compile_spec(xml: bytes, decisions: Mapping[str, Decision] | None = None) -> Spec:
    """Compile the first executable process of a BPMN file with the decision tables it names.

    Raises InvalidDiagram when the bytes are no readable BPMN file, or for what the library refuses.
    """
    root = parse(xml)
    process = next((p for p in root.iterchildren(f"{{{BPMN}}}process") if yes(p.get("isExecutable"))), None)
    key = process.get("id") if process is not None else None
    if process is None or not key:
        raise _refused("", "", Said(N_("no process is executable")))
    known = index(root)
    wired = {e.get("id") or "": wiring(e, known) for e in process.iter(etree.Element) if local(e) in NODES}
    names = {*_names(root, process, wired.values())}
    collected = dict(outputs(process))
    names |= {output.item for output in collected.values()}
    prepare(root, process)
    parser = Parser()
    try:
        parser.add_bpmn_xml(root)
        spec = parser.get_spec(key)
        parts = parser.get_subprocess_specs(key)
    except ValidationException as error:
        if isinstance(error.__context__, RecursionError):
            raise _refused(key, "", Said(N_("sub-processes are nested too deeply"))) from None
        raise _refused(error.id, error.name, reported(error)) from error
    except PARSER_FAULTS as error:
        raise _refused(key, "", reported(error)) from error
    for part in (spec, *parts.values()):
        _connect(part, collected)
        _wire(part, wired)
        for task_spec in part.task_specs.values():
            if isinstance(task_spec, Ruling):
                names |= _rule(task_spec, wired, decisions or {})
    return Spec(key=key, process=spec, parts=parts, names=frozenset(names), xml=xml)


def _refused(element: str | None, name: str | None, reason: Said) -> InvalidDiagram:
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


def reported(error: Exception) -> Said:
    """The library's own words: quoted, for they are in no language of ours."""
    return Said(N_("the engine reports “%(text)s”"), {"text": str(error).strip(" .") or type(error).__name__})


def _names(root: etree._Element, process: etree._Element, wired: Iterable[Wiring]) -> Iterator[str]:
    """The names that expressions in the file mention. A faulty expression mentions none; lint reports it."""
    texts = [embedded(str(value)) for element in root.iter() for value in element.attrib.values()]
    texts += [expression(process.get(f"{{{ALUR}}}{name}")) for name in ("title", "caseKey", "confidential")]
    texts += [expression(text_of(element)) for name in EXPRESSIONS for element in root.iter(f"{{{BPMN}}}{name}")]
    for one in wired:
        yield from one.carries
        if one.call is not None:
            yield from (*one.call.takes, *one.call.gives)
            texts += [*one.call.takes.values(), *one.call.gives.values()]
        texts += [expression(one.correlation), *(embedded(text) for text in one.inputs.values())]
        for text in filter(None, map(embedded, one.outputs.values())):
            yield from mentioned(text) - {"result"}
        texts += [text for _, text in assigned(one.script)]
    for text in filter(None, texts):
        yield from mentioned(text)


def mentioned(text: str) -> frozenset[str]:
    """The names in an expression; none where it is faulty, or a date or duration."""
    try:
        return frozenset() if ISO_TEXT.fullmatch(text) else names_in(text)
    except ExpressionError:
        return frozenset()


def assigned(script: str | None) -> tuple[tuple[str, str], ...]:
    try:
        return assignments(script) if script else ()
    except ExpressionError:
        return ()


def _rule(task_spec: Ruling, wired: Mapping[str, Wiring], decisions: Mapping[str, Decision]) -> frozenset[str]:
    """Give a business rule task its table; the names the table mentions."""
    own = wired[task_spec.bpmn_id]
    decision = decisions.get(own.decision or "")
    if decision is None:
        raise _refused(
            task_spec.bpmn_id,
            task_spec.bpmn_name,
            Said(N_("there is no decision “%(decision)s”"), {"decision": own.decision}),
        )
    task_spec.decision, task_spec.result = decision, own.result
    return decision.names


def _wire(spec: BpmnProcessSpec, wired: Mapping[str, Wiring]) -> None:
    """Leave with each element what it is tied to, and with each event definition whose it is."""
    for task_spec in spec.task_specs.values():
        if task_spec.bpmn_id in wired:
            task_spec.extensions = {"wiring": wired[task_spec.bpmn_id]}
        if isinstance(task_spec, EventBasedGateway):
            for one, event in zip(task_spec.event_definition.event_definitions, task_spec.outputs, strict=True):
                one.event_id = event.bpmn_id
        elif hasattr(task_spec, "event_definition"):
            task_spec.event_definition.event_id = task_spec.bpmn_id


def _connect(spec: BpmnProcessSpec, collected: Mapping[str, Output]) -> None:
    """Do now what the library would do when a multi-instance first runs, or forget to do after a reload."""
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, LoopTask):
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(task_spec.merge_child):
                child.completed_event.connect(task_spec.merge_child)
        if isinstance(task_spec, MultiInstanceTask):
            task_spec.output = collected.get(task_spec.bpmn_id)
            if task_spec.data_input is not None:
                task_spec.data_input = Items(task_spec.data_input.bpmn_id)
        if isinstance(task_spec, BoundaryEvent):  # close the activity before what follows opens
            task_spec.outputs = sorted(task_spec.outputs, key=lambda s: not isinstance(s, BoundaryEventJoin))
