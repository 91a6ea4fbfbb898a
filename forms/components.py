"""One component of a form-js definition becomes a Field; whatever we would not honour is refused, not ignored."""

from __future__ import annotations

import json
import keyword
import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from forms import conditions, patterns
from forms.errors import N_, FormError
from forms.model import Choice, Column, Field, Source

SILENT = frozenset({"text", "separator", "spacer", "group", "table"})  #: hold no value of their own
CHOOSING = frozenset({"radio", "select", "checklist", "taglist"})
SEVERAL = frozenset({"checklist", "taglist", "filepicker", "dynamiclist"})  #: their value is a list
MAX_CHOICES = 500
MAX_ROWS = 1000

_EVERYWHERE = {"type", "id", "label", "layout", "conditional", "properties"}
_HARMLESS = {"showOutline", "verticalAlignment"}
_INPUT = _EVERYWHERE | {"key", "description", "validate", "defaultValue", "readonly", "appearance", "disabled"}
_KEYS: dict[str, set[str]] = {
    "textfield": _INPUT,
    "textarea": _INPUT,
    "number": _INPUT | {"decimalDigits", "increment", "serializeToString"},
    "datetime": _INPUT
    | {"subtype", "dateLabel", "timeLabel", "timeInterval", "timeSerializingFormat", "use24h", "disallowPassedDates"},
    "checkbox": _INPUT,
    "radio": _INPUT | {"values", "valuesKey"},
    "select": _INPUT | {"values", "valuesKey", "searchable"},
    "checklist": _INPUT | {"values", "valuesKey"},
    "taglist": _INPUT | {"values", "valuesKey"},
    "filepicker": _INPUT | {"accept", "multiple"},
    "text": _EVERYWHERE | {"text"},
    "separator": _EVERYWHERE,
    "spacer": _EVERYWHERE | {"height"},
    "group": _EVERYWHERE | _HARMLESS | {"components", "description", "path"},
    "table": _EVERYWHERE | {"columns", "dataSource", "rowCount", "description"},
    "dynamiclist": _EVERYWHERE
    | _HARMLESS
    | {"components", "description", "path", "isRepeating", "allowAddRemove", "defaultRepetitions"}
    | {"disableCollapse", "nonCollapsedItems"},
}
_VALIDATE = {
    "textfield": {"required", "minLength", "maxLength", "pattern", "validationType", "patternErrorMessage"},
    "textarea": {"required", "minLength", "maxLength"},
    "number": {"required", "min", "max"},
}
_TRANSLATED = {"labelEn", "descriptionEn", "textEn"}
_PROPERTIES = {
    "textfield": {"compute", "source", "textOrNumber", "internal"},
    "number": {"compute", "source", "format", "internal"},
    "taglist": {"compute", "source", "internal"},
    "checkbox": {"compute", "source", "internal"},
    "dynamiclist": {"source", "fixedRows", "rowLabel", "rowsFrom", "minRows", "maxRows", "uniqueRows"},
    "table": {"source"},
    **{kind: {"compute", "source"} for kind in ("textarea", "datetime", "radio", "select", "checklist")},
    "filepicker": {"source"},
}
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def read(spec: Any, where: str, *, number: str, children: Callable[[Any, str], tuple[Field, ...]], row: bool) -> Field:
    """Read one component. `where` names it in errors until its key is known; `row` says it stands in a dynamic list.

    `children` reads the components of a group or list. Raises FormError.
    """
    if not isinstance(spec, dict):
        raise FormError(where, N_("A component must be an object."))
    kind = spec.get("type")
    named = (spec.get("key"), spec.get("path") if kind == "dynamiclist" else None, spec.get("id"))
    where = next((name for name in named if isinstance(name, str) and 0 < len(name) <= 100), where)
    if not isinstance(kind, str) or kind not in _KEYS:
        raise FormError(where, N_("Fields of the type “%(type)s” are not supported."), {"type": str(kind)[:60]})
    _only(spec, _KEYS[kind], where)
    properties = _object(spec, "properties", where)
    _only(
        {name: value for name, value in properties.items() if not name.startswith("x-")},
        _PROPERTIES.get(kind, set()) | _TRANSLATED,
        where,
    )
    found: dict[str, Any] = {
        "id": _text(spec, "id", where, limit=100) or number,
        "type": kind,
        "label": _text(spec, "label", where, limit=500, plain=True),
        "description": _text(spec, "description", where, plain=True),
        "label_en": _text(properties, "labelEn", where, limit=500),
        "description_en": _text(properties, "descriptionEn", where),
        "text_en": _text(properties, "textEn", where, limit=10_000),
        "width": _width(spec, where),
        "hide": _hide(spec, where),
        "compute": _expression(properties, "compute", where),
        "source": source(properties.get("source"), where),
        "internal": _flag(properties, "internal", where),
    }
    if kind not in SILENT:
        found["key"] = _key(spec, "path" if kind == "dynamiclist" else "key", where, row=row)
        where = found["key"]
    if kind in _INPUT_TYPES:
        found |= _input(spec, kind, where)
    found |= _OWN.get(kind, _nothing)(spec, properties, where)
    if found["source"] is not None and kind in _INPUT_TYPES:
        found["readonly"] = True
    if kind in ("group", "dynamiclist"):
        found["fields"] = children(spec.get("components", []), where)
    field = Field(**found)
    _agrees(field, row, where)
    return field


