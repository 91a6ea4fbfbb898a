"""What a diagram's expressions say, in words: fields by their labels, values by their options, the rest as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from engine import deployment
from engine.db import Database
from engine.diagram.meanings import Meanings
from engine.diagram.outline import outline
from engine.diagram.read import read
from engine.expressions.conditions import term
from engine.identity import SYSTEM
from forms.definition import parse
from forms.model import Choice
from tests.engine.diagram.building import END, ROOT, START, bpmn, chain, flow, task
from tests.webapp.conftest import Visit
from webapp.processes.outline import Line, Teller
from webapp.processes.phrases import Phrases


def field(kind: str, key: str, label: str, english: str = "", **more: Any) -> dict[str, Any]:
    properties = {"labelEn": english, **more.pop("properties", {})}
    return {"type": kind, "key": key, "label": label, "properties": properties, **more}


OPTIONS = [
    {"value": "aman", "label": "Aman", "labelEn": "Safe"},
    {"value": "perlu", "label": "Perlu dijaga", "labelEn": "To be guarded"},
]
ASKING = {
    "id": "izin",
    "name": "Permohonan izin",
    "nameEn": "Application",
    "components": [
        field("textfield", "acara", "Nama acara", "Event"),
        field("number", "hari", "Jumlah hari", "Number of days", appearance={"suffixAdorner": "hari"}),
        field("number", "biaya", "Biaya", properties={"format": "money"}),
        field("datetime", "mulai", "Mulai", subtype="date", dateLabel="Mulai"),
        field("radio", "sifat", "Sifat acara", "Kind of event", values=OPTIONS),
        field("checkbox", "disetujui", "Disetujui", "Approved"),
        field("checklist", "syarat", "Kelengkapan", values=OPTIONS),
        field("taglist", "petugas", "Petugas lapangan", "Field staff", valuesKey="positions"),
        field("select", "pemeriksa", "Pemeriksa", "Inspector", valuesKey="positions"),
        {
            "type": "dynamiclist",
            "path": "lokasi",
            "label": "Lokasi",
            "components": [field("select", "seksi", "Seksi", "Section", valuesKey="positions")],
        },
    ],
}
CHECKING = {
    "id": "cek",
    "name": "Pemeriksaan",
    "components": [
        field("checkbox", "disetujui", "Layak diberi izin", "Fit"),
        field("textfield", "judul", "Acara", readonly=True, properties={"source": {"activity": "a", "field": "acara"}}),
        field("number", "nilai", "Nilai lapangan"),
    ],
}
FORMS = {"izin": json.dumps(ASKING), "cek": json.dumps(CHECKING)}
USES = 'camunda:candidateGroups="clerk" camunda:formKey="{}"'
EACH = '<multiInstanceLoopCharacteristics camunda:collection="${{{0}}}" camunda:elementVariable="{1}"{2}/>'
FIELD = 'camunda:candidateGroups="${%s}" camunda:formKey="cek"'
BODY = (
    START
    + task("a", attributes=USES.format("izin"))
    + task("b", EACH.format("petugas", "orang", ""), FIELD % "orang")
    + task("c", EACH.format("lokasi", "tempat", ' isSequential="true"'), FIELD % "tempat.seksi")
    + task("d", attributes=FIELD % "pemeriksa")
    + '<scriptTask id="s"><script>hasil = disetujui\nlama = hari\njumlah = hari * 2</script></scriptTask>'
    + '<exclusiveGateway id="g" name="Layak?" default="no"/>'
    + '<endEvent id="refused"/>'
    + END
    + chain("start", "a", "b", "c", "d", "s", "g")
    + flow("g", "end", "hari &gt; 12 and sifat == 'perlu'")
    + flow("g", "refused", id="no")
)
OFFICE = {"positions": (Choice("camat", "Camat"), Choice("kasi", "Kasi Umum"))}


@pytest.fixture
def phrases(app: Flask) -> Phrases:
    with app.test_request_context(), force_locale("id"):
        forms = {key: parse(text) for key, text in FORMS.items()}
        return Phrases(Meanings(read(bpmn(BODY)).process, forms), OFFICE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hari > 12", "“Jumlah hari” lebih dari 12 hari"),
        ("12 >= hari", "“Jumlah hari” paling banyak 12 hari"),
        ("biaya >= 1500000", "“Biaya” paling sedikit Rp1.500.000"),
        ("mulai < '2026-12-04'", "“Mulai” kurang dari 4 Desember 2026"),
        ("sifat == 'perlu'", "“Sifat acara” adalah “Perlu dijaga”"),
        ("sifat != 'hilang'", "“Sifat acara” bukan “hilang”"),
        ("sifat in ['aman', 'perlu']", "“Sifat acara” adalah salah satu dari “Aman”, “Perlu dijaga”"),
        ("'aman' not in syarat", "“Kelengkapan” tidak memuat “Aman”"),
        ("pemeriksa == 'kasi'", "“Pemeriksa” adalah “Kasi Umum”"),
        ("disetujui", "“Disetujui” adalah “Ya”"),
        ("not disetujui", "“Disetujui” adalah “Tidak”"),
        ("disetujui != True", "“Disetujui” bukan “Ya”"),
        ("not acara", "“Nama acara” kosong"),
        ("acara is not None", "“Nama acara” terisi"),
        ("acara == ''", "“Nama acara” kosong"),
        ("len(lokasi) > 3", "banyaknya “Lokasi” lebih dari 3"),
        ("hari > biaya", "“Jumlah hari” lebih dari “Biaya”"),
        (
            "disetujui and (hari > 12 or sifat == 'aman')",
            "“Disetujui” adalah “Ya” dan (“Jumlah hari” lebih dari 12 hari atau “Sifat acara” adalah “Aman”)",
        ),
        (
            "not (hari > 12 and disetujui)",
            "“Jumlah hari” paling banyak 12 hari atau “Disetujui” adalah “Tidak”",
        ),
        ("hari * 2 > 12", "ungkapan “hari * 2 > 12” terpenuhi"),
        ("not any([r.seksi for r in lokasi])", "ungkapan “any([r.seksi for r in lokasi])” tidak terpenuhi"),
        ("disetujui and hari % 7 == 0", "“Disetujui” adalah “Ya” dan ungkapan “hari % 7 == 0” terpenuhi"),
        ("antah == 3", "“antah” sama dengan 3"),
        ("hari >", "ungkapan “hari >” terpenuhi"),
    ],
)
def test_a_condition_is_told_in_the_words_of_its_form(app: Flask, phrases: Phrases, text: str, words: str) -> None:
    with app.test_request_context(), force_locale("id"):
        assert phrases.condition(text, "a") == words


@pytest.mark.parametrize(
    ("name", "at", "label"),
    [
        ("disetujui", "a", "Disetujui"),
        ("disetujui", "g", "Layak diberi izin"),  # the later form fills it anew
        ("acara", "g", "Nama acara"),
        ("judul", "g", "Acara"),
        ("lama", "g", "Jumlah hari"),  # a script that only copies
        ("hasil", "g", "Layak diberi izin"),
        ("jumlah", "g", None),  # computed: it keeps its name
        ("tempat.seksi", "c", "Seksi"),
        ("tempat.luas", "c", None),
        ("orang", "b", "Petugas lapangan"),
        ("orang", "d", None),  # known inside the repetition only
    ],
)
def test_a_name_means_the_field_that_fills_it_last(phrases: Phrases, name: str, at: str, label: str | None) -> None:
    wanted = term(name)
    assert wanted is not None
    found = phrases.meanings.of(wanted, at)
    assert (found.field.label if found else None) == label


CALLED = """
  <subProcess id="call" alur:calls="lain"><extensionElements>
      <camunda:in source="hari" target="lamanya"/><camunda:out source="nilai" target="hasil_lapangan"/>
    </extensionElements>
    <startEvent id="ps"/><userTask id="pt" camunda:formKey="cek"/><endEvent id="pe"/>
    <sequenceFlow id="pf" sourceRef="ps" targetRef="pt"/><sequenceFlow id="pg" sourceRef="pt" targetRef="pe"/>
  </subProcess>"""


def test_a_name_is_followed_into_a_called_process_and_out_of_it() -> None:
    body = START + task("a", attributes=USES.format("izin")) + CALLED + END + chain("start", "a", "call", "end")
    meanings = Meanings(read(bpmn(body)).process, {key: parse(text) for key, text in FORMS.items()})

    def label(name: str, at: str) -> str | None:
        wanted = term(name)
        found = meanings.of(wanted, at) if wanted else None
        return found.field.label if found else None

    assert label("lamanya", "pt") == "Jumlah hari"
    assert label("hasil_lapangan", "end") == "Nilai lapangan"
    assert label("hari", "pt") is None, "it was not given that"
    assert label("nilai", "end") is None, "it gives that back under another name only"


def test_the_text_of_a_process_shows_no_name_of_data(office: Database, visit: Visit) -> None:
    with office.begin(SYSTEM) as uow:
        deployment.deploy(uow, bpmn(BODY), FORMS)
    visitor = visit("pengelola_sop")
    told = visitor.open("/processes/p/outline").text
    assert "Dikerjakan sekali untuk setiap “Petugas lapangan”, semuanya serentak." in told
    assert "Dikerjakan sekali untuk setiap baris “Lokasi”, satu per satu." in told
    assert "masing-masing yang disebut di “Petugas lapangan”" in told
    assert "yang disebut di “Seksi”" in told and "yang disebut di “Pemeriksa”" in told
    assert "Bila “Jumlah hari” lebih dari 12 hari dan “Sifat acara” adalah “Perlu dijaga”" in told
    visitor.press("/language", {"language": "en"})
    told = visitor.open("/processes/p/outline").text
    assert "If “Number of days” is more than 12 hari and “Kind of event” is “To be guarded”" in told
    assert "each one named in “Field staff”" in told and "Form: Application" in told


LOOP = "<standardLoopCharacteristics loopMaximum='5'><loopCondition>not disetujui</loopCondition>"
MANY = "<multiInstanceLoopCharacteristics>{}<completionCondition>nilai &gt; 70</completionCondition>"


@pytest.mark.parametrize(
    ("inside", "notes"),
    [
        (
            f"{LOOP}</standardLoopCharacteristics>",
            ("Dikerjakan lagi selama “Layak diberi izin” adalah “Tidak”.", "Paling banyak 5 kali."),
        ),
        (
            f"{MANY.format('<loopCardinality>3</loopCardinality>')}</multiInstanceLoopCharacteristics>",
            ("Dikerjakan 3 kali, semuanya serentak.", "begitu “Nilai lapangan” lebih dari 70."),
        ),
        (
            f"{MANY.format('<loopCardinality>hari</loopCardinality>')}</multiInstanceLoopCharacteristics>",
            ("Dikerjakan sebanyak “Jumlah hari”, semuanya serentak.",),
        ),
    ],
)
def test_how_often_a_step_is_done_is_told(office: Database, visit: Visit, inside: str, notes: tuple[str, ...]) -> None:
    body = START + task("a", attributes=USES.format("izin")) + task("b", inside, USES.format("cek")) + END
    with office.begin(SYSTEM) as uow:
        deployment.deploy(uow, bpmn(body + chain("start", "a", "b", "end")), FORMS)
    told = visit("pengelola_sop").open("/processes/p/outline").text
    for note in notes:
        assert note in told


def outline_of(path: str) -> str:
    """The lines of a small diagram, each title with its facts."""
    process = read((ROOT / "tests" / "diagrams" / f"{path}.bpmn").read_bytes()).process
    teller = Teller(outline(process), {}, {}, Phrases(Meanings(process, {}), {}), {"called_step": "Cek berkas"})

    def told(lines: tuple[Line, ...]) -> Iterator[str]:
        for line in lines:
            yield "; ".join((line.title, *(f"{label}: {text}" for label, text in line.facts)))
            yield from told((*line.inside, *(one for part in line.parts for one in part.lines), *line.borders))

    return "\n".join(told(teller.lines()))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("boundary_conditional", "Bila “urgent” adalah “Ya”, langkah ini dihentikan"),
        ("boundary_message", "Bila ada pesan “stop it”, langkah ini dihentikan"),
        ("boundary_timer_cycle", "Setiap 5 menit, 2 kali, sementara pekerjaan tetap berjalan"),
        ("catch_date", "Tunggu sampai 3 Maret 2026 08.00 WIB"),
        ("catch_timer", "Tunggu 5 menit"),
        ("catch_conditional", "Tunggu sampai “ready” adalah “Ya”"),
        ("start_timer", "Mulai (setiap 5 menit, 2 kali)"),
        ("start_message", "Mulai (bila ada pesan “"),
        ("receive_task", "Menunggu pesan: “"),
        ("send_task", "Mengirim pesan: “"),
        ("script_task", "Menghitung: total = price * 2; double = total * 2"),
        ("call_activity", "Memanggil proses: Cek berkas"),
    ],
)
def test_what_a_step_waits_for_and_does_by_itself_is_told(app: Flask, path: str, words: str) -> None:
    with app.test_request_context(), force_locale("id"):
        assert words in outline_of(path)
