"""Drafts of diagrams: one for each person and process, put in force with a reason; versions restored and retired."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine import definitions, deployment, history, instances, mailbox, procedures, versions
from engine.clock import SetClock
from engine.db import Database
from engine.drafting import designs, uploads
from engine.errors import (
    Conflict,
    DesignChanged,
    InvalidDiagram,
    InvalidInput,
    NotAllowed,
    NotFound,
    ProcessRetired,
    VersionChanged,
)
from engine.identity import SYSTEM, Actor
from engine.model import JobRow
from tests.engine.diagram.building import ROOT, bpmn, one
from tests.engine.test_procedure import As, procedure
from tests.office import ADMINISTRATOR

__all__ = ["procedure"]
KEY = "pengumpulan_data_kinerja"
OWNER, STRANGER = "pengelola_sop", "kasubag_keuangan"


def draw(database: Database, actor: Actor, old: bytes, new: bytes) -> designs.DesignView:
    """One edit saved in the actor's draft."""
    with database.begin(actor) as uow:
        view = designs.open_design(uow, KEY)
        assert old in view.xml
        return designs.save(uow, KEY, view.xml.replace(old, new), view.forms, revision=view.revision)


def publish(database: Database, actor: Actor, reason: str = "Perlu.") -> definitions.DefinitionView:
    with database.begin(actor) as uow:
        view = designs.open_design(uow, KEY)
        return designs.publish(uow, KEY, revision=view.revision, reason=reason, expected_newest=view.newest_version)


