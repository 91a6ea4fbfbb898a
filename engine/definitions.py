"""Deploy diagrams with their forms as immutable versions, and read them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from forms import definition as form_definition
from forms.model import Form

from . import history, locks, positions, starts
from .checking import Checked, check
from .db import UnitOfWork
from .diagram import read
from .diagram.decisions import read_decisions
from .diagram.model import Diagram, Process
from .errors import DiagramProblem, InvalidDiagram, NotAllowed, NotFound, ProcessRetired, VersionChanged
from .expressions import names_in
from .identity import Entitlement
from .model import DecisionRow, DefinitionRow, FormRow, PersonRow
from .spiff.spec import Spec, compile_spec


@dataclass(frozen=True, slots=True)
class DefinitionView:
    id: int
    key: str
    version: int
    name: str
    example: bool
    created_at: datetime
    created_by: str
    reason: str
    retired: bool
    new: bool = False  #: made by this very deployment
    warnings: tuple[DiagramProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a version consists of, as it was stored."""

    xml: bytes
    forms: Mapping[str, str]  #: form key -> form-js JSON
    decisions: tuple[bytes, ...]  #: DMN files


# -- deploying -------------------------------------------------------------------------------------------------------


def deploy(
    uow: UnitOfWork,
    xml: bytes,
    forms: Mapping[str, str],
    decisions: Collection[bytes] = (),
    *,
    reason: str = "",
    after: int | None = None,
    restored: int | None = None,
) -> DefinitionView:
    """Check a diagram with its forms (form key -> form-js JSON) and DMN files, and store it as its next version.

    Forms and decisions the diagram does not name are left out. The same content as the newest version makes no new
    one. `after` is the newest version the actor has seen (0: none), `restored` the older one whose content this is.
    Raises InvalidDiagram with every problem found, NotAllowed unless the actor owns the process or administers,
    VersionChanged when `after` is given and another version is the newest.
    """
    process = read.read(xml).process
    newest = _newest(uow, process.key)
    # Only the owners in force decide; a new process has none yet, so whoever its draft names may bring it in.
    entitled_by = require_owner(uow, _diagram(newest).process if newest else process, "deploy")
    checked = _check(uow, xml, forms, decisions)
    # Checking takes its time, so others wait only now; somebody may have deployed meanwhile.
    locks.alone_in_office(uow)
    newest = _newest(uow, process.key)
    if after is not None and after != (newest.version if newest else 0):
        seen = view(uow, newest) if newest else None
        raise VersionChanged(
            process.key,
            seen.version if seen else 0,
            seen.created_by if seen else "",
            seen.created_at if seen else None,
            seen.reason if seen else "",
        )
    if newest is not None and newest.digest == checked.digest:
        return view(uow, newest)
    return _store(uow, checked, newest, reason, entitled_by=entitled_by, restored=restored)


def deploy_seeds(uow: UnitOfWork, processes_dir: Path, forms_dir: Path) -> dict[str, InvalidDiagram]:
    """Deploy the reviewed files; gives what was refused, by file name. One bad file keeps no other from its place.

    A seed equal to *any* earlier version of its process is left alone, so an owner's edit stays.
    """
    forms = {path.stem: path.read_text("utf-8") for path in sorted(forms_dir.glob("*.form"))}
    decisions = [path.read_bytes() for path in sorted(processes_dir.glob("*.dmn"))]
    locks.alone_in_office(uow)
    refused: dict[str, InvalidDiagram] = {}
    for path in sorted(processes_dir.glob("*.bpmn")):
        try:
            checked = _check(uow, path.read_bytes(), forms, decisions)
        except InvalidDiagram as error:
            refused[path.name] = error
            continue
        key = checked.diagram.process.key
        known = select(DefinitionRow.id).where(DefinitionRow.key == key, DefinitionRow.digest == checked.digest)
        if uow.session.scalar(known.limit(1)) is None:
            _store(uow, checked, _newest(uow, key), "")
    return refused


def judged(uow: UnitOfWork, xml: bytes, forms: Mapping[str, str], decisions: Collection[bytes]) -> Checked:
    """What is wrong with a diagram in this office. Raises InvalidDiagram only when it can't be read at all."""
    known = positions.names(uow)
    return check(xml, forms, decisions, positions={*known, *known.values()})


