"""What goes wrong and nobody expected where it was: to a page with its status. No traceback ever reaches a person."""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import AlurError, DatabaseUnusable
from webapp import context, troubles
from webapp.troubles import Trouble

#: never shown again
SECRET = frozenset({"csrf_token", "password", "old", "new", "again", "kept"})

log = structlog.get_logger("webapp")


def prepare(app: Flask) -> None:
    app.register_error_handler(AlurError, _alur_error)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _page(status: int, trouble: Trouble, *, give_back: bool = True) -> Response:
    template = "errors/part.html" if context.is_htmx() else "errors/page.html"
    # Where something broke, the frame may break as well: it asks the database.
    frame = {"signed_in": False} if status >= 500 else {}
    page = render_template(template, status=status, trouble=trouble, typed=_typed() if give_back else [], **frame)
    return make_response(page, status)


def _typed() -> list[tuple[str, str]]:
    """What the person had typed into the form that could not be taken, so that the page gives it back."""
    if request.method != "POST":
        return []
    try:
        pairs = list(request.form.items(multi=True))
    except HTTPException:  # too large to be read at all
        return []
    return [(name, text) for name, text in pairs if name not in SECRET]


def _alur_error(error: AlurError) -> Response:
    status = troubles.status_of(error)
    if status == 503:
        log.warning("unavailable", method=request.method, path=request.path, reason=str(error))
        response = _page(503, troubles.away() if isinstance(error, DatabaseUnusable) else troubles.unavailable())
        response.headers["Retry-After"] = "5"
        return response
    if status >= 500:
        return _unforeseen(error)
    return _page(status, troubles.trouble_of(error))


def forged(error: CSRFError) -> Response:
    log.warning("csrf refused", reason=str(error.description), path=request.path)
    return _page(
        400,
        Trouble(
            _("This form has expired"),
            _("Nothing was changed. The page was opened in an earlier session, or cookies are switched off."),
            _("Go back, reload the page and send it once more."),
        ),
        # Before the sign-in another site may have written it.
        give_back=context.signed_in(),
    )


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    if status >= 500:
        return _unforeseen(error)
    response = _page(status, troubles.general(status))
    if status == 405 and error.get_response().headers.get("Allow"):
        response.headers["Allow"] = error.get_response().headers["Allow"]
    return response


def _unforeseen(error: Exception) -> Response:
    number = secrets.token_hex(4).upper()
    log.error("request failed", number=number, method=request.method, path=request.path, exc_info=error)
    trouble = Trouble(
        _("Something failed on our side"),
        _("What you sent was not stored; drafts saved before are kept."),
        _("Try once more. If it fails again, give the administrator the number %(number)s.", number=number),
    )
    return _page(500, trouble)
