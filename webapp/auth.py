"""Signing in and out, the first administrator, one's own password, and in a demo the roles to practise as."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import Conflict, InvalidInput, NotFound
from engine.identity import NOBODY
from engine.people import sessions, users
from engine.people import sign_in as entry
from webapp import context, door
from webapp.i18n import translated

auth = Blueprint("auth", __name__)

Page = str | AnyResponse | tuple[str, int]


@auth.get("/sign-in")
def sign_in() -> Page:
    """The sign-in page; in a demo the roles, on an empty installation the first administrator."""
    if context.signed_in():
        return redirect(context.safe_next(request.args.get("next")))
    with context.reading() as uow:
        if users.needs_first_administrator(uow):
            return redirect(url_for("auth.first_administrator"))
    return _sign_in_page(username="", problems={})


@auth.post("/sign-in")
def send_sign_in() -> Page:
    """Open a session, or say why not without saying which of the two was wrong."""
    username = request.form.get("username", "")
    password = request.form.get("password", "")
    if context.switched():
        return _switched(_sign_in_page(username, {}))
    problems = {}
    if not username.strip():
        problems["username"] = _("Enter your username.")
    if not password:
        problems["password"] = _("Enter your password.")
    if problems:
        return _sign_in_page(username, problems), 422
    with context.database().read(NOBODY) as uow:
        checked = entry.check(uow, username, password, address=request.remote_addr or "")
    # The unit commits whatever comes of it, so that a failed attempt is counted.
    with context.database().begin(NOBODY) as uow:
        result = entry.enter(uow, checked, agent=_agent())
        old = request.cookies.get(context.COOKIE)
        if result.token is not None and old:
            sessions.sign_out(uow, old)
    if result.token is None:
        assert result.problem is not None
        status = 429 if isinstance(result.problem, Conflict) else 422
        return _sign_in_page(username, {"password": translated(result.problem.message, result.problem.params)}), status
    return _enter(result.token, result.person_id)


@auth.route("/welcome", methods=["GET", "POST"])
def first_administrator() -> Page:
    """On an empty installation: the first person, who administers it."""
    with context.reading() as uow:
        if not users.needs_first_administrator(uow):
            return redirect(url_for("auth.sign_in"))
    form = {name: request.form.get(name, "") for name in ("name", "username", "password", "again")}
    problems: dict[str, str] = {}
    if context.switched():
        return _switched(render_template("auth/first_administrator.html", form=form, problems={}))
    if request.method == "POST":
        if form["password"] != form["again"]:
            problems["again"] = _("The two passwords differ.")
        else:
            try:
                with context.database().begin(NOBODY) as uow:
                    person = users.create_first_administrator(
                        uow, name=form["name"], username=form["username"], password=form["password"]
                    )
                    token = sessions.begin(uow, person.id, _agent())
                return _enter(token)
            except InvalidInput as error:
                problems[error.field] = translated(error.message, error.params)
    page = render_template("auth/first_administrator.html", form=form, problems=problems)
    return (page, 422) if problems else page


@auth.get("/roles")
def roles() -> Page:
    """The people to practise as; only in a demo."""
    _only_in_demo()
    with context.reading() as uow:
        found = entry.demo_roles(uow)
    return render_template("auth/roles.html", roles=found, next=request.args.get("next", ""))


@auth.post("/roles/<int:person_id>")
def demo_sign_in(person_id: int) -> Page:
    """Become an invented person with one click; only in a demo."""
    _only_in_demo()
    old = request.cookies.get(context.COOKIE)
    with context.database().begin(NOBODY) as uow:
        if old:
            sessions.sign_out(uow, old)
        token = entry.enter_demo(uow, person_id, _agent())
    return _enter(token, person_id)


@auth.post("/sign-out")
def sign_out() -> Page:
    """End the session on the server, not only in this browser."""
    token = request.cookies.get(context.COOKIE)
    if token:
        with context.writing() as uow:
            sessions.sign_out(uow, token)
    session.clear()
    g.actor = NOBODY
    response = redirect(url_for("auth.sign_in"))
    response.delete_cookie(context.COOKIE, httponly=True, samesite="Lax", secure=context.settings().secure_cookies)
    return response


@auth.route("/settings/password", methods=["GET", "POST"])
def password() -> Page:
    """Change one's own password; all other sessions end."""
    problems: dict[str, str] = {}
    status = 422
    if request.method == "POST":
        old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
        if new != again:
            problems["again"] = _("The two passwords differ.")
        else:
            with context.reading() as uow:
                checked = entry.check_change(uow, old, new)
            with context.writing() as uow:
                problem = entry.change_password(uow, checked, keep=request.cookies.get(context.COOKIE))
            if problem is None:
                flash(_("Your password has been changed. Other devices have been signed out."), "success")
                return redirect(url_for("preferences.start"))
            problems[problem.field] = translated(problem.message, problem.params)
            status = 429 if isinstance(problem, Conflict) else 422
    page = render_template("auth/password.html", problems=problems)
    return (page, status) if problems else page


def _switched(page: str) -> Response:
    """The page again, with what was typed, in the language that was chosen on it; passwords are never sent back."""
    response = make_response(page)
    context.remember(response, "language", context.switched())
    return response


def _sign_in_page(username: str, problems: dict[str, str]) -> str:
    kept = door.unpack(request.form.get("kept", ""))
    return door.sign_in_page(
        username=username,
        problems=problems,
        kept=door.pack(kept) if kept else "",
        whose=kept.person_id if kept else None,
    )


def _enter(token: str, person_id: int | None = None) -> Response | AnyResponse:
    # A form token from before the sign-in must not be good after it.
    session.clear()
    g.pop("csrf_token", None)
    kept = door.unpack(request.form.get("kept", ""))
    response: Response | AnyResponse
    if kept is not None and kept.person_id == person_id:
        response = make_response(render_template("auth/again.html", kept=kept))
    else:
        response = redirect(context.safe_next(request.values.get("next")))
    response.set_cookie(
        context.COOKIE,
        token,
        max_age=7 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=context.settings().secure_cookies,
    )
    return response


def _only_in_demo() -> None:
    if not context.settings().demo:
        raise NotFound("page", request.path)


def _agent() -> str:
    return request.headers.get("User-Agent", "")[:200]
