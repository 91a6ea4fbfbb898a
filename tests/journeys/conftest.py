"""An office with both procedures in force, in training mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import calendars, seeds
from engine.clock import SystemClock
from engine.db import Database
from engine.identity import SYSTEM
from engine.model import SettingRow
from engine.office import TRAINING

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def working(office: Database) -> Database:
    """The small office, its procedures deployed from the seeds, its clock free to be moved."""
    with office.begin(SYSTEM) as uow:
        calendars.establish(uow)
        assert not seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
        uow.session.merge(SettingRow(key=TRAINING, value=True))
    return office


@pytest.fixture
def in_real_time(working: Database) -> Iterator[Database]:
    """The same office by the wall clock, as processes of their own see it."""
    database = Database(working.url, SystemClock())
    yield database
    database.dispose()
