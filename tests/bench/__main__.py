"""python -m tests.bench [--json] [--quick] [PART...]: how fast the engine is, on each database; exit 1 below a gate."""

from __future__ import annotations

import sys

from tests.bench import offices, step
from tests.bench.figures import Report


def main(arguments: list[str]) -> int:
    report = Report()
    with offices.servers() as urls:
        for name, url in urls.items():
            database = offices.furnished(url)
            step.measure(name, database, report, rounds=60)
            database.dispose()
    print(report.as_json() if "--json" in arguments else report.table())
    return 0 if report.kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
