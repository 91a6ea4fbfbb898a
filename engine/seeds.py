"""The reviewed files a new office begins with, deployed without ever undoing what its owners have changed since."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from . import calls, definitions, deployment, locks
from .checking import Checked
from .db import UnitOfWork
from .diagram.link import within
from .errors import InvalidDiagram
from .model import DefinitionRow


def deploy(uow: UnitOfWork, processes_dir: Path, forms_dir: Path) -> dict[str, InvalidDiagram]:
    """Deploy the reviewed files; gives what was refused, by file name. One bad file keeps no other from its place.

    A seed equal to *any* earlier version of its process is left alone, so an owner's edit stays.
    """
    forms = {path.stem: path.read_text("utf-8") for path in sorted(forms_dir.glob("*.form"))}
    decisions = [path.read_bytes() for path in sorted(processes_dir.glob("*.dmn"))]
    locks.alone_in_office(uow)
    refused: dict[str, InvalidDiagram] = {}
    made = []
    for path in _in_order(sorted(processes_dir.glob("*.bpmn"))):
        try:
            checked = deployment.sound(uow, path.read_bytes(), forms, decisions)
        except InvalidDiagram as error:
            refused[path.name] = error
            continue
        if not _known_before(uow, checked):
            made.append(deployment.store(uow, checked, ""))
    deployment.follow(uow, made)
    return refused


def _in_order(paths: list[Path]) -> list[Path]:
    try:
        return [paths[place] for place in calls.in_order([path.read_bytes() for path in paths])]
    except InvalidDiagram:
        return paths  # each in the ring is refused by itself


def _known_before(uow: UnitOfWork, checked: Checked) -> bool:
    """Whether a version of the same content was there already; what it called then does not matter."""
    same = select(DefinitionRow).where(DefinitionRow.key == checked.diagram.process.key)
    if not checked.calls:
        return uow.session.scalar(same.where(DefinitionRow.digest == checked.digest).limit(1)) is not None
    own = {key: content for key, content in checked.forms.items() if not within(key)}
    rows = uow.session.scalars(same.where(DefinitionRow.xml == checked.diagram.xml))
    return any(definitions.content_of(uow, row.id).forms == own for row in rows)
