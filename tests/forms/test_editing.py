"""A form edited piece by piece: what an edit is about changes, everything else stays as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import editing
from forms.definition import parse
from forms.editing import Part, Place
from forms.errors import FormError
from tests.forms.building import form_text

ROOT = Path(__file__).resolve().parents[2]
FORMS = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "forms").glob("*.form"))}
FREE = form_text(
    {"type": "group", "label": "Surat", "id": "g", "components": [{"type": "textfield", "key": "nomor"}]},
    {"type": "number", "key": "hari", "label": "Hari", "id": "hari", "properties": {"x-note": {"kept": [1, 2]}}},
    {
        "type": "dynamiclist",
        "path": "baris",
        "label": "Baris",
        "components": [{"type": "textfield", "key": "nama"}, {"type": "number", "key": "nilai"}],
        "properties": {"rowLabel": "nama"},
    },
)


def every(text: str) -> list[Part]:
    return list(editing.walk(editing.parts(text)))


def listed(text: str) -> list[str]:
    return [part.key or part.kind for part in every(text)]


def spec(text: str, place: Place) -> dict[str, Any]:
    return editing.component(text, place)


@pytest.mark.parametrize("kind", editing.KINDS["form"])
def test_a_new_component_of_every_kind_can_be_used_at_once(kind: str) -> None:
    text, place = editing.add(editing.blank("cuti", "Cuti"), kind, (0,), "Lama cuti (hari)", "Days")
    form = parse(text)
    assert form.fields[0].type == kind
    if form.fields[0].key:
        assert form.fields[0].key == "lama_cuti_hari"
    again, second = editing.add(text, kind, (1,), "Lama cuti (hari)")
    parse(again)
    assert (place, second) == ((0,), (1,))
    assert set(editing.settings(spec(text, place))) == set(editing.settings_of(kind))


@pytest.mark.parametrize("kind", editing.KINDS["row"])
def test_a_new_cell_of_every_kind_can_be_used_at_once(kind: str) -> None:
    text, place = editing.add(FREE, kind, (2, 1), "Nama")
    assert parse(text).fields[2].fields[1].type == kind
    assert editing.parts(text)[2].parts[1].in_row
    assert place == (2, 1)


def test_a_key_is_made_from_the_label_and_free_in_the_form() -> None:
    text, place = editing.add(FREE, "number", (2, 2), "Hari")
    assert spec(text, place)["key"] == "hari_2", "a cell would hide the field outside its list"
    text, place = editing.add(FREE, "textfield", (3,), "3 x klas?")
    assert spec(text, place)["key"] == "isian_3_x_klas"
    text, place = editing.add(FREE, "textfield", (0,), "Item")
    assert spec(text, place)["key"] == "item_2", "a reserved word"


@pytest.mark.parametrize("name", FORMS)
def test_setting_everything_to_what_it_is_changes_nothing(name: str) -> None:
    text = FORMS[name]
    for part in every(text):
        same = editing.change(text, part.place, editing.settings(part.spec))
        assert parse(same) == parse(text), part.key
        assert editing.change(text, part.place, {}) == text


@pytest.mark.parametrize("name", FORMS)
def test_moving_a_component_there_and_back_leaves_the_file_as_it_was(name: str) -> None:
    text = FORMS[name]
    for part in every(text):
        moved, place = editing.shift(text, part.place, 1)
        assert editing.component(moved, place) == part.spec
        back, _ = editing.shift(moved, place, -1 if moved != text else 0)
        assert back == text


def test_one_changed_setting_touches_its_own_entry_alone() -> None:
    text = editing.change(FREE, (1,), {"max": "1.200,5", "required": "on", "label_en": "Days"})
    before, after = json.loads(FREE), json.loads(text)
    assert after["components"][1].pop("validate") == {"max": 1200.5, "required": True}
    assert after["components"][1]["properties"].pop("labelEn") == "Days"
    assert after == before
    assert editing.change(text, (1,), {"max": None, "required": False, "label_en": ""}) == FREE


@pytest.mark.parametrize(
    ("place", "given", "setting"),
    [
        ((1,), {"key": "nomor"}, "key"),
        ((1,), {"key": "2 hari"}, "key"),
        ((1,), {"min": 5, "max": 3}, "max"),
        ((1,), {"decimals": "banyak"}, "decimals"),
        ((1,), {"decimals": 40}, "decimals"),
        ((1,), {"width": -1}, "width"),
        ((1,), {"format": "euro"}, "format"),
        ((1,), {"hide": "hari >"}, "hide"),
        ((1,), {"default": "lima"}, "default"),
        ((1,), {"compute": "1", "source": "a.b"}, "source"),
        ((1,), {"internal": True}, "internal"),
        ((1,), {"label": "=nomor"}, "label"),
        ((1,), {"choices": []}, "choices"),
        ((1,), {"required": "maybe"}, "required"),
        ((0, 0), {"pattern": "(a+)+"}, "pattern"),
        ((0, 0), {"max_length": "lima"}, "max_length"),
        ((2,), {"row_label": "tiada"}, "row_label"),
        ((2,), {"row_label": "", "unique_rows": True}, "row_label"),
        ((2,), {"fixed_rows": True}, "fixed_rows"),
        ((2, 0), {"source": "a.b"}, None),
        ((2, 0), {"default": "=hari"}, "default"),
    ],
)
def test_what_a_form_may_not_say_is_refused_with_its_setting(
    place: Place, given: dict[str, Any], setting: str | None
) -> None:
    with pytest.raises(FormError) as caught:
        editing.change(FREE, place, given)
    assert caught.value.setting == setting


def test_choices_get_values_made_from_their_labels_and_keep_the_old_ones() -> None:
    text, place = editing.add(FREE, "select", (0,), "Jenis")
    text = editing.change(text, place, {"choices": [{"label": "Cuti besar"}, {"value": "pilihan_2", "label": "Sakit"}]})
    assert spec(text, place)["values"] == [
        {"label": "Cuti besar", "value": "cuti_besar"},
        {"value": "pilihan_2", "label": "Sakit"},
    ]
    text = editing.change(text, place, {"choices_from": "positions"})
    assert "values" not in spec(text, place)
    text = editing.change(text, place, {"choices": ["Ya", "Tidak"], "choices_from": ""})
    assert [one["value"] for one in spec(text, place)["values"]] == ["ya", "tidak"]


def test_a_source_makes_an_input_read_only_and_goes_with_it() -> None:
    text = editing.change(FREE, (1,), {"source": {"activity": "mulai", "field": "hari", "match": ""}})
    assert spec(text, (1,))["properties"]["source"] == {"activity": "mulai", "field": "hari"}
    assert spec(text, (1,))["readonly"] is True
    assert editing.change(text, (1,), {"source": None}) == FREE


def test_components_move_into_groups_and_out_but_not_where_they_can_t_stand() -> None:
    text, place = editing.move(FREE, (1,), (0, 1))
    assert (listed(text), place) == (["group", "nomor", "hari", "baris", "nama", "nilai"], (0, 1))
    text, place = editing.move(text, (0, 0), (2,))
    assert (listed(text), place) == (["group", "hari", "baris", "nama", "nilai", "nomor"], (2,))
    for origin, to in (((0,), (0, 0)), ((2,), (2, 0)), ((1,), (1, 0)), ((1,), (9,)), ((7,), (0,)), ((2, 0), (0,))):
        with pytest.raises(FormError):
            editing.move(FREE, origin, to)


def test_a_copy_has_keys_and_ids_of_its_own() -> None:
    text, place = editing.duplicate(FREE, (0,))
    assert (listed(text)[:4], place) == (["group", "nomor", "group", "nomor_2"], (1,))
    assert spec(text, (1,))["id"] == "g_2"
    text, place = editing.insert(FORMS["penerusan_surat"], spec(FREE, (2,)), (0,))
    assert [part.key for part in editing.parts(text)[0].parts] == ["nama", "nilai"]


def test_what_a_list_needs_can_t_be_taken_out_of_it() -> None:
    with pytest.raises(FormError) as caught:
        editing.remove(FREE, (2, 0))
    assert caught.value.field == "baris"
    assert listed(editing.remove(FREE, (2, 1))) == ["group", "nomor", "hari", "baris", "nama"]


def test_the_head_of_a_form_changes_and_stands_before_its_fields() -> None:
    text = editing.change_head(FREE, {"name": "Percobaan", "name_en": "Trial", "description": "Isi."})
    assert list(json.loads(text)) == ["id", "name", "nameEn", "description", "components"]
    assert editing.head(text)["name_en"] == "Trial"
    with pytest.raises(FormError):
        editing.change_head(text, {"name": "  "})


def test_a_form_that_can_t_be_used_is_mended_piece_by_piece() -> None:
    broken = form_text(
        {"type": "html", "id": "h", "content": "<b>"}, {"type": "textfield", "key": "a"}, {"type": "button"}
    )
    assert [part.kind for part in every(broken)] == ["html", "textfield", "button"]
    text = editing.change(broken, (1,), {"label": "A"})
    with pytest.raises(FormError):
        editing.change(broken, (1,), {"key": "1"})
    text = editing.remove(editing.remove(text, (2,)), (0,))
    assert parse(text).fields[0].label == "A"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_series_of_edits_leaves_a_form_that_can_be_used(data: st.DataObject) -> None:
    text = FORMS[data.draw(st.sampled_from(sorted(FORMS)))]
    for _ in range(data.draw(st.integers(1, 6))):
        places = [part.place for part in every(text)] or [(0,)]
        place = data.draw(st.sampled_from(places))
        to = (*data.draw(st.sampled_from(places))[:-1], data.draw(st.integers(0, 4)))
        kind = data.draw(st.sampled_from(editing.KINDS["form"]))
        try:
            match data.draw(st.sampled_from(["add", "move", "remove", "duplicate"])):
                case "add":
                    text, at = editing.add(text, kind, to, data.draw(st.text(max_size=12)))
                    assert editing.component(text, at)["type"] == kind
                case "move":
                    moved = editing.component(text, place)
                    text, at = editing.move(text, place, to)
                    assert editing.component(text, at) == moved
                case "remove":
                    text = editing.remove(text, place)
                case "duplicate":
                    text, _ = editing.duplicate(text, place)
        except FormError:
            continue
        parse(text)
