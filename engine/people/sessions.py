"""Sessions of people who have signed in, as rows. All times are real times, never the training clock's."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update

from engine import history
from engine.db import UnitOfWork
from engine.identity import Actor
from engine.model import PersonRow, SessionRow

from . import positions

#: a working day without signing in again, and a week at most
IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)


def begin(uow: UnitOfWork, person_id: int, agent: str = "") -> str:
    """Open a session for a person who has shown who they are; its token, for the cookie."""
    token = secrets.token_urlsafe(32)
    # Sessions long over are no facts about a case; they go, the sign-in itself stays in history.
    uow.session.execute(delete(SessionRow).where(SessionRow.expires_at < uow.real_now - timedelta(days=30)))
    uow.session.add(
        SessionRow(
            digest=_digest(token),
            person_id=person_id,
            created_at=uow.real_now,
            seen_at=uow.real_now,
            expires_at=uow.real_now + IDLE,
            agent=agent[:200],
        )
    )
    name = uow.session.scalar(select(PersonRow.name).where(PersonRow.id == person_id))
    history.record(uow, "person.signed_in", person=person_id, name=name)
    uow.session.flush()
    return token


def actor_for(uow: UnitOfWork, token: str) -> Actor | None:
    """Whose session this is, with today's positions, by one query; None if it ended."""
    session = (
        select(SessionRow.person_id)
        .where(SessionRow.digest == _digest(token), SessionRow.expires_at > uow.real_now)
        .scalar_subquery()
    )
    return positions.read_actor(uow, PersonRow.id == session)


def whose(uow: UnitOfWork, token: str) -> int | None:
    """The person whose session this is or was; ended ones are remembered for a month."""
    return uow.session.scalar(select(SessionRow.person_id).where(SessionRow.digest == _digest(token)))


def needs_touch(uow: UnitOfWork, token: str) -> bool:
    """Whether the session was last seen more than a minute ago, so that `touch` is worth a write."""
    seen = uow.session.scalar(select(SessionRow.seen_at).where(SessionRow.digest == _digest(token)))
    return seen is not None and seen < uow.real_now - timedelta(minutes=1)


def touch(uow: UnitOfWork, token: str) -> None:
    """Keep a session in use from expiring; writes at most once a minute."""
    row = uow.session.get(SessionRow, _digest(token))
    if row is None or row.expires_at <= uow.real_now or row.seen_at >= uow.real_now - timedelta(minutes=1):
        return
    row.seen_at = uow.real_now
    row.expires_at = min(uow.real_now + IDLE, row.created_at + LONGEST)


def sign_out(uow: UnitOfWork, token: str) -> None:
    """End the session; a token that is none is no error."""
    uow.session.execute(
        update(SessionRow)
        .where(SessionRow.digest == _digest(token), SessionRow.expires_at > uow.real_now)
        .values(expires_at=uow.real_now)
    )


def end_all(uow: UnitOfWork, person_id: int, *, but: str | None = None) -> None:
    """End a person's sessions, all or all but the one of the token `but`."""
    ending = update(SessionRow).where(SessionRow.person_id == person_id, SessionRow.expires_at > uow.real_now)
    if but is not None:
        ending = ending.where(SessionRow.digest != _digest(but))
    uow.session.execute(ending.values(expires_at=uow.real_now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
