"""Who asks, in which language, and the units of work of one request. Every page begins with one of these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Flask, abort, current_app, g, request, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as AnyResponse

from engine.db import Database, UnitOfWork
from engine.identity import NOBODY, Actor, Entitlement, HoldingKind
from engine.people import sessions
from webapp.settings import WebSettings

COOKIE = "alur_session"
LANGUAGES = ("id", "en")
THEMES = ("auto", "light", "dark")


def prepare(app: Flask, settings: WebSettings, database: Database) -> None:
    """Tie the settings and the database to `app` and find out who asks."""
    app.extensions["alur.settings"] = settings
    app.extensions["alur.database"] = database
    app.before_request(_limit_text)
    app.before_request(_recognise)
    app.before_request(_without_nul)


def settings() -> WebSettings:
    found: WebSettings = current_app.extensions["alur.settings"]
    return found


def database() -> Database:
    found: Database = current_app.extensions["alur.database"]
    return found


@contextmanager
def reading() -> Iterator[UnitOfWork]:
    """A unit of work that only reads, as the person who asks."""
    with database().read(actor()) as uow:
        yield uow


@contextmanager
def writing() -> Iterator[UnitOfWork]:
    """A unit of work that commits at its end, as the person who asks."""
    with database().begin(actor()) as uow:
        yield uow


def actor() -> Actor:
    """The person who asks, with today's positions; NOBODY before the sign-in."""
    found: Actor = g.get("actor", NOBODY)
    return found


def signed_in() -> bool:
    return actor().person_id is not None


def current_position() -> Entitlement | None:
    """The position shown beside the person's name: the own post first, else the first acting one."""
    positions = actor().positions
    own = [p for p in positions if p.kind is HoldingKind.HOLDER]
    return next(iter(own or positions), None)


def once() -> str:
    """Which page posts: a second press of its button sends the same. "" where it does not say."""
    return request.form.get("once", "")[:40]


def is_htmx() -> bool:
    """Does htmx ask for a part of a page?"""
    return request.headers.get("HX-Request") == "true"


def language() -> str:
    """The language of this page: the person's own, before the sign-in a cookie's; Bahasa Indonesia otherwise."""
    if not request:
        return LANGUAGES[0]
    chosen = actor().language if signed_in() else switched() or request.cookies.get("language", "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def switched() -> str:
    """The language that was chosen below a form before the sign-in, posted with all that was typed; "" for none."""
    chosen = request.form.get("_language", "")
    return chosen if chosen in LANGUAGES else ""


def theme() -> str:
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else THEMES[0]


def safe_next(target: str | None) -> str:
    """`target` when it is a path of this site, else the start page: nobody is sent elsewhere after signing in."""
    # Browsers drop tabs and line ends, and read a backslash as a slash.
    if target and target.startswith("/") and target[1:2] != "/" and target.isprintable() and "\\" not in target:
        return target
    return url_for("preferences.start")


def remember(response: AnyResponse, name: str, value: str, *, days: int = 365) -> None:
    """Set a cookie for a preference; not readable by scripts."""
    response.set_cookie(
        name, value, max_age=timedelta(days=days), httponly=True, samesite="Lax", secure=settings().secure_cookies
    )


def now() -> datetime:
    """Office time of this request, read once."""
    if "now" not in g:
        with reading() as uow:
            g.now = uow.now
    found: datetime = g.now
    return found


def _limit_text() -> None:
    # The limit for form text reaches multipart forms only; other bodies are all text.
    if request.mimetype != "multipart/form-data":
        request.max_content_length = settings().max_form_bytes


def _without_nul() -> None:
    """No text holds a NUL: nobody can type one, and PostgreSQL takes none."""
    if "\0" in request.path or any("\0" in text for pair in request.args.items(multi=True) for text in pair):
        abort(400)
    if any("\0" in text for pair in request.form.items(multi=True) for text in pair):
        clean = [(name.replace("\0", ""), text.replace("\0", "")) for name, text in request.form.items(multi=True)]
        request.form = ImmutableMultiDict(clean)


def _recognise() -> None:
    g.database = database()
    g.actor = NOBODY
    token = request.cookies.get(COOKIE)
    if not token or request.endpoint == "static":
        return
    with g.database.read(NOBODY) as uow:
        g.now = uow.now
        g.actor = sessions.actor_for(uow, token) or NOBODY
        stale = sessions.needs_touch(uow, token)
    # A page that looks for news by itself is no sign that somebody sits before it.
    if stale and signed_in() and "X-Refresh" not in request.headers:
        with g.database.begin(g.actor) as uow:
            sessions.touch(uow, token)
