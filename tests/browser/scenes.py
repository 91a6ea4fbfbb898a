"""Every page of the app, as one person sees it: where it is, and what to do there before it is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.db import Database
from engine.identity import SYSTEM
from engine.model import InstanceRow, TaskRow, TaskState
from engine.people import positions
from tests.conftest import ROOT

Find = Callable[[Database], str]


@dataclass(frozen=True, slots=True)
class Scene:
    """`address` is a path, or finds one. `demo` is False for the page of a real office."""

    name: str
    by: str | None
    address: str | Find
    act: Callable[[Page], None] | None = None
    status: int = 200
    demo: bool = True

    def path(self, database: Database) -> str:
        return self.address if isinstance(self.address, str) else self.address(database)


def task(activity: str, by: str, *, state: str = "open", late: bool | None = None) -> Find:
    """The task page of the first such task."""

    def find(database: Database) -> str:
        with database.read(SYSTEM) as uow:
            found = (
                select(TaskRow.id)
                .join(InstanceRow, TaskRow.instance_id == InstanceRow.id)
                .where(
                    TaskRow.activity_id == activity, TaskRow.candidate_group == by, TaskRow.state == TaskState(state)
                )
                .where(InstanceRow.state == "active" if state == "open" else True)
                .order_by(TaskRow.id)
            )
            if late is not None:
                found = found.where(TaskRow.due_at < uow.now if late else TaskRow.due_at >= uow.now)
            return f"/tasks/{uow.session.scalars(found.limit(1)).one()}"

    return find


def case(title: str, state: str = "active") -> Find:
    def find(database: Database) -> str:
        with database.read(SYSTEM) as uow:
            found = select(InstanceRow.id).where(InstanceRow.title == title, InstanceRow.state == state)
            return f"/cases/{uow.session.scalars(found.limit(1)).one()}"

    return find


def suspended(database: Database) -> str:
    with database.read(SYSTEM) as uow:
        return f"/cases/{uow.session.scalars(select(InstanceRow.id).where(InstanceRow.state == 'suspended')).one()}"


def position(key: str) -> Find:
    def find(database: Database) -> str:
        with database.read(SYSTEM) as uow:
            return f"/settings/positions/{next(p.id for p in positions.listing(uow) if p.key == key)}"

    return find


def holder(key: str) -> Find:
    def find(database: Database) -> str:
        with database.read(SYSTEM) as uow:
            return f"/settings/people/{positions.holders_of(uow, [key])[key][0].person_id}"

    return find


def press(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_load_state()

    return act


def press_first(name: str) -> Callable[[Page], None]:
    """The first of several buttons that begin with the same word."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        page.wait_for_load_state()

    return act


def open_file(name: str) -> Callable[[Page], None]:
    """Choose a file of the project and send it."""

    def act(page: Page) -> None:
        page.locator("input[type=file]").set_input_files(ROOT / name)
        press("Buka sebagai draf")(page)

    return act


