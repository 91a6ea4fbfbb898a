"""The form builder without a script: each button is a post, each refusal comes back with everything typed."""

from __future__ import annotations

import html
import json
from io import BytesIO

import pytest
from flask import Flask

from engine import deployment
from engine.db import Database
from engine.drafting import design_forms, designs
from engine.identity import SYSTEM
from forms import editing
from tests.conftest import ROOT
from tests.office import person
from tests.webapp.builder import LEAVE, OWNER, Builder, builder, builder_app, row, value_in
from tests.webapp.test_design import Desk

__all__ = ["builder", "builder_app"]


def test_fields_are_added_named_moved_copied_and_deleted_without_a_script(builder: Builder) -> None:
    builder.add("number", **{"s-label": "Jumlah lembar"})
    builder.add("money", **{"s-label": "Biaya"})
    page = builder.add("group")
    assert builder.keys == ["jumlah_lembar", "biaya", None]
    assert "“Kelompok” ditambahkan. Kini nomor 3 dari 3 di formulir." in page
    assert editing.settings(builder.parts[1].spec)["format"] == "money"
    builder.done("_up", "2")
    builder.look("2")
    builder.done("_in", "2")
    assert [part.kind for part in builder.parts] == ["number", "group"]
    assert builder.parts[1].parts[0].key == "biaya"
    builder.done("_out", "1.0")
    builder.done("_move", "2:0")
    assert builder.keys == ["biaya", "jumlah_lembar", None]
    builder.done("_copy", "0")
    assert builder.keys == ["biaya", "biaya_2", "jumlah_lembar", None]
    page = builder.done("_remove", "0")
    assert "dihapus" in page
    builder.done("_undo")
    assert builder.keys == ["biaya", "biaya_2", "jumlah_lembar", None]
    builder.done("_redo")
    assert builder.keys == ["biaya_2", "jumlah_lembar", None]


def test_a_key_is_made_from_the_first_name_and_stays_when_the_field_is_called_otherwise(builder: Builder) -> None:
    builder.add("textfield", **{"s-label": "Nomor surat"})
    builder.done("_save", **{"s-label": "Nomor surat masuk"})
    assert (builder.parts[0].key, builder.parts[0].label) == ("nomor_surat", "Nomor surat masuk")


def test_half_a_first_name_makes_no_key(builder: Builder) -> None:
    builder.add("textfield")
    builder.press("_pause", **{"s-label": "Nom"})
    assert (builder.parts[0].key, builder.parts[0].label) == ("teks_pendek", "Teks pendek")


def test_a_refused_setting_comes_back_with_everything_typed_and_the_problem_at_its_input(builder: Builder) -> None:
    builder.add("number", **{"s-label": "Jumlah"})
    answer = builder.press("_save", **{"s-label": "Banyaknya", "s-min": "10", "s-max": "2"})
    assert answer.status_code == 422
    assert 'value="Banyaknya"' in answer.text and 'value="10"' in answer.text
    assert 'aria-invalid="true"' in answer.text and "-problem" in answer.text
    assert builder.parts[0].label == "Jumlah"
    again = builder.press("_up", "0", **{"s-label": "Banyaknya", "s-min": "x"})
    assert again.status_code == 422 and 'value="x"' in again.text


def test_settings_are_kept_with_whatever_button_is_pressed(builder: Builder) -> None:
    builder.add("textfield", **{"s-label": "Nama"})
    builder.done("_add", "textarea", **{"s-label": "Nama lengkap", "s-required": "on"})
    assert builder.parts[0].label == "Nama lengkap" and editing.settings(builder.parts[0].spec)["required"] is True
    assert len(builder.parts) == 2


def test_choices_are_written_ordered_and_taken_away_as_rows(builder: Builder) -> None:
    builder.add("radio", **{"s-label": "Hasil", "s-choices-0-label": "Lengkap", "s-choices-0-value": "pilihan_1",
        "s-choices-1-label": "Kurang", "s-choices-1-value": "pilihan_2", "s-choices-2-label": "Ditolak"})  # fmt: skip

    def listed() -> list[tuple[str, str]]:
        return [(one["value"], one["label"]) for one in editing.settings(builder.parts[0].spec)["choices"]]

    assert listed() == [("lengkap", "Lengkap"), ("kurang", "Kurang"), ("ditolak", "Ditolak")]
    rows = {f"s-choices-{n}-{part}": text for n, (value, label) in enumerate(listed())
            for part, text in (("value", value), ("label", label))}  # fmt: skip
    page = builder.done("_choices", "up:2", **rows, **{"s-choices-2-label_en": "Rejected"})
    assert 'name="s-choices-1-label_en" value="Rejected"' in page, "its English goes with it"
    assert [value for value, _ in listed()] == ["lengkap", "ditolak", "kurang"]
    builder.done("_choices", "remove:0", **{f"s-choices-{n}-{part}": text for n, (value, label) in enumerate(listed())
                 for part, text in (("value", value), ("label", label))})  # fmt: skip
    assert [value for value, _ in listed()] == ["ditolak", "kurang"]


