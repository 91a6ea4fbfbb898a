"""Sentences of the work pages that are made of facts: events, standard times, ledgers, people to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from engine.errors import DurationError
from engine.history import EventView
from engine.performers import Performer
from webapp import context, i18n
from webapp.ledger import explain_ledger
from webapp.prose import prose


def prepare(blueprint: Blueprint) -> None:
    """Give the templates the filters of this module."""
    for name, filter in (
        ("prose", prose),
        ("standard", standard),
        ("worked_days", worked_days),
        ("ledger_lines", ledger_lines),
        ("people_options", people_options),
        ("saved_time", saved_time),
        ("told", told),
        ("event_look", event_look),
    ):
        blueprint.add_app_template_filter(filter, name)


def standard(duration: str | None, calendar: str | None) -> str:
    """A standard time in words: 4 hari kerja; a fixed date as a date."""
    if not duration:
        return ""
    try:
        return i18n.duration_words(duration, working=calendar is not None)
    except DurationError:
        return duration


def worked_days(days: float, calendar: str | None) -> str:
    """How long a step took where its standard is in days: 2,1 hari kerja."""
    return (
        _("%(days)s days", days=i18n.number(days, 1))
        if calendar is None
        else _("%(days)s working days", days=i18n.number(days, 1))
    )


def ledger_lines(ledger: Mapping[str, Any]) -> list[str]:
    """Why a deadline is when it is, step by step."""
    if "duration" not in ledger or "start" not in ledger:
        return [_("a fixed moment, as the diagram says"), "= " + i18n.short_moment(ledger["due"])]
    lines = explain_ledger(ledger)
    recounted = ledger.get("recounted")
    if recounted:
        lines.insert(
            -1,
            _(
                RECOUNTED[recounted.get("why", "calendar")],
                moment=i18n.short_moment(recounted["at"]),
                before=i18n.short_moment(recounted["before"]),
            ),
        )
    return lines


def saved_time(at: datetime) -> str:
    """When a draft was kept: 10.42, with the day when it was not today."""
    same = i18n.local(at).date() == i18n.local(context.now()).date()
    return i18n.hour(at) if same else i18n.short_moment(at)


def people_options(people: Iterable[Performer]) -> list[tuple[int, str]]:
    """Whom a task can be given to, by position first."""
    return [(one.person_id, f"{one.position_name} · {one.name}") for one in people]


#: kinds of events that a case's timeline leaves out: each stands there in another shape
SILENT = frozenset({"timer.fired", "document.attached", "task.created"})

LOOK = {
    "case.started": ("is-done", "play"),
    "case.completed": ("is-done", "flag"),
    "case.cancelled": ("is-late", "cancel"),
    "case.suspended": ("", "pause"),
    "case.activated": ("", "play"),
    "task.completed": ("is-done", "check"),
    "alert.opened": ("is-late", "alarm"),
    "incident.opened": ("is-late", "warning"),
}


def event_look(event: EventView) -> tuple[str, str]:
    """Class and symbol of an event in the timeline."""
    return LOOK.get(event.kind, ("", "dot"))


def told(event: EventView, names: Mapping[str, str]) -> str:
    """What happened, as a sentence without its actor; `names` gives the steps' names by activity id."""
    data = event.data
    step = str(data.get("name") or names.get(event.activity_id or "", "") or event.activity_id or "")
    if data.get("item_label"):
        step = f"{step} ({data['item_label']})"
    if event.kind == "task.completed":
        if int(data.get("round") or 1) > 1:
            return _("Sent: %(step)s, round %(round)s", step=step, round=data["round"])
        return _("Sent: %(step)s", step=step)
    if event.kind == "task.assigned":
        return _("Reassigned to %(name)s: %(step)s", name=data.get("to", ""), step=step)
    if event.kind == "alert.opened":
        return _("Deadline passed, supervisor alerted: %(step)s", step=step)
    if event.kind == "alert.acknowledged" and data.get("note"):
        return _("Alert acknowledged: %(step)s – “%(note)s”", step=step, note=data["note"])
    if event.kind == "deadline.moved":
        return _(
            "Deadline moved from %(before)s to %(due)s: %(step)s",
            before=i18n.short_moment(datetime.fromisoformat(data["before"])),
            due=i18n.short_moment(datetime.fromisoformat(data["due"])),
            step=step,
        )
    if event.kind in MOVES:
        said = _(MOVES[event.kind], before=data["from_version"], after=data["to_version"])
        return said + (f": {data['reason']}" if data.get("reason") else "")
    sentence = SENTENCES.get(event.kind)
    if sentence is None:
        return event.kind
    reason = str(data.get("reason") or "")
    return _(sentence, step=step) + (f": {reason}" if reason and reason != "-" else "")


def N_(message: str) -> str:
    return message


#: entries of the SOP sheet's header, in the order of the sheet (PermenPAN-RB 35/2012)
SHEET = {
    "number": N_("SOP number"),
    "created": N_("Date created"),
    "revised": N_("Date revised"),
    "effective": N_("Date effective"),
    "approved_by": N_("Approved by"),
    "title": N_("SOP title"),
    "legal_basis": N_("Legal basis"),
    "performer_qualifications": N_("Qualifications of performers"),
    "related": N_("Related to"),
    "equipment": N_("Equipment"),
    "warning": N_("Warning"),
    "records": N_("Records"),
}
RECOUNTED = {
    "calendar": N_("counted again on %(moment)s because the calendar changed; before: %(before)s"),
    "version": N_("counted again on %(moment)s because the case moved to another version; before: %(before)s"),
}
MOVES = {
    "case.moved": N_("Case moved from version %(before)s to version %(after)s"),
    "case.move_undone": N_("Move undone: case back from version %(before)s in version %(after)s"),
}
SENTENCES = {
    "case.started": N_("Case started"),
    "case.completed": N_("Case finished"),
    "case.cancelled": N_("Case cancelled"),
    "case.suspended": N_("Case suspended"),
    "case.activated": N_("Case activated again"),
    "task.changed": N_("Task changed with the version: %(step)s"),
    "task.created": N_("Task opened: %(step)s"),
    "task.claimed": N_("Task taken: %(step)s"),
    "task.unclaimed": N_("Task released: %(step)s"),
    "task.cancelled": N_("Task withdrawn: %(step)s"),
    "timer.fired": N_("Standard time passed: %(step)s"),
    "alert.acknowledged": N_("Alert acknowledged: %(step)s"),
    "alert.closed": N_("Alert closed, the work is done: %(step)s"),
    "note.added": N_("Note written"),
    "document.attached": N_("Document added: %(step)s"),
    "message.sent": N_("Message sent"),
    "message.received": N_("Message received"),
    "signal.sent": N_("Signal sent"),
    "incident.opened": N_("Automatic work failed: %(step)s"),
    "incident.retried": N_("Automatic work tried again: %(step)s"),
}
