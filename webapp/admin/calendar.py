"""The working calendar: hours, other hours for a range of dates, days off. Who changes it sees first what shifts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine import calendars, deadlines, instances
from engine.db import UnitOfWork
from engine.errors import NotFound
from engine.worktime.default_hours import RAMADAN_WEEK
from webapp import i18n
from webapp.admin import settings
from webapp.context import now, reading, writing
from webapp.plain_forms import PlainForm

Page = str | Response | tuple[str, int]
Week = Mapping[int, Sequence[tuple[time, time]]]

#: opening ranges that a weekday's row of the form has: before and after the break
RANGES = 2
MONDAY = date(2024, 1, 1)


@settings.get("/calendar")
def calendar() -> Page:
    """Hours and the days off of one year."""
    return _calendar_page(_year(), PlainForm())


@settings.post("/calendar/open")
def open_calendar() -> Response:
    """Where there is no calendar yet: the usual week and the days off of this year and the next."""
    with writing() as uow:
        calendars.establish(uow)
    flash(_("The calendar is set up. Check the hours and days off."), "success")
    return redirect(url_for("settings.calendar"))


@settings.route("/calendar/hours", methods=["GET", "POST"])
def hours() -> Page:
    """The usual week."""
    form = PlainForm()
    if request.method == "POST":
        week = _week(form)
        done = _change(form, lambda uow: calendars.set_hours(uow, week))
        if done:
            return done
    with reading() as uow:
        usual = next((p for p in calendars.hours(uow) if p.starts is None and p.ends is None), None)
    page = render_template(
        "settings/hours.html",
        period=False,
        rows=_typed_rows() if request.method == "POST" else _rows(usual.weekdays if usual else {}),
        typed=request.form,
        problems=form.problems,
    )
    return page if form.ok else (page, 422)


@settings.route("/calendar/periods", methods=["GET", "POST"])
def new_period() -> Page:
    """Other hours for a range of dates; Ramadan's are offered."""
    form = PlainForm()
    if request.method == "POST":
        label = form.text("label")
        starts = form.day("starts", required=_("Enter the first day."))
        ends = form.day("ends", required=_("Enter the last day."))
        source = form.text("source")
        week = _week(form)
        done = _change(
            form,
            lambda uow: calendars.add_period(uow, label=label, starts=starts, ends=ends, weekdays=week, source=source),
        )
        if done:
            return done
    page = render_template(
        "settings/hours.html",
        period=True,
        rows=_typed_rows() if request.method == "POST" else _rows(RAMADAN_WEEK),
        typed=request.form or {"label": "Ramadan"},
        problems=form.problems,
    )
    return page if form.ok else (page, 422)


@settings.post("/calendar/periods/<int:id>/end")
def end_period(id: int) -> Page:
    """Take other hours back."""
    form = PlainForm()
    return _change(form, lambda uow: calendars.end_period(uow, id)) or (_calendar_page(_year(), form), 422)


@settings.post("/calendar/days")
def add_day_off() -> Page:
    form = PlainForm()
    day = form.day("day", required=_("Enter the day."))
    name = form.text("name", required=_("Enter what the day is called."))
    kind = form.choice("kind", calendars.KINDS, required=_("Choose one of the list."))
    source = form.text("source")
    done = None
    if day is not None:
        done = _change(form, lambda uow: calendars.add_day_off(uow, day, name, kind=kind, source=source))
    return done or (_calendar_page(day.year if day else _year(), form), 422)


@settings.post("/calendar/days/remove")
def remove_day_off() -> Page:
    """Make a day off a working day again."""
    form = PlainForm()
    day = form.day("day", required=_("Enter the day."))
    done = _change(form, lambda uow: calendars.remove_day_off(uow, day)) if day is not None else None
    return done or (_calendar_page(_year(), form), 422)


@settings.post("/calendar/accept")
def accept() -> Page:
    """Take over the chosen days of a year as they are known nationally."""
    form = PlainForm()
    year = _year()
    chosen = [day for day in map(_iso_day, request.form.getlist("day")) if day is not None]
    if not chosen:
        form.problems["form"] = _("Choose at least one day.")
    return _change(form, lambda uow: calendars.accept(uow, year, chosen)) or (_calendar_page(year, form), 422)


