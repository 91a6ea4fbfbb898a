"""The demo office with a little more in it, so that every page of the app has something to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import demo, instances, jobs, tasks
from engine.db import Database
from engine.drafting import designs
from engine.identity import HoldingKind
from engine.model import JobRow, TaskRow, TaskState
from engine.people import positions
from engine.worker import Worker
from tests import answers
from tests.office import person

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (ROOT / "processes", ROOT / "forms")
DATA = "pengumpulan_data_kinerja"
LEAVE = "permohonan_cuti"

CUTI: Mapping[str, Any] = {
    "nama_pegawai": "Siti Rahmawati",
    "jabatan": "Pengadministrasi Umum",
    "mulai": "2026-04-06",
    "selesai": "2026-04-08",
    "lama_hari": "3",
    "sisa_sebelum": "12",
    "alasan": "Mengantar orang tua berobat.",
    "alamat": "Jalan Kenanga 4, Lumajang",
    "telepon": "0812 3456 7890",
}


def open_gallery(database: Database) -> None:
    """Fill an empty, migrated database."""
    assert demo.load(database, seeds=SEEDS)
    _until_the_draft(database, "001/GAL/2026", "2026", "II")
    _until_delivery(database, "002/GAL/2026", "2026", "III")
    for quarter in ("I", "II", "III"):
        until_forwarding(database, f"00{quarter}/GAL/2027", "2027", quarter)
    start(database, LEAVE, by="kasubag_umum")
    decision = start(database, LEAVE, by="kasubag_umum")
    send(database, decision, CUTI, by="kasubag_umum")
    send(database, decision, {"pertimbangan": "disetujui"}, by="sekretaris_kecamatan")
    _put_away(database)
    _let_a_job_fail(database)
    _somebody_stands_in(database)
    _publish_another(database)
    _retire_one(database)
    Worker(database).run_once()


def start(database: Database, process: str, *, by: str) -> int:
    with database.begin(person(database, by)) as uow:
        return instances.start(uow, process).instance_id


def send(database: Database, case: int, raw: Mapping[str, Any], *, by: str) -> None:
    """Complete the one open task of the position in the case."""
    with database.begin(person(database, by)) as uow:
        task = uow.session.scalars(
            select(TaskRow.id).where(
                TaskRow.instance_id == case, TaskRow.candidate_group == by, TaskRow.state == TaskState.OPEN
            )
        ).one()
        tasks.complete(uow, task, raw)


def until_forwarding(database: Database, number: str, year: str, quarter: str, **more: str) -> int:
    """A case whose letter has been recorded."""
    case = start(database, DATA, by="kasubag_umum")
    letter = {**answers.PERMINTAAN, "nomor_surat": number, "tahun": year, "triwulan": quarter, **more}
    send(database, case, letter, by="kasubag_umum")
    return case


def until_units(database: Database, number: str, year: str, quarter: str, units: Sequence[str] = answers.UNITS) -> int:
    """A case whose units have been asked for their data."""
    case = until_forwarding(database, number, year, quarter)
    send(database, case, answers.PENERUSAN, by="sekretaris_kecamatan")
    rows = [{"unit": unit, "tugas": f"Mengisi data kinerja triwulan {quarter}"} for unit in units]
    send(database, case, {**answers.DISPOSISI, "pembagian": rows}, by="camat")
    return case


def _until_the_draft(database: Database, number: str, year: str, quarter: str) -> int:
    case = until_units(database, number, year, quarter)
    for unit in answers.UNITS:
        send(database, case, answers.unit_data(unit.replace("_", " ")), by=unit)
    return case


def _until_delivery(database: Database, number: str, year: str, quarter: str) -> int:
    case = _until_the_draft(database, number, year, quarter)
    send(database, case, answers.DRAF, by="kasubag_keuangan")
    complete = dict.fromkeys(answers.UNITS)
    send(database, case, answers.checked(complete, order=list(answers.UNITS)), by="sekretaris_kecamatan")
    send(database, case, answers.DOKUMEN, by="kasubag_keuangan")
    return case


def _put_away(database: Database) -> None:
    """A confidential case, suspended."""
    case = until_forwarding(database, "003/GAL/2026", "2026", "IV", sifat="rahasia")
    with database.begin(person(database, "pengelola_sop")) as uow:
        instances.suspend(uow, case, "Menunggu kejelasan dari Bappeda.")


def _let_a_job_fail(database: Database) -> None:
    """Automatic work that fails until it becomes an incident."""
    case = start(database, DATA, by="kasubag_umum")
    with database.begin(person(database, "administrator")) as uow:
        job = uow.session.scalars(select(JobRow.id).where(JobRow.instance_id == case)).first()
        assert job is not None
        while not jobs.fail(uow, job, "Basis data tidak menjawab.", None):
            pass


def _publish_another(database: Database) -> None:
    """A second version of the procedure with a longer standard time and one more step, and a draft after it."""
    owner = person(database, "pengelola_sop")
    with database.begin(owner) as uow:
        found = designs.open_design(uow, DATA)
        xml = found.xml.decode().replace(">P7D<", ">P8D<").replace('name="7 hari"', 'name="8 hari"')
        xml = xml.replace('name="Lengkap?"', 'name="Semua unit lengkap?"')
        old = '<bpmn:sequenceFlow id="dari_susun_dokumen_ke_sampaikan_dokumen" sourceRef="susun_dokumen"'
        assert old in xml
        step = '<bpmn:userTask id="cek_ulang" name="Memeriksa ulang dokumen"/>'
        step += '<bpmn:sequenceFlow id="ke_cek_ulang" sourceRef="susun_dokumen" targetRef="cek_ulang"/>'
        xml = xml.replace(old, step + old.replace('Ref="susun_dokumen"', 'Ref="cek_ulang"'))
        shape = '<bpmndi:BPMNShape id="bentuk_cek_ulang" bpmnElement="cek_ulang">'
        shape += '<dc:Bounds x="1110" y="590" width="110" height="70"/></bpmndi:BPMNShape>'
        shape += '<bpmndi:BPMNEdge id="garis_ke_cek_ulang" bpmnElement="ke_cek_ulang">'
        shape += '<di:waypoint x="1130" y="722"/><di:waypoint x="1130" y="660"/></bpmndi:BPMNEdge>'
        straight = '<di:waypoint x="1148" y="782" />\n        <di:waypoint x="1180" y="782" />'
        assert straight in xml
        xml = xml.replace(straight, '<di:waypoint x="1200" y="660"/><di:waypoint x="1200" y="722"/>')
        xml = xml.replace("</bpmndi:BPMNPlane>", f"{shape}</bpmndi:BPMNPlane>")
        found = designs.save(uow, DATA, xml.encode(), found.forms, revision=0)
        reason = "Tujuh hari terlalu singkat; dokumen diperiksa ulang sebelum dikirim."
        designs.publish(uow, DATA, revision=1, reason=reason, expected_newest=found.newest_version)
    with database.begin(owner) as uow:
        found = designs.open_design(uow, DATA)
        designs.save(uow, DATA, found.xml.replace(b">PT5M<", b">PT10M<"), found.forms, revision=0)


def _retire_one(database: Database) -> None:
    """A process that nobody may begin any more."""
    with database.begin(person(database, "pengelola_sop")) as uow:
        designs.new_design(uow, "Surat Tugas", "surat_tugas")
        designs.publish(uow, "surat_tugas", revision=1, reason="Versi pertama.", expected_newest=None)
        designs.retire(uow, "surat_tugas", "Diurus melalui Srikandi.")


def _somebody_stands_in(database: Database) -> None:
    """Two may take the tasks of one post: its holder, and who stands in."""
    with database.begin(person(database, "administrator")) as uow:
        post = next(p for p in positions.listing(uow) if p.key == "lurah_rogotrunan")
        other = next(p for p in positions.listing(uow) if p.key == "lurah_kepuharjo")
        positions.assign_holder(
            uow,
            post.id,
            other.holders[0].person_id,
            kind=HoldingKind.PLH,
            starts_on=date(2026, 3, 9),
            ends_on=date(2026, 3, 20),
            order_number="800/12/427.95/2026",
        )
