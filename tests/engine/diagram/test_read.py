"""Bytes into diagrams: what is understood, and that nothing hostile gets further than a refusal."""

from __future__ import annotations

import random

import pytest

from engine.diagram.draw import draw
from engine.diagram.lint import lint
from engine.diagram.read import read
from engine.errors import InvalidDiagram
from tests.engine.diagram.building import END, SOP, START, around, bpmn, chain, flow, task, timer


def refusal(xml: bytes) -> str:
    with pytest.raises(InvalidDiagram) as refused:
        read(xml)
    (problem,) = refused.value.problems
    assert problem.text()
    assert problem.remedy % dict(problem.params)
    return problem.rule


def test_the_sop_has_seven_steps_in_order_with_their_printed_numbers() -> None:
    steps = read(SOP.read_bytes()).process.steps()
    assert [s.number for s in steps] == ["1", "2", "3", "4", "5", "6", "6"]
    assert [s.deadline and s.deadline.text for s in steps] == ["PT5M", "PT10M", "PT15M", "P4D", "P4D", "P7D", "PT15M"]
    assert all(s.deadline and not s.deadline.interrupting for s in steps)


def test_work_of_people_is_a_step_without_a_number_too_and_a_script_is_not() -> None:
    added = b"""<bpmn:userTask id="tilik" name="Tilik"/><bpmn:scriptTask id="hitung" name="Hitung"/>
        <bpmn:sequenceFlow id="g1" sourceRef="sampaikan_dokumen" targetRef="tilik"/>
        <bpmn:sequenceFlow id="g2" sourceRef="tilik" targetRef="hitung"/></bpmn:process>"""
    steps = read(SOP.read_bytes().replace(b"</bpmn:process>", added)).process.steps()
    assert len(steps) == 8
    assert next(step.number for step in steps if step.id == "tilik") is None


def test_the_sop_keeps_what_the_sheet_says_and_leaves_blank_what_it_does_not() -> None:
    process = read(SOP.read_bytes()).process
    blank = ("number", "created", "revised", "effective", "approved_by")
    assert [process.header[name] for name in blank] == [()] * 5
    assert len(process.header["legal_basis"]) == 2
    step = process.nodes["disposisi"]
    assert [p.text for p in step.inputs] == ["Surat Edaran Bappeda", "Perjanjian Kinerja dan Rencana Aksi"]
    assert [(p.text, p.source) for p in step.outputs] == [("Catatan pembagian tugas", "disposisi.pembagian")]


def test_units_fill_in_their_data_side_by_side_each_in_its_own_queue() -> None:
    node = read(SOP.read_bytes()).process.nodes["isi_data_unit"]
    assert (node.collection, node.item_name, node.sequential) == ("unit_diminta", "unit", False)
    assert (node.candidate_groups, node.parent, node.deadline) == ("${unit}", "siapkan_data", None)


def test_inner_tasks_belong_to_the_lane_of_their_sub_process() -> None:
    assert read(SOP.read_bytes()).process.nodes["gabungkan_draf"].lane == "Kasubag Keuangan"


def test_a_black_box_pool_is_a_participant_and_nothing_more() -> None:
    assert read(SOP.read_bytes()).participants == ("Bappeda Kabupaten Lumajang",)


def test_the_standard_way_to_write_a_multi_instance_is_understood() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>units</loopDataInputRef>'
        '<inputDataItem id="i" name="unit"/></multiInstanceLoopCharacteristics>'
    )
    node = read(bpmn(around(task("a", loop), ids="a"))).process.nodes["a"]
    assert (node.collection, node.item_name, node.sequential) == ("units", "unit", True)


def test_form_names_of_other_modelers_are_understood() -> None:
    for given in (
        'camunda:formKey="ask"',
        'camunda:formRef="ask"',
        'camunda:formKey="camunda-forms:bpmn:forms/ask.form"',
    ):
        assert read(bpmn(around(task("a", attributes=given), ids="a"))).process.nodes["a"].form_key == "ask"


