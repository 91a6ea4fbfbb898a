"""What a person does at a desk: sit down in a role, open a task, send it. Everything found by the words on the page."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def sit_down(page: Page, position: str) -> None:
    """Choose a position on the first page of the demo."""
    page.goto("/")
    _choose(page, position)


def sign_in(page: Page, username: str, password: str) -> None:
    """With a password, as those do who are not invented."""
    page.goto("/")
    page.get_by_text("Masuk dengan nama pengguna dan kata sandi").click()
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tugas")


def change_role(page: Page, position: str) -> None:
    """Choose another position from the menu."""
    page.locator("summary").filter(has_text="Menu").click()
    page.get_by_role("link", name="Ganti peran").click()
    _choose(page, position)


def _choose(page: Page, position: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{position}\\b")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tugas")


def open_task(page: Page, step: str) -> None:
    """From the list of one's own tasks."""
    page.get_by_role("link", name=re.compile("^Tugas"), exact=False).first.click()
    page.get_by_role("link", name=step, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(step)


def send(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page).to_have_url(re.compile("/sent$"))


def saved(page: Page) -> None:
    """Wait until the form says that it has been kept."""
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile("^tersimpan"))


def row(page: Page, number: int) -> Locator:
    """One of the repeating rows, counted from 1."""
    return page.locator("[data-row]").nth(number - 1)


def fill_indicator(row: Locator, *, achieved: str, indicator: str = "Indeks kepuasan masyarakat") -> None:
    row.get_by_label("Sasaran", exact=True).fill("Meningkatnya kualitas pelayanan")
    row.get_by_label("Indikator", exact=True).fill(indicator)
    row.get_by_label("Satuan", exact=True).fill("Nilai")
    row.get_by_label("Arah", exact=True).select_option("Positif (makin tinggi makin baik)")
    row.get_by_label("Agregasi", exact=True).select_option("Nilai akhir (triwulan terakhir)")
    row.get_by_label("Target tahunan", exact=True).fill("90")
    row.get_by_label("Target triwulan", exact=True).fill("50")
    row.get_by_label("Realisasi triwulan", exact=True).fill(achieved)


def fill_letter(page: Page, number: str = "000.8.6/512/427.75/2026", quarter: str = "Triwulan I") -> None:
    """The first form, without its files."""
    page.get_by_label("Nomor surat", exact=True).fill(number)
    page.get_by_label("Tanggal surat", exact=True).fill("2026-03-09")
    page.get_by_label("Perihal", exact=True).fill("Permintaan data kinerja triwulan I")
    page.get_by_label("Segera", exact=True).check()
    page.get_by_label("Triwulan", exact=True).select_option(quarter)
