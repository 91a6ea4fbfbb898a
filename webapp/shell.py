"""The frame around every page: navigation with counts, the person, banners. Read once per page, in one unit."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, g, request
from flask_babel import gettext as _

from engine import calendars, inbox, office, worker
from engine.db import UnitOfWork
from engine.drafting import designs
from engine.errors import NotFound
from engine.identity import HoldingKind
from engine.people import positions
from engine.worktime import is_open, next_opening
from webapp import context


@dataclass(frozen=True, slots=True)
class NavItem:
    endpoint: str
    label: str
    icon: str
    count: int = 0
    count_label: str = ""
    on_phone: bool = True
    late: bool = False  #: the count is of late things


@dataclass(frozen=True, slots=True)
class Shell:
    """What base.html shows besides the page itself."""

    nav: tuple[NavItem, ...]
    here: str  #: blueprint of the page, to mark its entry
    alerts: int
    office_name: str
    training_now: datetime | None  #: office time, when it differs from real time
    worker_stopped: bool
    worker_last: datetime | None
    opens_at: datetime | None  #: next opening, when the office is closed now


def prepare(app: Flask) -> None:
    @app.context_processor
    def _names() -> dict[str, object]:
        return {
            "shell": shell,
            "actor": context.actor(),
            "signed_in": context.signed_in(),
            "my_position": context.current_position(),
            "acting_words": acting_words,
            "language": context.language(),
            "theme": context.theme(),
            "demo": context.settings().demo,
            "htmx": context.is_htmx(),
            "a_name_of_its_own": lambda: secrets.token_urlsafe(12),
        }


def acting_words(kind: str, name: str) -> str:
    """A position as it is printed: "Camat", or "selaku Plh. Camat" for who acts."""
    if kind in (HoldingKind.PLH, HoldingKind.PLT):
        return _("acting as %(kind)s %(position)s", kind=kind.capitalize() + ".", position=name)
    return name


def shell() -> Shell:
    """The frame of this page."""
    if "shell" not in g:
        g.shell = _read()
    found: Shell = g.shell
    return found


def _read() -> Shell:
    with context.reading() as uow:
        counts = inbox.counts(uow)
        offset = office.clock_offset(uow)
        health = worker.health(uow)
        return Shell(
            nav=_nav(uow, counts.mine + counts.unit, counts.alerts),
            here=request.blueprint or "",
            alerts=counts.alerts,
            office_name=office.office_name(uow),
            training_now=uow.now if abs(offset) >= timedelta(seconds=1) else None,
            worker_stopped=not health.alive and _supervises(uow),
            worker_last=health.last_at,
            opens_at=_opens_at(uow),
        )


def _opens_at(uow: UnitOfWork) -> datetime | None:
    try:
        calendar = calendars.get(uow)
    except NotFound:
        return None
    return None if is_open(calendar, uow.now) else next_opening(calendar, uow.now)


def _supervises(uow: UnitOfWork) -> bool:
    """Does anybody report to the actor, or do they administer the installation?"""
    mine = {p.position_id for p in uow.actor.positions}
    return uow.actor.administrator or any(p.superior_id in mine for p in positions.listing(uow))


def _nav(uow: UnitOfWork, mine: int, alerts: int) -> tuple[NavItem, ...]:
    items = [
        NavItem("tasks.inbox", _("Tasks"), "inbox", mine, _("open tasks")),
        NavItem("cases.listing", _("Cases"), "folder"),
        NavItem("overdue.listing", _("Overdue"), "alarm", alerts, _("open alerts"), late=True),
        NavItem("processes.listing", _("Processes"), "diagram"),
    ]
    if designs.may_design(uow):
        items.append(NavItem("design.listing", _("Design"), "pencil", on_phone=False))
    if uow.actor.administrator:
        items.append(NavItem("settings.index", _("Settings"), "gear", on_phone=False))
    return tuple(items)
