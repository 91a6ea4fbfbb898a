"""Reads form-js JSON of the declared subset into a Form, or says which field is at fault."""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import FormError, N_
from forms.model import Field, Form

__all__ = ["FormError", "N_", "at", "expressions", "parse", "value_names", "walk"]


def parse(text: str | bytes, *, key: str = "") -> Form:
    """Read a form definition; `key` is used when the JSON has no `id`. Raises FormError, never anything else."""
    raise NotImplementedError


def walk(form: Form) -> Iterator[tuple[str, Field]]:
    """Every component with its path, parents first: "surat", "pembagian", "pembagian.unit" (no row number)."""
    raise NotImplementedError


def at(form: Form, path: str) -> Field | None:
    """The component at a path of a Problem or a hidden path ("baris.3.target"); row numbers are skipped."""
    raise NotImplementedError


def expressions(form: Form) -> tuple[tuple[str, str], ...]:
    """Every expression of the form with the path of its field, so that a deployment can check them."""
    raise NotImplementedError


def value_names(form: Form) -> frozenset[str]:
    """Top-level keys that a submission of this form fills."""
    raise NotImplementedError
