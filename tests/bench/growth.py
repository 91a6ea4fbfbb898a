"""Whether a step costs the same after many rounds, in a large diagram, beside many instances and many old cases."""

from __future__ import annotations

from time import perf_counter

from engine.db import Database
from tests.bench import diagrams, step
from tests.bench.diagrams import BY
from tests.bench.figures import Report, ratio
from tests.bench.offices import Walker

LOOPS = (1, 50, 1000)
TASKS, FEW = 200, 5
INSTANCES = 1000
FINISHED = 1000


def measure(name: str, database: Database, report: Report, *, rounds: int) -> None:
    walker = Walker(database)
    _loops(name, walker, report, rounds)
    _large(name, walker, report, rounds)
    _instances(name, walker, report, rounds)


def timed(walker: Walker, task: int) -> float:
    begun = perf_counter()
    walker.complete(task, BY)
    return perf_counter() - begun


def _loops(name: str, walker: Walker, report: Report, rounds: int) -> None:
    """Cases that have gone round 1, 50 and 1,000 times take one more round in turn."""
    walker.deploy(diagrams.loop("bench_loop"))
    cases: dict[int, int] = {}
    for loops in LOOPS[1:]:
        cases[loops] = walker.start("bench_loop", BY)
        for _ in range(2 * loops):
            walker.complete(walker.open_task(cases[loops]), BY)
    spent: dict[int, list[float]] = {loops: [] for loops in LOOPS}
    for _ in range(rounds):
        cases[1] = walker.start("bench_loop", BY)
        for _ in range(2):
            walker.complete(walker.open_task(cases[1]), BY)
        for loops, case in cases.items():
            work = timed(walker, walker.open_task(case))
            spent[loops].append((work + timed(walker, walker.open_task(case))) / 2)
    figures = {loops: report.add(name, f"a step after {loops} loops", spent[loops]) for loops in LOOPS}
    report.hold(name, "a step after 1,000 loops against one", ratio(figures[1000], figures[1]), 1.2)


def _large(name: str, walker: Walker, report: Report, rounds: int) -> None:
    """Steps through the middle of a long row of tasks and of a short one, in turn."""
    walker.deploy(diagrams.row("bench_short", FEW))
    walker.deploy(diagrams.row("bench_long", TASKS))
    long = walker.start("bench_long", BY)
    for _ in range(TASKS // 4):
        walker.complete(walker.open_task(long), BY)
    spent: dict[int, list[float]] = {FEW: [], TASKS: []}
    for _ in range(min(rounds, TASKS // 2)):
        short = walker.start("bench_short", BY)
        walker.complete(walker.open_task(short), BY)
        spent[FEW].append(timed(walker, walker.open_task(short)))
        spent[TASKS].append(timed(walker, walker.open_task(long)))
    few = report.add(name, f"a step in a diagram of {FEW} tasks", spent[FEW])
    large = report.add(name, f"a step in a diagram of {TASKS} tasks", spent[TASKS])
    report.hold(name, f"a step in a diagram of {TASKS} tasks against {FEW}", ratio(large, few), 3)


def _instances(name: str, walker: Walker, report: Report, rounds: int) -> None:
    """Beginning a thousand tasks at once, and doing one of them beside all the others."""
    walker.deploy(diagrams.many("bench_many", INSTANCES))
    begun = perf_counter()
    case = walker.start("bench_many", BY)
    report.add(name, f"a case begins {INSTANCES} instances of a task", [perf_counter() - begun])
    spent = [timed(walker, walker.open_task(case)) for _ in range(min(rounds, 10))]
    report.add(name, f"a step beside {INSTANCES} instances", spent)


def around(name: str, few: Database, many: Database, report: Report, *, rounds: int) -> None:
    """The procedure's step in an office with a thousand finished cases, in turn with one that has just begun."""
    walkers = {0: Walker(few), FINISHED: Walker(many)}
    walkers[FINISHED].deploy(diagrams.row("bench_old", 1))
    for _ in range(FINISHED):
        case = walkers[FINISHED].start("bench_old", BY)
        walkers[FINISHED].complete(walkers[FINISHED].open_task(case), BY)
    spent: dict[int, list[float]] = {0: [], FINISHED: []}
    for _ in range(rounds):
        for number, walker in walkers.items():
            at = step.place(walker)
            begun = perf_counter()
            walker.complete(at.task, step.BY, step.ANSWERS)
            spent[number].append(perf_counter() - begun)
    for number, samples in spent.items():
        report.add(name, f"a step of the procedure, {number} finished cases around", samples)