@pytest.fixture
def conditional(builder: Builder) -> Builder:
    """A form with a choice and a note, the note chosen."""
    builder.add("radio", **{"s-label": "Hasil", "s-choices-0-label": "Lengkap", "s-choices-0-value": "pilihan_1",
        "s-choices-1-label": "Kurang", "s-choices-1-value": "pilihan_2"})  # fmt: skip
    builder.add("textarea", **{"s-label": "Catatan"})
    return builder


@pytest.mark.parametrize(
    ("mode", "rows", "hide"),
    [
        ("shown", row("hasil", "==", "kurang"), 'not (hasil == "kurang")'),
        ("hidden", row("hasil", "==", "lengkap"), 'hasil == "lengkap"'),
        ("shown", row("hasil", "filled"), "not hasil"),
        ("hidden", row("hasil", "empty") | row("hasil", "!=", "kurang", 1) | {"s-hide-join": "or"},
         'not hasil or hasil != "kurang"'),
    ],
)  # fmt: skip
def test_a_condition_of_rows_is_kept_as_when_the_field_is_hidden(
    conditional: Builder, mode: str, rows: dict[str, str], hide: str
) -> None:
    page = conditional.done("_save", **{"s-hide-mode": mode, **rows})
    assert editing.settings(conditional.parts[1].spec)["hide"] == hide
    assert f'id="s-hide-mode-{mode}" name="s-hide-mode" value="{mode}" checked' in page
    conditional.done("_save", **{"s-hide-mode": "always"})
    assert editing.settings(conditional.parts[1].spec)["hide"] == ""


def test_half_a_condition_is_no_condition_yet_and_keeps_what_was_chosen(conditional: Builder) -> None:
    conditional.done("_save", **{"s-hide-mode": "hidden", **row("hasil", "==", "lengkap")})
    answer = conditional.press("_save", **{"s-hide-mode": "shown", **row("hasil", "==", "")})
    assert answer.status_code == 200 and "Lengkapi syaratnya" in answer.text
    assert '<option value="hasil" selected>' in answer.text
    assert editing.settings(conditional.parts[1].spec)["hide"] == 'hasil == "lengkap"'


def test_what_rows_cannot_say_stays_an_expression(conditional: Builder) -> None:
    typed = {"s-hide-mode": "expression", "s-hide-expression": "hasil is None or len(hasil) > 3"}
    page = conditional.done("_save", **typed)
    assert "hasil is None or len(hasil) &gt; 3" in page
    conditional.done("_save", **{**typed, "s-label": "Keterangan"})
    assert editing.settings(conditional.parts[1].spec)["hide"] == "hasil is None or len(hasil) > 3"


def test_a_repeating_table_with_a_computed_cell_reacts_in_the_preview(builder: Builder) -> None:
    builder.add("dynamiclist", **{"s-label": "Barang"})
    builder.look("0.0")
    builder.done("_save", **{"s-label": "Harga"})
    builder.add("number", "0.1", **{"s-label": "Jumlah"})
    builder.add("number", "0.2", **{"s-label": "Dua kali", "s-compute": "jumlah * 2"})
    answer = builder.desk.client.post(
        f"{builder.address}/preview?language=id",
        data={"csrf_token": builder.desk.token, "barang-0-jumlah": "21"},
        headers={"Accept": "application/json"},
    )
    assert answer.get_json()["values"] == {"barang.0.dua_kali": "42"}
    plain = builder.post(f"{builder.address}/preview", {"barang-0-jumlah": "21", "_add": "barang"})
    assert ">42<" in plain.text and 'name="barang-1-jumlah"' in plain.text
    english = builder.post(f"{builder.address}/preview", {"_language": "en"})
    assert "Add row" in english.text and "Tambah isian" in english.text


