"""Diagrams while they are drawn: a draft for each person and process, its problems, and putting it in force.

Nothing here runs: cases know versions only. Versions themselves (restore, retire, reinstate) are in versions.py,
offered here too; what the panel of the modeler may choose from is in design_choices.py, files from elsewhere in
uploads.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from engine import definitions, deployment
from engine.db import UnitOfWork
from engine.definitions import DefinitionView
from engine.diagram import read
from engine.diagram.blank import blank
from engine.diagram.head import head
from engine.diagram.model import Process
from engine.diagram.xml import LARGEST
from engine.errors import (
    N_,
    Conflict,
    DesignChanged,
    DiagramProblem,
    InvalidDiagram,
    InvalidInput,
    NotAllowed,
    NotFound,
)
from engine.identity import Entitlement
from engine.model import DefinitionRow, DesignRow
from engine.people import positions
from engine.versions import reinstate, required_reason, restore, retire

from . import design_rows, keys
from .design_choices import DesignChoices, choices
from .design_rows import DesignView, OtherDesign

__all__ = [
    "DesignChoices",
    "DesignItem",
    "DesignView",
    "OtherDesign",
    "choices",
    "discard",
    "listing",
    "may_design",
    "new_design",
    "open_design",
    "open_other",
    "problems",
    "publish",
    "reinstate",
    "restore",
    "retire",
    "save",
]


@dataclass(frozen=True, slots=True)
class DesignItem:
    """A process the actor may edit."""

    process_key: str
    name: str
    newest_version: int | None  #: None: only a draft so far
    retired: bool
    updated_at: datetime | None  #: of the actor's own draft
    base_version: int | None  #: of the actor's own draft
    others: tuple[OtherDesign, ...] = field(default=())


# -- reading ---------------------------------------------------------------------------------------------------------


def may_design(uow: UnitOfWork) -> bool:
    """Whether the actor may edit any process at all: administrators, and who owns one."""
    if uow.actor.administrator or not uow.actor.positions:
        return uow.actor.administrator
    # Asked for on every page: each name is looked up once, however many processes it owns.
    named = {owner for _, id in definitions.in_force(uow) for owner in definitions.diagram_of(uow, id).process.owners}
    return uow.actor.holding(*(positions.resolve(uow, name) for name in named)) is not None


def listing(uow: UnitOfWork) -> tuple[DesignItem, ...]:
    """Every process the actor may edit, by name, retired ones last; those that are only a draft among them."""
    drafts = design_rows.drafts(uow)
    mine = {row.process_key: row for row, _ in drafts if row.person_id == uow.actor.person_id}
    items = []
    for key, id in definitions.in_force(uow):
        if definitions.may_edit(uow, id):
            row, own = definitions.row_of(uow, key), mine.pop(key, None)
            items.append(
                DesignItem(
                    process_key=key,
                    name=row.name,
                    newest_version=row.version,
                    retired=row.retired_at is not None,
                    updated_at=own.updated_at if own else None,
                    base_version=own.base_version if own else None,
                    others=design_rows.others(uow, key, drafts),
                )
            )
    known = {key for key, _ in definitions.in_force(uow)}
    for key, own in mine.items():
        if key not in known:
            items.append(
                DesignItem(
                    key, own.name, None, False, own.updated_at, own.base_version, design_rows.others(uow, key, drafts)
                )
            )
    return tuple(sorted(items, key=lambda item: (item.retired, item.name.casefold(), item.process_key)))


def open_design(uow: UnitOfWork, key: str) -> DesignView:
    """The actor's draft of a process, else what is in force. Raises NotFound, NotAllowed."""
    newest = editable(uow, key)
    row = design_rows.mine(uow, key)
    if row is not None:
        return design_rows.view(uow, row, newest)
    if newest is None:
        raise NotFound("process", key)
    content = definitions.content_of(uow, newest.id)
    return DesignView(
        process_key=key,
        name=newest.name,
        xml=content.xml,
        forms=content.forms,
        base_version=newest.version,
        newest_version=newest.version,
        revision=0,
        updated_at=None,
        others=design_rows.others(uow, key),
        saved=False,
        retired=newest.retired_at is not None,
    )


def open_other(uow: UnitOfWork, key: str, person_id: int) -> DesignView:
    """Somebody else's draft of a process, to be read and compared. Owners and administrators; NotFound."""
    newest = editable(uow, key)
    row = uow.session.scalar(select(DesignRow).where(DesignRow.process_key == key, DesignRow.person_id == person_id))
    if row is None or (newest is None and person_id != uow.actor.person_id and not uow.actor.administrator):
        raise NotFound("draft", key)
    return design_rows.view(uow, row, newest)


def problems(uow: UnitOfWork, key: str, xml: bytes, forms: Mapping[str, str]) -> tuple[DiagramProblem, ...]:
    """What is wrong or missing in a diagram with its forms, errors first; files that can't be read too are findings.

    Raises NotFound and NotAllowed only.
    """
    newest = editable(uow, key)
    try:
        checked = deployment.judged(uow, xml, forms, _decisions(uow, newest))
    except InvalidDiagram as error:
        return error.problems
    return (*_other_key(checked.diagram.process, key), *checked.problems)


def decisions(uow: UnitOfWork, key: str) -> tuple[bytes, ...]:
    """The decision tables (DMN files) that a draft is published with: those of the version in force.

    Raises NotFound and NotAllowed.
    """
    return _decisions(uow, editable(uow, key))


