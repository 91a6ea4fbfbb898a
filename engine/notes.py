"""Notes people write on a case, for everybody who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from . import history, locks
from .db import UnitOfWork
from .errors import N_, InvalidInput, NotAllowed, NotFound
from .identity import HoldingKind
from .model import InstanceRow, NoteRow, PersonRow
from .reading import readable

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class NoteView:
    id: int
    at: datetime
    person_id: int
    person_name: str
    position_name: str
    text: str


def add(uow: UnitOfWork, instance_id: int, text: str, *, once: str = "") -> NoteView:
    """Write a note on a case the actor may read; it can't be changed afterwards.

    Sent again from the same page (`once`), the same text is the same note.
    """
    if uow.actor.person_id is None:
        raise NotAllowed(uow.actor.name, "write notes")
    _require_readable(uow, instance_id)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InvalidInput("text", N_("Write something first."))
    if len(text) > LONGEST:
        raise InvalidInput("text", N_("Use at most %(most)s characters."), most=LONGEST)
    locks.person(uow, uow.actor.person_id)
    before = history.earlier(uow, "note.added", once)
    kept = uow.session.get(NoteRow, before.data["note"]) if before is not None else None
    if kept is not None and (kept.instance_id, kept.text) == (instance_id, text):
        return NoteView(kept.id, kept.at, kept.person_id, uow.actor.name, kept.position_name, kept.text)
    own = [e for e in uow.actor.positions if e.kind is HoldingKind.HOLDER]
    entitled_by = next(iter(own or uow.actor.positions), None)
    row = NoteRow(
        instance_id=instance_id,
        at=uow.now,
        person_id=uow.actor.person_id,
        position_name=entitled_by.name if entitled_by else "",
        text=text,
    )
    uow.session.add(row)
    uow.session.flush()
    sent: dict[str, Any] = {"once": once} if once else {}
    history.record(uow, "note.added", instance_id=instance_id, entitled_by=entitled_by, note=row.id, **sent)
    return NoteView(row.id, row.at, row.person_id, uow.actor.name, row.position_name, row.text)


def of_case(uow: UnitOfWork, instance_id: int) -> tuple[NoteView, ...]:
    """The notes on a case the actor may read, oldest first."""
    _require_readable(uow, instance_id)
    rows = uow.session.execute(
        select(NoteRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == NoteRow.person_id)
        .where(NoteRow.instance_id == instance_id)
        .order_by(NoteRow.id)
    )
    return tuple(NoteView(n.id, n.at, n.person_id, name, n.position_name, n.text) for n, name in rows)


def _require_readable(uow: UnitOfWork, instance_id: int) -> None:
    if uow.session.scalar(select(InstanceRow.id).where(InstanceRow.id == instance_id, readable(uow))) is None:
        raise NotFound("case", instance_id)
