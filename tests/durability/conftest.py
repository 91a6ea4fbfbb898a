"""Every test here gets its own copy of one furnished office, on SQLite and, where marked, on PostgreSQL too."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from engine.clock import SetClock
from engine.db import Database
from engine.settings import normal_url
from tests.durability.furnished import World, furnish


def _furnished(url: str) -> World:
    clock = SetClock(datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta")))
    database = Database(url, clock)
    try:
        return furnish(database, clock)
    finally:
        database.dispose()


@pytest.fixture(scope="session")
def furnished_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    path = tmp_path_factory.mktemp("furnished") / "office.db"
    shutil.copyfile(sqlite_template, path)
    return path, _furnished(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def furnished_postgresql(postgresql_server: str) -> World:
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute("create database furnished template empty")
    return _furnished(normal_url(postgresql_server.replace("/postgres?", "/furnished?")))


@pytest.fixture
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, World]]:
    """Address and contents of this test's own copy."""
    if request.param == "sqlite":
        template, world = request.getfixturevalue("furnished_sqlite")
        shutil.copyfile(template, tmp_path / "alur.db")
        yield f"sqlite:///{tmp_path}/alur.db", world
        return
    world = request.getfixturevalue("furnished_postgresql")
    server = request.getfixturevalue("postgresql_server")
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name} template furnished")
        yield normal_url(server.replace("/postgres?", f"/{name}?")), world
        admin.execute(f"drop database {name} with (force)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = any("copied" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "copied" in metafunc.fixturenames and not chosen:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("copied", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def world(copied: tuple[str, World]) -> World:
    return copied[1]


@pytest.fixture
def clock(world: World) -> SetClock:
    """Stands where the furnished world begins."""
    return SetClock(world.at)


@pytest.fixture
def database(copied: tuple[str, World], clock: SetClock) -> Iterator[Database]:
    database = Database(copied[0], clock)
    yield database
    database.dispose()
