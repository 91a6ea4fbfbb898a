"""Cases: start, cancel, suspend, activate, and move on when time has passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from . import calendars, deadlines, definitions, history, jobs, locks, mailbox, office, performers, task_rows, worktime
from .db import UnitOfWork
from .diagram.model import Process
from .errors import N_, CaseNotActive, InvalidInput, NotAllowed, NotFound
from .identity import Entitlement
from .model import (
    CaseState,
    DefinitionRow,
    InstanceRow,
    JobRow,
    MessageRow,
    MessageState,
    SubscriptionRow,
    TaskRow,
    TaskState,
)
from .reading import readable
from .settle import Settled, end_deadlines, settle
from .spiff import step
from .spiff.around import Around
from .spiff.snapshot import Snapshot
from .waiting import waiting
from .worktime import Calendar


@dataclass(frozen=True, slots=True)
class Started:
    instance_id: int
    title: str
    task_id: int | None  #: the first task, if the actor may work on it
    again: bool = False  #: the same page had begun it before


def start(uow: UnitOfWork, key: str, *, once: str = "") -> Started:
    """Begin a case of a process's newest version; pressed again on the same page (`once`), it is the same case.

    Raises NotFound, NotAllowed.
    """
    locks.share_office(uow)
    definition = definitions.startable(uow, key)
    process = definitions.diagram_of(uow, definition.id).process
    entitled = definitions.starter_entitlement(uow, process)
    if entitled is None:
        raise NotAllowed(uow.actor.name, f"start {key}")
    if once and uow.actor.person_id is not None:
        locks.person(uow, uow.actor.person_id)
        before = history.earlier(uow, "case.started", once)
        if before is not None and before.instance_id is not None:
            return _begun_before(uow, before.instance_id)
    instance, settled = _begin(uow, definition, process, entitled, {}, once)
    mine = next((t.id for t in settled.created if performers.working_entitlement(uow, t) is not None), None)
    return Started(instance.id, instance.title, mine)


def _begun_before(uow: UnitOfWork, instance_id: int) -> Started:
    row = uow.session.get_one(InstanceRow, instance_id)
    found = select(TaskRow).where(TaskRow.instance_id == instance_id, TaskRow.state == TaskState.OPEN)
    tasks = uow.session.scalars(found.order_by(TaskRow.id))
    mine = next((task.id for task in tasks if performers.working_entitlement(uow, task) is not None), None)
    return Started(instance_id, row.title, mine, again=True)


def begin(uow: UnitOfWork, key: str, variables: Mapping[str, Any]) -> int:
    """Begin a case that a message, a signal or a timer starts; returns its id. Raises NotFound."""
    locks.share_office(uow)
    definition = definitions.startable(uow, key)
    process = definitions.diagram_of(uow, definition.id).process
    instance, _ = _begin(uow, definition, process, None, variables)
    return instance.id


def _begin(
    uow: UnitOfWork,
    definition: DefinitionRow,
    process: Process,
    entitled: Entitlement | None,
    variables: Mapping[str, Any],
    once: str = "",
) -> tuple[InstanceRow, Settled]:
    instance = InstanceRow(
        definition_id=definition.id,
        title=process.name,
        confidential=False,
        state=CaseState.ACTIVE,
        started_at=uow.now,
        started_by=uow.actor.person_id,
        started_as=entitled.key if entitled else None,
        variables={},
        activities=[],
        row_version=0,
        demo=uow.actor.demo,
    )
    uow.session.add(instance)
    uow.session.flush()
    joined = (entitled.key,) if entitled else definitions.owner_keys(uow, process)
    sent: dict[str, Any] = {"once": once} if once else {}
    history.record(
        uow, "case.started", instance_id=instance.id, entitled_by=entitled, version=definition.version, **sent
    )
    calendar = deadlines.calendar_for(uow, process)
    snapshot = step.start(definitions.spec_of(uow, definition.id), variables, surroundings(uow, calendar))
    name = entitled.name if entitled else ""
    settled = settle(uow, instance, process, calendar, snapshot, from_person=name, joined=joined, open_before=())
    return instance, settled


def surroundings(uow: UnitOfWork, calendar: Calendar | None) -> Around:
    """The time, how the calendar turns a duration into an instant, and what the office's expressions may call."""
    return Around(
        uow.now,
        lambda start, text: worktime.due(calendar, start, text).at,
        office.zone_of(uow),
        office.functions(uow),
    )


