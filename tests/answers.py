"""Plausible answers to the forms of the first procedure, as a person would type them."""

from __future__ import annotations

from typing import Any

UNITS = ("kasi_pelayanan_umum", "kasi_pemerintahan", "lurah_rogotrunan", "lurah_tompokersan")

PERMINTAAN: dict[str, Any] = {
    "nomor_surat": "000.8.6/512/427.75/2026",
    "tanggal_surat": "2026-03-09",
    "asal": "Bappeda Kabupaten Lumajang",
    "perihal": "Permintaan data kinerja triwulan I",
    "diterima_tanggal": "2026-03-10",
    "sifat": "biasa",
    "tahun": "2026",
    "triwulan": "I",
}
PENERUSAN = {"catatan": "Mohon arahan Bapak Camat."}
DISPOSISI: dict[str, Any] = {
    "diteruskan_kepada": "kasubag_keuangan",
    "dengan_hormat_harap": ["proses_lebih_lanjut"],
    "isi_disposisi": "Kumpulkan data kinerja dari unit berikut.",
    "pembagian": [{"unit": unit, "tugas": "Mengisi data kinerja triwulan I"} for unit in UNITS],
}
DRAF = {"catatan": "Data keempat unit sudah masuk."}
DOKUMEN: dict[str, Any] = {
    "pengukuran_diperiksa": "true",
    "bentuk_laporan": "tautan",
    "tautan_laporan": "https://contoh.invalid/laporan-kinerja",
    "bab_lkjip": ["pendahuluan", "perencanaan"],
}
PENYAMPAIAN: dict[str, Any] = {
    "nomor_surat_pengantar": "000.8.6/77/427.101/2026",
    "tanggal_surat_pengantar": "2026-04-13",
    "cara_kirim": "langsung",
    "tanggal_kirim": "2026-04-13",
}


def unit_data(name: str, *, done: str = "40") -> dict[str, Any]:
    """One unit's rows."""
    return {
        "indikator": [
            {
                "sasaran": "Meningkatnya mutu pelayanan publik",
                "indikator": f"Indeks kepuasan masyarakat {name}",
                "satuan": "Persen",
                "arah": "positif",
                "agregasi": "nilai_akhir",
                "target_tahunan": "85",
                "target_triwulan": "50",
                "realisasi_triwulan": done,
                "pagu": "12.500.000",
                "realisasi_anggaran": "5.000.000",
            }
        ]
    }


def checked(results: dict[str, str | None], *, order: list[str]) -> dict[str, Any]:
    """The checker's answer: unit -> None for complete, or the note it is returned with."""
    rows = []
    for unit in order:
        note = results[unit]
        rows.append({"item": unit, "hasil": "kembalikan" if note else "lengkap", "catatan": note or ""})
    return {"pemeriksaan": rows}
