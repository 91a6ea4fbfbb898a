"""A process as those take it in that call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.diagram.model import Process
from engine.diagram.wiring import Call


class Unavailable(StrEnum):
    """Why a process can't be called."""

    MISSING = "missing"
    NO_VERSION = "no version"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Called:
    """A process as those take it in that call it."""

    process: Process
    xml: bytes  #: with what it calls itself already inside
    forms: Mapping[str, str]
    decisions: Mapping[str, bytes]
    digest: str
    chain: tuple[str, ...]  #: its own key and those of all processes it calls, directly or not

    @property
    def key(self) -> str:
        return self.process.key


#: Finds what a call calls; None where that is not known here and so not to be checked.
Find = Callable[[Call], Called | Unavailable | None]
