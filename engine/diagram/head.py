"""Which process a file is about, even where it could not run as it is."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagram.xml import children, parse, plain, reference, refuse, yes
from engine.errors import N_


@dataclass(frozen=True, slots=True)
class Head:
    key: str
    name: str


def head(xml: bytes) -> Head:
    """The id and the name of the file's process: the executable one, else the first.

    Raises InvalidDiagram when the bytes are no readable BPMN file, or there is no process with an id in it.
    """
    root = parse(xml)
    processes = [p for p in children(root, "process") if plain(p, "id")]
    chosen = next((p for p in processes if yes(p.get("isExecutable"))), None)
    if chosen is None:
        chosen = next((p for p in processes if len(p)), None)
    if chosen is None:
        raise refuse("no-process", N_("There is no process in the file."), N_("Choose a file with a process in it."))
    key = plain(chosen, "id") or ""
    pools = (p for collaboration in children(root, "collaboration") for p in children(collaboration, "participant"))
    pool = next((p for p in pools if reference(p.get("processRef")) == key), None)
    return Head(key, plain(chosen, "name") or (plain(pool, "name") if pool is not None else None) or key)
