"""The floor that the benchmark measures against is what the engine does: statement by statement, on both databases."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import event

from engine import seeds
from engine.db import Database
from engine.identity import SYSTEM
from tests.bench import floor, step
from tests.bench.offices import ROOT, Walker


def brief(text: str) -> str:
    """The verb of a statement, and the tables it names in order."""
    known = "|".join(floor.TABLES)
    return " ".join([text.split()[0].upper(), *dict.fromkeys(re.findall(rf"\b(?:{known})\b(?=\.|\s|\()", text))])


class Ear:
    """Hears what a database is told."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine
        self.heard: list[str] = []

    def _hear(self, _connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if not text.startswith("BEGIN"):
            self.heard.append(brief(text))

    def __enter__(self) -> Ear:
        event.listen(self.engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._hear)


@pytest.mark.both_databases
def test_a_step_takes_exactly_the_statements_of_the_floor(office: Database) -> None:
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    walker = Walker(office)
    real = step.rows(walker)
    taken, stood = step.place(walker), step.place(walker)
    walker.actor(step.BY)
    with Ear(office) as engine:
        walker.complete(taken.task, step.BY, step.ANSWERS)
    with Ear(office) as ground:
        floor.in_core(office, stood, real)
    assert engine.heard == ground.heard
    assert len(engine.heard) == (19 if office.sqlite else 20)
