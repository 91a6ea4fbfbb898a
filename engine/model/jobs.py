"""Due work for the worker, what became of it, and that the worker lives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id


class JobRow(Base):
    """One piece of due work; see engine/jobs.py for its life. `dead, due_at` is the worker's index."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "dead", "due_at"), Index(None, "instance_id"))

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))  #: timer | service | message | signal | start
    key: Mapped[str] = mapped_column(String(200), unique=True)  #: of the timer or service task in the engine's state
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instances.id"))  #: None: begins a case
    due_at: Mapped[datetime]  #: office time
    not_before: Mapped[datetime | None]  #: real time; set by backoff, and by the lease of a call under way
    attempts: Mapped[int] = mapped_column(default=0)
    dead: Mapped[bool] = mapped_column(default=False)  #: out of retries or its case is suspended
    error: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[dict[str, Any]]


class IncidentRow(Base):
    __tablename__ = "incidents"
    __table_args__ = (Index(None, "resolved_at"), Index(None, "instance_id"))

    id: Mapped[Id]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instances.id"))  #: None: no case began
    job_key: Mapped[str] = mapped_column(String(200))
    activity_id: Mapped[str | None] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class HeartbeatRow(Base):
    """One row per worker; real time."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime]
    at: Mapped[datetime]
