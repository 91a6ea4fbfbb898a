"""Deploying: versions, seeds, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine import calendars, deployment, instances, procedures, seeds
from engine.db import Database
from engine.diagram.read import read
from engine.errors import InvalidDiagram
from engine.identity import SYSTEM
from engine.inbox import inbox
from engine.people import positions, users
from tests.engine.diagram.building import bpmn, one
from tests.engine.test_procedure import ROOT, As, mine, procedure
from tests.office import ADMINISTRATOR, PASSWORD, person

__all__ = ["procedure"]
KEY = "pengumpulan_data_kinerja"


def edited(database: Database) -> tuple[bytes, dict[str, str]]:
    """The procedure in force with one standard time changed, and its forms."""
    with database.read(SYSTEM) as uow:
        xml = procedures.get(uow, KEY).diagram.xml
    assert xml.count(b">PT5M<") == 1
    forms = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
    return xml.replace(b">PT5M<", b">PT25M<"), forms


def test_an_owners_edit_is_a_new_version_and_a_restart_does_not_undo_it(procedure: Database, as_: As) -> None:
    xml, forms = edited(procedure)
    with procedure.begin(as_("pengelola_sop")) as uow:
        assert deployment.deploy(uow, xml, forms, reason="Waktu tidak cukup").version == 2
    with procedure.begin(SYSTEM) as uow:
        assert not seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
        page = procedures.get(uow, KEY)
    assert (page.definition.version, page.definition.reason) == (2, "Waktu tidak cukup")
    assert page.process.nodes["terima_permintaan"].deadline.text == "PT25M"  # type: ignore[union-attr]


def test_running_cases_keep_their_version_and_new_ones_take_the_newest(procedure: Database, as_: As) -> None:
    def start() -> int:
        with procedure.begin(as_("kasubag_umum")) as uow:
            return instances.start(uow, KEY).instance_id

    old = start()
    xml, forms = edited(procedure)
    with procedure.begin(as_("pengelola_sop")) as uow:
        deployment.deploy(uow, xml, forms)
    new = start()
    due = {
        task.instance_id: (task.due_at - task.created_at).seconds // 60 for task in mine(procedure, as_("kasubag_umum"))
    }
    assert due == {old: 5, new: 25}


def test_the_same_content_makes_no_new_version(procedure: Database, as_: As) -> None:
    with procedure.read(SYSTEM) as uow:
        xml = procedures.get(uow, KEY).diagram.xml
    _, forms = edited(procedure)
    with procedure.begin(as_("pengelola_sop")) as uow:
        again = deployment.deploy(uow, xml, forms)
    assert (again.version, again.new) == (1, False)


def test_a_refused_diagram_names_every_problem_and_changes_nothing(procedure: Database, as_: As) -> None:
    xml, forms = edited(procedure)
    broken = xml.replace(b">PT25M<", b">lima menit<").replace(
        b'camunda:formKey="penyampaian"', b'camunda:formKey="tiada"'
    )
    with pytest.raises(InvalidDiagram) as caught, procedure.begin(as_("pengelola_sop")) as uow:
        deployment.deploy(uow, broken, forms)
    errors = {p.element: p for p in caught.value.problems if p.severity == "error"}
    assert len(errors) == 2
    assert "sampaikan_dokumen" in errors
    assert all(p.message and p.remedy for p in errors.values())
    with procedure.read(SYSTEM) as uow:
        assert procedures.get(uow, KEY).definition.version == 1


def test_one_bad_file_keeps_no_other_procedure_from_its_place(office: Database, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "processes", tmp_path / "processes")
    (tmp_path / "processes" / "a_broken.bpmn").write_text("<not bpmn")
    with office.begin(SYSTEM) as uow:
        refused = seeds.deploy(uow, tmp_path / "processes", ROOT / "forms")
        names = [item.definition.key for item in procedures.listing(uow)]
    assert list(refused) == ["a_broken.bpmn"]
    assert KEY in names


def test_an_office_without_the_positions_is_told_and_gets_them_at_one_click(database: Database, tmp_path: Path) -> None:
    with database.begin(SYSTEM) as uow:
        users.create_first_administrator(uow, name="Admin", username="admin", password=PASSWORD)
        calendars.establish(uow)
        assert not seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    administrator = person(database, "administrator")
    with database.begin(administrator) as uow:
        assert procedures.get(uow, KEY).may_start, "or nobody could"
        started = instances.start(uow, KEY)
        assert [t.id for t in inbox(uow, scope="unit").items] == [started.task_id], "never nobody's"
        unknown = procedures.get(uow, KEY).unknown
        assert unknown[-1] == "Pengelola SOP"
        assert procedures.create_positions(uow, KEY) == unknown
        assert procedures.create_positions(uow, KEY) == ()
        page = procedures.get(uow, KEY)
        assert page.empty_lists == ("unit",), "or the Camat would divide the work among nobody"
        leader = next(p.id for p in positions.listing(uow) if p.name == "Kasubag Keuangan")
        positions.change(uow, leader, tags=["unit"])
        assert procedures.get(uow, KEY).empty_lists == ()
    assert page.unknown == ()
    assert page.starters == ("Kasubag Umum dan Kepegawaian",)
    assert page.owners == ("Pengelola SOP",)


def test_a_process_of_vacant_positions_is_begun_by_administrators_until_somebody_holds_one(
    office: Database, as_: As
) -> None:
    plain = bpmn(one(attributes='camunda:candidateGroups="clerk"')).replace(b'alur:owners="pengelola_sop"', b"")
    vacant = plain.replace(b'"clerk"', b'"kasi_trantib"')
    administrator = as_(ADMINISTRATOR)
    with office.begin(administrator) as uow:
        positions.create(uow, name="Kasi Trantib", key="kasi_trantib")
        deployment.deploy(uow, vacant, {}, reason="Baru.")
        assert procedures.get(uow, "p").may_start, "or nobody could"
    with office.read(as_("camat")) as uow:
        assert not procedures.get(uow, "p").may_start
    taken = vacant.replace(b'"kasi_trantib"', b'"camat"')
    with office.begin(administrator) as uow:
        deployment.deploy(uow, taken, {}, reason="Lagi.")
        assert not procedures.get(uow, "p").may_start


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("pengelola_sop", "Pengelola SOP"),
        ("kasubag_umum_dan_aset", "Kasubag Umum dan Aset"),
        ("staf_tu", "Staf Tu"),
        ("Kasi pelayanan", "Kasi pelayanan"),
        ("sop", "SOP"),
    ],
)
def test_a_position_named_by_key_is_spelt_as_the_diagram_spells_its_words(given: str, name: str) -> None:
    process = read((ROOT / "processes" / f"{KEY}.bpmn").read_bytes()).process
    assert procedures.readable_name(given, process) == name
