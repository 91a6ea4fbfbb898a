"""One step of the first procedure, from the verb to the durable commit, beside its floors and the library."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from sqlalchemy import Table, select

from engine.db import Database
from engine.identity import SYSTEM
from engine.model import InstanceRow, TaskRow
from tests.bench import floor
from tests.bench.figures import Report, ratio
from tests.bench.library import Library
from tests.bench.offices import ROOT, Walker
from tests.journeys import procedure

FIRST, STEP, NEXT = "terima_permintaan", "teruskan_surat", "disposisi"
BY_FIRST, BY = "kasubag_umum", "sekretaris_kecamatan"
ANSWERS = {"catatan": "Mohon arahan."}


def place(walker: Walker) -> floor.Place:
    """A new case before the step."""
    place.count += 1  # type: ignore[attr-defined]
    case = walker.start(procedure.PROCESS, BY_FIRST)
    answers = procedure.request(f"005/{place.count}")  # type: ignore[attr-defined]
    walker.complete(walker.open_task(case), BY_FIRST, answers)
    task = walker.open_task(case)
    with walker.database.read(SYSTEM) as uow:
        row = uow.session.get_one(InstanceRow, case)
        return floor.Place(case, task, STEP, NEXT, (FIRST,), row.row_version)


place.count = 0  # type: ignore[attr-defined]


def rows(walker: Walker) -> floor.Rows:
    """What a real step writes, read back after one."""
    at = place(walker)
    walker.complete(at.task, BY, ANSWERS)

    def last(table: Table, number: int = 1) -> list[dict[str, Any]]:
        query = select(table).where(table.c.instance_id == at.case).order_by(table.c.id.desc()).limit(number)
        found = [dict(row._mapping) for row in connection.execute(query)]
        return [{name: value for name, value in row.items() if name != "id"} for row in reversed(found)]

    with walker.database.read(SYSTEM) as uow:
        connection = uow.session.connection()
        done = uow.session.get_one(TaskRow, at.task)
        changed = [
            "state",
            "ended_at",
            "assignee_id",
            "assigned_as",
            "completed_by",
            "completed_as",
            "draft",
            "draft_at",
            "draft_by",
        ]
        finished = {name: getattr(done, name) for name in changed}
        state = uow.session.get_one(InstanceRow, at.case).snapshot or b""
        return floor.Rows(
            finished=finished,
            submission=last(floor.SENT)[0],
            deadline=last(floor.DEADLINES)[0],
            task=last(floor.TASKS)[0],
            job=last(floor.JOBS)[0],
            facts=last(floor.FACTS, 2),
            state=state,
        )


def measure(name: str, database: Database, report: Report, *, rounds: int) -> None:
    """Take turns: the step, the library, the floor in Core and, on SQLite, in the driver alone."""
    walker = Walker(database)
    real = rows(walker)
    library = Library((ROOT / "processes" / f"{procedure.PROCESS}.bpmn").read_bytes(), [FIRST, STEP])
    plain = floor.Plain(database) if database.sqlite else None
    spent: dict[str, list[float]] = {"step": [], "library": [], "core": [], "plain": []}
    for number in range(rounds + 3):
        at = place(walker)
        begun = perf_counter()
        walker.complete(at.task, BY, ANSWERS)
        took = {"step": perf_counter() - begun}
        took["core"] = floor.in_core(database, place(walker), real)
        took["library"] = library.step(database, place(walker), real)
        if plain is not None:
            took["plain"] = plain.run(place(walker), real)
        if number >= 3:  # the first ones fill caches
            for what, seconds in took.items():
                spent[what].append(seconds)
    if plain is not None:
        plain.close()
    step = report.add(name, "a step of the procedure", spent["step"])
    core = report.add(name, "the floor: its statements in SQLAlchemy Core", spent["core"])
    if spent["plain"]:
        report.add(name, "the floor: its statements in plain sqlite3", spent["plain"])
    own = report.add(name, "the library's serializer with the same rows", spent["library"])
    report.state(name, "statements of a step", len(floor.statements(sqlite=database.sqlite)), "")
    report.state(name, "state of the case", len(real.state), "B")
    report.hold(name, "step against the Core floor", ratio(step, core), 3)
    report.hold(name, "step against the library", ratio(step, own), 1)
