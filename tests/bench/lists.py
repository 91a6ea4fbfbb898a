"""The first page of the task list beside 100 and 100,000 open tasks; the page of a case of 100 and 10,000 events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import Integer, String, case, cast, func, insert, literal, select

from engine import cases, inbox
from engine.db import Database, UnitOfWork
from engine.identity import SYSTEM
from tests.bench import floor, offices, step
from tests.bench.figures import Report, ratio
from tests.bench.offices import Walker
from tests.office import POSITIONS

FEW, OPEN = 100, 100_000
BRIEF, LONG = 100, 10_000
BY = "kasubag_umum"


def measure(name: str, small: Database, large: Database, report: Report, *, rounds: int) -> None:
    """Two offices that differ in the number of open tasks alone, looked at in turn."""
    walkers = {FEW: Walker(small), OPEN: Walker(large)}
    for number, walker in walkers.items():
        fill(walker, number)
    for scope in ("mine", "unit"):
        spent = _in_turn(walkers, lambda uow, _size, scope=scope: _list(uow, scope), rounds)
        few = report.add(name, f"the task list ({scope}) at {FEW} open tasks", spent[FEW])
        many = report.add(name, f"the task list ({scope}) at {OPEN} open tasks", spent[OPEN])
        report.hold(name, f"the task list ({scope}) at {OPEN} against {FEW}", ratio(many, few), 1.5)


def pages(name: str, brief_office: Database, long_office: Database, report: Report, *, rounds: int) -> None:
    """A case of few events in the one office, one of many in the other, looked at in turn."""
    walkers = {BRIEF: Walker(brief_office), LONG: Walker(long_office)}
    shown = {}
    for number, walker in walkers.items():
        shown[number] = step.place(walker).case
        facts(walker.database, shown[number], number)
        analyze(walker.database)
    spent = _in_turn(walkers, lambda uow, size: cases.get(uow, shown[size]), rounds)
    brief = report.add(name, f"the page of a case with {BRIEF} events", spent[BRIEF])
    long = report.add(name, f"the page of a case with {LONG} events", spent[LONG])
    report.hold(name, f"the page of a case with {LONG} events against {BRIEF}", ratio(long, brief), 1.5)


def _list(uow: UnitOfWork, scope: Any) -> None:
    inbox.inbox(uow, scope=scope)
    inbox.counts(uow)


def _in_turn(
    walkers: dict[int, Walker], look: Callable[[UnitOfWork, int], object], rounds: int
) -> dict[int, list[float]]:
    spent: dict[int, list[float]] = {number: [] for number in walkers}
    for number in range(rounds + 2):
        for size, walker in walkers.items():
            begun = perf_counter()
            with walker.database.read(walker.actor(BY)) as uow:
                look(uow, size)
            if number >= 2:
                spent[size].append(perf_counter() - begun)
    return spent


def fill(walker: Walker, number: int) -> None:
    """So many open tasks of four positions, each of a case of its own, over weeks; copied from a real one.

    The first page is full in the smaller office too, so that both show as many lines.
    """
    at = step.place(walker)
    groups = [key for key, *_ in POSITIONS[:4]]
    with walker.database.begin(SYSTEM) as uow:
        uow.execute(floor.CASES.update().values(title="Permintaan data"))
        counted = numbers(number - 1)
        first = uow.execute(select(func.max(floor.CASES.c.id))).scalar_one()
        copy(uow, floor.CASES, floor.CASES.c.id == at.case, counted, {"id": counted.c.n + first})
        open_task = floor.TASKS.c.id == at.task
        due = [offices.MORNING + timedelta(hours=n) for n in range(500)]
        copy(
            uow,
            floor.TASKS,
            open_task,
            counted,
            {
                "id": counted.c.n + uow.execute(select(func.max(floor.TASKS.c.id))).scalar_one(),
                "key": literal("copy-") + cast(counted.c.n, String),
                "instance_id": counted.c.n + first,
                "candidate_group": _nth(counted.c.n, groups),
                "due_at": _nth(counted.c.n // len(groups), due),
            },
        )
    analyze(walker.database)


def analyze(database: Database) -> None:
    """Let the planner know the size of the tables, as it would where they had grown over months."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("analyze")


def numbers(most: int) -> Any:
    counting = select(literal(1, Integer).label("n")).cte("numbers", recursive=True)
    return counting.union_all(select(counting.c.n + 1).where(counting.c.n < most))


def _nth(number: Any, choices: Sequence[Any]) -> Any:
    return case(*((number % len(choices) == n, one) for n, one in enumerate(choices)), else_=choices[0])


def copy(uow: UnitOfWork, table: Any, chosen: Any, numbers: Any, changed: dict[str, Any]) -> None:
    names = [column.name for column in table.c]
    columns = [changed.get(name, table.c[name]) for name in names]
    uow.execute(insert(table).from_select(names, select(*columns).select_from(table.join(numbers, chosen))))
    if not uow.sqlite:  # it numbers on by itself, not from what is there
        last = select(func.max(table.c.id)).scalar_subquery()
        uow.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


def facts(database: Database, case: int, number: int) -> None:
    """A case with so many events."""
    with database.begin(SYSTEM) as uow:
        have = uow.execute(select(func.count()).select_from(floor.FACTS).where(floor.FACTS.c.instance_id == case))
        counted = numbers(number - have.scalar_one())
        last = uow.execute(select(func.max(floor.FACTS.c.id))).scalar_one()
        one = select(func.max(floor.FACTS.c.id)).where(floor.FACTS.c.instance_id == case).scalar_subquery()
        copy(uow, floor.FACTS, floor.FACTS.c.id == one, counted, {"id": counted.c.n + last})
