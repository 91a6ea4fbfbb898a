"""The open tasks of a case, as far as forms and steps look at them: read once, handed on."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from .db import UnitOfWork
from .model import TaskRow, TaskState

_TASKS: Any = TaskRow.__table__
_OPEN = (
    select(
        _TASKS.c.id,
        _TASKS.c.key,
        _TASKS.c.activity_id,
        _TASKS.c.name,
        _TASKS.c.item,
        _TASKS.c.item_label,
        _TASKS.c.round,
    )
    .where(_TASKS.c.instance_id == bindparam("case"), _TASKS.c.state == TaskState.OPEN)
    .order_by(_TASKS.c.id)
)


class Waiting(NamedTuple):
    """An open task, as far as others look at it."""

    id: int
    key: str
    activity_id: str
    name: str
    item: str | None
    item_label: str
    round: int


def waiting(uow: UnitOfWork, instance_id: int) -> tuple[Waiting, ...]:
    """The open tasks of a case, oldest first."""
    return tuple(Waiting._make(row) for row in uow.execute(_OPEN, {"case": instance_id}))