def test_the_preview_begins_anew_what_nobody_has_filled_in(builder: Builder) -> None:
    builder.add("textfield", **{"s-label": "Nama"})
    builder.add("textfield", **{"s-label": "Kota", "s-default": "Lumajang"})
    shown = builder.desk.client.post(
        f"{builder.address}/preview?language=id",
        data={"csrf_token": builder.desk.token, "_has": "nama kota", "nama": "Siti", "kota": ""},
        headers={"X-Parts": "1"},
    )
    assert 'value="Siti"' in shown.text and 'value="Lumajang"' in shown.text, "set since the preview was drawn"


def test_a_second_window_is_told_shown_the_newer_form_and_asked_which_counts(
    builder: Builder, builder_app: Flask
) -> None:
    builder.add("textfield", **{"s-label": "Nama"})
    other = Builder(builder_app, builder.form)
    other.look("0")
    builder.look("0")
    builder.done("_save", **{"s-description": "Tanpa gelar"})
    late = other.press("_save", **{"s-label": "Nama pegawai"})
    assert late.status_code == 409 and "jendela lain" in late.text and 'value="Nama pegawai"' in late.text
    assert "Tanpa gelar" in late.text
    assert builder.parts[0].label == "Nama"
    other.revision = int(value_in(late.text, "_revision"))
    other.done("_save", "mine", **{"s-label": "Nama pegawai"})
    settings = editing.settings(builder.parts[0].spec)
    assert (settings["label"], settings["description"]) == ("Nama pegawai", "Tanpa gelar")


def test_what_was_typed_for_a_field_that_is_gone_can_still_be_read(builder: Builder, builder_app: Flask) -> None:
    builder.add("textfield", **{"s-label": "Nama"})
    other = Builder(builder_app, builder.form)
    other.look("0")
    builder.done("_remove", "0")
    late = other.press("_save", **{"s-label": "Nama pegawai"})
    assert late.status_code == 409 and "Nama pegawai" in late.text
    assert builder.parts == ()


def test_renaming_shows_who_mentions_the_field_and_takes_them_along(conditional: Builder) -> None:
    conditional.done("_save", **{"s-hide-mode": "hidden", **row("hasil", "==", "lengkap")})
    page = conditional.desk.client.get(f"{conditional.address}/rename?at=0").text
    assert "Disebut di 1 tempat" in page and "hasil == &#34;lengkap&#34;" in page
    sent = {"_at": "0", "_old": "hasil", "name": "hasil periksa", "follow": "1"}
    refused = conditional.post(f"{conditional.address}/rename", sent)
    assert refused.status_code == 422 and 'value="hasil periksa"' in refused.text
    assert conditional.post(f"{conditional.address}/rename", {**sent, "name": "putusan"}).status_code == 303
    assert conditional.parts[0].key == "putusan"
    assert editing.settings(conditional.parts[1].spec)["hide"] == 'putusan == "lengkap"'


def test_a_renaming_that_other_places_followed_says_why_it_is_not_undone(builder_app: Flask) -> None:
    builder = Builder(builder_app, LEAVE)
    builder.look("0.0")
    sent = {"_at": "0.0", "_old": "nama_pegawai", "name": "pemohon", "follow": "1"}
    assert builder.post(f"{builder.address}/rename", sent).status_code == 303
    page = builder.look("0.0")
    told = "Penggantian nama “nama_pegawai” ikut mengubah tempat lain"
    assert told in page
    builder.done("_save", **{"s-label": "Pemohon"})
    assert told not in builder.look("0.0")
    assert told in builder.done("_undo")
    assert builder.done("_undo") and "pemohon" in builder.keys


def test_a_table_that_mentions_a_field_is_told_to_be_mended_by_itself(builder_app: Flask, office: Database) -> None:
    diagram = (ROOT / "tests/diagrams/business_rule_task.bpmn").read_text("utf-8")
    diagram = diagram.replace('name="Step a"', 'name="Step a" camunda:formKey="request"')
    form = {"type": "default", "id": "request", "name": "Permohonan",
            "components": [{"type": "textfield", "id": "f", "key": "kind", "label": "Jenis"}]}  # fmt: skip
    with office.begin(SYSTEM) as uow:
        table = (ROOT / "tests/diagrams/leave.dmn").read_bytes()
        key = deployment.deploy(uow, diagram.encode(), {"request": json.dumps(form)}, [table]).key
    page = Desk(builder_app, "administrator").client.get(f"/design/{key}/forms/request/rename?at=0").text
    assert "Tabel keputusan" in page and "perbaiki berkas tabelnya sendiri" in page
    assert "Ganti juga di tempat-tempat ini" not in page, "none of them would follow"


