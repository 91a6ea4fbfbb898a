"""One component of a form-js definition becomes a Field; whatever we would not honour is refused, not ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from forms import conditions, entries, parts, patterns, vocabulary
from forms.errors import N_, FormError
from forms.model import Column, Field


def read(spec: Any, where: str, *, number: str, children: Callable[[Any, str], tuple[Field, ...]], row: bool) -> Field:
    """Read one component. `where` names it in errors until its key is known; `row` says it stands in a dynamic list.

    `children` reads the components of a group or list. Raises FormError.
    """
    if not isinstance(spec, dict):
        raise FormError(where, N_("A component must be an object."))
    kind = spec.get("type")
    named = (spec.get("key"), spec.get("path") if kind == "dynamiclist" else None, spec.get("id"))
    where = next((name for name in named if isinstance(name, str) and 0 < len(name) <= 100), where)
    if not isinstance(kind, str) or kind not in vocabulary.KEYS:
        raise FormError(where, N_("Fields of the type “%(type)s” are not supported."), {"type": str(kind)[:60]})
    entries.only(spec, vocabulary.KEYS[kind], where)
    properties = entries.mapping(spec, "properties", where)
    entries.only(
        {name: value for name, value in properties.items() if not name.startswith("x-")},
        vocabulary.PROPERTIES.get(kind, set()) | vocabulary.TRANSLATED,
        where,
    )
    found: dict[str, Any] = {
        "id": entries.text(spec, "id", where, limit=100) or number,
        "type": kind,
        "label": entries.text(spec, "label", where, limit=500, plain=True),
        "description": entries.text(spec, "description", where, plain=True),
        "label_en": entries.text(properties, "labelEn", where, limit=500),
        "description_en": entries.text(properties, "descriptionEn", where),
        "text_en": entries.text(properties, "textEn", where, limit=10_000),
        "width": _width(spec, where),
        "hide": _hide(spec, where),
        "compute": entries.expression(properties, "compute", where),
        "source": parts.source(properties.get("source"), where),
        "internal": entries.flag(properties, "internal", where),
    }
    if kind not in vocabulary.SILENT:
        found["key"] = entries.key(spec, "path" if kind == "dynamiclist" else "key", where, row=row)
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


_INPUT_TYPES = frozenset(kind for kind, keys in vocabulary.KEYS.items() if "validate" in keys)


def _input(spec: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
    """What all fields that a person fills in have in common."""
    validate = entries.mapping(spec, "validate", where)
    entries.only(validate, vocabulary.VALIDATE.get(kind, {"required"}), where)
    if entries.flag(spec, "disabled", where):
        raise FormError(where, N_("“%(name)s” is not supported; use “readonly”."), {"name": "disabled"})
    appearance = entries.mapping(spec, "appearance", where)
    entries.only(appearance, {"prefixAdorner", "suffixAdorner"}, where)
    found: dict[str, Any] = {
        "required": entries.flag(validate, "required", where),
        "readonly": entries.flag(spec, "readonly", where),
        "prefix": entries.text(appearance, "prefixAdorner", where, limit=40, plain=True),
        "suffix": entries.text(appearance, "suffixAdorner", where, limit=40, plain=True),
    }
    default = spec.get("defaultValue")
    if isinstance(default, str) and default.startswith("="):
        found["default_expression"] = entries.expression(spec, "defaultValue", where)
    elif default not in (None, "", []):
        found["default"] = _default(default, kind, where)
    return found


def _text_field(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    validate = entries.mapping(spec, "validate", where)
    least, most = (entries.whole(validate, name, where, most=100_000) for name in ("minLength", "maxLength"))
    entries.ordered(least, most, where, "maxLength")
    pattern = entries.text(validate, "pattern", where, limit=10_000) or None
    validation = entries.text(validate, "validationType", where, limit=40) or None
    if pattern:
        reason = patterns.flaw(pattern)
        if reason:
            raise FormError(where, reason, setting="pattern")
        if max(least or 0, most or 0) > patterns.MAX_TEXT:
            raise FormError(
                where,
                N_("A text with a pattern may have at most %(max)s characters."),
                {"max": patterns.MAX_TEXT},
                setting="maxLength",
            )
    if validation not in (None, "custom", "email", "phone", "url"):
        raise FormError(
            where, N_("“%(value)s” is not a known kind of text."), {"value": validation}, setting="validationType"
        )
    return {
        "min_length": least,
        "max_length": most,
        "pattern": pattern,
        "pattern_message": entries.text(validate, "patternErrorMessage", where) or None,
        "validation": None if validation == "custom" else validation,
        "text_or_number": entries.flag(properties, "textOrNumber", where),
    }


def _number(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    validate = entries.mapping(spec, "validate", where)
    least, most = (entries.real(validate, name, where) for name in ("min", "max"))
    entries.ordered(least, most, where, "max")
    if entries.flag(spec, "serializeToString", where):
        raise FormError(
            where, N_("“%(name)s” is not supported."), {"name": "serializeToString"}, setting="serializeToString"
        )
    kind = entries.text(properties, "format", where, limit=40) or None
    if kind not in (None, "money", "percent", "plain"):
        raise FormError(where, N_("“%(value)s” is not a known number format."), {"value": kind}, setting="format")
    return {
        "min": least,
        "max": most,
        "decimals": entries.whole(spec, "decimalDigits", where, most=10),
        "subtype": kind,
    }


def _datetime(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    subtype = spec.get("subtype", "date")
    if subtype not in ("date", "time", "datetime"):
        raise FormError(where, N_("A date field is a date, a time or both."), setting="subtype")
    if spec.get("timeSerializingFormat", "no_timezone") != "no_timezone" and subtype != "date":
        raise FormError(where, N_("Times are kept as office time: set “%(name)s”."), {"name": "no_timezone"})
    no_past = entries.flag(spec, "disallowPassedDates", where)
    if no_past and subtype == "time":
        raise FormError(
            where,
            N_("“%(name)s” is not supported here."),
            {"name": "disallowPassedDates"},
            setting="disallowPassedDates",
        )
    return {"subtype": subtype, "no_past": no_past}


def _choosing(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    listed, name = spec.get("values"), entries.text(spec, "valuesKey", where, limit=100) or None
    if (listed is None) == (name is None):
        raise FormError(where, N_("Choices come either from “values” or from “valuesKey”."), setting="values")
    found = parts.choices(listed, where) if listed is not None else ()
    if name is None and not found:
        raise FormError(where, N_("There is nothing to choose from."), setting="values")
    default = spec.get("defaultValue")
    if name is None and default and not (isinstance(default, str) and default.startswith("=")):
        known = {choice.value for choice in found}
        if not all(isinstance(one, str) and one in known for one in (default if type(default) is list else [default])):
            raise FormError(where, N_("The default value is not among the choices."), setting="defaultValue")
    return {"choices": found, "choices_from": name}


def _files(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    accept = entries.text(spec, "accept", where, limit=500)
    suffixes = tuple(part.strip().lower() for part in accept.split(",") if part.strip())
    for suffix in suffixes:
        if not re.fullmatch(r"\.[a-z0-9]{1,10}", suffix):
            raise FormError(
                where, N_("“%(value)s” is not a file ending like “.pdf”."), {"value": suffix}, setting="accept"
            )
    return {"accept": suffixes, "multiple": entries.flag(spec, "multiple", where)}


def _body(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    text = entries.text(spec, "text", where, limit=10_000, plain=True)
    if "{{" in text:
        raise FormError(where, N_("Text can't have placeholders."), setting="text")
    return {"text": text}


def _group(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    if spec.get("path"):
        raise FormError(where, N_("A group can't have a path: answers are not nested."))
    return {}


def _table(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    rows = spec.get("dataSource")
    if (rows is None) == (properties.get("source") is None):
        raise FormError(
            where, N_("A table takes its rows either from “source” or from “dataSource”."), setting="source"
        )
    listed = spec.get("columns")
    if not isinstance(listed, list) or not 0 < len(listed) <= 60:
        raise FormError(where, N_("A table needs 1 to %(max)s columns."), {"max": 60}, setting="columns")
    columns = _columns(listed, where)
    if len({column.key for column in columns}) < len(columns):
        raise FormError(where, N_("Two columns have the same key."), setting="columns")
    return {"columns": columns, "compute": entries.expression(spec, "dataSource", where) if rows is not None else None}


def _columns(listed: list[Any], where: str) -> tuple[Column, ...]:
    try:
        return tuple(parts.column(one, where) for one in listed)
    except FormError as error:
        raise FormError(error.field, error.message, error.params, setting="columns") from None


def _list(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    if not entries.flag(spec, "isRepeating", where, otherwise=True):
        raise FormError(where, N_("A repeating table must repeat; use a group."))
    least, most = (entries.whole(properties, name, where, most=vocabulary.MAX_ROWS) for name in ("minRows", "maxRows"))
    entries.ordered(least, most, where, "maxRows")
    default = entries.whole(spec, "defaultRepetitions", where, most=100)
    sourced = properties.get("source") is not None
    may_grow = entries.flag(spec, "allowAddRemove", where, otherwise=True)
    fixed = entries.flag(properties, "fixedRows", where) or not may_grow or sourced
    rows_from = entries.text(properties, "rowsFrom", where, limit=100) or None
    if rows_from and sourced:
        raise FormError(
            where, N_("The rows come either from an earlier step or from a list of the office."), setting="rowsFrom"
        )
    if fixed and not rows_from and not sourced:
        raise FormError(
            where,
            N_("Rows that nobody may add need an earlier step or a list of the office to come from."),
            setting="fixedRows",
        )
    return {
        "min_rows": least,
        "max_rows": most,
        "required": bool(least),
        "default_rows": default or 0,
        "fixed_rows": fixed,
        "choices_from": rows_from,
        "row_label": entries.text(properties, "rowLabel", where, limit=100) or None,
        "unique_rows": entries.flag(properties, "uniqueRows", where),
    }


def _nothing(spec: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    return {}


_OWN: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any], str], dict[str, Any]]] = {
    "textfield": _text_field,
    "textarea": _text_field,
    "number": _number,
    "datetime": _datetime,
    **dict.fromkeys(vocabulary.CHOOSING, _choosing),
    "filepicker": _files,
    "text": _body,
    "group": _group,
    "table": _table,
    "dynamiclist": _list,
}


def _agrees(field: Field, row: bool, where: str) -> None:
    """Check what must fit together within one field."""
    if row and (field.type in ("dynamiclist", "table") or field.source is not None):
        raise FormError(where, N_("A list, a table or a source can't stand inside a repeating table."))
    if row and field.default_expression:
        raise FormError(where, N_("A default inside a repeating table can't be an expression."), setting="defaultValue")
    if field.source is not None and field.source.earlier and (field.type != "table" or not field.source.field):
        raise FormError(
            where, N_("Only the rows of a list, in a table or workbook, are found in earlier cases."), setting="source"
        )
    if field.compute and field.source:
        raise FormError(where, N_("A value is either computed or taken from a source."), setting="source")
    if field.internal and not (field.compute or field.readonly):
        raise FormError(where, N_("Only a computed or read-only field can be internal."), setting="internal")
    if field.type == "dynamiclist":
        keys = {leaf.field.key: leaf.field for leaf in conditions.leaves(field.fields)}
        if not keys:
            raise FormError(where, N_("A repeating table needs at least one field."))
        if field.row_label is not None and field.row_label not in keys:
            raise FormError(
                where, N_("“%(name)s” is not a field of this list."), {"name": field.row_label}, setting="rowLabel"
            )
        if field.row_label is None and (field.choices_from or field.unique_rows):
            raise FormError(where, N_("Say which column names the row."), setting="rowLabel")


def _width(spec: Mapping[str, Any], where: str) -> int:
    layout = entries.mapping(spec, "layout", where)
    entries.only(layout, {"row", "columns"}, where)
    width = entries.whole(layout, "columns", where, most=16)
    return 16 if width is None else max(width, 1)


def _hide(spec: Mapping[str, Any], where: str) -> str | None:
    conditional = entries.mapping(spec, "conditional", where)
    entries.only(conditional, {"hide"}, where)
    return entries.expression(conditional, "hide", where)


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
        raise FormError(where, N_("The default value doesn't fit the field."), setting="defaultValue")
    return value
