"""Append-only facts about cases and the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id


class HistoryRow(Base):
    __tablename__ = "history_events"
    __table_args__ = (Index(None, "instance_id", "id"), Index(None, "kind", "id"))

    id: Mapped[Id]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(60))  #: e.g. case.started, task.completed, alert.opened, calendar.changed
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instances.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    activity_id: Mapped[str | None] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  #: None: the system
    person_name: Mapped[str] = mapped_column(String(200), default="")  #: as it was then
    position_key: Mapped[str | None] = mapped_column(String(200))  #: that entitled the person
    position_name: Mapped[str] = mapped_column(String(200), default="")
    acting: Mapped[str] = mapped_column(String(10), default="")  #: plh | plt, else ""
    data: Mapped[dict[str, Any]]


class NoteRow(Base):
    __tablename__ = "notes"
    __table_args__ = (Index(None, "instance_id", "id"),)

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    position_name: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
