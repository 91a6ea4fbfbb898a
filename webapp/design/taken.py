"""What a column takes over from the cell it shows, so that it need not be typed again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.drafting.form_choices import FormChoices, holding
from forms import editing
from forms.model import Field
from forms.tree import Part

#: what the first column of a new table is called
_BEGUN = "Kolom 1"
_TYPES = {"number": "number", "datetime": "date", "filepicker": "files"}


def fitted(part: Part, changed: Mapping[str, Any], choices: FormChoices) -> dict[str, Any]:
    """The changed settings; a column that shows another cell now gets that cell's name, kind and choices."""
    given = dict(changed)
    cells = _cells(part, given, choices)
    if "columns" in given and cells:
        known = {column["key"] for column in editing.settings(part.spec).get("columns") or ()}
        given["columns"] = [
            column if column["key"] in known or column["key"] not in cells else _of(cells[column["key"]], column)
            for column in given["columns"]
        ]
    return given


def _cells(part: Part, given: Mapping[str, Any], choices: FormChoices) -> dict[str, Field]:
    source = given.get("source") or editing.settings(part.spec).get("source")
    if not isinstance(source, Mapping):
        return {}
    step = next((one for one in choices.activities if one.id == source.get("activity")), None)
    listed = next((one for one in step.fields if one.key == source.get("field")), None) if step else None
    return {cell.key or "": cell for cell in holding(listed.fields)} if listed else {}


def _of(cell: Field, column: Mapping[str, Any]) -> dict[str, Any]:
    named = column.get("label") or ""
    if named == _BEGUN:
        named = ""
    made: dict[str, Any] = {
        **column,
        "label": named or cell.label,
        "label_en": column.get("label_en") or ("" if named else cell.label_en),
    }
    if column.get("type") in (None, "", "text"):
        kind = (
            cell.subtype
            if cell.type in ("number", "datetime") and cell.subtype in ("money", "percent", "datetime")
            else ""
        )
        made["type"] = kind or _TYPES.get(cell.type, "text")
    if cell.choices_from:
        made["choices_from"] = cell.choices_from
    elif cell.choices:
        made["choices"] = [{"value": c.value, "label": c.label, "label_en": c.label_en} for c in cell.choices]
    return made
