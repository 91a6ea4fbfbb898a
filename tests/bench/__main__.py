"""python -m tests.bench [--json] [PART...]: how fast the engine is, on both databases; exit 1 where a gate is missed."""

from __future__ import annotations

import sys

from tests.bench import growth, offices, step
from tests.bench.figures import Report

ROUNDS = 40


def main(arguments: list[str]) -> int:
    parts = [a for a in arguments if not a.startswith("--")] or ["step", "growth"]
    report = Report()
    with offices.servers() as urls:
        for name, url in urls.items():
            database = offices.furnished(url)
            if "step" in parts:
                step.measure(name, database, report, rounds=ROUNDS)
            if "growth" in parts:
                growth.measure(name, database, report, rounds=ROUNDS)
            database.dispose()
    print(report.as_json() if "--json" in arguments else report.table())
    return 0 if report.kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
