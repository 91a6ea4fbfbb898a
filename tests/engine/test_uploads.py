"""A file from elsewhere becomes a draft: of the process it names, or of a new one under a name and key of its own."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.db import Database
from engine.diagram import read
from engine.drafting import designs, keys, uploads
from engine.errors import Conflict, InvalidInput, NotAllowed
from tests.engine.diagram.building import ROOT, around, bpmn, task
from tests.engine.test_procedure import As, procedure
from tests.office import ADMINISTRATOR

__all__ = ["procedure"]

KEY = "pengumpulan_data_kinerja"
OWNER = "pengelola_sop"
FOREIGN = (ROOT / "tests" / "browser" / "foreign.bpmn").read_bytes().replace(b'"surat"', b'"Process_1"')
POOLS = b"""<?xml version="1.0"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="urn:t" xmlns:x="urn:x" id="d"
  targetNamespace="urn:t">
  <b:collaboration id="c"><b:participant id="pool" name="Camat" processRef="t:Process_1"/>
    <b:participant id="other" name="Warga" processRef="Process_2"/></b:collaboration>
  <b:process id="Process_1" x:owner="Process_1"><!-- Process_1 -->
    <b:startEvent id="s"/><b:callActivity id="again" calledElement="Process_1"/>
    <b:sequenceFlow id="f" sourceRef="s" targetRef="again">
      <b:conditionExpression>of == 'Process_1'</b:conditionExpression></b:sequenceFlow></b:process>
  <b:process id="Process_2"><b:startEvent id="w"/></b:process>
</b:definitions>"""


@pytest.mark.parametrize(
    "key",
    [
        "Process_1",
        "Process_0abc123",
        "process",
        "Definitions_1",
        "_6063d302-9627-4b7b-9f4e-1d5e7e9b4d3a",
        "sid-6063d302-9627-4b7b-9f4e-1d5e7e9b4d3a",
        "Id_0cd2ba54-8b4e-4d3a-9627-1d5e7e9b4d3a",
        "WFP-6-",
        "{6063d302-9627-4b7b-9f4e-1d5e7e9b4d3a}",
        "proses surat",
    ],
)
def test_a_key_that_a_program_made_up_is_known_as_one(key: str) -> None:
    assert keys.made_up(key)


@pytest.mark.parametrize(
    "key", ["surat", "process_surat", "proses_laporan", "Process_masuk", "idaman", "pool_kendaraan"]
)
def test_a_key_that_somebody_chose_is_kept(key: str) -> None:
    assert not keys.made_up(key)


def test_a_file_says_whose_process_it_is(procedure: Database, as_: As) -> None:
    own = (ROOT / "processes" / f"{KEY}.bpmn").read_bytes()
    named = FOREIGN.replace(b'"Process_1"', b'"surat_masuk"')
    with procedure.begin(as_(OWNER)) as uow:
        assert uploads.arrive(uow, named).standing == "fresh"
        made_up = uploads.arrive(uow, FOREIGN)
        assert (made_up.standing, made_up.name, made_up.free_key) == ("made-up", "Surat masuk", "surat_masuk")
        mine = uploads.arrive(uow, own)
        assert (mine.standing, mine.known_as, mine.drawn) == ("mine", "Pengumpulan Data Kinerja", False)
        uploads.upload(uow, own)
        assert uploads.arrive(uow, own).drawn
        uploads.upload(uow, named)
        assert uploads.arrive(uow, FOREIGN).free_key == "surat_masuk_2"
    with procedure.begin(as_(ADMINISTRATOR)) as uow:
        assert (uploads.arrive(uow, named).standing, uploads.arrive(uow, named).known_as) == ("taken", "")


def test_a_new_process_from_a_file_bears_its_key_wherever_bpmn_refers_to_it(procedure: Database, as_: As) -> None:
    with procedure.begin(as_(OWNER)) as uow:
        made = uploads.upload_as(uow, POOLS, " Surat  Masuk ", "surat_masuk")
        assert (made.process_key, made.name, made.base_version) == ("surat_masuk", "Surat Masuk", None)
    root = etree.fromstring(made.xml)
    pool, other = root.iter("{*}participant")
    assert (pool.get("processRef"), pool.get("name")) == ("t:surat_masuk", "Surat Masuk")
    assert (other.get("processRef"), other.get("name")) == ("Process_2", "Warga")
    process = next(root.iter("{*}process"))
    assert (process.get("id"), process.get("name"), process.get("{urn:x}owner")) == (
        "surat_masuk",
        "Surat Masuk",
        "Process_1",
    )
    assert next(root.iter("{*}callActivity")).get("calledElement") == "surat_masuk"
    assert b"of == 'Process_1'" in made.xml and b"<!-- Process_1 -->" in made.xml


def test_nothing_foreign_is_lost_by_giving_a_file_another_key(procedure: Database, as_: As) -> None:
    with procedure.begin(as_(OWNER)) as uow:
        made = uploads.upload_as(uow, FOREIGN, "Surat masuk", "surat_masuk")
    assert canonical(made.xml) == canonical(FOREIGN.replace(b'"Process_1"', b'"surat_masuk"'))


def canonical(xml: bytes) -> bytes:
    return etree.tostring(etree.fromstring(xml), method="c14n")


def test_the_key_of_another_process_or_element_is_refused(procedure: Database, as_: As) -> None:
    with procedure.begin(as_(OWNER)) as uow:
        with pytest.raises(Conflict):
            uploads.upload_as(uow, FOREIGN, "Surat", KEY)
        for name, key in (("", "surat"), ("Surat", "1 surat"), ("Surat", "kirim surat"), ("Surat", "b")):
            with pytest.raises(InvalidInput):
                uploads.upload_as(uow, FOREIGN, name, key)
        designs.new_design(uow, "Draf", "draf")
    with procedure.begin(as_(ADMINISTRATOR)) as uow, pytest.raises(Conflict):
        uploads.upload_as(uow, FOREIGN, "Surat", "draf")


def test_a_process_copied_from_a_file_of_ones_own_takes_its_forms_along(procedure: Database, as_: As) -> None:
    own = (ROOT / "processes" / f"{KEY}.bpmn").read_bytes()
    with procedure.begin(as_(OWNER)) as uow:
        made = uploads.upload_as(uow, own, "Salinan", "salinan")
        found = designs.problems(uow, "salinan", made.xml, made.forms)
        assert "penyampaian" in made.forms and not [p for p in found if p.severity == "error"]
        assert read.read(made.xml).process.key == "salinan"
        assert not designs.open_design(uow, KEY).saved


def test_who_may_not_draw_may_not_open_a_file(procedure: Database, as_: As) -> None:
    xml = bpmn(around(task("a"), ids="a"))
    for deed in (
        lambda uow: uploads.arrive(uow, xml),
        lambda uow: uploads.upload(uow, xml),
        lambda uow: uploads.upload_as(uow, xml, "Baru", "baru"),
    ):
        with pytest.raises(NotAllowed), procedure.begin(as_("camat")) as uow:
            deed(uow)
