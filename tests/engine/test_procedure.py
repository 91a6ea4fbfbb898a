"""The first procedure from the letter to its delivery, through the engine's verbs, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import alerts, cases, deadlines, instances, seeds, task_page, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.errors import Conflict
from engine.identity import SYSTEM, Actor
from engine.inbox import TaskItem, inbox
from engine.worker import Worker
from tests import answers

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.both_databases
As = Callable[[str], Actor]


@pytest.fixture
def procedure(office: Database) -> Database:
    with office.begin(SYSTEM) as uow:
        assert not seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    return office


def mine(database: Database, actor: Actor) -> tuple[TaskItem, ...]:
    with database.read(actor) as uow:
        return inbox(uow).items


def send(database: Database, actor: Actor, activity: str, raw: dict[str, Any]) -> tasks.Sent:
    """Complete the one task of an activity that is the actor's."""
    (task,) = [t for t in mine(database, actor) if t.activity_id == activity]
    with database.begin(actor) as uow:
        return tasks.complete(uow, task.id, raw)


def begin(database: Database, as_: As) -> int:
    with database.begin(as_("kasubag_umum")) as uow:
        return instances.start(uow, "pengumpulan_data_kinerja").instance_id


def to_the_units(database: Database, as_: As) -> int:
    case = begin(database, as_)
    send(database, as_("kasubag_umum"), "terima_permintaan", answers.PERMINTAAN)
    send(database, as_("sekretaris_kecamatan"), "teruskan_surat", answers.PENERUSAN)
    send(database, as_("camat"), "disposisi", answers.DISPOSISI)
    return case


def to_the_check(database: Database, as_: As) -> int:
    case = to_the_units(database, as_)
    for unit in answers.UNITS:
        send(database, as_(unit), "isi_data_unit", answers.unit_data(unit))
    send(database, as_("kasubag_keuangan"), "gabungkan_draf", answers.DRAF)
    return case


def check(database: Database, as_: As, **returned: str) -> tasks.Sent:
    results = {unit: returned.get(unit) for unit in answers.UNITS}
    return send(
        database,
        as_("sekretaris_kecamatan"),
        "periksa_kelengkapan",
        answers.checked(results, order=list(answers.UNITS)),
    )


def test_the_data_end_up_delivered(procedure: Database, as_: As) -> None:
    case = to_the_check(procedure, as_)
    sent = check(procedure, as_)
    assert [step.position_name for step in sent.next] == ["Kasubag Keuangan"]
    send(procedure, as_("kasubag_keuangan"), "susun_dokumen", answers.DOKUMEN)
    last = send(procedure, as_("kasubag_keuangan"), "sampaikan_dokumen", answers.PENYAMPAIAN)
    assert last.ended
    with procedure.read(as_("camat")) as uow:
        page = cases.get(uow, case)
    assert (page.title, page.state) == ("Data Kinerja TW I 2026", "completed")
    assert [step.state for step in page.steps] == ["done"] * 7
    assert not page.tokens
    assert {d.state for d in page.deadlines} == {"met"}


def test_who_has_sent_is_told_how_many_units_are_still_to_send(procedure: Database, as_: As) -> None:
    to_the_units(procedure, as_)
    told = [send(procedure, as_(unit), "isi_data_unit", answers.unit_data(unit)) for unit in answers.UNITS]
    assert [(sent.waiting_for, len(sent.next)) for sent in told] == [(3, 0), (2, 0), (1, 0), (0, 1)]