def lock(uow: UnitOfWork, instance_id: int) -> InstanceRow:
    """The case's row, held until the unit ends: one step at a time. Raises NotFound."""
    return locks.case(uow, instance_id)


def require_active(row: InstanceRow) -> None:
    if row.state != CaseState.ACTIVE:
        raise CaseNotActive(row.id, row.state)


def fire(uow: UnitOfWork, row: InstanceRow) -> Settled:
    """Let a locked, active case catch up with the time: everything due by now fires, in order."""
    return _step(uow, row, step.fire)


def receive(uow: UnitOfWork, row: InstanceRow, key: str, variables: Mapping[str, Any]) -> Settled:
    """Give a locked, active case the message or signal it waits for at `key`. Raises NoSuchTask if it does not."""
    return _step(uow, row, lambda spec, state, around: step.receive(spec, state, key, variables, around))


def answer(uow: UnitOfWork, row: InstanceRow, key: str, result: Mapping[str, Any]) -> Settled:
    """Give a locked, active case what the connector of an open service task said. Raises NoSuchTask."""
    return _step(uow, row, lambda spec, state, around: step.answer(spec, state, key, result, around))


def _step(uow: UnitOfWork, row: InstanceRow, take: Callable[..., Snapshot]) -> Settled:
    process = definitions.diagram_of(uow, row.definition_id).process
    calendar = deadlines.calendar_for(uow, process)
    assert row.snapshot is not None
    snapshot = take(definitions.spec_of(uow, row.definition_id), row.snapshot, surroundings(uow, calendar))
    return settle(uow, row, process, calendar, snapshot)


def retime(uow: UnitOfWork, calendar_key: str) -> int:
    """Count open deadlines again, from their starts, after a change of their calendar. Returns how many moved."""
    locks.alone_in_office(uow)
    calendar = calendars.get(uow, calendar_key)
    moved: dict[int, dict[str, datetime]] = {}
    for deadline, instance, _ in deadlines.counting(uow, calendar_key):
        before = deadline.due_at
        if deadlines.retime(uow, deadline, calendar) != before:
            moved.setdefault(instance.id, {})[deadline.timer_key] = deadline.due_at
            history.record(
                uow,
                "deadline.moved",
                instance_id=instance.id,
                activity_id=deadline.activity_id,
                before=before.isoformat(),
                due=deadline.due_at.isoformat(),
            )
    for instance_id, due in moved.items():
        row = lock(uow, instance_id)
        assert row.snapshot is not None
        spec = definitions.spec_of(uow, row.definition_id)
        snapshot = step.reschedule(spec, row.snapshot, due, surroundings(uow, None))
        row.snapshot = snapshot.state
        row.row_version += 1
        jobs.match(uow, row.id, snapshot.timers, snapshot.calls)
    return sum(len(due) for due in moved.values())


# -- messages --------------------------------------------------------------------------------------------------------


def correlate(uow: UnitOfWork, message: str, key: str, variables: Mapping[str, Any]) -> int | None:
    """Send a message from outside and deliver it at once; returns the case that has it, None while it is kept.

    It goes to the case that has waited longest for this name and key, else begins a case of a process that starts
    with it; else it is kept until a case waits for it. Raises NotAllowed unless the actor administers.
    """
    if not uow.actor.system and not any(p.administrator for p in uow.actor.positions):
        raise NotAllowed(uow.actor.name, "send messages")
    locks.share_office(uow)
    # Cases come before the mailbox in the order of locks.
    waits = mailbox.receiver(uow, message, key)
    target = lock(uow, waits) if waits is not None else None
    row = mailbox.send(uow, message, key, variables)
    if row.state != MessageState.PROMISED:
        return None
    if row.delivered_to != waits:
        return row.delivered_to  # it has gone on meanwhile; the worker delivers to the next one
    job = uow.session.scalars(select(JobRow).where(JobRow.key == f"message:{row.id}")).one()
    if target is not None and target.state == CaseState.SUSPENDED:
        job.dead = True
        return None
    deliver(uow, job, target)
    return row.delivered_to


