"""Keeping it running: failed automatic work, the training clock, what the office decides for all."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import calendars, deadlines, office, worktime
from engine import incidents as store
from engine.db import UnitOfWork
from engine.errors import Conflict, NotFound
from webapp import i18n
from webapp.admin import settings
from webapp.context import reading, writing
from webapp.plain_forms import PlainForm

Page = str | Response | tuple[str, int]

ZONES = (("Asia/Jakarta", "WIB (Jakarta)"), ("Asia/Makassar", "WITA (Makassar)"), ("Asia/Jayapura", "WIT (Jayapura)"))


# -- incidents ---------------------------------------------------------------------------------------------------------


@settings.get("/incidents")
def incidents() -> str:
    """Automatic work that failed again and again, and what became of it."""
    with reading() as uow:
        return render_template(
            "settings/incidents.html", open=store.listing(uow), resolved=store.listing(uow, resolved=True)
        )


@settings.post("/incidents/<int:id>/retry")
def retry(id: int) -> Response:
    with writing() as uow:
        store.retry(uow, id)
    flash(_("The work is tried again now. If it fails once more, it comes back here."), "success")
    return redirect(url_for("settings.incidents"))


# -- training clock ----------------------------------------------------------------------------------------------------


@settings.get("/clock")
def clock() -> str:
    """Office time and the ways to move it; only in training."""
    with reading() as uow:
        return render_template(
            "settings/clock.html",
            training=office.training(uow),
            now=uow.now,
            real=uow.real_now,
            offset=office.clock_offset(uow),
            next_due=deadlines.next_due(uow),
        )


@settings.post("/clock")
def advance() -> Page:
    """Move the training clock: by minutes, by working days, or to the next deadline."""
    step = request.form.get("step", "")
    with writing() as uow:
        target = _target(uow, step)
        if target is None:
            flash(_("No deadline is running; the clock stays where it is."), "warning")
            return redirect(url_for("settings.clock"))
        office.advance_clock(uow, until=target)
    said = _("It is now %(moment)s. Deadlines that passed are reported within seconds.", moment=i18n.moment(target))
    flash(said, "success")
    return redirect(url_for("settings.clock"))


def _target(uow: UnitOfWork, step: str) -> datetime | None:
    """Where a step leads; None when there is nothing to go to."""
    if step == "next":
        due = deadlines.next_due(uow)
        if due is None:
            return None
        # A deadline is due when its standard time has passed, so one second behind it shows the alert.
        return max(due, uow.now) + timedelta(seconds=1)
    if step.startswith("P") and len(step) <= 10:
        return worktime.due(None if "T" in step else _calendar(uow), uow.now, step).at
    raise Conflict("no such step of the clock")


def _calendar(uow: UnitOfWork) -> worktime.Calendar | None:
    try:
        return calendars.get(uow)
    except NotFound:
        return None


# -- the office --------------------------------------------------------------------------------------------------------


@settings.route("/office", methods=["GET", "POST"])
def office_settings() -> Page:
    """Name, time zone, categories of achievement, training mode."""
    form = PlainForm()
    if request.method == "POST":
        name, zone = form.text("name"), form.choice("zone", [key for key, _label in ZONES])
        rows = _thresholds(form)
        if form.ok:
            names = {office.NAME: "name", office.ZONE: "zone", office.THRESHOLDS: "bound-0"}
            with form.refusals(**names), writing() as uow:
                office.put(uow, office.NAME, name)
                office.put(uow, office.ZONE, zone)
                office.put(uow, office.THRESHOLDS, rows)
                office.put(uow, office.TRAINING, form.checked("training"))
        if form.ok:
            flash(_("Saved."), "success")
            return redirect(url_for("settings.office_settings"))
    with reading() as uow:
        page = render_template(
            "settings/office.html",
            typed=request.form if request.method == "POST" else None,
            name=office.office_name(uow),
            zone=str(office.zone(uow)),
            zones=ZONES,
            thresholds=office.thresholds(uow),
            training=office.training(uow),
            problems=form.problems,
        )
    return page if form.ok else (page, 422)


def _thresholds(form: PlainForm) -> list[list[object]]:
    rows: list[list[object]] = []
    for index in range(20):
        if f"word-{index}" not in request.form:
            break
        word = form.text(f"word-{index}")
        if not word and not form.text(f"bound-{index}"):
            continue
        bound = form.number(f"bound-{index}", required=_("Enter the lower bound in percent."))
        rows.append([bound, form.checked(f"included-{index}"), word])
    return rows
