"""One page per kind of person: what they do here, in the order they do it."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine import definitions, procedures
from engine.errors import NotFound
from engine.people import positions
from webapp.context import actor, reading

guide = Blueprint("guide", __name__, url_prefix="/guide")

ROLES = ("staff", "superior", "owner", "administrator")


@guide.get("")
def index() -> str:
    """The guide that fits the person, with the others beside it."""
    return _page(_role())


@guide.get("/<role>")
def show(role: str) -> str:
    if role not in ROLES:
        raise NotFound("guide", role)
    return _page(role)


def _page(role: str) -> str:
    return render_template("guide/page.html", role=role, roles=ROLES)


def _role() -> str:
    """Administrators first, then process owners, then who has somebody below; everybody else fills in forms."""
    person = actor()
    if person.administrator:
        return "administrator"
    mine = {p.position_id for p in person.positions}
    with reading() as uow:
        owned = {key for item in procedures.listing(uow) for key in definitions.owner_keys(uow, item.process)}
        if owned & person.position_keys:
            return "owner"
        return "superior" if any(p.superior_id in mine for p in positions.listing(uow)) else "staff"
