"""Mapped classes, a file per noun family. Rows never leave the engine; verbs return frozen views."""

from .base import Base
from .calendars import CalendarRow, DayOffRow, HoursRow
from .cases import (
    AlertRow,
    AlertState,
    CandidateRow,
    CaseState,
    DeadlineRow,
    DeadlineState,
    InstanceRow,
    ParticipantRow,
    SubmissionRow,
    TaskRow,
    TaskState,
)
from .definitions import DecisionRow, DefinitionRow, FormRow
from .designs import DesignRow, FormEditRow
from .documents import BlobRow, DocumentRow
from .history import HistoryRow, NoteRow
from .jobs import HeartbeatRow, IncidentRow, JobRow
from .messages import MessageRow, MessageState, SubscriptionRow
from .moves import CaseMoveRow
from .office import SettingRow
from .people import AttemptRow, HoldingRow, PersonRow, PositionRow, SessionRow

__all__ = [
    "AlertRow",
    "AlertState",
    "AttemptRow",
    "Base",
    "BlobRow",
    "CalendarRow",
    "CandidateRow",
    "CaseMoveRow",
    "CaseState",
    "DayOffRow",
    "DeadlineRow",
    "DeadlineState",
    "DecisionRow",
    "DefinitionRow",
    "DesignRow",
    "FormEditRow",
    "DocumentRow",
    "FormRow",
    "HeartbeatRow",
    "HistoryRow",
    "HoldingRow",
    "HoursRow",
    "IncidentRow",
    "InstanceRow",
    "JobRow",
    "MessageRow",
    "MessageState",
    "NoteRow",
    "ParticipantRow",
    "PersonRow",
    "PositionRow",
    "SessionRow",
    "SettingRow",
    "SubmissionRow",
    "SubscriptionRow",
    "TaskRow",
    "TaskState",
]
