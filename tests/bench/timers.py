"""A worker beside 100,000 armed timers, 200 of them due within one second: how late each is, and that none is lost."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

from sqlalchemy import String, cast, event, func, literal, select

from engine.db import Database
from engine.identity import SYSTEM
from engine.worker import Worker
from tests.bench import diagrams, floor
from tests.bench.diagrams import BY
from tests.bench.figures import Report
from tests.bench.lists import analyze, copy, numbers
from tests.bench.offices import Walker

ARMED, DUE = 100_000, 200
WITHIN = timedelta(seconds=1)
WAIT = timedelta(hours=8)
SOON = timedelta(seconds=3)


class ShiftedClock:
    """Real time, moved by a fixed span."""

    def __init__(self, by: timedelta = timedelta(0)) -> None:
        self.by = by

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def measure(name: str, database: Database, report: Report) -> None:
    walker = Walker(database)
    walker.deploy(diagrams.timer("bench_timer", f"PT{WAIT.seconds // 3600}H"))
    first = _arm(walker)
    # The clock jumps to shortly before the first of the two hundred; from there it runs as any other.
    clock = ShiftedClock(first - SOON - datetime.now(UTC))
    database.clock = clock
    before = _fired(database)
    ended: list[datetime] = []
    with _committing(database, clock, ended):
        _work(database, clock, first + WITHIN)
    fired = _fired(database) - before
    at = [first + n * WITHIN / DUE for n in range(DUE)]
    late = [(done - due).total_seconds() for due, done in zip(at, sorted(ended)[-DUE:], strict=False)]
    figure = report.add(name, f"lateness of {DUE} timers due within a second, {ARMED} armed", late)
    worst = statistics.quantiles(figure.samples, n=100)[98]
    report.hold(name, "lateness of timers, 99 of 100, in ms", worst, 2000)
    report.hold(name, "timers that fired, none lost", fired, DUE, least=True)


def _arm(walker: Walker) -> datetime:
    """Two hundred cases whose timers follow each other closely, and the rest of the timers far away."""
    database = walker.database
    begun: datetime = database.clock.now()
    for number in range(DUE):
        database.clock = _Standing(begun + number * WITHIN / DUE)
        walker.start("bench_timer", BY)
    with database.begin(SYSTEM) as uow:
        job = select(func.max(floor.JOBS.c.id)).scalar_subquery()
        case = uow.execute(select(func.max(floor.CASES.c.id))).scalar_one()
        due = uow.execute(select(floor.JOBS.c.due_at).where(floor.JOBS.c.instance_id == case - DUE + 1)).scalar_one()
        n = numbers(ARMED - DUE)
        copy(uow, floor.CASES, floor.CASES.c.id == case, n, {"id": n.c.n + case})
        last = uow.execute(select(job)).scalar_one()
        changed: dict[str, Any] = {
            "id": n.c.n + last,
            "instance_id": n.c.n + case,
            "key": literal("copy-") + cast(n.c.n, String),
            "due_at": literal(due + timedelta(days=30), floor.JOBS.c.due_at.type),
        }
        copy(uow, floor.JOBS, floor.JOBS.c.id == job, n, changed)
    analyze(database)
    found: datetime = due
    return found


class _Standing:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@contextmanager
def _committing(database: Database, clock: ShiftedClock, ended: list[datetime]) -> Iterator[None]:
    """Notes when each writing unit was durable."""

    def note(connection: Any) -> None:
        if connection.get_execution_options().get("alur_write", True):
            waiting.append(clock.now())

    waiting = ended
    event.listen(database.engine, "commit", note)
    try:
        yield
    finally:
        event.remove(database.engine, "commit", note)


def _work(database: Database, clock: ShiftedClock, last: datetime) -> None:
    """Let a worker run until nothing of the two hundred can be left."""
    stop = threading.Event()
    worker = threading.Thread(target=Worker(database).run, args=(stop,))
    worker.start()
    give_up = monotonic() + (last - clock.now()).total_seconds() + 60
    while monotonic() < give_up:
        sleep(0.5)
        with database.read(SYSTEM) as uow:
            left = uow.execute(select(func.count()).select_from(floor.JOBS).where(floor.JOBS.c.due_at <= last))
            if clock.now() > last and not left.scalar_one():
                break
    stop.set()
    worker.join()


def _fired(database: Database) -> int:
    with database.read(SYSTEM) as uow:
        facts = select(func.count()).select_from(floor.FACTS).where(floor.FACTS.c.kind == "timer.fired")
        return uow.execute(facts).scalar_one()
