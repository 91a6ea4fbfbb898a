"""Who may read which case, as one condition that every query shares."""

from __future__ import annotations

from sqlalchemy import exists, false, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from . import definitions
from .db import UnitOfWork
from .model import CandidateRow, DefinitionRow, InstanceRow, ParticipantRow, PositionRow, TaskRow


def readable(uow: UnitOfWork) -> ColumnElement[bool]:
    """Cases the actor may open: through taking part, a subordinate's taking part, ownership or administration.

    Who is named for an open task takes part by that, whatever position they hold.
    """
    if uow.actor.system or uow.actor.administrator:
        return true()
    mine = with_subordinates(uow, uow.actor.position_keys)
    if not mine:
        return false()
    taking_part = exists().where(ParticipantRow.instance_id == InstanceRow.id, ParticipantRow.position_key.in_(mine))
    named = exists().where(
        CandidateRow.person_id == uow.actor.person_id,
        CandidateRow.task_id == TaskRow.id,
        TaskRow.instance_id == InstanceRow.id,
    )
    owned = owned_definitions(uow)
    return or_(taking_part, named, InstanceRow.definition_id.in_(owned))


def listable(uow: UnitOfWork) -> ColumnElement[bool]:
    """Cases the actor may know of: everything readable, and what isn't confidential by its title alone."""
    return or_(InstanceRow.confidential.is_(False), readable(uow))


def with_subordinates(uow: UnitOfWork, keys: frozenset[str]) -> frozenset[str]:
    """Position keys with everybody below them in the line of superiors."""
    return uow.kept(("with subordinates", keys), lambda: _with_subordinates(uow, keys))


def _with_subordinates(uow: UnitOfWork, keys: frozenset[str]) -> frozenset[str]:
    rows = uow.session.execute(select(PositionRow.id, PositionRow.key, PositionRow.superior_id)).all()
    below: dict[int | None, list[tuple[int, str]]] = {}
    for id, key, superior_id in rows:
        below.setdefault(superior_id, []).append((id, key))
    found: set[str] = set()
    todo = [(id, key) for id, key, _ in rows if key in keys]
    while todo:
        id, key = todo.pop()
        if key not in found:
            found.add(key)
            todo += below.get(id, [])
    return frozenset(found)


def owned_definitions(uow: UnitOfWork) -> list[int]:
    """Ids of all versions of the processes the actor owns."""
    if not uow.actor.positions:
        return []
    return uow.kept(("owned", uow.actor.position_keys), lambda: _owned(uow))


def _owned(uow: UnitOfWork) -> list[int]:
    ids = uow.session.scalars(select(DefinitionRow.id)).all()
    return [
        id
        for id in ids
        if uow.actor.holding(*definitions.owner_keys(uow, definitions.diagram_of(uow, id).process)) is not None
    ]
