"""Breaks a unit of work at its n-th statement, and reads all tables without the engine to see what stayed."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url

from engine.db import Database
from engine.errors import DatabaseUnusable
from engine.model import Base

Dump = dict[str, list[str]]
TABLES = tuple(table.name for table in Base.metadata.sorted_tables)


#: the place of a break that is the first commit, wherever it is
COMMIT = 0


class Fault(Exception):
    """The process stops here."""


class Breaker:
    """Counts the statements and commits of a database, and breaks at one of them.

    On SQLite, or with `cut` false, the process stops there; with `cut` PostgreSQL closes the connection instead.
    """

    def __init__(self, database: Database, *, cut: bool = False) -> None:
        self.database, self.cut = database, cut and not database.sqlite
        self.at: int | None = None
        self.count = 0

    @contextmanager
    def breaking(self, at: int | None) -> Iterator[None]:
        self.at, self.count = at, 0
        try:
            yield
        finally:
            self.at = None

    def __enter__(self) -> Breaker:
        event.listen(self.database.engine, "before_cursor_execute", self._statement)
        event.listen(self.database.engine, "commit", self._commit)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.database.engine, "before_cursor_execute", self._statement)
        event.remove(self.database.engine, "commit", self._commit)

    def _statement(self, connection: Connection, *_: Any) -> None:
        self._next(connection)

    def _commit(self, connection: Connection) -> None:
        self._next(connection, committing=True)

    def _next(self, connection: Connection, *, committing: bool = False) -> None:
        self.count += 1
        if self.count != self.at and not (committing and self.at == COMMIT):
            return
        if not self.cut:
            raise Fault
        backend = connection.connection.dbapi_connection
        with psycopg.connect(_plain(self.database), autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s, 2000)", [backend.info.backend_pid])


def breaks(breaker: Breaker, act: Callable[[], object], at: int) -> bool:
    """Whether the act was broken; false once it has fewer statements than `at`, and so was done."""
    with breaker.breaking(at):
        try:
            act()
        except Fault:
            return True
        except DatabaseUnusable as error:
            assert breaker.cut, error
            return True
    return False


@contextmanager
def dumping(database: Database) -> Iterator[Callable[..., Dump]]:
    """A function that reads every row of every table over a connection of its own."""
    with contextlib.closing(_connect(database)) as connection:

        def dump(*, without: Collection[str] = ()) -> Dump:
            found: Dump = {}
            for table in TABLES:
                if table not in without:
                    rows = connection.execute(f"select * from {table}").fetchall()
                    found[table] = sorted(map(repr, rows))
            return found

        yield dump


def differences(before: Dump, after: Dump) -> list[str]:
    """What was added to and what is missing from each table, for people."""
    found = []
    for table, rows in after.items():
        old, new = set(before[table]), set(rows)
        found += [f"+{table} {row[:300]}" for row in new - old] + [f"-{table} {row[:300]}" for row in old - new]
        if len(rows) != len(before[table]):
            found.append(f"{table}: {len(before[table])} rows, then {len(rows)}")
    return found


def _connect(database: Database) -> Any:
    if database.sqlite:
        return sqlite3.connect(make_url(database.url).database or "")
    return psycopg.connect(_plain(database), autocommit=True)


def _plain(database: Database) -> str:
    return database.url.replace("postgresql+psycopg://", "postgresql://")