def unfold(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator("summary", has_text=name).first.click()


def send_forwarding(page: Page) -> None:
    page.get_by_label("Catatan untuk Camat").fill("Mohon arahan Bapak Camat.")
    press("Teruskan ke Camat")(page)


def add_a_holiday(page: Page) -> None:
    page.get_by_label("Hari", exact=True).fill("2026-03-11")
    page.get_by_label("Nama", exact=True).fill("Hari Jadi Kecamatan")
    press("Tambah")(page)


def refuse_rows(page: Page) -> None:
    page.get_by_role("button", name="Tambah baris").click()
    press("Kirim ke Kasubag Keuangan")(page)


def refuse_moving(page: Page) -> None:
    page.get_by_label("Alasan").evaluate("field => field.required = false")
    press("Pindahkan berkas terpilih ke versi 2")(page)


def import_a_form(page: Page) -> None:
    """A file of another editor, of which not everything can be taken over."""
    fields = [
        {"type": "textfield", "key": "creditor.name", "label": "Nama penagih"},
        {"type": "iframe", "label": "Peta", "url": "https://example.org"},
        {"type": "button", "key": "kirim", "label": "Kirim"},
    ]
    file = json.dumps({"type": "default", "id": "tagihan", "name": "Tagihan", "components": fields}).encode()
    page.set_input_files("#f-file", {"name": "tagihan.form", "mimeType": "application/json", "buffer": file})
    press("Periksa")(page)


def overtaken(page: Page) -> None:
    """Another window has saved the form since this one was opened."""
    other = page.context.new_page()
    other.goto(page.url)
    add_to_help(other, " Ditulis di jendela lain.")
    expect(other.locator("[data-status]")).to_contain_text("Tersimpan")
    other.close()
    add_to_help(page, " Ditulis di jendela ini.")
    page.locator("[data-conflict]").wait_for()


def add_to_help(page: Page, text: str) -> None:
    field = page.get_by_label("Petunjuk", exact=True)
    field.fill(field.input_value() + text)
    field.blur()


UMUM, KEUANGAN, SEKRETARIS = "kasubag_umum", "kasubag_keuangan", "sekretaris_kecamatan"


def rehearse_a_while(page: Page) -> None:
    """Three steps done, one of them late."""
    for button in ("Isikan otomatis", "sampai tenggat berikutnya", "Isikan otomatis", "Isikan otomatis"):
        page.get_by_role("button", name=button).first.click()
        page.wait_for_load_state()


SCENES = (
    Scene("masuk-peran", None, "/sign-in"),
    Scene("masuk", None, "/sign-in", demo=False),
    Scene("masuk-ditolak", None, "/sign-in", press("Masuk"), demo=False),
    Scene("ganti-peran", "camat", "/roles"),
    Scene("tugas-saya", "camat", "/tasks"),
    Scene("tugas-saya-unit-terlambat", "lurah_jogoyudan", "/tasks"),
    Scene("tugas-saya-kosong", "lurah_citrodiwangsan", "/tasks"),
    Scene("tugas-saya-saring-kosong", "camat", "/tasks?query=tidak+ada"),
    Scene("tugas-unit", "lurah_kepuharjo", "/tasks?scope=unit"),
    Scene("tugas-unit-kosong", "kasubag_umum", "/tasks?scope=unit"),
    Scene("formulir-permintaan", UMUM, task("terima_permintaan", UMUM)),
    Scene("formulir-permintaan-ditolak", UMUM, task("terima_permintaan", UMUM), press("Kirim ke Sekretaris Kecamatan")),
    Scene("formulir-penerusan", SEKRETARIS, task("teruskan_surat", SEKRETARIS)),
    Scene("formulir-disposisi", "camat", task("disposisi", "camat", late=False)),
    Scene("formulir-disposisi-terlambat", "camat", task("disposisi", "camat", late=True)),
    Scene("formulir-data-unit", "lurah_jogoyudan", task("isi_data_unit", "lurah_jogoyudan")),
    Scene("formulir-data-unit-baru", "lurah_tompokersan", task("isi_data_unit", "lurah_tompokersan")),
    Scene("formulir-data-unit-ditolak", "lurah_tompokersan", task("isi_data_unit", "lurah_tompokersan"), refuse_rows),
    Scene("formulir-draf", KEUANGAN, task("gabungkan_draf", KEUANGAN)),
    Scene("formulir-pemeriksaan", SEKRETARIS, task("periksa_kelengkapan", SEKRETARIS)),
    Scene("formulir-dokumen", KEUANGAN, task("susun_dokumen", KEUANGAN)),
    Scene("formulir-penyampaian", KEUANGAN, task("sampaikan_dokumen", KEUANGAN)),
    Scene("formulir-cuti", UMUM, task("catat_permohonan", UMUM)),
    Scene("formulir-cuti-pertimbangan", SEKRETARIS, task("beri_pertimbangan", SEKRETARIS)),
    Scene("formulir-cuti-keputusan", "camat", task("putuskan_cuti", "camat")),
    Scene("tugas-selesai", UMUM, task("terima_permintaan", UMUM, state="completed")),
    Scene("tugas-orang-lain", "camat", task("isi_data_unit", "lurah_tompokersan")),
    Scene("sesudah-kirim", SEKRETARIS, task("teruskan_surat", SEKRETARIS), send_forwarding),
    Scene("berkas", "camat", "/cases"),
    Scene("berkas-cari-kosong", "camat", "/cases?query=tidak+ada"),
    Scene("berkas-berjalan", "pengelola_sop", case("Data Kinerja TW II 2025")),
    Scene("berkas-terlambat", "camat", case("Data Kinerja TW IV 2024")),
    Scene("berkas-dikembalikan", "camat", case("Data Kinerja TW I 2025")),
    Scene("berkas-selesai", "camat", case("Data Kinerja TW IV 2023", "completed")),
    Scene("berkas-dibatalkan", "camat", case("Data Kinerja TW I 2025", "cancelled")),
    Scene("berkas-ditangguhkan", "pengelola_sop", suspended),
    Scene("berkas-menu", "pengelola_sop", case("Data Kinerja TW II 2025"), unfold("Lainnya")),
    Scene("terlambat", SEKRETARIS, "/overdue"),
    Scene("terlambat-camat", "camat", "/overdue"),
    Scene("terlambat-ditutup", "camat", "/overdue?state=closed"),
    Scene("terlambat-kosong", UMUM, "/overdue"),
    Scene("proses", UMUM, "/processes"),
    Scene("proses-sop", UMUM, "/processes/pengumpulan_data_kinerja"),
    Scene("proses-cuti", UMUM, "/processes/permohonan_cuti"),
    Scene("proses-dicabut", UMUM, "/processes/surat_tugas"),
    Scene("proses-teks", UMUM, "/processes/pengumpulan_data_kinerja/outline"),
    Scene("proses-teks-cuti", UMUM, "/processes/permohonan_cuti/outline"),
    Scene("proses-versi", UMUM, "/processes/pengumpulan_data_kinerja/versions"),
    Scene("proses-versi-pemilik", "pengelola_sop", "/processes/pengumpulan_data_kinerja/versions", unfold("Pulihkan")),
    Scene("proses-pindah", "pengelola_sop", "/processes/pengumpulan_data_kinerja/move"),
    Scene("proses-pindah-tanpa-alasan", "pengelola_sop", "/processes/pengumpulan_data_kinerja/move", refuse_moving),
    Scene("proses-pindah-kosong", "pengelola_sop", "/processes/surat_tugas/move"),
    Scene("proses-versi-dicabut", "pengelola_sop", "/processes/surat_tugas/versions"),
    Scene("proses-banding", UMUM, "/processes/pengumpulan_data_kinerja/compare?from=1&to=2"),
    Scene("proses-banding-draf", "pengelola_sop", "/processes/pengumpulan_data_kinerja/compare?to=draft"),
    Scene("pengaturan", "administrator", "/settings"),
    Scene("pegawai", "administrator", "/settings/people"),
    Scene("pegawai-satu", "administrator", holder("lurah_kepuharjo")),
    Scene("pegawai-baru", "administrator", "/settings/people/new"),
    Scene("pegawai-baru-ditolak", "administrator", "/settings/people/new", press("Tambah")),
    Scene("jabatan", "administrator", "/settings/positions"),
    Scene("jabatan-satu", "administrator", position("lurah_rogotrunan")),
    Scene("jabatan-baru", "administrator", "/settings/positions/new"),
    Scene("kalender", "administrator", "/settings/calendar"),
    Scene("kalender-pergeseran", "administrator", "/settings/calendar", add_a_holiday),
    Scene("kalender-jam", "administrator", "/settings/calendar/hours"),
    Scene("kalender-jam-lain", "administrator", "/settings/calendar/periods"),
    Scene("insiden", "administrator", "/settings/incidents"),
    Scene("kantor", "administrator", "/settings/office"),
    Scene("jam-latihan", "administrator", "/settings/clock"),
    Scene("kata-sandi", "camat", "/settings/password"),
    Scene("panduan-pelaksana", UMUM, "/guide/staff"),
    Scene("panduan-atasan", UMUM, "/guide/superior"),
    Scene("panduan-pemilik", UMUM, "/guide/owner"),
    Scene("panduan-administrator", UMUM, "/guide/administrator"),
    Scene("rancang", "pengelola_sop", "/design"),
    Scene("rancang-baru", "pengelola_sop", "/design/new"),
    Scene("rancang-baru-ditolak", "pengelola_sop", "/design/new", press("Mulai menggambar")),
    Scene("rancang-tanpa-berkas", "pengelola_sop", "/design", press("Buka sebagai draf")),
    Scene("rancang-berkas", "pengelola_sop", "/design", open_file("processes/permohonan_cuti.bpmn")),
    Scene("formulir-daftar", "pengelola_sop", "/design/permohonan_cuti/forms"),
    Scene(
        "formulir-bangun",
        "pengelola_sop",
        "/design/permohonan_cuti/forms/permohonan_cuti?at=1.5",
        unfold("Tampil bila"),
    ),
    Scene("formulir-bangun-baris", "pengelola_sop", "/design/pengumpulan_data_kinerja/forms/data_kinerja_unit?at=2"),
    Scene(
        "formulir-bangun-menu", "pengelola_sop", "/design/permohonan_cuti/forms/keputusan_cuti", unfold("Tambah isian")
    ),
    Scene("formulir-impor", "pengelola_sop", "/design/permohonan_cuti/forms", import_a_form),
    Scene(
        "formulir-bangun-jendela-lain",
        "pengelola_sop",
        "/design/permohonan_cuti/forms/pertimbangan_cuti?at=1",
        overtaken,
    ),
    Scene(
        "formulir-bangun-tabel",
        "pengelola_sop",
        "/design/pengumpulan_data_kinerja/forms/draf_data_kinerja?at=1",
        unfold("Sasaran"),
    ),
    Scene("formulir-bangun-centang", "pengelola_sop", "/design/pengumpulan_data_kinerja/forms/dokumen_kinerja?at=2.3"),
    Scene("formulir-nama", "pengelola_sop", "/design/permohonan_cuti/forms/permohonan_cuti/rename?at=1.2"),
    Scene("formulir-json", "pengelola_sop", "/design/permohonan_cuti/forms/permohonan_cuti/json"),
    Scene("uji", "pengelola_sop", "/design/permohonan_cuti/rehearsal"),
    Scene("uji-berjalan", "pengelola_sop", "/design/pengumpulan_data_kinerja/rehearsal", rehearse_a_while),
    Scene("uji-formulir", "pengelola_sop", "/design/permohonan_cuti/rehearsal", press_first("Isi sendiri")),
    Scene("uji-semua", "pengelola_sop", "/design/permohonan_cuti/rehearsal", press("Coba semua jalur")),
    Scene("tidak-ada", UMUM, "/nowhere", status=404),
    Scene("tidak-boleh", UMUM, "/settings/people", status=403),
    Scene("menu-orang", "sekretaris_kecamatan", "/tasks", unfold("Menu")),
)
