"""The first procedure from the letter to its delivery, by the hands of all its people, with every step late."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from engine.db import Database
from engine.worker import Worker
from tests.browser import desk
from tests.journeys.procedure import (
    CHECK,
    CONTRIBUTE,
    DELIVER,
    DIVIDE,
    FORWARD,
    MERGE,
    NOTE,
    REGISTER,
    STEPS,
    TOLD,
    WRITE,
)
from tests.office import ADMINISTRATOR, PASSWORD

UNITS = ("Kasi Pemerintahan", "Lurah Jogoyudan", "Kasi Pelayanan Umum", "Lurah Ditotrunan")
RETURNED = UNITS[2:]
TITLE = "Data Kinerja TW I 2026"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

NewPerson = Callable[[str], Page]


@pytest.fixture
def person(new_profile: Callable[[], BrowserContext]) -> NewPerson:
    """`person("Camat")`: a browser of their own, in which they have chosen their role."""
    pages: dict[str, Page] = {}

    def find(position: str) -> Page:
        if position not in pages:
            pages[position] = new_profile().new_page()
            if position == "Administrator":
                desk.sign_in(pages[position], ADMINISTRATOR, PASSWORD)
            else:
                desk.sit_down(pages[position], position)
        return pages[position]

    return find


def test_the_procedure_is_walked_by_its_people_with_every_step_late(working: Database, person: NewPerson) -> None:
    worker = Worker(working)
    worker.run_once()
    registrar, secretary, head = person("Kasubag Umum dan Kepegawaian"), person("Sekretaris Kecamatan"), person("Camat")
    finance, units, administrator = person("Kasubag Keuangan"), person(UNITS[0]), person("Administrator")

    def overdue(activity: str) -> None:
        """The administrator moves the clock to the next deadline: one alert, at the right desks."""
        administrator.goto("/settings/clock")
        administrator.get_by_role("button", name="Sampai tenggat berikutnya").click()
        expect(administrator.get_by_role("status").filter(has_text="Sekarang")).to_be_visible()
        assert worker.run_once() == 1
        for name in TOLD[activity]:
            assert_told(person(name), STEPS[activity], TOLD[activity])

    registrar.get_by_role("link", name="Proses", exact=True).click()
    registrar.get_by_role("link", name="Pengumpulan Data Kinerja", exact=True).click()
    registrar.get_by_role("button", name="Mulai berkas").click()
    expect(registrar.get_by_role("heading", level=1)).to_have_text(REGISTER)
    overdue("terima_permintaan")
    desk.fill_letter(registrar)
    registrar.get_by_label("Surat edaran").set_input_files(
        {"name": "surat edaran.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(registrar.get_by_role("link", name="surat edaran.pdf")).to_be_visible()
    desk.send(registrar, "Kirim ke Sekretaris Kecamatan")
    expect(registrar.get_by_role("main")).to_contain_text("Sekretaris Kecamatan")

    overdue("teruskan_surat")
    desk.open_task(secretary, FORWARD)
    expect(secretary.get_by_role("link", name="surat edaran.pdf").first).to_be_visible()
    secretary.get_by_label("Catatan untuk Camat").fill("Mohon arahan.")
    desk.send(secretary, "Teruskan ke Camat")

    overdue("disposisi")
    desk.open_task(head, DIVIDE)
    head.get_by_label("Isi disposisi", exact=True).fill("Kumpulkan data kinerja triwulan I.")
    head.get_by_label("Proses lebih lanjut").check()
    ask_only(head, UNITS)
    desk.send(head, "Disposisikan ke Kasubag Keuangan")

    contribute(units, achieved="48")
    overdue("siapkan_data")
    for unit in UNITS[1:]:
        desk.change_role(units, unit)
        contribute(units, achieved="" if unit in RETURNED else "45")
    desk.open_task(finance, MERGE)
    expect(finance.get_by_role("main").get_by_text("Terkirim", exact=True)).to_have_count(4)
    desk.send(finance, "Kirim untuk diperiksa")

    overdue("periksa_kelengkapan")
    desk.open_task(secretary, CHECK)
    for unit in UNITS:
        check(secretary, unit, complete=unit not in RETURNED)
    desk.send(secretary, "Kirim hasil pemeriksaan")

    for unit in UNITS[:2]:
        desk.change_role(units, unit)
        expect(units.get_by_role("main")).to_contain_text("Tidak ada tugas.")
    for unit in RETURNED:
        desk.change_role(units, unit)
        desk.open_task(units, CONTRIBUTE)
        expect(units.get_by_role("main")).to_contain_text(NOTE)
        expect(units.get_by_label("Target triwulan", exact=True)).to_have_value("50")
        units.get_by_label("Realisasi triwulan", exact=True).fill("46")
        desk.send(units, "Kirim ke Kasubag Keuangan")
    desk.open_task(finance, MERGE)
    desk.send(finance, "Kirim untuk diperiksa")
    desk.open_task(secretary, CHECK)
    for unit in UNITS:
        check(secretary, unit, complete=True)
    desk.send(secretary, "Kirim hasil pemeriksaan")

    overdue("susun_dokumen")
    desk.open_task(finance, WRITE)
    finance.get_by_label("Dokumen pengukuran kinerja sudah diperiksa").check()
    finance.get_by_label("Tautan", exact=True).check()
    finance.get_by_label("Tautan draf laporan", exact=True).fill("https://arsip.example.go.id/lkjip-2026")
    desk.send(finance, "Lanjutkan ke penyampaian")

    overdue("sampaikan_dokumen")
    desk.open_task(finance, DELIVER)
    finance.get_by_label("Nomor surat pengantar", exact=True).fill("005/231/427.95/2026")
    finance.get_by_label("Diantar langsung").check()
    finance.get_by_label("Nama penerima").fill("Loket Bappeda")
    desk.send(finance, "Sampaikan ke Bappeda")
    expect(finance.get_by_role("heading", level=1)).to_have_text("Berkas selesai")
    finance.get_by_role("link", name=TITLE).click()
    expect(finance.locator(".page-head")).to_contain_text("Selesai")

    assert worker.run_once() == 0
    assert_each_alert_came_once(person)


def contribute(page: Page, *, achieved: str) -> None:
    desk.open_task(page, CONTRIBUTE)
    desk.fill_indicator(desk.row(page, 1), achieved=achieved)
    desk.send(page, "Kirim ke Kasubag Keuangan")


def ask_only(page: Page, units: tuple[str, ...]) -> None:
    """Remove every other unit from the division of tasks."""
    for number in range(page.locator("[data-row]").count(), 0, -1):
        chosen = desk.row(page, number).get_by_label("Unit", exact=True)
        if chosen.evaluate("list => list.selectedOptions[0].text") not in units:
            desk.row(page, number).get_by_role("button", name=f"Hapus baris {number}", exact=True).click()
    expect(page.locator("[data-row]")).to_have_count(len(units))


def check(page: Page, unit: str, *, complete: bool) -> None:
    about = page.locator("[data-row]").filter(has_text=unit)
    about.get_by_label("Lengkap" if complete else "Kembalikan", exact=True).check()
    if not complete:
        about.get_by_label("Catatan", exact=True).fill(NOTE)


def assert_told(page: Page, step: str, told: set[str]) -> None:
    """The page of what is late names the step once, and says who else was told."""
    page.goto("/overdue")
    alert = page.get_by_role("article", name=step, exact=True)
    expect(alert).to_have_count(1)
    for name in told:
        expect(alert).to_contain_text(name)


def assert_each_alert_came_once(person: NewPerson) -> None:
    """Every supervisor finds what was late below them, closed and each once; nobody finds anything open."""
    for name in ("Sekretaris Kecamatan", "Camat", "Pengelola SOP", "Kasubag Keuangan", "Kasubag Umum dan Kepegawaian"):
        page = person(name)
        page.goto("/overdue")
        expect(page.get_by_role("article")).to_have_count(0)
        page.get_by_role("link", name="Ditutup").click()
        expect(page.get_by_role("link", name="Ditutup")).to_have_attribute("aria-current", "page")
        titles = page.get_by_role("article").get_by_role("heading").all_inner_texts()
        assert sorted(titles) == sorted(STEPS[activity] for activity, told in TOLD.items() if name in told), name
        expect(page.get_by_text("tenggat hari ini")).to_have_count(0)
    page = person("Administrator")
    page.goto("/overdue?state=closed")
    expect(page.get_by_role("article", name=STEPS["disposisi"], exact=True)).to_have_count(1)
