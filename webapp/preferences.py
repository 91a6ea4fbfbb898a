"""The start page, and what a person may set without signing in: language and light or dark. Health for monitors."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import worker
from engine.errors import DatabaseUnusable
from engine.people import users
from webapp import context

preferences = Blueprint("preferences", __name__)


@preferences.get("/")
def start() -> AnyResponse:
    """Lead on to the tasks."""
    if "tasks.inbox" in current_app.view_functions:
        return redirect(url_for("tasks.inbox"))
    return redirect(url_for("guide.index"))


@preferences.post("/language")
def language() -> AnyResponse:
    """Switch the language; a signed-in person's choice is kept with the person."""
    chosen = request.form.get("language", "")
    response = redirect(context.safe_next(request.form.get("next")))
    if chosen in context.LANGUAGES:
        context.remember(response, "language", chosen)
        if context.signed_in():
            with context.writing() as uow:
                users.set_language(uow, chosen)
    return response


@preferences.post("/theme")
def theme() -> AnyResponse:
    """Switch between light, dark and what the device says."""
    chosen = request.form.get("theme", "")
    response = redirect(context.safe_next(request.form.get("next")))
    if chosen in context.THEMES:
        context.remember(response, "theme", chosen)
    return response


@preferences.get("/health")
def health() -> tuple[Response, int]:
    """Say whether web, database and worker live: 200, or 503 when one of them does not."""
    try:
        with context.reading() as uow:
            alive = worker.health(uow).alive
    except DatabaseUnusable:
        return jsonify(web=True, database=False, worker=False), 503
    return jsonify(web=True, database=True, worker=alive), 200 if alive else 503
