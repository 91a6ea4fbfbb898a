"""The form builder in a real Chromium: built by keyboard, tried in the preview, published, and filled in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from engine.db import Database
from engine.drafting import designs
from forms import editing
from tests.browser import desk, drawing
from tests.office import person

LEAVE = "permohonan_cuti"
SAVED = re.compile("^Tersimpan [0-9]")


@pytest.fixture
def owner(working: Database, page: Page) -> Page:
    """The owner of both procedures, signed in."""
    desk.sit_down(page, "Pengelola SOP")
    return page


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text(SAVED)


def said(page: Page, words: str) -> None:
    """What a screen reader is told."""
    expect(page.locator("[data-voice]")).to_have_text(words)


def add(page: Page, kind: str, name: str) -> None:
    """A new field by keyboard: unfold the menu, choose the kind, type the name over the one it came with."""
    page.locator(".add-menu > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(f"^{kind}")).and_(page.locator(".kind")).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Nama di formulir")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    expect(page.locator(".is-current > .part-head .part-title")).to_have_text(name)
    saved(page)


def unfold(page: Page, group: str) -> None:
    page.locator(".setting-group > summary", has_text=group).press("Enter")


def titles(page: Page) -> list[str]:
    return page.locator("[data-place] > .part-head .part-title").all_inner_texts()


def preview(page: Page) -> Locator:
    return page.locator("[data-sheet]")


def keys(database: Database, key: str, form: str) -> list[str | None]:
    with database.read(person(database, "pengelola_sop")) as uow:
        return [part.key for part in editing.walk(editing.parts(designs.open_design(uow, key).forms[form]))]


def test_a_new_step_gets_a_form_that_is_built_by_keyboard_published_and_filled_in(
    owner: Page, working: Database
) -> None:
    owner.goto("/design/new")
    owner.get_by_label("Nama proses").fill("Pinjam Alat")
    owner.get_by_role("button", name="Mulai menggambar").click()
    drawing.ready(owner)
    step = (
        owner.locator(".djs-shape[data-element-id]").filter(has_text="Langkah pertama").get_attribute("data-element-id")
    )
    drawing.click(owner, step or "")
    panel = drawing.panel(owner)
    panel.get_by_role("button", name="Buat formulir").click()
    panel.get_by_label("Nama formulir baru").fill("Lembar pinjam")
    panel.get_by_role("button", name="Buat", exact=True).click()
    panel.get_by_role("link", name="Sunting formulir").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Lembar pinjam")
    owner.locator("[data-place='0'] .part-open").press("Enter")
    owner.get_by_role("button", name="Hapus: Catatan").press("Enter")
    expect(owner.get_by_text("Belum ada isian")).to_be_visible()

    add(owner, "Angka", "Lama pinjam")
    add(owner, "Pilihan", "Keperluan")
    for number, choice in enumerate(("Rapat", "Lainnya"), 1):
        owner.locator("[data-settings]").get_by_label(f"Pilihan {number}", exact=True).fill(choice)
    owner.get_by_label("Pilihan baru", exact=True).focus()
    saved(owner)
    add(owner, "Teks panjang", "Penjelasan")
    unfold(owner, "Tampil bila")
    owner.get_by_label("Hanya bila").press("Space")
    owner.get_by_label("Syarat 1: isian").select_option("Keperluan")
    expect(owner.get_by_text("Lengkapi syaratnya")).to_be_visible()
    owner.get_by_label("Syarat 1: nilai").select_option("Lainnya")
    saved(owner)

    expect(preview(owner).get_by_label("Penjelasan")).to_be_hidden()
    preview(owner).get_by_label("Lainnya").check()
    expect(preview(owner).get_by_label("Penjelasan")).to_be_visible()

    add(owner, "Tabel berulang", "Alat")
    owner.locator("[data-inside] [data-inside] .part-open").press("Enter")
    expect(owner.get_by_label("Nama di formulir")).to_have_value("Isian")
    owner.get_by_label("Nama di formulir").fill("Nama alat")
    add(owner, "Angka", "Jumlah")
    add(owner, "Angka", "Hari alat")
    unfold(owner, "Dihitung")
    owner.get_by_label("Dihitung dengan").fill("jumlah * lama_pinjam")
    owner.get_by_label("Dihitung dengan").blur()
    saved(owner)
    preview(owner).get_by_label("Lama pinjam").fill("3")
    preview(owner).locator("[data-row]").first.get_by_label("Jumlah").fill("4")
    expect(preview(owner).locator("[data-computed]")).to_have_text("12")

    owner.get_by_role("button", name="English").click()
    expect(preview(owner).get_by_role("button", name="Add row")).to_be_visible()

    owner.locator("[data-place='3'] > .part-head .part-open").press("Enter")
    up = owner.get_by_role("button", name="Naik: Alat")
    up.press("Enter")
    said(owner, "“Alat” dipindahkan. Kini nomor 3 dari 4 di formulir.")
    expect(up).to_be_focused()
    drag(owner, "0", "1", below=True)
    said(owner, "“Lama pinjam” dipindahkan. Kini nomor 2 dari 4 di formulir.")
    assert titles(owner) == ["Keperluan", "Lama pinjam", "Alat", "Nama alat", "Jumlah", "Hari alat", "Penjelasan"]
    owner.locator("[data-place='1'] > .part-head .part-open").press("Enter")
    owner.get_by_role("button", name="Hapus: Lama pinjam").press("Enter")
    said(owner, "“Lama pinjam” dihapus. Tombol batalkan mengembalikannya.")
    owner.keyboard.press("Control+z")
    said(owner, "Dibatalkan.")
    saved(owner)
    assert keys(working, "pinjam_alat", "lembar_pinjam") == [
        "keperluan", "lama_pinjam", "alat", "nama_alat", "jumlah", "hari_alat", "penjelasan"
    ]  # fmt: skip

    owner.get_by_role("link", name="Kembali ke rancangan").click()
    drawing.ready(owner)
    drawing.publish(owner, "Prosedur baru")
    expect(owner.get_by_text(re.compile("Versi 1 .* mulai berlaku"))).to_be_visible()
    owner.get_by_role("button", name=re.compile("^Mulai")).first.click()
    owner.get_by_label("Rapat").check()
    owner.get_by_label("Lama pinjam").fill("2")
    expect(owner.get_by_label("Penjelasan")).to_be_hidden()
    row = desk.row(owner, 1)
    row.get_by_label("Nama alat").fill("Proyektor")
    row.get_by_label("Jumlah").fill("5")
    expect(row.locator("[data-computed]")).to_have_text("10")
    owner.locator("[data-send]").click()
    expect(owner).to_have_url(re.compile("/sent$"))


def drag(page: Page, one: str, other: str, *, below: bool) -> None:
    """Take a field by its handle to another, above or below it."""
    x, y, to_x, to_y = way(page, one, other, below=below)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()


def drag_by_finger(page: Page, one: str, other: str, *, below: bool) -> None:
    """The same on a touch screen."""
    x, y, to_x, to_y = way(page, one, other, below=below)
    finger = page.context.new_cdp_session(page)
    for kind, *at in (("touchStart", x, y), ("touchMove", x, y + 9), ("touchMove", to_x, to_y), ("touchEnd",)):
        points = [{"x": at[0], "y": at[1]}] if at else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def way(page: Page, one: str, other: str, *, below: bool) -> tuple[float, float, float, float]:
    """From the handle of a field to above or below another."""
    grip = page.locator(f"[data-place='{one}'] > .part-head [data-grip]")
    target = page.locator(f"[data-place='{other}'] > .part-head")
    grip.scroll_into_view_if_needed()
    begin, end = grip.bounding_box(), target.bounding_box()
    assert begin and end
    return begin["x"] + 8, begin["y"] + 20, end["x"] + 80, end["y"] + end["height"] * (0.8 if below else 0.2)


def test_fields_are_dragged_by_finger_into_rows_and_out_of_them(
    working: Database, new_profile: Callable[..., BrowserContext]
) -> None:
    page = new_profile(phone=True).new_page()
    desk.sit_down(page, "Pengelola SOP")
    page.goto(f"/design/{LEAVE}/forms")
    page.get_by_label("Nama formulir").fill("Lembar Barang")
    page.get_by_role("button", name="Mulai formulir").click()
    add(page, "Teks pendek", "Perihal")
    add(page, "Tabel berulang", "Barang")
    page.locator("[data-place='1'] > .part-head .part-open").tap()
    expect(page.get_by_label("Nama di formulir")).to_have_count(0)
    drag_by_finger(page, "0", "1.0", below=True)
    said(page, "“Perihal” dipindahkan. Kini nomor 2 dari 2 di dalam “Barang”.")
    expect(page.get_by_label("Nama di formulir")).to_have_count(0)
    page.locator("[data-place='0.1'] .part-open").click()
    expect(page.get_by_label("Nama di formulir")).to_have_value("Perihal")
    drag_by_finger(page, "0.0", "0", below=False)
    said(page, "“Isian” dipindahkan. Kini nomor 1 dari 2 di formulir.")
    expect(page.get_by_label("Nama di formulir")).to_have_value("Perihal")
    assert titles(page) == ["Isian", "Barang", "Perihal"]
    page.get_by_role("button", name="Keluar dari kelompok: Perihal").click()
    expect(page.get_by_role("alert")).to_have_text("Barang: Tabel berulang memerlukan paling sedikit satu isian.")
    assert titles(page) == ["Isian", "Barang", "Perihal"]


def test_the_focus_stays_where_the_person_was_through_every_round_trip(owner: Page) -> None:
    owner.goto(f"/design/{LEAVE}/forms/pertimbangan_cuti")
    chosen = owner.locator("[data-place='1'] > .part-head .part-open")
    chosen.press("Enter")
    expect(owner.get_by_label("Nama di formulir")).to_have_value("Pertimbangan")
    expect(chosen).to_be_focused()
    owner.get_by_role("button", name="Turun: Disetujui", exact=True).press("Enter")
    expect(owner.get_by_role("button", name="Turun: Disetujui", exact=True)).to_be_focused()
    owner.get_by_label("Pilihan baru", exact=True).press_sequentially("Ditunda")
    owner.keyboard.press("Tab")
    expect(owner.get_by_role("button", name="Hapus: Ditunda", exact=True)).to_be_visible()
    expect(owner.get_by_label("Pilihan 4 di dalam data")).to_be_focused()
    unfold(owner, "Tampil bila")
    owner.get_by_label("Hanya bila").press("Space")
    owner.get_by_label("Syarat 1: isian").select_option("Lama cuti")
    owner.get_by_role("button", name="Hapus syarat 1").press("Enter")
    expect(owner.get_by_label("Syarat 1: isian")).to_be_focused()
    chosen.press("Enter")
    expect(owner.get_by_label("Nama di formulir")).to_have_count(0)
    expect(chosen).to_be_focused()
    last = owner.locator("[data-place='2'] > .part-head .part-open")
    last.press("Enter")
    owner.locator("[data-place='2'] [name=_remove]").press("Enter")
    expect(chosen).to_be_focused()


def test_the_list_of_forms_is_worked_by_mouse(owner: Page) -> None:
    address = f"/design/{LEAVE}/forms"
    owner.goto(address)
    owner.get_by_label("Nama formulir").fill("Lembar Catatan")
    owner.get_by_role("button", name="Mulai formulir").click()
    owner.get_by_role("link", name="Formulir Permohonan Cuti").click()
    expect(owner).to_have_url(re.compile(f"{address}$"))
    row = owner.get_by_role("listitem").filter(has_text="Lembar Catatan")
    row.get_by_role("link", name="Sunting").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Lembar Catatan")
    owner.go_back()
    owner.once("dialog", lambda question: question.accept())
    row.get_by_role("button", name="Hapus").click()
    expect(owner.get_by_text("“Lembar Catatan” sudah tidak ada di draf Anda.")).to_be_visible()
    expect(row).to_have_count(0)


def test_what_is_typed_without_a_connection_is_saved_when_it_is_back(owner: Page, working: Database) -> None:
    owner.goto(f"/design/{LEAVE}/forms/{LEAVE}?at=0.0")
    owner.context.set_offline(True)
    owner.get_by_label("Nama di formulir").fill("Nama lengkap pegawai")
    owner.get_by_label("Petunjuk", exact=True).focus()
    expect(owner.locator("[data-status]")).to_contain_text("Sambungan terputus")
    owner.get_by_label("Petunjuk", exact=True).fill("Dengan gelar")
    owner.context.set_offline(False)
    saved(owner)
    owner.reload()
    expect(owner.get_by_label("Nama di formulir")).to_have_value("Nama lengkap pegawai")
    expect(owner.get_by_label("Petunjuk", exact=True)).to_have_value("Dengan gelar")


def test_two_windows_never_overwrite_each_other_unasked(owner: Page, working: Database) -> None:
    address = f"/design/{LEAVE}/forms/{LEAVE}?at=0.0"
    owner.goto(address)
    other = owner.context.new_page()
    other.goto(address)
    owner.get_by_label("Petunjuk", exact=True).fill("Tanpa gelar")
    owner.get_by_label("Petunjuk", exact=True).blur()
    saved(owner)
    other.get_by_label("Nama di formulir").fill("Nama lengkap")
    other.get_by_label("Nama di formulir").blur()
    expect(other.get_by_text("disimpan dari jendela lain")).to_be_visible()
    expect(other.get_by_label("Nama di formulir")).to_have_value("Nama lengkap")
    expect(preview(other)).to_contain_text("Tanpa gelar")
    other.get_by_role("button", name="Pakai yang saya ketik").click()
    saved(other)
    owner.reload()
    expect(owner.get_by_label("Nama di formulir")).to_have_value("Nama lengkap")
    expect(preview(owner)).to_contain_text("Tanpa gelar")


def test_a_form_is_built_without_a_script(working: Database, new_profile: Callable[..., BrowserContext]) -> None:
    page = new_profile(scripts=False).new_page()
    desk.sit_down(page, "Pengelola SOP")
    page.goto(f"/design/{LEAVE}/forms")
    page.get_by_label("Nama formulir").fill("Lembar Catatan")
    page.get_by_role("button", name="Mulai formulir").click()
    page.get_by_text("Tambah isian").click()
    page.get_by_role("button", name=re.compile("^Teks pendek")).click()
    page.get_by_label("Nama di formulir").fill("Perihal")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(preview(page).get_by_label("Perihal")).to_be_visible()
    page.get_by_role("button", name="Gandakan: Perihal").click()
    page.get_by_role("button", name="Naik: Perihal").click()
    expect(page.get_by_text("Kini nomor 1 dari 2")).to_be_visible()
    assert keys(working, LEAVE, "lembar_catatan") == ["perihal_2", "perihal"]
