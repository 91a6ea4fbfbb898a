"""Posted names and the nested raw answers; rows added, copied and removed without a script.

A field's path is "nomor_surat" or "baris.3.target", its HTML name "nomor_surat" or "baris-3-target": keys are
identifiers, so neither "." nor "-" stands in one. Names that begin with "_" are the page's own (`_add=baris`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.model import Field, Form

MAX_ROWS = 1000


def html_name(path: str) -> str:
    """The HTML name of a field's path: "baris.3.target" -> "baris-3-target"."""
    return path.replace(".", "-")


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Turn posted names and values into nested raw answers; a name posted twice becomes a list.

    Rows are ordered by their number and closed up: gaps don't matter. Bounded in rows and depth; names that don't fit
    are left out.
    """
    raise NotImplementedError


def row_action(pairs: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The row button that was pressed: ("_add", "baris"), ("_remove", "baris:3"), ("_copy", "baris:3"); else None."""
    raise NotImplementedError


def apply_row_action(form: Form, raw: Mapping[str, Any], action: tuple[str, str]) -> dict[str, Any]:
    """A new raw with the row added, removed or copied; unchanged when the list doesn't allow it."""
    raise NotImplementedError


def blank_row(rows: Field) -> dict[str, Any]:
    """A new row of a dynamic list with its fixed defaults."""
    raise NotImplementedError
