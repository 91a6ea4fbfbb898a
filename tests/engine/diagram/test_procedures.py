"""The shipped procedures: valid by the standard's own schema, documented throughout, and drawn with care."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from engine.diagram.picture import Picture, picture
from engine.diagram.text import LINE, SIZE, wrap
from engine.diagram.xml import BPMN, parse
from tests.engine.diagram import geometry
from tests.engine.diagram.building import PROCEDURES, SOP

MM_PER_POINT = 25.4 / 72
A4_LANDSCAPE = (277, 190)  #: mm inside margins of 10 mm

every_procedure = pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The BPMN 2.0 schema that the execution library ships."""
    folder = Path(str(files("SpiffWorkflow"))) / "bpmn" / "parser" / "schema"
    tree = etree.parse(folder / "BPMN20.xsd")
    place = etree.Element(
        "{http://www.w3.org/2001/XMLSchema}import",
        namespace="http://www.omg.org/spec/BPMN/20100524/DI",
        schemaLocation="BPMNDI.xsd",
    )
    if not any(e.get("schemaLocation") == "BPMNDI.xsd" for e in tree.getroot()):
        tree.getroot().insert(0, place)
    return etree.XMLSchema(tree)


def seen(path: Path) -> Picture:
    return picture(parse(path.read_bytes()))


@every_procedure
def test_it_is_valid_bpmn(path: Path, schema: etree.XMLSchema) -> None:
    schema.assertValid(etree.parse(path))


def test_the_schema_does_refuse_what_is_no_bpmn(schema: etree.XMLSchema) -> None:
    assert not schema.validate(etree.fromstring(SOP.read_bytes().replace(b"bpmn:userTask", b"bpmn:usertask")))


@every_procedure
def test_every_element_is_documented(path: Path) -> None:
    kinds = {"laneSet", "incoming", "outgoing", "flowNodeRef", "documentation", "extensionElements", "definitions"}
    kinds |= {"timerEventDefinition", "timeDuration", "conditionExpression"}
    silent = [
        element.get("id") or element.tag
        for element in parse(path.read_bytes()).iter(f"{{{BPMN}}}*")
        if etree.QName(element).localname not in kinds and not element.findtext(f"{{{BPMN}}}documentation", "").strip()
    ]
    assert silent == []


@every_procedure
def test_everything_is_drawn(path: Path) -> None:
    root, drawn = parse(path.read_bytes()), seen(path)
    ids = {s.id for s in drawn.shapes} | {e.id for e in drawn.edges}
    process = root.find(f"{{{BPMN}}}process")
    assert process is not None
    kinds = {"laneSet", "documentation", "extensionElements"}
    scopes = [process, *process.iter(f"{{{BPMN}}}subProcess")]
    wanted = {e.get("id") for s in scopes for e in s if e.get("id") and etree.QName(e).localname not in kinds}
    wanted |= {e.get("id") for e in root.iter(f"{{{BPMN}}}lane", f"{{{BPMN}}}participant", f"{{{BPMN}}}messageFlow")}
    assert wanted - ids == set()


@every_procedure
def test_no_shape_covers_another_and_each_lies_in_its_lane(path: Path) -> None:
    assert list(geometry.overlapping(seen(path))) == []
    assert list(geometry.outside(seen(path))) == []


@every_procedure
def test_lines_are_upright_or_level_and_end_on_the_borders_of_their_shapes(path: Path) -> None:
    assert list(geometry.slanted(seen(path))) == []
    assert list(geometry.loose_ends(seen(path))) == []


@every_procedure
def test_no_line_crosses_a_shape_or_another_line(path: Path) -> None:
    assert list(geometry.through_shapes(seen(path))) == []
    assert list(geometry.crossing(seen(path))) == []


@every_procedure
def test_no_label_lies_on_anything(path: Path) -> None:
    assert list(geometry.cluttered_labels(seen(path))) == []


@every_procedure
def test_names_fit_into_their_boxes(path: Path) -> None:
    for shape in geometry.nodes(seen(path)):
        if shape.kind in ("userTask", "manualTask"):
            assert len(wrap(shape.name, shape.box.w - 12)) * LINE <= shape.box.h - 22 - 4, shape.id


@every_procedure
def test_lanes_lie_flush_below_each_other_and_fill_their_pool(path: Path) -> None:
    drawn = seen(path)
    lanes = [s.box for s in drawn.shapes if s.kind == "lane"]
    pool = next(s.box for s in drawn.shapes if s.id == "peserta_kecamatan")
    assert {(box.x, box.right) for box in lanes} == {(pool.x + 30, pool.right)}
    assert [box.y for box in lanes] == [pool.y, *(box.bottom for box in lanes[:-1])]
    assert lanes[-1].bottom == pool.bottom


@every_procedure
def test_print_on_a4_landscape_is_no_smaller_than_seven_points(path: Path) -> None:
    whole = seen(path).bounds()
    mm_per_px = min(A4_LANDSCAPE[0] / (whole.w + 12), A4_LANDSCAPE[1] / (whole.h + 12), 0.3)
    assert SIZE * mm_per_px / MM_PER_POINT >= 7


def test_each_of_the_seven_steps_carries_papers_and_a_warning_to_the_superior() -> None:
    from engine.diagram.read import read

    process = read(SOP.read_bytes()).process
    for step in process.steps():
        assert step.inputs, step.id
        assert step.outputs, step.id
        assert step.assumption, step.id
        assert step.deadline is not None, step.id
        (flow,) = process.nodes[step.deadline.id].outgoing
        assert process.nodes[process.flows[flow].target].name == "Peringatan ke atasan"
