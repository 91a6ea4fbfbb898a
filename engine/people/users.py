"""People: who they are, their civil servant's number, and that they come and go. How they sign in is in sign_in.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select

from engine import history, locks, office
from engine.db import UnitOfWork
from engine.errors import N_, Conflict, InvalidInput, NotAllowed, NotFound
from engine.identity import HoldingKind, require_administrator
from engine.model import HoldingRow, PersonRow, PositionRow, TaskRow

from . import passwords, positions, sessions

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,79}")
LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class PersonView:
    id: int
    username: str
    name: str
    nip_masked: str  #: "19****************"; "" where none is kept
    demo: bool  #: invented
    active: bool
    language: str
    positions: tuple[str, ...]  #: names of today's positions
    has_password: bool = False
    nip: str | None = None  #: only where one person is shown to those who may change them


def listing(uow: UnitOfWork, query: str = "", *, include_ended: bool = True) -> tuple[PersonView, ...]:
    """People by name; `query` looks into name, username and today's positions. Administrators only."""
    require_administrator(uow.actor, "list people")
    views = _views(uow) if include_ended else _views(uow, PersonRow.active.is_(True))
    wanted = query.strip().casefold()
    if not wanted:
        return views
    return tuple(v for v in views if any(wanted in text.casefold() for text in (v.name, v.username, *v.positions)))


def get(uow: UnitOfWork, id: int) -> PersonView:
    """One person, to themselves or an administrator; NotFound."""
    if uow.actor.person_id != id:
        require_administrator(uow.actor, "see people")
    found = _views(uow, PersonRow.id == id, full=True)
    if not found:
        raise NotFound("person", id)
    return found[0]


def create(
    uow: UnitOfWork,
    *,
    username: str,
    name: str,
    nip: str | None = None,
    password: str | None = None,
    demo: bool = False,
) -> PersonView:
    """Create a person; without a password they can't sign in with one. Administrators only."""
    entitled_by = require_administrator(uow.actor, "create people")
    locks.alone_in_office(uow)
    row = _add(uow, username=username, name=name, nip=nip, password=password, demo=demo)
    history.record(
        uow, "person.created", entitled_by=entitled_by, person=row.id, username=row.username, name=row.name, demo=demo
    )
    return _views(uow, PersonRow.id == row.id, full=True)[0]


def change(
    uow: UnitOfWork,
    id: int,
    *,
    username: str | None = None,
    name: str | None = None,
    nip: str | None = None,
    active: bool | None = None,
) -> PersonView:
    """Change what is given (`nip=""` removes it; `active=True` brings an ended person back). Administrators only."""
    entitled_by = require_administrator(uow.actor, "change people")
    locks.alone_in_office(uow)
    row = _row(uow, id)
    if active is False:
        raise InvalidInput("active", N_("A person is ended, not switched off."))
    before = {"username": row.username, "name": row.name, "active": row.active}
    nip_before = row.nip
    if username is not None:
        row.username = _free_username(uow, username, but=id)
    if name is not None:
        row.name = _checked_name(name)
    if nip is not None:
        row.nip = checked_nip(nip)
    if active:
        row.active = True
    uow.session.flush()
    after = {"username": row.username, "name": row.name, "active": row.active}
    if after != before or row.nip != nip_before:
        # The number itself tells birth date and sex, so history keeps only that it changed.
        history.record(
            uow,
            "person.changed",
            entitled_by=entitled_by,
            person=id,
            before=before,
            after=after,
            nip_changed=row.nip != nip_before,
        )
    return _views(uow, PersonRow.id == id, full=True)[0]


def end(uow: UnitOfWork, id: int) -> PersonView:
    """End a person: no sign-in, no positions, and what they had taken returns to its unit. Administrators only."""
    entitled_by = require_administrator(uow.actor, "end people")
    locks.alone_in_office(uow)
    row = _row(uow, id)
    if row.active:
        row.active = False
        positions.end_holdings(uow, HoldingRow.person_id == id)
        uow.session.flush()
        positions.require_an_administrator_left(uow)
        sessions.end_all(uow, id)
        history.record(uow, "person.ended", entitled_by=entitled_by, person=id, name=row.name)
        _give_back_tasks(uow, row)
    return _views(uow, PersonRow.id == id, full=True)[0]


def set_language(uow: UnitOfWork, language: str) -> None:
    """Choose the language of one's own pages: "id" or "en"."""
    if uow.actor.person_id is None:
        raise NotAllowed(uow.actor.name, "choose a language")
    if language not in LANGUAGES:
        raise InvalidInput("language", N_("Choose one of the languages offered."))
    row = _row(uow, uow.actor.person_id)
    if row.language != language:
        history.record(uow, "person.language_changed", person=row.id, before=row.language, after=language)
        row.language = language


def needs_first_administrator(uow: UnitOfWork) -> bool:
    """Whether nobody is known yet, so that the first visitor sets the installation up."""
    return uow.session.scalar(select(PersonRow.id).limit(1)) is None


