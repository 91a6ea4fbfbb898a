"""Words, dates and numbers as an Indonesian office writes them; English beside it. Filters for the templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.numbers import format_decimal
from flask import Flask, g
from flask_babel import Babel, get_locale, gettext, ngettext
from flask_babel import gettext as _

from engine import office
from engine.worktime import Lateness, parse_duration
from forms.errors import Said
from webapp import context

Day = date | datetime


def prepare(app: Flask) -> None:
    """Choose the language per request and give the templates their filters."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "id")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=context.language)
    app.jinja_env.filters.update(
        day=day,
        long_day=long_day,
        short_day=short_day,
        clock=clock,
        moment=moment,
        short_moment=short_moment,
        due=due_words,
        due_inside=due_inside,
        lateness=lateness_words,
        number=number,
        money=money,
        percent=percent,
        file_size=file_size,
        duration=duration_words,
        span=span_words,
        person_id_number=nip,
        iso=iso,
    )
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext, translated=translated)


def code() -> str:
    """The language of this page: "id" or "en"."""
    return str(get_locale() or "id")[:2]


def translated(message: str, params: Mapping[str, Any] | None = None) -> str:
    """A sentence that the engine or a form marked for translation, filled in; so are the sentences inside it."""
    inside = {
        name: translated(value.message, value.params) if isinstance(value, Said) else value
        for name, value in (params or {}).items()
    }
    return gettext(message, **inside)


# -- dates and times ---------------------------------------------------------------------------------------------------


def zone() -> ZoneInfo:
    """The office's time zone."""
    if "zone" not in g:
        with context.reading() as uow:
            g.zone = ZoneInfo(str(office.zone(uow)))
    found: ZoneInfo = g.zone
    return found


def local(at: datetime) -> datetime:
    """An instant on the office's wall clock; naive values are taken as UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone())


def _date_of(value: Day | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return local(value).date() if isinstance(value, datetime) else value


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def day(value: Day | str | None) -> str:
    """22 November 2026"""
    return babel_date(_date_of(value), "d MMMM yyyy", locale=code()) if value else ""


def weekday(value: Day | str) -> str:
    """Senin"""
    return babel_date(_date_of(value), "EEEE", locale=code())


def long_day(value: Day | str) -> str:
    """Senin, 22 November 2026"""
    return f"{weekday(value)}, {day(value)}"


def short_day(value: Day | str | None, *, with_year: bool | None = None) -> str:
    """Jum 13 Mar; with the year when it is not this one."""
    if not value:
        return ""
    found = _date_of(value)
    year = found.year != local(context.now()).year if with_year is None else with_year
    return babel_date(found, "EEE d MMM yyyy" if year else "EEE d MMM", locale=code())


def hour(value: datetime | time | str) -> str:
    """07.30; in English 07:30."""
    found = _instant(value) if isinstance(value, str) else value
    if isinstance(found, datetime):
        found = local(found).time()
    return found.strftime("%H:%M" if code() == "en" else "%H.%M")


def clock(value: datetime | str | None) -> str:
    """07.30 WIB"""
    return f"{hour(value)} {local(_instant(value)).tzname()}" if value else ""


def moment(value: datetime | str | None) -> str:
    """22 November 2026 07.30 WIB"""
    return f"{day(value)} {clock(value)}" if value else ""


def short_moment(value: datetime | str | None) -> str:
    """Jum 13 Mar 10.05"""
    return f"{short_day(value)} {hour(value)}" if value else ""


def iso(value: Day | None) -> str:
    """For the datetime attribute of a time element."""
    return value.isoformat() if value else ""


def due_words(at: datetime | None, late: Lateness | None = None) -> str:
    """When something is due, the way one says it: "Hari ini 10.05", "Besok 10.05", "Terlambat 2 hari kerja"."""
    if at is None:
        return ""
    if at < context.now():
        return lateness_words(late) if late is not None else _("Late since %(moment)s", moment=short_moment(at))
    days = (_date_of(at) - _date_of(context.now())).days
    if days == 0:
        return _("Today %(time)s", time=hour(at))
    if days == 1:
        return _("Tomorrow %(time)s", time=hour(at))
    if days < 7:
        return f"{weekday(at)} {hour(at)}"
    return short_moment(at)


def due_inside(at: datetime) -> str:
    """The same in the middle of a sentence, where only a weekday keeps its capital."""
    words = due_words(at)
    near = (_date_of(at) - _date_of(context.now())).days in (0, 1)
    return words[:1].lower() + words[1:] if near else words


def lateness_words(late: Lateness | None, over: bool = False) -> str:
    """How late, in working days, or was when it is `over`; lateness of minutes is the same day, not to shame people."""
    if late is None:
        return ""
    if late.days < 1:
        return _("Late by less than a day") if over else _("Late, due today")
    return ngettext("Late by %(num)s working day", "Late by %(num)s working days", late.days)


# -- durations ---------------------------------------------------------------------------------------------------------


def _joined(days: int, hours: int, minutes: int, *, working: bool) -> str:
    parts = []
    if days:
        parts.append(
            ngettext("%(num)s working day", "%(num)s working days", days)
            if working
            else ngettext("%(num)s day", "%(num)s days", days)
        )
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if minutes or not parts:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return " ".join(parts)


def duration_words(text: str | None, *, working: bool = True) -> str:
    """A standard time such as P4D or PT15M in words: 4 hari kerja, 15 menit."""
    if not text:
        return ""
    found = parse_duration(text)
    minutes = round(float(found.minutes))
    return _joined(found.days, minutes // 60, minutes % 60, working=working)


def span_words(seconds: float | timedelta | None) -> str:
    """An amount of office time: 3 jam 20 menit. Office days differ in length, so hours are not turned into days."""
    if seconds is None:
        return ""
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    minutes = round(total / 60)
    if 0 < total < 60:
        return _("less than a minute")
    return _joined(0, minutes // 60, minutes % 60, working=True)


# -- numbers -----------------------------------------------------------------------------------------------------------


def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """1.234,56; as many decimals as there are, or exactly `decimals`."""
    if value is None:
        return ""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0" if decimals == 0 else "#,##0.########"
    return format_decimal(value, format=pattern, locale=code())


def money(value: float | Decimal | None) -> str:
    """Rp1.234.567"""
    if value is None:
        return ""
    whole = value == int(value)
    return ("-" if value < 0 else "") + "Rp" + number(abs(value), 0 if whole else 2)


def percent(value: float | Decimal | None) -> str:
    """97,5 %"""
    return "" if value is None else number(round(value, 2)) + "\N{NO-BREAK SPACE}%"


def file_size(size: int) -> str:
    """812 KB; 1,4 MB"""
    if size < 1000:
        return f"{size}\N{NO-BREAK SPACE}B"
    if size < 1_000_000:
        return f"{round(size / 1000)}\N{NO-BREAK SPACE}KB"
    return number(round(size / 1_000_000, 1)) + "\N{NO-BREAK SPACE}MB"


def nip(value: str | None) -> str:
    """An 18-digit NIP as it is printed, 8-6-1-3; anything else unchanged."""
    if not value or len(value) != 18:
        return value or ""
    return " ".join((value[:8], value[8:14], value[14:15], value[15:]))
