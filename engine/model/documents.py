"""Files by content: a blob once, a document for each use of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class BlobRow(Base):
    __tablename__ = "blobs"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  #: SHA-256 of the content
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class DocumentRow(Base):
    __tablename__ = "documents"
    __table_args__ = (Index(None, "instance_id"), Index(None, "task_id"), Index(None, "state", "uploaded_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  #: random hex: can't be guessed
    digest: Mapped[str] = mapped_column(ForeignKey("blobs.digest"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))  #: sniffed, not claimed
    size: Mapped[int]  #: bytes
    state: Mapped[str] = mapped_column(String(20))  #: draft | attached | abandoned
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    field: Mapped[str] = mapped_column(String(200), default="")
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    uploaded_at: Mapped[datetime]
