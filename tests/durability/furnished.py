"""An office with a case at every step of the first procedure, one late, one with an incident, one that rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import instances, jobs, seeds, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from engine.model import AlertRow, IncidentRow, InstanceRow, PersonRow, SettingRow, TaskRow, TaskState
from engine.office import TRAINING
from engine.worker import Worker
from tests import answers
from tests.office import open_office, person

ROOT = Path(__file__).resolve().parents[2]
PROCESS = "pengumpulan_data_kinerja"
COMPLETE = dict.fromkeys(answers.UNITS)
RETURNED = {**COMPLETE, answers.UNITS[0]: "Lengkapi realisasi anggaran."}

#: every step with who takes it and what they send, in order; units fill in theirs at the same time
STEPS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("terima_permintaan", "kasubag_umum", answers.PERMINTAAN),
    ("teruskan_surat", "sekretaris_kecamatan", answers.PENERUSAN),
    ("disposisi", "camat", answers.DISPOSISI),
    *(("isi_data_unit", unit, answers.unit_data(unit)) for unit in answers.UNITS),
    ("gabungkan_draf", "kasubag_keuangan", answers.DRAF),
    ("periksa_kelengkapan", "sekretaris_kecamatan", answers.checked(COMPLETE, order=list(answers.UNITS))),
    ("susun_dokumen", "kasubag_keuangan", answers.DOKUMEN),
    ("sampaikan_dokumen", "kasubag_keuangan", answers.PENYAMPAIAN),
)
#: name of a case -> how many steps it has behind it
CASES = {
    "new": 0,
    "taken": 0,
    "resting": 0,
    "forwarded": 1,
    "to_divide": 2,
    "at_units": 3,
    "at_last_unit": 6,
    "to_merge": 7,
    "to_check": 8,
    "to_write": 9,
    "to_deliver": 10,
}


@dataclass(frozen=True, slots=True)
class World:
    at: datetime
    cases: Mapping[str, int]
    alert: int
    incident: int
    people: Mapping[str, int]  #: position key -> person id


def furnish(database: Database, clock: SetClock) -> World:
    """Fill an empty database; its clock moves a little, and stands where the world begins."""
    open_office(database)
    with database.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
        uow.session.merge(SettingRow(key=TRAINING, value=True))
    late = _begin(database)
    broken = _begin(database)
    _incident(database, clock, broken)
    cases = {"late": late, "broken": broken}
    for name, behind in CASES.items():
        cases[name] = _begin(database)
        for step in STEPS[:behind]:
            send(database, cases[name], *step)
    with database.begin(person(database, "kasubag_umum")) as uow:
        tasks.claim(uow, open_task(database, cases["taken"], "terima_permintaan"))
    with database.begin(person(database, "pengelola_sop")) as uow:
        instances.suspend(uow, cases["resting"], "Menunggu surat asli.")
    with database.read(SYSTEM) as uow:
        alert = uow.session.scalars(select(AlertRow.id).where(AlertRow.instance_id == late)).one()
        incident = uow.session.scalars(select(IncidentRow.id)).one()
        people = {row.username: row.id for row in uow.session.scalars(select(PersonRow))}
    return World(clock.at, cases, alert, incident, people)


def open_task(database: Database, case: int, activity: str, by: str | None = None) -> int:
    """The id of the open task of an activity; of the one `by` may take where it has several."""
    with database.read(SYSTEM) as uow:
        found = select(TaskRow.id, TaskRow.candidate_group).where(
            TaskRow.instance_id == case, TaskRow.activity_id == activity, TaskRow.state == TaskState.OPEN
        )
        rows = uow.session.execute(found).all()
    return next(id for id, group in rows if len(rows) == 1 or group == by)


def send(database: Database, case: int, activity: str, by: str, raw: Mapping[str, Any]) -> tasks.Sent:
    """Complete one step of a case."""
    task = open_task(database, case, activity, by)
    with database.begin(person(database, by)) as uow:
        return tasks.complete(uow, task, raw, confirm_same_case=True)


def _begin(database: Database) -> int:
    with database.begin(person(database, "kasubag_umum")) as uow:
        return instances.start(uow, PROCESS).instance_id


def _incident(database: Database, clock: SetClock, case: int) -> None:
    """Let the worker give up on a case whose stored state is spoilt for a while; other due cases get their alerts."""
    with database.begin(SYSTEM) as uow:
        row = uow.session.get_one(InstanceRow, case)
        state, row.snapshot = row.snapshot, b"spoilt"
    worker = Worker(database)
    for _ in range(jobs.RETRIES):
        clock.advance(timedelta(minutes=10))
        worker.run_once()
    with database.begin(SYSTEM) as uow:
        uow.session.get_one(InstanceRow, case).snapshot = state
