"""Nothing that a diagram says differs in silence: every attribute and text, and every fact of the model by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.diagram.compare import compare
from engine.diagram.model import Diagram, Flow, Node, Paper, Process, Timer
from engine.diagram.read import read
from engine.diagram.wiring import Call, Wiring
from engine.errors import InvalidDiagram
from tests.engine.diagram.building import END, ROOT, START, bpmn, chain, flow, lane, task, timer

FILES = sorted([ROOT / "processes" / "permohonan_cuti.bpmn", *(ROOT / "tests" / "diagrams").glob("*.bpmn")])
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DRAWING = ("http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/D")
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
#: what nobody runs or reads: (element, attribute or None for its text)
SILENT = {
    ("definitions", "targetNamespace"): "a name for the file",
    ("documentation", None): "of the collaboration, which no page shows",
    ("error", "name"): "its code tells errors apart",
    ("escalation", "name"): "its code tells escalations apart",
    ("dataStore", "name"): "the reference to it carries the name that is shown",
}


def spots(root: etree._Element) -> Iterator[tuple[etree._Element, str | None]]:
    """Each attribute of what is no drawing, and each text as None; ids pair elements."""
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag[1:].startswith(DRAWING):
            continue
        if etree.QName(element).localname in ("incoming", "outgoing"):
            continue
        yield from ((element, str(name)) for name in element.attrib if name not in ("id", TYPE))
        if element.text and element.text.strip():
            yield element, None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_changed_and_no_missing_attribute_or_text_goes_unnoticed(path: Path) -> None:
    before, root = read(path.read_bytes()), etree.fromstring(path.read_bytes())
    unsaid = []
    for element, name in spots(root):
        where = (etree.QName(element).localname, name)
        if where in SILENT and (name or element.getparent().tag == f"{BPMN}collaboration"):
            continue
        was = element.get(name) if name else element.text
        for text in ("qzx",) if name == "errorCode" else ("qzx", None):  # without a code the name takes its place
            put(element, name, text)
            try:
                if differs(was, text) and compare(before, read(etree.tostring(root))).same:
                    unsaid.append((*where, was, text))
            except InvalidDiagram:
                pass  # it can't be published like this
        put(element, name, was)
    assert unsaid == []


def put(element: etree._Element, name: str | None, text: str | None) -> None:
    if name is None:
        element.text = text
    elif text is None:
        del element.attrib[name]
    else:
        element.set(name, text)


def differs(was: str | None, now: str | None) -> bool:
    """Whether it says something else: what is left out often means false."""
    return was != now and not (now is None and was in ("false", "true"))


# -- the model -------------------------------------------------------------------------------------------------------

MESSAGE = '<message id="m" name="Pesan"/><message id="m2" name="Lain"/>'
PAPERS = (
    "<documentation>Begini.</documentation><extensionElements><alur:qualityStandard>"
    '<alur:input source="a.x">DPA</alur:input><alur:output source="a.y">Draf</alur:output>'
    "</alur:qualityStandard></extensionElements>"
)
MANY = (
    '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${units}" '
    'camunda:elementVariable="unit">'
    '<loopDataOutputRef>found</loopDataOutputRef><outputDataItem name="one"/>'
    "<completionCondition>done</completionCondition></multiInstanceLoopCharacteristics>"
)
AGAIN = '<standardLoopCharacteristics loopMaximum="4"><loopCondition>more</loopCondition></standardLoopCharacteristics>'
SERVICE = (
    '<serviceTask id="service" alur:connector="mail"><extensionElements><camunda:inputOutput>'
    '<camunda:inputParameter name="to">x</camunda:inputParameter>'
    '<camunda:outputParameter name="sent">${result}</camunda:outputParameter>'
    "</camunda:inputOutput></extensionElements></serviceTask>"
)
CALL = (
    '<callActivity id="call" calledElement="other" camunda:calledElementBinding="version" '
    'camunda:calledElementVersion="3"><extensionElements><camunda:in source="a" target="b"/>'
    '<camunda:out source="c" target="d"/></extensionElements></callActivity>'
)
STEP = (
    'alur:number="1" alur:action="Kirim" alur:assumption="Kira-kira." camunda:formKey="ask" '
    'camunda:candidateGroups="clerk" camunda:candidateUsers="ani" camunda:assignee="budi" camunda:priority="60"'
)
CATCH = '<intermediateCatchEvent id="{0}"{1}><{2}EventDefinition{3}>{4}</{2}EventDefinition></intermediateCatchEvent>'
BODY = (
    f"<laneSet>{lane('Camat', 'a', 'b')}{lane('Sekretaris', 'service', id='lane2')}</laneSet>"
    "<documentation>Isi.</documentation>"
    '<extensionElements><alur:sopHeader><alur:entry name="number">1</alur:entry></alur:sopHeader></extensionElements>'
    + START
    + task("a", PAPERS, STEP)
    + timer("a", attributes='alur:deadline="true"')
    + timer("a", "<timeDuration>PT1H</timeDuration>", id="soon")
    + '<boundaryEvent id="by" attachedToRef="a"><messageEventDefinition messageRef="m"/></boundaryEvent>'
    + task("b", MANY)
    + task("c", AGAIN)
    + SERVICE
    + '<sendTask id="send" messageRef="m" alur:correlationKey="nomor" alur:carries="x"/>'
    + '<businessRuleTask id="rule" camunda:decisionRef="table" camunda:resultVariable="answer"/>'
    + CALL
    + '<scriptTask id="script"><script>x = 1</script></scriptTask>'
    + CATCH.format("cond", "", "conditional", "", "<condition>ready</condition>")
    + CATCH.format("clock", "", "timer", "", "<timeDuration>PT5M</timeDuration>")
    + '<exclusiveGateway id="g" default="no"/>'
    + '<subProcess id="sub"><startEvent id="s1"/><endEvent id="s2"/>'
    + '<sequenceFlow id="s" sourceRef="s1" targetRef="s2"/>'
    + '</subProcess><subProcess id="aside" triggeredByEvent="true"><startEvent id="s3"/></subProcess>'
    + END
    + chain("start", "a", "b", "c", "service", "send", "rule", "call", "script", "cond", "clock", "g")
    + flow("g", "end", "ok", id="yes")
    + '<sequenceFlow id="no" name="Tidak" sourceRef="g" targetRef="sub"/>'
    + flow("by", "sub", id="by_sub")
)
HEAD = (
    'alur:calendar="office" alur:starters="clerk" alur:title="judul" alur:caseKey="nomor" alur:confidential="rahasia" '
    'alur:example="true" alur:onlyCalled="true" alur:assumption="Dugaan."'
)
XML = bpmn(BODY, process=HEAD, before=MESSAGE).decode()
EVENT = "<message"
#: an edit, the element that tells it (None: the process), the fact it is told by
EDITS = [
    ('name="Test" isExecutable', 'name="Ujian" isExecutable', None, "name"),
    ("<documentation>Isi.", "<documentation>Baru.", None, "documentation"),
    ('alur:calendar="office" ', "", None, "calendar"),
    ('alur:owners="pengelola_sop"', 'alur:owners="camat"', None, "owners"),
    ('alur:starters="clerk"', 'alur:starters="camat"', None, "starters"),
    ('alur:title="judul"', 'alur:title="lain"', None, "title"),
    ('alur:caseKey="nomor"', 'alur:caseKey="lain"', None, "case_key"),
    ('alur:confidential="rahasia"', 'alur:confidential="lain"', None, "confidential"),
    ('alur:example="true"', "", None, "example"),
    ('alur:onlyCalled="true"', "", None, "only_called"),
    ('alur:assumption="Dugaan."', "", None, "assumption"),
    ('<alur:entry name="number">1<', '<alur:entry name="number">2<', None, "header"),
    ("<flowNodeRef>b</flowNodeRef>", "", "b", "lane"),
    ('<lane id="lane" name="Camat">', '<lane id="lane" name="Kepala">', "lane", "name"),
    ('name="Task a"', 'name="Tugas a"', "a", "name"),
    ("<documentation>Begini.", "<documentation>Begitu.", "a", "documentation"),
    ('alur:number="1"', 'alur:number="2"', "a", "number"),
    ('alur:action="Kirim"', 'alur:action="Teruskan"', "a", "action"),
    ('alur:assumption="Kira-kira."', "", "a", "assumption"),
    ('camunda:formKey="ask" camunda:candidateGroups="clerk" camunda:candidateUsers',
     'camunda:formKey="tell" camunda:candidateGroups="clerk" camunda:candidateUsers', "a", "form"),
    ('camunda:candidateGroups="clerk" camunda:candidateUsers', 'camunda:candidateUsers', "a", "performers"),
    ('camunda:candidateUsers="ani"', 'camunda:candidateUsers="ina"', "a", "people"),
    ('camunda:assignee="budi"', "", "a", "assignee"),
    ('camunda:priority="60"', 'camunda:priority="70"', "a", "priority"),
    (">DPA<", ">DPPA<", "a", "inputs"),
    (">Draf<", ">Naskah<", "a", "outputs"),
    ('source="a.x"', 'source="a.z"', "a", "input_sources"),
    ('source="a.y"', 'source="a.z"', "a", "output_sources"),
    ("<timeDuration>P4D<", "<timeDuration>P5D<", "a", "duration"),
    ('alur:deadline="true"', 'name="Batas" alur:deadline="true"', "late_a", "name"),
    ('alur:deadline="true"', "", "a", "duration"),
    ('attachedToRef="a" cancelActivity="false"', 'attachedToRef="b" cancelActivity="false"', "late_a", "host"),
    ('attachedToRef="a" cancelActivity="false"', 'attachedToRef="a"', "late_a", "interrupting"),
    ('attachedToRef="a"><messageEventDefinition messageRef="m"/>',
     'attachedToRef="a"><messageEventDefinition messageRef="m2"/>', "by", "trigger"),
    ('attachedToRef="a"><messageEventDefinition messageRef="m"/>',
     'attachedToRef="a"><signalEventDefinition/>', "by", "trigger"),
    ("${units}", "${people}", "b", "repetition"),
    ('isSequential="true"', 'isSequential="false"', "b", "repetition"),
    (MANY, "", "b", "repetition"),
    ('elementVariable="unit"', 'elementVariable="one"', "b", "item"),
    ('<outputDataItem name="one"/>', '<outputDataItem name="two"/>', "b", "gives"),
    ("found<", "seen<", "b", "gives"),
    ("<completionCondition>done<", "<completionCondition>over<", "b", "completes"),
    (AGAIN, "", "c", "repetition"),
    ("<loopCondition>more<", "<loopCondition>less<", "c", "again"),
    ('loopMaximum="4"', 'loopMaximum="5"', "c", "most"),
    ('alur:connector="mail"', 'alur:connector="sheet"', "service", "connector"),
    ('name="to">x<', 'name="to">y<', "service", "parameters"),
    ('name="sent">${result}<', 'name="gone">${result}<', "service", "results"),
    ('alur:correlationKey="nomor"', "", "send", "correlation"),
    ('alur:carries="x"', 'alur:carries="x,y"', "send", "carries"),
    ('id="send" messageRef="m"', 'id="send" messageRef="m2"', "send", "trigger"),
    ('decisionRef="table"', 'decisionRef="other"', "rule", "decision"),
    ('resultVariable="answer"', 'resultVariable="told"', "rule", "answer"),
    ('calledElement="other"', 'calledElement="else"', "call", "called"),
    ('camunda:calledElementBinding="version" ', 'camunda:calledElementBinding="latest" ', "call", "called"),
    ('calledElementVersion="3"', 'calledElementVersion="4"', "call", "called"),
    ('<camunda:in source="a" target="b"/>', '<camunda:in source="z" target="b"/>', "call", "passed"),
    ('<camunda:in source="a" target="b"/>', '<camunda:in variables="all"/>', "call", "passed"),
    ('<camunda:out source="c" target="d"/>', '<camunda:out source="c" target="e"/>', "call", "passed"),
    ('<camunda:out source="c" target="d"/>', '<camunda:out variables="all"/>', "call", "passed"),
    ('<camunda:in source="a" target="b"/><camunda:out source="c" target="d"/>', "", "call", "passed"),
    ("x = 1", "x = 2", "script", "script"),
    ("<condition>ready<", "<condition>late<", "cond", "condition"),
    ("<timeDuration>PT5M<", "<timeDuration>PT6M<", "clock", "timer"),
    ("<timeDuration>PT5M</timeDuration>", "<timeCycle>PT5M</timeCycle>", "clock", "timer"),
    ('<exclusiveGateway id="g" default="no"/>', '<inclusiveGateway id="g" default="no"/>', "g", "kind"),
    ('default="no"', "", "no", "default"),
    ('name="Tidak"', 'name="Belum"', "no", "name"),
    ("<conditionExpression>ok<", "<conditionExpression>fine<", "yes", "condition"),
    ('name="Tidak" sourceRef="g" targetRef="sub"', 'name="Tidak" sourceRef="g" targetRef="a"', "no", "route"),
    ('name="Tidak" sourceRef="g"', 'name="Tidak" sourceRef="a"', "no", "route"),
    ('triggeredByEvent="true"', "", "aside", "beside"),
    ('<startEvent id="s3"/></subProcess>', '</subProcess><startEvent id="s3"/>', "s3", "place"),
]  # fmt: skip
#: fields of the model that no single edit of a shared element changes, with the reason
DERIVED = {
    "Process.key": "the same for both sides of a comparison",
    "Process.executable": "one that is not can't be read",
    "Process.nodes": "what came and went is added and removed",
    "Process.flows": "what came and went is added and removed",
    "Process.lanes": "each lane is told by itself",
    "Process.expressions": "each stands in a fact",
    "Node.id": "pairs the two",
    "Node.timers": "each is an event of its own",
    "Node.incoming": "each flow is told by itself",
    "Node.outgoing": "each flow is told by itself",
    "Flow.id": "pairs the two",
    "Timer.id": "pairs the two",
    "Timer.attached_to": "the host of its event",
    "Timer.name": "the name of its event",
    "Wiring.call": "by what it consists of",
}


def edited(old: str, new: str) -> Diagram:
    assert XML.count(old) >= 1, old
    return read(XML.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    ("old", "new", "element", "fact"), EDITS, ids=[f"{e[2]}-{e[3]}-{n}" for n, e in enumerate(EDITS)]
)
def test_every_fact_is_told_by_its_name(old: str, new: str, element: str | None, fact: str) -> None:
    told = {(c.element, c.fact): c for c in compare(read(XML.encode()), edited(old, new)).changes}
    assert (element, fact) in told
    assert (element, "other") not in told, "nothing is told twice"
    assert told[element, fact].before != told[element, fact].after


def test_a_fact_does_not_hide_what_has_none() -> None:
    old, new = 'name="Task a" alur:number', 'name="Tugas a" camunda:asyncAfter="true" alur:number'
    told = {(c.element, c.fact) for c in compare(read(XML.encode()), edited(old, new)).changes}
    assert {("a", "name"), ("a", "other")} <= told


def test_no_field_of_the_model_is_forgotten() -> None:
    before = read(XML.encode()).process
    seen = set(DERIVED)
    for old, new, _element, _fact in EDITS:
        seen |= set(changed(before, edited(old, new).process))
    model = {
        f"{kind.__name__}.{f.name}" for kind in (Process, Node, Flow, Timer, Wiring, Call, Paper) for f in fields(kind)
    }
    assert model - seen == set()
    assert set(DERIVED) <= model


def changed(old: Any, new: Any) -> Iterator[str]:
    """The fields of the model in which two values differ, down to the last."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() & new.keys():
            yield from changed(old[key], new[key])
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for one, other in zip(old, new, strict=False):
            yield from changed(one, other)
    elif type(old) is type(new) and isinstance(old, Process | Node | Flow | Timer | Wiring | Call | Paper):
        for one in fields(old):
            if getattr(old, one.name) != getattr(new, one.name):
                yield f"{type(old).__name__}.{one.name}"
                yield from changed(getattr(old, one.name), getattr(new, one.name))
