"""The draft of whoever edits a process, with the office it would run in: what a rehearsal on a page begins with."""

from __future__ import annotations

from .. import definitions
from ..db import UnitOfWork
from ..drafting import designs
from . import scratch
from .stage import Draft


def of_design(uow: UnitOfWork, key: str) -> tuple[Draft, scratch.Office]:
    """The actor's draft of a process, else what is in force. Raises NotFound, NotAllowed unless they may edit it."""
    found = designs.open_design(uow, key)
    newest = definitions.known(uow, key)
    decisions = definitions.content_of(uow, newest.id).decisions if newest is not None else ()
    return Draft(found.xml, found.forms, tuple(decisions)), scratch.copy(uow)
