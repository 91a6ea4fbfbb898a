"""A form under a person's hands: nothing typed is lost or sent by accident, and no task is sent twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from engine.clock import SetClock
from engine.db import Database
from engine.identity import HoldingKind
from engine.people import positions
from engine.worker import Worker
from tests.browser import desk, gallery
from tests.browser.scenes import task
from tests.journeys.procedure import FORWARD, REGISTER
from tests.office import ADMINISTRATOR, person

UNIT = "Lurah Rogotrunan"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
NewProfile = Callable[..., BrowserContext]

#: columns of the unit's table in the order of the page, without what is computed
CELLS = ("Meningkatnya pelayanan", "Indeks kepuasan {n}", "Nilai", "positif", "nilai_akhir", "90", "50", "45")


@pytest.fixture
def letter(working: Database, page: Page) -> Page:
    """The first form of a fresh case, before the Kasubag Umum."""
    gallery.start(working, gallery.DATA, by="kasubag_umum")
    desk.sit_down(page, "Kasubag Umum dan Kepegawaian")
    desk.open_task(page, REGISTER)
    return page


@pytest.fixture
def table(working: Database, page: Page) -> Page:
    """The table of a unit that has been asked for its data."""
    gallery.until_units(working, "001/UJI/2026", "2026", "I")
    desk.sit_down(page, UNIT)
    page.goto(task("isi_data_unit", "lurah_rogotrunan")(working))
    return page


def test_what_is_typed_is_kept_and_the_page_says_so(letter: Page) -> None:
    letter.get_by_label("Nomor surat", exact=True).fill("000.8.6/512/2026")
    letter.get_by_label("Rahasia", exact=True).check()
    desk.saved(letter)
    letter.reload()
    expect(letter.get_by_label("Nomor surat", exact=True)).to_have_value("000.8.6/512/2026")
    expect(letter.get_by_label("Rahasia", exact=True)).to_be_checked()


def test_enter_neither_sends_nor_loses_the_last_field(letter: Page) -> None:
    here = letter.url
    desk.fill_letter(letter)
    number = letter.get_by_label("Nomor surat", exact=True)
    number.fill("000.8.6/900/2026")
    number.press("Enter")
    expect(letter.get_by_label("Tanggal surat", exact=True)).to_be_focused()
    expect(letter).to_have_url(here)
    desk.saved(letter)
    letter.reload()
    expect(letter.get_by_label("Nomor surat", exact=True)).to_have_value("000.8.6/900/2026")


def test_a_refused_form_keeps_everything_and_leads_to_the_first_problem(letter: Page) -> None:
    desk.fill_letter(letter)
    letter.get_by_label("Perihal", exact=True).fill("")
    letter.get_by_label("Tahun", exact=True).fill("dua ribu")
    letter.get_by_label("Surat edaran").set_input_files(
        {"name": "surat edaran.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(letter.get_by_role("link", name="surat edaran.pdf")).to_be_visible()
    letter.get_by_role("button", name="Kirim ke Sekretaris Kecamatan").click()

    expect(letter.get_by_role("alert")).to_contain_text("2 isian")
    expect(letter.get_by_label("Perihal", exact=True)).to_be_focused()
    expect(letter.get_by_label("Nomor surat", exact=True)).to_have_value("000.8.6/512/427.75/2026")
    expect(letter.get_by_label("Tahun", exact=True)).to_have_value("dua ribu")
    expect(letter.get_by_label("Segera", exact=True)).to_be_checked()
    expect(letter.get_by_role("link", name="surat edaran.pdf")).to_be_visible()

    letter.get_by_role("link", name=re.compile("^Tahun")).click()
    expect(letter.get_by_label("Tahun", exact=True)).to_be_focused()
    letter.get_by_label("Tahun", exact=True).fill("2026")
    letter.get_by_label("Perihal", exact=True).fill("Permintaan data")
    desk.send(letter, "Kirim ke Sekretaris Kecamatan")
    letter.get_by_role("link", name="Buka berkas").click()
    expect(letter.get_by_role("link", name="surat edaran.pdf").first).to_be_visible()


def test_achievement_and_category_follow_while_one_types(table: Page) -> None:
    row = desk.row(table, 1)
    row.get_by_label("Arah", exact=True).select_option("Positif (makin tinggi makin baik)")
    row.get_by_label("Target triwulan", exact=True).fill("50")
    row.get_by_label("Realisasi triwulan", exact=True).press_sequentially("45")
    expect(row).to_contain_text("90%")
    expect(row.locator("output", has_text="Tinggi")).to_have_text("Tinggi")
    row.get_by_label("Realisasi triwulan", exact=True).fill("20")
    expect(row.locator("output", has_text="Rendah")).to_have_text("Sangat Rendah")


def test_rows_come_and_go_by_keyboard(table: Page) -> None:
    rows = table.locator("[data-row]")
    desk.row(table, 1).get_by_label("Sasaran", exact=True).fill("Pertama")
    table.get_by_role("button", name="Tambah baris").press("Enter")
    expect(desk.row(table, 2).get_by_label("Sasaran", exact=True)).to_be_focused()
    expect(desk.row(table, 2).get_by_label("Arah", exact=True)).to_have_value("positif")
    table.keyboard.type("Kedua")
    table.get_by_role("button", name="Gandakan baris 2").press("Enter")
    expect(rows).to_have_count(3)
    expect(desk.row(table, 3).get_by_label("Sasaran", exact=True)).to_be_focused()
    expect(desk.row(table, 3).get_by_label("Sasaran", exact=True)).to_have_value("Kedua")
    table.get_by_role("button", name="Hapus baris 1").press("Enter")
    expect(rows).to_have_count(2)
    expect(table.get_by_role("button", name="Hapus baris 1")).to_be_focused()
    table.get_by_role("button", name="Urungkan").press("Enter")
    expect(desk.row(table, 1).get_by_label("Sasaran", exact=True)).to_have_value("Pertama")
    desk.saved(table)
    table.reload()
    assert [field.input_value() for field in table.get_by_label("Sasaran", exact=True).all()] == [
        "Pertama",
        "Kedua",
        "Kedua",
    ]


def test_cells_of_a_spreadsheet_become_rows(table: Page) -> None:
    paste(desk.row(table, 1).get_by_label("Sasaran", exact=True), lines(3))
    expect(table.locator("[data-row]")).to_have_count(3)
    expect(desk.row(table, 3).get_by_label("Indikator", exact=True)).to_have_value("Indeks kepuasan 3")
    expect(desk.row(table, 3).get_by_label("Arah", exact=True)).to_have_value("positif")
    expect(desk.row(table, 3)).to_contain_text("90%")


def test_two_hundred_rows_are_sent_and_come_back_with_their_problems(table: Page) -> None:
    spoilt = lines(200)
    spoilt[136] = spoilt[136].replace("\tNilai\t", "\t\t")
    paste(desk.row(table, 1).get_by_label("Sasaran", exact=True), spoilt)
    expect(table.locator("[data-row]")).to_have_count(200)
    table.get_by_role("button", name="Kirim ke Kasubag Keuangan").click()
    expect(table.get_by_role("alert")).to_contain_text("1 isian")
    expect(table.locator("[data-row]")).to_have_count(200)
    expect(desk.row(table, 200).get_by_label("Indikator", exact=True)).to_have_value("Indeks kepuasan 200")
    unit = desk.row(table, 137).get_by_label("Satuan", exact=True)
    expect(unit).to_be_focused()
    unit.fill("Nilai")
    desk.send(table, "Kirim ke Kasubag Keuangan")


def test_of_two_windows_that_send_the_same_task_one_is_told(working: Database, new_profile: NewProfile) -> None:
    gallery.until_forwarding(working, "001/UJI/2026", "2026", "I")
    windows = [new_profile().new_page() for _ in range(2)]
    for window in windows:
        desk.sit_down(window, "Sekretaris Kecamatan")
        desk.open_task(window, FORWARD)
        window.get_by_label("Catatan untuk Camat").fill("Mohon arahan.")
        desk.saved(window)
    desk.send(windows[0], "Teruskan ke Camat")
    windows[1].get_by_role("button", name="Teruskan ke Camat").click()
    expect(windows[1].get_by_role("heading", level=1)).to_have_text("Sudah terkirim")
    expect(windows[1].get_by_role("main")).to_contain_text("sudah Anda kirim sebelumnya; tercatat satu kali")


def test_of_two_people_who_take_the_same_task_the_slower_is_told(working: Database, new_profile: NewProfile) -> None:
    with working.begin(person(working, ADMINISTRATOR)) as uow:
        post = {p.key: p for p in positions.listing(uow)}
        positions.assign_holder(
            uow,
            post["sekretaris_kecamatan"].id,
            post["kasubag_keuangan"].holders[0].person_id,
            kind=HoldingKind.PLH,
            starts_on=date(2026, 3, 9),
            ends_on=date(2026, 3, 20),
            order_number="800/12/2026",
        )
    gallery.until_forwarding(working, "001/UJI/2026", "2026", "I")
    quicker, slower = (new_profile().new_page() for _ in range(2))
    for page, name in ((quicker, "Kasubag Keuangan"), (slower, "Sekretaris Kecamatan")):
        desk.sit_down(page, name)
        page.get_by_role("link", name=re.compile("^Tugas Unit")).click()
        expect(page.get_by_role("button", name="Ambil tugas")).to_be_visible()
    quicker.get_by_role("button", name="Ambil tugas").click()
    expect(quicker.get_by_role("heading", level=1)).to_have_text(FORWARD)
    slower.get_by_role("button", name="Ambil tugas").click()
    told = slower.get_by_role("status").filter(has_text="lebih dahulu mengambil tugas ini")
    expect(told).to_contain_text("Orang Kasubag Keuangan")


def test_the_first_form_works_without_scripts(working: Database, new_profile: NewProfile) -> None:
    page = new_profile(scripts=False).new_page()
    desk.sit_down(page, "Kasubag Umum dan Kepegawaian")
    page.goto(f"/processes/{gallery.DATA}")
    page.get_by_role("button", name="Mulai berkas").click()
    page.get_by_label("Nomor surat", exact=True).fill("000.8.6/512/2026")
    page.get_by_label("Nomor surat", exact=True).press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Draf tersimpan")
    expect(page.get_by_label("Nomor surat", exact=True)).to_have_value("000.8.6/512/2026")
    page.get_by_label("Surat edaran").set_input_files(
        {"name": "surat edaran.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Kirim ke Sekretaris Kecamatan").click()
    expect(page.get_by_role("alert")).to_contain_text("isian")
    expect(page.get_by_role("link", name="surat edaran.pdf")).to_be_visible()
    desk.fill_letter(page)
    desk.send(page, "Kirim ke Sekretaris Kecamatan")
    expect(page.get_by_role("main")).to_contain_text("Sekretaris Kecamatan")


def test_rows_come_and_go_without_scripts(working: Database, new_profile: NewProfile) -> None:
    gallery.until_units(working, "001/UJI/2026", "2026", "I")
    page = new_profile(scripts=False).new_page()
    desk.sit_down(page, UNIT)
    page.goto(task("isi_data_unit", "lurah_rogotrunan")(working))
    desk.row(page, 1).get_by_label("Sasaran", exact=True).fill("Pertama")
    page.get_by_role("button", name="Tambah baris").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    page.get_by_text("Tempel dari Excel").click()
    page.get_by_label(re.compile("^Salin sel")).fill("\n".join(lines(2)))
    page.get_by_role("button", name="Isikan ke baris").click()
    expect(desk.row(page, 1).get_by_label("Sasaran", exact=True)).to_have_value("Pertama")
    expect(page.get_by_label("Indikator", exact=True).last).to_have_value("Indeks kepuasan 2")
    page.get_by_role("button", name="Hapus baris 1").click()
    expect(page.get_by_label("Sasaran", exact=True).first).to_have_value("Meningkatnya pelayanan")


def test_a_list_that_refreshes_itself_leaves_the_focus_where_it_is(working: Database, page: Page) -> None:
    gallery.until_forwarding(working, "001/UJI/2026", "2026", "I")
    page.clock.install()
    desk.sit_down(page, "Sekretaris Kecamatan")
    tasks = page.get_by_role("link", name=FORWARD, exact=True)
    expect(tasks).to_have_count(1)
    tasks.focus()
    mine = tasks.get_attribute("href")

    gallery.until_forwarding(working, "002/UJI/2026", "2026", "II")
    page.clock.fast_forward("00:25")
    expect(tasks).to_have_count(2)
    assert page.evaluate("document.activeElement.getAttribute('href')") == mine
    expect(page).to_have_title(re.compile(r"\(2\)"))

    page.get_by_label("Cari tugas").fill("belum selesai menge")
    gallery.until_forwarding(working, "003/UJI/2026", "2026", "III")
    page.clock.fast_forward("00:25")
    expect(tasks).to_have_count(3)
    expect(page.get_by_label("Cari tugas")).to_be_focused()
    expect(page.get_by_label("Cari tugas")).to_have_value("belum selesai menge")


def test_a_note_being_typed_is_not_eaten_when_the_list_changes(working: Database, clock: SetClock, page: Page) -> None:
    worker = Worker(working)
    gallery.start(working, gallery.DATA, by="kasubag_umum")
    clock.advance(timedelta(minutes=6))
    worker.run_once()
    page.clock.install()
    desk.sit_down(page, "Sekretaris Kecamatan")
    page.get_by_role("link", name=re.compile("^Terlambat")).click()
    page.locator("summary", has_text="Tanggapi").click()
    note = page.get_by_label("Apa tindak lanjutnya?")
    note.press_sequentially("Sudah saya teg")

    gallery.start(working, gallery.DATA, by="kasubag_umum")
    clock.advance(timedelta(minutes=6))
    worker.run_once()
    page.clock.fast_forward("00:25")
    expect(page).to_have_title(re.compile(r"\(2\)"))
    page.keyboard.type("ur.")
    expect(note).to_have_value("Sudah saya tegur.")
    expect(note).to_be_focused()


def lines(count: int) -> list[str]:
    return ["\t".join(CELLS).format(n=n) for n in range(1, count + 1)]


def paste(cell: Locator, rows: list[str]) -> None:
    """What a spreadsheet copies, put into a cell as the keyboard does it."""
    cell.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell.page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join(rows) + "\n")
    cell.focus()
    cell.page.keyboard.press("Control+V")
