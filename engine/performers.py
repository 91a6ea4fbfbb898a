"""Who may take, hold and hand out a task, and through which position."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from . import office
from .db import UnitOfWork, batched
from .identity import Entitlement, HoldingKind
from .model import (
    AlertRow,
    AlertState,
    CandidateRow,
    DeadlineRow,
    HoldingRow,
    PersonRow,
    PositionRow,
    TaskRow,
    TaskState,
)
from .people import positions

_CANDIDATES: Any = CandidateRow.__table__
_FURTHER = (
    select(_CANDIDATES.c.position_key, _CANDIDATES.c.person_id)
    .where(_CANDIDATES.c.task_id == bindparam("task"))
    .order_by(_CANDIDATES.c.id)
)


_OPEN = TaskRow.state == TaskState.OPEN


@dataclass(frozen=True, slots=True)
class Performer:
    """Somebody a task can be handed to."""

    person_id: int
    name: str
    position_key: str
    position_name: str


def groups_of(uow: UnitOfWork, task: TaskRow) -> list[str]:
    """All candidate positions of an open task."""
    return [key for key in [task.candidate_group, *(key for key, _ in _further(uow, task.id))] if key is not None]


def remember(uow: UnitOfWork, task_id: int, further: Iterable[tuple[str | None, int | None]]) -> None:
    """Note the further positions and the people that may take a task whose case this unit holds."""
    uow.seen["candidates", task_id] = tuple(further)


def names_others(uow: UnitOfWork, task: TaskRow) -> bool:
    """Whether others than its first position may take the task."""
    return bool(_further(uow, task.id))


def _further(uow: UnitOfWork, task_id: int) -> tuple[tuple[str | None, int | None], ...]:
    """Positions and people besides the first position."""
    found: tuple[tuple[str | None, int | None], ...] | None = uow.seen.get(("candidates", task_id))
    if found is None:
        found = tuple((row[0], row[1]) for row in uow.execute(_FURTHER, {"task": task_id}))
    return found


def entitlement(uow: UnitOfWork, task: TaskRow) -> Entitlement | None:
    """The position through which the actor may take this task; None if they may not.

    A task without a group, or whose positions nobody holds today, lies with the process owner; without one, with the
    administrators. Never with nobody.
    """
    groups = groups_of(uow, task)
    mine = uow.actor.holding(*groups)
    if mine is not None:
        return mine
    if uow.actor.positions and any(person == uow.actor.person_id for _, person in _further(uow, task.id)):
        return uow.actor.positions[0]
    if any(positions.holders_of(uow, groups).values()):
        return None
    if task.owner_group and positions.holders_of(uow, [task.owner_group]).get(task.owner_group):
        return uow.actor.holding(task.owner_group)
    return next((p for p in uow.actor.positions if p.administrator), None)


def free_for_actor(uow: UnitOfWork, task: TaskRow) -> bool:
    """Whether it is unassigned, its assignee lost the post, or the actor acts for the absent holder."""
    if task.assignee_id is None:
        return True
    if task.assigned_as is None:
        return False
    holders = positions.holders_of(uow, [task.assigned_as]).get(task.assigned_as, ())
    if all(h.person_id != task.assignee_id for h in holders):
        return True
    mine = uow.actor.holding(task.assigned_as)
    return mine is not None and mine.kind is HoldingKind.PLH


def working_entitlement(uow: UnitOfWork, task: TaskRow) -> Entitlement | None:
    """The position through which the actor may work on the task right now; None if they may not.

    For the assignee: the post they took it with, while they hold it. For others: as for taking it.
    """
    if task.assignee_id == uow.actor.person_id and task.assignee_id is not None:
        if task.assigned_as is None:
            return entitlement(uow, task) or next(iter(uow.actor.positions), None)
        return uow.actor.holding(task.assigned_as)
    return entitlement(uow, task) if free_for_actor(uow, task) else None


def assigning_entitlement(uow: UnitOfWork, task: TaskRow) -> Entitlement | None:
    """The position that lets the actor hand the task to somebody.

    A superior of its positions, whoever an open alert about it was sent to, the process owner, an administrator.
    """
    above: list[str] = []
    for group in groups_of(uow, task):
        above += superiors(uow, group)
    mine = uow.actor.holding(*above, *_alerted(uow, task), task.owner_group)
    return mine or next((p for p in uow.actor.positions if p.administrator), None)


def _alerted(uow: UnitOfWork, task: TaskRow) -> list[str]:
    """Positions that were told the task, or the sub-process around it, is late."""
    told = uow.session.scalars(
        select(AlertRow.recipients)
        .join(DeadlineRow, AlertRow.deadline_id == DeadlineRow.id)
        .where(
            AlertRow.instance_id == task.instance_id,
            AlertRow.state != AlertState.CLOSED,
            DeadlineRow.activity_key.in_([task.key, task.scope_key]),
        )
    )
    return [key for recipients in told for key in recipients]


def superiors(uow: UnitOfWork, key: str) -> list[str]:
    """The line of superiors above a position, nearest first."""
    line: list[str] = []
    above = positions.superior_of(uow, key)
    while above is not None and above.key not in line:
        line.append(above.key)
        above = positions.superior_of(uow, above.key)
    return line


def assignable(uow: UnitOfWork, task: TaskRow) -> tuple[Performer, ...]:
    """Whom a task can be handed to: the holders of its positions first, then everybody who holds any position."""
    names = positions.names(uow)
    groups = groups_of(uow, task)
    keys = [*groups, *(key for key in names if key not in groups)]
    found: dict[int, Performer] = {}
    holders = positions.holders_of(uow, keys)
    for key in keys:
        for holder in holders.get(key, ()):
            found.setdefault(
                holder.person_id, Performer(holder.person_id, holder.person_name, key, names.get(key, key))
            )
    return tuple(found.values())


def vacant_keys(uow: UnitOfWork) -> list[str]:
    """Position keys nobody holds today."""
    names = list(positions.names(uow))
    holders = positions.holders_of(uow, names)
    return [key for key in names if not holders.get(key)]


def sole_keys(uow: UnitOfWork) -> list[str]:
    """The actor's positions that nobody else holds today: their work is the actor's without taking it first."""
    holders = positions.holders_of(uow, uow.actor.position_keys)
    return [key for key, held in holders.items() if {h.person_id for h in held} == {uow.actor.person_id}]


class Queue(NamedTuple):
    """Open tasks that lie together, as a condition on TaskRow. No task lies in two queues of one list."""

    where: ColumnElement[bool]
    unassigned: bool = False  #: nobody has any of them


def own_queues(uow: UnitOfWork) -> tuple[Queue, ...]:
    """Open tasks that are the actor's: assigned to them, or waiting for a position that they alone hold.

    Each queue can be read off an index in the order of due instants, which holds for none of them joined by OR.
    """
    return uow.kept(("own queues", uow.actor, office.today(uow)), lambda: _own(uow))


def _own(uow: UnitOfWork) -> tuple[Queue, ...]:
    return (Queue(and_(_OPEN, TaskRow.assignee_id == uow.actor.person_id)), *map(_waiting_for, sole_keys(uow)))


def _waiting_for(key: str) -> Queue:
    return Queue(and_(_OPEN, TaskRow.candidate_group == key, TaskRow.assignee_id.is_(None)), unassigned=True)


def shared_queues(uow: UnitOfWork) -> tuple[Queue, ...]:
    """Open tasks the actor may take besides; the same rule as `entitlement` and `free_for_actor`."""
    always = uow.kept(("shared queues", uow.actor, office.today(uow)), lambda: _shared(uow))
    named = set(
        uow.session.scalars(
            select(CandidateRow.task_id).where(
                or_(
                    CandidateRow.position_key.in_(uow.actor.position_keys),
                    CandidateRow.person_id == uow.actor.person_id,
                )
            )
        )
    )
    if not named:
        return always
    elsewhere = or_(TaskRow.candidate_group.is_(None), TaskRow.candidate_group.not_in(uow.actor.position_keys))
    free = or_(TaskRow.assignee_id.is_(None), _elses(uow))
    return (*always, *(Queue(and_(TaskRow.id.in_(ids), _OPEN, elsewhere, free)) for ids in batched(sorted(named))))


def _shared(uow: UnitOfWork) -> tuple[Queue, ...]:
    """What lies in the queues of positions; what names the actor besides changes with every task."""
    mine = uow.actor.position_keys
    elses = _elses(uow)
    left_over = and_(_fallback(uow, mine), or_(TaskRow.assignee_id.is_(None), elses))
    return (
        *map(_waiting_for, sorted(mine - set(sole_keys(uow)))),
        Queue(and_(_OPEN, TaskRow.candidate_group.in_(mine), TaskRow.assignee_id.is_not(None), elses)),
        Queue(and_(_OPEN, TaskRow.candidate_group.is_(None), left_over)),
        *(Queue(and_(_OPEN, TaskRow.candidate_group == key, left_over)) for key in vacant_keys(uow) if key not in mine),
    )


def _elses(uow: UnitOfWork) -> ColumnElement[bool]:
    """Somebody else's, who gave it up."""
    return and_(TaskRow.assignee_id != uow.actor.person_id, _given_up(uow))


