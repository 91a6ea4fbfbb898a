"""Which version of its process a case ran in, for reading what was done before it was moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from .db import UnitOfWork
from .model import CaseMoveRow


def definition_at(uow: UnitOfWork, instance_id: int, moment: datetime, current: int) -> int:
    """The id of the version a case ran in at some moment; `current` is the one it is in now."""
    later = uow.session.scalar(
        select(CaseMoveRow.from_definition_id)
        .where(CaseMoveRow.instance_id == instance_id, CaseMoveRow.undone_at.is_(None))
        .where(CaseMoveRow.moved_at >= moment)
        .order_by(CaseMoveRow.id)
        .limit(1)
    )
    return current if later is None else later
