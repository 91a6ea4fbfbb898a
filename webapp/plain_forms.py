"""Reading the app's own small forms: trimmed text, dates, numbers, choices; problems by field name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from math import isfinite

from flask import request
from flask_babel import gettext as _

from engine.errors import InvalidInput
from webapp.i18n import translated


@dataclass(slots=True)
class PlainForm:
    """What was posted, with the problems found so far. Reading never raises; ask `ok` before acting."""

    problems: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems

    def text(self, name: str, *, required: str = "") -> str:
        """The trimmed text; `required` is what to say when there is none."""
        value = request.form.get(name, "").strip()
        if required and not value:
            self.problems.setdefault(name, required)
        return value

    def checked(self, name: str) -> bool:
        return name in request.form

    def day(self, name: str, *, required: str = "") -> date | None:
        """A date as date inputs send it, 2026-11-22; also 22-11-2026 and 22/11/2026, as people type it."""
        value = self.text(name, required=required)
        if not value:
            return None
        parts = value.replace("/", "-").replace(".", "-").split("-")
        if len(parts) == 3 and len(parts[2]) == 4:
            parts.reverse()
        try:
            found = date(*(int(part) for part in parts))
            # Far from any office's calendar is a slip, and beyond what can be counted from.
            if not 1900 <= found.year <= 2999:
                raise ValueError
            return found
        except (ValueError, TypeError, OverflowError):
            self.problems.setdefault(name, _("Enter a date such as 22-11-2026."))
            return None

    def hour(self, name: str) -> time | None:
        """A time of day, 07.30 or 07:30; None when empty."""
        value = self.text(name).replace(".", ":")
        if not value:
            return None
        try:
            hours, _colon, minutes = value.partition(":")
            return time(int(hours), int(minutes or 0))
        except ValueError:
            self.problems.setdefault(name, _("Enter a time such as 07.30."))
            return None

    def number(self, name: str, *, required: str = "") -> float | None:
        """A number with a decimal comma or point."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            found = float(value.replace(",", "."))
            if not isfinite(found):
                raise ValueError
            return found
        except ValueError:
            self.problems.setdefault(name, _("Enter a number."))
            return None

    def id(self, name: str, *, required: str = "") -> int | None:
        """The id that a select sent."""
        value = self.text(name, required=required)
        known = value.isdecimal() and len(value) < 10
        if value and not known:
            self.problems.setdefault(name, _("Choose one of the list."))
        return int(value) if known else None

    def choice(self, name: str, among: Sequence[str], *, required: str = "") -> str:
        value = self.text(name, required=required)
        if value and value not in among:
            self.problems.setdefault(name, _("Choose one of the list."))
        return value

    @contextmanager
    def refusals(self, **names: str) -> Iterator[None]:
        """Turn a verb's InvalidInput into a problem at its field; `names` maps the verb's names to the form's."""
        try:
            yield
        except InvalidInput as error:
            self.problems[names.get(error.field, error.field)] = translated(error.message, error.params)
