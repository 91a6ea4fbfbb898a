"""The database and the one value that carries session, clock and person through every verb."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError, TimeoutError
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
        """A unit that sees one moment, takes no write lock and is rolled back at the end. Raises Busy."""
        with self._session(write=False) as session:
            yield self._unit(session, actor)
            session.rollback()

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A unit for writing: commits at the end, rolls back on any exception. Raises Busy."""
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
        except (OperationalError, TimeoutError) as error:
            if not _collided(error):
                raise
            raise Busy from error

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


def _collided(error: SQLAlchemyError) -> bool:
    """Whether the same unit, tried again, may well succeed."""
    if isinstance(error, TimeoutError):
        return True
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in (_SQLITE_BUSY, _SQLITE_LOCKED) or getattr(cause, "sqlstate", None) in _COLLISIONS


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
        first = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise DatabaseUnusable(first.rstrip(".")) from error


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
