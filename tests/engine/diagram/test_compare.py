"""Two versions compared: each kind of edit is told once, in its own words, and nothing is left unsaid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from engine.diagram.changes import Comparison
from engine.diagram.compare import compare
from engine.diagram.read import read
from tests.engine.diagram.building import ROOT, SOP

XML = SOP.read_text("utf-8")
FORMS = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
YES = "dari_lengkap_ke_susun_dokumen"
FILES = sorted([*(ROOT / "processes").glob("*.bpmn"), *(ROOT / "tests" / "diagrams").glob("*.bpmn")])


def edited(*edits: tuple[str, str], forms: dict[str, str] | None = None) -> Comparison:
    """The procedure against itself with some texts replaced, each of which must be there."""
    text = XML
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return compare(read(XML.encode()), read(text.encode()), FORMS, forms or FORMS)


def told(comparison: Comparison) -> list[tuple[str, str | None, str]]:
    return [(c.kind, c.element, c.fact) for c in comparison.changes if not c.follows]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_diagram_equals_itself(path: Path) -> None:
    diagram = read(path.read_bytes())
    assert compare(diagram, diagram, FORMS, FORMS).changes == ()


def test_a_changed_standard_time_is_told_once_at_its_step() -> None:
    comparison = edited((">P7D<", ">P8D<"), ('name="7 hari"', 'name="8 hari"'))
    change, *rest = comparison.changes
    assert (change.number, change.fact, change.before, change.after) == ("6", "duration", "P7D", "P8D")
    assert all(one.follows for one in rest)
    assert comparison.new_marks == {"susun_dokumen": "changed", "batas_susun_dokumen": "changed"}


@pytest.mark.parametrize(
    ("old", "new", "element", "fact"),
    [
        ('name="Lengkap?"', 'name="Sudah lengkap?"', "lengkap", "name"),
        ('camunda:formKey="penyampaian"', 'camunda:formKey="disposisi"', "sampaikan_dokumen", "form"),
        ('alur:number="1"', 'alur:number="01"', "terima_permintaan", "number"),
        (">Rencana Aksi</alur:input>", ">Rencana Aksi dan DPA</alur:input>", "terima_permintaan", "inputs"),
        (">Draf data kinerja</alur:output>", ">Draf</alur:output>", "siapkan_data", "outputs"),
        ('alur:action="Kirim ke Sekretaris Kecamatan"', 'alur:action="Kirim"', "terima_permintaan", "action"),
        ('alur:owners="pengelola_sop"', 'alur:owners="camat"', None, "owners"),
        ('alur:calendar="office" ', "", None, "calendar"),
        ('name="Kasubag Keuangan"', 'name="Bendahara"', "lajur_kasubag_keuangan", "name"),
    ],
)
def test_each_edit_has_its_fact(old: str, new: str, element: str | None, fact: str) -> None:
    comparison = edited((old, new))
    assert told(comparison) == [("changed", element, fact)]
    assert not comparison.same


def test_a_step_in_another_lane_is_told_and_a_renamed_lane_is_not_told_of_every_step() -> None:
    node = "<bpmn:flowNodeRef>teruskan_surat</bpmn:flowNodeRef>"
    there = "<bpmn:flowNodeRef>disposisi</bpmn:flowNodeRef>"
    comparison = edited((node, ""), (there, there + node))
    (change,) = (c for c in comparison.changes if c.element == "teruskan_surat")
    assert (change.fact, change.before, change.after) == ("lane", "Sekretaris Kecamatan", "Camat")


def test_a_condition_and_a_route_are_told_at_their_flow() -> None:
    assert told(edited((">semua_lengkap<", ">not semua_lengkap<"))) == [("changed", YES, "condition")]
    whole = f'id="{YES}" name="Ya" sourceRef="lengkap" targetRef="susun_dokumen"'
    comparison = edited((whole, whole.replace('Ref="susun_dokumen', 'Ref="sampaikan_dokumen')))
    (change,) = (c for c in comparison.changes if not c.follows)
    assert (change.element, change.fact, change.after[1][:12]) == (YES, "route", "Menyampaikan")


def test_an_inserted_step_is_added_and_its_flows_only_follow() -> None:
    comparison = compare(read(XML.encode()), read(inserted().encode()), FORMS, FORMS)
    assert ("added", "cek_ulang", "") in told(comparison)
    flows = [c for c in comparison.changes if c.element in ("ke_cek", "dari_cek")]
    assert {(c.kind, c.follows) for c in flows} == {("added", True)}
    back = compare(read(inserted().encode()), read(XML.encode()), FORMS, FORMS)
    assert ("removed", "cek_ulang", "") in told(back)
    assert back.old_marks["cek_ulang"] == "removed" and "cek_ulang" not in back.new_marks


def inserted() -> str:
    old = '<bpmn:sequenceFlow id="dari_susun_dokumen_ke_sampaikan_dokumen" sourceRef="susun_dokumen"'
    assert old in XML
    step = (
        '<bpmn:userTask id="cek_ulang" name="Cek ulang"/>'
        '<bpmn:sequenceFlow id="ke_cek" sourceRef="susun_dokumen" targetRef="cek_ulang"/>'
        '<bpmn:sequenceFlow id="dari_cek" sourceRef="cek_ulang"'
    )
    return XML.replace(old, step)


def test_what_only_lies_elsewhere_is_moved_and_changes_nothing() -> None:
    bounds = re.search(r'bpmnElement="susun_dokumen"[^>]*>\s*<dc:Bounds x="(\d+)"', XML)
    assert bounds is not None
    comparison = edited((bounds[0], bounds[0].replace(f'x="{bounds[1]}"', 'x="7"')))
    assert told(comparison) == [("moved", "susun_dokumen", "position")]
    assert comparison.same


def test_a_drawing_shifted_as_a_whole_has_not_moved() -> None:
    text = re.sub(r'(<(?:dc:Bounds|di:waypoint) x=")([\d.]+)', lambda m: f"{m[1]}{float(m[2]) + 40:g}", XML)
    assert text != XML
    assert compare(read(XML.encode()), read(text.encode())).changes == ()


def test_fields_of_forms_are_told_by_their_labels() -> None:
    text = FORMS["penyampaian"].replace('"label": "Tanggal kirim"', '"label": "Hari kirim"')
    assert text != FORMS["penyampaian"]
    comparison = edited(('name="Lengkap?"', 'name="Lengkap?"'), forms={**FORMS, "penyampaian": text})
    (change,) = comparison.changes
    assert (change.subject, change.element, change.fact) == ("form", "sampaikan_dokumen", "field-label")
    assert (change.before, change.after, change.number) == ("Tanggal kirim", "Hari kirim", "6")
    assert comparison.new_marks == comparison.old_marks == {"sampaikan_dokumen": "changed"}
    gone = {key: form for key, form in FORMS.items() if key != "penyampaian"}
    assert told(edited(('name="Lengkap?"', 'name="Lengkap?"'), forms=gone)) == [("removed", "sampaikan_dokumen", "")]
    came = compare(read(XML.encode()), read(XML.encode()), gone, FORMS)
    assert came.new_marks == {"sampaikan_dokumen": "changed"}, "the form came, the step was there"


def test_what_has_no_fact_of_its_own_is_told_all_the_same() -> None:
    comparison = edited(
        ('<bpmn:userTask id="susun_dokumen"', '<bpmn:userTask id="susun_dokumen" camunda:asyncAfter="1"')
    )
    assert told(comparison) == [("changed", "susun_dokumen", "other")]


SEMANTIC = [
    (element, name)
    for element in etree.fromstring(XML.encode()).iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}*")
    for name in element.attrib
    if not str(name).endswith(("Ref", "attachedToRef", "}type", "default"))
    and etree.QName(element).localname not in ("definitions", "laneSet", "collaboration", "message", "signal")
    and name not in ("id", "isExecutable")
]


@given(st.sampled_from(range(len(SEMANTIC))), st.text("abcdef", min_size=3, max_size=8))
def test_no_changed_attribute_goes_unnoticed(place: int, text: str) -> None:
    root = etree.fromstring(XML.encode())
    chosen, name = SEMANTIC[place]
    path = chosen.getroottree().getpath(chosen)
    (element,) = root.xpath(path, namespaces=root.nsmap)
    element.set(name, text)
    comparison = compare(read(XML.encode()), read(etree.tostring(root)), FORMS, FORMS)
    assert comparison.changes and not comparison.same
