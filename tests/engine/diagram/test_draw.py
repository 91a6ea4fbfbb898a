"""The picture on the server: complete, escaped, readable without colour, and at home on light and dark pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from engine.diagram.draw import Labels, draw
from engine.diagram.picture import picture
from engine.diagram.read import read
from engine.diagram.text import cut, width, wrap
from engine.diagram.xml import parse
from tests.engine.diagram.building import PROCEDURES, SOP, bpmn, one

SVG = "{http://www.w3.org/2000/svg}"


def sop(**options: object) -> etree._Element:
    return etree.fromstring(draw(read(SOP.read_bytes()), **options))  # type: ignore[arg-type]


def words(svg: etree._Element, kind: str = "text") -> list[str]:
    return ["".join(e.itertext()) for e in svg.iter(SVG + kind)]


def group(svg: etree._Element, id: str) -> etree._Element:
    return next(e for e in svg.iter(SVG + "g") if e.get("data-element") == id)


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_every_drawn_element_carries_its_id(path: Path) -> None:
    svg = etree.fromstring(draw(read(path.read_bytes())))
    drawn = picture(parse(path.read_bytes()))
    ids = {e.get("data-element") for e in svg.iter(SVG + "g")} - {None}
    assert ids == {s.id for s in drawn.shapes} | {e.id for e in drawn.edges}


def test_numbers_names_lanes_and_standard_times_can_be_read() -> None:
    text = " ".join(words(sop()))
    for part in ("Bappeda Kabupaten Lumajang", "Sekretaris Kecamatan", "Lengkap?", "Tidak", "7 hari", "Peringatan"):
        assert part in text
    assert words(group(sop(), "periksa_kelengkapan"))[0] == "5"


def test_nothing_in_the_picture_runs_loads_or_needs_a_style_sheet() -> None:
    markup = draw(read(SOP.read_bytes()), tokens={"disposisi": ["Camat"]}, here="disposisi")
    assert not re.search(r"<(style|script|image|use|foreignObject)|\bstyle=|\bon\w+=|href|url\(", markup)


def test_colours_all_come_from_the_page_with_fallbacks() -> None:
    svg = sop(tokens={"disposisi": ["Camat"]}, late={"disposisi"}, done={"teruskan_surat"}, here="lengkap")
    colours = {e.get(a) for e in svg.iter() for a in ("fill", "stroke") if e.get(a)} - {"none"}
    assert colours
    assert all(re.fullmatch(r"var\(--diagram-[a-z-]+, .+\)", c or "") for c in colours)


def test_who_holds_the_work_is_written_at_the_step() -> None:
    svg = sop(tokens={"disposisi": ["Camat"], "isi_data_unit": ["Kasi A", "Kasi B", "Lurah C"]})
    assert "Camat" in words(svg)
    assert "Kasi A +2" in words(svg)
    assert "Kasi A, Kasi B, Lurah C" in words(svg, "title")
    assert "is-held" in (group(svg, "disposisi").get("class") or "")


def test_lateness_is_a_word_and_a_sign_not_only_a_colour() -> None:
    svg = sop(tokens={"disposisi": ["Camat"]}, late={"disposisi"}, labels=Labels(late="Terlambat"))
    assert "Terlambat · Camat" in words(svg)
    assert any("badge-late" in (e.get("class") or "") for e in svg.iter(SVG + "g"))


def test_the_state_is_told_to_those_who_see_no_picture() -> None:
    labels = Labels(waiting="%(step)s: ada pada %(who)s", late="Terlambat", here="Anda di sini")
    svg = sop(tokens={"disposisi": ["Camat"]}, late={"disposisi"}, here="disposisi", title="Berkas 7", labels=labels)
    (told,) = words(svg, "desc")
    assert "ada pada Camat (Terlambat)" in told
    assert "Anda di sini: Mendisposisikan" in told
    assert svg.get("role") == "img"
    named = [next(e for e in svg.iter() if e.get("id") == id) for id in (svg.get("aria-labelledby") or "").split()]
    assert [e.tag for e in named] == [SVG + "title", SVG + "desc"]
    assert named[0].text == "Berkas 7"


def test_a_mini_picture_shows_numbers_and_where_the_reader_is_but_no_small_print() -> None:
    svg = sop(mini=True, here="periksa_kelengkapan", labels=Labels(here="Anda di sini"))
    assert {"1", "2", "3", "4", "5", "6", "Anda di sini"} <= set(words(svg))
    assert not any("Peringatan" in w for w in words(svg))
    assert min(float(e.get("font-size", "12")) for e in svg.iter(SVG + "text")) >= 30
    assert svg.get("aria-labelledby") != sop().get("aria-labelledby")


def test_names_can_hold_anything_without_breaking_the_markup() -> None:
    nasty = '<script>alert("x")</script>&\x00\x0b\ud800'
    svg = sop(tokens={"disposisi": [nasty]}, title=nasty)
    assert not list(svg.iter("{*}script"))
    assert "<script>" in " ".join(words(svg, "title"))


def test_badges_stay_inside_the_picture() -> None:
    svg = sop(
        tokens={id: ["Kepala Subbagian Umum dan Kepegawaian"] for id in ("terima_permintaan", "sampaikan_dokumen")}
    )
    left, _, wide, _ = (float(v) for v in (svg.get("viewBox") or "").split())
    for badge in (e for e in svg.iter(SVG + "g") if "badge" in (e.get("class") or "")):
        pill = next(badge.iter(SVG + "rect"))
        assert left <= float(pill.get("x", "")) <= left + wide - float(pill.get("width", ""))


@pytest.mark.parametrize(
    "place",
    [
        'x="NaN" y="0" width="1" height="1"',
        'x="1e99" y="0" width="1" height="1"',
        'x="0" y="0" width="-5" height="1"',
        "",
    ],
)
def test_places_that_are_none_are_left_out(place: str) -> None:
    bounds = f'<dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" {place}/>'
    shape = f'<di:BPMNShape bpmnElement="a">{bounds}</di:BPMNShape>'
    svg = etree.fromstring(draw(read(bpmn(one()).replace(b"<di:BPMNShape/>", shape.encode()))))
    assert words(svg) == [Labels().no_picture]


def test_wrapped_lines_never_exceed_their_room() -> None:
    for text in ("Melakukan persiapan penyusunan dokumen", "W" * 90, "a b c", "", "機密文書の管理"):
        lines = wrap(text, 60)
        assert all(width(line) <= 60 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrap("one two three four five", 40, most=2)[-1].endswith("…")
    assert width(cut("Kasubag Umum dan Kepegawaian", 80)) <= 80