def _given_up(uow: UnitOfWork) -> ColumnElement[bool]:
    """Assigned to somebody who lost the post, or whom the actor stands in for."""
    acting = [p.key for p in uow.actor.positions if p.kind is HoldingKind.PLH]
    still_holds = exists().where(
        HoldingRow.person_id == TaskRow.assignee_id,
        HoldingRow.position_id == PositionRow.id,
        PositionRow.key == TaskRow.assigned_as,
        positions.in_force(office.today(uow)),
    )
    return or_(and_(TaskRow.assigned_as.is_not(None), ~still_holds), TaskRow.assigned_as.in_(acting))


def _fallback(uow: UnitOfWork, mine: Iterable[str]) -> ColumnElement[bool]:
    """The actor owns the process, or administers where it has no owner; and nobody else is named."""
    owned: ColumnElement[bool] = TaskRow.owner_group.in_(mine)
    if uow.actor.administrator:
        owned = or_(owned, TaskRow.owner_group.is_(None), TaskRow.owner_group.in_(vacant_keys(uow)))
    return and_(owned, ~exists().where(CandidateRow.task_id == TaskRow.id))


def held_by(uow: UnitOfWork, task: TaskRow) -> str:
    """Who has the task, for people: the assignee's name, else the names of today's holders."""
    if task.assignee_id is not None:
        return uow.session.scalar(select(PersonRow.name).where(PersonRow.id == task.assignee_id)) or ""
    holders = positions.holders_of(uow, groups_of(uow, task))
    return ", ".join(dict.fromkeys(h.person_name for held in holders.values() for h in held))
