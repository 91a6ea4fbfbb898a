"""What a form may say: the kinds of components, and the entries each of them may have (docs/forms.md in words)."""

from __future__ import annotations

SILENT = frozenset({"text", "separator", "spacer", "group", "table"})  #: hold no value of their own
CHOOSING = frozenset({"radio", "select", "checklist", "taglist"})
SEVERAL = frozenset({"checklist", "taglist", "filepicker", "dynamiclist"})  #: their value is a list
MAX_ROWS = 1000

_EVERYWHERE = {"type", "id", "label", "layout", "conditional", "properties"}
_HARMLESS = {"showOutline", "verticalAlignment"}
_INPUT = _EVERYWHERE | {"key", "description", "validate", "defaultValue", "readonly", "appearance", "disabled"}
#: what a component of each kind may have
KEYS: dict[str, set[str]] = {
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
VALIDATE = {
    "textfield": {"required", "minLength", "maxLength", "pattern", "validationType", "patternErrorMessage"},
    "textarea": {"required", "minLength", "maxLength"},
    "number": {"required", "min", "max"},
}
TRANSLATED = {"labelEn", "descriptionEn", "textEn"}
PROPERTIES = {
    "textfield": {"compute", "source", "textOrNumber", "internal"},
    "number": {"compute", "source", "format", "internal"},
    "taglist": {"compute", "source", "internal"},
    "checkbox": {"compute", "source", "internal"},
    "dynamiclist": {"source", "fixedRows", "rowLabel", "rowsFrom", "minRows", "maxRows", "uniqueRows"},
    "table": {"source"},
    **{kind: {"compute", "source"} for kind in ("textarea", "datetime", "radio", "select", "checklist")},
    "filepicker": {"source"},
}
KINDS = frozenset(KEYS)


def entries_of(kind: str) -> frozenset[str]:
    """The entries that a component of a kind may have."""
    return frozenset(KEYS[kind])


def entries_inside(kind: str) -> dict[str, frozenset[str]]:
    """The same for the objects in it; of `properties` those that mean something."""
    return {
        "validate": frozenset(VALIDATE.get(kind, {"required"})),
        "properties": frozenset(PROPERTIES.get(kind, set()) | TRANSLATED),
        "appearance": frozenset({"prefixAdorner", "suffixAdorner"}),
        "layout": frozenset({"row", "columns"}),
        "conditional": frozenset({"hide"}),
    }
