"""The workbook and the draft's page of one quarter after another: the same sums, and no sum rather than a wrong one."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.db import Database
from tests.quarters import deliver, deploy, indicator, merged
from tests.webapp.conftest import Visit

UNIT = "kasi_pemerintahan"
OTHER = "lurah_jogoyudan"


@pytest.fixture
def quarters(office: Database) -> Database:
    deploy(office)
    return office


def workbook(visit: Visit, case: int, by: str = "kasubag_keuangan") -> tuple[list[dict[str, Any]], list[str]]:
    """The downloaded rows by heading, and what stands below them."""
    address = f"/cases/{case}/workbook/draf_data_kinerja.xlsx"
    response = visit(by).transport.client.get(address)  # type: ignore[attr-defined]
    sheet = load_workbook(BytesIO(response.data)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(number for number, row in enumerate(cells) if row[0] == "No")
    rows = [dict(zip(cells[start], row, strict=True)) for row in cells[start + 1 :] if isinstance(row[0], int)]
    return rows, [str(row[0]) for row in cells[start + 1 :] if isinstance(row[0], str)]


def to_date(rows: list[dict[str, Any]], quarter: str) -> dict[str, Any]:
    return {row["Indikator"]: row[f"Realisasi s.d. TW {quarter}"] for row in rows}


def test_three_quarters_add_up_in_the_workbook_and_on_the_page(quarters: Database, visit: Visit) -> None:
    def sent(letters: str, index: str, share: str) -> dict[str, list[dict[str, Any]]]:
        final = indicator("Indeks", index, agregasi="nilai_akhir")
        return {UNIT: [indicator("Surat", letters), final], OTHER: [indicator("Surat", share)]}

    first = deliver(quarters, "I", sent("10", "70", "0,1"), first={UNIT: [indicator("Surat", "999")]})
    second = deliver(quarters, "II", sent("20", "80", "0,2"), first={OTHER: [indicator("Surat", "888")]})
    third = merged(quarters, "III", sent("30", "", "0,4"))

    rows, notes = workbook(visit, first)
    assert to_date(rows[:2], "I") == {"Surat": 10, "Indeks": 70}
    rows, notes = workbook(visit, second)
    assert to_date(rows[:2], "II") == {"Surat": 30, "Indeks": 80}
    rows, notes = workbook(visit, third)
    assert [(row["Unit"], row["Indikator"]) for row in rows] == [
        ("Kasi Pemerintahan", "Surat"),
        ("Kasi Pemerintahan", "Indeks"),
        ("Lurah Jogoyudan", "Surat"),
    ]
    assert to_date(rows[:2], "III") == {"Surat": 60, "Indeks": 80}, "a final value is the last one filled in"
    assert to_date(rows[2:], "III") == {"Surat": 0.7}
    assert [rows[1][f"Realisasi TW {quarter}"] for quarter in ("I", "II", "III", "IV")] == [70, 80, None, None]
    assert notes == []

    keuangan = visit("kasubag_keuangan")
    (link,) = set(keuangan.open("/tasks").links(r"/tasks/\d+"))
    page = keuangan.open(link)
    table = page.root.xpath("//table[thead//th[.='Realisasi s.d. TW ini']]")[0]
    place = [th.text for th in table.xpath(".//thead//th")].index("Realisasi s.d. TW ini")
    shown = ["".join(tr.xpath("td")[place].itertext()).strip() for tr in table.xpath(".//tbody/tr")]
    assert shown == ["60", "80", "0,7"]


def test_a_sum_with_a_gap_is_left_empty_and_the_workbook_says_why(quarters: Database, visit: Visit) -> None:
    final = {"agregasi": "nilai_akhir"}
    known = [indicator("Surat", "10"), indicator("Indeks", "70", **final), indicator("Predikat", "BB", **final)]
    unfilled = [indicator("Temuan", "")]
    deliver(quarters, "II", {UNIT: known + unfilled})
    new = [indicator("Baru", "1"), indicator("Temuan", "1")]
    words = [indicator("Predikat", "A", **final), indicator("Nilai", "A")]
    third = merged(quarters, "III", {UNIT: [*known[:2], *new, *words]})
    rows, notes = workbook(visit, third)
    assert to_date(rows, "III") == {
        "Surat": None,
        "Indeks": 70,
        "Baru": None,
        "Temuan": None,
        "Predikat": "A",
        "Nilai": None,
    }
    assert notes == ["Realisasi s.d. TW III (baris 1, 3–4, 6): TW I: tidak ada berkas selesai yang dapat dibaca"]

    deliver(quarters, "I", {UNIT: [*known, *unfilled, indicator("Nilai", "B")]})
    rows, notes = workbook(visit, third)
    assert to_date(rows, "III")["Surat"] == 30
    assert notes == [
        "Realisasi s.d. TW III (baris 3): TW I: indikator ini tidak ditemukan",
        "Realisasi s.d. TW III (baris 4): TW I: realisasi belum diisi",
        "Realisasi s.d. TW III (baris 6): TW II: indikator ini tidak ditemukan",
    ]
    keuangan = visit("kasubag_keuangan")
    (link,) = set(keuangan.open("/tasks").links(r"/tasks/\d+"))
    notes_on_page = [span.text for span in keuangan.open(link).root.xpath("//span[@class='cell-note']")]
    assert notes_on_page == [note.partition(": ")[2] for note in notes]


def test_words_are_not_added_up(quarters: Database, visit: Visit) -> None:
    first = merged(quarters, "I", {UNIT: [indicator("Predikat", "BB"), indicator("Surat", "")]})
    rows, notes = workbook(visit, first)
    assert to_date(rows, "I") == {"Predikat": None, "Surat": None}
    assert notes == [
        "Realisasi s.d. TW I (baris 1): Bukan angka, tidak dapat dijumlahkan",
        "Realisasi s.d. TW I (baris 2): Realisasi triwulan ini belum diisi",
    ]