def _check(uow: UnitOfWork, xml: bytes, forms: Mapping[str, str], decisions: Collection[bytes]) -> Checked:
    checked = judged(uow, xml, forms, decisions)
    if checked.blocked:
        raise InvalidDiagram(checked.problems)
    return checked


def _store(
    uow: UnitOfWork,
    checked: Checked,
    newest: DefinitionRow | None,
    reason: str,
    *,
    entitled_by: Entitlement | None = None,
    restored: int | None = None,
) -> DefinitionView:
    process = checked.diagram.process
    row = DefinitionRow(
        key=process.key,
        version=newest.version + 1 if newest else 1,
        name=process.name,
        digest=checked.digest,
        xml=checked.diagram.xml,
        begins=process.begins,
        example=process.example,
        warnings=[],
        created_at=uow.now,
        created_by=uow.actor.person_id,
        reason=reason.strip(),
        # A process stays retired, whatever is published: only reinstating it lets cases begin again.
        retired_at=newest.retired_at if newest else None,
    )
    uow.session.add(row)
    uow.session.flush()
    for key, content in checked.forms.items():
        uow.session.add(FormRow(definition_id=row.id, key=key, content=content))
    for key, file in checked.decisions.items():
        uow.session.add(DecisionRow(definition_id=row.id, key=key, content=file))
    if row.retired_at is None:
        starts.schedule(uow, process)
    history.record(
        uow,
        "process.deployed",
        entitled_by=entitled_by,
        key=row.key,
        version=row.version,
        name=row.name,
        reason=row.reason,
        **({"restored": restored} if restored else {}),  # type: ignore[arg-type]
    )
    return view(uow, row, new=True, warnings=checked.problems)


# -- reading ---------------------------------------------------------------------------------------------------------


def startable(uow: UnitOfWork, key: str) -> DefinitionRow:
    """The row new cases of a process start from. Raises NotFound if there is none, ProcessRetired."""
    row = row_of(uow, key)
    if row.retired_at is not None:
        raise ProcessRetired(key)
    return row


def row_of(uow: UnitOfWork, key: str, version: int | None = None) -> DefinitionRow:
    """The row of the newest version of a process, or of the one asked for. Raises NotFound."""
    row = _newest(uow, key) if version is None else _version(uow, key, version)
    if row is None:
        raise NotFound("process" if version is None else "version", key if version is None else f"{version} of {key}")
    return row


def known(uow: UnitOfWork, key: str) -> DefinitionRow | None:
    """The row of the newest version of a process; None where there is none."""
    return _newest(uow, key)


def in_force(uow: UnitOfWork) -> tuple[tuple[str, int], ...]:
    """Key and id of the newest version of every process, retired ones too."""
    rows = uow.session.execute(
        select(DefinitionRow.key, DefinitionRow.id).order_by(DefinitionRow.key, DefinitionRow.version)
    )
    newest = {row.key: row.id for row in rows}
    return tuple(newest.items())


def content_of(uow: UnitOfWork, definition_id: int) -> Content:
    """Diagram, forms and decisions of a version, to be edited, compared or deployed again."""
    row = _row(uow, definition_id)
    forms = uow.session.execute(select(FormRow.key, FormRow.content).where(FormRow.definition_id == row.id))
    files = uow.session.scalars(
        select(DecisionRow.content).where(DecisionRow.definition_id == row.id).order_by(DecisionRow.key)
    )
    return Content(row.xml, {row.key: row.content for row in forms}, tuple(dict.fromkeys(files)))


def diagram_of(uow: UnitOfWork, definition_id: int) -> Diagram:
    """The diagram of a version; read once per process for each content."""
    return _diagram(_row(uow, definition_id))


def spec_of(uow: UnitOfWork, definition_id: int) -> Spec:
    row = _row(uow, definition_id)
    return _compiled(row.digest, row.xml, _decisions(uow, row))


def form_of(uow: UnitOfWork, definition_id: int, key: str) -> Form:
    """The form `key` as it was deployed with this version. Raises NotFound."""
    content = uow.session.scalar(
        select(FormRow.content).where(FormRow.definition_id == definition_id, FormRow.key == key)
    )
    if content is None:
        raise NotFound("form", key)
    return _form(content)


