"""Who acts, and through which position."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .errors import NotAllowed


class HoldingKind(StrEnum):
    """How a person comes to a position. Plh: the holder is away; Plt: the post is vacant."""

    HOLDER = "holder"
    PLH = "plh"
    PLT = "plt"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A position the actor may act for today."""

    position_id: int
    key: str
    name: str
    kind: HoldingKind = HoldingKind.HOLDER
    administrator: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with today's positions; or the system itself (person_id None), which fires timers."""

    person_id: int | None
    name: str
    positions: tuple[Entitlement, ...] = ()
    demo: bool = False
    language: str = "id"

    @property
    def system(self) -> bool:
        """Whether this is the engine itself; a visitor who has not signed in is not."""
        return self == SYSTEM

    @property
    def administrator(self) -> bool:
        return any(p.administrator for p in self.positions)

    @property
    def position_keys(self) -> frozenset[str]:
        return frozenset(p.key for p in self.positions)

    def holding(self, *keys: str | None) -> Entitlement | None:
        """The first of the actor's positions among `keys`; own posts come before acting ones."""
        mine = [p for p in self.positions if p.key in keys]
        return min(mine, key=lambda p: p.kind is not HoldingKind.HOLDER, default=None)


SYSTEM = Actor(None, "system")
NOBODY = Actor(None, "nobody")


def require_administrator(actor: Actor, action: str) -> Entitlement | None:
    """The position that makes the actor an administrator, for history; the system itself passes with None."""
    if actor == SYSTEM:
        return None
    for entitlement in actor.positions:
        if entitlement.administrator:
            return entitlement
    raise NotAllowed(actor.name, action)
