"""What is set about a component: its JSON as a flat list of settings in the words of model.Field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from forms import setting_names, tree


def settings(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a component as they are: texts "" and flags False where nothing is said, others None.

    Expressions stand without "=", but a default that is one with it; `choices` is [{value, label, label_en}], `columns`
    [{key, label, label_en, type, compute, note, note_en, choices, choices_from}], `source` {activity, field, match,
    column, earlier}, `accept` a list of file endings. What a hand-written file holds in other shapes is given as it is.
    """
    kind = tree.text_in(spec, "type")
    return {name: _SEEN.get(name, _plain)(spec, name) for name in setting_names.SETTINGS.get(kind, ())}


def _plain(spec: Mapping[str, Any], name: str) -> Any:
    value = setting_names.held(spec, name)
    if name in setting_names.FLAGS:
        return value in (True, "true")
    if name in setting_names.NUMBERS or name == "default":
        return value
    return "" if value is None else value


def _expression(spec: Mapping[str, Any], name: str) -> Any:
    value = setting_names.held(spec, name)
    return value.strip().removeprefix("=").strip() if isinstance(value, str) else "" if value is None else value


def _choices(spec: Mapping[str, Any], name: str) -> list[Any]:
    return _listed_choices(setting_names.held(spec, name))


def _listed_choices(listed: Any) -> list[Any]:
    found = []
    for one in listed if isinstance(listed, list) else []:
        one = {"value": one, "label": one} if isinstance(one, str) else one
        if isinstance(one, dict):
            found.append(
                {"value": one.get("value", ""), "label": one.get("label", ""), "label_en": one.get("labelEn", "")}
            )
    return found


def _columns(spec: Mapping[str, Any], name: str) -> list[Any]:
    listed = setting_names.held(spec, name)
    found = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            column = {name: one.get(setting_names.COLUMN.get(name, name), "") for name in setting_names.COLUMN_NAMES}
            column["type"] = column["type"] or "text"
            column["choices"] = _listed_choices(column["choices"])
            for worked in ("compute", "note", "note_en"):
                if isinstance(column[worked], str):
                    column[worked] = column[worked].strip().removeprefix("=").strip()
            found.append(column)
    return found


def _source(spec: Mapping[str, Any], name: str) -> Any:
    """As an object, whichever way it is written; None where there is none."""
    given = setting_names.held(spec, name)
    if isinstance(given, str) and not given.lstrip().startswith("{"):
        activity, _, field = given.partition(".")
        return {"activity": activity, **({"field": field} if field else {})}
    return given


def _suffixes(spec: Mapping[str, Any], name: str) -> Any:
    value = setting_names.held(spec, name)
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else []


def _fixed(spec: Mapping[str, Any], name: str) -> bool:
    return (
        _plain(spec, name)
        or spec.get("allowAddRemove") in (False, "false")
        or setting_names.held(spec, "source") is not None
    )


def _readonly(spec: Mapping[str, Any], name: str) -> bool:
    return bool(_plain(spec, name)) or setting_names.held(spec, "source") is not None


def _width(spec: Mapping[str, Any], name: str) -> Any:
    value = setting_names.held(spec, name)
    return 16 if value is None else value


def _subtype(spec: Mapping[str, Any], name: str) -> Any:
    return setting_names.held(spec, name) or "date"


_SEEN: dict[str, Callable[[Mapping[str, Any], str], Any]] = {
    "hide": _expression,
    "compute": _expression,
    "choices": _choices,
    "columns": _columns,
    "source": _source,
    "accept": _suffixes,
    "fixed_rows": _fixed,
    "readonly": _readonly,
    "width": _width,
    "subtype": _subtype,
}
