"""The versions of a process: who published which, when and why; an older one back in force; no new starts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from . import definitions, deployment, history, jobs, locks, reading, starts
from .db import UnitOfWork
from .definitions import DefinitionView
from .errors import N_, Conflict, InvalidInput, NotFound
from .identity import Entitlement
from .model import CaseState, DefinitionRow, InstanceRow

LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class VersionItem:
    definition: DefinitionView
    position_name: str  #: through which its author published it; "" for the seed
    restored: int | None  #: the older version whose content it is
    running: int
    completed: int


@dataclass(frozen=True, slots=True)
class VersionsPage:
    key: str
    name: str
    items: tuple[VersionItem, ...]  #: newest first
    events: tuple[history.EventView, ...]  #: retired and reinstated, newest first
    retired: bool
    may_edit: bool

    @property
    def newest(self) -> int:
        return self.items[0].definition.version


def listing(uow: UnitOfWork, key: str) -> VersionsPage:
    """Every version of a process with its cases, and when it was retired and reinstated. Raises NotFound."""
    rows = uow.session.scalars(
        select(DefinitionRow).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc())
    ).all()
    if not rows:
        raise NotFound("process", key)
    counts = _counts(uow, key)
    events = history.of_process(uow, key)
    deployed = {event.data.get("version"): event for event in events if event.kind == "process.deployed"}
    items = []
    for row in rows:
        event = deployed.get(row.version)
        by = counts.get(row.id, {})
        items.append(
            VersionItem(
                definition=definitions.view(uow, row),
                position_name=event.position_name if event else "",
                restored=event.data.get("restored") if event else None,
                running=by.get(CaseState.ACTIVE, 0) + by.get(CaseState.SUSPENDED, 0),
                completed=by.get(CaseState.COMPLETED, 0),
            )
        )
    return VersionsPage(
        key=key,
        name=rows[0].name,
        items=tuple(items),
        events=tuple(event for event in events if event.kind != "process.deployed"),
        retired=rows[0].retired_at is not None,
        may_edit=definitions.may_edit(uow, rows[0].id),
    )


def restore(uow: UnitOfWork, key: str, version: int, reason: str) -> DefinitionView:
    """Put the content of an older version in force again, as a new version. Owners and administrators.

    Raises NotFound, NotAllowed, InvalidInput without a reason or where its content is in force already,
    InvalidDiagram where it can't run any more.
    """
    _owned(uow, key, "restore a version of")
    reason = required_reason(reason)
    old = definitions.row_of(uow, key, version)
    content = definitions.content_of(uow, old.id)
    made = deployment.deploy(uow, content.xml, content.forms, content.decisions, reason=reason, restored=version)
    if not made.new:
        raise InvalidInput(
            "version",
            N_("Version %(newest)s, which is in force, has this very content."),
            newest=made.version,
        )
    return made


def retire(uow: UnitOfWork, key: str, reason: str) -> DefinitionView:
    """Let no new case of a process begin, by whatever way; running ones go on. Owners and administrators.

    Raises NotFound, NotAllowed, InvalidInput without a reason, Conflict when it is retired already.
    """
    entitled_by = _owned(uow, key, "retire")
    reason = required_reason(reason)
    locks.alone_in_office(uow)
    row = definitions.row_of(uow, key)
    if row.retired_at is not None:
        raise Conflict(f"{key} is retired already")
    row.retired_at = uow.now
    jobs.remove(uow, starts.job_key(key))
    history.record(
        uow, "process.retired", entitled_by=entitled_by, key=key, version=row.version, name=row.name, reason=reason
    )
    return definitions.view(uow, row)


def reinstate(uow: UnitOfWork, key: str, reason: str) -> DefinitionView:
    """Let cases of a retired process begin again. Owners and administrators.

    Raises NotFound, NotAllowed, InvalidInput without a reason, Conflict when it is not retired.
    """
    entitled_by = _owned(uow, key, "reinstate")
    reason = required_reason(reason)
    locks.alone_in_office(uow)
    row = definitions.row_of(uow, key)
    if row.retired_at is None:
        raise Conflict(f"{key} is not retired")
    row.retired_at = None
    starts.schedule(uow, definitions.diagram_of(uow, row.id).process)
    history.record(
        uow, "process.reinstated", entitled_by=entitled_by, key=key, version=row.version, name=row.name, reason=reason
    )
    # Those that call it could not follow while it was retired.
    deployment.follow(uow, [definitions.view(uow, row, new=True)])
    return definitions.view(uow, row)


def required_reason(text: str) -> str:
    """The reason without blanks around it; InvalidInput where there is none."""
    text = text.strip()
    if not text:
        raise InvalidInput("reason", N_("Say why, in a few words: it stays in the history."))
    if len(text) > LONGEST_REASON:
        raise InvalidInput("reason", N_("Keep the reason under %(most)s characters."), most=LONGEST_REASON)
    return text


def _owned(uow: UnitOfWork, key: str, action: str) -> Entitlement | None:
    row = definitions.row_of(uow, key)
    return definitions.require_owner(uow, definitions.diagram_of(uow, row.id).process, action)


def _counts(uow: UnitOfWork, key: str) -> dict[int, dict[str, int]]:
    """Cases of each version by state, of those the actor may know of."""
    rows = uow.session.execute(
        select(InstanceRow.definition_id, InstanceRow.state, func.count())
        .join(DefinitionRow, InstanceRow.definition_id == DefinitionRow.id)
        .where(DefinitionRow.key == key, reading.listable(uow))
        .group_by(InstanceRow.definition_id, InstanceRow.state)
    )
    counts: dict[int, dict[str, int]] = {}
    for definition_id, state, number in rows:
        counts.setdefault(definition_id, {})[state] = number
    return counts