# -- drawing ---------------------------------------------------------------------------------------------------------


def new_design(uow: UnitOfWork, name: str, key: str, *, task: str = "Langkah pertama") -> DesignView:
    """Begin a new process: a draft with one lane and one task. Administrators, and who owns another process.

    Raises NotAllowed, InvalidInput, Conflict when there is such a process or draft already.
    """
    owner = designer(uow)
    name, key = keys.checked(name, key)
    if definitions.known(uow, key) or design_rows.mine(uow, key) is not None:
        raise Conflict(f"there is a process {key} already")
    xml = blank(key, name, owner=owner.key, lane=owner.name, task=task)
    return design_rows.insert(uow, key, name, xml, {}, None)


def save(uow: UnitOfWork, key: str, xml: bytes, forms: Mapping[str, str], *, revision: int) -> DesignView:
    """Keep the actor's draft as it is now, whatever is still wrong with it; `revision` is the one last seen (0: none).

    Raises DesignChanged when another window has saved meanwhile, NotFound, NotAllowed, InvalidInput for what is too
    large to be kept.
    """
    newest = editable(uow, key)
    check_size(xml, forms)
    row = design_rows.mine(uow, key, lock=True)
    if (row.revision if row else 0) != revision:
        raise DesignChanged(key, row.revision if row else 0, row.updated_at if row else None)
    try:
        name = head(xml).name[:300]
    except InvalidDiagram:
        name = row.name if row else newest.name if newest else key
    if row is not None:
        return design_rows.write(uow, row, name or key, xml, forms, newest)
    if newest is None:
        raise NotFound("process", key)
    return design_rows.insert(uow, key, name or key, xml, forms, newest)


def discard(uow: UnitOfWork, key: str) -> None:
    """Throw the actor's own draft away. Raises NotFound."""
    row = design_rows.mine(uow, key, lock=True)
    if row is None:
        raise NotFound("draft", key)
    uow.session.delete(row)


def publish(uow: UnitOfWork, key: str, *, revision: int, reason: str, expected_newest: int | None) -> DefinitionView:
    """Put the actor's draft in force as the next version; the draft is gone then. Running cases stay as they are.

    `expected_newest` is the newest version the actor has seen (None: there was none). Raises NotFound, NotAllowed,
    InvalidInput without a reason, DesignChanged, InvalidDiagram, and VersionChanged when somebody has published
    meanwhile.
    """
    newest = editable(uow, key)
    row = design_rows.mine(uow, key, lock=True)
    if row is None:
        raise NotFound("draft", key)
    if row.revision != revision:
        raise DesignChanged(key, row.revision, row.updated_at)
    reason = required_reason(reason)
    if wrong := _other_key(read.read(row.xml).process, key):
        raise InvalidDiagram(wrong)
    made = deployment.deploy(
        uow, row.xml, row.forms, _decisions(uow, newest), reason=reason, after=expected_newest or 0
    )
    uow.session.delete(row)
    return made


# -- parts -----------------------------------------------------------------------------------------------------------


def _decisions(uow: UnitOfWork, newest: DefinitionRow | None) -> tuple[bytes, ...]:
    return definitions.content_of(uow, newest.id).decisions if newest else ()


def editable(uow: UnitOfWork, key: str, *, new: bool = False) -> DefinitionRow | None:
    """The newest version, which the actor may edit; None for a process that is only a draft of theirs, or `new`."""
    newest = definitions.known(uow, key)
    if newest is not None:
        definitions.require_owner(uow, definitions.diagram_of(uow, newest.id).process, "edit")
    else:
        designer(uow)
        if not new and design_rows.mine(uow, key) is None and not uow.actor.administrator:
            raise NotFound("process", key)
    return newest


def designer(uow: UnitOfWork) -> Entitlement:
    """The position through which the actor may begin new processes. Raises NotAllowed."""
    owned = {
        owner
        for _, id in definitions.in_force(uow)
        for owner in definitions.owner_keys(uow, definitions.diagram_of(uow, id).process)
    }
    mine = uow.actor.holding(*owned) or next((p for p in uow.actor.positions if p.administrator), None)
    if mine is None:
        raise NotAllowed(uow.actor.name, "design processes")
    return mine


def _other_key(process: Process, key: str) -> tuple[DiagramProblem, ...]:
    if process.key == key:
        return ()
    return (
        DiagramProblem(
            "other-process",
            N_("The diagram calls its process “%(found)s”, but this is the draft of “%(key)s”."),
            N_("Set the id of the process back to “%(key)s”, or upload the file as a process of its own."),
            element=process.key,
            name=process.name,
            params={"found": process.key, "key": key},
        ),
    )


def check_size(xml: bytes, forms: Mapping[str, str]) -> None:
    """Refuse what is too large, or holds characters that a database can't keep."""
    if len(xml) + sum(len(key) + len(text) for key, text in forms.items()) > LARGEST:
        raise InvalidInput("xml", N_("The diagram and its forms have more than %(most)s MB."), most=LARGEST // 1048576)
    for key, text in forms.items():
        try:
            f"{key}{text}".encode()
        except UnicodeEncodeError:
            raise InvalidInput("forms", N_("The form has characters that can't be stored.")) from None
        if "\0" in key + text:
            raise InvalidInput("forms", N_("The form has characters that can't be stored."))
