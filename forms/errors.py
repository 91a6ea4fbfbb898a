"""What can be wrong with a form's definition, and the mark for sentences that the web translates."""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:
    """Mark a template for translation without translating it here."""
    return message


class FormError(Exception):
    """A form definition can't be used. `field` names the component at fault; `message` is a template over `params`."""

    def __init__(self, field: str, message: str, params: dict[str, Any] | None = None) -> None:
        self.field, self.message, self.params = field, message, params or {}
        super().__init__(f"{field}: {message % self.params}" if field else message % self.params)
