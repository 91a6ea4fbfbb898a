"""Diagrams somebody is still drawing: one draft for each person and process, with the forms that go with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id, Key


class DesignRow(Base):
    __tablename__ = "designs"
    __table_args__ = (UniqueConstraint("process_key", "person_id"),)

    id: Mapped[Id]
    process_key: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    base_version: Mapped[int | None]  #: the version it began from; None: a process that has none yet
    name: Mapped[str] = mapped_column(String(300))  #: of the process, as last saved
    xml: Mapped[bytes] = mapped_column(LargeBinary)
    forms: Mapped[dict[str, Any]]  #: form key -> form-js JSON as text
    revision: Mapped[int] = mapped_column(default=1)  #: counts the savings, so that two windows notice each other
    updated_at: Mapped[datetime]


class FormEditRow(Base):
    """One edit of a form in a draft, kept so that it can be undone and done again; gone with the draft."""

    __tablename__ = "form_edits"
    __table_args__ = (Index(None, "design_id", "form_key"),)

    id: Mapped[Id]  #: also their order
    design_id: Mapped[int] = mapped_column(ForeignKey("designs.id", ondelete="CASCADE"))
    form_key: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(40))  #: what was done, as whoever edits names it
    label: Mapped[str] = mapped_column(String(300))  #: of what it was done to
    before: Mapped[str] = mapped_column(Text)  #: the form's JSON
    after: Mapped[str] = mapped_column(Text)
    undone: Mapped[bool] = mapped_column(default=False)
