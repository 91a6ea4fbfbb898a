"""Looks over an installation and says what is wrong with it and what to do. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.exc import OperationalError

from . import definitions, office, procedures, worker
from .db import Database, UnitOfWork
from .errors import AlurError, DatabaseUnusable
from .identity import SYSTEM
from .model import CalendarRow, CaseState, DayOffRow, IncidentRow, InstanceRow, JobRow, TaskRow, TaskState
from .people import positions

WAITED_TOO_LONG = timedelta(minutes=5)
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Finding:
    level: Literal["error", "warning"]
    what: str
    remedy: str


def doctor(database: Database) -> list[Finding]:
    """Everything found, the worst first; empty when all is well."""
    try:
        found = list(_schema(database))
        if not found:
            found = [*_file(database), *_office(database)]
    except (OperationalError, DatabaseUnusable) as error:
        reason = error.reason if isinstance(error, DatabaseUnusable) else error.orig
        found = [Finding("error", f"The database can't be used: {reason}", "Check ALUR_DATABASE_URL.")]
    return sorted(found, key=lambda finding: finding.level)


def _schema(database: Database) -> Iterator[Finding]:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with database.engine.connect().execution_options(alur_write=False) as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present != newest:
        yield Finding(
            "error",
            f"The schema is {present or 'missing'}, the program needs {newest}.",
            "Run: python -m engine migrate",
        )


def _file(database: Database) -> Iterator[Finding]:
    if not database.sqlite:
        return
    with database.engine.connect().execution_options(alur_write=False) as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        if mode != "wal":
            yield Finding("error", f"The journal mode is {mode}.", "Put the file on a local disk that supports WAL.")
        damage = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
        if damage != ["ok"]:
            yield Finding("error", f"The file is damaged: {'; '.join(map(str, damage))}", "Go back to a backup.")
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            yield Finding("error", f"{len(dangling)} rows point to nothing.", "Go back to a backup.")


def _office(database: Database) -> Iterator[Finding]:
    with database.read(SYSTEM) as uow:
        yield from _people(uow)
        yield from _calendar(uow)
        yield from _lanes(uow)
        yield from _work(uow)
        if office.clock_offset(uow) and not office.training(uow):
            yield Finding("error", "The clock runs ahead although training mode is off.", "Start with a new database.")


def _people(uow: UnitOfWork) -> Iterator[Finding]:
    listing = positions.listing(uow)
    if not any(p.administrator and p.holders for p in listing):
        yield Finding("error", "Nobody is administrator today.", "Open the first page, or load an office file.")
    vacant = [p.name for p in listing if not p.holders]
    if vacant:
        yield Finding(
            "warning",
            f"Nobody holds today: {', '.join(vacant)}.",
            "Assign a holder, Plh or Plt; until then their tasks lie with the process owner.",
        )


def _calendar(uow: UnitOfWork) -> Iterator[Finding]:
    calendars = uow.session.execute(select(CalendarRow.id, CalendarRow.key)).all()
    if not calendars:
        yield Finding("error", "There is no working calendar.", "Load an office file, or start the web app once.")
    today = office.today(uow)
    years = [today.year, *([today.year + 1] if today.month == 12 else [])]
    for id, key in calendars:
        days = uow.session.scalars(select(DayOffRow).where(DayOffRow.calendar_id == id, DayOffRow.active)).all()
        for year in years:
            kinds = {day.kind for day in days if day.day.year == year}
            if "public" not in kinds:
                yield Finding("error", f"Calendar {key} has no holidays of {year}.", "Copy them on the calendar page.")
            elif "joint_leave" not in kinds:
                yield Finding(
                    "warning",
                    f"Calendar {key} has no cuti bersama of {year}; deadlines may still move.",
                    "Enter them on the calendar page once they are decreed.",
                )
        unsure = [day.day.isoformat() for day in days if day.uncertain and today <= day.day <= today + SOON]
        if unsure:
            yield Finding(
                "warning",
                f"Calendar {key} has days that may still move: {', '.join(sorted(unsure))}.",
                "Confirm or move them on the calendar page.",
            )


def _lanes(uow: UnitOfWork) -> Iterator[Finding]:
    for item in procedures.listing(uow):
        lanes = {node.lane for node in item.process.nodes.values() if node.lane}
        unknown = sorted(lane for lane in lanes if positions.resolve(uow, lane) is None)
        if unknown:
            yield Finding(
                "warning",
                f"{item.definition.name}: no position is called {', '.join(unknown)}.",
                "Create it; until then its tasks lie with the process owner.",
            )


def _work(uow: UnitOfWork) -> Iterator[Finding]:
    health = worker.health(uow)
    if not health.alive:
        last = f"; last heard of {health.last_at:%Y-%m-%d %H:%M} UTC" if health.last_at else ""
        yield Finding("error", f"No worker is running{last}.", "Run: python -m engine worker")
    incidents = _count(uow, select(IncidentRow.id).where(IncidentRow.resolved_at.is_(None)))
    if incidents:
        yield Finding("error", f"{incidents} jobs gave up.", "Look at the incidents page and try them again.")
    waiting = _count(uow, select(JobRow.id).where(JobRow.dead.is_(False), JobRow.due_at < uow.now - WAITED_TOO_LONG))
    if waiting:
        yield Finding("warning", f"{waiting} jobs wait for more than five minutes.", "See that a worker is running.")
    ended = select(InstanceRow.id).where(
        InstanceRow.id == JobRow.instance_id, InstanceRow.state.in_([CaseState.COMPLETED, CaseState.CANCELLED])
    )
    orphans = _count(uow, select(JobRow.id).where(ended.exists()))
    if orphans:
        yield Finding("error", f"{orphans} jobs belong to cases that have ended.", "Report this; they do no harm.")
    busy = or_(
        exists().where(TaskRow.instance_id == InstanceRow.id, TaskRow.state == TaskState.OPEN),
        exists().where(JobRow.instance_id == InstanceRow.id),
    )
    stuck = uow.session.scalars(select(InstanceRow.id).where(InstanceRow.state == CaseState.ACTIVE, ~busy)).all()
    if stuck:
        yield Finding(
            "warning",
            f"These cases wait neither for a person nor for a time: {', '.join(map(str, stuck))}.",
            "Look whether something else will wake them; if not, cancel them with a reason.",
        )
    try:
        for id in uow.session.scalars(select(InstanceRow.definition_id).distinct()).all():
            definitions.diagram_of(uow, id)
    except AlurError as error:
        yield Finding("error", f"A deployed diagram can't be read: {error}", "Deploy it again and migrate its cases.")


def _count(uow: UnitOfWork, rows: Select[int]) -> int:
    return uow.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
