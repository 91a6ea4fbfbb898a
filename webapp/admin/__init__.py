"""Settings: people, positions, the working calendar, incidents, the training clock. For administrators."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine import incidents, office
from engine.errors import NotAllowed
from webapp import context

settings = Blueprint("settings", __name__, url_prefix="/settings")

from webapp.admin import calendar, people, positions, upkeep  # noqa: E402, F401  each adds its pages to the blueprint


@settings.before_request
def _administrators_only() -> None:
    actor = context.actor()
    if not actor.administrator:
        raise NotAllowed(actor.name, "open the settings")


@settings.get("")
def index() -> str:
    """What can be set, one line each."""
    with context.reading() as uow:
        return render_template(
            "settings/index.html", incidents=len(incidents.listing(uow)), training=office.training(uow)
        )
