"""Why a due date is what it is, in words: what was counted, what was skipped, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from webapp import i18n

Entry = Mapping[str, Any]


def explain_ledger(ledger: Mapping[str, Any]) -> list[str]:
    """The steps of the count, one short line each; the last one begins with "=" and is the due time."""
    if "duration" not in ledger:  # a date set in the diagram: nothing was counted
        return [_("a fixed date in the diagram"), "= " + i18n.short_moment(ledger["due"])]
    lines = [
        _(
            "%(duration)s from %(start)s",
            duration=i18n.duration_words(ledger["duration"], working=ledger.get("calendar") is not None),
            start=i18n.short_moment(ledger["start"]),
        )
    ]
    recounted = ledger.get("recounted")
    if recounted:
        lines.append(
            _(
                RECOUNTED[recounted.get("why", "calendar")],
                at=i18n.short_day(recounted["at"]),
                before=i18n.short_moment(recounted["before"]),
            )
        )
    counted_from = ledger.get("counted_from")
    if counted_from and counted_from != ledger["start"]:
        lines.append(_("outside office time: counted from %(start)s", start=i18n.short_moment(counted_from)))
    lines.extend(_skipped(entry) for entry in ledger.get("entries", ()) if entry["kind"] == "skipped")
    moved = MOVED.get(ledger.get("moved") or "")
    if moved:
        lines.append(_(moved))
    lines.append("= " + i18n.short_moment(ledger["due"]))
    return lines


def ledger_sentence(ledger: Mapping[str, Any]) -> str:
    """All of it in one line: "4 hari kerja dari Jum 13 Mar 10.05: lewati Sab-Min; ... = Kam 26 Mar 10.05"."""
    head, *steps, end = explain_ledger(ledger)
    return f"{head}: {'; '.join(steps)} {end}" if steps else f"{head} {end}"


def N_(message: str) -> str:
    return message


MOVED = {
    "to_closing": N_("the hour falls after closing: moved back to closing time"),
    "to_opening": N_("the hour falls before opening: moved to opening time"),
    "to_break_end": N_("the hour falls in the break: moved to the end of the break"),
}
RECOUNTED = {
    "calendar": N_("counted again %(at)s after a change of the calendar; before: %(before)s"),
    "version": N_("counted again %(at)s after a change of version; before: %(before)s"),
}
REASONS = {
    "weekend": N_("weekend"),
    "public": N_("public holiday"),
    "joint_leave": N_("joint leave"),
    "regional": N_("regional holiday"),
    "closed": N_("closed"),
    "other": N_("day off"),
    "break": N_("break"),
    "night": N_("outside office hours"),
}


def reason_words(reason: str) -> str:
    """Why a day or an hour does not count."""
    return _(REASONS.get(reason, REASONS["closed"]))


def _skipped(entry: Entry) -> str:
    first, last = str(entry["from"]), str(entry["to"])
    if "T" in first:
        same = i18n.short_day(first) == i18n.short_day(last)
        span = f"{i18n.short_moment(first)}–{i18n.hour(last) if same else i18n.short_moment(last)}"
    else:
        span = _days(date.fromisoformat(first), date.fromisoformat(last))
    name = str(entry.get("name") or "")
    why = reason_words(str(entry["reason"]))
    if entry["reason"] == "weekend":
        return _("skip %(span)s", span=span)
    return f"{span} {why}" + (f" ({name})" if name and name.lower() != why.lower() else "")


def _days(first: date, last: date) -> str:
    """Sab 14–Min 15 Mar; one day alone as it is."""
    if first == last:
        return i18n.short_day(first)
    start = i18n.short_day(first)
    if (first.year, first.month) == (last.year, last.month):
        start = " ".join(start.split()[:2])
    return f"{start}–{i18n.short_day(last)}"
