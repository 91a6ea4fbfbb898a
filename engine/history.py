"""Append-only facts: who, through which position, did what, when."""

from __future__ import annotations

from typing import Any

from .db import UnitOfWork
from .identity import Entitlement, HoldingKind
from .model import HistoryRow


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
    """Append one event at the unit's instant. `data` must be JSON; `entitled_by` is the position that gave the right."""
    actor = uow.actor
    uow.session.add(
        HistoryRow(
            at=uow.now,
            kind=kind,
            instance_id=instance_id,
            task_id=task_id,
            activity_id=activity_id,
            person_id=actor.person_id,
            person_name="" if actor.system else actor.name,
            position_key=entitled_by.key if entitled_by else None,
            position_name=entitled_by.name if entitled_by else "",
            acting=entitled_by.kind.value if entitled_by and entitled_by.kind is not HoldingKind.HOLDER else "",
            data=data,
        )
    )
