"""What is late: one alert per passed deadline, for the supervisor who should know and do something about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import alerts as board
from engine import tasks as tasks_of
from engine.alerts import AlertView
from engine.db import UnitOfWork
from engine.performers import Performer
from engine.views import Page
from webapp import context

overdue = Blueprint("overdue", __name__)

#: working days from which an alert stands in its group, longest first
GROUPS = (5, 2, 1, 0)


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts that are about equally late."""

    title: str
    alerts: tuple[AlertView, ...]


@overdue.get("/overdue")
def listing() -> str:
    """Open alerts grouped by how late they are; with ?state=closed, page by page, those whose work has ended."""
    past: Page[AlertView] | None = None
    with context.reading() as uow:
        if request.args.get("state") == "closed":
            past = board.closed(uow, page=request.args.get("page", 1, type=int))
            groups, count, choices = [Group("", past.items)] if past.items else [], board.count_open(uow), {}
        else:
            shown = board.listing(uow)
            groups, count, choices = grouped(shown), len(shown), _people(uow, shown)
    return render_template("overdue/list.html", groups=groups, past=past, count=count, people=choices)


def _people(uow: UnitOfWork, shown: Iterable[AlertView]) -> dict[int, tuple[Performer, ...]]:
    """By task: whom the person may hand it to, straight from the alert."""
    tasks = {work.task_id for alert in shown for work in alert.work}
    return {task_id: tasks_of.assignable(uow, task_id) for task_id in tasks}


def grouped(alerts: Iterable[AlertView]) -> list[Group]:
    """The alerts by how many working days they are late, the latest first."""
    titles = {
        5: _("Late by five working days or more"),
        2: _("Late by two to four working days"),
        1: _("Late by one working day"),
        0: _("Late, due today"),
    }
    found: dict[int, list[AlertView]] = {}
    for alert in sorted(alerts, key=lambda one: one.due_at):
        found.setdefault(next(days for days in GROUPS if alert.lateness.days >= days), []).append(alert)
    return [Group(titles[days], tuple(found[days])) for days in GROUPS if days in found]


@overdue.post("/overdue/<int:alert_id>/acknowledge")
def acknowledge(alert_id: int) -> Response:
    """Say that the supervisor knows, with a note for the case."""
    with context.writing() as uow:
        board.acknowledge(uow, alert_id, request.form.get("note", ""))
    flash(_("Acknowledged. The alert stays here until the work is sent."), "success")
    return redirect(url_for("overdue.listing"), 303)
