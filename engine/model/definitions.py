"""What was deployed: immutable versions of diagrams, each with its own forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id, Key


class DefinitionRow(Base):
    __tablename__ = "process_definitions"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[Id]
    key: Mapped[Key]
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))  #: SHA-256 over diagram and forms
    xml: Mapped[bytes] = mapped_column(LargeBinary)
    begins: Mapped[str | None] = mapped_column(String(300))  #: message:name | signal:name | timer; None: by hand
    example: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  #: None: the seed
    reason: Mapped[str] = mapped_column(Text, default="")
    #: key -> version of what it calls, where only that has changed
    follows: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    retired_at: Mapped[datetime | None]  #: no new starts


class DecisionRow(Base):
    """A DMN file that a version's business rule tasks look things up in."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("definition_id", "key"),)

    id: Mapped[Id]
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definitions.id"))
    key: Mapped[Key]
    content: Mapped[bytes] = mapped_column(LargeBinary)  #: DMN XML


class FormRow(Base):
    __tablename__ = "forms"
    __table_args__ = (UniqueConstraint("definition_id", "key"),)

    id: Mapped[Id]
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definitions.id"))
    key: Mapped[Key]
    content: Mapped[str] = mapped_column(Text)  #: form-js JSON
