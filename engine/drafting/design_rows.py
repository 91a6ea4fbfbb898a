"""The rows of drafts, and how others see them. Rights are looked after in designs.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from engine.db import UnitOfWork
from engine.errors import DesignChanged, NotAllowed
from engine.model import DefinitionRow, DesignRow, PersonRow


@dataclass(frozen=True, slots=True)
class OtherDesign:
    """A draft of the same process by somebody else."""

    person_id: int
    person_name: str
    updated_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class DesignView:
    process_key: str
    name: str
    xml: bytes
    forms: Mapping[str, str]  #: form key -> form-js JSON
    base_version: int | None  #: the version it began from; None: there was none
    newest_version: int | None
    revision: int  #: 0: nothing saved yet
    updated_at: datetime | None  #: None: nothing saved yet
    others: tuple[OtherDesign, ...]
    saved: bool  #: False: this is what is in force
    retired: bool  #: no case of the process begins, whatever is published


def mine(uow: UnitOfWork, key: str, *, lock: bool = False) -> DesignRow | None:
    query = select(DesignRow).where(DesignRow.process_key == key, DesignRow.person_id == uow.actor.person_id)
    return uow.session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def insert(
    uow: UnitOfWork, key: str, name: str, xml: bytes, forms: Mapping[str, str], newest: DefinitionRow | None
) -> DesignView:
    if uow.actor.person_id is None:
        raise NotAllowed(uow.actor.name, "keep drafts of diagrams")
    row = DesignRow(
        process_key=key,
        person_id=uow.actor.person_id,
        base_version=newest.version if newest else None,
        name=name,
        xml=xml,
        forms=dict(forms),
        revision=1,
        updated_at=uow.now,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        # Another window of the same person was quicker.
        raise DesignChanged(key, 1, uow.now) from None
    return view(uow, row, newest)


def write(
    uow: UnitOfWork, row: DesignRow, name: str, xml: bytes, forms: Mapping[str, str], newest: DefinitionRow | None
) -> DesignView:
    row.name, row.xml, row.forms = name, xml, dict(forms)
    row.revision, row.updated_at = row.revision + 1, uow.now
    uow.session.flush()
    return view(uow, row, newest)


def drafts(uow: UnitOfWork, key: str | None = None) -> list[tuple[DesignRow, str]]:
    """Drafts with the names of those who draw them, newest first; without the files."""
    query = (
        select(DesignRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == DesignRow.person_id)
        .options(defer(DesignRow.xml), defer(DesignRow.forms))
        .order_by(DesignRow.updated_at.desc(), DesignRow.id)
    )
    if key is not None:
        query = query.where(DesignRow.process_key == key)
    return [(row, name) for row, name in uow.session.execute(query)]


def others(uow: UnitOfWork, key: str, among: list[tuple[DesignRow, str]] | None = None) -> tuple[OtherDesign, ...]:
    return tuple(
        OtherDesign(row.person_id, name, row.updated_at, row.revision)
        for row, name in (drafts(uow, key) if among is None else among)
        if row.process_key == key and row.person_id != uow.actor.person_id
    )


def view(uow: UnitOfWork, row: DesignRow, newest: DefinitionRow | None) -> DesignView:
    return DesignView(
        process_key=row.process_key,
        name=row.name,
        xml=row.xml,
        forms=row.forms,
        base_version=row.base_version,
        newest_version=newest.version if newest else None,
        revision=row.revision,
        updated_at=row.updated_at,
        others=others(uow, row.process_key),
        saved=True,
        retired=newest is not None and newest.retired_at is not None,
    )
