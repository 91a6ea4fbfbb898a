"""The least that one step of a case needs of its database: every statement by its name, with the rows of a real step.

A test holds this list against what the engine really executes, so that the two can't drift apart.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, event, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from engine.db import CLOCK_OFFSET, OFFICE_MARK, Database
from engine.locks import OFFICE
from engine.model import Base

TABLES = Base.metadata.tables
SETTINGS, CASES, TASKS, FACTS = (TABLES[n] for n in ("settings", "process_instances", "tasks", "history_events"))
SENT, DEADLINES, ALERTS, JOBS = (TABLES[n] for n in ("submissions", "deadlines", "alerts", "jobs"))
CANDIDATES, FILES, PARTICIPANTS, PEOPLE = (
    TABLES[n] for n in ("task_candidates", "documents", "case_participants", "people")
)

SENT_ROUNDS = (
    select(func.max(SENT.c.id).label("newest"), func.min(SENT.c.id).label("first"))
    .where(SENT.c.instance_id == bindparam("c"), SENT.c.activity_id.in_(bindparam("a", expanding=True)))
    .group_by(SENT.c.activity_id, SENT.c.item)
    .subquery()
)

Values = Mapping[str, Any]
MARK = select(SETTINGS.c.value).where(SETTINGS.c.key == OFFICE_MARK).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a real step wrote, to be written again for another case under new keys."""

    finished: Values  #: what completing changes in the task
    submission: Values
    deadline: Values
    task: Values
    job: Values
    facts: Sequence[Values]
    state: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step begins: a case with its one open task, both untouched."""

    case: int
    task: int
    activity: str
    next_activity: str
    sources: tuple[str, ...]  #: activities whose answers the form shows
    version: int


Named = tuple[str, Any, Callable[[Place, Rows], Any]]

SHARE: Named = ("share the office", select(func.pg_advisory_xact_lock_shared(OFFICE)), lambda p, r: {})
CLOCK: Named = (
    "the clock and the office's mark",
    select(select(SETTINGS.c.value).where(SETTINGS.c.key == CLOCK_OFFSET).scalar_subquery(), MARK),
    lambda p, r: {},
)
CASE: Named = (
    "the case, held",
    select(CASES, MARK)
    .where(CASES.c.id == select(TASKS.c.instance_id).where(TASKS.c.id == bindparam("t")).scalar_subquery())
    .with_for_update(key_share=True, of=CASES),
    lambda p, r: {"t": p.task},
)
STEP: tuple[Named, ...] = (
    (
        "the task, the last fact, who else may take it, files waiting",
        select(
            TASKS,
            select(FACTS.c.at)
            .where(FACTS.c.instance_id == TASKS.c.instance_id)
            .order_by(FACTS.c.id.desc())
            .limit(1)
            .scalar_subquery(),
            exists().where(CANDIDATES.c.task_id == TASKS.c.id),
            exists().where(FILES.c.task_id == TASKS.c.id, FILES.c.state == "draft"),
        ).where(TASKS.c.id == bindparam("t")),
        lambda p, r: {"t": p.task},
    ),
    (
        "the open tasks",
        select(*(TASKS.c[n] for n in ("id", "key", "activity_id", "name", "item", "item_label", "round")))
        .where(TASKS.c.instance_id == bindparam("c"), TASKS.c.state == "open")
        .order_by(TASKS.c.id),
        lambda p, r: {"c": p.case},
    ),
    (
        "earlier answers the form shows",
        select(*(SENT.c[n] for n in ("activity_id", "item", "item_label", "values", "round", "sent_at")), PEOPLE.c.name)
        .join(SENT_ROUNDS, SENT_ROUNDS.c.newest == SENT.c.id)
        .outerjoin(PEOPLE, SENT.c.sent_by == PEOPLE.c.id)
        .order_by(SENT_ROUNDS.c.first),
        lambda p, r: {"c": p.case, "a": [p.activity, *p.sources]},
    ),
    (
        "files among them",
        select(*(FILES.c[n] for n in ("id", "name", "size", "media_type"))).where(
            FILES.c.instance_id == bindparam("c"), FILES.c.state == "attached"
        ),
        lambda p, r: {"c": p.case},
    ),
    ("the task is done", update(TASKS).where(TASKS.c.id == bindparam("t")), lambda p, r: {"t": p.task, **r.finished}),
    (
        "the answers",
        insert(SENT),
        lambda p, r: {**r.submission, "instance_id": p.case, "task_id": p.task},
    ),
    (
        "deadlines of the activities, with alerts",
        select(
            *(DEADLINES.c[n] for n in ("id", "activity_key", "timer_id", "timer_key", "due_at", "state", "ended_at"))
        )
        .add_columns(ALERTS.c.state)
        .outerjoin(ALERTS, ALERTS.c.deadline_id == DEADLINES.c.id)
        .where(DEADLINES.c.activity_key.in_(bindparam("k", expanding=True))),
        lambda p, r: {"k": [r.deadline["activity_key"], uuid4().hex]},
    ),
    (
        "the next deadline",
        insert(DEADLINES),
        lambda p, r: [{**r.deadline, "instance_id": p.case, "activity_key": str(uuid4())}],
    ),
    (
        "rounds so far",
        select(TASKS.c.activity_id, TASKS.c.item, func.max(TASKS.c.round))
        .where(TASKS.c.instance_id == bindparam("c"), TASKS.c.activity_id.in_(bindparam("a", expanding=True)))
        .group_by(TASKS.c.activity_id, TASKS.c.item),
        lambda p, r: {"c": p.case, "a": [p.next_activity]},
    ),
    (
        "the next task",
        insert(TASKS).returning(TASKS.c.id, sort_by_parameter_order=True),
        lambda p, r: [{**r.task, "instance_id": p.case, "key": str(uuid4())}],
    ),
    (
        "who takes part",
        None,  # differs by database
        lambda p, r: [
            {"instance_id": p.case, "position_key": key}
            for key in dict.fromkeys((r.finished["completed_as"], r.task["candidate_group"], r.task["owner_group"]))
            if key
        ],
    ),
    (
        "the deadline was met",
        update(DEADLINES).where(DEADLINES.c.instance_id == bindparam("c"), DEADLINES.c.ended_at.is_(None)),
        lambda p, r: {"c": p.case, "state": "met", "ended_at": r.finished["ended_at"]},
    ),
    (
        "timers of the case",
        select(JOBS.c.id, JOBS.c.key, JOBS.c.due_at).where(JOBS.c.instance_id == bindparam("c")),
        lambda p, r: {"c": p.case},
    ),
    (
        "the timer is gone",
        delete(JOBS).where(JOBS.c.instance_id == bindparam("c")),
        lambda p, r: {"c": p.case},
    ),
    ("the next timer", insert(JOBS), lambda p, r: [{**r.job, "instance_id": p.case, "key": str(uuid4())}]),
    (
        "the state",
        update(CASES).where(CASES.c.id == bindparam("c")),
        lambda p, r: {"c": p.case, "snapshot": r.state, "row_version": p.version + 1},
    ),
    (
        "the facts",
        insert(FACTS),
        lambda p, r: [{**fact, "instance_id": p.case, "task_id": p.task} for fact in r.facts],
    ),
)
JOIN = {
    True: sqlite.insert(PARTICIPANTS).on_conflict_do_nothing(),
    False: postgresql.insert(PARTICIPANTS).on_conflict_do_nothing(),
}


def statements(*, sqlite: bool) -> tuple[Named, ...]:
    """Every statement of a step in its order, between the beginning of its transaction and the commit."""
    first = (CLOCK, CASE) if sqlite else (CLOCK, SHARE, CASE)
    return (*first, *((name, JOIN[sqlite] if one is None else one, values) for name, one, values in STEP))


def in_core(database: Database, place: Place, rows: Rows) -> float:
    """Seconds that the statements take through SQLAlchemy Core, to the durable commit."""
    begun = perf_counter()
    with database.engine.connect().execution_options(alur_write=True) as connection:
        run(connection, place, rows, sqlite=database.sqlite)
        connection.commit()
    return perf_counter() - begun


def run(connection: Connection, place: Place, rows: Rows, *, sqlite: bool) -> None:
    for _, statement, values in statements(sqlite=sqlite):
        result = connection.execute(statement, values(place, rows))
        if result.returns_rows:
            result.all()


class Plain:
    """The same statements with the driver alone, over a connection of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.connection = sqlite3.connect(make_url(database.url).database or "", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self.connection.execute(f"pragma {pragma}")

    def run(self, place: Place, rows: Rows) -> float:
        """Seconds, to the durable commit."""
        spoken = self._spoken(place, rows)
        begun = perf_counter()
        self.connection.execute("begin immediate")
        for text, values, many in spoken:
            cursor = self.connection.executemany(text, values) if many else self.connection.execute(text, values)
            if cursor.description:
                cursor.fetchall()
        self.connection.execute("commit")
        return perf_counter() - begun

    def _spoken(self, place: Place, rows: Rows) -> list[tuple[str, Any, bool]]:
        """What the driver is told for this place, found out by a transaction that is taken back."""
        spoken: list[tuple[str, Any, bool]] = []

        def hear(_c: Any, _cursor: Any, text: str, values: Any, _context: Any, many: bool) -> None:
            spoken.append((text, values, many))

        event.listen(self.database.engine, "before_cursor_execute", hear)
        try:
            with self.database.engine.connect().execution_options(alur_write=True) as connection:
                run(connection, place, rows, sqlite=True)
                connection.rollback()
        finally:
            event.remove(self.database.engine, "before_cursor_execute", hear)
        return [one for one in spoken if not one[0].startswith("BEGIN")]

    def close(self) -> None:
        self.connection.close()
