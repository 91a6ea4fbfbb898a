"""Asks for a sign-in where one is needed; what was being sent when a session ended waits until its person is back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from engine.identity import NOBODY
from engine.people import sessions, sign_in
from webapp import context

#: endpoints that a person who has not signed in may open
PUBLIC = {"static", "auth.sign_in", "auth.send_sign_in", "auth.first_administrator", "auth.demo_sign_in", "auth.roles",
          "preferences.language", "preferences.theme", "preferences.health"}  # fmt: skip
#: fields that are the page's safety or nobody's to keep
LEFT_OUT = frozenset({"csrf_token", "password", "old", "new", "again"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A post that came after its session had ended."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    person_id: int  #: whose session it was
    files: bool = False  #: files were chosen with it; those can't be kept


def prepare(app: Flask) -> None:
    app.before_request(_require_sign_in)


def _require_sign_in() -> AnyResponse | None:
    if context.signed_in() or request.endpoint is None or request.endpoint in PUBLIC:
        return None
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("auth.sign_in", next=here if here and here != "/" else None)
    if context.is_htmx():
        return Response(status=401, headers={"HX-Redirect": target})
    if request.headers.get("Accept") == "application/json":
        answer = jsonify(sign_in=target)
        answer.status_code = 401
        return answer
    kept = _what_was_sent()
    return make_response(sign_in_page(kept=pack(kept), whose=kept.person_id), 401) if kept else redirect(target)


def _what_was_sent() -> Kept | None:
    """This request's answers, if it comes from a form of ours whose session has ended since."""
    token = request.cookies.get(context.COOKIE)
    if request.method != "POST" or not token:
        return None
    try:
        # What another site sends must not be kept under a person's name.
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return None
    pairs = tuple((name, text) for name, text in request.form.items(multi=True) if name not in LEFT_OUT)
    with context.database().read(NOBODY) as uow:
        person_id = sessions.whose(uow, token)
    if not pairs or person_id is None:
        return None
    files = any(storage.filename for storage in request.files.values())
    return Kept(request.path, pairs, person_id, files)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="kept answers")


def pack(kept: Kept) -> str:
    """The answers as a text that a hidden field carries through the sign-in and nobody can change."""
    return str(_signer().dumps([kept.path, list(kept.pairs), kept.person_id, kept.files]))


def unpack(text: str) -> Kept | None:
    """What `pack` made; None for anything else."""
    try:
        path, pairs, person_id, files = _signer().loads(text)
    except BadData:
        return None
    return Kept(path, tuple((name, value) for name, value in pairs), person_id, files)


def sign_in_page(
    *, username: str = "", problems: dict[str, str] | None = None, kept: str = "", whose: int | None = None
) -> str:
    """The sign-in page; in a demo with the roles, with answers to keep only that of the person they belong to."""
    roles: tuple[sign_in.DemoRole, ...] = ()
    if context.settings().demo:
        with context.reading() as uow:
            roles = sign_in.demo_roles(uow)
    if kept:
        roles = tuple(role for role in roles if role.person_id == whose)
    return render_template(
        "auth/sign_in.html",
        username=username,
        problems=problems or {},
        roles=roles,
        kept=kept,
        next=request.values.get("next", ""),
    )
