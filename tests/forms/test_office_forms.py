"""The forms that come with the product: each can be filled in, and the work flows from one to the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import expressions
from engine.diagram.read import read as read_diagram
from forms import definition
from forms.model import Choice, Context, Field, File, Form, Item, Submission
from forms.submission import initial, read, table_rows
from tests.forms.building import at, evaluate, office

ROOT = Path(__file__).resolve().parents[2]
FORMS = {path.stem: definition.parse(path.read_bytes()) for path in sorted((ROOT / "forms").glob("*.form"))}
UNITS = ("kasi_pemerintahan", "kasubag_umum", "lurah_jogoyudan", "lurah_kepuharjo")
CHOICES = {
    "units": tuple(Choice(unit, unit.replace("_", " ").title()) for unit in UNITS),
    "positions": (Choice("camat", "Camat"), Choice("kasubag_keuangan", "Kasubag Keuangan")),
}
FILES = {"7": File("7", "bukti.pdf", 1000, "application/pdf")}


@pytest.mark.parametrize("path", sorted((ROOT / "processes").glob("*.bpmn")), ids=lambda path: path.stem)
def test_every_form_that_a_diagram_names_is_there(path: Path) -> None:
    nodes = read_diagram(path.read_bytes()).process.nodes.values()
    named = {node.form_key for node in nodes if node.form_key}
    assert named
    assert named <= FORMS.keys()


@pytest.mark.parametrize("path", sorted((ROOT / "processes").glob("*.bpmn")), ids=lambda path: path.stem)
def test_every_source_names_an_answer_of_the_same_process(path: Path) -> None:
    nodes = read_diagram(path.read_bytes()).process.nodes.values()
    by_activity = {node.id: FORMS[node.form_key] for node in nodes if node.form_key}
    for form in by_activity.values():
        for where, source in definition.sources(form):
            assert source.activity in by_activity, where
            target = dict(definition.walk(by_activity[source.activity]))
            name = source.field
            assert name is None or name in target, where
            for cell in filter(None, (source.match, source.column, *(set(source.earlier) - {"item"}))):
                assert f"{name}.{cell}" in target, where


@pytest.mark.parametrize("key", FORMS)
def test_a_form_of_the_product_is_complete(key: str) -> None:
    form = FORMS[key]
    assert form.key == key
    assert form.name and form.name_en and form.description and form.description_en
    for path, expression in definition.expressions(form):
        expressions.check(expression)
        assert path
    for path, field in definition.walk(form):
        if field.type not in ("text", "separator", "spacer"):
            assert field.label and field.label_en, path
        else:
            assert field.text and field.text_en, path
        assert bool(field.description) == bool(field.description_en), path
        for choice in field.choices:
            assert choice.label, path


class Case:
    """One case of the performance data, walked form by form as the engine does."""

    def __init__(self) -> None:
        self.sent: dict[str, dict[str | None, Item]] = {}
        self.variables: dict[str, Any] = {}

    def context(self, activity: str, item: str | None = None) -> Context:
        sources = {name: tuple(items.values()) for name, items in self.sent.items()}
        previous = self.sent.get(activity, {}).get(item)
        return office(
            item=item, sources=sources, previous=previous, choices=CHOICES, files=FILES, variables=self.variables
        )

    def opened(self, activity: str, form: Form, item: str | None = None) -> dict[str, Any]:
        return initial(form, self.context(activity, item), evaluate)

    def send(
        self, activity: str, key: str, changes: dict[str, Any], *, item: str | None = None, day: int = 1
    ) -> Submission:
        """Open a form, change what the person types, send it."""
        form = FORMS[key]
        raw = self.opened(activity, form, item) | changes
        submission = read(form, raw, self.context(activity, item), evaluate)
        assert submission.problems == (), [(p.path, p.message) for p in submission.problems]
        before = self.sent.setdefault(activity, {}).get(item)
        round = before.round + 1 if before else 1
        label = (item or "").replace("_", " ").title()
        self.sent[activity][item] = Item(item, label, submission.values, round, at(day), "Somebody")
        self.variables |= {name: submission.values.get(name) for name in definition.value_names(form)}
        return submission


INDICATOR = {
    "sasaran": "Meningkatnya kualitas pelayanan",
    "indikator": "Indeks kepuasan masyarakat",
    "satuan": "nilai",
    "arah": "positif",
    "agregasi": "nilai_akhir",
    "target_tahunan": "88",
    "target_triwulan": "80",
    "realisasi_triwulan": "76,8",
    "pagu": "Rp50.000.000",
    "realisasi_anggaran": "37.500.000",
    "data_dukung": ["7"],
}


def started() -> Case:
    case = Case()
    letter = {"nomor_surat": "050/123/427.71/2026", "tanggal_surat": "2026-06-30", "triwulan": "II"}
    case.send("terima_permintaan", "permintaan_data", letter)
    case.send("teruskan_surat", "penerusan_surat", {"catatan": "Mohon arahan."})
    case.send("disposisi", "lembar_disposisi", {})
    return case


def test_the_letter_is_recorded_with_little_typing() -> None:
    case = Case()
    raw = case.opened("terima_permintaan", FORMS["permintaan_data"])
    assert (raw["tahun"], raw["sifat"], raw["diterima_tanggal"]) == ("2026", "biasa", "2026-07-01")
    assert "Bappeda" in raw["asal"]


def test_the_division_of_tasks_starts_with_every_unit_and_decides_who_is_asked() -> None:
    case = started()
    assert case.variables["unit_diminta"] == list(UNITS)
    assert (case.variables["tahun"], case.variables["triwulan"]) == (2026, "II")
    again = case.opened("disposisi", FORMS["lembar_disposisi"])
    assert again["surat_nomor"] == "050/123/427.71/2026"
    assert again["catatan_sekretaris"] == "Mohon arahan."
    fewer = case.send("disposisi", "lembar_disposisi", {"pembagian": again["pembagian"][1:3]})
    assert fewer.values["unit_diminta"] == list(UNITS[1:3])


def test_a_unit_asked_twice_is_refused() -> None:
    case = started()
    form = FORMS["lembar_disposisi"]
    raw = case.opened("disposisi", form)
    raw["pembagian"][1] = raw["pembagian"][0]
    problems = read(form, raw, case.context("disposisi"), evaluate).problems
    assert [problem.path for problem in problems] == ["pembagian.1.unit"]


@pytest.mark.parametrize(
    ("cells", "achievement", "category", "used"),
    [
        ({}, 96, "Sangat Tinggi", 75),
        ({"arah": "negatif", "target_triwulan": "10", "realisasi_triwulan": "12"}, 80, "Tinggi", 75),
        ({"realisasi_triwulan": ""}, None, None, 75),
        ({"target_triwulan": "80-90", "realisasi_triwulan": "85", "pagu": "0"}, None, None, None),
        ({"target_triwulan": "BB", "realisasi_triwulan": "A", "pagu": ""}, None, None, None),
    ],
)
def test_achievement_and_category_follow_from_what_a_unit_types(
    cells: dict[str, str], achievement: float | None, category: str | None, used: float | None
) -> None:
    case = started()
    sent = case.send("isi_data_unit", "data_kinerja_unit", {"indikator": [INDICATOR | cells]}, item=UNITS[0])
    row = sent.values["indikator"][0]
    assert (row["capaian"], row["kategori"], row["serapan"]) == (achievement, category, used)


def test_a_unit_sees_its_own_task_and_the_quarter() -> None:
    case = started()
    raw = case.opened("isi_data_unit", FORMS["data_kinerja_unit"], UNITS[2])
    assert (raw["periode_tahun"], raw["periode_triwulan"]) == ("2026", "II")
    assert raw["tugas"].startswith("Mengisi data kinerja")
    assert len(raw["indikator"]) == 1


def test_a_unit_must_name_at_least_one_indicator() -> None:
    case = started()
    form = FORMS["data_kinerja_unit"]
    raw = case.opened("isi_data_unit", form, UNITS[0])
    submission = read(form, raw, case.context("isi_data_unit", UNITS[0]), evaluate)
    assert [(problem.path, problem.rule) for problem in submission.problems] == [("indikator", "min_rows")]


def table_of(form: Form, field_id: str) -> Field:
    return next(field for _, field in definition.walk(form) if field.id == field_id)


def test_only_returned_units_fill_in_again_and_keep_their_rows_beside_the_note() -> None:
    case = started()
    for unit in UNITS:
        case.send("isi_data_unit", "data_kinerja_unit", {"indikator": [INDICATOR]}, item=unit, day=2)
    draft = FORMS["draf_data_kinerja"]
    rows = table_rows(table_of(draft, "rekap"), case.context("gabungkan_draf"), evaluate)
    assert [(row["item_label"], row["capaian"], row["kategori"]) for row in rows[:1]] == [
        ("Kasi Pemerintahan", 96, "Sangat Tinggi")
    ]
    case.send("gabungkan_draf", "draf_data_kinerja", {"catatan": "Lengkap dari semua unit."}, day=3)

    form = FORMS["pemeriksaan_kelengkapan"]
    opened = case.opened("periksa_kelengkapan", form)
    assert [row["item"] for row in opened["pemeriksaan"]] == list(UNITS)
    assert opened["catatan_draf"] == "Lengkap dari semua unit."
    verdicts = [row | {"hasil": "lengkap"} for row in opened["pemeriksaan"]]
    verdicts[1] |= {"hasil": "kembalikan"}
    refused = read(form, opened | {"pemeriksaan": verdicts}, case.context("periksa_kelengkapan"), evaluate)
    assert [problem.path for problem in refused.problems] == ["pemeriksaan.1.catatan"]
    verdicts[1] |= {"catatan": "Data dukung belum ada."}
    sent = case.send("periksa_kelengkapan", "pemeriksaan_kelengkapan", {"pemeriksaan": verdicts}, day=4)
    assert sent.values["unit_diminta"] == [UNITS[1]]
    assert sent.values["semua_lengkap"] is False
    assert (sent.values["jumlah_lengkap"], sent.values["jumlah_dikembalikan"]) == (3, 1)

    unit_form = FORMS["data_kinerja_unit"]
    returned = case.opened("isi_data_unit", unit_form, UNITS[1])
    assert returned["catatan_pemeriksa"] == "Data dukung belum ada."
    assert returned["indikator"][0]["indikator"] == INDICATOR["indikator"]
    assert "catatan_pemeriksa" not in case.sent["isi_data_unit"][UNITS[0]].values  # type: ignore[operator]
    case.send("isi_data_unit", "data_kinerja_unit", {}, item=UNITS[1], day=5)

    again = case.opened("periksa_kelengkapan", form)["pemeriksaan"]
    assert [row["hasil"] for row in again] == ["lengkap", "", "lengkap", "lengkap"]
    assert again[1]["round"] == "2"
    again[1] |= {"hasil": "lengkap"}
    done = case.send("periksa_kelengkapan", "pemeriksaan_kelengkapan", {"pemeriksaan": again}, day=6)
    assert (done.values["semua_lengkap"], done.values["unit_diminta"]) == (True, [])


def test_the_report_is_given_as_a_file_or_as_a_link() -> None:
    case = started()
    form = FORMS["dokumen_kinerja"]
    raw = case.opened("susun_dokumen", form)

    def paths(**changes: Any) -> list[str]:
        context = case.context("susun_dokumen")
        return [problem.path for problem in read(form, raw | changes, context, evaluate).problems]

    assert paths() == ["pengukuran_diperiksa", "draf_laporan"]
    assert paths(pengukuran_diperiksa="on", draf_laporan=["7"]) == []
    assert paths(pengukuran_diperiksa="on", bentuk_laporan="tautan") == ["tautan_laporan"]


def test_the_delivery_asks_for_what_its_way_needs() -> None:
    case = started()
    case.send("susun_dokumen", "dokumen_kinerja", {"pengukuran_diperiksa": "on", "draf_laporan": ["7"]})
    letter = {"nomor_surat_pengantar": "050/9/427.71/2026"}
    sent = case.send("sampaikan_dokumen", "penyampaian", letter)
    assert sent.values["dokumen_laporan"] == ["7"]
    assert "alamat_surel" not in sent.values
    form = FORMS["penyampaian"]
    raw = case.opened("sampaikan_dokumen", form) | {"cara_kirim": "surel"}
    problems = read(form, raw, case.context("sampaikan_dokumen"), evaluate).problems
    assert [problem.path for problem in problems] == ["alamat_surel"]


def test_leave_is_applied_for_advised_and_decided() -> None:
    case = Case()
    application = {
        "nama_pegawai": "Contoh Pegawai",
        "jabatan": "Staf",
        "mulai": "2026-08-03",
        "selesai": "2026-08-05",
        "lama_hari": "3",
        "alasan": "Keperluan keluarga",
        "alamat": "Lumajang",
        "telepon": "0812 3456 7890",
    }
    applied = case.send("catat_permohonan", "permohonan_cuti", application)
    assert applied.values["sisa_hari"] == 9
    case.send("beri_pertimbangan", "pertimbangan_cuti", {"pertimbangan": "disetujui"})
    decided = case.send("putuskan_cuti", "keputusan_cuti", {"keputusan": "disetujui"})
    assert decided.values["cuti_disetujui"] is True
    assert decided.values["pemohon"] == "Contoh Pegawai"
    form = FORMS["keputusan_cuti"]
    problems = read(form, {"keputusan": "ditangguhkan"}, case.context("putuskan_cuti"), evaluate).problems
    assert [problem.path for problem in problems] == ["alasan_keputusan"]
