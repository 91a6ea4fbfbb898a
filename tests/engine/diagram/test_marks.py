"""What differs is marked in the picture: by sign, word and rim, each at an address of its own."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.diagram.draw import Labels, draw
from engine.diagram.picture import picture
from engine.diagram.read import read
from engine.diagram.xml import parse
from tests.engine.diagram.building import SOP
from tests.engine.diagram.test_draw import SVG, words

LABELS = Labels(added="Ditambah", removed="Dihapus", changed="Diubah", moved="Dipindah")


def marked(marks: dict[str, str], *quiet: str) -> etree._Element:
    return etree.fromstring(draw(read(SOP.read_bytes()), marks=marks, quiet=quiet, part="new", labels=LABELS))


@pytest.mark.parametrize(("kind", "word"), [("added", "Ditambah"), ("removed", "Dihapus"), ("changed", "Diubah")])
def test_a_mark_says_its_word_and_can_be_linked_to(kind: str, word: str) -> None:
    svg = marked({"susun_dokumen": kind, "dari_lengkap_ke_susun_dokumen": kind})
    step = next(e for e in svg.iter(SVG + "g") if e.get("id") == "new-susun_dokumen")
    assert word in words(step)
    flow = next(e for e in svg.iter(SVG + "g") if e.get("id") == "new-dari_lengkap_ke_susun_dokumen")
    assert words(flow, "title") == [f"{word}: Ya"]


def test_what_follows_from_another_change_gets_the_sign_alone() -> None:
    svg = marked({"susun_dokumen": "changed", "batas_susun_dokumen": "changed"}, "batas_susun_dokumen")
    event = next(e for e in svg.iter(SVG + "g") if e.get("id") == "new-batas_susun_dokumen")
    assert words(event) == []
    assert words(event, "title") == ["Diubah: 7 hari"]


def test_marks_of_every_element_stay_inside_of_the_picture() -> None:
    seen = picture(parse(SOP.read_bytes()))
    svg = marked({item.id: "changed" for item in [*seen.shapes, *seen.edges]})
    left, top, wide, high = map(float, svg.get("viewBox", "").split())
    marks = [g for g in svg.iter(SVG + "g") if (g.get("class") or "").startswith("difference")]
    assert len(marks) == len(seen.shapes) + len(seen.edges)
    for rect in (rect for g in marks for rect in g.iter(SVG + "rect")):
        x, y, w, h = (float(rect.get(name, "0")) for name in ("x", "y", "width", "height"))
        assert left <= x and x + w <= left + wide and top <= y and y + h <= top + high