FOREIGN = {
    "type": "default", "id": "lain", "name": "Dari luar",
    "components": [
        {"type": "textfield", "key": "nama", "label": "Nama"},
        {"type": "iframe", "label": "Peta", "url": "https://example.org"},
    ],
}  # fmt: skip


def test_an_exported_form_is_imported_again_without_a_loss(builder_app: Flask) -> None:
    builder = Builder(builder_app, LEAVE)
    file = builder.desk.client.get(f"{builder.address}/file").data
    look = builder.post(f"/design/{LEAVE}/form-import", {"file": (BytesIO(file), "cuti.form")})
    assert "Semua isi berkas dapat diambil" in look.text
    text = html.unescape(value_in(look.text, "_text"))
    sent = {"_text": text, "name": "Permohonan cuti tahunan", "replace": LEAVE, "_take": "1"}
    assert builder.post(f"/design/{LEAVE}/form-import", sent).status_code == 303
    assert builder.text.encode() == file


def test_an_imported_form_shows_what_is_left_out_before_anything_is_taken(builder: Builder) -> None:
    file = BytesIO(json.dumps(FOREIGN).encode())
    look = builder.post(f"/design/{LEAVE}/form-import", {"file": (file, "luar.form")})
    assert look.status_code == 200 and "Peta" in look.text and "1 hal tidak diambil apa adanya" in look.text
    with builder.database.read(person(builder.database, OWNER)) as uow:
        assert "dari_luar" not in designs.open_design(uow, LEAVE).forms
    text = look.text.split('name="_text" value="')[1].split('"')[0]
    taken = builder.post(
        f"/design/{LEAVE}/form-import", {"_text": html.unescape(text), "name": "Dari luar", "_take": "1"}
    )
    assert taken.status_code == 303 and taken.headers["Location"].endswith("/dari_luar")
    builder.form = "dari_luar"
    assert builder.keys == ["nama"]
    broken = builder.post(f"/design/{LEAVE}/form-import", {"file": (BytesIO(b"{"), "x.form")})
    assert broken.status_code == 422 and "bukan JSON" in broken.text


def test_a_form_that_cannot_be_read_shows_its_flaw_and_its_text_to_mend(builder: Builder) -> None:
    with builder.database.begin(person(builder.database, OWNER)) as uow:
        found = designs.open_design(uow, LEAVE)
        designs.save(uow, LEAVE, found.xml, {**found.forms, builder.form: '{"oops'}, revision=found.revision)
    page = builder.look()
    assert "bukan JSON" in page and f"{builder.address}/json" in page
    text = builder.desk.client.get(f"{builder.address}/json").text
    assert "{&#34;oops" in text
    kept = builder.post(f"{builder.address}/json", {"text": '{"components": 3}'})
    assert kept.status_code == 422 and "{&#34;components" in kept.text
    sound = '{"type": "default", "name": "Baik", "components": [{"type": "textfield", "key": "a", "label": "A"}]}'
    assert builder.post(f"{builder.address}/json", {"text": sound}).status_code == 303
    assert builder.keys == ["a"]


def test_the_download_is_the_form_as_it_stands_in_the_draft(builder: Builder) -> None:
    builder.add("textfield", **{"s-label": "Nama"})
    answer = builder.desk.client.get(f"{builder.address}/file")
    assert answer.text == builder.text
    assert answer.headers["Content-Disposition"] == "attachment; filename=lembar_periksa.form"


def test_only_a_form_that_no_step_uses_is_deleted(builder: Builder) -> None:
    page = builder.desk.client.get(f"/design/{LEAVE}/forms").text
    assert "dipakai oleh Mencatat permohonan cuti tahunan" in page
    assert builder.post(f"/design/{LEAVE}/forms/{LEAVE}/delete", {}).status_code == 409
    assert builder.post(f"{builder.address}/delete", {}).status_code == 303
    with builder.database.read(person(builder.database, OWNER)) as uow:
        assert [item.key for item in design_forms.listing(uow, LEAVE) if item.key == builder.form] == []


def test_a_copy_of_a_form_begins_with_its_fields_and_a_name_of_its_own(builder: Builder) -> None:
    made = builder.post(f"/design/{LEAVE}/forms", {"name": "Cuti Besar", "like": LEAVE})
    assert made.status_code == 303
    builder.form = made.headers["Location"].rpartition("/")[2]
    assert "nama_pegawai" in builder.keys and editing.head(builder.text)["name"] == "Cuti Besar"
    refused = builder.post(f"/design/{LEAVE}/forms", {"name": " ", "like": LEAVE})
    assert refused.status_code in (409, 422)
