"""Moving running cases in a real Chromium: by keyboard alone, in batches that go on by themselves, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from engine import deployment, instances
from engine.db import Database
from engine.identity import SYSTEM
from engine.model import DefinitionRow, InstanceRow
from tests.browser import desk
from tests.conftest import ROOT
from tests.office import person
from webapp.processes.moves import BATCH

DATA = "pengumpulan_data_kinerja"
CASES = BATCH + 2


@pytest.fixture
def busy(working: Database) -> Database:
    """The small office with more running cases than fit into a batch, and a version after theirs."""
    for _ in range(CASES):
        with working.begin(person(working, "kasubag_umum")) as uow:
            instances.start(uow, DATA)
    forms = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
    xml = (ROOT / "processes" / f"{DATA}.bpmn").read_bytes().replace(b">PT5M<", b">PT25M<")
    with working.begin(SYSTEM) as uow:
        assert deployment.deploy(uow, xml, forms).new
    return working


def moved(database: Database) -> int:
    """How many cases run in the second version."""
    with database.read(SYSTEM) as uow:
        second = select(DefinitionRow.id).where(DefinitionRow.key == DATA, DefinitionRow.version == 2)
        found = select(func.count(InstanceRow.id)).where(InstanceRow.definition_id.in_(second))
        return uow.session.scalar(found) or 0


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if words in page.evaluate("() => { const e = document.activeElement; return (e.labels?.[0] ?? e).innerText }"):
            return
    raise AssertionError(f"{words!r} is not reached by keyboard")


def test_all_cases_move_by_keyboard_and_one_goes_back(busy: Database, page: Page) -> None:
    desk.sit_down(page, "Pengelola SOP")
    page.goto(f"/processes/{DATA}/versions")
    tab_to(page, "Pindahkan berkas berjalan")
    page.keyboard.press("Enter")
    expect(page.locator(".move-counts")).to_contain_text(f"{CASES} dapat pindah")
    tab_to(page, "Alasan")
    page.keyboard.type("Waktu baku diperpanjang.")
    tab_to(page, "Pindahkan berkas terpilih")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{CASES} berkas dipindahkan ke versi 2")
    assert moved(busy) == CASES
    tab_to(page, "Batalkan pemindahan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("persis seperti semula")
    assert moved(busy) == CASES - 1


def test_none_is_chosen_with_one_press(busy: Database, page: Page) -> None:
    desk.sit_down(page, "Pengelola SOP")
    page.goto(f"/processes/{DATA}/move")
    chosen = page.locator("input[name=case]:checked")
    expect(chosen).to_have_count(CASES)
    page.get_by_role("button", name="Kosongkan pilihan").click()
    expect(chosen).to_have_count(0)
    page.get_by_role("button", name="Pilih semua").click()
    expect(chosen).to_have_count(CASES)


def test_without_scripts_each_batch_is_a_press(busy: Database, new_profile: Callable[..., BrowserContext]) -> None:
    page = new_profile(scripts=False).new_page()
    desk.sit_down(page, "Pengelola SOP")
    page.goto(f"/processes/{DATA}/move")
    page.get_by_label("Alasan").fill("Waktu baku diperpanjang.")
    page.get_by_role("button", name="Pindahkan berkas terpilih").click()
    expect(page.get_by_text(f"{BATCH} dari {CASES} berkas")).to_be_visible()
    assert moved(busy) == BATCH
    page.get_by_role("button", name="Lanjutkan sekarang").click()
    expect(page.get_by_role("status")).to_contain_text(f"{CASES} berkas dipindahkan ke versi 2")
