"""Who waits for whom.

A unit that takes more than one lock takes them in this order, so that no two ever wait for each other: the office, then
cases by ascending id, then the rows of a case (tasks, jobs, deadlines, alerts, documents). Steps of cases share the
office; whoever changes it (people, positions, holdings, calendars, settings, the clock, procedures) has it alone, so
that no step runs meanwhile by what is being replaced. A case is held by one unit at a time.

On SQLite the one write lock of every unit that writes is all of this at once.
"""

from __future__ import annotations

from sqlalchemy import func, select

from .db import UnitOfWork
from .errors import NotFound
from .model import HistoryRow, InstanceRow

#: PostgreSQL's advisory lock for the office; 4107 is that of the migrations
OFFICE = 4108


def share_office(uow: UnitOfWork) -> None:
    """Let nobody change the office until the unit ends. A unit that shares it must not ask for it alone later."""
    if not uow.sqlite:
        uow.session.execute(select(func.pg_advisory_xact_lock_shared(OFFICE)))


def alone_in_office(uow: UnitOfWork) -> None:
    """Wait until no case takes a step and nobody else changes the office, and keep it so until the unit ends.

    Read what is to be changed afterwards: what was read before may have changed while waiting.
    """
    if not uow.sqlite:
        uow.session.execute(select(func.pg_advisory_xact_lock(OFFICE)))


def case(uow: UnitOfWork, instance_id: int) -> InstanceRow:
    """The case's row, held until the unit ends: one step at a time. Raises NotFound."""
    share_office(uow)
    row = uow.session.scalar(
        select(InstanceRow)
        .where(InstanceRow.id == instance_id)
        # Not the key: notes and files that refer to the case need not wait for the step.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("case", instance_id)
    keep_order(uow, instance_id)
    return row


def keep_order(uow: UnitOfWork, instance_id: int) -> None:
    """Let no time of this unit lie before the last fact about the case, which must be held.

    A machine's clock may be set back, and a unit that had to wait has read it before the one it waited for.
    """
    last = select(HistoryRow.at).where(HistoryRow.instance_id == instance_id).order_by(HistoryRow.id.desc()).limit(1)
    uow.not_before(uow.session.scalar(last))
