"""What a person typed becomes answers: always validated here, whoever sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.model import Context, Field, Form, Submission

Evaluate = Callable[[str, Mapping[str, object]], object]  #: raises an exception (with .reason) when it can't


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What the page shows again: `raw` for the inputs, `computed` formatted by path, `hidden` paths, `values` so far."""

    raw: dict[str, Any]
    values: dict[str, Any]
    computed: Mapping[str, str]
    hidden: frozenset[str]


def read(form: Form, raw: Mapping[str, Any], context: Context, evaluate: Evaluate) -> Submission:
    """Check what was typed and give its values, computed and sourced ones filled in; never raises for any `raw`."""
    raise NotImplementedError


def refresh(form: Form, raw: Mapping[str, Any], context: Context, evaluate: Evaluate, *, decimal: str = ",") -> Refreshed:
    """Compute again without requiring anything: for drafts and while somebody types."""
    raise NotImplementedError


def initial(form: Form, context: Context, evaluate: Evaluate) -> dict[str, Any]:
    """What the page shows first, as raw: defaults, sources, the previous submission of this same work."""
    raise NotImplementedError


def table_rows(
    table: Field, context: Context, evaluate: Evaluate, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of a read-only table as values by column key, computed columns filled in (None when not computable)."""
    raise NotImplementedError
