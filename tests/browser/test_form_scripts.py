"""What scripts add to a form: drafts, computed cells, rows, cells from a spreadsheet, files, and lists that follow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from engine import notes
from engine.clock import SetClock
from engine.db import Database
from engine.identity import NOBODY
from engine.people import sign_in as entry
from tests.office import person
from tests.webapp.small import GOOD, Shop, open_shop
from webapp.context import COOKIE


@pytest.fixture
def shop(office: Database, clock: SetClock) -> Shop:
    return open_shop(office, clock)


@pytest.fixture
def task(shop: Shop, page: Page, context: BrowserContext, address: str) -> int:
    """The first task of a new case, opened by whoever it is for."""
    _, task = shop.start()
    sign_in(shop, context, address, "kasi_pemerintahan")
    page.goto(f"/tasks/{task}")
    return task


def sign_in(shop: Shop, context: BrowserContext, address: str, who: str) -> None:
    with shop.database.begin(NOBODY) as uow:
        token = entry.enter_demo(uow, person(shop.database, who).person_id or 0, "tests")
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])


def cell(page: Page, name: str) -> Locator:
    return page.locator(f"form [name='{name}']")


def rows(page: Page) -> Locator:
    return page.locator("[data-row]")


def test_a_draft_is_kept_and_cells_follow_while_one_types(page: Page, task: int) -> None:
    page.get_by_role("button", name="Tambah baris").click()
    cell(page, "baris-0-jumlah").fill("3")
    cell(page, "baris-0-harga").fill("1.500")
    expect(page.locator("[data-computed='baris.0.total']")).to_have_text("Rp4.500")
    expect(page.locator("[data-draft-state]")).to_have_text("tersimpan 09.00")
    page.reload()
    expect(cell(page, "baris-0-harga")).to_have_value("1.500")


def test_saving_the_draft_by_hand_stays_on_the_page(page: Page, task: int) -> None:
    cell(page, "judul").fill("ATK")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("[data-draft-state]")).to_have_text("tersimpan 09.00")
    expect(cell(page, "judul")).to_have_value("ATK")
    page.reload()
    expect(cell(page, "judul")).to_have_value("ATK")


def test_a_hidden_part_appears_when_its_condition_changes(page: Page, task: int) -> None:
    expect(cell(page, "alasan")).to_be_hidden()
    cell(page, "sifat").nth(1).check()
    expect(cell(page, "alasan")).to_be_visible()


def test_enter_goes_on_to_the_next_field_and_never_sends(page: Page, task: int) -> None:
    cell(page, "judul").fill("ATK")
    cell(page, "judul").press("Enter")
    expect(cell(page, "sifat").first).to_be_focused()
    page.get_by_role("button", name="Tambah baris").click()
    page.get_by_role("button", name="Tambah baris").click()
    cell(page, "baris-0-jumlah").press("Enter")
    expect(cell(page, "baris-1-jumlah")).to_be_focused()
    assert page.url.endswith(f"/tasks/{task}")
    expect(cell(page, "judul")).to_have_value("ATK")


def test_rows_are_added_copied_removed_and_brought_back(page: Page, task: int) -> None:
    page.get_by_role("button", name="Tambah baris").click()
    expect(cell(page, "baris-0-nama")).to_be_focused()
    cell(page, "baris-0-nama").fill("Kertas")
    cell(page, "baris-0-jenis").select_option("bahan")
    rows(page).first.get_by_role("button", name="Gandakan").click()
    expect(rows(page)).to_have_count(2)
    expect(cell(page, "baris-1-jenis")).to_have_value("bahan")
    cell(page, "baris-1-nama").fill("Tinta")
    rows(page).first.get_by_role("button", name="Hapus").click()
    expect(cell(page, "baris-0-nama")).to_have_value("Tinta")
    page.get_by_role("button", name="Urungkan").click()
    expect(cell(page, "baris-0-nama")).to_have_value("Kertas")
    expect(cell(page, "baris-1-nama")).to_have_value("Tinta")


def test_cells_from_a_spreadsheet_fill_and_add_rows(page: Page, task: int) -> None:
    page.get_by_role("button", name="Tambah baris").click()
    cell(page, "baris-0-nama").evaluate(
        """(field) => {
          const data = new DataTransfer();
          data.setData("text/plain", 'Kertas\\t2\\t50.000\\tBahan\\nTinta "hitam"\\t3\\t25.000\\talat\\n');
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(rows(page)).to_have_count(2)
    expect(cell(page, "baris-1-nama")).to_have_value('Tinta "hitam"')
    expect(cell(page, "baris-0-jenis")).to_have_value("bahan")
    expect(page.locator("[data-computed='jumlah_total']")).to_have_text("Rp175.000")


def test_a_file_goes_up_at_once_and_a_wrong_one_says_why_not(page: Page, task: int, tmp_path: Path) -> None:
    good, wrong = tmp_path / "edaran.pdf", tmp_path / "edaran.exe"
    good.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    wrong.write_bytes(b"MZ\x90\x00")
    cell(page, "surat").set_input_files(wrong)
    expect(page.get_by_role("alert").filter(has_text="edaran.exe")).to_be_visible()
    cell(page, "surat").and_(page.locator("[type=file]")).set_input_files(good)
    expect(page.get_by_role("link", name="edaran.pdf")).to_be_visible()
    expect(page.locator("[data-draft-state]")).to_have_text("tersimpan 09.00")
    page.reload()
    expect(page.get_by_role("link", name="edaran.pdf")).to_be_visible()
    page.get_by_role("button", name="Hapus edaran.pdf").click()
    expect(page.get_by_role("link", name="edaran.pdf")).to_have_count(0)


def test_a_rejected_form_focuses_its_first_problem(page: Page, task: int) -> None:
    cell(page, "sifat").first.check()
    page.get_by_role("button", name="Kirim ke Camat").click()
    expect(cell(page, "judul")).to_be_focused()
    expect(cell(page, "sifat").first).to_be_checked()
    cell(page, "judul").fill("ATK")
    page.get_by_role("button", name="Kirim ke Camat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Terkirim")


def test_a_case_follows_others_without_eating_what_one_types(
    shop: Shop, page: Page, context: BrowserContext, address: str
) -> None:
    case, task = shop.start()
    sign_in(shop, context, address, "kasi_pemerintahan")
    page.clock.install()
    page.goto(f"/cases/{case}")
    note = page.get_by_label("Tulis catatan")
    note.press_sequentially("Setengah kalim")
    shop.send(task, GOOD)
    with shop.database.begin(person(shop.database, "camat")) as uow:
        notes.add(uow, case, "Sudah saya baca.")
    page.clock.run_for(60_000)
    expect(page.get_by_text("Sudah saya baca.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Belanja ATK")
    expect(page.locator("[data-refresh=state]")).to_contain_text("Baca rencana")
    expect(note).to_have_value("Setengah kalim")
    expect(note).to_be_focused()


def test_a_list_waits_while_somebody_is_inside_a_form_of_it(
    shop: Shop, page: Page, context: BrowserContext, address: str
) -> None:
    _, task = shop.start()
    shop.pass_time(timedelta(minutes=30))
    sign_in(shop, context, address, "camat")
    page.clock.install()
    page.goto("/overdue")
    page.locator("summary", has_text="Tanggapi").click()
    note = page.get_by_label("Apa tindak lanjutnya?")
    note.fill("Saya tel")
    shop.send(task, GOOD)
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    expect(note).to_have_value("Saya tel")
    note.fill("")
    note.blur()
    page.clock.run_for(60_000)
    expect(page.get_by_text("Tidak ada yang terlambat")).to_be_visible()
