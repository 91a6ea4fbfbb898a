"""Shapes that several verbs return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. `page` counts from 1."""

    items: tuple[T, ...]
    total: int
    page: int = 1
    per_page: int = 25
    more: bool = False  #: there are more than `total`: nobody counted further

    @property
    def pages(self) -> int:
        return max(1, -(-(self.total + self.more) // self.per_page))


def like(text: str) -> str:
    """A LIKE pattern that finds `text` anywhere; escape character is a backslash."""
    escaped = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
