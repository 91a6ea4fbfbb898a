"""The office to practise in: loaded once, at any hour, with work on every page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine import alerts, cases, demo, demo_text, doctor, documents, procedures, task_page
from engine.clock import SetClock
from engine.db import Database
from engine.identity import NOBODY, SYSTEM, Actor
from engine.inbox import inbox
from engine.people import positions, sign_in, users
from engine.worker import Worker

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (ROOT / "processes", ROOT / "forms")


def load(database: Database) -> None:
    with capture_logs() as logged:
        assert demo.load(database, seeds=SEEDS)
    assert [entry for entry in logged if entry["event"] == "demo.case_stopped"] == []


def actor(database: Database, key: str) -> Actor:
    with database.read(SYSTEM) as uow:
        return positions.actor_of(uow, positions.holders_of(uow, [key])[key][0].person_id)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-22T03:00+07:00",  # Sunday night
        "2027-01-01T00:05+07:00",  # a holiday, and the year has just turned
        "2026-03-24T09:00+07:00",  # within the long joint leave of Lebaran
        "2026-11-20T16:40+07:00",  # Friday after closing
    ],
)
def test_it_loads_at_any_hour_of_the_year(database: Database, clock: SetClock, moment: str) -> None:
    clock.at = datetime.fromisoformat(moment)
    load(database)
    with database.read(SYSTEM) as uow:
        states = [case.state for case in cases.listing(uow, per_page=100).items]
        assert {event.at <= clock.at for case in range(1, 4) for event in cases.get(uow, case).history} == {True}
    assert {"active", "completed", "cancelled"} == set(states)


@pytest.mark.both_databases
def test_no_page_is_empty_and_no_position_without_something_to_see(database: Database, clock: SetClock) -> None:
    clock.at = datetime.fromisoformat("2026-11-23T10:00+07:00")
    load(database)
    for key in ("kasubag_umum", "sekretaris_kecamatan", "camat", "kasubag_keuangan", "kasi_pemerintahan"):
        with database.read(actor(database, key)) as uow:
            items = inbox(uow).items
            assert items, key
            assert task_page.get(uow, items[0].id).form is not None
    for key in ("camat", "sekretaris_kecamatan", "pengelola_sop"):
        with database.read(actor(database, key)) as uow:
            assert alerts.listing(uow, state="all"), key
    with database.read(actor(database, "lurah_jogoyudan")) as uow:
        mine = inbox(uow).items
        assert any(item.returned for item in mine)
        assert any(item.state_word == "late" for item in mine)
    with database.read(SYSTEM) as uow:
        states = {alert.state for alert in alerts.listing(uow, state="all")}
        assert states == {"open", "acknowledged", "closed"}
        finished = next(case for case in cases.listing(uow).items if case.state == "completed")
        page = cases.get(uow, finished.id)
        assert page.documents
        assert page.notes
        assert {step.state for step in page.steps} == {"done"}
        _, content = documents.open_document(uow, page.documents[0].id)
        assert content.startswith(b"%PDF-")
        assert len(sign_in.demo_roles(uow)) == len(users.listing(uow))
        assert all(person.demo and not person.has_password for person in users.listing(uow))


def test_alerts_of_the_past_were_raised_when_they_fell_due_and_the_worker_finds_nothing_left(
    database: Database, clock: SetClock
) -> None:
    clock.at = datetime.fromisoformat("2026-11-23T10:00+07:00")
    load(database)
    with database.read(SYSTEM) as uow:
        raised = alerts.listing(uow, state="all")
        assert all(alert.opened_at == alert.due_at < clock.at for alert in raised)
    assert Worker(database).run_once() == 0
    assert [f for f in doctor.doctor(database) if f.level == "error"] == []


def test_it_never_touches_an_office_where_anybody_is_known(database: Database) -> None:
    with database.begin(NOBODY) as uow:
        users.create_first_administrator(uow, name="Sari", username="sari", password="sawah hijau 7")
    assert not demo.load(database, seeds=SEEDS)
    with database.read(SYSTEM) as uow:
        assert len(users.listing(uow)) == 1
        assert procedures.listing(uow) == ()


def test_a_process_that_was_changed_or_taken_away_costs_its_cases_and_not_the_start(
    database: Database, tmp_path: Path
) -> None:
    processes = tmp_path / "processes"
    processes.mkdir()
    (processes / "broken.bpmn").write_text("<no-diagram/>")
    with capture_logs() as logged:
        assert demo.load(database, seeds=(processes, SEEDS[1]))
    assert "demo.case_stopped" in {entry["event"] for entry in logged}
    with database.read(SYSTEM) as uow:
        assert sign_in.demo_roles(uow)
        assert cases.listing(uow).total == 0


def test_an_invented_paper_is_a_file_that_readers_of_pdf_take() -> None:
    content = demo_text.paper("Surat (edaran) \\ 2026")
    assert content.startswith(b"%PDF-1.4")
    place = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert content[place : place + 4] == b"xref"
    assert rb"Surat \(edaran\) \\ 2026" in content
