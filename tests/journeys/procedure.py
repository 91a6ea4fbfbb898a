"""The first procedure as its people live it: who does which step, and what they fill in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.journeys.offices import Alert, Answers, Office

PROCESS = "pengumpulan_data_kinerja"
#: four of the twelve; the last two send too little at first
UNITS = ("kasi_pemerintahan", "lurah_jogoyudan", "kasi_pelayanan_umum", "lurah_ditotrunan")
RETURNED = UNITS[2:]
NOTE = "Realisasi triwulan belum diisi."

REGISTER = "Pengumpulan data kinerja SKPD dari Bappeda"
FORWARD = "Meneruskan surat kepada Camat melalui Sekretaris Camat"
DIVIDE = "Mendisposisikan surat kepada Kasubag Keuangan untuk ditindaklanjuti"
CONTRIBUTE = "Isi data kinerja unit"
MERGE = "Gabungkan draf data kinerja"
CHECK = "Memeriksa kelengkapan data kinerja"
WRITE = "Melakukan persiapan penyusunan dokumen pengukuran kinerja dan dokumen laporan kinerja"
DELIVER = "Menyampaikan dokumen pengumpulan data kinerja kepada Bappeda"

STEPS = {
    "terima_permintaan": REGISTER,
    "teruskan_surat": FORWARD,
    "disposisi": DIVIDE,
    "siapkan_data": "Mempersiapkan pengumpulan data kinerja bersama seluruh Kasubag dan Seksi yang ada",
    "periksa_kelengkapan": CHECK,
    "susun_dokumen": WRITE,
    "sampaikan_dokumen": DELIVER,
}
#: activity -> who is told when its standard time has passed
TOLD = {
    "terima_permintaan": {"Sekretaris Kecamatan"},
    "teruskan_surat": {"Camat"},
    "disposisi": {"Pengelola SOP", "Administrator"},
    "siapkan_data": {"Sekretaris Kecamatan"},
    "periksa_kelengkapan": {"Camat"},
    "susun_dokumen": {"Sekretaris Kecamatan"},
    "sampaikan_dokumen": {"Sekretaris Kecamatan"},
}


def request(number: str = "005/117/427.12/2026") -> Answers:
    return {
        "nomor_surat": number,
        "tanggal_surat": "2026-03-09",
        "asal": "Bappeda Kabupaten Lumajang",
        "perihal": "Permintaan data kinerja",
        "diterima_tanggal": "2026-03-10",
        "sifat": "segera",
        "tahun": "2026",
        "triwulan": "I",
    }


def division(units: Sequence[str] = UNITS) -> Answers:
    return {
        "diteruskan_kepada": "kasubag_keuangan",
        "dengan_hormat_harap": ["proses_lebih_lanjut"],
        "isi_disposisi": "Kumpulkan data kinerja triwulan I.",
        "pembagian": [{"unit": unit, "tugas": "Mengisi data kinerja."} for unit in units],
    }


def indicators(*, result: str = "45") -> Answers:
    return {
        "indikator": [
            {
                "sasaran": "Meningkatnya kualitas pelayanan",
                "indikator": "Indeks kepuasan masyarakat",
                "satuan": "persen",
                "arah": "positif",
                "agregasi": "kumulatif",
                "target_tahunan": "90",
                "target_triwulan": "50",
                "realisasi_triwulan": result,
            }
        ]
    }


def verdict(units: Sequence[str] = UNITS, returned: Sequence[str] = ()) -> Answers:
    incomplete = {"hasil": "kembalikan", "catatan": NOTE}
    return {"pemeriksaan": [{"item": u, **(incomplete if u in returned else {"hasil": "lengkap"})} for u in units]}


DOCUMENTS: Answers = {
    "pengukuran_diperiksa": "on",
    "bentuk_laporan": "tautan",
    "tautan_laporan": "https://arsip.example.go.id/lkjip-2026",
    "bab_lkjip": ["pendahuluan", "perencanaan"],
}
DELIVERY: Answers = {
    "nomor_surat_pengantar": "005/231/427.95/2026",
    "tanggal_surat_pengantar": "2026-04-13",
    "cara_kirim": "langsung",
    "tanggal_kirim": "2026-04-13",
    "penerima": "Loket Bappeda",
}


def do(office: Office, case: int, step: str, answers: Answers, *, by: str) -> None:
    """Find the one task of this step that waits for the position, and send it."""
    waiting = office.waiting(case, by=by)
    found = [task.id for task in waiting if task.step == step]
    assert len(found) == 1, f"{by} should have {step!r} once, has {[task.step for task in waiting]}"
    office.complete(found[0], answers, by=by)


def units_asked(office: Office, case: int) -> set[str]:
    """Which of the units have data to fill in just now."""
    return {u for u in UNITS if any(t.step == CONTRIBUTE for t in office.waiting(case, by=u))}


def walk(office: Office, *, late: bool, seen: Callable[[int, str], None] = lambda case, moment: None) -> int:
    """The whole procedure, two of four units returned once; with `late`, every step's standard time passes first.

    `seen(case, moment)` is called where somebody should look: "returned", "delivered".
    """
    told: list[Alert] = []

    def overdue(activity: str) -> None:
        """The next deadline passes: exactly one alert more, at the right desks."""
        if late:
            office.pass_next_deadline()
            told.append(Alert(activity, frozenset(TOLD[activity])))
            assert office.alerts(case) == told

    case = office.start(PROCESS, by="kasubag_umum")
    overdue("terima_permintaan")
    do(office, case, REGISTER, request(), by="kasubag_umum")
    overdue("teruskan_surat")
    do(office, case, FORWARD, {"catatan": "Mohon arahan."}, by="sekretaris_kecamatan")
    overdue("disposisi")
    do(office, case, DIVIDE, division(), by="camat")

    assert units_asked(office, case) == set(UNITS)
    assert office.waiting(case, by="lurah_kepuharjo") == [], "a unit that was not asked has nothing to do"
    do(office, case, CONTRIBUTE, indicators(), by=UNITS[0])
    overdue("siapkan_data")
    for unit in UNITS[1:]:
        do(office, case, CONTRIBUTE, indicators(result="" if unit in RETURNED else "48"), by=unit)
    assert units_asked(office, case) == set()
    do(office, case, MERGE, {"catatan": "Dua unit belum lengkap."}, by="kasubag_keuangan")
    overdue("periksa_kelengkapan")
    do(office, case, CHECK, verdict(returned=RETURNED), by="sekretaris_kecamatan")

    assert units_asked(office, case) == set(RETURNED), "only what was incomplete comes back"
    seen(case, "returned")
    for unit in RETURNED:
        do(office, case, CONTRIBUTE, indicators(), by=unit)
    do(office, case, MERGE, {}, by="kasubag_keuangan")
    do(office, case, CHECK, verdict(), by="sekretaris_kecamatan")

    overdue("susun_dokumen")
    do(office, case, WRITE, DOCUMENTS, by="kasubag_keuangan")
    overdue("sampaikan_dokumen")
    do(office, case, DELIVER, DELIVERY, by="kasubag_keuangan")
    assert office.state(case) == "completed"
    seen(case, "delivered")
    return case
