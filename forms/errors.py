"""What can be wrong with a form's definition, and the mark for sentences that the web translates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(message: str) -> str:
    """Mark a template for translation without translating it here."""
    return message


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in no language yet: a template over `params`, some of which may be such sentences again.

    As text it is English; webapp says it in the language of the page.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % dict(self.params)


class FormError(Exception):
    """A form definition can't be used. `field` names the component at fault; `message` is a template over `params`.

    `setting` is the entry of the component at fault, where one is: as the JSON names it ("minLength") when a form is
    read, as editing.settings does ("min_length") when an edit is refused.
    """

    def __init__(
        self, field: str, message: str, params: dict[str, Any] | None = None, *, setting: str | None = None
    ) -> None:
        self.field, self.message, self.params, self.setting = field, message, params or {}, setting
        super().__init__(str(self.reason))

    @property
    def reason(self) -> Said:
        """What is wrong, and where."""
        said = Said(self.message, self.params)
        return Said("%(field)s: %(reason)s", {"field": self.field, "reason": said}) if self.field else said