def _change(form: PlainForm, change: Callable[[UnitOfWork], object]) -> Page | None:
    """Make the change, after a look at what shifts if anything does; None when the form has problems."""
    if not form.ok:
        return None
    fields = {"label": "label", "name": "name", "starts": "starts", "ends": "ends"}
    shifts: tuple[deadlines.Shift, ...] = ()
    moved = 0
    with form.refusals(**fields), writing() as uow:
        if "confirmed" not in request.form:
            shifts = deadlines.shifts(uow, calendars.preview(uow, change), calendars.OFFICE)
        if not shifts:
            change(uow)
            moved = instances.retime(uow, calendars.OFFICE)
    if not form.ok:
        return None
    if shifts:
        kept = [(n, v) for n, v in request.form.items(multi=True) if n not in ("csrf_token", "confirmed")]
        return render_template("settings/calendar_shifts.html", shifts=shifts, kept=kept, year=_year())
    if moved:
        text = ngettext(
            "Saved; %(num)s deadline was counted again.", "Saved; %(num)s deadlines were counted again.", moved
        )
    else:
        text = _("Saved. No running deadline shifts.")
    flash(text, "success")
    return redirect(url_for("settings.calendar", year=_year()))


def _calendar_page(year: int, form: PlainForm) -> str:
    this_year = i18n.local(now()).year
    with reading() as uow:
        try:
            periods = calendars.hours(uow)
        except NotFound:
            return render_template("settings/calendar_missing.html")
        days = calendars.days_off(uow, year)
        warnings = calendars.warnings(uow, year)
    return render_template(
        "settings/calendar.html",
        year=year,
        years=sorted({this_year - 1, this_year, this_year + 1, year}),
        usual=[(_weekdays(names), text) for names, text in grouped(p.weekdays)] if (p := _usual(periods)) else [],
        usual_source=p.source if p else "",
        periods=[
            (period, [(_weekdays(names), text) for names, text in grouped(period.weekdays)])
            for period in periods
            if period is not p
        ],
        days=days,
        usual_day_source=Counter(d.source for d in days).most_common(1)[0][0] if days else "",
        warnings=warnings,
        kinds=kind_words(),
        problems=form.problems,
        typed=request.form if request.method == "POST" else {},
    )


def _usual(periods: Sequence[calendars.PeriodView]) -> calendars.PeriodView | None:
    return next((p for p in periods if p.starts is None and p.ends is None), None)


def grouped(week: Week) -> list[tuple[tuple[int, int], str]]:
    """Weekdays in a row with the same hours: ((first, last), "07.30-12.00, 13.00-16.00")."""
    groups: list[tuple[tuple[int, int], str]] = []
    for weekday in range(7):
        ranges = week.get(weekday, ())
        if not ranges:
            continue
        text = ", ".join(f"{i18n.hour(a)}–{i18n.hour(b)}" for a, b in ranges)
        if groups and groups[-1][1] == text and groups[-1][0][1] == weekday - 1:
            groups[-1] = ((groups[-1][0][0], weekday), text)
        else:
            groups.append(((weekday, weekday), text))
    return groups


def _weekdays(span: tuple[int, int]) -> str:
    first, last = (i18n.weekday(MONDAY + timedelta(days=n)) for n in span)
    return first if first == last else f"{first}–{last}"


def kind_words() -> dict[str, str]:
    return {
        "public": _("Public holiday"),
        "joint_leave": _("Joint leave"),
        "regional": _("Regional holiday"),
        "other": _("Other day off"),
    }


def _week(form: PlainForm) -> dict[int, list[tuple[str, str]]]:
    """The typed ranges by weekday; empty ones are left out, the verb checks the rest."""
    week: dict[int, list[tuple[str, str]]] = {}
    for weekday in range(7):
        pairs = [(form.text(f"from_{weekday}_{n}"), form.text(f"to_{weekday}_{n}")) for n in range(RANGES)]
        week[weekday] = [pair for pair in pairs if any(pair)]
    return week


def _rows(week: Week) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Rows for the form: weekday, its name, RANGES pairs as text."""
    rows = []
    for weekday in range(7):
        pairs = [(i18n.hour(a), i18n.hour(b)) for a, b in week.get(weekday, ())]
        pairs += [("", "")] * (RANGES - len(pairs))
        rows.append((weekday, _weekdays((weekday, weekday)), pairs[:RANGES]))
    return rows


def _typed_rows() -> list[tuple[int, str, list[tuple[str, str]]]]:
    def typed(name: str) -> str:
        return request.form.get(name, "")

    return [
        (
            weekday,
            _weekdays((weekday, weekday)),
            [(typed(f"from_{weekday}_{n}"), typed(f"to_{weekday}_{n}")) for n in range(RANGES)],
        )
        for weekday in range(7)
    ]


def _year() -> int:
    """The year that is shown: from the address or the form, else this one."""
    typed = request.values.get("year", "")
    return int(typed) if typed.isdecimal() and 2000 <= int(typed) <= 2100 else i18n.local(now()).year


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
