"""What a form shows from earlier submissions of the same case: one value, one cell, or rows.

Rows may carry what they were in earlier cases of the form's series.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms import series
from forms.model import Choice, Context, Field, Item, Source


def value(source: Source, context: Context) -> Any:
    """The single value a source names; None when there is none yet.

    With `match` and `column`: the cell of the row that belongs to the current item. Without: the field as the same
    item answered it, else as the only item did.
    """
    if source.field is None:
        return rows(source, context)
    items = context.sources.get(source.activity, ())
    if source.match is not None and source.column is not None:
        if context.item is None:
            return None
        found = (row for row in rows(source, context) if str(row.get(source.match)) == context.item)
        return next(found, {}).get(source.column)
    mine = next((item for item in items if item.item == context.item), items[0] if len(items) == 1 else None)
    return None if mine is None or mine.values is None else mine.values.get(source.field)


def rows(source: Source, context: Context) -> list[dict[str, Any]]:
    """The rows a source names: of a list field over all items, or one per expected item when it names no field."""
    found = _rows_of(source, context.sources)
    if source.earlier and context.earlier is not None:
        if context.earlier.periods is None:
            for row in found:
                row[context.earlier.name] = None
        else:
            before = [
                (one.period, None if one.sources is None else _rows_of(source, one.sources))
                for one in context.earlier.periods
            ]
            series.attach(found, before, earlier=context.earlier, keys=source.earlier)
    return found


def _rows_of(source: Source, sources: Mapping[str, tuple[Item, ...]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in sources.get(source.activity, ()):
        if source.field is None:
            found.append(_about(item))
            continue
        listed = item.values.get(source.field) if item.values is not None else None
        about = {"item": item.item, "item_label": item.label}
        if isinstance(listed, (list, tuple)):
            found += [{**about, **row} for row in listed if isinstance(row, Mapping)]
    return found


def fixed_rows(rows_field: Field, context: Context) -> list[dict[str, Any]]:
    """What the rows of a list are known to hold before anybody types: from its source, or a row per choice."""
    if rows_field.source is not None:
        return rows(rows_field.source, context)
    if rows_field.choices_from is not None and rows_field.row_label is not None:
        return [{rows_field.row_label: choice.value} for choice in context.choices.get(rows_field.choices_from, ())]
    return []


def identity(rows_field: Field) -> str | None:
    """The key that tells fixed rows apart when they are posted; None: only their order does."""
    if rows_field.source is None:
        return rows_field.row_label
    return "item" if rows_field.source.field is None else None


def sent_again(rows_field: Field, known: Mapping[str, Any], earlier: Mapping[str, Any], context: Context) -> bool:
    """Whether the item of a fixed row was sent again after our own `earlier` row about it, which so is stale.

    A row that keeps the item's `round` tells it by that, else the times of sending do.
    """
    if "round" in earlier and earlier["round"] != known.get("round"):
        return True
    before = context.previous.sent_at if context.previous is not None else None
    if rows_field.source is None or before is None:
        return False
    items = context.sources.get(rows_field.source.activity, ())
    return any(one.item == known.get("item") and one.sent_at is not None and one.sent_at > before for one in items)


def choices(field: Field, context: Context) -> tuple[Choice, ...]:
    """All choices of a field: its own, or those the case offers under its `choices_from`."""
    return (*field.choices, *context.choices.get(field.choices_from or "", ()))


def _about(item: Item) -> dict[str, Any]:
    return {
        "item": item.item,
        "item_label": item.label,
        "status": "open" if item.values is None else "sent",
        "sent_at": item.sent_at,
        "sent_by": item.sent_by,
        "round": item.round,
    }
