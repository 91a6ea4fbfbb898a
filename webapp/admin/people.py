"""People: who they are, how they sign in, and ending them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.people import positions, sign_in, users
from webapp.admin import settings
from webapp.context import actor, reading, writing
from webapp.plain_forms import PlainForm

Page = str | Response | tuple[str, int]


@settings.get("/people")
def people() -> str:
    """Everybody, searched by name, username or position."""
    query = request.args.get("query", "")[:100]
    with reading() as uow:
        found = users.listing(uow, query)
    active = tuple(p for p in found if p.active)
    ended = tuple(p for p in found if not p.active)
    return render_template("settings/people.html", people=active, ended=ended, query=query)


@settings.route("/people/new", methods=["GET", "POST"])
def new_person() -> Page:
    form = PlainForm()
    if request.method == "POST":
        name, username, nip = form.text("name"), form.text("username"), form.text("nip")
        password = request.form.get("password", "")
        with form.refusals(), writing() as uow:
            person = users.create(uow, username=username, name=name, nip=nip or None, password=password or None)
        if form.ok:
            flash(_("%(name)s has been added. Now give them a position.", name=person.name), "success")
            return redirect(url_for("settings.person", id=person.id))
    page = render_template("settings/person_new.html", form=request.form, problems=form.problems)
    return page if form.ok else (page, 422)


@settings.route("/people/<int:id>", methods=["GET", "POST"])
def person(id: int) -> Page:
    """One person with the positions held, now, before and to come."""
    form = PlainForm()
    if request.method == "POST":
        with form.refusals(), writing() as uow:
            users.change(uow, id, name=form.text("name"), username=form.text("username"), nip=form.text("nip"))
        if form.ok:
            flash(_("Saved."), "success")
            return redirect(url_for("settings.person", id=id))
    page = _person_page(id, form)
    return page if form.ok else (page, 422)


@settings.post("/people/<int:id>/password")
def reset_password(id: int) -> Page:
    """Give a new password, to be told to the person."""
    form = PlainForm()
    with form.refusals(), writing() as uow:
        sign_in.reset_password(uow, id, request.form.get("new", ""))
    if not form.ok:
        return _person_page(id, form), 422
    flash(_("The new password is set. Open sessions of this person have ended."), "success")
    return redirect(url_for("settings.person", id=id))


@settings.post("/people/<int:id>/end")
def end_person(id: int) -> Page:
    """End a person: what they did remains, what they had taken returns to its unit."""
    form = PlainForm()
    with form.refusals(administrator="form"), writing() as uow:
        person = users.end(uow, id)
    if not form.ok:
        return _person_page(id, form), 422
    flash(_("%(name)s can no longer sign in. Open tasks have gone back to their unit.", name=person.name), "success")
    return redirect(url_for("settings.people"))


@settings.post("/people/<int:id>/return")
def return_person(id: int) -> Response:
    """Bring an ended person back, without positions."""
    with writing() as uow:
        person = users.change(uow, id, active=True)
    flash(_("%(name)s may sign in again. Now give them a position.", name=person.name), "success")
    return redirect(url_for("settings.person", id=id))


def _person_page(id: int, form: PlainForm) -> str:
    with reading() as uow:
        found = users.get(uow, id)
        held = [
            (position, holding)
            for position in positions.listing(uow, include_ended=True)
            for holding in position.holdings
            if holding.person_id == id
        ]
    held.sort(key=lambda pair: pair[1].starts_on, reverse=True)
    typed = request.form if request.method == "POST" and not form.ok and "name" in request.form else None
    return render_template(
        "settings/person.html",
        person=found,
        held=held,
        typed=typed,
        problems=form.problems,
        myself=found.id == actor().person_id,
    )
