"""The processes of an office as people read them: the list, one with its diagram, and what it lacks to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from forms.model import Form

from . import definitions, positions, reading
from .db import UnitOfWork
from .diagram.model import Diagram, Process
from .errors import NotFound
from .identity import require_administrator
from .model import CaseState, DefinitionRow, FormRow, InstanceRow


@dataclass(frozen=True, slots=True)
class ProcessItem:
    """A process in the list: its newest version and how much of it runs."""

    definition: definitions.DefinitionView
    process: Process
    active: int
    completed: int
    may_start: bool


@dataclass(frozen=True, slots=True)
class ProcessPage:
    definition: definitions.DefinitionView
    diagram: Diagram
    process: Process
    forms: Mapping[str, Form]
    versions: tuple[definitions.DefinitionView, ...]
    active: int
    completed: int
    owners: tuple[str, ...]  #: position names
    starters: tuple[str, ...]  #: position names
    unknown: tuple[str, ...]  #: lanes and owners the office has no position for
    may_start: bool
    may_edit: bool


def listing(uow: UnitOfWork) -> tuple[ProcessItem, ...]:
    """The newest version of each process that isn't retired, with counts over all its versions."""
    latest = select(DefinitionRow.key, func.max(DefinitionRow.version).label("version")).group_by(DefinitionRow.key)
    chosen = latest.subquery()
    rows = uow.session.scalars(
        select(DefinitionRow)
        .join(chosen, (DefinitionRow.key == chosen.c.key) & (DefinitionRow.version == chosen.c.version))
        .where(DefinitionRow.retired_at.is_(None))
        .order_by(DefinitionRow.example, DefinitionRow.name)
    )
    counts = _counts(uow)
    items = []
    for row in rows:
        process = definitions.diagram_of(uow, row.id).process
        active, completed = counts.get(row.key, (0, 0))
        may_start = definitions.starter_entitlement(uow, process) is not None
        items.append(ProcessItem(definitions.view(uow, row), process, active, completed, may_start))
    return tuple(items)


def get(uow: UnitOfWork, key: str, version: int | None = None) -> ProcessPage:
    """One version of a process (the newest without `version`). Raises NotFound."""
    rows = uow.session.scalars(
        select(DefinitionRow).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc())
    ).all()
    row = next((r for r in rows if version is None or r.version == version), None)
    if row is None:
        raise NotFound("process", key)
    diagram = definitions.diagram_of(uow, row.id)
    process = diagram.process
    active, completed = _counts(uow).get(key, (0, 0))
    known = positions.names(uow)
    form_keys = uow.session.scalars(select(FormRow.key).where(FormRow.definition_id == row.id)).all()
    retired = rows[0].retired_at is not None
    return ProcessPage(
        definition=definitions.view(uow, row),
        diagram=diagram,
        process=process,
        forms={form_key: definitions.form_of(uow, row.id, form_key) for form_key in form_keys},
        versions=tuple(definitions.view(uow, r) for r in rows),
        active=active,
        completed=completed,
        owners=tuple(known[k] for k in definitions.owner_keys(uow, process)),
        starters=tuple(known[k] for k in definitions.starter_keys(uow, process)),
        unknown=_unknown(uow, process),
        may_start=not retired and definitions.starter_entitlement(uow, process) is not None,
        may_edit=uow.actor.administrator or uow.actor.holding(*definitions.owner_keys(uow, process)) is not None,
    )


def create_positions(uow: UnitOfWork, key: str) -> tuple[str, ...]:
    """Create the positions a process's lanes and owners name and the office lacks; gives their names.

    Administrators only. Their work has lain with the administrators until now; new tasks find the new positions.
    """
    require_administrator(uow.actor, "create positions")
    missing = get(uow, key).unknown
    for name in missing:
        plain = positions.KEY.fullmatch(name) is not None
        positions.create(uow, name=name.replace("_", " ").capitalize() if plain else name, key=name if plain else None)
    return missing


def _unknown(uow: UnitOfWork, process: Process) -> tuple[str, ...]:
    return tuple(name for name in (*process.lanes, *process.owners) if positions.resolve(uow, name) is None)


def _counts(uow: UnitOfWork) -> dict[str, tuple[int, int]]:
    """Running and completed cases by process, of those the actor may know of."""
    rows = uow.session.execute(
        select(DefinitionRow.key, InstanceRow.state, func.count())
        .join(InstanceRow, InstanceRow.definition_id == DefinitionRow.id)
        .where(reading.listable(uow))
        .group_by(DefinitionRow.key, InstanceRow.state)
    )
    counts: dict[str, dict[str, Any]] = {}
    for key, state, number in rows:
        counts.setdefault(key, {})[state] = number
    return {
        key: (by.get(CaseState.ACTIVE, 0) + by.get(CaseState.SUSPENDED, 0), by.get(CaseState.COMPLETED, 0))
        for key, by in counts.items()
    }
