"""The processes of an office as people read them: the list, one with its diagram, and what it lacks to run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from forms.definition import walk
from forms.model import Form

from . import definitions, reading
from .db import UnitOfWork
from .diagram.model import Diagram, Process
from .errors import NotFound
from .identity import require_administrator
from .model import CaseState, DefinitionRow, FormRow, InstanceRow
from .people import entries, positions


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
    retired: bool  #: no case of it begins any more
    unknown: tuple[str, ...]  #: names of the positions that lanes and owners mean and the office lacks
    empty_lists: tuple[str, ...]  #: tags that a form offers the positions of, and no position carries
    may_start: bool
    may_edit: bool


def listing(uow: UnitOfWork) -> tuple[ProcessItem, ...]:
    """The newest version of each process with counts over all its versions; retired ones come last."""
    latest = select(DefinitionRow.key, func.max(DefinitionRow.version).label("version")).group_by(DefinitionRow.key)
    chosen = latest.subquery()
    rows = uow.session.scalars(
        select(DefinitionRow)
        .join(chosen, (DefinitionRow.key == chosen.c.key) & (DefinitionRow.version == chosen.c.version))
        .order_by(DefinitionRow.retired_at.is_not(None), DefinitionRow.example, DefinitionRow.name)
    )
    counts = _counts(uow)
    items = []
    for row in rows:
        process = definitions.diagram_of(uow, row.id).process
        active, completed = counts.get(row.key, (0, 0))
        may_start = row.retired_at is None and definitions.starter_entitlement(uow, process) is not None
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
    forms = {form_key: definitions.form_of(uow, row.id, form_key) for form_key in form_keys}
    retired = rows[0].retired_at is not None
    return ProcessPage(
        definition=definitions.view(uow, row),
        diagram=diagram,
        process=process,
        forms=forms,
        versions=tuple(definitions.view(uow, r) for r in rows),
        active=active,
        completed=completed,
        owners=tuple(known[k] for k in definitions.owner_keys(uow, process)),
        starters=tuple(known[k] for k in definitions.starter_keys(uow, process)),
        unknown=tuple(readable_name(one, process) for one in _unknown(uow, process)),
        empty_lists=_empty_lists(uow, forms.values()),
        may_start=not retired and definitions.starter_entitlement(uow, process) is not None,
        retired=retired,
        may_edit=definitions.may_edit(uow, rows[0].id),
    )


def create_positions(uow: UnitOfWork, key: str) -> tuple[str, ...]:
    """Create the positions a process's lanes and owners name and the office lacks; gives the names they got.

    Administrators only. Their work has lain with the administrators until now; new tasks find the new positions.
    """
    require_administrator(uow.actor, "create positions")
    process = get(uow, key).process
    created = []
    for given in _unknown(uow, process):
        if positions.resolve(uow, given) is None:  # a lane may have given an owner's key its position just now
            own_key = given if entries.KEY.fullmatch(given) else None
            created.append(positions.create(uow, name=readable_name(given, process), key=own_key).name)
    return tuple(created)


def readable_name(given: str, process: Process) -> str:
    """The name of a position that a diagram names by key: "kasi_umum" -> "Kasi Umum"; other names stay as they are.

    Words that the diagram's own texts write in capitals only (SOP) or its lanes in small letters (dan) stay so.
    """
    if not entries.KEY.fullmatch(given):
        return given
    written = {word for text in _texts(process) for word in re.findall(r"\w+", text)}
    joining = {word for lane in process.lanes for word in re.findall(r"\w+", lane) if word.islower()}

    def spelt(word: str) -> str:
        others = {one for one in written if one.casefold() == word} - {word.upper()}
        if word.upper() in written and not others:
            return word.upper()
        return word if word in joining else word.capitalize()

    return " ".join(spelt(word) for word in given.split("_") if word)


def _texts(process: Process) -> Iterator[str]:
    yield from (process.name, process.documentation, process.assumption or "", *process.lanes)
    for lines in process.header.values():
        yield from lines
    for node in process.nodes.values():
        yield from (node.name, node.documentation, node.assumption or "")


def _unknown(uow: UnitOfWork, process: Process) -> tuple[str, ...]:
    named = dict.fromkeys((*process.lanes, *process.owners))
    return tuple(name for name in named if positions.resolve(uow, name) is None)


def _empty_lists(uow: UnitOfWork, forms: Iterable[Form]) -> tuple[str, ...]:
    asked = {field.choices_from for form in forms for _, field in walk(form) if field.choices_from}
    return tuple(sorted(name.removesuffix("s") for name in asked if not positions.choices(uow).get(name)))


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
