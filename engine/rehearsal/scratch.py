"""An office of its own for trying a procedure out: in memory, at a set time, with somebody in every position.

It begins as a copy of the real office's positions, calendars and settings, or with nothing but what a diagram names.
Nothing that happens in it reaches the real one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from forms import definition
from forms.errors import FormError

from .. import calendars, office
from ..clock import SetClock
from ..db import Database, UnitOfWork
from ..diagram.model import Process
from ..identity import SYSTEM, HoldingKind
from ..model import (
    CalendarRow,
    DayOffRow,
    DecisionRow,
    DefinitionRow,
    FormRow,
    HoldingRow,
    HoursRow,
    PersonRow,
    PositionRow,
    SettingRow,
)
from ..model.base import Base
from ..office_file import load_office
from ..people import entries, positions

_COPIED = (SettingRow, PositionRow, CalendarRow, HoursRow, DayOffRow, DefinitionRow, FormRow, DecisionRow)
_SINCE = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Office:
    """What of an office decides how a procedure runs: rows by table."""

    rows: Mapping[str, tuple[Mapping[str, Any], ...]]


#: what a scratch office begins as: a copy of the real one, or the entries of a file for load_office
Like = Office | Mapping[str, Any]


def copy(uow: UnitOfWork) -> Office:
    """The office as it is now, with the processes in force and without its people."""
    rows = {
        one.__tablename__: tuple(dict(row) for row in uow.session.execute(select(one.__table__)).mappings())
        for one in _COPIED
    }
    rows["settings"] = tuple(row for row in rows["settings"] if row["key"].startswith("office."))
    nobody = {"created_by": None}
    rows["process_definitions"] = tuple({**row, **nobody} for row in rows["process_definitions"])
    return Office(rows)


@contextmanager
def opened(
    processes: Collection[Process], forms: Mapping[str, str], *, at: datetime, like: Like | None = None
) -> Iterator[UnitOfWork]:
    """A unit of work in a new scratch office at an instant; gone when it is left.

    It has the positions these processes name and the lists these forms offer; people are made up. Raises InvalidInput
    where the entries of a file are wrong.
    """
    database = Database("sqlite://", SetClock(at))
    try:
        Base.metadata.create_all(database.engine)
        with database.begin(SYSTEM) as uow:
            if isinstance(like, Mapping):
                load_office(uow, {key: like[key] for key in ("settings", "positions") if key in like})
            elif like is not None:
                for one in _COPIED:
                    if rows := like.rows[one.__tablename__]:
                        uow.session.execute(insert(one), [dict(row) for row in rows])
            calendars.establish(uow)
            _found(uow, processes, forms)
            _people(uow)
            yield uow
    finally:
        database.dispose()


def _found(uow: UnitOfWork, processes: Collection[Process], forms: Mapping[str, str]) -> None:
    """Give the office the positions that diagrams name, and members to the lists that forms offer."""
    nodes = [node for process in processes for node in process.nodes.values()]
    named = [node.lane for node in nodes if node.lane]
    for node in nodes:
        if node.candidate_groups and "${" not in node.candidate_groups:
            named += [group.strip() for group in node.candidate_groups.split(",")]
    performers = dict.fromkeys(named)
    others = [name for process in processes for name in (*process.owners, *process.starters)]
    for name in dict.fromkeys([*performers, *others]):
        if positions.resolve(uow, name) is None:
            plain = entries.KEY.fullmatch(name) is not None
            positions.create(uow, name=name, key=name if plain else None)
    missing = _lists(forms) - positions.choices(uow).keys()
    if not missing:
        return
    keys = {positions.resolve(uow, name) for name in performers}
    tags = sorted(one.removesuffix("s") for one in missing)
    for row in uow.session.scalars(select(PositionRow)):
        if row.key in keys or not keys:
            row.tags = [*row.tags, *tags]


def _lists(forms: Mapping[str, str]) -> Collection[str]:
    """The lists of positions that forms offer."""
    found = set()
    for text in forms.values():
        try:
            found |= {field.choices_from for _, field in definition.walk(definition.parse(text)) if field.choices_from}
        except FormError:
            continue  # deploying says so
    return found


def _people(uow: UnitOfWork) -> None:
    """One made-up person in each position, named after it."""
    if office.get(uow, office.NAME) is None:
        office.put(uow, office.NAME, "Alur")
    for row in uow.session.scalars(select(PositionRow).where(PositionRow.active)):
        person = PersonRow(username=row.key[:80], name=row.name, demo=True, language="id", created_at=uow.now)
        uow.session.add(person)
        uow.session.flush()
        uow.session.add(
            HoldingRow(
                position_id=row.id,
                person_id=person.id,
                kind=HoldingKind.HOLDER,
                starts_on=_SINCE,
                created_at=uow.now,
            )
        )
    uow.session.flush()
