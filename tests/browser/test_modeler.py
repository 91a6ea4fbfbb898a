"""The modeler in a real Chromium: what is drawn is what is kept, published and run; nothing of a file is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from lxml import etree
from playwright.sync_api import BrowserContext, Locator, Page, expect

from engine import definitions
from engine.db import Database
from engine.diagram import read
from engine.drafting import designs
from engine.identity import SYSTEM
from tests.browser import desk, drawing
from tests.browser.readable import serious, shade
from tests.browser.stage import SCHEMES
from tests.browser.test_pages import TOO_WIDE
from tests.conftest import ROOT
from tests.office import ADMINISTRATOR, PASSWORD, person

DATA = "pengumpulan_data_kinerja"
LEAVE = "permohonan_cuti"
DIAGRAMS = [*sorted((ROOT / "processes").glob("*.bpmn")), ROOT / "tests" / "browser" / "foreign.bpmn"]


@pytest.fixture
def owner(working: Database, page: Page) -> Page:
    """The owner of both procedures, signed in."""
    desk.sit_down(page, "Pengelola SOP")
    return page


def test_nothing_of_a_file_is_lost_by_opening_and_saving_it(owner: Page) -> None:
    drawing.open_modeler(owner, LEAVE)
    for path in DIAGRAMS:
        saved = owner.evaluate(
            """async (xml) => {
                const { modeler } = window.alurModeler;
                const { warnings } = await modeler.importXML(xml);
                const { xml: again } = await modeler.saveXML({ format: true });
                return [again, warnings.map((one) => one.message)];
            }""",
            path.read_text("utf-8"),
        )
        assert saved[1] == [], path.name
        assert drawing.essence(saved[0].encode()) == drawing.essence(path.read_bytes()), path.name
        assert sorted(drawing.colours(saved[0].encode())) == sorted(drawing.colours(path.read_bytes())), path.name


def test_the_standard_time_in_the_panel_is_the_timer_in_the_diagram(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    drawing.click(owner, "siapkan_data")
    drawing.standard_time(owner, 5)
    drawing.kept(owner)
    changed = drawing.draft(working, DATA).nodes["siapkan_data"].deadline
    assert changed and (changed.text, changed.name, changed.id) == ("P5D", "5 hari", "batas_siapkan_data")

    drawing.panel(owner).get_by_role("button", name="Hapus waktu baku").click()
    expect(owner.locator('[data-element-id="peringatan_siapkan_data"]')).to_have_count(0)
    drawing.panel(owner).get_by_label("Satuan", exact=True).select_option("jam")
    drawing.standard_time(owner, -6)
    expect(drawing.panel(owner).get_by_role("alert")).to_contain_text("Angka bulat")
    drawing.standard_time(owner, 6)
    drawing.kept(owner)
    process = drawing.draft(working, DATA)
    made = process.nodes["siapkan_data"].deadline
    assert made and (made.text, made.interrupting) == ("PT6H", False)
    alert = process.flows[process.nodes[made.id].outgoing[0]].target
    assert process.nodes[alert].kind == "endEvent"
    assert process.nodes[alert].lane == "Kasubag Keuangan"

    for left in (None, "P5D", "P4D"):  # every edit is one step of undo, whatever it drew
        owner.get_by_role("button", name="Urungkan").click()
        drawing.kept(owner)
        found = drawing.draft(working, DATA).nodes["siapkan_data"].deadline
        assert (found and found.text) == left


def test_a_text_still_being_typed_belongs_to_its_element(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, LEAVE)
    drawing.click(owner, "catat_permohonan")
    drawing.panel(owner).get_by_label("Tulisan pada tombol kirim").fill("Kirim sekarang")
    drawing.click(owner, "putuskan_cuti")
    expect(drawing.panel(owner).get_by_label("Tulisan pada tombol kirim")).not_to_have_value("Kirim sekarang")
    drawing.kept(owner)
    nodes = drawing.draft(working, LEAVE).nodes
    assert nodes["catat_permohonan"].action == "Kirim sekarang"
    assert nodes["putuskan_cuti"].action != "Kirim sekarang"


def test_a_new_process_gets_a_second_step_with_a_form_of_its_own(owner: Page, working: Database) -> None:
    owner.goto("/design/new")
    owner.get_by_label("Nama proses").fill("Surat Keterangan")
    owner.get_by_role("button", name="Mulai menggambar").click()
    drawing.ready(owner)
    assert owner.url.endswith("/design/surat_keterangan")
    flow = owner.locator('[data-element-id="task_end"]').bounding_box()
    tool = owner.locator(".djs-palette [data-action='create.task']").bounding_box()
    assert flow and tool
    owner.mouse.move(tool["x"] + 20, tool["y"] + 20)
    owner.mouse.down()
    owner.mouse.move(flow["x"] + flow["width"] / 2 - 20, flow["y"] + flow["height"] / 2, steps=5)
    owner.mouse.move(flow["x"] + flow["width"] / 2, flow["y"] + flow["height"] / 2, steps=5)
    owner.mouse.up()
    expect(owner.locator(".djs-direct-editing-content")).to_be_focused()
    owner.keyboard.type("Periksa berkas")
    owner.keyboard.press("Enter")
    panel = drawing.panel(owner)
    panel.get_by_role("button", name="Buat formulir").click()
    panel.get_by_label("Nama formulir baru").fill("Lembar periksa")
    panel.get_by_role("button", name="Buat", exact=True).click()
    expect(panel.get_by_label("Formulir", exact=True)).to_have_value("lembar_periksa")
    drawing.standard_time(owner, 2)
    drawing.kept(owner)
    drawing.publish(owner, "Prosedur baru")
    told = owner.get_by_text(re.compile("Versi 1 .* mulai berlaku"))
    expect(told).to_be_visible()
    expect(told).not_to_contain_text("sedang berjalan")
    with working.read(SYSTEM) as uow:
        row = definitions.row_of(uow, "surat_keterangan")
        process = read.read(row.xml).process
        step = next(node for node in process.nodes.values() if node.name == "Periksa berkas")
        assert (step.kind, step.form_key, step.lane) == ("userTask", "lembar_periksa", "Pengelola SOP")
        assert step.deadline and step.deadline.text == "P2D"
        assert definitions.form_of(uow, row.id, "lembar_periksa").name == "Lembar periksa"


def test_a_step_is_put_before_the_delivery_by_keyboard_and_taken_back_by_one_undo(
    owner: Page, working: Database
) -> None:
    drawing.open_modeler(owner, DATA)
    drawing.find(owner, "Melakukan persiapan")
    drawing.panel(owner).get_by_role("button", name="Sisipkan langkah").press("Enter")
    name = drawing.panel(owner).get_by_label("Nama", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_value("Langkah baru")
    seen = """(node) => {
        const [field, heading] = [node, node.closest(".bio-properties-panel-group").firstChild];
        return field.getBoundingClientRect().top >= heading.getBoundingClientRect().bottom;
    }"""
    assert name.evaluate(seen), "the field to type in lies under the heading of its group"
    drawing.kept(owner)
    process = drawing.draft(working, DATA)
    step = next(node for node in process.nodes.values() if node.name == "Langkah baru")
    (into,), (out,) = step.incoming, step.outgoing
    assert (process.flows[into].source, process.flows[out].target) == ("susun_dokumen", "sampaikan_dokumen")
    assert (step.kind, step.lane) == ("userTask", "Kasubag Keuangan")
    assert not owner.evaluate(
        """(id) => {
            const registry = window.alurModeler.modeler.get("elementRegistry");
            const made = registry.get(id);
            const [right, bottom] = [made.x + made.width, made.y + made.height];
            const over = (one) =>
                one.x < right && one.x + one.width > made.x && one.y < bottom && one.y + one.height > made.y;
            const node = (one) => one !== made && one.parent && /Task|Event|SubProcess/.test(one.type);
            return registry.filter((one) => node(one) && over(one)).length;
        }""",
        step.id,
    )
    owner.get_by_role("button", name="Urungkan").click()
    drawing.kept(owner)
    assert step.id not in drawing.draft(working, DATA).nodes


def test_a_way_back_is_led_round_the_steps_between(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    drawing.find(owner, "Menyampaikan")
    ways = drawing.panel(owner).get_by_label("Hubungkan ke")
    assert not any("Peringatan" in words for words in ways.locator("option").all_inner_texts())
    drawing.find(owner, "Melakukan persiapan")
    drawing.panel(owner).get_by_role("button", name="Sisipkan langkah").click()
    expect(drawing.panel(owner).get_by_label("Nama", exact=True)).to_be_focused()
    drawing.find(owner, "Menyampaikan")
    ways.select_option("susun_dokumen")
    drawing.kept(owner)
    process = drawing.draft(working, DATA)
    back = next(f for f in process.flows.values() if (f.source, f.target) == ("sampaikan_dokumen", "susun_dokumen"))
    through = """(id) => {
        const registry = window.alurModeler.modeler.get("elementRegistry");
        const points = registry.get(id).waypoints;
        const meets = (box) => points.slice(1).some((end, place) => {
            const from = points[place];
            return Math.min(from.x, end.x) < box.x + box.width && Math.max(from.x, end.x) > box.x
                && Math.min(from.y, end.y) < box.y + box.height && Math.max(from.y, end.y) > box.y;
        });
        return registry.filter((one) => /Task|SubProcess/.test(one.type) && meets(one)).map((one) => one.id);
    }"""
    assert owner.evaluate(through, back.id) == []
    owner.get_by_role("button", name="Urungkan").click()
    drawing.kept(owner)
    assert back.id not in drawing.draft(working, DATA).flows


def test_a_new_process_may_begin_as_a_copy_of_another(owner: Page, working: Database) -> None:
    owner.goto("/design/new")
    owner.get_by_label("Nama proses").fill("Izin Belajar")
    owner.get_by_label("Mulai dari").select_option(LEAVE)
    owner.get_by_role("button", name="Mulai menggambar").click()
    drawing.ready(owner)
    expect(owner.locator('[data-element-id="putuskan_cuti"]')).to_have_count(1)
    expect(drawing.summary(owner)).to_have_text("Tidak ada yang kurang. Diagram siap diterbitkan.")
    drawing.kept(owner)
    process = drawing.draft(working, "izin_belajar")
    assert (process.key, process.name) == ("izin_belajar", "Izin Belajar")
    cases = drawing.group(owner, "Berkas")
    cases.get_by_label("Tambahkan isian ke judul").select_option("NIP")
    cases.get_by_label("Isian", exact=True).select_option("Lama cuti")
    cases.get_by_label("Perbandingan").select_option(">")
    cases.get_by_label("Nilai", exact=True).fill("30")
    cases.get_by_label("Nilai", exact=True).press("Enter")
    number = drawing.group(owner, "Kepala lembar SOP").get_by_label("Nomor SOP")
    number.fill("800/12")
    number.press("Enter")
    drawing.kept(owner)
    changed = drawing.draft(working, "izin_belajar")
    assert changed.title == f"{process.title} + ' ' + nip"
    assert (changed.confidential, changed.header["number"]) == ("lama_hari > 30", ("800/12",))
    with working.read(person(working, "pengelola_sop")) as uow:
        assert "permohonan_cuti" in designs.open_design(uow, "izin_belajar").forms


def test_a_missing_condition_is_told_marked_and_mended_in_the_builder(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, LEAVE)
    flow = "dari_disetujui_ke_siapkan_surat_izin"
    owner.evaluate(
        """(id) => {
            const { modeler } = window.alurModeler;
            const flow = modeler.get("elementRegistry").get(id);
            modeler.get("modeling").updateProperties(flow, { conditionExpression: undefined });
        }""",
        flow,
    )
    expect(drawing.summary(owner)).to_contain_text("1 harus diperbaiki")
    expect(owner.locator(f'[data-container-id="{flow}"] .alur-mark.is-error')).to_be_visible()
    owner.get_by_role("button", name="Terbitkan", exact=True).click()
    expect(owner.get_by_role("dialog")).to_have_count(0)
    owner.get_by_role("button", name="Isi syarat").click()
    panel = drawing.panel(owner)
    expect(panel.get_by_label("Selain itu", exact=False)).to_be_visible()
    panel.get_by_label("Isian", exact=True).select_option("cuti_disetujui")
    expect(panel.get_by_label("Ungkapan")).not_to_have_value("")
    expect(drawing.summary(owner)).to_contain_text("Tidak ada yang kurang")
    drawing.kept(owner)
    assert drawing.draft(working, LEAVE).flows[flow].condition


def test_what_has_no_name_is_told_by_what_it_is(owner: Page) -> None:
    drawing.open_modeler(owner, DATA)
    drawing.find(owner, "Gabungkan")
    panel = drawing.panel(owner)
    panel.get_by_role("button", name="Sisipkan keputusan").click()
    panel.get_by_role("button", name="Tambah langkah").click()
    told = owner.locator("[data-part=problems]")
    expect(told).to_contain_text("Keputusan tanpa nama → Selesai")
    expect(told).to_contain_text("Jadikan “Selesai” alur “selain itu”")
    expect(told).not_to_contain_text("Flow_")


def test_what_a_step_is_tied_to_is_chosen_from_what_there_is(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    drawing.click(owner, "susun_dokumen")
    repeated = drawing.group(owner, "Berulang")
    repeated.get_by_label("Berulang", exact=True).select_option("Untuk tiap butir, berurutan")
    lists = repeated.get_by_label("Menurut daftar")
    expect(lists.locator("option", has_text="Bab LKjIP")).to_have_count(0)  # this step's own form fills it, too late
    lists.select_option("Pembagian tugas")
    repeated.get_by_label("Nama satu butir").fill("bagian")
    repeated.get_by_label("Nama satu butir").press("Enter")
    repeated.get_by_label("Isian", exact=True).select_option("jumlah_lengkap")
    repeated.get_by_label("Perbandingan").select_option(">=")
    drawing.kept(owner)
    step = drawing.draft(working, DATA).nodes["susun_dokumen"]
    assert (step.collection, step.item_name, step.sequential) == ("pembagian", "bagian", True)
    assert "<bpmn:completionCondition" in owner.evaluate("window.alurModeler.draft.content().then((one) => one.xml)")

    drawing.show(owner, (ROOT / "tests" / "diagrams" / "receive_task.bpmn").read_text("utf-8"))
    drawing.click(owner, "x")
    message = drawing.group(owner, "Pesan")
    message.get_by_label("Pesan", exact=True).select_option("Pesan baru …")
    message.get_by_label("Namanya").fill("balasan bappeda")
    message.get_by_label("Namanya").press("Enter")
    expect(message.get_by_label("Pesan", exact=True)).to_have_value("balasan bappeda")
    drawing.kept(owner)
    assert drawing.draft(working, DATA).nodes["x"].wiring.event == "balasan bappeda"

    drawing.show(owner, (ROOT / "tests" / "diagrams" / "call_activity.bpmn").read_text("utf-8"))
    drawing.click(owner, "k")
    call = drawing.group(owner, "Panggil")
    call.get_by_label("Proses yang dipanggil").select_option("Permohonan Cuti Tahunan")
    call.get_by_label("Data", exact=True).select_option("Punya data sendiri")
    goes_in, comes_back = call.get_by_role("group", name="Masuk"), call.get_by_role("group", name="Kembali")
    goes_in.get_by_label("Semua masuk").check()
    comes_back.get_by_role("button", name="Tambah yang kembali").click()
    for name, text in (("Nama di sini", "disetujui"), ("Nilai dari dalam", "cuti_disetujui and sisa_hari > 0")):
        comes_back.get_by_label(name).fill(text)
        comes_back.get_by_label(name).press("Enter")
    drawing.kept(owner)
    found = drawing.draft(working, DATA).nodes["k"].wiring.call
    assert found and (found.key, found.everything) == (LEAVE, True)
    assert found.gives == {"disetujui": "cuti_disetujui and sisa_hari > 0"}

    drawing.show(owner, (ROOT / "tests" / "diagrams" / "catch_timer.bpmn").read_text("utf-8"))
    drawing.click(owner, "x")
    timer = drawing.group(owner, "Waktu")
    timer.get_by_label("Satuan").select_option("hari")
    drawing.kept(owner)
    assert drawing.draft(working, DATA).nodes["x"].timers[0].text == "P5D"
    timer.get_by_label("Kapan").select_option("Pada saat tertentu")
    timer.get_by_label("Tanggal dan jam").fill("2026-04-01T08:30")
    timer.get_by_label("Tanggal dan jam").press("Enter")
    drawing.kept(owner)
    assert drawing.draft(working, DATA).nodes["x"].timers[0].text == "2026-04-01T08:30"


def test_a_step_is_copied_into_another_window_with_its_time_its_alert_and_its_form(
    owner: Page, working: Database
) -> None:
    drawing.open_modeler(owner, LEAVE)
    drawing.click(owner, "putuskan_cuti")
    owner.keyboard.press("Control+c")
    other = owner.context.new_page()
    drawing.open_modeler(other, DATA)  # opened after the copy was made: it asks for it
    drawing.click(other, "susun_dokumen")
    other.keyboard.press("Control+v")
    place = other.locator('[data-element-id="lajur_camat"]').first.bounding_box()
    assert place
    x, y = place["x"] + place["width"] - 160, place["y"] + place["height"] / 2
    other.mouse.move(x - 5, y)
    other.mouse.move(x, y)
    other.mouse.click(x, y)
    expect(drawing.panel(other).get_by_label("Formulir", exact=True)).to_have_value("keputusan_cuti")
    drawing.kept(other)
    process = drawing.draft(working, DATA)
    step = next(node for node in process.nodes.values() if node.form_key == "keputusan_cuti")
    assert (step.name, step.lane) == ("Memutuskan permohonan cuti", "Camat")
    assert step.deadline and step.deadline.text == "P2D"
    flow = process.flows[process.nodes[step.deadline.id].outgoing[0]]
    assert process.nodes[flow.target].name == "Peringatan ke atasan"
    with working.read(person(working, "pengelola_sop")) as uow:
        assert "keputusan_cuti" in designs.open_design(uow, DATA).forms
    other.get_by_role("button", name="Urungkan").click()
    drawing.kept(other)
    with working.read(person(working, "pengelola_sop")) as uow:
        assert "keputusan_cuti" not in designs.open_design(uow, DATA).forms


def test_what_is_missing_is_drawn_from_the_problem_list_by_keyboard(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, LEAVE)
    owner.evaluate(
        """() => {
            const { modeler } = window.alurModeler;
            const at = (id) => modeler.get("elementRegistry").get(id);
            const modeling = modeler.get("modeling");
            modeling.removeElements([at("mulai")]);
            modeling.connect(at("beri_pertimbangan"), at("tidak_diberikan"), { type: "bpmn:SequenceFlow" });
            modeling.updateProperties(at("dari_disetujui_ke_siapkan_surat_izin"), {
                conditionExpression: modeler.get("moddle").create("bpmn:FormalExpression", { body: "disetujukan" }),
            });
        }"""
    )
    expect(drawing.summary(owner)).to_contain_text("2 harus diperbaiki")
    owner.get_by_role("button", name=re.compile("^Mulai dari")).press("Enter")
    expect(drawing.summary(owner)).to_contain_text("1 harus diperbaiki")
    owner.get_by_role("button", name="Pilih salah satu", exact=True).press("Enter")
    expect(drawing.summary(owner)).to_contain_text("2 harus diperbaiki")  # when each of the two is taken
    owner.get_by_role("button", name=re.compile("^Jadikan .* alur “selain itu”")).press("Enter")
    expect(drawing.summary(owner)).to_contain_text("1 harus diperbaiki")
    expect(owner.locator("#problem-list button:focus")).to_have_count(1)  # ready for the next one
    owner.get_by_role("button", name="Perbaiki namanya", exact=True).press("Enter")
    expect(drawing.panel(owner).get_by_label("Ungkapan")).to_be_focused()
    drawing.kept(owner)
    nodes = drawing.draft(working, LEAVE).nodes.values()
    assert [node.lane for node in nodes if node.kind == "startEvent"] == ["Kasubag Umum dan Kepegawaian"]
    decision = next(node for node in nodes if node.kind == "exclusiveGateway" and node.id != "disetujui")
    assert (len(decision.incoming), len(decision.outgoing)) == (1, 2)


def test_what_was_drawn_without_a_connection_is_sent_when_it_is_back(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    owner.context.set_offline(True)
    drawing.click(owner, "siapkan_data")
    drawing.standard_time(owner, 7)
    expect(owner.locator("[data-part=status]")).to_contain_text("Sambungan terputus")
    owner.context.set_offline(False)
    drawing.kept(owner)
    deadline = drawing.draft(working, DATA).nodes["siapkan_data"].deadline
    assert deadline and deadline.text == "P7D"


def test_a_tab_closed_in_mid_edit_loses_nothing(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    owner.context.set_offline(True)
    drawing.click(owner, "siapkan_data")
    drawing.standard_time(owner, 8)
    expect(owner.locator("[data-part=status]")).to_contain_text("Sambungan terputus")
    profile = owner.context
    owner.close()
    profile.set_offline(False)
    again = profile.new_page()
    again.goto(f"/design/{DATA}")
    expect(again.get_by_role("button", name="Pulihkan")).to_be_focused()
    again.keyboard.press("Enter")
    drawing.kept(again)
    deadline = drawing.draft(working, DATA).nodes["siapkan_data"].deadline
    assert deadline and deadline.text == "P8D"
    again.reload()
    drawing.ready(again)
    expect(again.get_by_role("dialog")).to_have_count(0)


def test_after_a_sign_in_in_another_window_what_was_drawn_is_saved(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    owner.context.clear_cookies()
    drawing.click(owner, "siapkan_data")
    drawing.standard_time(owner, 6)
    status = owner.locator("[data-part=status]")
    expect(status).to_contain_text("Sesi Anda telah berakhir")
    expect(status.get_by_role("link", name="Masuk")).to_be_visible()
    other = owner.context.new_page()
    desk.sit_down(other, "Pengelola SOP")
    owner.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(status).to_have_text(drawing.SAVED)
    deadline = drawing.draft(working, DATA).nodes["siapkan_data"].deadline
    assert deadline and deadline.text == "P6D"


def test_another_window_of_the_same_person_asks_which_draft_counts(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    other = owner.context.new_page()
    drawing.open_modeler(other, DATA)
    drawing.click(other, "siapkan_data")
    drawing.standard_time(other, 6)
    drawing.kept(other)
    drawing.click(owner, "siapkan_data")
    drawing.standard_time(owner, 9)
    owner.get_by_role("button", name="Pakai yang ini").click()
    drawing.kept(owner)
    deadline = drawing.draft(working, DATA).nodes["siapkan_data"].deadline
    assert deadline and deadline.text == "P9D"
    drawing.standard_time(other, 3)
    expect(other.get_by_role("dialog")).to_contain_text("Draf ini juga terbuka di jendela lain")
    other.keyboard.press("Escape")
    other.get_by_role("button", name="Buka yang lain").click()
    expect(other.locator("[data-part=say]")).to_have_text("Ini draf dari jendela lain.")
    drawing.click(other, "siapkan_data")
    expect(drawing.panel(other).get_by_label("Jumlah", exact=True)).to_have_value("9")


def test_two_owners_at_once_are_told_of_each_other_before_one_replaces_the_other(
    owner: Page, working: Database, new_profile: Callable[..., BrowserContext]
) -> None:
    drawing.open_modeler(owner, DATA)
    drawing.click(owner, "siapkan_data")
    drawing.standard_time(owner, 5)
    drawing.kept(owner)
    other = new_profile().new_page()
    desk.sign_in(other, ADMINISTRATOR, PASSWORD)
    drawing.open_modeler(other, DATA)
    expect(other.get_by_text("Sedang disunting pula oleh: Orang Pengelola SOP")).to_be_visible()
    drawing.click(other, "siapkan_data")
    drawing.standard_time(other, 6)
    drawing.publish(other, "Enam hari")
    expect(other.get_by_text(re.compile("Versi 2 .* mulai berlaku"))).to_be_visible()

    owner.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(owner.get_by_text("Versi 2 diterbitkan sesudah Anda mulai.")).to_be_visible()
    drawing.publish(owner, "Lima hari")
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_contain_text("Versi lain sudah diterbitkan")
    assert "from=1&to=2" in (dialog.get_by_role("link", name="Bandingkan").get_attribute("href") or "")
    dialog.get_by_role("button", name="Tetap terbitkan").click()
    expect(owner.get_by_text(re.compile("Versi 3 .* mulai berlaku"))).to_be_visible()


def test_a_file_from_elsewhere_is_made_to_run_step_by_step(owner: Page, working: Database) -> None:
    owner.goto("/design")
    owner.get_by_label("Berkas BPMN").set_input_files(DIAGRAMS[-1])
    owner.get_by_role("button", name="Buka sebagai draf").click()
    drawing.ready(owner)
    assert owner.url.endswith("/design/surat")
    expect(drawing.summary(owner)).to_contain_text("1 harus diperbaiki")
    owner.get_by_role("button", name="Jadikan dapat dijalankan").click()
    owner.get_by_role("button", name="Buat formulir “x.html”").click()
    expect(owner.get_by_role("button", name="Buat formulir “x.html”")).to_have_count(0)
    owner.get_by_role("button", name="Tambah yang kurang").click()
    values = drawing.panel(owner).get_by_label("Nilai atau ${ungkapan}")
    expect(values).to_have_count(3)
    for place in range(3):
        values.nth(place).fill("sekretariat")
        values.nth(place).press("Tab")
        expect(values.nth(place)).to_have_value("sekretariat")
        drawing.kept(owner)  # the panel has been drawn anew; nobody types into the next field before
    expect(drawing.summary(owner)).not_to_contain_text("harus diperbaiki")
    owner.get_by_role("button", name="Pilih pemilik").click()
    drawing.panel(owner).get_by_role("group", name="Pemilik proses").get_by_label("Pengelola SOP").check()
    expect(owner.get_by_role("button", name="Pilih pemilik")).to_have_count(0)
    drawing.click(owner, "b")
    drawing.panel(owner).get_by_label("Pelaksana").select_option("lane")
    owner.get_by_role("button", name="Gambar kolam di sekelilingnya").click()
    expect(owner.get_by_role("button", name="Gambar kolam di sekelilingnya")).to_have_count(0)
    drawing.panel(owner).get_by_label("Lajur milik").select_option("Camat")
    drawing.kept(owner)
    process = drawing.draft(working, "surat")
    assert (process.executable, process.owners) == (True, ("pengelola_sop",))
    assert process.lanes == ("Camat",)
    assert process.nodes["b"].lane == "Camat"


def test_another_file_takes_the_place_of_the_draft_and_says_that_its_key_differs(
    owner: Page, working: Database
) -> None:
    drawing.open_modeler(owner, LEAVE)
    owner.get_by_label("Berkas", exact=True).click()
    with owner.expect_file_chooser() as chooser:
        owner.get_by_role("button", name="Buka berkas .bpmn").click()
    chooser.value.set_files(ROOT / "tests" / "diagrams" / "user_task.bpmn")
    owner.get_by_role("button", name=f"Kembalikan kunci ke “{LEAVE}”").click()
    expect(owner.get_by_role("button", name=f"Kembalikan kunci ke “{LEAVE}”")).to_have_count(0)
    drawing.kept(owner)
    assert drawing.draft(working, LEAVE).key == LEAVE
    with owner.expect_download() as picture:
        owner.get_by_label("Berkas", exact=True).click()
        owner.get_by_role("button", name="Unduh sebagai gambar").click()
    assert picture.value.suggested_filename == f"{LEAVE}.svg"
    svg = etree.parse(picture.value.path()).getroot()
    ground = svg.find("{http://www.w3.org/2000/svg}rect")
    assert ground is not None and ground.get("fill") == "#fff"  # readable whatever it is put on
    assert " ".join(str(ground.get(name)) for name in ("x", "y", "width", "height")) == svg.get("viewBox")


def test_diagrams_without_a_picture_get_one_and_lose_nothing(owner: Page) -> None:
    drawing.open_modeler(owner, LEAVE)
    for path in sorted((ROOT / "tests" / "diagrams").glob("*.bpmn")):
        saved = owner.evaluate(
            """async (xml) => {
                const unread = await window.alurModeler.show(xml);
                const { xml: again } = await window.alurModeler.modeler.saveXML({ format: true });
                return [again, unread];
            }""",
            path.read_text("utf-8"),
        )
        assert saved[1] == [], path.name
        assert drawing.essence(saved[0].encode()) == drawing.essence(path.read_bytes()), path.name
        picture = etree.fromstring(saved[0].encode())
        assert len(list(picture.iter(f"{drawing.DI}BPMNShape"))) > 2, path.name


def test_everything_but_drawing_is_done_by_keyboard(owner: Page, working: Database) -> None:
    drawing.open_modeler(owner, DATA)
    keyboard = owner.keyboard
    owner.get_by_role("button", name="Cari di diagram").press("Enter")
    keyboard.type("Memeriksa kelengkapan")
    expect(owner.locator(".djs-search-result-selected")).to_contain_text("Memeriksa kelengkapan")
    keyboard.press("Enter")
    field = drawing.panel(owner).get_by_label("Jumlah", exact=True)
    expect(field).to_have_value("4")
    reached(owner, field)
    keyboard.press("Control+A")
    keyboard.type("3")
    keyboard.press("Control+s")
    drawing.kept(owner)
    deadline = drawing.draft(working, DATA).nodes["periksa_kelengkapan"].deadline
    assert deadline and deadline.text == "P3D"
    owner.get_by_role("button", name="Pintasan papan tik").press("Enter")
    expect(owner.get_by_role("dialog")).to_be_visible()
    keyboard.press("Escape")
    owner.get_by_role("button", name="Terbitkan", exact=True).press("Enter")
    expect(owner.get_by_label("Alasan")).to_be_focused()
    keyboard.type("Tiga hari cukup")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(owner.get_by_text(re.compile("Versi 2 .* mulai berlaku"))).to_be_visible()


def reached(page: Page, field: Locator) -> None:
    """Come to a field with the Tab key alone."""
    for _ in range(120):
        if field.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not lead there")


def test_every_menu_and_every_kind_of_element_speaks_the_language_of_the_person(owner: Page) -> None:
    drawing.open_modeler(owner, LEAVE)
    for path in sorted((ROOT / "tests" / "diagrams").glob("*.bpmn")):
        owner.evaluate(
            """async (xml) => {
                const { modeler, show } = window.alurModeler;
                await show(xml);
                const wait = () => new Promise((resolve) => setTimeout(resolve, 15));
                const seen = (window.kindsSeen ??= new Set());
                const kind = ({ businessObject: one, parent }) =>
                    [one, one.eventDefinitions?.[0], one.loopCharacteristics, parent?.businessObject]
                        .map((part) => `${part?.$type} ${part?.cancelActivity} ${part?.isSequential}`).join();
                for (const element of modeler.get("elementRegistry").getAll()) {
                    if (seen.has(kind(element))) continue;
                    seen.add(kind(element));
                    modeler.get("selection").select(element.parent ? element : null);
                    modeler.get("popupMenu").isEmpty(element, "bpmn-replace");
                    await wait();
                }
            }""",
            path.read_text("utf-8"),
        )
    assert owner.evaluate("[...window.alurModeler.missing]") == []


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_can_be_read_by_everybody(owner: Page, width: int) -> None:
    owner.set_viewport_size({"width": width, "height": 760})
    drawing.open_modeler(owner, LEAVE)
    owner.evaluate(
        """() => {
            const { modeler } = window.alurModeler;
            const at = (id) => modeler.get("elementRegistry").get(id);
            modeler.get("modeling").removeElements([at("dari_mulai_ke_catat_permohonan")]);
            modeler.get("modeling").setColor([at("beri_pertimbangan")], { fill: "#bbdefb", stroke: "#0d4372" });
            modeler.get("selection").select(at("catat_permohonan"));
        }"""
    )
    expect(owner.locator("[data-part=summary][data-state=error]")).to_have_count(1)
    expect(owner.locator("[data-problem]")).to_have_count(2)  # the two ends of the one flow that is missing
    if width < 880:
        head = owner.get_by_role("banner").bounding_box()
        assert head and head["height"] < 100
        expect(owner.locator(".djs-palette")).to_be_hidden()
        owner.get_by_role("button", name="Alat gambar").click()
        expect(owner.locator(".djs-palette")).to_be_visible()
        owner.get_by_label("Berkas", exact=True).click()
        menu = owner.get_by_role("button", name="Buka berkas .bpmn").bounding_box()
        assert menu and menu["x"] >= 0 and menu["x"] + menu["width"] <= width
        owner.get_by_label("Berkas", exact=True).click()
        owner.get_by_role("button", name="Alat gambar").click()
    views = ["Diagram", "Sifat", "Masalah"] if width < 880 else [""]
    for view in views:
        if view:
            owner.get_by_role("button", name=re.compile(f"^{view}")).click()
        assert owner.evaluate(TOO_WIDE) == []
        for scheme in SCHEMES:
            owner.emulate_media(color_scheme=scheme)
            assert serious(owner) == [], (view, scheme)
            if view in ("Diagram", ""):  # a step in colours of its own, and one without, on paper as dark as the page
                shades = [shade(owner, drawing.shape(owner, one)) for one in ("beri_pertimbangan", "putuskan_cuti")]
                assert all(apart > 4.5 for apart, _ in shades), (scheme, shades)
                assert (shades[1][1] < 0.1) == (scheme == "dark"), (scheme, shades)
