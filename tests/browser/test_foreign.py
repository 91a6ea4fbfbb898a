"""A file from another program down to a case that runs: everything it takes is a button of the problem list."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from engine import cases
from engine.db import Database
from tests.browser import desk, drawing
from tests.office import ADMINISTRATOR, PASSWORD, person

HERE = Path(__file__).parent


def open_file(page: Page, name: str) -> None:
    """Choose a file, take the name and key that are proposed."""
    page.goto("/design")
    page.get_by_label("Berkas BPMN").set_input_files(HERE / name)
    page.get_by_role("button", name="Buka sebagai draf").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Berkas ini menjadi proses apa?")


def mend(page: Page, button: str, *, times: int = 1) -> None:
    """Press a button of the problem list, and wait for what it was about to be gone."""
    for _ in range(times):
        fix = page.locator("[data-part=problems] .button-small", has_text=button)
        expect(fix.first).to_be_visible()
        left = fix.count()
        fix.first.click()
        expect(fix).to_have_count(left - 1)


def test_pools_of_untyped_steps_become_a_case_that_is_completed(working: Database, page: Page) -> None:
    desk.sign_in(page, ADMINISTRATOR, PASSWORD)
    open_file(page, "pools.bpmn")
    page.get_by_role("button", name="Buka sebagai draf").click()
    drawing.ready(page)
    page.get_by_role("button", name="Jalankan kolam “Kecamatan”").click()
    mend(page, "Mulai dari “Terima permohonan”")
    expect(page.locator("[data-part=problems] .button-small", has_text=re.compile(r"^\s*$"))).to_have_count(0)
    mend(page, "Pilih salah satu")
    mend(page, "Ganti menjadi langkah dikerjakan orang")
    mend(page, "Selesai di sini")
    mend(page, "Buat formulir", times=3)
    mend(page, "Tanyakan “jumlah” di formulir “Periksa lokasi”")
    mend(page, "Buat jabatan “Petugas Loket”")
    mend(page, "Buat jabatan “Kasi Trantib”")
    expect(drawing.summary(page)).to_have_text("1 perlu dilihat")
    drawing.kept(page)
    process = drawing.draft(working, "izin_keramaian", by=ADMINISTRATOR)
    (gateway,) = [node for node in process.nodes.values() if node.kind == "exclusiveGateway"]
    leaving = {process.flows[id].name: process.flows[id] for id in gateway.outgoing}
    assert (leaving["kecil"].condition, leaving["besar"].default) == ("jumlah <= 500", True)

    drawing.publish(page, "Dari penggambar lain")
    page.get_by_role("button", name="Mulai berkas").click()
    desk.send(page, "Kirim")
    page.get_by_role("link", name="Lanjutkan").click()
    page.get_by_label("Jumlah").fill("800")
    desk.send(page, "Kirim")
    expect(page.get_by_role("main")).to_contain_text("Beri tahu Polsek")
    page.get_by_role("link", name="Lanjutkan").click()
    desk.send(page, "Kirim")
    with working.read(person(working, ADMINISTRATOR)) as uow:
        assert [(case.title, case.state) for case in cases.listing(uow, state="completed").items] == [
            ("Izin keramaian", "completed")
        ]


def test_conditions_of_other_languages_are_written_anew_at_one_press(working: Database, page: Page) -> None:
    desk.sit_down(page, "Pengelola SOP")
    open_file(page, "feel.bpmn")
    page.get_by_label("Nama proses baru").fill("Bantuan usaha")
    page.get_by_role("button", name="Buka sebagai draf").click()
    drawing.ready(page)
    mend(page, 'Tulis jumlah > 10 and jenis == "usaha"')
    mend(page, 'Tulis jumlah <= 10 or jenis != "usaha"')
    mend(page, "Buat formulir", times=2)
    for name in ("jumlah", "jenis"):
        page.get_by_role("button", name=f"Tanyakan “{name}”").first.click()
        expect(page.get_by_role("button", name=f"Tanyakan “{name}”")).to_have_count(0)
    mend(page, "Jadikan Pengelola SOP pemilik")
    page.get_by_role("button", name="Gambar kolam di sekelilingnya").first.click()
    drawing.panel(page).get_by_label("Lajur milik").select_option("Camat")
    expect(drawing.summary(page)).to_have_text("1 perlu dilihat")
    drawing.kept(page)
    process = drawing.draft(working, "bantuan_usaha")
    said = {flow.name: flow.condition for flow in process.flows.values() if flow.condition}
    assert said == {"besar": 'jumlah > 10 and jenis == "usaha"', "kecil": 'jumlah <= 10 or jenis != "usaha"'}
    assert process.owners == ("pengelola_sop",)
    drawing.publish(page, "Dari penggambar lain")
    expect(page.get_by_text(re.compile("Versi 1 .* mulai berlaku"))).to_be_visible()
