"""Messages between cases and with the world outside, and what cases wait for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id, Key


class MessageState(StrEnum):
    KEPT = "kept"  #: nobody waits for it yet
    PROMISED = "promised"  #: a job is to deliver it
    DELIVERED = "delivered"


class MessageRow(Base):
    """A message that was sent; see engine/mailbox.py for its life. Never removed."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "state", "name", "correlation"),)

    id: Mapped[Id]
    name: Mapped[Key]
    correlation: Mapped[str] = mapped_column(String(300), default="")  #: "" where it has no key
    variables: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20))  #: kept | promised | delivered
    sent_at: Mapped[datetime]
    sent_from: Mapped[int | None] = mapped_column(ForeignKey("process_instances.id"))  #: None: from outside
    delivered_at: Mapped[datetime | None]
    delivered_to: Mapped[int | None] = mapped_column(ForeignKey("process_instances.id"))


class SubscriptionRow(Base):
    """A message or signal that a case waits for."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index(None, "kind", "name", "correlation"), Index(None, "instance_id"))

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(300), unique=True)  #: of the waiting event in the engine's state
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    kind: Mapped[str] = mapped_column(String(20))  #: message | signal
    name: Mapped[Key]
    correlation: Mapped[str] = mapped_column(String(300), default="")
    event_id: Mapped[Key]
    since: Mapped[datetime]
