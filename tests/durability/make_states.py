"""python -m tests.durability.make_states: keep an office as this version writes it, for later versions to finish.

Run it when what is stored changes shape (a migration, the saved state of cases, deployed forms), before that change
is merged, and commit the two new files of tests/durability/states/: the rows as SQL, and what its forms are to be
answered with. Files already there are never made again: they are what an office may still have.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.clock import SetClock
from engine.db import Database, migrate
from tests.durability.furnished import STEPS, furnish

STATES = Path(__file__).parent / "states"
LARGEST = 200_000  #: bytes


def make(folder: Path = STATES) -> Path:
    """Write the next pair of files; gives the one with the rows."""
    number = 1 + max((int(path.name[:3]) for path in folder.glob("*.sql.gz")), default=0)
    clock = SetClock(datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta")))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "office.db"
        migrate(f"sqlite:///{path}")
        database = Database(f"sqlite:///{path}", clock)
        world = furnish(database, clock)
        database.dispose()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("delete from heartbeats")  # they name a machine
            connection.commit()
            sql = "\n".join(connection.iterdump())
    rows = folder / f"{number:03}.sql.gz"
    rows.write_bytes(gzip.compress(sql.encode(), 9, mtime=0))
    assert rows.stat().st_size < LARGEST, f"{rows} is too large to keep"
    facts = {"at": world.at.isoformat(), "cases": dict(world.cases), "steps": STEPS}
    (folder / f"{number:03}.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return rows


if __name__ == "__main__":
    made = make()
    print(f"{made.name}: {made.stat().st_size} bytes")