def create_first_administrator(uow: UnitOfWork, *, name: str, username: str, password: str) -> PersonView:
    """Create the first person as administrator; Conflict once anybody is known."""
    # Two first visitors at once: the second waits here, then finds the first.
    locks.alone_in_office(uow)
    if not needs_first_administrator(uow):
        raise Conflict("there is an administrator already")
    person = _add(uow, username=username, name=name, nip=None, password=password, demo=False)
    position = uow.session.scalars(
        select(PositionRow).where(PositionRow.administrator, PositionRow.active).order_by(PositionRow.rank).limit(1)
    ).first()
    if position is None:
        position = PositionRow(
            key="administrator", name="Administrator", administrator=True, tags=[], rank=900, created_at=uow.now
        )
        uow.session.add(position)
        uow.session.flush()
        history.record(uow, "position.created", position=position.key, name=position.name, administrator=True)
    uow.session.add(
        HoldingRow(
            position_id=position.id,
            person_id=person.id,
            kind=HoldingKind.HOLDER.value,
            starts_on=office.today(uow),
            created_at=uow.now,
        )
    )
    uow.session.flush()
    history.record(uow, "person.created", person=person.id, username=person.username, name=person.name, demo=False)
    return _views(uow, PersonRow.id == person.id, full=True)[0]


def checked_nip(nip: str) -> str | None:
    """A civil servant's number (NIP) without its blanks, None for an empty one; InvalidInput.

    18 digits: birth date, month of appointment, 1 for men or 2 for women, a running number (Peraturan Kepala BKN
    22/2007); printed 8-6-1-3.
    """
    digits = re.sub(r"[ .-]", "", nip)
    if not digits:
        return None
    problem = InvalidInput(
        "nip", N_("A NIP has 18 digits: birth date (YYYYMMDD), appointment (YYYYMM), 1 or 2, and three more.")
    )
    if not re.fullmatch(r"[0-9]{14}[12][0-9]{3}", digits):
        raise problem
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        appointed = date(int(digits[8:12]), int(digits[12:14]), 1)
    except ValueError:
        raise problem from None
    if not born.year >= 1900 or not born < appointed:
        raise problem
    return digits


def printed_nip(nip: str) -> str:
    """18 digits as papers print them, in groups of 8, 6, 1 and 3."""
    return " ".join((nip[:8], nip[8:14], nip[14], nip[15:]))


def _views(uow: UnitOfWork, *conditions: ColumnElement[bool], full: bool = False) -> tuple[PersonView, ...]:
    people = list(
        uow.session.scalars(select(PersonRow).where(*conditions).order_by(func.lower(PersonRow.name), PersonRow.id))
    )
    held: dict[int, list[str]] = {}
    for person_id, name in uow.session.execute(
        select(HoldingRow.person_id, PositionRow.name)
        .join(PositionRow, PositionRow.id == HoldingRow.position_id)
        .where(
            PositionRow.active,
            positions.in_force(office.today(uow)),
            HoldingRow.person_id.in_([person.id for person in people]),
        )
        .order_by(HoldingRow.kind != HoldingKind.HOLDER.value, PositionRow.rank)
    ):
        held.setdefault(person_id, []).append(name)
    return tuple(
        PersonView(
            id=row.id,
            username=row.username,
            name=row.name,
            nip_masked=row.nip[:2] + "*" * 16 if row.nip else "",
            demo=row.demo,
            active=row.active,
            language=row.language,
            positions=tuple(held.get(row.id, ())) if row.active else (),
            has_password=row.password_hash is not None,
            nip=row.nip if full else None,
        )
        for row in people
    )


def _row(uow: UnitOfWork, id: int) -> PersonRow:
    row = uow.session.get(PersonRow, id)
    if row is None:
        raise NotFound("person", id)
    return row


def _add(uow: UnitOfWork, *, username: str, name: str, nip: str | None, password: str | None, demo: bool) -> PersonRow:
    username = _free_username(uow, username, but=None)
    name = _checked_name(name)
    if password is not None:
        passwords.require_good("password", password, username=username)
    row = PersonRow(
        username=username,
        name=name,
        nip=checked_nip(nip) if nip else None,
        password_hash=None if password is None else passwords.hashed(password),
        demo=demo,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise InvalidInput("name", N_("Enter a name of at most %(most)s characters."), most=200)
    return name


def _free_username(uow: UnitOfWork, username: str, *, but: int | None) -> str:
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise InvalidInput(
            "username", N_("Use 2 to 80 small letters, digits, dots, hyphens or underscores, without spaces.")
        )
    other = uow.session.scalar(select(PersonRow.id).where(PersonRow.username == username))
    if other is not None and other != but:
        raise InvalidInput("username", N_("The username “%(username)s” is taken."), username=username)
    return username


def _give_back_tasks(uow: UnitOfWork, person: PersonRow) -> None:
    mine = uow.session.scalars(select(TaskRow).where(TaskRow.assignee_id == person.id, TaskRow.state == "open"))
    for task in mine:
        task.assignee_id = task.assigned_as = None
        history.record(
            uow,
            "task.unclaimed",
            instance_id=task.instance_id,
            task_id=task.id,
            activity_id=task.activity_id,
            name=task.name,
            from_person=person.name,
            reason="person.ended",
        )
