"""Cases that were moved to another version of their process, each with what it takes to undo it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id


class CaseMoveRow(Base):
    __tablename__ = "case_moves"
    __table_args__ = (Index(None, "instance_id", "id"),)

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    from_definition_id: Mapped[int] = mapped_column(ForeignKey("process_definitions.id"))
    to_definition_id: Mapped[int] = mapped_column(ForeignKey("process_definitions.id"))
    moved_at: Mapped[datetime]
    moved_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(Text)
    mapping: Mapped[dict[str, Any]]  #: old element id -> new element id
    before: Mapped[bytes] = mapped_column(LargeBinary)  #: the rows it changed, packed by engine/moving/imprints.py
    row_version: Mapped[int]  #: of the case right after it; another one means that the case has gone on
    undone_at: Mapped[datetime | None]