@pytest.mark.parametrize(
    ("timers", "expected"),
    [
        (timer("a"), "late_a"),
        (timer("a", attributes='alur:deadline="true"') + timer("a", id="other"), "late_a"),
        (timer("a") + timer("a", id="other"), None),
        (timer("a", "<timeCycle>R3/P1D</timeCycle>"), None),
    ],
    ids=["a lone timer", "the marked one of two", "two unmarked ones", "a lone repetition"],
)
def test_the_deadline_is_the_marked_or_the_lone_timer(timers: str, expected: str | None) -> None:
    deadline = read(bpmn(around(task("a"), timers, ids="a"))).process.nodes["a"].deadline
    assert (deadline.id if deadline else None) == expected


def test_steps_of_a_diagram_without_numbers_are_its_activities_in_flow_order() -> None:
    body = START + task("second") + task("first") + END + chain("start", "first", "second", "end")
    assert [s.id for s in read(bpmn(body)).process.steps()] == ["first", "second"]


def test_the_condition_is_the_same_bare_or_wrapped() -> None:
    for text in ("answer == 'x'", "${answer == 'x'}"):
        xml = bpmn(around(task("a"), ids="a").replace("</process>", "") + flow("a", "end", text, id="f"))
        assert read(xml).process.flows["f"].condition == "answer == 'x'"


BOMB = '<!DOCTYPE b [<!ENTITY a0 "aaaaaaaaaa">'
BOMB += "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9)) + "]><b>&a9;</b>"


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"", "not-xml"),
        (b"\0\0\0\0", "not-xml"),
        (b"%PDF-1.7", "not-xml"),
        (b"\xff\xfe", "not-xml"),
        (b"<a>", "not-xml"),
        (b"<html><body/></html>", "not-bpmn"),
        (b'<definitions xmlns="http://example.org/"/>', "not-bpmn"),
        (b'<?xml version="1.0" encoding="no-such-code"?><a/>', "not-xml"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "not-xml"),
        ('<?xml version="1.0" encoding="UTF-8"?><a b="\u00e9"/>'.encode("latin-1"), "not-xml"),
        (b"<a>&undefined;</a>", "not-xml"),
        (b"<a>\x01</a>", "not-xml"),
        (b" " * (5 * 1024 * 1024 + 1), "too-large"),
        (BOMB.encode(), "doctype"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "doctype"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "doctype"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "doctype"),
        ('<?xml version="1.0" encoding="cp037"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("cp037"), "not-xml"),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-', "doctype"),
        (bpmn("").replace(b'isExecutable="true"', b""), "not-executable"),
        (bpmn("").replace(b'process id="p"', b"process"), "no-id"),
        (bpmn("<subProcess>" * 70 + "</subProcess>" * 70), "too-deep"),
        (bpmn("<task/>" * 50_001), "too-many"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_no_sound_diagram_is_refused_with_a_remedy(xml: bytes, rule: str) -> None:
    assert refusal(xml) == rule


def survives(xml: bytes) -> None:
    """Reading, judging and drawing either work or refuse."""
    try:
        diagram = read(xml)
        for problem in lint(diagram, forms={}, positions=()):
            assert problem.text()
        draw(diagram)
    except InvalidDiagram as refused:
        assert refused.problems


def test_a_file_cut_off_anywhere_is_refused() -> None:
    whole = SOP.read_bytes().rstrip()
    for length in [*range(0, len(whole) - 1, 997), *range(len(whole) - 30, len(whole) - 1)]:
        with pytest.raises(InvalidDiagram):
            read(whole[:length])


def test_flipped_bytes_never_cause_anything_but_a_refusal() -> None:
    whole, chance = SOP.read_bytes(), random.Random(7)
    for _ in range(80):
        broken = bytearray(whole)
        for _ in range(chance.choice((1, 2, 8))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        survives(bytes(broken))


def test_elements_and_attributes_torn_out_or_crossed_never_cause_anything_but_a_refusal() -> None:
    lines, chance = SOP.read_text("utf-8").splitlines(), random.Random(11)
    words = ["siapkan_data", "isi_data_unit", "lengkap", "mulai", "NaN", "-1", "true", "1e999", ""]
    single = [n for n, line in enumerate(lines) if line.strip().startswith("<") and line.strip().endswith("/>")]
    for _ in range(80):
        torn = list(lines)
        for n in chance.sample(single, 3):
            torn[n] = ""
        text = "\n".join(torn)
        for _ in range(4):
            at = chance.choice([n for n in range(len(text)) if text.startswith('="', n)]) + 2
            text = text[:at] + chance.choice(words) + text[text.index('"', at) :]
        survives(text.encode())
