"""Positions (jabatan): name, superior, and who holds them from when to when, Plh. and Plt. included."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import office
from engine.identity import HoldingKind
from engine.people import positions as store
from engine.people import users
from webapp import i18n
from webapp.admin import settings
from webapp.context import reading, writing
from webapp.plain_forms import PlainForm

Page = str | Response | tuple[str, int]


@settings.get("/positions")
def positions() -> str:
    """All positions with today's holders and their superiors."""
    with reading() as uow:
        found = store.listing(uow, include_ended=True)
    return render_template(
        "settings/positions.html",
        positions=[p for p in found if p.active],
        ended=[p for p in found if not p.active],
        vacant=sum(1 for p in found if p.active and not p.holders),
    )


@settings.route("/positions/new", methods=["GET", "POST"])
def new_position() -> Page:
    form = PlainForm()
    if request.method == "POST":
        name, superior = form.text("name"), form.id("superior_id")
        with form.refusals(), writing() as uow:
            position = store.create(
                uow,
                name=name,
                superior_id=superior,
                tags=_tags(form),
                administrator=form.checked("administrator"),
            )
        if form.ok:
            flash(_("The position has been created. Now say who holds it."), "success")
            return redirect(url_for("settings.position", id=position.id))
    with reading() as uow:
        superiors = store.listing(uow)
    typed = request.form or {"name": request.args.get("name", "")[:200]}
    page = render_template(
        "settings/position_new.html", typed=typed, problems=form.problems, superiors=superiors, tags=_tags(form)
    )
    return page if form.ok else (page, 422)


@settings.route("/positions/<int:id>", methods=["GET", "POST"])
def position(id: int) -> Page:
    """One position: change it, see and change its holders."""
    form = PlainForm()
    if request.method == "POST":
        with form.refusals(), writing() as uow:
            store.change(
                uow,
                id,
                name=form.text("name"),
                superior_id=form.id("superior_id"),
                tags=_tags(form),
                administrator=form.checked("administrator"),
            )
        if form.ok:
            flash(_("Saved."), "success")
            return redirect(url_for("settings.position", id=id))
    page = _position_page(id, form, section="position")
    return page if form.ok else (page, 422)


@settings.post("/positions/<int:id>/holders")
def assign_holder(id: int) -> Page:
    """Put somebody into the position."""
    form = PlainForm()
    person = form.id("person_id", required=_("Choose a person."))
    kind = form.choice("kind", [k.value for k in HoldingKind], required=_("Choose holder, Plh or Plt."))
    starts = form.day("starts_on", required=_("Enter the first day."))
    ends = form.day("ends_on")
    acting = kind in (HoldingKind.PLH, HoldingKind.PLT)
    order = form.text("order_number", required=_("Acting needs the number of the surat perintah.") if acting else "")
    if kind == HoldingKind.PLH and not ends and "ends_on" not in form.problems:
        form.problems["ends_on"] = _("A Plh. acts until the holder is back: enter the last day.")
    if form.ok and person is not None and starts is not None:
        with form.refusals(), writing() as uow:
            view = store.assign_holder(
                uow, id, person, kind=kind, starts_on=starts, ends_on=ends, order_number=order or None
            )
    if not form.ok:
        return _position_page(id, form, section="holder"), 422
    flash(_("%(name)s is entered from %(day)s.", name=view.person_name, day=i18n.day(view.starts_on)), "success")
    return redirect(url_for("settings.position", id=id))


@settings.post("/positions/<int:id>/holders/<int:holding_id>/end")
def end_holding(id: int, holding_id: int) -> Page:
    """Let a holding end with a day; past days stay as they were."""
    form = PlainForm()
    last = form.day("ends_on", required=_("Enter the last day."))
    if last is not None:
        with form.refusals(administrator="form"), writing() as uow:
            view = store.end_holding(uow, holding_id, last)
    if not form.ok:
        problems = PlainForm({"form": next(iter(form.problems.values()))})
        return _position_page(id, problems, section="ending"), 422
    assert last is not None
    flash(_("%(name)s holds this position until %(day)s.", name=view.person_name, day=i18n.day(last)), "success")
    return redirect(url_for("settings.position", id=id))


@settings.post("/positions/<int:id>/end")
def end_position(id: int) -> Page:
    """End a position; its history stays, its open tasks go to the process owner."""
    form = PlainForm()
    with form.refusals(administrator="form"), writing() as uow:
        view = store.end(uow, id)
    if not form.ok:
        return _position_page(id, form, section="ending"), 422
    flash(_("%(name)s has ended.", name=view.name), "success")
    return redirect(url_for("settings.positions"))


@settings.post("/positions/<int:id>/return")
def return_position(id: int) -> Response:
    """Bring an ended position back, vacant."""
    with writing() as uow:
        view = store.change(uow, id, active=True)
    flash(_("%(name)s exists again. Now say who holds it.", name=view.name), "success")
    return redirect(url_for("settings.position", id=id))


def _tags(form: PlainForm) -> list[str]:
    return [tag for tag in form.text("tags").replace(",", " ").split() if tag]


def _position_page(id: int, form: PlainForm, *, section: str) -> str:
    """`section` is the form on the page that was sent, so that what was typed goes back into it."""
    with reading() as uow:
        found = store.get(uow, id)
        others = [p for p in store.listing(uow) if p.id != id]
        people = users.listing(uow, include_ended=False)
        today = office.today(uow)
    return render_template(
        "settings/position.html",
        position=found,
        superiors=others,
        people=people,
        today=today,
        yesterday=today - timedelta(days=1),
        running=[h for h in found.holdings if _state(h, today) != "past"],
        past=[h for h in found.holdings if _state(h, today) == "past"],
        problems=form.problems,
        typed=request.form if request.method == "POST" and not form.ok else {},
        section=section,
        kinds=kinds(),
    )


def _state(holding: store.HolderView, today: date) -> str:
    if holding.ends_on is not None and holding.ends_on < today:
        return "past"
    return "coming" if holding.starts_on > today else "present"


def kinds() -> list[tuple[str, str, str]]:
    """How somebody comes to a position: value, word, what it means."""
    return [
        ("holder", _("Holder"), _("The regular official of this position.")),
        ("plh", "Plh.", _("Acting by the day: the holder is away.")),
        ("plt", "Plt.", _("Acting: the position is vacant.")),
    ]
