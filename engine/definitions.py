"""The versions of processes as they were deployed: immutable, with their forms and decisions, several live at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from forms import definition as form_definition
from forms.model import Form

from . import calls
from .checking import tables_in
from .db import UnitOfWork
from .diagram.link import relocated, within
from .diagram.model import Diagram, Process
from .errors import DiagramProblem, NotFound, ProcessRetired
from .expressions import names_in
from .model import DecisionRow, DefinitionRow, FormRow, PersonRow
from .people.owners import owner_keys as owner_keys
from .people.owners import require_owner as require_owner
from .people.owners import starter_entitlement as starter_entitlement
from .people.owners import starter_keys as starter_keys
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
    follows: tuple[tuple[str, int], ...] = ()  #: key and version of what it calls, where only that has changed
    followers: tuple[DefinitionView, ...] = ()  #: the new versions of processes that call it


@dataclass(frozen=True, slots=True)
class Content:
    """What a version consists of, as it was stored."""

    xml: bytes
    forms: Mapping[str, str]  #: form key -> form-js JSON
    decisions: tuple[bytes, ...]  #: DMN files


# -- reading ---------------------------------------------------------------------------------------------------------


def startable(uow: UnitOfWork, key: str) -> DefinitionRow:
    """The row new cases of a process start from. Raises NotFound if there is none, ProcessRetired."""
    row = row_of(uow, key)
    if row.retired_at is not None:
        raise ProcessRetired(key)
    return row


def row_of(uow: UnitOfWork, key: str, version: int | None = None) -> DefinitionRow:
    """The row of the newest version of a process, or of the one asked for. Raises NotFound."""
    row = known(uow, key) if version is None else _version(uow, key, version)
    if row is None:
        raise NotFound("process" if version is None else "version", key if version is None else f"{version} of {key}")
    return row


def by_id(uow: UnitOfWork, definition_id: int) -> DefinitionRow:
    """The row of a version. Raises NotFound."""
    row = uow.session.get(DefinitionRow, definition_id)
    if row is None:
        raise NotFound("process definition", definition_id)
    return row


def version_of(uow: UnitOfWork, key: str, version: int | None = None) -> tuple[DefinitionView, Content]:
    """The newest version of a process, or the one asked for, with its content. Raises NotFound."""
    row = row_of(uow, key, version)
    return view(uow, row), content_of(uow, row.id)


def known(uow: UnitOfWork, key: str) -> DefinitionRow | None:
    """The row of the newest version of a process; None where there is none."""
    return uow.session.scalar(
        select(DefinitionRow).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc()).limit(1)
    )


def in_force(uow: UnitOfWork) -> tuple[tuple[str, int], ...]:
    """Key and id of the newest version of every process, retired ones too."""
    rows = uow.session.execute(
        select(DefinitionRow.key, DefinitionRow.id).order_by(DefinitionRow.key, DefinitionRow.version)
    )
    newest = {row.key: row.id for row in rows}
    return tuple(newest.items())


def called_versions(uow: UnitOfWork, key: str, version: int | None, process: Process) -> dict[str, int]:
    """By activity the version of what each calls, in a version, or (None) in one that were published now."""
    return calls.versions(uow, process, row_of(uow, key, version) if version is not None else None)


def names(uow: UnitOfWork) -> dict[str, str]:
    """What each process is called in its newest version, by key."""
    rows = uow.session.execute(select(DefinitionRow.key, DefinitionRow.name).order_by(DefinitionRow.version))
    return {row.key: row.name for row in rows}


def content_of(uow: UnitOfWork, definition_id: int) -> Content:
    """Diagram, forms and decisions of a version, to be edited, compared or deployed again; not of what it calls."""
    row = by_id(uow, definition_id)
    forms = uow.session.execute(select(FormRow.key, FormRow.content).where(FormRow.definition_id == row.id))
    files = uow.session.execute(
        select(DecisionRow.key, DecisionRow.content)
        .where(DecisionRow.definition_id == row.id)
        .order_by(DecisionRow.key)
    )
    own = {form.key: form.content for form in forms if not within(form.key)}
    return Content(row.xml, own, tuple(dict.fromkeys(file.content for file in files if not within(file.key))))


def diagram_of(uow: UnitOfWork, definition_id: int) -> Diagram:
    """The diagram of a version with what it calls; read once per process for each content."""
    return uow.kept(("diagram", definition_id), lambda: calls.diagram(uow, by_id(uow, definition_id)))


def spec_of(uow: UnitOfWork, definition_id: int) -> Spec:
    """A version ready to run; compiled once per process for each content."""
    return uow.kept(("spec", definition_id), lambda: _spec(uow, by_id(uow, definition_id)))


def _spec(uow: UnitOfWork, row: DefinitionRow) -> Spec:
    return _compiled(row.digest, calls.runs(uow, row), _decisions(uow, row))


def form_of(uow: UnitOfWork, definition_id: int, key: str) -> Form:
    """The form `key` as it was deployed with this version. Raises NotFound."""
    return uow.kept(("form", definition_id, key), lambda: _read_form(uow, definition_id, key))


def _read_form(uow: UnitOfWork, definition_id: int, key: str) -> Form:
    content = uow.session.scalar(
        select(FormRow.content).where(FormRow.definition_id == definition_id, FormRow.key == key)
    )
    if content is None:
        raise NotFound("form", key)
    return _form(content, within(key))


def mentioned_names(uow: UnitOfWork, definition_id: int) -> frozenset[str]:
    """Every name that an expression of a version mentions: these alone become variables of a case."""
    return uow.kept(("mentioned", definition_id), lambda: _mentioned(uow, definition_id))


def _mentioned(uow: UnitOfWork, definition_id: int) -> frozenset[str]:
    process = diagram_of(uow, definition_id).process
    return spec_of(uow, definition_id).names.union(*(names_in(text) for text in process.expressions))


def _decisions(uow: UnitOfWork, row: DefinitionRow) -> frozenset[tuple[str, bytes]]:
    """The DMN files of a version by decision; asked for only where a step looks something up in one."""
    if not any(node.wiring.decision for node in calls.diagram(uow, row).process.nodes.values()):
        return frozenset()
    rows = uow.session.execute(select(DecisionRow.key, DecisionRow.content).where(DecisionRow.definition_id == row.id))
    return frozenset((key, file) for key, file in rows)


# -- rights ----------------------------------------------------------------------------------------------------------


def may_edit(uow: UnitOfWork, definition_id: int) -> bool:
    """Whether the actor may edit and publish the process of this version."""
    owners = owner_keys(uow, diagram_of(uow, definition_id).process)
    return uow.actor.system or uow.actor.administrator or uow.actor.holding(*owners) is not None


# -- rows ------------------------------------------------------------------------------------------------------------


def _version(uow: UnitOfWork, key: str, version: int) -> DefinitionRow | None:
    return uow.session.scalar(select(DefinitionRow).where(DefinitionRow.key == key, DefinitionRow.version == version))


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
        follows=tuple(sorted(row.follows.items())),
    )


@lru_cache(maxsize=128)
def _compiled(digest: str, xml: bytes, decisions: frozenset[tuple[str, bytes]]) -> Spec:
    return compile_spec(xml, tables_in(dict(decisions)))


@lru_cache(maxsize=512)
def _form(content: str, prefix: str) -> Form:
    return relocated(form_definition.parse(content), prefix)
