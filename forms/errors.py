"""What can be wrong with a form's definition, and the mark for sentences that the web translates."""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:
    """Mark a template for translation without translating it here."""
    return message


class FormError(Exception):
    """A form definition can't be used. `field` names the component at fault; `message` is a template over `params`.

    `setting` is the entry of the component at fault, where one is: as the JSON names it ("minLength") when a form is
    read, as editing.settings does ("min_length") when an edit is refused.
    """

    def __init__(
        self, field: str, message: str, params: dict[str, Any] | None = None, *, setting: str | None = None
    ) -> None:
        self.field, self.message, self.params, self.setting = field, message, params or {}, setting
        super().__init__(f"{field}: {message % self.params}" if field else message % self.params)
