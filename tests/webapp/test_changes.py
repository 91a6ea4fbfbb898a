"""Differences between two versions as people read them: in words, with names, never as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from engine.diagram.compare import compare
from engine.diagram.read import read
from tests.engine.diagram.building import END, START, bpmn, chain, flow, lane, task, timer
from tests.engine.diagram.test_compare_all import EDITS, XML
from tests.webapp.test_phrases import ASKING, CHECKING, FORMS, OFFICE, USES
from webapp.processes.change_values import side
from webapp.processes.changes import ChangeTeller, ChangeView

NAMES = {"clerk": "Petugas Loket", "camat": "Camat", "pengelola_sop": "Pengelola SOP"}
LANES = f"<laneSet>{lane('Camat', 'a', 'c', 'x')}{lane('Sekretaris', 'd', id='lane2')}</laneSet>"
ASKED = 'camunda:formKey="izin"'
CHECKED = 'camunda:formKey="cek"'
GATE = '<exclusiveGateway id="g" name="Layak?" default="g_d"/>'
BEFORE = (
    LANES
    + START
    + task("a", attributes=ASKED)
    + task("d", attributes=USES.format("cek"))
    + GATE
    + END
    + chain("start", "a", "g", "d", "end")
    + flow("g", "end", "hari &gt; 12", id="yes")
)
AFTER = (
    BEFORE.replace(flow("d", "end"), "")
    + task("x", attributes=CHECKED)
    + timer("x", "<timeDuration>P2D</timeDuration>", attributes='alur:deadline="true"')
    + chain("d", "x", "end")
)


@pytest.fixture
def indonesian(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("id"):
        yield


def lines(
    old: str | bytes, new: str | bytes, old_forms: dict[str, str] = FORMS, new_forms: dict[str, str] = FORMS
) -> list[ChangeView]:
    """Those that follow from others last."""
    sides = [read(xml if isinstance(xml, bytes) else bpmn(xml, process='alur:calendar="office"')) for xml in (old, new)]
    found = compare(*sides, old_forms, new_forms)
    teller = ChangeTeller(
        *(side(d.process, f, NAMES, OFFICE, {}) for d, f in zip(sides, (old_forms, new_forms), strict=True))
    )
    return [teller.line(change) for change in sorted(found.changes, key=lambda change: change.follows)]


def words(view: ChangeView) -> str:
    """A line as the page shows it."""
    text = f"{view.where} {view.name}".strip() + (f": {view.what or view.detail}" if view.what or view.detail else "")
    return text if view.before is None else f"{text}: {view.before} → {view.after}"


def told(*given: Any) -> list[str]:
    return [f"{view.kind}: {words(view)}" for view in lines(*given) if not view.follows]


@pytest.mark.usefixtures("indonesian")
@pytest.mark.parametrize(
    ("old", "new", "element", "fact"), EDITS, ids=[f"{e[2]}-{e[3]}-{n}" for n, e in enumerate(EDITS)]
)
def test_every_difference_has_words_of_its_own(old: str, new: str, element: str | None, fact: str) -> None:
    view = next(view for view in lines(XML.encode(), XML.replace(old, new, 1).encode()) if view.element == element)
    assert view.what and view.what not in (fact, "sifat lainnya")
    assert view.before != view.after, "what it was and what it is"


@pytest.mark.usefixtures("indonesian")
def test_an_added_step_is_told_with_its_performer_its_time_and_its_place() -> None:
    step = "Tugas Task x: oleh Camat, waktu baku 2 hari kerja, formulir “Pemeriksaan”, setelah “Task d” dan di akhir"
    assert f"added: {step}" in told(BEFORE, AFTER)
    assert f"removed: {step}" in told(AFTER, BEFORE)


@pytest.mark.usefixtures("indonesian")
def test_a_step_put_between_two_others_names_both_and_what_it_may_go_back_to() -> None:
    old = BEFORE.replace(flow("a", "g"), "")
    between = old + task("x", attributes=CHECKED) + '<exclusiveGateway id="h" name="Lengkap?"/>'
    between += chain("a", "x", "h", "g") + flow("h", "a", "not disetujui")
    found = told(BEFORE, between)
    assert (
        "added: Tugas Task x: oleh Camat, formulir “Pemeriksaan”, setelah “Task a” dan sebelum “Task d”, "
        "atau kembali ke “Task a”" in found
    )
    assert "added: Alur Lengkap? → Task a: bila “Layak diberi izin” adalah “Tidak”" in found


@pytest.mark.usefixtures("indonesian")
@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "hari &gt; 12",
            "hari &gt; 12 and sifat == 'perlu'",
            "Alur Layak? → Selesai: syarat: “Jumlah hari” lebih dari 12 hari → "
            "“Jumlah hari” lebih dari 12 hari dan “Sifat acara” adalah “Perlu dijaga”",
        ),
        ("<flowNodeRef>a</flowNodeRef>", "", "Tugas Task a: pelaksana (lajur): Camat → tidak ada"),
        ('name="Sekretaris"', 'name="Sekcam"', "Lajur Sekcam: nama: Sekretaris → Sekcam"),
        (
            'camunda:candidateGroups="clerk"',
            'camunda:candidateGroups="${pemeriksa}"',
            "Tugas Task d: pelaksana: Petugas Loket → yang disebut di “Pemeriksa”",
        ),
        (ASKED, CHECKED, "Tugas Task a: formulir: “Permohonan izin” → “Pemeriksaan”"),
    ],
)
def test_a_change_is_told_by_names(old: str, new: str, line: str) -> None:
    assert f"changed: {line}" in told(BEFORE, BEFORE.replace(old, new, 1))


def form_with(**changed: Any) -> dict[str, str]:
    """The forms with the field `acara` as given, without those that are None."""
    first = {**ASKING["components"][0], **changed}  # type: ignore[dict-item]
    return {**FORMS, "izin": json.dumps({**ASKING, "components": [first, *ASKING["components"][1:]]})}


@pytest.mark.usefixtures("indonesian")
@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"label": "Acara"}, "isian “Nama acara”: nama: Nama acara → Acara"),
        ({"validate": {"required": True}}, "isian “Nama acara”: wajib diisi: tidak → ya"),
        ({"validate": {"maxLength": 40}}, "isian “Nama acara”: Paling banyak … huruf: tidak ada → 40"),
        ({"type": "textarea"}, "isian “Nama acara”: jenis: Teks pendek → Teks panjang"),
        (
            {"conditional": {"hide": "=not (sifat == 'perlu')"}},
            "isian “Nama acara”: ditampilkan bila: selalu → “Sifat acara” adalah “Perlu dijaga”",
        ),
    ],
)
def test_what_a_field_asks_is_told_in_words(changed: dict[str, Any], line: str) -> None:
    assert told(BEFORE, BEFORE, FORMS, form_with(**changed)) == [f"changed: Formulir Permohonan izin: {line}"]


@pytest.mark.usefixtures("indonesian")
def test_fields_and_options_that_came_and_went_are_named() -> None:
    more = {"type": "radio", "key": "cuaca", "label": "Cuaca", "values": [{"value": "x", "label": "Cerah"}]}
    richer = {**FORMS, "cek": json.dumps({**CHECKING, "components": [*CHECKING["components"], more]})}
    assert told(BEFORE, BEFORE, FORMS, richer) == ["added: Formulir Pemeriksaan: isian “Cuaca”"]
    assert told(BEFORE, BEFORE, richer, FORMS) == ["removed: Formulir Pemeriksaan: isian “Cuaca”"]
    other = {**richer, "cek": richer["cek"].replace('"Cerah"}', '"Cerah"}, {"value": "y", "label": "Hujan"}')}
    assert told(BEFORE, BEFORE, richer, other) == [
        "changed: Formulir Pemeriksaan: isian “Cuaca”: pilihan: Cerah → Cerah; Hujan"
    ]


@pytest.mark.usefixtures("indonesian")
def test_two_long_texts_are_shown_from_where_they_part() -> None:
    long = "Baca surat dengan teliti. " * 20
    old, new = (f"<documentation>{long}{end}</documentation>" for end in ("Lalu kirim.", "Lalu simpan."))
    (line,) = told(BEFORE.replace(START, f'<startEvent id="start">{old}</startEvent>'),
                   BEFORE.replace(START, f'<startEvent id="start">{new}</startEvent>'))  # fmt: skip
    assert "kirim." in line and "simpan." in line and len(line) < 400


def test_forms_fields_and_options_are_told_in_the_language_of_the_page(app: Flask) -> None:
    options = [{"value": "aman", "label": "Aman", "labelEn": "Safe"}]
    kind = {**ASKING["components"][4], "values": options}  # type: ignore[dict-item]
    fewer = {
        **FORMS,
        "izin": json.dumps(
            {**ASKING, "components": [kind if c is ASKING["components"][4] else c for c in ASKING["components"]]}
        ),
    }
    with app.test_request_context(), force_locale("en"):
        assert told(BEFORE, BEFORE, FORMS, fewer) == [
            "changed: Form Application: field “Kind of event”: choices: Safe; To be guarded → Safe"
        ]
