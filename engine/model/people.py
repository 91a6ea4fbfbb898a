"""People, positions (jabatan), who holds what, and sign-in sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id, Key


class PersonRow(Base):
    __tablename__ = "people"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(80), unique=True)  #: lower case
    name: Mapped[str] = mapped_column(String(200))
    nip: Mapped[str | None] = mapped_column(String(18))  #: 18 digits; shown masked in lists
    password_hash: Mapped[str | None]  #: argon2; None: can't sign in with a password
    language: Mapped[str] = mapped_column(String(5), default="id")
    demo: Mapped[bool] = mapped_column(default=False)  #: invented person
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class PositionRow(Base):
    __tablename__ = "positions"

    id: Mapped[Id]
    key: Mapped[Key] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("positions.id"))
    administrator: Mapped[bool] = mapped_column(default=False)  #: its holders administer the installation
    tags: Mapped[list[Any]] = mapped_column(default=list)  #: choice lists it belongs to, e.g. "unit"
    rank: Mapped[int] = mapped_column(default=100)  #: order in lists, smallest first
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class HoldingRow(Base):
    """A person in a position from a date on. Plh and Plt are the acting kinds."""

    __tablename__ = "holdings"
    __table_args__ = (Index(None, "person_id"), Index(None, "position_id"))

    id: Mapped[Id]
    position_id: Mapped[int] = mapped_column(ForeignKey("positions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(10))  #: HoldingKind
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  #: last day, included
    order_number: Mapped[str | None] = mapped_column(String(120))  #: of the surat perintah
    created_at: Mapped[datetime]


class SessionRow(Base):
    __tablename__ = "sessions"
    __table_args__ = (Index(None, "person_id"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  #: SHA-256 of the cookie's token
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]  #: real time
    seen_at: Mapped[datetime]  #: real time
    expires_at: Mapped[datetime]  #: real time
    agent: Mapped[str] = mapped_column(String(200), default="")


class AttemptRow(Base):
    """A failed sign-in, for throttling. Real time."""

    __tablename__ = "signin_attempts"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(200))  #: "user:NAME" or "addr:ADDRESS"
    at: Mapped[datetime]