def mentioned_names(uow: UnitOfWork, definition_id: int) -> frozenset[str]:
    """Every name that an expression of a version mentions: these alone become variables of a case."""
    process = diagram_of(uow, definition_id).process
    return spec_of(uow, definition_id).names.union(*(names_in(text) for text in process.expressions))


def _decisions(uow: UnitOfWork, row: DefinitionRow) -> frozenset[bytes]:
    """The DMN files of a version; asked for only where a step looks something up in one."""
    if not any(node.wiring.decision for node in _diagram(row).process.nodes.values()):
        return frozenset()
    return frozenset(uow.session.scalars(select(DecisionRow.content).where(DecisionRow.definition_id == row.id)))


# -- rights ----------------------------------------------------------------------------------------------------------


def owner_keys(uow: UnitOfWork, process: Process) -> tuple[str, ...]:
    """Position keys of the process owners; empty where the diagram names none that exist."""
    found = (positions.resolve(uow, owner) for owner in process.owners)
    return tuple(key for key in found if key is not None)


def starter_keys(uow: UnitOfWork, process: Process) -> tuple[str, ...]:
    """Who may start: the diagram's starters, else the performers of its first activity."""
    named: tuple[str, ...] = process.starters
    if not named:
        first = next((n for n in process.steps() if n.lane or n.candidate_groups), None)
        if first is not None and first.candidate_groups and "${" not in first.candidate_groups:
            named = tuple(part.strip() for part in first.candidate_groups.split(","))
        elif first is not None and first.lane:
            named = (first.lane,)
    found = (positions.resolve(uow, name) for name in named)
    return tuple(key for key in found if key is not None)


def starter_entitlement(uow: UnitOfWork, process: Process) -> Entitlement | None:
    """The position through which the actor may start a case, or None. Owners may always; nobody where a message,
    a signal or a timer does it.

    Where the office has no position for either, an administrator may: a foreign diagram must not be dead on arrival.
    """
    if process.begins is not None:
        return None
    entitled = (*starter_keys(uow, process), *owner_keys(uow, process))
    if not entitled:
        return next((p for p in uow.actor.positions if p.administrator), None)
    return uow.actor.holding(*entitled)


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


def may_edit(uow: UnitOfWork, definition_id: int) -> bool:
    """Whether the actor may edit and publish the process of this version."""
    owners = owner_keys(uow, diagram_of(uow, definition_id).process)
    return uow.actor.system or uow.actor.administrator or uow.actor.holding(*owners) is not None


# -- rows ------------------------------------------------------------------------------------------------------------


def _newest(uow: UnitOfWork, key: str) -> DefinitionRow | None:
    return uow.session.scalar(
        select(DefinitionRow).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc()).limit(1)
    )


def _version(uow: UnitOfWork, key: str, version: int) -> DefinitionRow | None:
    return uow.session.scalar(select(DefinitionRow).where(DefinitionRow.key == key, DefinitionRow.version == version))


def _row(uow: UnitOfWork, definition_id: int) -> DefinitionRow:
    row = uow.session.get(DefinitionRow, definition_id)
    if row is None:
        raise NotFound("process definition", definition_id)
    return row


def view(
    uow: UnitOfWork, row: DefinitionRow, *, new: bool = False, warnings: tuple[DiagramProblem, ...] = ()
) -> DefinitionView:
    """A version as others see it."""
    author = uow.session.get(PersonRow, row.created_by) if row.created_by else None
    return DefinitionView(
        id=row.id,
        key=row.key,
        version=row.version,
        name=row.name,
        example=row.example,
        created_at=row.created_at,
        created_by=author.name if author else "",
        reason=row.reason,
        retired=row.retired_at is not None,
        new=new,
        warnings=warnings,
    )


def _diagram(row: DefinitionRow) -> Diagram:
    return _read(row.digest, row.xml)


@lru_cache(maxsize=128)
def _read(digest: str, xml: bytes) -> Diagram:
    return read.read(xml)


@lru_cache(maxsize=128)
def _compiled(digest: str, xml: bytes, decisions: frozenset[bytes]) -> Spec:
    return compile_spec(xml, {key: one for file in decisions for key, one in read_decisions(file).items()})


@lru_cache(maxsize=512)
def _form(content: str) -> Form:
    return form_definition.parse(content)
