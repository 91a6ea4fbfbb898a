"""The keys of processes: what one looks like, which are made up by modelers, which are free."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from sqlalchemy import select

from engine import definitions
from engine.db import UnitOfWork
from engine.errors import N_, InvalidInput
from engine.model import DesignRow

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_GUID = r"\{?[0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12}\}?"
_WORD = r"(?:process|proses|definitions?|collaboration|participant|pool|diagram|workflow|wfp|sid|id)"
#: Process_1, Process_0abc123, Definitions_1, sid-<GUID>, _<GUID>: what modelers call a process nobody has named
_MADE_UP = re.compile(rf"_?{_WORD}?[-_]*(?:[-_\d]{{1,12}}|[01][0-9a-z]{{6}}|{_GUID})?[-_\d]{{0,12}}", re.IGNORECASE)


def made_up(key: str) -> bool:
    """Whether a modeler chose the key, or it can't be one here at all."""
    return _MADE_UP.fullmatch(key) is not None or not KEY.fullmatch(key)


def key_from(name: str) -> str:
    """A key made from a name: "Surat masuk" -> surat_masuk."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:80]
    return f"proses_{made}" if made[:1].isdigit() else made


def taken(uow: UnitOfWork, key: str) -> bool:
    """Whether there is such a process, or anybody's draft of one."""
    drawn = select(DesignRow.id).where(DesignRow.process_key == key).limit(1)
    return definitions.known(uow, key) is not None or uow.session.scalar(drawn) is not None


def free(uow: UnitOfWork, name: str, beside: Collection[str] = ()) -> str:
    """A key for a process of this name that nobody uses, nor is among `beside`; "" for a name without letters."""
    wanted = key_from(name)
    key, number = wanted, 2
    while key and (key in beside or taken(uow, key)):
        key, number = f"{wanted}_{number}", number + 1
    return key


def checked(name: str, key: str) -> tuple[str, str]:
    """Name and key of a new process as they are kept. Raises InvalidInput."""
    name, key = " ".join(name.split()), key.strip()
    if not name or len(name) > 300:
        raise InvalidInput("name", N_("Give the process a name of at most 300 characters."))
    if not KEY.fullmatch(key):
        raise InvalidInput("key", N_("Use letters, digits and “_” in the key, beginning with a letter."))
    return name, key