@pytest.mark.both_databases
def test_a_draft_is_kept_for_its_person_and_published_with_a_reason(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    with procedure.read(owner) as uow:
        before = designs.open_design(uow, KEY)
    assert (before.saved, before.revision, before.base_version) == (False, 0, 1)
    assert "permintaan_data" in before.forms
    draft = draw(procedure, owner, b">PT5M<", b">PT25M<")
    assert (draft.saved, draft.revision) == (True, 1)
    with procedure.read(as_(ADMINISTRATOR)) as uow:
        theirs = designs.open_design(uow, KEY)
        assert b">PT5M<" in theirs.xml, "another person's draft is theirs"
        assert [other.person_name for other in theirs.others] == ["Orang Pengelola SOP"]
        assert designs.open_other(uow, KEY, theirs.others[0].person_id).xml == draft.xml
    made = publish(procedure, owner, "  Lima menit tidak cukup. ")
    assert (made.version, made.reason, made.created_by) == (2, "Lima menit tidak cukup.", "Orang Pengelola SOP")
    with procedure.read(owner) as uow:
        after = designs.open_design(uow, KEY)
        event = history.of_process(uow, KEY)[0]
    assert (after.saved, after.base_version) == (False, 2)
    assert (event.data["reason"], event.position_name) == ("Lima menit tidak cukup.", "Pengelola SOP")


def test_a_second_window_of_the_same_person_overwrites_nothing(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    first = draw(procedure, owner, b">PT5M<", b">PT25M<")
    with pytest.raises(DesignChanged) as caught, procedure.begin(owner) as uow:
        designs.save(uow, KEY, b"<other/>", {}, revision=0)
    assert caught.value.revision == 1
    with procedure.begin(owner) as uow:
        assert designs.open_design(uow, KEY).xml == first.xml
        assert designs.save(uow, KEY, b"<half a file", {}, revision=1).revision == 2, "unfinished work is kept too"
        designs.discard(uow, KEY)
        assert not designs.open_design(uow, KEY).saved
    with pytest.raises(DesignChanged), procedure.begin(owner) as uow:
        designs.save(uow, KEY, first.xml, {}, revision=2)


@pytest.mark.both_databases
def test_of_two_windows_that_save_their_first_stroke_at_once_one_is_told(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    with procedure.read(owner) as uow:
        found = designs.open_design(uow, KEY)
    together = threading.Barrier(2)

    def window(stroke: bytes) -> str:
        together.wait()
        try:
            with procedure.begin(owner) as uow:
                designs.save(uow, KEY, found.xml + stroke, found.forms, revision=0)
            return "kept"
        except DesignChanged:
            return "told"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(window, (b"<!-- a -->", b"<!-- b -->"))) == ["kept", "told"]


@pytest.mark.both_databases
def test_of_two_owners_who_publish_at_once_one_is_shown_the_other(procedure: Database, as_: As) -> None:
    draw(procedure, as_(OWNER), b">PT5M<", b">PT25M<")
    draw(procedure, as_(ADMINISTRATOR), b">PT10M<", b">PT20M<")
    actors = (as_(OWNER), as_(ADMINISTRATOR))
    together = threading.Barrier(2)

    def put(actor: Actor) -> str:
        together.wait()
        try:
            with procedure.begin(actor) as uow:
                designs.publish(uow, KEY, revision=1, reason="Perlu.", expected_newest=1)
            return "published"
        except VersionChanged:
            return "shown"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(put, actors)) == ["published", "shown"]


def test_what_somebody_else_published_meanwhile_must_be_seen_first(procedure: Database, as_: As) -> None:
    draw(procedure, as_(OWNER), b">PT5M<", b">PT25M<")
    draw(procedure, as_(ADMINISTRATOR), b">PT10M<", b">PT20M<")
    publish(procedure, as_(ADMINISTRATOR), "Dua puluh menit.")
    with pytest.raises(VersionChanged) as caught, procedure.begin(as_(OWNER)) as uow:
        designs.publish(uow, KEY, revision=1, reason="Perlu.", expected_newest=1)
    assert (caught.value.newest, caught.value.reason) == (2, "Dua puluh menit.")
    with procedure.begin(as_(OWNER)) as uow:
        view = designs.open_design(uow, KEY)
        assert (view.base_version, view.newest_version) == (1, 2)
        assert designs.publish(uow, KEY, revision=1, reason="Perlu.", expected_newest=2).version == 3


def test_a_draft_that_can_not_run_or_has_no_reason_is_not_published(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    draw(procedure, owner, b">PT5M<", b">lima menit<")
    with pytest.raises(InvalidInput), procedure.begin(owner) as uow:
        designs.publish(uow, KEY, revision=1, reason="  ", expected_newest=1)
    with pytest.raises(InvalidDiagram), procedure.begin(owner) as uow:
        designs.publish(uow, KEY, revision=1, reason="Perlu.", expected_newest=1)
    with procedure.read(owner) as uow:
        draft = designs.open_design(uow, KEY)
        found = designs.problems(uow, KEY, draft.xml, draft.forms)
        assert draft.saved, "it is still there"
        assert [p.element for p in found if p.severity == "error"] == ["waktu_terima_permintaan"] or found
        assert designs.problems(uow, KEY, b"no diagram", {})[0].rule == "not-xml"
        other = designs.problems(uow, KEY, bpmn(one()), {})
    assert other[0].rule == "other-process"


@pytest.mark.parametrize("who", [STRANGER, "camat"])
def test_only_owners_and_administrators_touch_a_process(procedure: Database, as_: As, who: str) -> None:
    draw(procedure, as_(OWNER), b">PT5M<", b">PT25M<")
    deeds = (
        lambda uow: designs.open_design(uow, KEY),
        lambda uow: designs.open_other(uow, KEY, 1),
        lambda uow: designs.save(uow, KEY, b"<x/>", {}, revision=0),
        lambda uow: designs.problems(uow, KEY, b"<x/>", {}),
        lambda uow: designs.choices(uow, KEY),
        lambda uow: designs.new_design(uow, "Baru", "baru"),
        lambda uow: uploads.upload(uow, (ROOT / "processes" / f"{KEY}.bpmn").read_bytes()),
        lambda uow: designs.publish(uow, KEY, revision=1, reason="Perlu.", expected_newest=1),
        lambda uow: designs.restore(uow, KEY, 1, "Perlu."),
        lambda uow: designs.retire(uow, KEY, "Perlu."),
        lambda uow: designs.reinstate(uow, KEY, "Perlu."),
    )
    for deed in deeds:
        with pytest.raises(NotAllowed), procedure.begin(as_(who)) as uow:
            deed(uow)
    with procedure.read(as_(who)) as uow:
        assert not designs.may_design(uow)
        assert designs.listing(uow) == ()
        assert not versions.listing(uow, KEY).may_edit


def test_an_owner_begins_a_process_of_their_own_and_puts_it_in_force(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    with procedure.begin(owner) as uow:
        view = designs.new_design(uow, 'Surat "keluar" & masuk', "surat_keluar")
        assert not [p for p in designs.problems(uow, "surat_keluar", view.xml, {}) if p.severity == "error"]
        assert {item.process_key: item.newest_version for item in designs.listing(uow)}["surat_keluar"] is None
    with pytest.raises(NotFound), procedure.read(SYSTEM) as uow:
        procedures.get(uow, "surat_keluar")
    with procedure.begin(owner) as uow:
        made = designs.publish(uow, "surat_keluar", revision=1, reason="Baru.", expected_newest=None)
        assert (made.version, made.name) == (1, 'Surat "keluar" & masuk')
        assert instances.start(uow, "surat_keluar").task_id is not None
    with pytest.raises(Conflict), procedure.begin(owner) as uow:
        designs.new_design(uow, "Lagi", "surat_keluar")


def test_an_uploaded_file_becomes_a_draft_with_the_forms_in_force(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    xml = (ROOT / "processes" / f"{KEY}.bpmn").read_bytes()
    with procedure.begin(owner) as uow:
        view = uploads.upload(uow, xml.replace(b">PT5M<", b">PT6M<"), {"penyampaian": "{}"})
    assert (view.forms["penyampaian"], view.base_version) == ("{}", 1)
    assert view.forms["permintaan_data"].startswith("{")
    with pytest.raises(DesignChanged), procedure.begin(owner) as uow:
        uploads.upload(uow, xml)
    with procedure.begin(owner) as uow:
        assert uploads.upload(uow, xml, replace=True).revision == 2
    with pytest.raises(InvalidDiagram), procedure.begin(owner) as uow:
        uploads.upload(uow, b"<no-diagram/>")


def test_a_file_that_can_not_run_yet_is_a_draft_whose_problems_say_what_to_do(procedure: Database, as_: As) -> None:
    xml = bpmn(one()).replace(b'isExecutable="true"', b'isExecutable="false"')
    with procedure.begin(as_(OWNER)) as uow:
        view = uploads.upload(uow, xml)
        found = designs.problems(uow, view.process_key, view.xml, {})
    assert (view.process_key, view.name, [p.rule for p in found]) == ("p", "Test", ["not-executable"])


def test_an_older_version_comes_back_as_a_new_one(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    draw(procedure, owner, b">PT5M<", b">PT25M<")
    publish(procedure, owner)
    with procedure.begin(owner) as uow:
        made = designs.restore(uow, KEY, 1, "Terlalu lama.")
        page = versions.listing(uow, KEY)
    assert (made.version, made.reason) == (3, "Terlalu lama.")
    assert [(item.definition.version, item.restored) for item in page.items] == [(3, 1), (2, None), (1, None)]
    with pytest.raises(InvalidInput), procedure.begin(owner) as uow:
        designs.restore(uow, KEY, 1, "Sekali lagi.")
    with pytest.raises(NotFound), procedure.begin(owner) as uow:
        designs.restore(uow, KEY, 9, "Tidak ada.")


def test_no_case_of_a_retired_process_begins_until_it_is_reinstated(procedure: Database, as_: As) -> None:
    owner = as_(OWNER)
    with procedure.begin(as_("kasubag_umum")) as uow:
        running = instances.start(uow, KEY)
    with procedure.begin(owner) as uow:
        designs.retire(uow, KEY, "Diganti SOP baru.")
    with pytest.raises(ProcessRetired), procedure.begin(as_("kasubag_umum")) as uow:
        instances.start(uow, KEY)
    with procedure.read(as_("kasubag_umum")) as uow:
        assert not procedures.get(uow, KEY).may_start
        page = versions.listing(uow, KEY)
    assert (page.retired, page.events[0].data["reason"]) == (True, "Diganti SOP baru.")
    assert page.items[0].running == 1, f"case {running.instance_id} goes on"
    with pytest.raises(Conflict), procedure.begin(owner) as uow:
        designs.retire(uow, KEY, "Lagi.")
    draw(procedure, owner, b">PT5M<", b">PT25M<")
    assert publish(procedure, owner).retired, "publishing does not bring it back"
    with procedure.begin(owner) as uow:
        designs.reinstate(uow, KEY, "Masih dipakai.")
    with procedure.begin(as_("kasubag_umum")) as uow:
        assert instances.start(uow, KEY).instance_id
    with pytest.raises(Conflict), procedure.begin(owner) as uow:
        designs.reinstate(uow, KEY, "Lagi.")


def test_a_retired_process_begins_by_no_timer_and_no_message_either(office: Database, as_: As, clock: SetClock) -> None:
    diagrams = ROOT / "tests" / "diagrams"
    with office.begin(SYSTEM) as uow:
        for name in ("start_timer", "start_message"):
            deployment.deploy(uow, (diagrams / f"{name}.bpmn").read_bytes(), {})
        keys = [item.definition.key for item in procedures.listing(uow)]
        message = definitions.diagram_of(uow, definitions.row_of(uow, "start_message").id).process.start
        assert message is not None
        waiting = uow.session.query(JobRow).count()
        assert waiting == 1
        for key in keys:
            designs.retire(uow, key, "Perlu.")
        assert uow.session.query(JobRow).count() == 0
        assert mailbox.beginning(uow, "message", message.wiring.event or "") == ()
        clock.advance(timedelta(days=30))
        for key in keys:
            designs.reinstate(uow, key, "Perlu.")
        assert uow.session.query(JobRow).count() == 1


def test_the_panel_offers_what_there_is(procedure: Database, as_: As) -> None:
    with procedure.read(as_(OWNER)) as uow:
        offered = designs.choices(uow, KEY)
    assert ("camat", "Camat") in [(choice.value, choice.label) for choice in offered.positions]
    assert [choice.value for choice in offered.processes] == ["permohonan_cuti"]
    assert [choice.value for choice in offered.calendars] == ["office"]
    assert "kasi_pemerintahan" in [choice.value for choice in offered.lists["units"]]
    assert "nomor_surat" in [field.key for field in offered.forms["permintaan_data"].fields]
    assert "http" in offered.connectors
