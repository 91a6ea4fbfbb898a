"""python -m tests.bench [--json] [PART...]: how fast the engine is, on both databases; exit 1 below a gate."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable

import structlog

from engine.db import Database
from tests.bench import growth, lists, offices, step, timers, web
from tests.bench.figures import Report

New = Callable[[], Database]

PARTS: dict[str, Callable[[str, New, Report], None]] = {
    "step": lambda name, new, report: step.measure(name, new(), report, rounds=60),
    "growth": lambda name, new, report: growth.measure(name, new(), report, rounds=40),
    "around": lambda name, new, report: growth.around(name, new(), new(), report, rounds=40),
    "timers": lambda name, new, report: timers.measure(name, new(), report),
    "lists": lambda name, new, report: lists.measure(name, new(), new(), report, rounds=20),
    "pages": lambda name, new, report: lists.pages(name, new(), new(), report, rounds=20),
    "web": lambda name, new, report: web.measure(name, new(), report, rounds=15),
}


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all unless told")
    arguments.add_argument("--json", action="store_true", help="only the figures for programs")
    chosen = arguments.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        arguments.error(f"there is no part {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    report = Report()
    with offices.servers() as kinds:
        for name, address in kinds.items():
            for part in chosen.parts or PARTS:
                _measure(name, part, address, report)
    if not chosen.json:
        print(report.table(), end="\n\n")
    print(report.as_json())
    return 0 if report.kept else 1


def _measure(name: str, part: str, address: Callable[[], str], report: Report) -> None:
    opened: list[Database] = []

    def new() -> Database:
        opened.append(offices.furnished(address()))
        return opened[-1]

    print(f"{name}: {part} ...", file=sys.stderr, flush=True)
    PARTS[part](name, new, report)
    for database in opened:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main())
