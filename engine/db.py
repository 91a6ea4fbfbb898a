"""The database and the one value that carries session, clock and person through every verb."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from .clock import Clock, SystemClock
from .errors import Busy, DatabaseUnusable
from .identity import Actor
from .model import SettingRow

#: settings key of the training clock's offset, in seconds
CLOCK_OFFSET = "clock.offset"

#: deadlock, serialization failure, lock not available
_COLLISIONS = ("40P01", "40001", "55P03")
_SQLITE_BUSY, _SQLITE_LOCKED = 5, 6
#: connection lost, refused, no such database or table, no room, shutting down
_UNUSABLE = ("08", "28", "3D", "42P01", "53", "55000", "57P", "58")
#: no permission, read only, disk failure, damaged, full, can't be opened, no database at all
_SQLITE_UNUSABLE = (3, 8, 10, 11, 13, 14, 26)


@dataclass(slots=True)
class UnitOfWork:
    """One reading or one change of the office. Verbs never commit; whoever opened it does."""

    session: Session
    now: datetime  #: office time: real time plus the training clock's offset; read once
    real_now: datetime  #: for sessions, leases, backoff
    actor: Actor

    @property
    def sqlite(self) -> bool:
        return self.session.get_bind().dialect.name == "sqlite"

    def not_before(self, instant: datetime | None) -> None:
        """Let office time in this unit begin no earlier than `instant`."""
        if instant is not None and instant > self.now:
            self.now = instant


class Database:
    """Opens units of work. Safe to share between threads."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = url
        self.clock = clock or SystemClock()
        self.sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.sqlite:
            self.engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(url, pool_size=5, max_overflow=10, pool_pre_ping=True)
        event.listen(self.engine, "checkin", _roll_back)

    @contextmanager
    def read(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A unit that sees one moment, takes no write lock and is rolled back at the end.

        Raises Busy; DatabaseUnusable where the database is away or damaged.
        """
        with self._session(write=False) as session:
            yield self._unit(session, actor)
            session.rollback()

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A unit for writing: commits at the end, rolls back on any exception.

        Raises Busy; DatabaseUnusable where the database is away or damaged.
        """
        with self._session(write=True) as session:
            yield self._unit(session, actor)
            session.commit()

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _session(self, *, write: bool) -> Iterator[Session]:
        try:
            with self.engine.connect().execution_options(alur_write=write) as connection:
                if not write and not self.sqlite:
                    # One moment for all of a page, as SQLite's readers have it anyway.
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with Session(bind=connection, expire_on_commit=False) as session:
                    yield session
        except (DBAPIError, TimeoutError, sqlite3.Error) as error:
            if _collided(error):
                raise Busy from error
            if _unusable(error):
                raise DatabaseUnusable(_first_line(error)) from error
            raise

    def _unit(self, session: Session, actor: Actor) -> UnitOfWork:
        setting = select(SettingRow.value).where(SettingRow.key == CLOCK_OFFSET)
        if self.sqlite or not isinstance(self.clock, SystemClock):
            offset = session.scalar(setting)
            # On SQLite the clock is read after the write lock is held.
            real = self.clock.now()
        else:
            # Several machines may share the database: its clock counts, not that of each.
            offset, real = session.execute(select(setting.scalar_subquery(), func.clock_timestamp())).one()
            real = real.astimezone(UTC)
        return UnitOfWork(session=session, now=real + timedelta(seconds=offset or 0), real_now=real, actor=actor)


def _collided(error: Exception) -> bool:
    """Whether the same unit, tried again, may well succeed."""
    if isinstance(error, TimeoutError):
        return True
    lite, state = _codes(error)
    return lite in (_SQLITE_BUSY, _SQLITE_LOCKED) or state in _COLLISIONS


def _unusable(error: Exception) -> bool:
    """Whether no unit can do anything until somebody has seen to the database."""
    cause = getattr(error, "orig", None) or error
    lite, state = _codes(error)
    if isinstance(cause, sqlite3.Error):
        return lite in _SQLITE_UNUSABLE or "no such table" in str(cause)
    lost = getattr(error, "connection_invalidated", False)
    # Who can't even connect is told no state.
    return lost or state.startswith(_UNUSABLE) or (not state and isinstance(cause, psycopg.OperationalError))


def _codes(error: Exception) -> tuple[int, str]:
    """The driver's codes: SQLite's, PostgreSQL's."""
    cause = getattr(error, "orig", None) or error
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF, getattr(cause, "sqlstate", None) or ""


def _first_line(error: Exception) -> str:
    return (str(getattr(error, "orig", None) or error).strip().splitlines() or [""])[0].rstrip(".")


def _roll_back(connection: Any, record: ConnectionPoolEntry) -> None:
    """Where a commit failed, SQLAlchemy hands the connection on with its transaction open: end it here."""
    if connection is None:
        return
    try:
        connection.rollback()
    except Exception as error:
        # It is of no use to the next unit, whatever it is.
        record.invalidate(error)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's own transaction handling would begin too late for BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("alur_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def explained() -> Iterator[None]:
    """Say in one line what the driver says in many: DatabaseUnusable for whatever goes wrong with the database."""
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseUnusable(_first_line(error)) from error


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema; several processes may call it at once.

    Raises DatabaseUnusable.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    with explained():
        command.upgrade(config, "head")
