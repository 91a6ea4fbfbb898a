"""Positions (jabatan), their superiors, and who holds them on which days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_, select

from forms.model import Choice

from . import history, office
from .db import UnitOfWork
from .errors import N_, InvalidInput, NotFound
from .identity import Actor, Entitlement, HoldingKind, require_administrator
from .model import HistoryRow, HoldingRow, PersonRow, PositionRow, SettingRow

KEY = re.compile(r"[a-z][a-z0-9_]{0,99}")
TAG = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class HolderView:
    """A person in a position; both days are included, no last day means until further notice."""

    holding_id: int
    person_id: int
    person_name: str
    kind: HoldingKind
    starts_on: date
    ends_on: date | None
    order_number: str | None  #: of the surat perintah


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
    holdings = _holdings(uow)
    day = office.today(uow)
    return tuple(_view(row, rows, holdings, day) for row in rows.values() if include_ended or row.active)


def get(uow: UnitOfWork, id: int) -> PositionView:
    """One position with all its holdings; NotFound."""
    rows = _rows(uow)
    if id not in rows:
        raise NotFound("position", id)
    return _view(rows[id], rows, _holdings(uow, HoldingRow.position_id == id), office.today(uow))


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
    rows = _rows(uow)
    name = _free_name(rows, name, but=None)
    key = _free_key(rows, key, name)
    if superior_id is not None:
        _superior(rows, superior_id)
    row = PositionRow(
        key=key,
        name=name,
        superior_id=superior_id,
        tags=_checked_tags(tags),
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
    rows = _rows(uow)
    row = rows.get(id)
    if row is None:
        raise NotFound("position", id)
    if active is False:
        raise InvalidInput("active", N_("A position is ended, not switched off."))
    before = _facts(row)
    if name is not None:
        row.name = _free_name(rows, name, but=row)
    if superior_id != "keep":
        if superior_id is not None:
            _superior(rows, superior_id)
            above: int | None = superior_id
            while above is not None:
                if above == id:
                    raise InvalidInput("superior_id", N_("A position can't stand above itself."))
                above = rows[above].superior_id
        row.superior_id = superior_id
    if tags is not None:
        row.tags = _checked_tags(tags)
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


def assign_holder(
    uow: UnitOfWork,
    position_id: int,
    person_id: int,
    *,
    kind: HoldingKind | str,
    starts_on: date,
    ends_on: date | None = None,
    order_number: str | None = None,
) -> HolderView:
    """Put a person into a position, as holder, Plh (the holder is away) or Plt (the post is vacant).

    Days are the office's, both included. Administrators only.
    """
    entitled_by = require_administrator(uow.actor, "assign holders")
    position = uow.session.get(PositionRow, position_id)
    if position is None or not position.active:
        raise NotFound("position", position_id)
    person = uow.session.get(PersonRow, person_id)
    if person is None or not person.active:
        raise NotFound("person", person_id)
    if kind not in set(HoldingKind):
        raise InvalidInput("kind", N_("Choose holder, Plh or Plt."))
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput("ends_on", N_("The last day lies before the first."))
    order_number = (order_number or "").strip() or None
    if order_number and len(order_number) > 120:
        raise InvalidInput("order_number", N_("Use at most %(most)s characters."), most=120)
    for other in uow.session.scalars(
        select(HoldingRow).where(HoldingRow.position_id == position_id, HoldingRow.person_id == person_id)
    ):
        if other.starts_on <= (ends_on or date.max) and starts_on <= (other.ends_on or date.max):
            raise InvalidInput(
                "starts_on", N_("%(person)s already holds this position in these days."), person=person.name
            )
    row = HoldingRow(
        position_id=position_id,
        person_id=person_id,
        kind=HoldingKind(kind).value,
        starts_on=starts_on,
        ends_on=ends_on,
        order_number=order_number,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    history.record(
        uow,
        "holder.assigned",
        entitled_by=entitled_by,
        position=position.key,
        person=person.id,
        name=person.name,
        holding=row.kind,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat() if ends_on else None,
        order_number=order_number,
    )
    return _holder(row, person.name)


def end_holding(uow: UnitOfWork, holding_id: int, ends_on: date) -> HolderView:
    """Let a holding end with the day `ends_on`; the day before its first means it never took effect."""
    entitled_by = require_administrator(uow.actor, "end holdings")
    row = uow.session.get(HoldingRow, holding_id)
    if row is None:
        raise NotFound("holding", holding_id)
    if ends_on < row.starts_on - timedelta(days=1):
        raise InvalidInput("ends_on", N_("The last day lies before the first."))
    row.ends_on = ends_on
    uow.session.flush()
    require_an_administrator_left(uow)
    position, person = uow.session.get_one(PositionRow, row.position_id), uow.session.get_one(PersonRow, row.person_id)
    history.record(
        uow,
        "holder.ended",
        entitled_by=entitled_by,
        position=position.key,
        person=person.id,
        name=person.name,
        ends_on=ends_on.isoformat(),
    )
    return _holder(row, person.name)


def resolve(uow: UnitOfWork, name_or_key: str) -> str | None:
    """The key of the active position a lane or group means: its key, its name, or a name it had before."""
    wanted = name_or_key.strip()
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
    return {row.key: row.name for row in _rows(uow).values()}


def ranks(uow: UnitOfWork) -> dict[str, int]:
    """Key -> place in lists, smallest first."""
    return {row.key: row.rank for row in _rows(uow).values()}


def choices(uow: UnitOfWork) -> dict[str, tuple[Choice, ...]]:
    """Lists for forms: "positions" (all active) and one per tag with an "s" ("unit" -> "units")."""
    lists: dict[str, list[Choice]] = {"positions": []}
    for row in _rows(uow).values():
        if row.active:
            choice = Choice(value=row.key, label=row.name)
            lists["positions"].append(choice)
            for tag in row.tags:
                lists.setdefault(f"{tag}s", []).append(choice)
    return {name: tuple(items) for name, items in lists.items()}


def holders_of(uow: UnitOfWork, keys: Collection[str]) -> dict[str, tuple[HolderView, ...]]:
    """Who holds each of these positions today, the regular holder first; () for a vacant or unknown one."""
    found: dict[str, list[HolderView]] = {key: [] for key in keys}
    if not found:
        return {}
    rows = uow.session.execute(
        select(PositionRow.key, HoldingRow, PersonRow.name)
        .join(HoldingRow, HoldingRow.position_id == PositionRow.id)
        .join(PersonRow, PersonRow.id == HoldingRow.person_id)
        .where(PositionRow.key.in_(found), PositionRow.active, PersonRow.active, in_force(office.today(uow)))
        .order_by(HoldingRow.id)
    )
    for key, holding, name in rows:
        found[key].append(_holder(holding, name))
    return {key: tuple(sorted(views, key=_regular_first)) for key, views in found.items()}


def superior_of(uow: UnitOfWork, key: str) -> PositionView | None:
    """The nearest active position above `key`; None at the top or for an unknown key."""
    rows = _rows(uow)
    row = next((r for r in rows.values() if r.key == key), None)
    while row is not None and row.superior_id is not None:
        row = rows[row.superior_id]
        if row.active:
            holdings = _holdings(uow, HoldingRow.position_id == row.id)
            return _view(row, rows, holdings, office.today(uow))
    return None


def administrators(uow: UnitOfWork) -> tuple[str, ...]:
    """Keys of the active positions whose holders administer the installation."""
    return tuple(row.key for row in _rows(uow).values() if row.active and row.administrator)


def actor_of(uow: UnitOfWork, person_id: int) -> Actor:
    """The person with the positions they may act for today, own posts first; NotFound for an ended person."""
    actor = read_actor(uow, PersonRow.id == person_id)
    if actor is None:
        raise NotFound("person", person_id)
    return actor


def read_actor(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> Actor | None:
    """The active person these conditions pick, with today's positions, by one query."""
    zone = select(SettingRow.value).where(SettingRow.key == office.ZONE).scalar_subquery()
    rows = uow.session.execute(
        select(PersonRow, HoldingRow, PositionRow, zone)
        .outerjoin(HoldingRow, HoldingRow.person_id == PersonRow.id)
        .outerjoin(PositionRow, and_(PositionRow.id == HoldingRow.position_id, PositionRow.active))
        .where(PersonRow.active, *conditions)
        .order_by(PositionRow.rank, HoldingRow.id)
    ).all()
    if not rows:
        return None
    person = rows[0][0]
    day = uow.now.astimezone(office.zone_named(rows[0][3])).date()
    mine = [
        Entitlement(position.id, position.key, position.name, HoldingKind(holding.kind), position.administrator)
        for _, holding, position, _ in rows
        if position is not None and holding.starts_on <= day and (holding.ends_on is None or day <= holding.ends_on)
    ]
    mine.sort(key=lambda e: e.kind is not HoldingKind.HOLDER)
    return Actor(person.id, person.name, tuple(mine), demo=person.demo, language=person.language)


