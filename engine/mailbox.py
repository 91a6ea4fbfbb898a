"""Who waits for which message or signal, and what was sent.

A message: kept (nobody waits) -> promised (a job delivers it) -> delivered; back to kept when the receiver has gone.
It goes to one receiver: the case that has waited longest for its name and its key, else a process that begins with it.
A signal goes to every case that waits for it now and begins every process that starts with it; it is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, select

from . import history, jobs, locks
from .db import UnitOfWork
from .model import DefinitionRow, InstanceRow, JobRow, MessageRow, MessageState, SubscriptionRow
from .spiff.snapshot import Thrown, WaitingEvent


def subscribe(uow: UnitOfWork, instance_id: int, events: Iterable[WaitingEvent]) -> None:
    """Make what a case waits for exactly these events, and let it have the messages that were kept for it."""
    rows = uow.session.scalars(select(SubscriptionRow).where(SubscriptionRow.instance_id == instance_id))
    known = {row.key: row for row in rows}
    waiting = {event.key: event for event in events}
    gone = [row.id for key, row in known.items() if key not in waiting]
    if gone:
        uow.session.execute(delete(SubscriptionRow).where(SubscriptionRow.id.in_(gone)))
    for key, event in waiting.items():
        row = known.get(key)
        if row is not None and row.correlation == event.correlation:
            continue
        if row is None:
            row = SubscriptionRow(
                key=key,
                instance_id=instance_id,
                kind=event.kind,
                name=event.name,
                event_id=event.event_id,
                since=uow.now,
            )
            uow.session.add(row)
        row.correlation = event.correlation
        uow.session.flush()
        if event.kind == "message":
            locks.mail(uow)
            kept = _kept(uow, event.name, event.correlation)
            if kept is not None:
                promise(uow, kept, instance_id)


def _kept(uow: UnitOfWork, name: str, correlation: str) -> MessageRow | None:
    """The oldest message of this name and key that nobody has been promised."""
    return uow.session.scalar(
        select(MessageRow)
        .where(MessageRow.state == MessageState.KEPT, MessageRow.name == name)
        .where(MessageRow.correlation == correlation)
        .order_by(MessageRow.id)
        .limit(1)
    )


def send(
    uow: UnitOfWork, name: str, correlation: str, variables: Mapping[str, Any], *, sent_from: int | None = None
) -> MessageRow:
    """Keep a message for good, and promise it to its receiver if there is one."""
    row = MessageRow(
        name=name,
        correlation=correlation,
        variables=dict(variables),
        state=MessageState.KEPT,
        sent_at=uow.now,
        sent_from=sent_from,
    )
    uow.session.add(row)
    uow.session.flush()
    history.record(uow, "message.sent", instance_id=sent_from, name=name, key=correlation)
    address(uow, row)
    return row


def address(uow: UnitOfWork, message: MessageRow) -> None:
    """Look for the receiver of a message; without one it is kept."""
    locks.mail(uow)
    message.state, message.delivered_to = MessageState.KEPT, None
    uow.session.flush()
    waiting = receiver(uow, message.name, message.correlation)
    begins = beginning(uow, "message", message.name) if waiting is None else ()
    if waiting is not None or begins:
        promise(uow, message, waiting, begins[0] if begins else None)


def receiver(uow: UnitOfWork, name: str, correlation: str) -> int | None:
    """The case that has waited longest for a message of this name and key, and that none is on its way to."""
    return uow.session.scalar(
        select(SubscriptionRow.instance_id)
        .where(SubscriptionRow.kind == "message", SubscriptionRow.name == name)
        .where(SubscriptionRow.correlation == correlation)
        .where(SubscriptionRow.instance_id.not_in(_promised(name, correlation)))
        .order_by(SubscriptionRow.id)
        .limit(1)
    )


def _promised(name: str, correlation: str) -> Any:
    """Cases that a message of this name and key is on its way to."""
    return (
        select(MessageRow.delivered_to)
        .where(MessageRow.name == name, MessageRow.correlation == correlation)
        .where(MessageRow.state == MessageState.PROMISED)
        .where(MessageRow.delivered_to.is_not(None))
    )


def promise(uow: UnitOfWork, message: MessageRow, instance_id: int | None, process_key: str | None = None) -> None:
    """Let the worker deliver a message to a case, or begin a case of a process with it."""
    message.state, message.delivered_to = MessageState.PROMISED, instance_id
    jobs.add(
        uow,
        "message",
        f"message:{message.id}",
        instance_id=instance_id,
        payload={"message_id": message.id, "process": process_key},
    )


def delivered(uow: UnitOfWork, message: MessageRow, instance_id: int) -> None:
    locks.mail(uow)
    message.state, message.delivered_at, message.delivered_to = MessageState.DELIVERED, uow.now, instance_id
    uow.session.flush()
    # While it was on its way, another one like it was kept, though the case may wait for that one elsewhere.
    another = _kept(uow, message.name, message.correlation)
    if another is not None:
        address(uow, another)
    history.record(uow, "message.received", instance_id=instance_id, name=message.name, key=message.correlation)


def leave(uow: UnitOfWork, instance_id: int) -> None:
    """A case has ended: it waits for nothing, and what was on its way to it goes to others or is kept."""
    uow.session.execute(delete(SubscriptionRow).where(SubscriptionRow.instance_id == instance_id))
    left = select(JobRow).where(JobRow.instance_id == instance_id, JobRow.kind.in_(("message", "signal")))
    for job in uow.session.scalars(left):
        uow.session.delete(job)
    uow.session.flush()
    promised = select(MessageRow).where(
        MessageRow.delivered_to == instance_id, MessageRow.state == MessageState.PROMISED
    )
    for message in uow.session.scalars(promised):
        address(uow, message)


def post(uow: UnitOfWork, instance_id: int, thrown: Iterable[Thrown]) -> None:
    """Send what a step of a case has thrown."""
    for one in thrown:
        if one.kind == "message":
            send(uow, one.name, one.correlation, one.variables, sent_from=instance_id)
        else:
            broadcast(uow, one.name, sent_from=instance_id)


def broadcast(uow: UnitOfWork, name: str, *, sent_from: int | None = None) -> None:
    """Let every case that waits for a signal have it, and begin every process that starts with it.

    Cases of other units get it from the worker, one after another; a suspended one when it is activated.
    """
    history.record(uow, "signal.sent", instance_id=sent_from, name=name)
    uow.session.flush()
    waiting = uow.session.execute(
        select(SubscriptionRow.key, SubscriptionRow.instance_id, InstanceRow.state)
        .join(InstanceRow, InstanceRow.id == SubscriptionRow.instance_id)
        .where(SubscriptionRow.kind == "signal", SubscriptionRow.name == name)
        .order_by(SubscriptionRow.id)
    ).all()
    for key, instance_id, state in waiting:
        if instance_id != sent_from:
            jobs.add(
                uow,
                "signal",
                f"signal:{uuid4().hex}",
                instance_id=instance_id,
                payload={"key": key, "name": name},
                held=state == "suspended",
            )
    for process in beginning(uow, "signal", name):
        jobs.add(uow, "start", f"start:{uuid4().hex}", payload={"process": process})


def beginning(uow: UnitOfWork, kind: str, name: str) -> tuple[str, ...]:
    """Keys of the processes whose newest version begins with this message or signal."""
    newest = select(func.max(DefinitionRow.id)).group_by(DefinitionRow.key)
    return tuple(
        uow.session.scalars(
            select(DefinitionRow.key)
            .where(DefinitionRow.id.in_(newest), DefinitionRow.retired_at.is_(None))
            .where(DefinitionRow.begins == f"{kind}:{name}"[:300])
            .order_by(DefinitionRow.key)
        )
    )
