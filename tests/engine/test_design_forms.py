"""The forms of a draft built piece by piece: each edit saved at once, undone, followed through diagram and forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from lxml import etree

from engine import definitions, deployment
from engine.db import Database
from engine.drafting import design_forms, designs, form_preview
from engine.drafting.design_forms import FormDesign
from engine.errors import Conflict, DesignChanged, InvalidInput, NotAllowed, NotFound
from engine.identity import SYSTEM, Actor
from forms import editing
from forms.definition import parse
from forms.errors import FormError
from tests.engine.test_procedure import As, procedure
from tests.office import ADMINISTRATOR

__all__ = ["procedure"]
DIAGRAMS = Path(__file__).resolve().parents[1] / "diagrams"
KEY = "pengumpulan_data_kinerja"
FORM = "permintaan_data"
OWNER, STRANGER = "pengelola_sop", "kasubag_keuangan"


def opened(database: Database, actor: Actor, form: str = FORM) -> FormDesign:
    with database.read(actor) as uow:
        return design_forms.open_form(uow, KEY, form)


def place_of(found: FormDesign, key: str, row: str | None = None) -> editing.Place:
    for part in editing.walk(found.parts):
        if part.key == row and row is not None:
            return next(one.place for one in editing.walk(part.parts) if one.key == key)
        if part.key == key and row is None:
            return part.place
    raise AssertionError(key)


def relabel(database: Database, actor: Actor, label: str, *, revision: int | None = None) -> FormDesign:
    found = opened(database, actor)
    place = place_of(found, "nomor_surat")
    with database.begin(actor) as uow:
        return design_forms.edit(
            uow,
            KEY,
            FORM,
            lambda text: (editing.change(text, place, {"label": label}), place),
            revision=found.revision if revision is None else revision,
            kind="change",
            label=label,
        )


@pytest.mark.both_databases
def test_an_edit_is_saved_at_once_in_the_draft_of_its_person_alone(procedure: Database, as_: As) -> None:
    owner, administrator = as_(OWNER), as_(ADMINISTRATOR)
    before = opened(procedure, owner)
    assert (before.saved, before.revision, before.flaw) == (False, 0, None)
    made = relabel(procedure, owner, "Nomor")
    assert (made.saved, made.revision, made.place) == (True, 1, place_of(before, "nomor_surat"))
    with procedure.read(owner) as uow:
        assert designs.open_design(uow, KEY).forms[FORM] == made.text
    theirs = opened(procedure, administrator)
    assert theirs.text == before.text
    assert [other.person_name for other in theirs.others] == ["Orang Pengelola SOP"]


@pytest.mark.both_databases
def test_edits_are_undone_and_done_again_one_by_one(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    texts = [opened(procedure, owner).text, *(relabel(procedure, owner, name).text for name in ("Satu", "Dua"))]

    def step(verb: Callable[..., FormDesign]) -> FormDesign:
        with procedure.begin(owner) as uow:
            return verb(uow, KEY, FORM, revision=design_forms.open_form(uow, KEY, FORM).revision)

    last = step(design_forms.undo)
    assert (last.text, last.may_undo, last.may_redo) == (
        texts[1],
        design_forms.Edit("change", "Satu"),
        design_forms.Edit("change", "Dua"),
    )
    assert step(design_forms.undo).text == texts[0]
    with pytest.raises(Conflict):
        step(design_forms.undo)
    assert step(design_forms.redo).text == texts[1]
    relabel(procedure, owner, "Tiga")
    with pytest.raises(Conflict):
        step(design_forms.redo)


def test_nothing_is_undone_over_what_was_saved_elsewhere_since(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    made = relabel(procedure, owner, "Satu")
    with procedure.begin(owner) as uow:
        draft = designs.open_design(uow, KEY)
        other = {**draft.forms, FORM: made.text.replace("Satu", "Dari jendela lain")}
        designs.save(uow, KEY, draft.xml, other, revision=draft.revision)
    found = opened(procedure, owner)
    assert (found.may_undo, found.may_redo) == (None, None)
    assert found.barred == design_forms.Edit("change", "Satu")
    with pytest.raises(Conflict), procedure.begin(owner) as uow:
        design_forms.undo(uow, KEY, FORM, revision=found.revision)


def test_the_newest_fifty_edits_are_kept_and_gone_with_the_draft(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    place = place_of(opened(procedure, owner), "nomor_surat")
    with procedure.begin(owner) as uow:
        for number in range(53):
            change = partial(editing.change, place=place, given={"label": f"Nomor {number}"})
            design_forms.edit(uow, KEY, FORM, lambda text, change=change: (change(text), None), revision=number)
    with procedure.begin(owner) as uow:
        revision, count = 53, 0
        while design_forms.open_form(uow, KEY, FORM).may_undo is not None:
            revision = design_forms.undo(uow, KEY, FORM, revision=revision).revision
            count += 1
        assert count == 50
        designs.discard(uow, KEY)
    relabel(procedure, owner, "Baru")
    with procedure.begin(owner) as uow:
        assert design_forms.undo(uow, KEY, FORM, revision=1).may_undo is None


def test_a_second_window_overwrites_nothing(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    relabel(procedure, owner, "Satu")
    with pytest.raises(DesignChanged):
        relabel(procedure, owner, "Dua", revision=0)
    assert "Dua" not in opened(procedure, owner).text


def test_strangers_neither_see_nor_edit_a_form(procedure: Database, as_: As) -> None:
    stranger = as_(STRANGER)
    verbs: list[Callable[..., object]] = [
        lambda uow: design_forms.listing(uow, KEY),
        lambda uow: design_forms.open_form(uow, KEY, FORM),
        lambda uow: design_forms.mentions(uow, KEY, FORM, (0,)),
        lambda uow: design_forms.new_form(uow, KEY, "Baru", revision=0),
        lambda uow: design_forms.put_form(uow, KEY, FORM, editing.blank("a", "A"), revision=0),
        lambda uow: design_forms.edit(uow, KEY, FORM, lambda text: (text, None), revision=0),
        lambda uow: design_forms.remove_form(uow, KEY, FORM, revision=0),
        lambda uow: design_forms.rename_field(uow, KEY, FORM, (0, 0), "x", revision=0, follow=True),
        lambda uow: design_forms.undo(uow, KEY, FORM, revision=0),
        lambda uow: design_forms.redo(uow, KEY, FORM, revision=0),
    ]
    for verb in verbs:
        with pytest.raises(NotAllowed), procedure.begin(stranger) as uow:
            verb(uow)
    with pytest.raises(NotFound), procedure.read(as_(OWNER)) as uow:
        design_forms.open_form(uow, KEY, "tiada")


def test_forms_are_made_listed_and_taken_out_unless_a_task_names_them(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    with procedure.begin(owner) as uow:
        made = design_forms.new_form(uow, KEY, "Pemeriksaan berkas (baru)", revision=0)
        assert (made.form_key, made.parts, made.uses) == ("pemeriksaan_berkas_baru", (), ())
        copy = design_forms.new_form(
            uow, KEY, "Salinan", revision=1, like="data_kinerja_unit", activity="isi_data_unit", form_key="salinan"
        )
        assert parse(copy.text).key == "salinan"
        assert parse(copy.text).fields == parse(design_forms.open_form(uow, KEY, "data_kinerja_unit").text).fields
        items = {item.key: item for item in design_forms.listing(uow, KEY)}
        assert [use.activity_id for use in items["salinan"].uses] == ["isi_data_unit"]
        assert items[made.form_key].uses == ()
        design_forms.remove_form(uow, KEY, made.form_key, revision=2)
        with pytest.raises(Conflict):
            design_forms.remove_form(uow, KEY, FORM, revision=3)
        with pytest.raises(InvalidInput):
            design_forms.new_form(uow, KEY, " ", revision=3)
        with pytest.raises(FormError):
            design_forms.put_form(uow, KEY, FORM, '{"components": [{"type": "html"}]}', revision=3)
        designs.publish(uow, KEY, revision=3, reason="Salinan.", expected_newest=1)
        assert "salinan" in definitions.content_of(uow, definitions.row_of(uow, KEY).id).forms


@pytest.mark.parametrize(
    ("form", "key", "row"),
    [(FORM, "tahun", None), (FORM, "nomor_surat", None), ("data_kinerja_unit", "realisasi_triwulan", "indikator")],
)
def test_a_renamed_field_is_followed_and_nothing_is_worse_than_before(
    procedure: Database, as_: As, form: str, key: str, row: str | None
) -> None:
    owner = as_(OWNER)
    with procedure.begin(owner) as uow:
        before = design_forms.open_form(uow, KEY, form)
        draft = designs.open_design(uow, KEY)
        problems = designs.problems(uow, KEY, draft.xml, draft.forms)
        place = place_of(before, key, row)
        named = design_forms.mentions(uow, KEY, form, place)
        assert named
        after = design_forms.rename_field(uow, KEY, form, place, "nama_baru", revision=0, follow=True)
        assert not after.left
        assert (after.may_undo, after.barred) == (None, design_forms.Edit("followed", key))
        saved = designs.open_design(uow, KEY)
        assert designs.problems(uow, KEY, saved.xml, saved.forms) == problems
        assert len(design_forms.mentions(uow, KEY, form, place)) == len(named)
        if row is not None:
            assert not [name for name, text in saved.forms.items() if key in text], "its name is found nowhere else"
        back = design_forms.rename_field(uow, KEY, form, place, key, revision=1, follow=True)
        again = designs.open_design(uow, KEY)
    assert back.text == before.text
    assert again.forms == draft.forms
    assert canonical(again.xml) == canonical(draft.xml)


def test_a_decision_table_that_looks_at_a_field_is_named_and_left_to_the_owner(office: Database, as_: As) -> None:
    diagram = (DIAGRAMS / "business_rule_task.bpmn").read_text("utf-8")
    diagram = diagram.replace('name="Step a"', 'name="Step a" camunda:formKey="request"')
    field = {"type": "textfield", "id": "f", "key": "kind", "label": "Kind"}
    form = json.dumps({"id": "request", "name": "Request", "type": "default", "components": [field]})
    with office.begin(SYSTEM) as uow:
        table = (DIAGRAMS / "leave.dmn").read_bytes()
        key = deployment.deploy(uow, diagram.encode(), {"request": form}, [table]).key
    with office.begin(as_(OWNER)) as uow:
        place = editing.parts(form)[0].place
        (mention,) = design_forms.mentions(uow, key, "request", place)
        assert (mention.kind, mention.element, mention.text, mention.sure) == ("decision", "x", "kind", False)
        after = design_forms.rename_field(uow, key, "request", place, "sort", revision=0, follow=True)
        assert [one.kind for one in after.left] == ["decision"]


def canonical(xml: bytes) -> bytes:
    return etree.tostring(etree.fromstring(xml), method="c14n")


def test_a_form_is_previewed_with_made_up_answers_of_earlier_steps(procedure: Database, as_: As) -> None:
    with procedure.read(as_(OWNER)) as uow:
        for item in design_forms.listing(uow, KEY):
            shown = form_preview.preview(uow, KEY, item.key)
            assert shown.form.key == item.key
        letter = form_preview.preview(uow, KEY, "penerusan_surat")
        assert letter.raw["surat_nomor"] == "Contoh"
    with pytest.raises(NotAllowed), procedure.read(as_(STRANGER)) as uow:
        form_preview.preview(uow, KEY, FORM)
