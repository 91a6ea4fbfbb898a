"""Posted names and the nested raw answers; rows added, copied and removed without a script.

A field's path is "nomor_surat" or "baris.3.target", its HTML name "nomor_surat" or "baris-3-target": keys are
identifiers, so neither "." nor "-" stands in one. Names that begin with "_" are the page's own (`_add=baris`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms import conditions, display
from forms.model import Field, Form
from forms.vocabulary import MAX_ROWS

MAX_NAMES = 100_000  #: posted pairs that are looked at
MAX_DEPTH = 4
ACTIONS = ("_add", "_remove", "_copy")


def html_name(path: str) -> str:
    """The HTML name of a field's path: "baris.3.target" -> "baris-3-target"."""
    return path.replace(".", "-")


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Turn posted names and values into nested raw answers; a name posted twice becomes a list.

    Rows are ordered by their number and closed up: gaps don't matter. Bounded in rows (one more than a list may have,
    so that reading can say so) and depth; names that don't fit are left out.
    """
    tree: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs):
        if count >= MAX_NAMES:
            break
        parts = name.split("-")
        if name.startswith("_") or len(parts) > MAX_DEPTH or not all(map(_fits, parts)) or parts[0].isdigit():
            continue
        branch: Any = tree
        for part in parts[:-1]:
            branch = branch.setdefault(part, {}) if isinstance(branch, dict) else None
        if not isinstance(branch, dict) or isinstance(branch.get(parts[-1]), dict):
            continue
        branch[parts[-1]] = [*branch[parts[-1]], value] if parts[-1] in branch else [value]
    return {name: _closed_up(part) for name, part in tree.items()}


def row_action(pairs: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The row button that was pressed: ("_add", "baris"), ("_remove", "baris:3"), ("_copy", "baris:3"); else None."""
    return next(((name, value) for name, value in pairs if name in ACTIONS), None)


def apply_row_action(form: Form, raw: Mapping[str, Any], action: tuple[str, str]) -> dict[str, Any]:
    """A new raw with the row added, removed or copied; unchanged when the list doesn't allow it.

    A number is the row's place in `raw`, from 0. Files and what names the row are not copied where rows must differ.
    """
    changed = dict(raw)
    verb, (key, _, place) = action[0], action[1].partition(":")
    lists = (leaf.field for leaf in conditions.leaves(form.fields) if leaf.field.type == "dynamiclist")
    field = next((one for one in lists if one.key == key), None)
    if field is None or field.fixed_rows:
        return changed
    listed = raw.get(key)
    rows = [dict(row) for row in listed if isinstance(row, Mapping)] if isinstance(listed, (list, tuple)) else []
    index = int(place) if place.isdecimal() and len(place) < 6 else -1
    full = len(rows) >= (field.max_rows or MAX_ROWS)
    if verb == "_add" and not full:
        rows.append(blank_row(field))
    elif verb == "_remove" and 0 <= index < len(rows):
        del rows[index]
    elif verb == "_copy" and 0 <= index < len(rows) and not full:
        copy = dict(rows[index])
        if field.unique_rows and field.row_label:
            copy[field.row_label] = blank_row(field)[field.row_label]
        rows.insert(index + 1, copy)
    changed[key] = rows
    return changed


def blank_row(rows: Field) -> dict[str, Any]:
    """A new row of a dynamic list: fixed defaults, else empty."""
    cells = (leaf.field for leaf in conditions.leaves(rows.fields))
    return {cell.key or "": display.typed(cell, cell.default) for cell in cells}


def _fits(part: str) -> bool:
    return 0 < len(part) <= 64 and part.isascii() and (not part.isdigit() or len(part) < 7)


def _closed_up(part: Any) -> Any:
    """Numbered branches become a list; a name posted once stands for its one value."""
    if isinstance(part, list):
        return part[0] if len(part) == 1 else part
    numbered = sorted((int(name), name) for name in part if name.isdigit())
    if numbered:
        return [_closed_up(part[name]) for _, name in numbered[: MAX_ROWS + 1]]
    return {name: _closed_up(inner) for name, inner in part.items()}
