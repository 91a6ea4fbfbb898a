"""Signing in: passwords checked, failures counted, in a demo roles taken by a click. All times are real times.

A password is checked in a unit that only reads, and what came of it is written by a second one: hashing takes long, and
nobody else should have to wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from engine import history, office
from engine.db import UnitOfWork
from engine.errors import N_, Conflict, InvalidInput, NotAllowed, NotFound
from engine.identity import HoldingKind, require_administrator
from engine.model import AttemptRow, HoldingRow, PersonRow, PositionRow

from . import passwords, positions, sessions

#: failures within WINDOW before the next attempt must wait
PER_USER, PER_ADDRESS = 5, 20
WINDOW = timedelta(minutes=15)


class TooManyAttempts(Conflict):
    """Sign-in is closed for this name or address until `retry_at`. `message` is a template over `params`."""

    def __init__(self, retry_at: datetime, minutes: int) -> None:
        self.field = "password"
        self.message = N_("Too many failed attempts. Try again in %(minutes)s minutes.")
        self.params = {"minutes": minutes}
        self.retry_at = retry_at
        super().__init__(self.message % self.params)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a password, to be written by `enter` or `change_password`."""

    limits: tuple[tuple[str, int], ...]  #: who is counted a failure: (subject, how many are too many)
    person_id: int | None  #: whose password it is; None where it was wrong
    kept: str | None = None  #: the hash it was checked against
    new: str | None = None  #: the hash to keep from now on, where it changes
    problem: InvalidInput | None = None  #: why it is not to be changed, though the present one was right


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of signing in: a session's token for the cookie, or why not.

    A refusal is a result and no exception, so that the unit commits and the failed attempt is kept.
    """

    token: str | None
    problem: InvalidInput | TooManyAttempts | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class DemoRole:
    """An invented person to practise as, with their first position."""

    person_id: int
    person_name: str
    position_name: str
    position_key: str
    rank: int


def check(uow: UnitOfWork, username: str, password: str, *, address: str = "") -> Checked:
    """Check a name and password. Says neither whether the name exists nor, by its time, hints at it."""
    username = username.strip().lower()[:80]
    limits = ((f"user:{username}", PER_USER), *([(f"addr:{address[:80]}", PER_ADDRESS)] if address else []))
    if _closed(uow, limits) is not None:
        return Checked(limits, None)
    person = uow.session.scalars(select(PersonRow).where(PersonRow.username == username)).first()
    kept = person.password_hash if person is not None and person.active else None
    if not passwords.matches(kept, password) or person is None or kept is None:
        return Checked(limits, None)
    return Checked(limits, person.id, kept, passwords.hashed(password) if passwords.outdated(kept) else None)


def enter(uow: UnitOfWork, checked: Checked, *, agent: str = "") -> SignIn:
    """Open a session for whose password was right; count the failure of any other."""
    closed = _closed(uow, checked.limits)
    if closed is not None:
        return SignIn(None, closed)
    person = _still(uow, checked)
    if person is None:
        _count(uow, checked)
        return SignIn(None, InvalidInput("password", N_("Username or password is wrong.")))
    if checked.new is not None:
        person.password_hash = checked.new
    _forget(uow, checked)
    return SignIn(sessions.begin(uow, person.id, agent), person_id=person.id)


def check_change(uow: UnitOfWork, old: str, new: str) -> Checked:
    """Check the present password of who asks, and whether the new one is good enough."""
    person = uow.session.get(PersonRow, uow.actor.person_id) if uow.actor.person_id is not None else None
    if person is None:
        raise NotAllowed(uow.actor.name, "change a password")
    limits = ((f"change:{person.id}", PER_USER),)
    kept = person.password_hash
    if _closed(uow, limits) is not None or not passwords.matches(kept, old):
        return Checked(limits, None)
    try:
        if new == old:
            raise InvalidInput("new", N_("Choose a password other than the present one."))
        passwords.require_good("new", new, username=person.username)
    except InvalidInput as problem:
        return Checked(limits, person.id, kept, problem=problem)
    return Checked(limits, person.id, kept, passwords.hashed(new))


def change_password(
    uow: UnitOfWork, checked: Checked, *, keep: str | None = None
) -> InvalidInput | TooManyAttempts | None:
    """Change one's own password and end one's other sessions; `keep` is the token of the present one.

    Returns why not, so that the unit commits and the failed attempt is kept.
    """
    closed = _closed(uow, checked.limits)
    if closed is not None:
        closed.field = "old"
        return closed
    person = _still(uow, checked)
    if person is None:
        _count(uow, checked)
        return InvalidInput("old", N_("This is not your present password."))
    if checked.problem is not None:
        return checked.problem
    person.password_hash = checked.new
    _forget(uow, checked)
    sessions.end_all(uow, person.id, but=keep)
    history.record(uow, "person.password_changed", person=person.id)
    return None


def reset_password(uow: UnitOfWork, id: int, new: str) -> None:
    """Give a person a new password and end their sessions. Administrators only."""
    entitled_by = require_administrator(uow.actor, "reset passwords")
    row = uow.session.get(PersonRow, id)
    if row is None:
        raise NotFound("person", id)
    passwords.require_good("new", new, username=row.username)
    row.password_hash = passwords.hashed(new)
    sessions.end_all(uow, id)
    history.record(uow, "person.password_reset", entitled_by=entitled_by, person=id)


def demo_roles(uow: UnitOfWork) -> tuple[DemoRole, ...]:
    """The invented people with their first position, by the positions' rank."""
    rows = uow.session.execute(
        select(PersonRow, PositionRow)
        .join(HoldingRow, HoldingRow.person_id == PersonRow.id)
        .join(PositionRow, PositionRow.id == HoldingRow.position_id)
        .where(PersonRow.demo, PersonRow.active, PositionRow.active, positions.in_force(office.today(uow)))
        .order_by(HoldingRow.kind != HoldingKind.HOLDER.value, PositionRow.rank, HoldingRow.id)
    )
    roles: dict[int, DemoRole] = {}
    for person, position in rows:
        roles.setdefault(person.id, DemoRole(person.id, person.name, position.name, position.key, position.rank))
    return tuple(sorted(roles.values(), key=lambda role: (role.rank, role.person_id)))


