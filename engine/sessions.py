"""Signing in and out: sessions and failed attempts as rows. All times are real times, never the training clock's."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from . import history, passwords, positions
from .db import UnitOfWork
from .errors import N_, Conflict, InvalidInput, NotFound
from .identity import Actor
from .model import AttemptRow, PersonRow, SessionRow

#: failures within WINDOW before the next attempt must wait
PER_USER, PER_ADDRESS = 5, 20
WINDOW = timedelta(minutes=15)
#: a working day without signing in again, and a week at most
IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)


class TooManyAttempts(Conflict):
    """Sign-in is closed for this name or address until `retry_at`. `message` is a template over `params`."""

    def __init__(self, retry_at: datetime, minutes: int) -> None:
        self.field = "password"
        self.message = N_("Too many failed attempts. Try again in %(minutes)s minutes.")
        self.params = {"minutes": minutes}
        self.retry_at = retry_at
        super().__init__(self.message % self.params)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of signing in: a session's token for the cookie, or why not.

    A refusal is a result and no exception, so that the unit commits and the failed attempt is kept.
    """

    token: str | None
    problem: InvalidInput | TooManyAttempts | None = None
    person_id: int | None = None


def sign_in(uow: UnitOfWork, username: str, password: str, *, address: str = "", agent: str = "") -> SignIn:
    """Open a session for a name and password. Says neither whether the name exists nor, by its time, hints at it."""
    username = username.strip().lower()[:80]
    subjects = {f"user:{username}": PER_USER}
    if address:
        subjects[f"addr:{address[:80]}"] = PER_ADDRESS
    retry_at = _closed_until(uow, subjects)
    if retry_at is not None:
        minutes = max(1, -(-int((retry_at - uow.real_now).total_seconds()) // 60))
        return SignIn(None, TooManyAttempts(retry_at, minutes))
    person = uow.session.scalars(select(PersonRow).where(PersonRow.username == username)).first()
    kept = person.password_hash if person is not None and person.active else None
    if not passwords.matches(kept, password) or person is None or kept is None:
        uow.session.add_all(AttemptRow(subject=subject, at=uow.real_now) for subject in subjects)
        uow.session.execute(delete(AttemptRow).where(AttemptRow.at < uow.real_now - timedelta(days=1)))
        return SignIn(None, InvalidInput("password", N_("Username or password is wrong.")))
    if passwords.outdated(kept):
        person.password_hash = passwords.hashed(password)
    uow.session.execute(delete(AttemptRow).where(AttemptRow.subject == f"user:{username}"))
    return SignIn(_open(uow, person, agent), person_id=person.id)


def demo_sign_in(uow: UnitOfWork, person_id: int, agent: str = "") -> str:
    """Open a session for an invented person without a password; the caller makes sure that this is a demo."""
    person = uow.session.get(PersonRow, person_id)
    if person is None or not person.demo or not person.active:
        raise NotFound("person", person_id)
    return _open(uow, person, agent)


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


def _open(uow: UnitOfWork, person: PersonRow, agent: str) -> str:
    token = secrets.token_urlsafe(32)
    # Sessions long over are no facts about a case; they go, the sign-in itself stays in history.
    uow.session.execute(delete(SessionRow).where(SessionRow.expires_at < uow.real_now - timedelta(days=30)))
    uow.session.add(
        SessionRow(
            digest=_digest(token),
            person_id=person.id,
            created_at=uow.real_now,
            seen_at=uow.real_now,
            expires_at=uow.real_now + IDLE,
            agent=agent[:200],
        )
    )
    history.record(uow, "person.signed_in", person=person.id, name=person.name)
    uow.session.flush()
    return token


def _closed_until(uow: UnitOfWork, subjects: dict[str, int]) -> datetime | None:
    """When the next attempt is open again, if one of the subjects has used up its failures."""
    since = uow.real_now - WINDOW
    counts = uow.session.execute(
        select(AttemptRow.subject, func.count(), func.min(AttemptRow.at))
        .where(AttemptRow.subject.in_(subjects), AttemptRow.at > since)
        .group_by(AttemptRow.subject)
    )
    ends = [first + WINDOW for subject, count, first in counts if count >= subjects[subject]]
    return max(ends, default=None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
