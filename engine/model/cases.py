"""Running work: cases, their tasks, deadlines, alerts and answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id, Key


class CaseState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class DeadlineState(StrEnum):
    OPEN = "open"  #: counting
    MET = "met"
    MISSED = "missed"  #: passed, whether the work ended since or not
    CANCELLED = "cancelled"  #: the work was cancelled before the deadline passed


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class InstanceRow(Base):
    __tablename__ = "process_instances"
    __table_args__ = (Index(None, "state", "started_at"), Index(None, "case_key"), Index(None, "definition_id"))

    id: Mapped[Id]
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definitions.id"))
    title: Mapped[str] = mapped_column(String(300))
    case_key: Mapped[str | None] = mapped_column(String(300))
    confidential: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20))  #: active | suspended | completed | cancelled
    reason: Mapped[str | None] = mapped_column(Text)  #: of the suspension or cancellation
    started_at: Mapped[datetime]
    started_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    started_as: Mapped[str | None] = mapped_column(String(200))  #: position key
    ended_at: Mapped[datetime | None]
    variables: Mapped[dict[str, Any]]  #: the flat names the diagram's expressions mention
    activities: Mapped[list[Any]] = mapped_column(default=list)  #: open activities that are no tasks, for the drawing
    snapshot: Mapped[bytes | None] = mapped_column(LargeBinary)  #: the engine's state; None once ended
    row_version: Mapped[int] = mapped_column(default=1)
    demo: Mapped[bool] = mapped_column(default=False)


class ParticipantRow(Base):
    """A position that takes part in a case, and so may read it."""

    __tablename__ = "case_participants"
    __table_args__ = (Index(None, "position_key", "instance_id"),)

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"), primary_key=True)
    position_key: Mapped[str] = mapped_column(String(200), primary_key=True)


class TaskRow(Base):
    __tablename__ = "tasks"
    __table_args__ = (
        Index(None, "instance_id", "state"),
        Index(None, "instance_id", "activity_id", "item", "round"),
        Index(None, "state", "candidate_group", "assignee_id", "due_at"),
        Index(None, "state", "assignee_id", "due_at"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)  #: of the activity instance in the engine's state
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    activity_id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(300))
    number: Mapped[str | None] = mapped_column(String(20))  #: the printed number of the step
    item: Mapped[str | None] = mapped_column(String(200))
    item_label: Mapped[str] = mapped_column(String(300), default="")
    round: Mapped[int] = mapped_column(default=1)
    returned: Mapped[bool] = mapped_column(default=False)  #: the case was sent back to it from a later step
    scope_activity_id: Mapped[str | None] = mapped_column(String(200))  #: the sub-process of scope_key
    scope_key: Mapped[str | None] = mapped_column(String(64))  #: sub-process whose deadline it has, else innermost
    candidate_group: Mapped[str | None] = mapped_column(String(200))  #: position key; None: owner_group's queue
    owner_group: Mapped[str | None] = mapped_column(String(200))  #: the process owner; None: administrators
    form_key: Mapped[str | None] = mapped_column(String(200))
    priority: Mapped[int] = mapped_column(default=50)
    state: Mapped[str] = mapped_column(String(20))  #: open | completed | cancelled
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    assigned_as: Mapped[str | None] = mapped_column(String(200))  #: position key that entitled the assignee
    from_person: Mapped[str] = mapped_column(String(200), default="")  #: who completed the step before
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  #: of its own deadline or the inherited one
    ended_at: Mapped[datetime | None]
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    completed_as: Mapped[str | None] = mapped_column(String(200))
    draft: Mapped[dict[str, Any] | None]  #: what was typed and not sent
    draft_at: Mapped[datetime | None]
    draft_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @property
    def open(self) -> bool:
        return self.state == TaskState.OPEN


class CandidateRow(Base):
    """A further position or person that may take an open task, where a diagram names more than one."""

    __tablename__ = "task_candidates"
    __table_args__ = (Index(None, "task_id"), Index(None, "position_key"), Index(None, "person_id"))

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    position_key: Mapped[str | None] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class DeadlineRow(Base):
    """The standard time of one activity instance. The ledger says how the due instant was counted."""

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("activity_key", "timer_id"),
        Index(None, "instance_id"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    activity_id: Mapped[Key]
    activity_key: Mapped[str] = mapped_column(String(64))  #: the activity instance, as in tasks.key or tasks.scope_key
    timer_id: Mapped[Key]  #: of the boundary event
    timer_key: Mapped[str] = mapped_column(String(64))  #: of the waiting timer in the engine's state
    calendar: Mapped[str | None] = mapped_column(String(200))
    duration: Mapped[str] = mapped_column(String(200))  #: ISO 8601, or a date
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ledger: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20))  #: open | met | missed | cancelled
    passed_at: Mapped[datetime | None]  #: when the due instant was found passed
    ended_at: Mapped[datetime | None]  #: when the activity ended


class AlertRow(Base):
    """A deadline that passed, for a supervisor. At most one per deadline."""

    __tablename__ = "alerts"
    __table_args__ = (Index(None, "state", "opened_at"), Index(None, "instance_id"))

    id: Mapped[Id]
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"), unique=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    activity_id: Mapped[Key]
    performer: Mapped[str | None] = mapped_column(String(200))  #: position key that leads the late activity
    recipients: Mapped[list[Any]]  #: position keys
    state: Mapped[str] = mapped_column(String(20))  #: open | acknowledged | closed
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    acknowledged_as: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]


class SubmissionRow(Base):
    """What a person filled in, once per completed task. Never changed."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("instance_id", "activity_id", "item", "round"),
        Index(None, "instance_id", "activity_id"),
    )

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instances.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), unique=True)
    activity_id: Mapped[Key]
    item: Mapped[str] = mapped_column(String(200), default="")  #: "" where the activity has no items
    item_label: Mapped[str] = mapped_column(String(300), default="")
    round: Mapped[int]
    form_key: Mapped[str | None] = mapped_column(String(200))
    values: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    sent_as: Mapped[str | None] = mapped_column(String(200))
