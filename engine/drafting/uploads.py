"""Files from elsewhere: whose process they are, and how they become a draft. Rights are those of drawing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from engine import definitions
from engine.db import UnitOfWork
from engine.diagram.head import head
from engine.diagram.rewriting import ids_in, with_key
from engine.errors import N_, Conflict, DesignChanged, InvalidInput, NotAllowed
from engine.model import DefinitionRow, DesignRow

from . import design_rows, designs, keys
from .design_rows import DesignView

Standing = Literal["fresh", "made-up", "mine", "taken"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file before anything is kept of it: which process it says it is, and what to do about that.

    `fresh`: nobody has this key. `made-up`: nobody has chosen it. `mine`: a process the actor may edit has it.
    `taken`: somebody else's has.
    """

    key: str
    standing: Standing
    known_as: str  #: what the process is called that has the key, where the actor may edit it; else ""
    drawn: bool  #: the actor has a draft of it
    name: str  #: proposed for a new process, "" where the file has none
    free_key: str  #: the same


def arrive(uow: UnitOfWork, xml: bytes, *, beside: Collection[str] = ()) -> Arrival:
    """Look at a file that somebody wants to open; `beside` are keys that can't be had. Nothing is kept.

    Raises InvalidDiagram where it can't be read, NotAllowed for who may not draw.
    """
    found = head(xml)
    designs.designer(uow)
    newest = definitions.known(uow, found.key)
    row = design_rows.mine(uow, found.key)
    standing = _standing(uow, found.key, newest, row)
    known = (row or newest) if standing == "mine" else None
    name = found.name[:300] if found.name != found.key else ""
    free = keys.free(uow, name, {*beside, *ids_in(xml)})
    return Arrival(found.key, standing, known.name if known else "", standing == "mine" and row is not None, name, free)


def _standing(uow: UnitOfWork, key: str, newest: DefinitionRow | None, row: DesignRow | None) -> Standing:
    if newest is None and row is not None:
        return "mine"
    if newest is not None:
        try:
            definitions.require_owner(uow, definitions.diagram_of(uow, newest.id).process, "edit")
        except NotAllowed:
            return "taken"
        return "mine"
    if keys.taken(uow, key):
        return "taken"
    return "made-up" if keys.made_up(key) else "fresh"


def upload(uow: UnitOfWork, xml: bytes, forms: Mapping[str, str] | None = None, *, replace: bool = False) -> DesignView:
    """Begin a draft of the process that a file says it is; forms that did not come with it are those in force.

    Raises InvalidDiagram where it can't be read, NotAllowed, and DesignChanged where the actor has a draft of this
    process already, unless it may be replaced.
    """
    process = head(xml)
    if not keys.KEY.fullmatch(process.key):
        raise InvalidInput("key", N_("Use letters, digits and “_” in the key, beginning with a letter."))
    newest = designs.editable(uow, process.key, new=True)
    designs.check_size(xml, forms or {})
    in_force = definitions.content_of(uow, newest.id).forms if newest else {}
    together = {**in_force, **(forms or {})}
    name = process.name[:300]
    row = design_rows.mine(uow, process.key, lock=True)
    if row is None:
        return design_rows.insert(uow, process.key, name, xml, together, newest)
    if not replace:
        raise DesignChanged(process.key, row.revision, row.updated_at)
    row.base_version = newest.version if newest else None
    return design_rows.write(uow, row, name, xml, together, newest)


def upload_as(uow: UnitOfWork, xml: bytes, name: str, key: str) -> DesignView:
    """Begin a new process from a file under another name and key; with the forms of the process it came from, if the
    actor may edit that.

    Raises InvalidDiagram where it can't be read, NotAllowed, InvalidInput, Conflict when the key is taken.
    """
    found = arrive(uow, xml)
    name, key = keys.checked(name, key)
    if keys.taken(uow, key):
        raise Conflict(f"there is a process {key} already")
    if key != found.key and key in ids_in(xml):
        raise InvalidInput("key", N_("Something else in the file has this key as its id. Choose another one."))
    forms: dict[str, str] = {}
    if found.standing == "mine":
        known = designs.open_design(uow, found.key).forms
        forms = {form_key: text for form_key, text in known.items() if form_key.encode() in xml}
    renamed = with_key(xml, found.key, key, name)
    designs.check_size(renamed, forms)
    return design_rows.insert(uow, key, name, renamed, forms, None)
