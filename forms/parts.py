"""Parts that several kinds of component share: where values come from, what can be chosen, columns."""

from __future__ import annotations

import json
from typing import Any

from forms import entries, series
from forms.errors import N_, FormError
from forms.model import Choice, Column, Source

MAX_CHOICES = 500


def source(given: Any, where: str) -> Source | None:
    """Read a source: {"activity", "field", "match", "column", "earlier"}, that as JSON text, or "activity.field"."""
    if given is None:
        return None
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise FormError(where, N_("The source is not valid JSON."), setting="source") from None
    if isinstance(given, str):
        activity, _, name = given.partition(".")
        given = {"activity": activity, **({"field": name} if name else {})}
    if not isinstance(given, dict) or not isinstance(given.get("activity"), str) or not given["activity"]:
        raise FormError(where, N_("A source names an activity."), setting="source")
    entries.only(given, {"activity", "field", "match", "column", "earlier"}, where)
    parts = {
        name: entries.text(given, name, where, limit=200) or None for name in ("activity", "field", "match", "column")
    }
    if (parts["match"] is None) != (parts["column"] is None) or (parts["match"] and not parts["field"]):
        raise FormError(
            where, N_("A source that picks one cell needs “field”, “match” and “column”."), setting="source"
        )
    earlier = series.texts(given.get("earlier", []), "earlier", where, most=series.MAX_NAMES)
    return Source(parts["activity"] or "", parts["field"], parts["match"], parts["column"], earlier)


def choices(listed: Any, where: str) -> tuple[Choice, ...]:
    """Read form-js `values`: [{"value", "label", "labelEn"}]."""
    if not isinstance(listed, list) or len(listed) > MAX_CHOICES:
        raise FormError(where, N_("Choices must be a list of at most %(max)s."), {"max": MAX_CHOICES}, setting="values")
    found: dict[str, Choice] = {}
    for one in listed:
        one = {"value": one, "label": one} if isinstance(one, str) else one
        if not isinstance(one, dict):
            raise FormError(where, N_("A choice has a value and a label."), setting="values")
        entries.only(one, {"value", "label", "labelEn"}, where)
        value = entries.text(one, "value", where, limit=200)
        if not value or value in found:
            raise FormError(where, N_("Each choice needs a value of its own."), setting="values")
        found[value] = Choice(
            value, entries.text(one, "label", where, limit=500) or value, entries.text(one, "labelEn", where, limit=500)
        )
    return tuple(found.values())


def column(spec: Any, where: str) -> Column:
    if not isinstance(spec, dict):
        raise FormError(where, N_("A column has a key and a label."))
    entries.only(spec, {"key", "label", "labelEn", "type", "compute", "values", "valuesKey", "note", "noteEn"}, where)
    key = entries.key(spec, "key", where, row=True)
    kind = spec.get("type", "text")
    if kind not in ("text", "number", "percent", "money", "date", "datetime", "status", "files"):
        raise FormError(where, N_("“%(value)s” is not a known kind of column."), {"value": str(kind)[:60]})
    return Column(
        key=key,
        label=entries.text(spec, "label", where, limit=500, plain=True) or key,
        compute=entries.expression(spec, "compute", where),
        type=kind,
        label_en=entries.text(spec, "labelEn", where, limit=500),
        choices=choices(spec.get("values", []), where),
        choices_from=entries.text(spec, "valuesKey", where, limit=100) or None,
        note=entries.expression(spec, "note", where),
        note_en=entries.expression(spec, "noteEn", where),
    )
