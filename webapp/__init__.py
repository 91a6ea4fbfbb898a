"""The web app: HTTP, people and pages. It knows nothing of BPMN and never touches a database row."""

from __future__ import annotations

from importlib import import_module

from flask import Flask, redirect, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from engine.db import Database
from webapp import context, door, errors, i18n, responses, shell
from webapp.settings import WebSettings

#: module -> name of its blueprint; one a room
ROOMS = {
    "auth": "auth",
    "preferences": "preferences",
    "tasks": "tasks",
    "instances": "cases",
    "documents": "documents",
    "alerts": "overdue",
    "processes": "processes",
    "guides": "guide",
    "admin": "settings",
    "design": "design",
}

csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """A number in an address, as large as a row's may be: beyond that there is no such page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def create_app(settings: WebSettings, database: Database | None = None) -> Flask:
    """The WSGI app over `database` (opened from the settings when None)."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_form_bytes,
        MAX_FORM_PARTS=settings.max_form_parts,
        SESSION_COOKIE_NAME="alur_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        # A form left open over the weekend must still be accepted; the session itself ends in time.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    context.prepare(app, settings, database or Database(settings.database_url))
    i18n.prepare(app)
    door.prepare(app)
    csrf.init_app(app)
    responses.prepare(app)
    errors.prepare(app)
    shell.prepare(app)
    for module, blueprint in ROOMS.items():
        app.register_blueprint(getattr(import_module(f"webapp.{module}"), blueprint))
    app.before_request(_one_slash)
    return app


def _one_slash() -> Response | None:
    """Send /tasks/ to /tasks, as people type it."""
    if request.endpoint is None and request.path != "/" and request.path.endswith("/"):
        return redirect(context.safe_next("/" + request.path.strip("/")), 308)
    return None
