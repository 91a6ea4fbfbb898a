"""Positions (jabatan) and their superiors. Who holds them is in holdings.py, offered here too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import select

from engine import history, locks, office
from engine.db import UnitOfWork
from engine.errors import N_, InvalidInput, NotFound
from engine.identity import require_administrator
from engine.model import HistoryRow, HoldingRow, PersonRow, PositionRow
from forms.model import Choice

from .entries import checked_tags, free_key, free_name, superior_among
from .holdings import (
    HolderView,
    actor_of,
    assign_holder,
    end_holding,
    end_holdings,
    holder_view,
    holders_of,
    in_force,
    read_actor,
    regular_first,
    require_an_administrator_left,
    with_people,
)

__all__ = [
    "HolderView",
    "PositionView",
    "actor_of",
    "administrators",
    "assign_holder",
    "change",
    "choices",
    "create",
    "end",
    "end_holding",
    "end_holdings",
    "get",
    "holders_of",
    "in_force",
    "listing",
    "names",
    "ranks",
    "read_actor",
    "require_an_administrator_left",
    "resolve",
    "superior_of",
]


@dataclass(frozen=True, slots=True)
class PositionView:
    id: int
    key: str
    name: str
    superior_id: int | None
    superior_name: str
    administrator: bool
    tags: tuple[str, ...]
    rank: int
    active: bool
    holders: tuple[HolderView, ...]  #: today's, the regular holder first
    holdings: tuple[HolderView, ...] = ()  #: past, present and coming, newest first


def listing(uow: UnitOfWork, include_ended: bool = False) -> tuple[PositionView, ...]:
    """All positions by rank and name."""
    rows = _rows(uow)
    holdings = with_people(uow)
    day = office.today(uow)
    return tuple(_view(row, rows, holdings, day) for row in rows.values() if include_ended or row.active)


def get(uow: UnitOfWork, id: int) -> PositionView:
    """One position with all its holdings; NotFound."""
    rows = _rows(uow)
    if id not in rows:
        raise NotFound("position", id)
    return _view(rows[id], rows, with_people(uow, HoldingRow.position_id == id), office.today(uow))


def create(
    uow: UnitOfWork,
    *,
    name: str,
    key: str | None = None,
    superior_id: int | None = None,
    tags: Sequence[str] = (),
    administrator: bool = False,
    rank: int | None = None,
) -> PositionView:
    """Create a position; the key is made from the name where none is given. Administrators only."""
    entitled_by = require_administrator(uow.actor, "create positions")
    locks.alone_in_office(uow)
    rows = _rows(uow)
    name = free_name(rows, name, but=None)
    key = free_key(rows, key, name)
    if superior_id is not None:
        superior_among(rows, superior_id)
    row = PositionRow(
        key=key,
        name=name,
        superior_id=superior_id,
        tags=checked_tags(tags),
        administrator=administrator,
        rank=10 + max((r.rank for r in rows.values()), default=0) if rank is None else rank,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    history.record(uow, "position.created", entitled_by=entitled_by, position=key, **_facts(row))
    return get(uow, row.id)


def change(
    uow: UnitOfWork,
    id: int,
    *,
    name: str | None = None,
    superior_id: int | Literal["keep"] | None = "keep",
    tags: Sequence[str] | None = None,
    administrator: bool | None = None,
    rank: int | None = None,
    active: bool | None = None,
) -> PositionView:
    """Change what is given; the key stays for ever, because running cases name it. Administrators only."""
    entitled_by = require_administrator(uow.actor, "change positions")
    locks.alone_in_office(uow)
    rows = _rows(uow)
    row = rows.get(id)
    if row is None:
        raise NotFound("position", id)
    if active is False:
        raise InvalidInput("active", N_("A position is ended, not switched off."))
    before = _facts(row)
    if name is not None:
        row.name = free_name(rows, name, but=row)
    if superior_id != "keep":
        if superior_id is not None:
            superior_among(rows, superior_id)
            above: int | None = superior_id
            while above is not None:
                if above == id:
                    raise InvalidInput("superior_id", N_("A position can't stand above itself."))
                above = rows[above].superior_id
        row.superior_id = superior_id
    if tags is not None:
        row.tags = checked_tags(tags)
    if rank is not None:
        row.rank = rank
    if administrator is not None:
        row.administrator = administrator
    if active:
        row.active = True
    uow.session.flush()
    require_an_administrator_left(uow)
    after = _facts(row)
    if after != before:
        history.record(uow, "position.changed", entitled_by=entitled_by, position=row.key, before=before, after=after)
    return get(uow, id)


def end(uow: UnitOfWork, id: int) -> PositionView:
    """End a position and whoever holds it, today; its history stays. Administrators only."""
    entitled_by = require_administrator(uow.actor, "end positions")
    locks.alone_in_office(uow)
    row = uow.session.get(PositionRow, id)
    if row is None:
        raise NotFound("position", id)
    if row.active:
        row.active = False
        end_holdings(uow, HoldingRow.position_id == id)
        uow.session.flush()
        require_an_administrator_left(uow)
        history.record(uow, "position.ended", entitled_by=entitled_by, position=row.key, name=row.name)
    return get(uow, id)


def resolve(uow: UnitOfWork, name_or_key: str) -> str | None:
    """The key of the active position a lane or group means: its key, its name, or a name it had before."""
    return uow.kept(("position meant", name_or_key), lambda: _meant(uow, name_or_key.strip()))


def _meant(uow: UnitOfWork, wanted: str) -> str | None:
    rows = [row for row in _rows(uow).values() if row.active]
    for row in rows:
        if row.key == wanted:
            return row.key
    wanted = wanted.casefold()
    for row in rows:
        if row.name.casefold() == wanted:
            return row.key
    # A renamed position must not strand the diagrams that still call it by its old name.
    renamed = uow.session.scalars(
        select(HistoryRow.data).where(HistoryRow.kind == "position.changed").order_by(HistoryRow.id.desc())
    )
    keys = {row.key for row in rows}
    for data in renamed:
        if data["before"]["name"].casefold() == wanted and data["position"] in keys:
            return str(data["position"])
    return None


def names(uow: UnitOfWork) -> dict[str, str]:
    """Key -> name of every position, ended ones too: history still mentions them."""
    return uow.kept("position names", lambda: {row.key: row.name for row in _rows(uow).values()})


def ranks(uow: UnitOfWork) -> dict[str, int]:
    """Key -> place in lists, smallest first."""
    return uow.kept("position ranks", lambda: {row.key: row.rank for row in _rows(uow).values()})


def choices(uow: UnitOfWork) -> dict[str, tuple[Choice, ...]]:
    """Lists for forms: "positions" (all active) and one per tag with an "s" ("unit" -> "units")."""
    return uow.kept("position choices", lambda: _choices(uow))


def _choices(uow: UnitOfWork) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[Choice]] = {"positions": []}
    for row in _rows(uow).values():
        if row.active:
            choice = Choice(value=row.key, label=row.name)
            lists["positions"].append(choice)
            for tag in row.tags:
                lists.setdefault(f"{tag}s", []).append(choice)
    return {name: tuple(items) for name, items in lists.items()}


def superior_of(uow: UnitOfWork, key: str) -> PositionView | None:
    """The nearest active position above `key`; None at the top or for an unknown key."""
    return uow.kept(("superior", key, office.today(uow)), lambda: _superior_of(uow, key))


def _superior_of(uow: UnitOfWork, key: str) -> PositionView | None:
    rows = _rows(uow)
    row = next((r for r in rows.values() if r.key == key), None)
    while row is not None and row.superior_id is not None:
        row = rows[row.superior_id]
        if row.active:
            holdings = with_people(uow, HoldingRow.position_id == row.id)
            return _view(row, rows, holdings, office.today(uow))
    return None


def nobody_performs(uow: UnitOfWork) -> bool:
    """Whether the office is still being set up: nobody holds any position but those that administer."""
    return not any(holders_of(uow, ranks(uow).keys() - set(administrators(uow))).values())


def administrators(uow: UnitOfWork) -> tuple[str, ...]:
    """Keys of the active positions whose holders administer the installation."""
    return uow.kept(
        "administrators", lambda: tuple(row.key for row in _rows(uow).values() if row.active and row.administrator)
    )


def _rows(uow: UnitOfWork) -> dict[int, PositionRow]:
    rows = uow.session.scalars(select(PositionRow).order_by(PositionRow.rank, PositionRow.name))
    return {row.id: row for row in rows}


def _view(
    row: PositionRow, rows: dict[int, PositionRow], holdings: Iterable[tuple[HoldingRow, PersonRow]], day: date
) -> PositionView:
    mine = [(h, p) for h, p in holdings if h.position_id == row.id]
    today = [
        holder_view(h, p.name)
        for h, p in mine
        if row.active and p.active and h.starts_on <= day and (h.ends_on is None or day <= h.ends_on)
    ]
    return PositionView(
        id=row.id,
        key=row.key,
        name=row.name,
        superior_id=row.superior_id,
        superior_name=rows[row.superior_id].name if row.superior_id is not None else "",
        administrator=row.administrator,
        tags=tuple(row.tags),
        rank=row.rank,
        active=row.active,
        holders=tuple(sorted(today, key=regular_first)),
        holdings=tuple(holder_view(h, p.name) for h, p in mine),
    )


def _facts(row: PositionRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "superior_id": row.superior_id,
        "tags": list(row.tags),
        "administrator": row.administrator,
        "rank": row.rank,
        "active": row.active,
    }