def deliver(uow: UnitOfWork, job: JobRow, case: InstanceRow | None) -> None:
    """Do what a message job says, with its case locked. A receiver that waits no longer leaves it to others."""
    message = uow.session.get_one(MessageRow, job.payload["message_id"])
    process = job.payload["process"] or ""
    uow.session.delete(job)
    uow.session.flush()
    if case is None:
        mailbox.delivered(uow, message, begin(uow, process, message.variables))
        return
    subscribed = uow.session.scalars(
        select(SubscriptionRow)
        .where(SubscriptionRow.instance_id == case.id, SubscriptionRow.kind == "message")
        .where(SubscriptionRow.name == message.name, SubscriptionRow.correlation == message.correlation)
        .order_by(SubscriptionRow.id)
    ).first()
    if subscribed is None or case.state != CaseState.ACTIVE:
        mailbox.address(uow, message)
        return
    try:
        receive(uow, case, subscribed.key, message.variables)
    except step.NoSuchTask:  # what was due came first and closed it
        fire(uow, case)
        mailbox.address(uow, message)
        return
    mailbox.delivered(uow, message, case.id)


# -- steering --------------------------------------------------------------------------------------------------------


def steering_entitlement(uow: UnitOfWork, row: InstanceRow) -> Entitlement | None:
    """The position that lets the actor cancel, suspend or activate a case: process owner or administrator."""
    process = definitions.diagram_of(uow, row.definition_id).process
    mine = uow.actor.holding(*definitions.owner_keys(uow, process))
    return mine or next((p for p in uow.actor.positions if p.administrator), None)


def cancel(uow: UnitOfWork, instance_id: int, reason: str) -> None:
    """End a case for good, with a reason; its tasks are cancelled, its facts stay."""
    row, entitled = _steer(uow, instance_id, "cancel", reason)
    if row.state not in (CaseState.ACTIVE, CaseState.SUSPENDED):
        raise CaseNotActive(row.id, row.state)
    row.state, row.reason, row.ended_at = CaseState.CANCELLED, reason.strip(), uow.now
    row.activities = []
    history.record(uow, "case.cancelled", instance_id=row.id, entitled_by=entitled, reason=row.reason)
    task_rows.cancel(uow, row.id, waiting(uow, row.id))
    end_deadlines(uow, row.id, cancelled=True)
    jobs.match(uow, row.id, ())
    mailbox.leave(uow, row.id)


def suspend(uow: UnitOfWork, instance_id: int, reason: str) -> None:
    """Let a case rest: nobody can work on it and nothing fires; deadlines are not moved."""
    row, entitled = _steer(uow, instance_id, "suspend", reason)
    require_active(row)
    row.state, row.reason = CaseState.SUSPENDED, reason.strip()
    jobs.hold(uow, row.id)
    history.record(uow, "case.suspended", instance_id=row.id, entitled_by=entitled, reason=row.reason)


def activate(uow: UnitOfWork, instance_id: int, reason: str = "") -> None:
    """Let a suspended case go on; what fell due meanwhile fires at once."""
    row, entitled = _steer(uow, instance_id, "activate", reason or "-")
    if row.state != CaseState.SUSPENDED:
        raise CaseNotActive(row.id, row.state)
    row.state, row.reason = CaseState.ACTIVE, None
    jobs.release(uow, row.id)
    history.record(uow, "case.activated", instance_id=row.id, entitled_by=entitled, reason=reason.strip())
    fire(uow, row)


def _steer(uow: UnitOfWork, instance_id: int, action: str, reason: str) -> tuple[InstanceRow, Entitlement]:
    row = lock(uow, instance_id)
    entitled = steering_entitlement(uow, row)
    if entitled is None and not may_read(uow, row):
        raise NotFound("case", instance_id)
    if entitled is None:
        raise NotAllowed(uow.actor.name, f"{action} case {instance_id}")
    if not reason.strip():
        raise InvalidInput("reason", N_("Give a reason."))
    return row, entitled


# -- reading rights --------------------------------------------------------------------------------------------------


def require_readable(uow: UnitOfWork, instance_id: int) -> InstanceRow:
    """The case, if the actor may read it. A case one may not know of is NotFound, not NotAllowed."""
    row = uow.session.get(InstanceRow, instance_id)
    if row is None or not may_read(uow, row):
        raise NotFound("case", instance_id)
    return row


def may_read(uow: UnitOfWork, row: InstanceRow) -> bool:
    """Positions that take part, their superiors, the process owner, administrators."""
    return uow.session.scalar(select(InstanceRow.id).where(InstanceRow.id == row.id, readable(uow))) is not None