def test_a_return_reopens_only_the_incomplete_units_with_note_and_earlier_rows(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    case = to_the_check(procedure, as_)
    check(procedure, as_, kasi_pemerintahan="Lampirkan data dukung.", lurah_rogotrunan="Realisasi belum diisi.")
    waiting = {unit: [t.activity_id for t in mine(procedure, as_(unit))] for unit in answers.UNITS}
    assert waiting == {
        "kasi_pelayanan_umum": [],
        "kasi_pemerintahan": ["isi_data_unit"],
        "lurah_rogotrunan": ["isi_data_unit"],
        "lurah_tompokersan": [],
    }
    with procedure.read(as_("camat")) as uow:
        drawn = cases.get(uow, case)
    assert drawn.done == {"terima_permintaan", "teruskan_surat", "disposisi"}, "what comes again is not done"
    assert all(task.returned for task in drawn.tasks if task.state == "open")
    assert drawn.tokens["isi_data_unit"] == ("Kasi Pemerintahan", "Lurah Rogotrunan")
    (task,) = mine(procedure, as_("lurah_rogotrunan"))
    assert (task.round, task.returned) == (2, True)
    with procedure.read(as_("lurah_rogotrunan")) as uow:
        page = task_page.get(uow, task.id)
    assert page.raw["catatan_pemeriksa"] == "Realisasi belum diisi."
    assert page.raw["indikator"][0]["indikator"] == "Indeks kepuasan masyarakat lurah_rogotrunan"
    clock.advance(timedelta(minutes=20))
    for unit in ("kasi_pemerintahan", "lurah_rogotrunan"):
        send(procedure, as_(unit), "isi_data_unit", answers.unit_data(unit, done="50"))
    send(procedure, as_("kasubag_keuangan"), "gabungkan_draf", answers.DRAF)
    (again,) = mine(procedure, as_("sekretaris_kecamatan"))
    assert (again.round, again.returned) == (2, False), "what comes in again for checking was not sent back"
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        rows = task_page.get(uow, again.id).raw["pemeriksaan"]
    # Who was found complete stays so; who was returned and has sent again is to be checked again.
    assert {row["item"]: row["hasil"] or None for row in rows} == {
        "kasi_pelayanan_umum": "lengkap",
        "kasi_pemerintahan": None,
        "lurah_rogotrunan": None,
        "lurah_tompokersan": "lengkap",
    }
    check(procedure, as_)
    with procedure.read(as_("camat")) as uow:
        steps = {s.activity_id: s for s in cases.get(uow, case).steps}
    assert (steps["siapkan_data"].round, steps["periksa_kelengkapan"].round) == (2, 2)
    assert steps["susun_dokumen"].state == "current"


def test_every_one_of_the_seven_deadlines_alerts_once_and_the_right_person(
    procedure: Database, as_: As, clock: SetClock
) -> None:
    worker = Worker(procedure)

    def let_it_pass() -> None:
        with procedure.read(SYSTEM) as uow:
            due = deadlines.next_due(uow)
        assert due is not None
        clock.at = due
        worker.run_once()
        assert worker.run_once() == 0

    case = begin(procedure, as_)
    let_it_pass()
    send(procedure, as_("kasubag_umum"), "terima_permintaan", answers.PERMINTAAN)
    let_it_pass()
    send(procedure, as_("sekretaris_kecamatan"), "teruskan_surat", answers.PENERUSAN)
    let_it_pass()
    send(procedure, as_("camat"), "disposisi", answers.DISPOSISI)
    send(procedure, as_(answers.UNITS[0]), "isi_data_unit", answers.unit_data("a"))
    let_it_pass()
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        (late,) = [a for a in alerts.listing(uow) if a.activity_id == "siapkan_data"]
    assert [work.item_label for work in late.work] == ["Kasi Pemerintahan", "Lurah Rogotrunan", "Lurah Tompokersan"]
    for unit in answers.UNITS[1:]:
        send(procedure, as_(unit), "isi_data_unit", answers.unit_data(unit))
    send(procedure, as_("kasubag_keuangan"), "gabungkan_draf", answers.DRAF)
    let_it_pass()
    check(procedure, as_)
    let_it_pass()
    send(procedure, as_("kasubag_keuangan"), "susun_dokumen", answers.DOKUMEN)
    let_it_pass()
    send(procedure, as_("kasubag_keuangan"), "sampaikan_dokumen", answers.PENYAMPAIAN)
    with procedure.read(as_("administrator")) as uow:
        raised = [a for a in alerts.listing(uow, state="all") if a.instance_id == case]
    by_step = {a.activity_id: a.recipients for a in raised}
    assert len(raised) == 7
    assert by_step == {
        "terima_permintaan": ("Sekretaris Kecamatan",),
        "teruskan_surat": ("Camat",),
        "disposisi": ("Pengelola SOP", "Administrator"),
        "siapkan_data": ("Sekretaris Kecamatan",),
        "periksa_kelengkapan": ("Camat",),
        "susun_dokumen": ("Sekretaris Kecamatan",),
        "sampaikan_dokumen": ("Sekretaris Kecamatan",),
    }
    assert {a.state for a in raised} == {"closed"}


def test_a_late_completion_does_not_swallow_the_alert(procedure: Database, as_: As, clock: SetClock) -> None:
    begin(procedure, as_)
    clock.at = clock.at.replace(hour=5)  # noon WIB, hours after the five minutes; no worker has run
    send(procedure, as_("kasubag_umum"), "terima_permintaan", answers.PERMINTAAN)
    with procedure.read(as_("sekretaris_kecamatan")) as uow:
        (alert,) = alerts.listing(uow, state="all")
    assert (alert.activity_id, alert.state) == ("terima_permintaan", "closed")
    with pytest.raises(Conflict), procedure.begin(as_("sekretaris_kecamatan")) as uow:
        alerts.acknowledge(uow, alert.id, "Terlambat membaca.")
