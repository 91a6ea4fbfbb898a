"""Who waits for whom.

A unit that takes more than one lock takes them in this order, so that no two ever wait for each other: the draft of a
diagram, the office, then the person who acts, cases by ascending id, the mailbox, then the rows of a case (tasks, jobs,
deadlines, alerts, documents). Steps of cases share the office; whoever changes it (people, positions, holdings,
calendars, settings, the clock, procedures) has it alone, so that no step runs meanwhile by what is being replaced. A
case is held by one unit at a time.

On SQLite the one write lock of every unit that writes is all of this at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, exists, func, select

from .db import OFFICE_MARK, UnitOfWork
from .errors import NotFound
from .model import CandidateRow, DocumentRow, HistoryRow, InstanceRow, SettingRow, TaskRow

#: PostgreSQL's advisory lock for the office; 4107 is that of the migrations
OFFICE = 4108
PERSON = 4109  #: with the person's id
MAIL = 4110


_SHARE = select(func.pg_advisory_xact_lock_shared(OFFICE))
_ALONE = select(func.pg_advisory_xact_lock(OFFICE))
_MAIL = select(func.pg_advisory_xact_lock(MAIL))
_MARK = select(SettingRow.value).where(SettingRow.key == OFFICE_MARK).scalar_subquery()
_HELD = (
    select(InstanceRow, _MARK)
    # Not the key: notes and files that refer to the case need not wait for the step.
    .with_for_update(key_share=True, of=InstanceRow)
    .execution_options(populate_existing=True)
)
_CASE = _HELD.where(InstanceRow.id == bindparam("case"))
_CASE_WITH = _HELD.where(
    InstanceRow.id == select(TaskRow.instance_id).where(TaskRow.id == bindparam("task")).scalar_subquery()
)
_FACTS: Any = HistoryRow.__table__
_LAST = select(_FACTS.c.at).where(_FACTS.c.instance_id == bindparam("case")).order_by(_FACTS.c.id.desc()).limit(1)
_TASK = (
    select(
        TaskRow,
        select(_FACTS.c.at)
        .where(_FACTS.c.instance_id == TaskRow.instance_id)
        .order_by(_FACTS.c.id.desc())
        .limit(1)
        .correlate(TaskRow)
        .scalar_subquery(),
        exists().where(CandidateRow.task_id == TaskRow.id),
        exists().where(DocumentRow.task_id == TaskRow.id, DocumentRow.state == "draft"),
    )
    .where(TaskRow.id == bindparam("task"))
    .execution_options(populate_existing=True)
)


def share_office(uow: UnitOfWork) -> None:
    """Let nobody change the office until the unit ends. A unit that shares it must not ask for it alone later."""
    if not uow.sqlite:
        uow.execute(_SHARE)
        # Whoever had it alone may have left it changed.
        uow.mark = uow.session.scalar(select(_MARK))


def alone_in_office(uow: UnitOfWork) -> None:
    """Wait until no case takes a step and nobody else changes the office, and keep it so until the unit ends.

    Read what is to be changed afterwards: what was read before may have changed while waiting.
    """
    if not uow.sqlite:
        uow.execute(_ALONE)
    uow.session.renew_mark()


def mail(uow: UnitOfWork) -> None:
    """Let nobody else send a message or begin to wait for one until the unit ends: they would miss each other."""
    if not uow.sqlite:
        uow.execute(_MAIL)


def person(uow: UnitOfWork, person_id: int) -> None:
    """Let the same person's next unit that asks for this wait until the unit ends: one press of a button at a time."""
    if not uow.sqlite:
        uow.session.execute(select(func.pg_advisory_xact_lock(PERSON, person_id)))


def case(uow: UnitOfWork, instance_id: int) -> InstanceRow:
    """The case's row, held until the unit ends: one step at a time. Raises NotFound."""
    row = _held(uow, _CASE, {"case": instance_id})
    if row is None:
        raise NotFound("case", instance_id)
    keep_order(uow, instance_id)
    return row


def case_with(uow: UnitOfWork, task_id: int) -> tuple[InstanceRow, TaskRow]:
    """The case of a task, held until the unit ends, and the task as it is now. Raises NotFound."""
    row = _held(uow, _CASE_WITH, {"task": task_id})
    if row is None:
        raise NotFound("task", task_id)
    # In a statement of its own: what a statement that waits for a lock finds elsewhere is from before it waited.
    task: TaskRow
    task, last, named, files = uow.session.execute(_TASK, {"task": task_id}).one()
    uow.seen["candidates", task_id] = None if named else ()
    uow.seen["files", task_id] = None if files else ()
    _not_before(uow, last)
    return row, task


def _held(uow: UnitOfWork, statement: Executable, values: dict[str, int]) -> InstanceRow | None:
    if not uow.sqlite:
        uow.execute(_SHARE)
    found = uow.session.execute(statement, values).first()
    if found is None:
        return None
    row: InstanceRow
    row, uow.mark = found
    return row


def keep_order(uow: UnitOfWork, instance_id: int) -> None:
    """Let no time of this unit lie before the last fact about the case, which must be held.

    A machine's clock may be set back, and a unit that had to wait has read it before the one it waited for.
    """
    _not_before(uow, uow.execute(_LAST, {"case": instance_id}).scalar())


def _not_before(uow: UnitOfWork, last: datetime | None) -> None:
    uow.not_before(last)
    if uow.session.facts:
        uow.not_before(uow.session.facts[-1]["at"])
