"""Put diagrams in force: judged with their forms, stored as the next version, and those that call them with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from . import calls, definitions, history, locks, starts
from .checking import Checked, check
from .db import UnitOfWork
from .definitions import DefinitionView
from .diagram import read
from .errors import N_, DiagramProblem, InvalidDiagram, VersionChanged
from .identity import Entitlement
from .model import DecisionRow, DefinitionRow, FormRow
from .people import positions
from .people.owners import require_owner

CALLER_STAYS = N_("“%(process)s” goes on calling the version before: with this one it would not run: %(reason)s")
CALLER_REMEDY = N_("Change one of the two so that they fit, and deploy it.")


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
    newest = definitions.known(uow, process.key)
    # Only the owners in force decide; a new process has none yet, so whoever its draft names may bring it in.
    entitled_by = require_owner(uow, calls.diagram(uow, newest).process if newest else process, "deploy")
    checked = sound(uow, xml, forms, decisions)
    # Checking takes its time, so others wait only now; somebody may have deployed meanwhile.
    locks.alone_in_office(uow)
    if checked.calls:
        checked = sound(uow, xml, forms, decisions)
    newest = definitions.known(uow, process.key)
    if after is not None and after != (newest.version if newest else 0):
        seen = definitions.view(uow, newest) if newest else None
        raise VersionChanged(
            process.key,
            seen.version if seen else 0,
            seen.created_by if seen else "",
            seen.created_at if seen else None,
            seen.reason if seen else "",
        )
    if newest is not None and newest.digest == checked.digest:
        return definitions.view(uow, newest)
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
    newest = {key: definitions.by_id(uow, id) for key, id in definitions.in_force(uow)} if changed else {}
    followers: list[DefinitionView] = []
    warnings: list[DiagramProblem] = []
    for key, called in calls.callers(newest, changed.keys()):
        row, fresh = newest[key], sorted(called & changed.keys())
        content = definitions.content_of(uow, row.id)
        checked = judged(uow, content.xml, content.forms, content.decisions)
        if checked.blocked:
            params = {"process": row.name, "reason": next(p.said for p in checked.problems if p.severity == "error")}
            stays = DiagramProblem("caller-stays", CALLER_STAYS, CALLER_REMEDY, severity="warning", params=params)
            warnings.append(stays)
        elif fresh and checked.digest != row.digest:
            followers.append(store(uow, checked, "", follows={other: changed[other] for other in fresh}))
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
    follows: Mapping[str, int] | None = None,
) -> DefinitionView:
    """Keep what was checked as the next version. Called with the office held alone.

    `follows`: only what the process calls has changed, to these versions by key.
    """
    process = checked.diagram.process
    newest = definitions.known(uow, process.key)
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
        follows=dict(follows or {}),
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
    if row.retired_at is None and not row.follows:
        starts.schedule(uow, process)
    history.record(
        uow,
        "process.deployed",
        entitled_by=entitled_by,
        key=row.key,
        version=row.version,
        name=row.name,
        reason=row.reason,
        **{key: value for key, value in (("restored", restored), ("follows", row.follows)) if value},  # type: ignore[arg-type]
    )
    return definitions.view(uow, row, new=True, warnings=checked.problems)
