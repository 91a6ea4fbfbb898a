"""What a diagram's expressions say in the words of the office: conditions, lists, performers and times.

Fields are called by their labels, values by their options. What can't be worded stays as the expression it is, and is
called one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.diagram.meanings import FormMeanings, Meaning, Meanings
from engine.errors import N_, ExpressionError
from engine.expressions.conditions import (
    INVERSE,
    Comparison,
    Condition,
    Formula,
    Joined,
    Negation,
    Term,
    Value,
    take_apart,
    term,
)
from forms.model import Choice
from webapp import i18n
from webapp.answers import Reader
from webapp.words import standard

SIGNS = {
    "==": N_("is"),
    "!=": N_("is not"),
    "<": N_("is less than"),
    "<=": N_("is at most"),
    ">": N_("is more than"),
    ">=": N_("is at least"),
    "in": N_("has"),
    "not in": N_("has not"),
    "filled": N_("is filled in"),
    "empty": N_("is empty"),
}
#: of a timer that comes again: R3/PT5M
CYCLE = re.compile(r"R(?P<often>\d{0,4})/(?P<time>P\w+)")


class Phrases:
    """Words the expressions of one process; `choices` are the lists of the office by their names."""

    def __init__(self, meanings: Meanings | FormMeanings, choices: Mapping[str, tuple[Choice, ...]]) -> None:
        self.meanings = meanings
        self.reader = Reader(language=i18n.code(), choices=choices)

    def condition(self, text: str, at: str | None) -> str:
        """A condition at an element, without the "if": “Jumlah hari” lebih dari 12 dan …"""
        try:
            whole = take_apart(text)
        except ExpressionError:
            whole = Formula(text)
        return self._said(whole, at, holds=True, inside="")

    def list(self, text: str, at: str | None) -> str:
        """What a list is a list of, as "for each of …" goes on."""
        found = term(text)
        if found is None or found.count:
            return self._number(text) or _("the result of the expression “%(expression)s”", expression=text)
        meaning = self.meanings.of(found, at)
        named = self._named(found, at)
        return _("the rows of %(field)s", field=named) if meaning and meaning.field.type == "dynamiclist" else named

    def times(self, text: str, at: str | None) -> str:
        """How often, where a list is only a number: "3 times"; "" where it is a list."""
        if text.isdecimal():
            return ngettext("%(num)s time", "%(num)s times", int(text))
        found = term(text)
        meaning = self.meanings.of(found, at) if found else None
        if found and (found.count or (meaning and meaning.field.type == "number")):
            return _("as many times as %(field)s says", field=self._subject(found, at))
        return ""

    def performer(self, text: str, at: str | None) -> str:
        """Whom `${...}` names."""
        found = term(text)
        if found is None or found.count:
            return _("whoever the expression “%(expression)s” gives", expression=text)
        meaning = self.meanings.of(found, at)
        if meaning is not None and meaning.each:
            return _("each one named in %(field)s", field=self._label(meaning))
        return _("whoever is named in %(field)s", field=self._named(found, at))

    def time(self, text: str | None, calendar: str | None, at: str | None) -> str:
        """A standard time or the time of a timer: 4 hari kerja, a day, or the field that says it."""
        written = (text or "").strip()
        cycle, moment = CYCLE.fullmatch(written), self.moment(written)
        if cycle:
            every = _("every %(time)s", time=self.time(cycle["time"], calendar, at))
            often = int(cycle["often"] or 0)
            return f"{every}, {ngettext('%(num)s time', '%(num)s times', often)}" if often else every
        if moment:
            return moment
        if not (written.startswith("${") and written.endswith("}")):
            return standard(text, calendar)
        found = term(written[2:-1])
        if found is None:
            return _("by the expression “%(expression)s”", expression=written[2:-1].strip())
        return _("as given in %(field)s", field=self._named(found, at))

    def when(self, text: str | None, calendar: str | None, at: str | None) -> str:
        """When a timer fires: after so long, every so often, on a day."""
        time = self.time(text, calendar, at)
        if self.moment(text):
            return _("on %(day)s", day=time)
        return _("after %(time)s", time=time) if (text or "").strip().startswith("P") else time

    @staticmethod
    def moment(text: str | None) -> str:
        """A fixed day or moment in words; "" for any other time."""
        try:
            found = datetime.fromisoformat((text or "").strip())
        except ValueError:
            return ""
        if found.tzinfo:
            return i18n.moment(found)
        day = i18n.day(found.date())
        return f"{day} {i18n.hour(found.time())}" if "T" in (text or "") else day

    # -- parts ---------------------------------------------------------------------------------------------------

    def _said(self, part: Condition, at: str | None, *, holds: bool, inside: str) -> str:
        if isinstance(part, Negation):
            return self._said(part.part, at, holds=not holds, inside=inside)
        if isinstance(part, Joined):
            join = part.join if holds else {"and": "or", "or": "and"}[part.join]
            told = [self._said(one, at, holds=holds, inside=join) for one in part.parts]
            text = f" {_('and') if join == 'and' else _('or')} ".join(told)
            return f"({text})" if inside and inside != join else text
        if isinstance(part, Comparison):
            return self._compared(part if holds else Comparison(part.term, INVERSE[part.sign], part.values), at)
        if holds:
            return _("the expression “%(expression)s” holds", expression=part.text)
        return _("the expression “%(expression)s” does not hold", expression=part.text)

    def _compared(self, part: Comparison, at: str | None) -> str:
        what, sign = self._subject(part.term, at), part.sign
        if part.values in ((None,), ("",)) and sign in ("==", "!="):
            sign, part = ("empty" if sign == "==" else "filled"), Comparison(part.term, sign)
            return f"{what} {_(SIGNS[sign])}"
        if sign in ("filled", "empty"):
            meaning = self.meanings.of(part.term, at)
            if meaning is not None and meaning.field.type != "checkbox":
                return f"{what} {_(SIGNS[sign])}"
            return self._equal(what, self._truth(sign == "filled"), same=True)
        values = [self._value(value, part.term, at) for value in part.values]
        if sign in ("among", "not among"):
            listed = ", ".join(values)
            if sign == "among":
                return _("%(what)s is one of %(values)s", what=what, values=listed)
            return _("%(what)s is none of %(values)s", what=what, values=listed)
        if sign in ("==", "!=") and isinstance(part.values[0], str | bool):
            return self._equal(what, values[0], same=sign == "==")
        return f"{what} {_(SIGNS[sign])} {values[0]}"

    @staticmethod
    def _equal(what: str, value: str, *, same: bool) -> str:
        if same:
            return _("%(what)s is %(value)s", what=what, value=value)
        return _("%(what)s is not %(value)s", what=what, value=value)

    def _subject(self, wanted: Term, at: str | None) -> str:
        named = self._named(wanted, at)
        return _("the number of %(field)s", field=named) if wanted.count else named

    def _named(self, wanted: Term, at: str | None) -> str:
        meaning = self.meanings.of(wanted, at)
        if meaning is None:
            return f"“{wanted.name}{f'.{wanted.cell}' if wanted.cell else ''}”"
        if meaning.each:
            return _("the one at hand of %(field)s", field=self._label(meaning))
        return self._label(meaning)

    def _label(self, meaning: Meaning) -> str:
        return f"“{self.reader.of(meaning.field) or meaning.field.key or meaning.field.id}”"

    def _value(self, value: Value, compared: Term, at: str | None) -> str:
        if isinstance(value, Term):
            return self._subject(value, at)
        if isinstance(value, bool):
            return self._truth(value)
        meaning = self.meanings.of(compared, at) if not compared.count else None
        if meaning is not None and value is not None:
            shown = self.reader.show(meaning.field, value).value
            if isinstance(shown, date) and not isinstance(shown, datetime):
                return i18n.day(shown)
            if isinstance(shown, str) and shown:
                return shown if not isinstance(value, str) else f"“{shown}”"
        if isinstance(value, int | float):
            return i18n.number(value)
        return f"“{value}”"

    @staticmethod
    def _truth(value: bool) -> str:
        return _("“Yes”") if value else _("“No”")

    @staticmethod
    def _number(text: str) -> str:
        return i18n.number(int(text)) if text.isdecimal() else ""