def in_force(day: date) -> ColumnElement[bool]:
    """The holdings that hold on this day."""
    return and_(HoldingRow.starts_on <= day, or_(HoldingRow.ends_on.is_(None), HoldingRow.ends_on >= day))


def end_holdings(uow: UnitOfWork, condition: ColumnElement[bool]) -> None:
    """Let the holdings that match end yesterday, or never begin: the right to act is gone at once."""
    last = office.today(uow) - timedelta(days=1)
    for row in uow.session.scalars(select(HoldingRow).where(condition)):
        if row.ends_on is None or row.ends_on > last:
            row.ends_on = max(last, row.starts_on - timedelta(days=1))


def require_an_administrator_left(uow: UnitOfWork) -> None:
    """Refuse what a person asks for if nobody could administer the installation afterwards."""
    if uow.actor.person_id is None:
        return
    left = uow.session.scalar(
        select(PersonRow.id)
        .join(HoldingRow, HoldingRow.person_id == PersonRow.id)
        .join(PositionRow, PositionRow.id == HoldingRow.position_id)
        .where(PersonRow.active, PositionRow.active, PositionRow.administrator, in_force(office.today(uow)))
        .limit(1)
    )
    if left is None:
        raise InvalidInput("administrator", N_("Somebody must remain administrator. Appoint another one first."))


