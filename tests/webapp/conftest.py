"""The web app over a small office, and visitors who see it as a browser without scripts does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from engine.clock import SetClock
from engine.db import Database
from engine.identity import NOBODY
from engine.people import sessions
from tests.office import person
from tests.visitor import InProcess, Visitor
from tests.webapp.small import Shop, open_shop
from webapp import create_app
from webapp.context import COOKIE
from webapp.settings import WebSettings

Visit = Callable[..., Visitor]
MakeApp = Callable[..., Flask]


@pytest.fixture(scope="session")
def apps() -> dict[tuple[tuple[str, Any], ...], Flask]:
    """Apps by their settings: each compiles its templates once, however many offices it is shown over."""
    return {}


@pytest.fixture
def make_app(apps: dict[tuple[tuple[str, Any], ...], Flask]) -> MakeApp:
    """`make_app(database, demo=True)`: the app over a database, with settings of one's own."""

    def make(database: Database, **settings: Any) -> Flask:
        key = tuple(sorted(settings.items()))
        if key not in apps:
            chosen: dict[str, Any] = {"secret_key": "for tests only", "database_url": database.url, **settings}
            apps[key] = create_app(WebSettings(**chosen), database)
        apps[key].extensions["alur.database"] = database
        return apps[key]

    return make


@pytest.fixture
def app(office: Database, make_app: MakeApp) -> Flask:
    """A demo of the small office."""
    return make_app(office, demo=True)


@pytest.fixture
def visit(app: Flask) -> Visit:
    """`visit("camat")`: somebody signed in as the holder of that position; `visit()`: a stranger."""
    return lambda who=None: enter(app, who)


def enter(app: Flask, who: str | None) -> Visitor:
    """Signed in already: that signing in works is shown where it is the matter, and takes a while."""
    visitor = Visitor(InProcess(app.test_client()), "/tasks" if who else "/sign-in")
    if who is not None:
        database = app.extensions["alur.database"]
        with database.begin(NOBODY) as uow:
            token = sessions.begin(uow, person(database, who).person_id or 0)
        visitor.transport.client.set_cookie(COOKIE, token)
    return visitor


@pytest.fixture
def shop(office: Database, clock: SetClock) -> Shop:
    """The small office with the small process of two steps."""
    return open_shop(office, clock)
