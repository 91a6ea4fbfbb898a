"""What is wrong with the expressions of a field, said while they are written. A name that isn't there stops nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time

from flask_babel import gettext as _

from engine.drafting import form_preview
from engine.drafting.form_preview import Preview
from engine.errors import ExpressionError
from engine.expressions import check, names_in
from webapp.design.form_settings import Shown
from webapp.i18n import translated

#: how a day, a time of day and both are written as a default
MOMENTS = {"date": "2026-03-31", "time": "08:30", "datetime": "2026-03-31T08:30"}


def remarks(
    shown: Shown, names: Collection[str], functions: Collection[str], sheet: Preview | None, row: str | None
) -> dict[str, str]:
    """By setting, what its expressions lack; `names` are those that mean something, `row` the list around."""
    found: dict[str, str] = {}
    for setting, where, text in expressions(shown):
        told = fault(text, functions) or _strangers(text, names)
        if not told and setting == "compute" and sheet is not None and "columns" not in shown:
            told = _failing(text, sheet, row)
        if told and setting not in found:
            found[setting] = f"{where}: {told}" if where else told
    moment = shown.get("default") if "subtype" in shown else None
    if moment and not moment.startswith("=") and not _is_moment(moment, shown["subtype"]):
        found["default"] = _(
            "Write it as %(example)s, or “=today()”.", example=MOMENTS.get(shown["subtype"], MOMENTS["date"])
        )
    return found


def _is_moment(text: str, subtype: str) -> bool:
    read = {"time": time.fromisoformat, "datetime": datetime.fromisoformat}.get(subtype, date.fromisoformat)
    try:
        read(text)
    except ValueError:
        return False
    return True


def faults(shown: Shown, functions: Collection[str]) -> dict[str, str]:
    """By setting, why its expression is none."""
    return {setting: told for setting, _where, text in expressions(shown) if (told := fault(text, functions))}


def expressions(shown: Shown) -> Iterator[tuple[str, str, str]]:
    """(setting, the column it stands in, expression) of everything that is one."""
    if shown.get("compute"):
        yield "compute", "", shown["compute"]
    hide = shown.get("hide")
    if hide and hide["mode"] == "expression" and hide["expression"]:
        yield "hide", "", hide["expression"]
    default = shown.get("default")
    if isinstance(default, str) and default.startswith("=") and default[1:].strip():
        yield "default", "", default[1:].strip()
    for column in shown.get("columns") or ():
        for part in ("compute", "note", "note_en"):
            text = column[part].strip().removeprefix("=").strip()
            if text:
                yield "columns", column["label"] or column["key"], text


def fault(text: str, functions: Collection[str]) -> str:
    """Why a text is no expression; "" where it is one."""
    try:
        check(text, functions)
    except ExpressionError as error:
        return _("It can't be read: %(reason)s.", reason=translated(error.reason.message, error.reason.params))
    return ""


def _strangers(text: str, names: Collection[str]) -> str:
    strange = sorted(names_in(text) - set(names))
    if not strange:
        return ""
    return _(
        "Nothing is called %(names)s here: see “Names and functions”.", names=", ".join(f"“{one}”" for one in strange)
    )


def _failing(text: str, sheet: Preview, row: str | None) -> str:
    try:
        form_preview.tried(sheet, text, row)
    except ExpressionError as error:
        return _(
            "With made-up answers it gives nothing: %(reason)s.",
            reason=translated(error.reason.message, error.reason.params),
        )
    return ""
