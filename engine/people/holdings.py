"""Who holds which position on which days, and so who may act."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from engine import history, locks, office
from engine.db import UnitOfWork
from engine.errors import N_, InvalidInput, NotFound
from engine.identity import Actor, Entitlement, HoldingKind, require_administrator
from engine.model import HoldingRow, PersonRow, PositionRow, SettingRow


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
    locks.alone_in_office(uow)
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
    return holder_view(row, person.name)


def end_holding(uow: UnitOfWork, holding_id: int, ends_on: date) -> HolderView:
    """Let a holding end with the day `ends_on`; the day before its first means it never took effect."""
    entitled_by = require_administrator(uow.actor, "end holdings")
    locks.alone_in_office(uow)
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
    return holder_view(row, person.name)


def holders_of(uow: UnitOfWork, keys: Collection[str]) -> dict[str, tuple[HolderView, ...]]:
    """Who holds each of these positions today, the regular holder first; () for a vacant or unknown one."""
    if not keys:
        return {}
    today = office.today(uow)
    held = uow.kept("holders", lambda: _holders(uow))
    return {
        key: tuple(h for h in held.get(key, ()) if h.starts_on <= today and (h.ends_on is None or today <= h.ends_on))
        for key in keys
    }


def _holders(uow: UnitOfWork) -> dict[str, list[HolderView]]:
    """All holdings of active positions by active people, of any day, by position; regular holders first."""
    found: dict[str, list[HolderView]] = {}
    rows = uow.session.execute(
        select(PositionRow.key, HoldingRow, PersonRow.name)
        .join(HoldingRow, HoldingRow.position_id == PositionRow.id)
        .join(PersonRow, PersonRow.id == HoldingRow.person_id)
        .where(PositionRow.active, PersonRow.active)
    )
    for key, holding, name in rows:
        found.setdefault(key, []).append(holder_view(holding, name))
    for views in found.values():
        views.sort(key=regular_first)
    return found


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


def holder_view(row: HoldingRow, person_name: str) -> HolderView:
    """The holding as others see it."""
    return HolderView(
        row.id, row.person_id, person_name, HoldingKind(row.kind), row.starts_on, row.ends_on, row.order_number
    )


def regular_first(view: HolderView) -> tuple[bool, int]:
    """Orders holders: the regular one before Plh and Plt."""
    return view.kind is not HoldingKind.HOLDER, view.holding_id


def with_people(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> list[tuple[HoldingRow, PersonRow]]:
    """Holdings, newest first, each with its person."""
    rows = uow.session.execute(
        select(HoldingRow, PersonRow)
        .join(PersonRow, PersonRow.id == HoldingRow.person_id)
        .where(*conditions)
        .order_by(HoldingRow.starts_on.desc(), HoldingRow.id.desc())
    )
    return [(holding, person) for holding, person in rows]
