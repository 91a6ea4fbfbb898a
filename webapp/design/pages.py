"""The list of processes one may edit, beginning a new one, and the page of the modeler."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from engine.db import UnitOfWork
from engine.drafting import designs
from engine.drafting.keys import key_from
from engine.errors import Conflict, NotAllowed
from webapp import context
from webapp.design import design
from webapp.plain_forms import PlainForm

Page = str | tuple[str, int] | Response
#: keys that would stand in the way of these pages' own addresses
TAKEN = frozenset({"new", "upload"})


@design.get("")
def listing() -> str:
    """Every process the person may edit, with the drafts there are."""
    with context.reading() as uow:
        require_designer(uow)
        items = designs.listing(uow)
    return render_template("design/list.html", items=items, form=PlainForm())


@design.get("/new")
def new() -> str:
    """Ask for the name of a new process."""
    return _new_page(PlainForm(), {})


@design.post("/new")
def create() -> Page:
    """Begin a new process as a draft and open it."""
    with context.reading() as uow:
        require_designer(uow)
    form = PlainForm()
    name, key = request.form.get("name", "").strip(), request.form.get("key", "").strip()
    try:
        with form.refusals(), context.writing() as uow:
            if (key or key_from(name)) in TAKEN:
                raise Conflict("the key is an address of these pages")
            made = designs.new_design(uow, name, key or key_from(name), task=_("First step"))
    except Conflict:
        form.problems["key"] = _("There is a process with this key already. Choose another one.")
    copied = request.form.get("from") or None
    if not form.ok:
        return _new_page(form, {"name": name, "key": key, "from": copied or ""}), 422
    return redirect(url_for("design.modeler", key=made.process_key, **{"from": copied}), 303)


def _new_page(form: PlainForm, typed: dict[str, str]) -> str:
    with context.reading() as uow:
        require_designer(uow)
        others = [(item.process_key, item.name) for item in designs.listing(uow)]
    return render_template("design/new.html", form=form, typed=typed, others=others)


@design.get("/<key>")
def modeler(key: str) -> str:
    """The modeler with the person's draft of a process, or what is in force."""
    with context.reading() as uow:
        found = designs.open_design(uow, key)
        copied = request.args.get("from")
        if copied:
            designs.open_design(uow, copied)
    g.inline_styles = True  # bpmn-js places everything by style attributes
    actor = context.actor()
    addresses: dict[str, Any] = {
        "draft": url_for("design.draft", key=key),
        "problems": url_for("design.problems", key=key),
        "choices": url_for("design.choices", key=key),
        "publish": url_for("design.publish", key=key),
        "positions": url_for("design.create_position", key=key),
        "compare": url_for("processes.compare", key=key),
        "listing": url_for("design.listing"),
    }
    if copied:
        addresses["copy"] = url_for("design.draft", key=copied)
    config = {
        "key": key,
        "name": found.name,
        "language": context.language(),
        "person": actor.person_id,
        "administrator": actor.administrator,
        "positions": [{"key": one.key, "name": one.name} for one in actor.positions if not one.administrator],
        "addresses": addresses,
    }
    return render_template("design/modeler.html", found=found, config=config)


def require_designer(uow: UnitOfWork) -> None:
    """Raise NotAllowed unless the person may edit some process."""
    if not designs.may_design(uow):
        raise NotAllowed(uow.actor.name, "design processes")


def announce(key: str, name: str, version: int, running: int) -> None:
    """Say on the next page that a version is in force, and lead on to the cases that run, if there are any."""
    if not running:
        flash(_("Version %(version)s of %(name)s is in force.", name=name, version=version), "success")
        return
    words = _(
        "Version %(version)s of %(name)s is in force. Running cases keep the version they began with.",
        name=name,
        version=version,
    )
    link = Markup('<a href="{}">{}</a>').format(url_for("processes.move", key=key), _("Move running cases"))
    flash(escape(words) + " " + link, "success")
