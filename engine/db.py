"""The database and the one value that carries session, clock and person through every verb."""

from __future__ import annotations

import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import (
    Connection,
    CursorResult,
    Executable,
    Update,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    orm,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from .clock import Clock, SystemClock
from .errors import Busy, DatabaseUnusable
from .identity import Actor
from .model import (
    Base,
    CalendarRow,
    DayOffRow,
    DefinitionRow,
    HistoryRow,
    HoldingRow,
    HoursRow,
    PositionRow,
    SettingRow,
)

#: settings key of the training clock's offset, in seconds
CLOCK_OFFSET = "clock.offset"
#: settings key of the mark that every change of the office renews
OFFICE_MARK = "office.mark"

#: what an office consists of, beside its people, who are changed with the office locked
OFFICE_ROWS = (SettingRow, PositionRow, HoldingRow, CalendarRow, HoursRow, DayOffRow, DefinitionRow)

#: deadlock, serialization failure, lock not available
_COLLISIONS = ("40P01", "40001", "55P03")
_SQLITE_BUSY, _SQLITE_LOCKED = 5, 6
#: connection lost, refused, no such database or table, no room, shutting down
_UNUSABLE = ("08", "28", "3D", "42P01", "53", "55000", "57P", "58")
#: no permission, read only, disk failure, damaged, full, can't be opened, no database at all
_SQLITE_UNUSABLE = (3, 8, 10, 11, 13, 14, 26)


_SETTINGS: Any = SettingRow.__table__
_FACTS: Any = HistoryRow.__table__
_OFFSET = select(_SETTINGS.c.value).where(_SETTINGS.c.key == CLOCK_OFFSET).scalar_subquery()
_MARK = select(_SETTINGS.c.value).where(_SETTINGS.c.key == OFFICE_MARK).scalar_subquery()
_BEGIN = select(_OFFSET, _MARK)
_BEGIN_BY_ITS_CLOCK = select(_OFFSET, _MARK, func.clock_timestamp())
_FORGET_MARK = delete(_SETTINGS).where(_SETTINGS.c.key == OFFICE_MARK)
_RENEW_MARK = insert(_SETTINGS)
_WRITE_FACTS = insert(_FACTS)

T = TypeVar("T")
MOST_AT_ONCE = 500  #: values in one statement's list; databases take so many and no more

#: what was read of an office, by its mark: a few marks, because readers may still see the one before
_kept: OrderedDict[str, dict[Hashable, Any]] = OrderedDict()
_MOST_MARKS = 8


@lru_cache(maxsize=64)
def _change(kind: type[Base]) -> Update:
    table: Any = kind.__table__
    same = (column == bindparam(f"_{n}") for n, column in enumerate(table.primary_key))
    return update(table).where(*same)


class Session(orm.Session):
    """Writes down the facts of a unit together, at the latest before anything is read through it."""

    def __init__(self, bind: Connection) -> None:
        super().__init__(bind=bind, expire_on_commit=False)
        self.facts: list[dict[str, Any]] = []
        self.office_changed = False

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        if not self.office_changed and any(
            isinstance(row, OFFICE_ROWS) for row in (*self.new, *self.dirty, *self.deleted)
        ):
            self.renew_mark()
        super().flush(objects)
        if self.facts:
            facts, self.facts = self.facts, []
            self.connection().execute(_WRITE_FACTS, facts)

    def renew_mark(self) -> None:
        """Let no unit that begins from now on believe what was kept of the office as it was."""
        self.office_changed = True
        connection = self.connection()
        connection.execute(_FORGET_MARK)
        connection.execute(_RENEW_MARK, {"key": OFFICE_MARK, "value": secrets.token_hex(12)})


@event.listens_for(Session, "after_soft_rollback")
def _take_back(session: Session, _transaction: orm.SessionTransaction) -> None:
    session.facts.clear()


@dataclass(slots=True)
class UnitOfWork:
    """One reading or one change of the office. Verbs never commit; whoever opened it does."""

    session: Session
    now: datetime  #: office time: real time plus the training clock's offset; read once
    real_now: datetime  #: for sessions, leases, backoff
    actor: Actor
    sqlite: bool
    mark: str | None = None  #: of the office as this unit sees it; None: nothing may be kept
    seen: dict[Hashable, Any] = field(default_factory=dict)  #: of cases it holds: whoever changes that notes it here

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement on tables, past the session: it writes nothing that waits there and remembers no rows."""
        return self.session.connection().execute(statement, values)

    def write(self, row: Base, **values: Any) -> None:
        """Change a row that was read through the session at once, by one statement."""
        keys = orm.object_mapper(row).primary_key_from_instance(row)
        self.execute(_change(type(row)), {f"_{n}": key for n, key in enumerate(keys)} | values)
        for name, value in values.items():
            orm.attributes.set_committed_value(row, name, value)

    def kept(self, name: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives of the office, read once for as long as nobody changes the office. Never change it."""
        if self.mark is None or self.session.office_changed:
            return read()
        office = _kept.get(self.mark)
        if office is None:
            office = _kept[self.mark] = {}
            while len(_kept) > _MOST_MARKS:
                _kept.popitem(last=False)
        if name not in office:
            office[name] = read()
        found: T = office[name]
        return found

    def not_before(self, instant: datetime | None) -> None:
        """Let office time in this unit begin no earlier than `instant`."""
        if instant is not None and instant > self.now:
            self.now = instant


def batched(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in lists that are short enough for one statement; none where there are none."""
    for start in range(0, len(values), MOST_AT_ONCE):
        yield values[start : start + MOST_AT_ONCE]


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
            session.flush()
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
                with Session(connection) as session:
                    yield session
        except (DBAPIError, TimeoutError, sqlite3.Error) as error:
            if _collided(error):
                raise Busy from error
            if _unusable(error):
                raise DatabaseUnusable(_first_line(error)) from error
            raise

    def _unit(self, session: Session, actor: Actor) -> UnitOfWork:
        if self.sqlite or not isinstance(self.clock, SystemClock):
            offset, mark = session.connection().execute(_BEGIN).one()
            # On SQLite the clock is read after the write lock is held.
            real = self.clock.now()
        else:
            # Several machines may share the database: its clock counts, not that of each.
            offset, mark, real = session.connection().execute(_BEGIN_BY_ITS_CLOCK).one()
            real = real.astimezone(UTC)
        now = real + timedelta(seconds=offset or 0)
        return UnitOfWork(session=session, now=now, real_now=real, actor=actor, sqlite=self.sqlite, mark=mark)


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
