"""A database that goes away is said to be away, costs nothing that was kept, and is used again once it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from engine import jobs
from engine.clock import SetClock
from engine.db import Database
from engine.doctor import doctor
from engine.errors import DatabaseUnusable
from engine.identity import SYSTEM
from engine.model import HeartbeatRow, SettingRow
from engine.settings import normal_url
from engine.worker import Worker

Away = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def away(database: Database, request: pytest.FixtureRequest) -> Away:
    """`with away():` takes the database from under everybody who uses it."""

    @contextmanager
    def file_gone() -> Iterator[None]:
        folder = Path(database.url.removeprefix("sqlite:///")).parent
        away = folder.rename(folder.with_name(f"{folder.name}-away"))  # all of its files in one moment
        database.dispose()  # a file that is open outlives its name: nobody goes on with it, or opens it again
        try:
            yield
        finally:
            away.rename(folder)

    @contextmanager
    def server_closed() -> Iterator[None]:
        name = database.engine.url.database
        with psycopg.connect(request.getfixturevalue("postgresql_server"), autocommit=True) as admin:
            admin.execute(f"alter database {name} allow_connections false")
            admin.execute("select pg_terminate_backend(pid, 2000) from pg_stat_activity where datname = %s", [name])
            try:
                yield
            finally:
                admin.execute(f"alter database {name} allow_connections true")

    return file_gone if database.sqlite else server_closed


@pytest.mark.both_databases
def test_a_database_that_is_away_is_named_and_is_used_again_when_it_is_back(database: Database, away: Away) -> None:
    with database.begin(SYSTEM) as uow:
        uow.session.add(SettingRow(key="office.name", value="Lumajang"))
    with away():
        for unit in (database.read, database.begin):
            with pytest.raises(DatabaseUnusable, match="ALUR_DATABASE_URL"), unit(SYSTEM):
                pass
        assert "can't be used" in doctor(database)[0].what
    with database.read(SYSTEM) as uow:
        assert uow.session.get_one(SettingRow, "office.name").value == "Lumajang"


@pytest.mark.both_databases
def test_a_connection_that_breaks_within_a_unit_leaves_nothing(database: Database, away: Away) -> None:
    if database.sqlite:
        return  # a file that is open stays

    def write() -> None:
        with database.begin(SYSTEM) as uow:
            uow.session.add(SettingRow(key="office.name", value="Lumajang"))
            uow.session.flush()
            with away():
                uow.session.scalars(select(SettingRow)).all()

    with pytest.raises(DatabaseUnusable):
        write()
    with database.read(SYSTEM) as uow:
        assert uow.session.get(SettingRow, "office.name") is None


def test_a_server_that_does_not_run_is_said_so() -> None:
    database = Database(normal_url("postgresql://alur@127.0.0.1:1/alur"))
    with pytest.raises(DatabaseUnusable, match="refused"), database.read(SYSTEM):
        pass
    database.dispose()


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for a page" * 100])
def test_a_file_that_is_no_office_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "alur.db").write_bytes(content)
    database = Database(f"sqlite:///{tmp_path}/alur.db")
    with pytest.raises(DatabaseUnusable, match="migrate"), database.read(SYSTEM):
        pass
    database.dispose()


@pytest.mark.both_databases
def test_a_worker_outlives_its_database(database: Database, away: Away, clock: SetClock) -> None:
    missed, worked = threading.Event(), threading.Event()

    class Watched(Worker):
        def run_once(self) -> int:
            try:
                done = super().run_once()
            except DatabaseUnusable:
                missed.set()
                raise
            if missed.is_set():
                worked.set()
            return done

    stop = threading.Event()
    worker = Watched(database, pause=0.01)
    loop = threading.Thread(target=worker.run, args=(stop,))
    loop.start()
    try:
        with away():
            assert missed.wait(30)
        assert worked.wait(30)
    finally:
        stop.set()
        loop.join(30)
    with database.read(SYSTEM) as uow:
        assert uow.session.get(HeartbeatRow, worker.name) is not None
        assert jobs.waiting(uow) == 0
