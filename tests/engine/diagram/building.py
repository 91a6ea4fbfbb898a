"""Diagrams written down in a few lines: the frame of a file round the elements that matter to a test."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from engine.diagram.lint import lint
from engine.diagram.read import read
from engine.errors import DiagramProblem
from forms.definition import parse
from forms.model import Form

ROOT = Path(__file__).resolve().parents[3]
PROCEDURES = tuple(sorted((ROOT / "processes").glob("*.bpmn")))
SOP = ROOT / "processes" / "pengumpulan_data_kinerja.bpmn"
POSITIONS = frozenset({"clerk", "Clerk", "pengelola_sop"})

FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:alur="urn:alur:bpmn:1" id="file" targetNamespace="urn:test">{before}
  <process id="p" name="Test" isExecutable="true" alur:owners="pengelola_sop" {process}>{body}</process>
  <di:BPMNDiagram id="drawing"><di:BPMNPlane id="plane" bpmnElement="p"><di:BPMNShape/></di:BPMNPlane></di:BPMNDiagram>
</definitions>"""
START = '<startEvent id="start"/>'
END = '<endEvent id="end"/>'
ASKED = 'camunda:candidateGroups="clerk" camunda:formKey="ask"'


def bpmn(body: str, *, process: str = "", before: str = "") -> bytes:
    return FRAME.format(body=body, process=process, before=before).encode()


def flow(source: str, target: str, condition: str = "", id: str = "") -> str:
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    id = id or f"{source}_{target}"
    return f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def chain(*ids: str) -> str:
    return "".join(flow(a, b) for a, b in pairwise(ids))


def task(id: str, inside: str = "", attributes: str = ASKED) -> str:
    return f'<userTask id="{id}" name="Task {id}" {attributes}>{inside}</userTask>'


def timer(host: str, time: str = "<timeDuration>P4D</timeDuration>", *, id: str = "", attributes: str = "") -> str:
    id = id or f"late_{host}"
    return (
        f'<boundaryEvent id="{id}" attachedToRef="{host}" cancelActivity="false" {attributes}>'
        f'<timerEventDefinition>{time}</timerEventDefinition></boundaryEvent><endEvent id="{id}_end"/>'
        + flow(id, f"{id}_end")
    )


def around(*steps: str, ids: str) -> str:
    """Start, the given steps in the order of `ids`, end."""
    return START + "".join(steps) + END + chain("start", *ids.split(), "end")


def one(inside: str = "", attributes: str = ASKED) -> str:
    """A process of a single task `a`."""
    return around(task("a", inside, attributes), ids="a")


def timed(time: str, **options: str) -> str:
    """A process of a single task with a timer on its border."""
    return around(task("a"), timer("a", time, **options), ids="a")


def lane(name: str, *ids: str, id: str = "lane") -> str:
    return f'<lane id="{id}" name="{name}">{"".join(f"<flowNodeRef>{ref}</flowNodeRef>" for ref in ids)}</lane>'


def sub(id: str, inner: str, loop: str = "") -> str:
    """A sub-process whose start and end get ids of their own."""
    own = re.sub(r"(?<![a-zA-Z<])(start|end)(?![a-zA-Z])", rf"in_{id}_\1", inner)
    return f'<subProcess id="{id}">{loop}{own}</subProcess>'


def form(key: str = "ask", *names: str) -> Form:
    fields = ",".join(f'{{"type": "textfield", "key": "{name}", "label": "{name}"}}' for name in names or ("answer",))
    return parse(f'{{"type": "default", "id": "{key}", "components": [{fields}]}}')


def findings(xml: bytes, forms: dict[str, Form] | None = None) -> tuple[DiagramProblem, ...]:
    return lint(read(xml), forms={"ask": form()} if forms is None else forms, positions=POSITIONS)


def rules(xml: bytes, forms: dict[str, Form] | None = None, *, severity: str = "") -> set[str]:
    return {p.rule for p in findings(xml, forms) if not severity or p.severity == severity}


def office_forms() -> dict[str, Form]:
    return {path.stem: parse(path.read_text("utf-8")) for path in (ROOT / "forms").glob("*.form")}
