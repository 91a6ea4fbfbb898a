"""Which settings each kind of component has, in the words of model.Field, and where each stands in its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = ("label", "label_en", "description", "description_en")
_INPUT = ("key", *_WORDS, "required", "readonly", "default")
_LAST = ("hide", "width")
_WORKED = ("compute", "source")
SETTINGS: dict[str, tuple[str, ...]] = {
    "textfield": (
        *_INPUT,
        *("min_length", "max_length", "validation", "pattern", "pattern_message", "text_or_number"),
        *("prefix", "suffix", *_WORKED, "internal", *_LAST),
    ),
    "textarea": (*_INPUT, "min_length", "max_length", *_WORKED, *_LAST),
    "number": (*_INPUT, "format", "decimals", "min", "max", "prefix", "suffix", *_WORKED, "internal", *_LAST),
    "datetime": (*_INPUT, "subtype", "no_past", *_WORKED, *_LAST),
    "checkbox": (*_INPUT, *_WORKED, "internal", *_LAST),
    "radio": (*_INPUT, "choices", "choices_from", *_WORKED, *_LAST),
    "select": (*_INPUT, "choices", "choices_from", *_WORKED, *_LAST),
    "checklist": (*_INPUT, "choices", "choices_from", *_WORKED, *_LAST),
    "taglist": (*_INPUT, "choices", "choices_from", *_WORKED, "internal", *_LAST),
    "filepicker": ("key", *_WORDS, "required", "readonly", "accept", "multiple", "source", *_LAST),
    "text": ("text", "text_en", *_LAST),
    "separator": ("hide",),
    "spacer": ("hide",),
    "group": (*_WORDS, *_LAST),
    "table": (*_WORDS, "columns", "source", "compute", *_LAST),
    "dynamiclist": (
        *("key", *_WORDS, "row_label", "unique_rows", "min_rows", "max_rows", "default_rows"),
        *("rows_from", "fixed_rows", "source", *_LAST),
    ),
}
_NOT_IN_ROWS = frozenset({"source"})

#: setting -> (where in the JSON: "" the component itself, else the object in it, its name there)
ENTRIES: dict[str, tuple[str, str]] = {
    "key": ("", "key"),
    "label": ("", "label"),
    "label_en": ("properties", "labelEn"),
    "description": ("", "description"),
    "description_en": ("properties", "descriptionEn"),
    "text": ("", "text"),
    "text_en": ("properties", "textEn"),
    "required": ("validate", "required"),
    "readonly": ("", "readonly"),
    "default": ("", "defaultValue"),
    "min_length": ("validate", "minLength"),
    "max_length": ("validate", "maxLength"),
    "min": ("validate", "min"),
    "max": ("validate", "max"),
    "pattern": ("validate", "pattern"),
    "pattern_message": ("validate", "patternErrorMessage"),
    "validation": ("validate", "validationType"),
    "text_or_number": ("properties", "textOrNumber"),
    "format": ("properties", "format"),
    "decimals": ("", "decimalDigits"),
    "prefix": ("appearance", "prefixAdorner"),
    "suffix": ("appearance", "suffixAdorner"),
    "subtype": ("", "subtype"),
    "no_past": ("", "disallowPassedDates"),
    "choices": ("", "values"),
    "choices_from": ("", "valuesKey"),
    "multiple": ("", "multiple"),
    "accept": ("", "accept"),
    "hide": ("conditional", "hide"),
    "compute": ("properties", "compute"),
    "source": ("properties", "source"),
    "internal": ("properties", "internal"),
    "columns": ("", "columns"),
    "row_label": ("properties", "rowLabel"),
    "unique_rows": ("properties", "uniqueRows"),
    "min_rows": ("properties", "minRows"),
    "max_rows": ("properties", "maxRows"),
    "default_rows": ("", "defaultRepetitions"),
    "rows_from": ("properties", "rowsFrom"),
    "fixed_rows": ("properties", "fixedRows"),
    "width": ("layout", "columns"),
}
FLAGS = frozenset(
    {"required", "readonly", "text_or_number", "no_past", "multiple", "internal", "unique_rows", "fixed_rows"}
)
NUMBERS = frozenset(
    {"min_length", "max_length", "min", "max", "decimals", "min_rows", "max_rows", "default_rows", "width"}
)
EXPRESSIONS = frozenset({"hide", "compute"})
COLUMN = {"label_en": "labelEn", "choices": "values", "choices_from": "valuesKey", "note_en": "noteEn"}
COLUMN_NAMES = ("key", "label", "label_en", "type", "compute", "note", "note_en", "choices", "choices_from")


def settings_of(kind: str, *, row: bool = False) -> tuple[str, ...]:
    """The settings a kind of component has, in the order a person would want them; `row`: in a dynamic list."""
    return tuple(name for name in SETTINGS.get(kind, ()) if not (row and name in _NOT_IN_ROWS))


def name_of(kind: str, written: str | None) -> str | None:
    """The setting that an entry of the JSON is, for telling where a problem lies; None where it is none."""
    own = {"path": "key", "dataSource": "compute", "allowAddRemove": "fixed_rows"}
    named = {entry: name for name, (_, entry) in ENTRIES.items() if name != "columns"}
    known = SETTINGS.get(kind, ())
    found = written if written in known else own.get(written or "") or named.get(written or "")
    return found if found in known else None


def standing(spec: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Where a setting stands in the JSON of a component: "" or the object in it, and its name there."""
    if name == "key" and spec.get("type") == "dynamiclist":
        return "", "path"
    if name == "compute" and spec.get("type") == "table":
        return "", "dataSource"
    return ENTRIES[name]


def held(spec: Mapping[str, Any], name: str) -> Any:
    """What stands there; None for nothing."""
    where, entry = standing(spec, name)
    inside = spec.get(where) if where else spec
    return inside.get(entry) if isinstance(inside, Mapping) else None