def _rows(uow: UnitOfWork) -> dict[int, PositionRow]:
    rows = uow.session.scalars(select(PositionRow).order_by(PositionRow.rank, PositionRow.name))
    return {row.id: row for row in rows}


def _holdings(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> list[tuple[HoldingRow, PersonRow]]:
    rows = uow.session.execute(
        select(HoldingRow, PersonRow)
        .join(PersonRow, PersonRow.id == HoldingRow.person_id)
        .where(*conditions)
        .order_by(HoldingRow.starts_on.desc(), HoldingRow.id.desc())
    )
    return [(holding, person) for holding, person in rows]


def _view(
    row: PositionRow, rows: dict[int, PositionRow], holdings: Iterable[tuple[HoldingRow, PersonRow]], day: date
) -> PositionView:
    mine = [(h, p) for h, p in holdings if h.position_id == row.id]
    today = [
        _holder(h, p.name)
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
        holders=tuple(sorted(today, key=_regular_first)),
        holdings=tuple(_holder(h, p.name) for h, p in mine),
    )


def _holder(row: HoldingRow, person_name: str) -> HolderView:
    return HolderView(
        row.id, row.person_id, person_name, HoldingKind(row.kind), row.starts_on, row.ends_on, row.order_number
    )


def _regular_first(view: HolderView) -> tuple[bool, int]:
    return view.kind is not HoldingKind.HOLDER, view.holding_id


def _facts(row: PositionRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "superior_id": row.superior_id,
        "tags": list(row.tags),
        "administrator": row.administrator,
        "rank": row.rank,
        "active": row.active,
    }


def _free_name(rows: dict[int, PositionRow], name: str, *, but: PositionRow | None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise InvalidInput("name", N_("Enter a name of at most %(most)s characters."), most=200)
    for row in rows.values():
        if row is not but and name.casefold() in (row.name.casefold(), row.key):
            raise InvalidInput("name", N_("There is a position called “%(name)s” already."), name=row.name)
    return name


def _free_key(rows: dict[int, PositionRow], key: str | None, name: str) -> str:
    taken = {row.key for row in rows.values()} | {row.name.casefold() for row in rows.values()}
    if key is not None:
        if not KEY.fullmatch(key):
            raise InvalidInput("key", N_("Use small letters, digits and underscores, beginning with a letter."))
        if key in taken:
            raise InvalidInput("key", N_("There is a position with the key “%(key)s” already."), key=key)
        return key
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:90]
    if not stem or not stem[0].isalpha():
        stem = f"p_{stem}".rstrip("_")
    key, count = stem, 1
    while key in taken:
        count += 1
        key = f"{stem}_{count}"
    return key


def _superior(rows: dict[int, PositionRow], superior_id: int) -> PositionRow:
    row = rows.get(superior_id)
    if row is None or not row.active:
        raise InvalidInput("superior_id", N_("Choose a position that exists."))
    return row


def _checked_tags(tags: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    for tag in wanted:
        if not TAG.fullmatch(tag):
            raise InvalidInput("tags", N_("Use small letters, digits and underscores, beginning with a letter."))
    return wanted