def enter_demo(uow: UnitOfWork, person_id: int, agent: str = "") -> str:
    """Open a session for an invented person without a password; the caller makes sure that this is a demo."""
    person = uow.session.get(PersonRow, person_id)
    if person is None or not person.demo or not person.active:
        raise NotFound("person", person_id)
    return sessions.begin(uow, person.id, agent)


def _still(uow: UnitOfWork, checked: Checked) -> PersonRow | None:
    """The person, unless they were ended or given another password since it was checked."""
    person = uow.session.get(PersonRow, checked.person_id) if checked.person_id is not None else None
    return person if person is not None and person.active and person.password_hash == checked.kept else None


def _count(uow: UnitOfWork, checked: Checked) -> None:
    uow.session.add_all(AttemptRow(subject=subject, at=uow.real_now) for subject, _ in checked.limits)
    uow.session.execute(delete(AttemptRow).where(AttemptRow.at < uow.real_now - timedelta(days=1)))


def _forget(uow: UnitOfWork, checked: Checked) -> None:
    """The failures of the person, not of the address they come from."""
    uow.session.execute(delete(AttemptRow).where(AttemptRow.subject == checked.limits[0][0]))


def _closed(uow: UnitOfWork, limits: tuple[tuple[str, int], ...]) -> TooManyAttempts | None:
    """When the next attempt is open again, if one of the subjects has used up its failures."""
    most = dict(limits)
    counts = uow.session.execute(
        select(AttemptRow.subject, func.count(), func.min(AttemptRow.at))
        .where(AttemptRow.subject.in_(most), AttemptRow.at > uow.real_now - WINDOW)
        .group_by(AttemptRow.subject)
    )
    ends = [first + WINDOW for subject, count, first in counts if count >= most[subject]]
    if not ends:
        return None
    minutes = max(1, -(-int((max(ends) - uow.real_now).total_seconds()) // 60))
    return TooManyAttempts(max(ends), minutes)
