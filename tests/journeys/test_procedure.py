"""The first procedure from the letter to its delivery, over HTTP and from the command line, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine.db import Database
from engine.identity import SYSTEM
from engine.model import AlertRow, AlertState, HistoryRow, TaskRow, TaskState
from tests.journeys.offices import OnTheCommandLine, over_http
from tests.journeys.procedure import CONTRIBUTE, NOTE, RETURNED, STEPS, TOLD, walk

#: whoever may be told, and two who must not be
SUPERVISORS = {
    "sekretaris_kecamatan": "Sekretaris Kecamatan",
    "camat": "Camat",
    "pengelola_sop": "Pengelola SOP",
    "kasubag_keuangan": "Kasubag Keuangan",
    "kasubag_umum": "Kasubag Umum dan Kepegawaian",
}

pytestmark = pytest.mark.both_databases


def test_the_procedure_walks_through_the_pages_with_every_step_late(working: Database) -> None:
    office = over_http(working)

    def look(case: int, moment: str) -> None:
        if moment == "returned":
            (task,) = office.waiting(case, by=RETURNED[0])
            page = office.visitor(RETURNED[0]).open(f"/tasks/{task.id}")
            assert task.step == CONTRIBUTE
            assert NOTE in page.text, "the checker's note stands on the returned form"
            assert page.root.xpath("//input[@name='indikator-0-target_tahunan']/@value") == ["90"], (
                "earlier rows are kept"
            )

        if moment == "delivered":
            for position, name in SUPERVISORS.items():
                page = office.visitor(position).open("/overdue?state=closed")
                titles = page.root.xpath("//h3[starts-with(@id, 'alert-')]/text()")
                late = {STEPS[activity] for activity, told in TOLD.items() if name in told}
                assert sorted(titles) == sorted(late), f"{name} should see what was late below, and nothing else"

    case = walk(office, late=True, seen=look)
    assert_the_books_are_right(working, case, alerts=7)


def test_the_procedure_walks_through_the_command_line_with_every_step_late(in_real_time: Database) -> None:
    case = walk(OnTheCommandLine(in_real_time), late=True)
    assert_the_books_are_right(in_real_time, case, alerts=7)


def assert_the_books_are_right(database: Database, case: int, *, alerts: int) -> None:
    """Each task was completed once by its one fact in history; each alert is closed."""
    with database.read(SYSTEM) as uow:
        tasks = uow.session.scalars(select(TaskRow).where(TaskRow.instance_id == case)).all()
        facts = uow.session.execute(
            select(HistoryRow.task_id, func.count())
            .where(HistoryRow.instance_id == case, HistoryRow.kind == "task.completed")
            .group_by(HistoryRow.task_id)
        )
        assert dict(facts.all()) == dict.fromkeys((task.id for task in tasks), 1)
        assert {task.state for task in tasks} == {TaskState.COMPLETED}
        states = uow.session.scalars(select(AlertRow.state).where(AlertRow.instance_id == case)).all()
        assert [*states] == [AlertState.CLOSED] * alerts
        started = uow.session.scalars(select(HistoryRow).where(HistoryRow.kind == "case.started")).one()
        assert (started.person_name, started.position_name) == (
            "Orang Kasubag Umum dan Kepegawaian",
            "Kasubag Umum dan Kepegawaian",
        )