_INPUT_TYPES = frozenset(kind for kind, keys in _KEYS.items() if "validate" in keys)


def source(given: Any, where: str) -> Source | None:
    """Read a source: {"activity", "field", "match", "column"}, the same as JSON text, or "activity.field"."""
    if given is None:
        return None
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise FormError(where, N_("The source is not valid JSON.")) from None
    if isinstance(given, str):
        activity, _, name = given.partition(".")
        given = {"activity": activity, **({"field": name} if name else {})}
    if not isinstance(given, dict) or not isinstance(given.get("activity"), str) or not given["activity"]:
        raise FormError(where, N_("A source names an activity."))
    _only(given, {"activity", "field", "match", "column"}, where)
    parts = {name: _text(given, name, where, limit=200) or None for name in ("activity", "field", "match", "column")}
    if (parts["match"] is None) != (parts["column"] is None) or (parts["match"] and not parts["field"]):
        raise FormError(where, N_("A source that picks one cell needs “field”, “match” and “column”."))
    return Source(parts["activity"] or "", parts["field"], parts["match"], parts["column"])


def _input(spec: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
    """What all fields that a person fills in have in common."""
    validate = _object(spec, "validate", where)
    _only(validate, _VALIDATE.get(kind, {"required"}), where)
    if _flag(spec, "disabled", where):
        raise FormError(where, N_("“%(name)s” is not supported; use “readonly”."), {"name": "disabled"})
    appearance = _object(spec, "appearance", where)
    _only(appearance, {"prefixAdorner", "suffixAdorner"}, where)
    found: dict[str, Any] = {
        "required": _flag(validate, "required", where),
        "readonly": _flag(spec, "readonly", where),
        "prefix": _text(appearance, "prefixAdorner", where, limit=40, plain=True),
        "suffix": _text(appearance, "suffixAdorner", where, limit=40, plain=True),
    }
    default = spec.get("defaultValue")
    if isinstance(default, str) and default.startswith("="):
        found["default_expression"] = _expression(spec, "defaultValue", where)
    elif default not in (None, "", []):
        found["default"] = _default(default, kind, where)
    return found


def _text_field(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    validate = _object(spec, "validate", where)
    least, most = (_whole(validate, name, where, most=100_000) for name in ("minLength", "maxLength"))
    _range(least, most, where)
    pattern = _text(validate, "pattern", where, limit=10_000) or None
    validation = _text(validate, "validationType", where, limit=40) or None
    if pattern:
        reason = patterns.flaw(pattern)
        if reason:
            raise FormError(where, reason)
        if max(least or 0, most or 0) > patterns.MAX_TEXT:
            raise FormError(
                where, N_("A text with a pattern may have at most %(max)s characters."), {"max": patterns.MAX_TEXT}
            )
    if validation not in (None, "custom", "email", "phone", "url"):
        raise FormError(where, N_("“%(value)s” is not a known kind of text."), {"value": validation})
    return {
        "min_length": least,
        "max_length": most,
        "pattern": pattern,
        "pattern_message": _text(validate, "patternErrorMessage", where) or None,
        "validation": None if validation == "custom" else validation,
        "text_or_number": _flag(properties, "textOrNumber", where),
    }


def _number(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    validate = _object(spec, "validate", where)
    least, most = (_real(validate, name, where) for name in ("min", "max"))
    _range(least, most, where)
    if _flag(spec, "serializeToString", where):
        raise FormError(where, N_("“%(name)s” is not supported."), {"name": "serializeToString"})
    kind = _text(properties, "format", where, limit=40) or None
    if kind not in (None, "money", "percent", "plain"):
        raise FormError(where, N_("“%(value)s” is not a known number format."), {"value": kind})
    return {"min": least, "max": most, "decimals": _whole(spec, "decimalDigits", where, most=10), "subtype": kind}


def _datetime(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    subtype = spec.get("subtype", "date")
    if subtype not in ("date", "time", "datetime"):
        raise FormError(where, N_("A date field is a date, a time or both."))
    if spec.get("timeSerializingFormat", "no_timezone") != "no_timezone" and subtype != "date":
        raise FormError(where, N_("Times are kept as office time: set “%(name)s”."), {"name": "no_timezone"})
    if _flag(spec, "disallowPassedDates", where):
        raise FormError(where, N_("“%(name)s” is not supported."), {"name": "disallowPassedDates"})
    return {"subtype": subtype}


def _choosing(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    listed, name = spec.get("values"), _text(spec, "valuesKey", where, limit=100) or None
    if (listed is None) == (name is None):
        raise FormError(where, N_("Choices come either from “values” or from “valuesKey”."))
    found = choices(listed, where) if listed is not None else ()
    if name is None and not found:
        raise FormError(where, N_("There is nothing to choose from."))
    default = spec.get("defaultValue")
    if name is None and default and not (isinstance(default, str) and default.startswith("=")):
        known = {choice.value for choice in found}
        if not all(isinstance(one, str) and one in known for one in (default if type(default) is list else [default])):
            raise FormError(where, N_("The default value is not among the choices."))
    return {"choices": found, "choices_from": name}


def choices(listed: Any, where: str) -> tuple[Choice, ...]:
    """Read form-js `values`: [{"value", "label", "labelEn"}]."""
    if not isinstance(listed, list) or len(listed) > MAX_CHOICES:
        raise FormError(where, N_("Choices must be a list of at most %(max)s."), {"max": MAX_CHOICES})
    found: dict[str, Choice] = {}
    for one in listed:
        one = {"value": one, "label": one} if isinstance(one, str) else one
        if not isinstance(one, dict):
            raise FormError(where, N_("A choice has a value and a label."))
        _only(one, {"value", "label", "labelEn"}, where)
        value = _text(one, "value", where, limit=200)
        if not value or value in found:
            raise FormError(where, N_("Each choice needs a value of its own."))
        found[value] = Choice(
            value, _text(one, "label", where, limit=500) or value, _text(one, "labelEn", where, limit=500)
        )
    return tuple(found.values())


def _files(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    accept = _text(spec, "accept", where, limit=500)
    suffixes = tuple(part.strip().lower() for part in accept.split(",") if part.strip())
    for suffix in suffixes:
        if not re.fullmatch(r"\.[a-z0-9]{1,10}", suffix):
            raise FormError(where, N_("“%(value)s” is not a file ending like “.pdf”."), {"value": suffix})
    return {"accept": suffixes, "multiple": _flag(spec, "multiple", where)}


def _body(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    text = _text(spec, "text", where, limit=10_000, plain=True)
    if "{{" in text:
        raise FormError(where, N_("Text can't have placeholders."))
    return {"text": text}


def _group(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    if spec.get("path"):
        raise FormError(where, N_("A group can't have a path: answers are not nested."))
    return {}


def _table(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    rows = spec.get("dataSource")
    if (rows is None) == (properties.get("source") is None):
        raise FormError(where, N_("A table takes its rows either from “source” or from “dataSource”."))
    listed = spec.get("columns")
    if not isinstance(listed, list) or not 0 < len(listed) <= 60:
        raise FormError(where, N_("A table needs 1 to %(max)s columns."), {"max": 60})
    columns = tuple(_column(one, where) for one in listed)
    if len({column.key for column in columns}) < len(columns):
        raise FormError(where, N_("Two columns have the same key."))
    return {"columns": columns, "compute": _expression(spec, "dataSource", where) if rows is not None else None}


def _column(spec: Any, where: str) -> Column:
    if not isinstance(spec, dict):
        raise FormError(where, N_("A column has a key and a label."))
    _only(spec, {"key", "label", "labelEn", "type", "compute", "values", "valuesKey"}, where)
    key = _key(spec, "key", where, row=True)
    kind = spec.get("type", "text")
    if kind not in ("text", "number", "percent", "money", "date", "datetime", "status", "files"):
        raise FormError(where, N_("“%(value)s” is not a known kind of column."), {"value": str(kind)[:60]})
    return Column(
        key=key,
        label=_text(spec, "label", where, limit=500, plain=True) or key,
        compute=_expression(spec, "compute", where),
        type=kind,
        label_en=_text(spec, "labelEn", where, limit=500),
        choices=choices(spec.get("values", []), where),
        choices_from=_text(spec, "valuesKey", where, limit=100) or None,
    )


def _list(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    if not _flag(spec, "isRepeating", where, otherwise=True):
        raise FormError(where, N_("A dynamic list must repeat; use a group."))
    least, most = (_whole(properties, name, where, most=MAX_ROWS) for name in ("minRows", "maxRows"))
    _range(least, most, where)
    default = _whole(spec, "defaultRepetitions", where, most=100)
    fixed = _flag(properties, "fixedRows", where) or not _flag(spec, "allowAddRemove", where, otherwise=True)
    fixed = fixed or properties.get("source") is not None
    rows_from = _text(properties, "rowsFrom", where, limit=100) or None
    if rows_from and properties.get("source"):
        raise FormError(where, N_("The rows come either from “source” or from “rowsFrom”."))
    if fixed and not rows_from and not properties.get("source"):
        raise FormError(where, N_("Rows that can't be added need a “source” or “rowsFrom”."))
    return {
        "min_rows": least,
        "max_rows": most,
        "required": bool(least),
        "default_rows": default or 0,
        "fixed_rows": fixed,
        "choices_from": rows_from,
        "row_label": _text(properties, "rowLabel", where, limit=100) or None,
        "unique_rows": _flag(properties, "uniqueRows", where),
    }


def _nothing(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    return {}


_OWN: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any], str], dict[str, Any]]] = {
    "textfield": _text_field,
    "textarea": _text_field,
    "number": _number,
    "datetime": _datetime,
    **dict.fromkeys(CHOOSING, _choosing),
    "filepicker": _files,
    "text": _body,
    "group": _group,
    "table": _table,
    "dynamiclist": _list,
}


def _agrees(field: Field, row: bool, where: str) -> None:
    """Check what must fit together within one field."""
    if row and (field.type in ("dynamiclist", "table") or field.source is not None):
        raise FormError(where, N_("A list, a table or a source can't stand inside a dynamic list."))
    if row and field.default_expression:
        raise FormError(where, N_("A default inside a dynamic list can't be an expression."))
    if field.compute and field.source:
        raise FormError(where, N_("A value is either computed or taken from a source."))
    if field.internal and not (field.compute or field.readonly):
        raise FormError(where, N_("Only a computed or read-only field can be internal."))
    if field.type == "dynamiclist":
        keys = {leaf.field.key: leaf.field for leaf in conditions.leaves(field.fields)}
        if not keys:
            raise FormError(where, N_("A dynamic list needs at least one field."))
        if field.row_label is not None and field.row_label not in keys:
            raise FormError(where, N_("“%(name)s” is not a field of this list."), {"name": field.row_label})
        if field.row_label is None and (field.choices_from or field.unique_rows):
            raise FormError(where, N_("Say with “rowLabel” which field names the row."))


def _only(given: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise FormError(where, N_("“%(name)s” is not supported here."), {"name": name[:60]})


def _key(spec: Mapping[str, Any], name: str, where: str, *, row: bool) -> str:
    key = spec.get(name)
    if not isinstance(key, str) or not _KEY.fullmatch(key) or "__" in key or keyword.iskeyword(key):
        raise FormError(where, N_("A key is a word of letters, digits and single underscores."))
    if key == "typename" or (not row and key in ("item", "item_label")):
        raise FormError(where, N_("The key “%(name)s” is reserved."), {"name": key})
    return key


def _object(spec: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    value = spec.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FormError(where, N_("“%(name)s” must be an object."), {"name": name})
    return value


def _text(spec: Mapping[str, Any], name: str, where: str, *, limit: int = 2000, plain: bool = False) -> str:
    value = spec.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > limit:
        raise FormError(
            where, N_("“%(name)s” must be a text of at most %(max)s characters."), {"name": name, "max": limit}
        )
    if plain and value.lstrip().startswith("="):
        raise FormError(where, N_("“%(name)s” can't be an expression."), {"name": name})
    return value


def _flag(spec: Mapping[str, Any], name: str, where: str, *, otherwise: bool = False) -> bool:
    value = spec.get(name, otherwise)
    if value in ("true", "false"):
        return bool(value == "true")
    if not isinstance(value, bool):
        raise FormError(where, N_("“%(name)s” must be true or false."), {"name": name})
    return value


def _real(spec: Mapping[str, Any], name: str, where: str) -> float | None:
    value = spec.get(name)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
    except (ValueError, OverflowError):
        raise FormError(where, N_("“%(name)s” must be a number."), {"name": name}) from None
    return number


def _whole(spec: Mapping[str, Any], name: str, where: str, *, most: int) -> int | None:
    number = _real(spec, name, where)
    if number is None:
        return None
    if number != int(number) or not 0 <= number <= most:
        raise FormError(where, N_("“%(name)s” must be a whole number from 0 to %(max)s."), {"name": name, "max": most})
    return int(number)


def _range(least: float | None, most: float | None, where: str) -> None:
    if least is not None and most is not None and least > most:
        raise FormError(where, N_("The lowest allowed is above the highest."))


def _width(spec: Mapping[str, Any], where: str) -> int:
    layout = _object(spec, "layout", where)
    _only(layout, {"row", "columns"}, where)
    width = _whole(layout, "columns", where, most=16)
    return 16 if width is None else max(width, 1)


def _hide(spec: Mapping[str, Any], where: str) -> str | None:
    conditional = _object(spec, "conditional", where)
    _only(conditional, {"hide"}, where)
    return _expression(conditional, "hide", where)


def _expression(spec: Mapping[str, Any], name: str, where: str) -> str | None:
    """An expression without its leading "="."""
    text = _text(spec, name, where, limit=conditions.MAX_EXPRESSION).strip().removeprefix("=").strip()
    if not text:
        return None
    try:
        conditions.names(text)
    except ValueError:
        raise FormError(where, N_("“%(name)s” is not an expression that can be read."), {"name": name}) from None
    return text


def _default(value: Any, kind: str, where: str) -> Any:
    if kind == "number":
        fits = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 1e15
    elif kind == "checkbox":
        fits = isinstance(value, bool)
    elif kind in ("checklist", "taglist"):
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    else:
        fits = kind != "filepicker" and isinstance(value, str) and len(value) <= 10_000
    if not fits:
        raise FormError(where, N_("The default value doesn't fit the field."))
    return value
