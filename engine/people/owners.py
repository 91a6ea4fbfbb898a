"""Who owns a process and who may start it: positions that its diagram names, as the office has them."""

from __future__ import annotations

from engine.db import UnitOfWork
from engine.diagram.model import ACTIVITIES, Process
from engine.errors import NotAllowed
from engine.identity import Entitlement

from . import holdings, positions


def owner_keys(uow: UnitOfWork, process: Process) -> tuple[str, ...]:
    """Position keys of the process owners; empty where the diagram names none that exist."""
    found = (positions.resolve(uow, owner) for owner in process.owners)
    return tuple(key for key in found if key is not None)


def starter_keys(uow: UnitOfWork, process: Process) -> tuple[str, ...]:
    """Who may start: the diagram's starters, else the performers of its first activity."""
    named: tuple[str, ...] = process.starters
    if not named:
        places = process.places()
        inside = sorted((n for n in process.nodes.values() if n.id in places), key=lambda n: places[n.id])
        first = next((n for n in inside if n.kind in ACTIVITIES and (n.lane or n.candidate_groups)), None)
        if first is not None and first.candidate_groups and "${" not in first.candidate_groups:
            named = tuple(part.strip() for part in first.candidate_groups.split(","))
        elif first is not None and first.lane:
            named = (first.lane,)
    found = (positions.resolve(uow, name) for name in named)
    return tuple(key for key in found if key is not None)


def starter_entitlement(uow: UnitOfWork, process: Process) -> Entitlement | None:
    """The position through which the actor may start a case, or None. Owners may always; nobody where a message,
    a signal or a timer does it, or only other processes call it.

    Where nobody holds a position for either, an administrator may: a foreign diagram must not be dead on arrival.
    """
    if process.begins is not None or process.only_called:
        return None
    entitled = (*starter_keys(uow, process), *owner_keys(uow, process))
    mine = uow.actor.holding(*entitled)
    administrator = next((p for p in uow.actor.positions if p.administrator), None)
    if mine is None and administrator is not None and not any(holdings.holders_of(uow, entitled).values()):
        return administrator
    return mine


def require_owner(uow: UnitOfWork, process: Process, action: str) -> Entitlement | None:
    """The owner's position that entitles the actor; administrators pass too. Raises NotAllowed."""
    if uow.actor.system:
        return None
    mine = uow.actor.holding(*owner_keys(uow, process))
    if mine is None:
        mine = next((p for p in uow.actor.positions if p.administrator), None)
    if mine is None:
        raise NotAllowed(uow.actor.name, f"{action} the process {process.key}")
    return mine
