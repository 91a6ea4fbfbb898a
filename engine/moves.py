"""Which versions of its process a case has run in, for reading what was done before it was moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from . import definitions
from .db import UnitOfWork
from .diagram.model import Node
from .model import CaseMoveRow, InstanceRow


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


def nodes(uow: UnitOfWork, instance: InstanceRow) -> dict[str, Node]:
    """The elements of a case's version, and those of versions it ran in before that are gone since."""
    left = (
        select(CaseMoveRow.from_definition_id)
        .where(CaseMoveRow.instance_id == instance.id, CaseMoveRow.undone_at.is_(None))
        .order_by(CaseMoveRow.id)
    )
    found: dict[str, Node] = {}
    for version in (*uow.session.scalars(left), instance.definition_id):
        found |= definitions.diagram_of(uow, version).process.nodes
    return found
