"""What the form builder offers and says of what stands elsewhere: earlier answers, expressions, columns, choices."""

from __future__ import annotations

import html

import pytest
from flask import Flask

from forms import editing
from tests.webapp.builder import Builder, builder, builder_app, row

__all__ = ["builder", "builder_app"]

DATA = "pengumpulan_data_kinerja"


@pytest.fixture
def second(builder_app: Flask) -> Builder:
    """A new, empty form of the procedure whose steps hand answers on."""
    return Builder(builder_app, process=DATA)


def test_answers_of_earlier_steps_that_the_case_keeps_are_offered_and_reckoned_with(second: Builder) -> None:
    page = second.add("number", **{"s-label": "Tahun depan"})
    assert 'data-put="tahun"' in page and "Tahun (langkah Pengumpulan data kinerja SKPD dari Bappeda)" in html.unescape(
        page
    )
    assert 'data-put="perihal"' not in page, "the diagram mentions it nowhere, so the case does not keep it"
    page = second.done("_save", **{"s-compute": "tahun + 1"})
    assert "2.016" in page, "with a made-up year"
    second.done("_save", **{"s-hide-mode": "hidden", **row("triwulan", "==", "I"), **row("tahun", ">=", "2026", 1)})
    assert editing.settings(second.parts[0].spec)["hide"] == 'triwulan == "I" and tahun >= 2026'


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("tahun + zzz", "Di sini tidak ada yang bernama “zzz”"),
        ("buka(tahun)", "tidak ada fungsi “buka”"),
        ("tahun + triwulan", "Dengan jawaban contoh hasilnya kosong: “+” menggabungkan"),
    ],
)
def test_an_expression_that_gives_nothing_is_kept_and_told_why(second: Builder, written: str, told: str) -> None:
    second.add("number", **{"s-label": "Hasil"})
    page = second.done("_save", **{"s-compute": written})
    assert told in html.unescape(page)
    assert editing.settings(second.parts[0].spec)["compute"] == written


def test_what_is_no_expression_is_refused_with_the_place_where_it_breaks(second: Builder) -> None:
    second.add("number", **{"s-label": "Hasil"})
    answer = second.press("_save", **{"s-compute": "tahun +"})
    assert answer.status_code == 422 and "masih ada yang kurang setelah “+” di akhir" in answer.text


def test_a_column_takes_name_kind_and_choices_from_the_cell_it_shows(second: Builder) -> None:
    second.add("table", **{"s-label": "Data unit"})
    page = second.done("_save", **{"s-source-activity": "isi_data_unit"})
    assert '<option value="sent_by">' in page, "without a field there is a row for each unit that was asked"
    second.done("_save", **{"s-source-activity": "isi_data_unit", "s-source-field": "indikator"})
    columns = {"s-columns-0-key": "arah", "s-columns-0-label": "Kolom 1", "s-columns-0-type": "text",
        "s-columns-1-key": "pagu", "s-columns-1-label": "Anggaran", "s-columns-1-type": "text"}  # fmt: skip
    page = second.done("_save", **columns)
    direction, budget = editing.settings(second.parts[0].spec)["columns"]
    assert (direction["label"], direction["label_en"], budget["label"], budget["type"]) == (
        "Arah", "Direction", "Anggaran", "money"
    )  # fmt: skip
    assert direction["choices"] and "Positif (makin tinggi makin baik)" in page, "shown by its label, not as it is kept"


def test_choices_of_a_checklist_are_ticked_beforehand_and_go_with_their_choice(builder: Builder) -> None:
    choices = {"s-choices-0-label": "Ada", "s-choices-0-value": "ada", "s-choices-1-label": "Sah",
        "s-choices-1-value": "sah"}  # fmt: skip
    builder.add("checklist", **{"s-label": "Periksa", **choices})
    ticks = {"s-default-several": "2", "s-default-1": "sah"}
    page = builder.done("_save", **ticks)
    assert editing.settings(builder.parts[0].spec)["default"] == ["sah"]
    assert 'name="s-default-1" value="sah" checked' in page
    builder.done("_choices", "remove:1", **choices, **ticks)
    assert editing.settings(builder.parts[0].spec)["default"] is None
    builder.done("_save", **{"s-default-several": "1", "s-default-0": "ada"})
    builder.done("_save", **{"s-default-several": "1"})
    assert editing.settings(builder.parts[0].spec)["default"] is None


def test_a_setting_that_needs_another_is_refused_where_the_other_is_asked_for(builder: Builder) -> None:
    builder.add("dynamiclist", **{"s-label": "Barang"})
    answer = builder.press("_save", **{"s-rows_from": "positions"})
    assert answer.status_code == 422
    assert 'id="s-row_label-problem"' in answer.text and "Tentukan kolom mana yang menamai baris" in answer.text
    kept = builder.done("_save", **{"s-rows_from": "positions", "s-row_label": "isian"})
    assert ">\ncamat</textarea>" in kept, "a row for each"


def test_a_table_is_added_behind_a_list_not_into_it(builder: Builder) -> None:
    builder.add("dynamiclist", **{"s-label": "Barang"})
    builder.add("table", "0.1")
    assert [part.kind for part in builder.parts] == ["dynamiclist", "table"]


def test_numbers_and_days_are_asked_for_as_such(builder: Builder) -> None:
    builder.add("number", **{"s-label": "Jumlah"})
    assert "“Angka terkecil” harus berupa angka" in builder.press("_save", **{"s-min": "banyak"}).text
    builder.add("datetime", **{"s-label": "Hari"})
    assert "Tulis sebagai 2026-03-31" in builder.done("_save", **{"s-default": "besok"})
    assert "Tulis sebagai" not in builder.done("_save", **{"s-default": "2026-03-10"})
