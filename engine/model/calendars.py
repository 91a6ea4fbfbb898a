"""Working calendars: hours by date range and days off, each with its source."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id, Key


class CalendarRow(Base):
    __tablename__ = "calendars"

    id: Mapped[Id]
    key: Mapped[Key] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(60))
    revision: Mapped[int] = mapped_column(default=1)  #: grows with every change


class HoursRow(Base):
    """Opening hours of the week, for always (no dates) or for a range of dates (Ramadan)."""

    __tablename__ = "calendar_hours"

    id: Mapped[Id]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    label: Mapped[str] = mapped_column(String(200), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]  #: last day, included
    weekdays: Mapped[dict[str, Any]]  #: {"0": [["07:30", "12:00"], ...], ...}, Monday is 0; absent: closed
    source: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)


class DayOffRow(Base):
    __tablename__ = "calendar_days_off"
    __table_args__ = (UniqueConstraint("calendar_id", "day"),)

    id: Mapped[Id]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))  #: public | joint_leave | regional | other
    source: Mapped[str] = mapped_column(String(300), default="")
    uncertain: Mapped[bool] = mapped_column(default=False)  #: the date may still move (moon sighting, no decree yet)
    active: Mapped[bool] = mapped_column(default=True)
