"""Append-only facts: who, through which position, did what, when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from .db import UnitOfWork
from .identity import Entitlement, HoldingKind, require_administrator
from .model import HistoryRow
from .views import Page

SHOWN = 100  #: events of a case that are read at once
LAST = 2**31 - 1  #: no id is greater
REMEMBERED = 200  #: events of a kind among which a repeated one is looked for


@dataclass(frozen=True, slots=True)
class EventView:
    """One fact; names are as they were then. `person_name` is "" for the system."""

    id: int
    at: datetime
    kind: str  #: e.g. case.started
    instance_id: int | None
    activity_id: str | None
    task_id: int | None
    person_id: int | None
    person_name: str
    position_key: str | None
    position_name: str
    acting: str  #: plh | plt, else ""
    data: dict[str, Any]


_FACTS: Any = HistoryRow.__table__
_OF_CASE = (
    select(*(_FACTS.c[field.name] for field in fields(EventView)))
    .where(_FACTS.c.instance_id == bindparam("case"))
    .order_by(_FACTS.c.id)
)
_LATEST_OF_CASE = (
    _OF_CASE.order_by(None)
    .where(_FACTS.c.id < bindparam("before"), _FACTS.c.kind.not_in(bindparam("without", expanding=True)))
    .order_by(_FACTS.c.id.desc())
    .limit(SHOWN + 1)
)


def record(
    uow: UnitOfWork,
    kind: str,
    *,
    instance_id: int | None = None,
    task_id: int | None = None,
    activity_id: str | None = None,
    entitled_by: Entitlement | None = None,
    **data: Any,
) -> None:
    """Append one event at the unit's instant; `data` is JSON, `entitled_by` the position that gave the right."""
    actor = uow.actor
    uow.session.facts.append(
        {
            "at": uow.now,
            "kind": kind,
            "instance_id": instance_id,
            "task_id": task_id,
            "activity_id": activity_id,
            "person_id": actor.person_id,
            "person_name": "" if actor.person_id is None else actor.name,
            "position_key": entitled_by.key if entitled_by else None,
            "position_name": entitled_by.name if entitled_by else "",
            "acting": entitled_by.kind.value if entitled_by and entitled_by.kind is not HoldingKind.HOLDER else "",
            "data": data,
        }
    )


def earlier(uow: UnitOfWork, kind: str, once: str) -> EventView | None:
    """The event of this kind that the same page of the same person has brought about before; `once` names the page.

    Whoever asks and then writes another one holds the person's lock. Looked for among the last events of the kind only.
    """
    if not once:
        return None
    last = select(HistoryRow).where(HistoryRow.kind == kind).order_by(HistoryRow.id.desc()).limit(REMEMBERED)
    mine = (row for row in uow.session.scalars(last) if row.person_id == uow.actor.person_id)
    return next((_view(row) for row in mine if row.data.get("once") == once), None)


def of_case(uow: UnitOfWork, instance_id: int) -> tuple[EventView, ...]:
    """All facts about a case, oldest first. The caller has made sure that the actor may read the case."""
    uow.session.flush()
    return tuple(EventView(*row) for row in uow.execute(_OF_CASE, {"case": instance_id}))


def latest_of_case(
    uow: UnitOfWork, instance_id: int, *, before: int | None = None, without: Collection[str] = ()
) -> tuple[tuple[EventView, ...], int | None]:
    """The last SHOWN facts about a case before the one with id `before`, oldest first, without those kinds.

    Beside them the `before` of what is earlier still; None where there is nothing. As for `of_case`.
    """
    uow.session.flush()
    asked = {
        "case": instance_id,
        "before": LAST if before is None else max(0, min(before, LAST)),
        "without": list(without),
    }
    found = [EventView(*row) for row in uow.execute(_LATEST_OF_CASE, asked)]
    shown = tuple(reversed(found[:SHOWN]))
    return shown, shown[0].id if len(found) > SHOWN else None


def of_process(uow: UnitOfWork, key: str) -> tuple[EventView, ...]:
    """All facts about a process itself (deployed, retired, reinstated), newest first."""
    rows = uow.session.scalars(
        select(HistoryRow)
        .where(HistoryRow.kind.startswith("process."), HistoryRow.data["key"].as_string() == key)
        .order_by(HistoryRow.id.desc())
    )
    return tuple(_view(row) for row in rows)


def of_office(
    uow: UnitOfWork, kinds: str | tuple[str, ...] = "", page: int = 1, *, per_page: int = 50
) -> Page[EventView]:
    """Facts about the office itself, newest first; `kinds` are prefixes such as "person.". Administrators only."""
    require_administrator(uow.actor, "read the office's history")
    prefixes = (kinds,) if isinstance(kinds, str) else kinds
    chosen = HistoryRow.instance_id.is_(None) & or_(*(HistoryRow.kind.startswith(p, autoescape=True) for p in prefixes))
    total = uow.session.scalar(select(func.count()).select_from(HistoryRow).where(chosen)) or 0
    page = max(1, page)
    rows = uow.session.scalars(
        select(HistoryRow).where(chosen).order_by(HistoryRow.id.desc()).limit(per_page).offset((page - 1) * per_page)
    )
    return Page(tuple(_view(row) for row in rows), total, page, per_page)


def _view(row: HistoryRow) -> EventView:
    return EventView(
        id=row.id,
        at=row.at,
        kind=row.kind,
        instance_id=row.instance_id,
        activity_id=row.activity_id,
        task_id=row.task_id,
        person_id=row.person_id,
        person_name=row.person_name,
        position_key=row.position_key,
        position_name=row.position_name,
        acting=row.acting,
        data=row.data,
    )
