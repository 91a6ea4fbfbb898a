"""An owner's story: the running procedure is changed in the browser, a new case follows it, the old one is moved."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from engine import cases, definitions, instances, task_page, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from tests import answers
from tests.browser import desk, drawing
from tests.conftest import WIB
from tests.durability.furnished import PROCESS, STEPS, open_task, send
from tests.office import person

UNIT = answers.UNITS[1]
DUE_BEFORE = datetime(2026, 3, 16, 9, 0, tzinfo=WIB)  # four working days from Tuesday 10 March
DUE_AFTER = datetime(2026, 3, 17, 9, 0, tzinfo=WIB)


def begin(database: Database, steps: int) -> int:
    with database.begin(person(database, "kasubag_umum")) as uow:
        case = instances.start(uow, PROCESS).instance_id
    for step in STEPS[:steps]:
        send(database, case, *step)
    return case


def due(database: Database, case: int) -> datetime | None:
    """When the unit's task is due, as its person sees it."""
    with database.read(person(database, UNIT)) as uow:
        return task_page.get(uow, open_task(database, case, "isi_data_unit", UNIT)).task.due_at


def test_a_change_is_drawn_published_and_followed_by_the_case_that_runs(
    working: Database, page: Page, clock: SetClock
) -> None:
    old = begin(working, 3)
    typed = answers.unit_data(UNIT, done="41")
    with working.begin(person(working, UNIT)) as uow:
        tasks.save_draft(uow, open_task(working, old, "isi_data_unit", UNIT), typed)
    assert due(working, old) == DUE_BEFORE

    desk.sit_down(page, "Pengelola SOP")
    drawing.open_modeler(page, PROCESS)
    drawing.click(page, "siapkan_data")
    drawing.standard_time(page, 5)
    drawing.find(page, "Melakukan persiapan")
    panel = drawing.panel(page)
    panel.get_by_role("button", name="Sisipkan langkah").click()
    panel.get_by_label("Nama", exact=True).fill("Memeriksa dokumen terakhir kali")
    panel.get_by_role("button", name="Buat formulir").click()
    panel.get_by_label("Nama formulir baru").fill("Lembar periksa akhir")
    panel.get_by_role("button", name="Buat", exact=True).click()
    drawing.kept(page)
    page.get_by_role("button", name="Terbitkan", exact=True).click()
    told = page.get_by_role("dialog").get_by_role("region", name="Yang berubah sejak versi 1")
    expect(told).to_contain_text(re.compile("Langkah 4 .* waktu baku .*4 .*5 hari kerja"))
    expect(told).to_contain_text(re.compile("Tugas Memeriksa dokumen terakhir kali: .*setelah “Melakukan persiapan"))
    expect(page.get_by_role("dialog").get_by_label("Alasan")).to_be_focused()
    page.keyboard.press("Escape")
    drawing.publish(page, "Kelurahan memerlukan lima hari")
    told = page.get_by_role("status").filter(has_text=re.compile("Versi 2 .* mulai berlaku"))
    expect(told.get_by_role("link", name="Pindahkan berkas berjalan")).to_be_visible()

    with working.read(SYSTEM) as uow:
        row = definitions.row_of(uow, PROCESS)
        assert (row.version, row.reason) == (2, "Kelurahan memerlukan lima hari")

    # A new case has the new time, the old one is untouched.
    assert due(working, begin(working, 3)) == DUE_AFTER
    assert due(working, old) == DUE_BEFORE

    # Moved on the next day, its deadline still counts from when the step began.
    clock.advance(timedelta(days=1))
    desk.sit_down(page, "Pengelola SOP")
    page.goto(f"/processes/{PROCESS}/move")
    expect(page.locator(".move-counts")).to_contain_text("1 dapat pindah")
    page.get_by_label("Alasan").fill("Waktu baku diperpanjang.")
    page.get_by_role("button", name="Pindahkan berkas terpilih").click()
    expect(page.get_by_role("status")).to_contain_text("1 berkas dipindahkan ke versi 2")
    assert due(working, old) == DUE_AFTER
    with working.read(person(working, UNIT)) as uow:
        kept = task_page.get(uow, open_task(working, old, "isi_data_unit", UNIT)).raw
    assert kept["indikator"][0]["realisasi_triwulan"] == "41"

    # And it runs to its end, through the step that was put in.
    for step in STEPS[3:-1]:
        send(working, old, *step)
    with working.read(person(working, "kasubag_keuangan")) as uow:
        (token,) = cases.get(uow, old).tokens
    assert send(working, old, token, "kasubag_keuangan", {"catatan": "Lengkap."}).next
    assert send(working, old, *STEPS[-1]).ended
