"""Who has a case next, for whoever has just sent a step of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import performers
from .db import UnitOfWork
from .model import TaskRow
from .people import positions


@dataclass(frozen=True, slots=True)
class NextStep:
    """A task that was created, and who may do it."""

    task_id: int
    activity_name: str
    item_label: str
    position_name: str
    people: tuple[str, ...]
    due_at: datetime | None
    mine: bool


def next_steps(uow: UnitOfWork, created: tuple[TaskRow, ...]) -> tuple[NextStep, ...]:
    """The tasks just created, with the names of those who may do them."""
    names = positions.names(uow)
    steps = []
    for task in created:
        held = positions.holders_of(uow, performers.groups_of(uow, task))
        people = dict.fromkeys(h.person_name for holders in held.values() for h in holders)
        steps.append(
            NextStep(
                task_id=task.id,
                activity_name=task.name,
                item_label=task.item_label,
                position_name=names.get(task.candidate_group or task.owner_group or "", ""),
                people=tuple(people),
                due_at=task.due_at,
                mine=performers.working_entitlement(uow, task) is not None,
            )
        )
    return tuple(steps)
