"""Deploy diagrams with their forms as immutable versions, and read them back."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from forms import definition as form_definition
from forms.model import Form

from . import calls, history, locks, positions, starts
from .checking import Checked, check, tables_in
from .db import UnitOfWork
from .diagram import read
from .diagram.link import relocated, within
from .diagram.model import Diagram
from .errors import N_, DiagramProblem, InvalidDiagram, NotFound, ProcessRetired, VersionChanged
from .expressions import names_in
from .identity import Entitlement
from .model import DecisionRow, DefinitionRow, FormRow, PersonRow
from .owners import owner_keys as owner_keys
from .owners import require_owner as require_owner
from .owners import starter_entitlement as starter_entitlement
from .owners import starter_keys as starter_keys
from .spiff.spec import Spec, compile_spec

#: The reason of a version that only follows what it calls.
FOLLOWED = re.compile(r"(?:^|, )calls (\S+) (\d+)(?=$|,)")
CALLER_STAYS = N_("“%(process)s” goes on calling the version before: with this one it would not run: %(reason)s")
CALLER_REMEDY = N_("Change one of the two so that they fit, and deploy it.")


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
    alone: bool = False,
) -> DefinitionView:
    """Check a diagram with its forms (form key -> form-js JSON) and DMN files, and store it as its next version.

    Forms and decisions the diagram does not name are left out. The same content as the newest version makes no new
    one. `after` is the newest version the actor has seen (0: none), `restored` the older one whose content this is.
    Processes that call the latest version get a new version each, unless it is deployed `alone`.
    Raises InvalidDiagram with every problem found, NotAllowed unless the actor owns the process or administers,
    VersionChanged when `after` is given and another version is the newest.
    """
    process = read.read(xml).process
    newest = _newest(uow, process.key)
    # Only the owners in force decide; a new process has none yet, so whoever its draft names may bring it in.
    entitled_by = require_owner(uow, calls.diagram(uow, newest).process if newest else process, "deploy")
    checked = sound(uow, xml, forms, decisions)
    # Checking takes its time, so others wait only now; somebody may have deployed meanwhile.
    locks.alone_in_office(uow)
    if checked.calls:
        checked = sound(uow, xml, forms, decisions)
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
    made = store(uow, checked, reason, entitled_by=entitled_by, restored=restored)
    return made if alone else follow(uow, [made])[0]


def deploy_all(
    uow: UnitOfWork,
    files: Sequence[tuple[bytes, Mapping[str, str], Collection[bytes]]],
    *,
    reason: str = "",
) -> tuple[DefinitionView, ...]:
    """Deploy several diagrams, each with its forms and DMN files, those that are called first; as `deploy`."""
    order = calls.in_order([xml for xml, _, _ in files])
    made = {place: deploy(uow, *files[place], reason=reason, alone=True) for place in order}
    return follow(uow, [made[place] for place in range(len(files))])


def follow(uow: UnitOfWork, made: Sequence[DefinitionView]) -> tuple[DefinitionView, ...]:
    """Give processes that call the latest version of what was deployed a new version, and those that call them.

    One that would not run with what it calls now stays as it is, with a warning. Returns `made` with both in its last.
    """
    changed = {one.key: one.version for one in made if one.new}
    newest = {key: _row(uow, id) for key, id in in_force(uow)} if changed else {}
    followers: list[DefinitionView] = []
    warnings: list[DiagramProblem] = []
    for key, called in calls.callers(newest, changed.keys()):
        row, fresh = newest[key], sorted(called & changed.keys())
        content = content_of(uow, row.id)
        checked = judged(uow, content.xml, content.forms, content.decisions)
        if checked.blocked:
            params = {"process": row.name, "reason": next(p.text() for p in checked.problems if p.severity == "error")}
            stays = DiagramProblem("caller-stays", CALLER_STAYS, CALLER_REMEDY, severity="warning", params=params)
            warnings.append(stays)
        elif fresh and checked.digest != row.digest:
            followers.append(store(uow, checked, ", ".join(f"calls {other} {changed[other]}" for other in fresh)))
            changed[key] = followers[-1].version
    if not followers and not warnings:
        return tuple(made)
    last = replace(made[-1], followers=tuple(followers), warnings=(*made[-1].warnings, *warnings))
    return (*made[:-1], last)


def judged(uow: UnitOfWork, xml: bytes, forms: Mapping[str, str], decisions: Collection[bytes]) -> Checked:
    """What is wrong with a diagram in this office. Raises InvalidDiagram only when it can't be read at all."""
    known = positions.names(uow)
    return check(xml, forms, decisions, positions={*known, *known.values()}, processes=calls.find(uow))


def sound(uow: UnitOfWork, xml: bytes, forms: Mapping[str, str], decisions: Collection[bytes]) -> Checked:
    """The same, but raises InvalidDiagram with every problem found if one is blocking."""
    checked = judged(uow, xml, forms, decisions)
    if checked.blocked:
        raise InvalidDiagram(checked.problems)
    return checked


def store(
    uow: UnitOfWork,
    checked: Checked,
    reason: str,
    *,
    entitled_by: Entitlement | None = None,
    restored: int | None = None,
) -> DefinitionView:
    """Keep what was checked as the next version. Called with the office held alone."""
    process = checked.diagram.process
    newest = _newest(uow, process.key)
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
    # The clock of a version that only follows what it calls goes on as it went.
    if row.retired_at is None and not FOLLOWED.search(row.reason):
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


def version_of(uow: UnitOfWork, key: str, version: int | None = None) -> tuple[DefinitionView, Content]:
    """The newest version of a process, or the one asked for, with its content. Raises NotFound."""
    row = row_of(uow, key, version)
    return view(uow, row), content_of(uow, row.id)


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
    """Diagram, forms and decisions of a version, to be edited, compared or deployed again; not of what it calls."""
    row = _row(uow, definition_id)
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
    return uow.kept(("diagram", definition_id), lambda: calls.diagram(uow, _row(uow, definition_id)))


def spec_of(uow: UnitOfWork, definition_id: int) -> Spec:
    """A version ready to run; compiled once per process for each content."""
    return uow.kept(("spec", definition_id), lambda: _spec(uow, _row(uow, definition_id)))


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
        reason="" if FOLLOWED.search(row.reason) else row.reason,
        retired=row.retired_at is not None,
        new=new,
        warnings=warnings,
        follows=tuple((key, int(version)) for key, version in FOLLOWED.findall(row.reason)),
    )


@lru_cache(maxsize=128)
def _compiled(digest: str, xml: bytes, decisions: frozenset[tuple[str, bytes]]) -> Spec:
    return compile_spec(xml, tables_in(dict(decisions)))


@lru_cache(maxsize=512)
def _form(content: str, prefix: str) -> Form:
    return relocated(form_definition.parse(content), prefix)
