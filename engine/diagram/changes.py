"""One difference between two versions of a process, as facts; and what all of them mark in the two pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["added", "removed", "changed", "moved"]
RANK: Mapping[str, int] = {"moved": 0, "changed": 1, "removed": 2, "added": 3}


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind  #: "moved" is layout only; all others change what runs or what people read
    subject: str  #: BPMN local name of the element, or process | form
    element: str | None  #: id; None where it is not drawn
    name: str = ""
    number: str | None = None  #: of the step it is, or lies in
    fact: str = ""  #: what about it changed: name, duration, lane, form, condition ...; "" for the whole element
    before: Any = None  #: text, number, tuple of texts, or None where there was nothing
    after: Any = None
    field: str = ""  #: label of a form's field, or name of an entry in the sheet's header
    path: str = ""  #: of a form's field
    inside: bool = False  #: it lies in the step `number`, and isn't that step itself
    follows: bool = False  #: told by another change already: a flow of an added step, the path of an alarm


@dataclass(frozen=True, slots=True)
class Comparison:
    changes: tuple[Change, ...]  #: the process first, then along the flow; what only moved last
    old_marks: Mapping[str, Kind]  #: by element id, for the picture of the older version
    new_marks: Mapping[str, Kind]

    @property
    def same(self) -> bool:
        """Whether the two run alike and read alike; they may still be laid out differently."""
        return all(change.kind == "moved" for change in self.changes)

    @property
    def quiet(self) -> frozenset[str]:
        """Marked elements all of whose changes are told elsewhere."""
        loud = {change.element for change in self.changes if not change.follows}
        return frozenset(change.element for change in self.changes if change.element and change.element not in loud)

    def of(self, *kinds: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind in kinds)
