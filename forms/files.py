"""A form's file: read as JSON without surprises, and written as the files of this room are."""

from __future__ import annotations

import json
from typing import Any

from forms.errors import N_, FormError

MAX_BYTES = 500_000


def read(text: str | bytes) -> Any:
    """Decode JSON: no doubled keys, no NaN, no text that can't be stored. Raises FormError, never anything else."""
    if len(text) > MAX_BYTES:
        raise FormError("", N_("The form is larger than %(max)s KB."), {"max": MAX_BYTES // 1000})
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FormError("", N_("The form is not UTF-8 text.")) from None

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            doubled = next(name for name in names if names.count(name) > 1)
            raise FormError(_nearest(found), N_("“%(name)s” stands twice in one object."), {"name": doubled[:60]})
        return found

    def refuse(constant: str) -> Any:
        raise FormError("", N_("“%(name)s” is not a JSON value."), {"name": constant})

    try:
        spec = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
        written = json.dumps(spec, ensure_ascii=False, allow_nan=False)
        written.encode()
    except UnicodeEncodeError:
        raise FormError("", N_("The form has characters that can't be stored.")) from None
    except json.JSONDecodeError as wrong:
        raise FormError(
            "",
            N_("The form is not JSON: line %(line)s, column %(column)s."),
            {"line": wrong.lineno, "column": wrong.colno},
        ) from None
    except (ValueError, RecursionError):
        raise FormError("", N_("The form is nested too deeply or has a number that is too large.")) from None
    if "\\u0000" in written:
        raise FormError("", N_("The form has characters that can't be stored."))
    return spec


def write(spec: Any) -> str:
    """The file of a form that `read` gave: its entries in their order, two spaces a level, a newline at the end."""
    return json.dumps(spec, ensure_ascii=False, indent=2) + "\n"


def _nearest(found: dict[str, Any]) -> str:
    names = (found.get(name) for name in ("key", "path", "id"))
    return next((name for name in names if isinstance(name, str)), "")
