"""A form in two windows, and one whose session ends: the page says what is kept and what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from engine.db import Database
from tests.browser import desk, gallery
from tests.journeys.procedure import REGISTER


@pytest.fixture
def letter(working: Database, page: Page) -> Page:
    """The first form of a fresh case, before the Kasubag Umum."""
    gallery.start(working, gallery.DATA, by="kasubag_umum")
    desk.sit_down(page, "Kasubag Umum dan Kepegawaian")
    desk.open_task(page, REGISTER)
    return page


def test_an_older_window_asks_which_draft_counts(letter: Page) -> None:
    newer = letter.context.new_page()
    newer.goto(letter.url)
    newer.get_by_label("Nomor surat", exact=True).fill("dari jendela kedua")
    desk.saved(newer)
    letter.get_by_label("Nomor surat", exact=True).fill("dari jendela pertama")
    expect(letter.get_by_text("tersimpan di jendela lain")).to_be_visible()
    newer.reload()
    expect(newer.get_by_label("Nomor surat", exact=True)).to_have_value("dari jendela kedua")
    letter.get_by_role("button", name="Pakai yang ini").click()
    desk.saved(letter)
    newer.reload()
    expect(newer.get_by_label("Nomor surat", exact=True)).to_have_value("dari jendela pertama")
    newer.close()


def test_after_a_sign_in_in_another_window_what_was_typed_is_saved(letter: Page) -> None:
    kept = letter.context.cookies()
    letter.context.clear_cookies()
    letter.get_by_label("Nomor surat", exact=True).fill("diketik sesudah sesi berakhir")
    expect(letter.get_by_text("Sesi Anda telah berakhir")).to_be_visible()
    expect(letter.get_by_label("Nomor surat", exact=True)).to_have_value("diketik sesudah sesi berakhir")
    assert kept
    other = letter.context.new_page()
    desk.sit_down(other, "Kasubag Umum dan Kepegawaian")
    desk.saved(letter)
    other.goto(letter.url)
    expect(other.get_by_label("Nomor surat", exact=True)).to_have_value("diketik sesudah sesi berakhir")
    letter.get_by_role("button", name="Kirim ke Sekretaris Kecamatan").click()
    expect(letter.get_by_role("alert").first).to_contain_text("isian")
    other.close()
