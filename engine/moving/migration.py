"""Running cases carried to another version of their process one by one, undone until they go on.

For the owners of a process and administrators. What a move would do is worked out in move_plan.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from engine import deadlines, definitions, history, instances, jobs, locks
from engine.db import UnitOfWork
from engine.diagram.model import Process
from engine.errors import (
    N_,
    ActivityFailed,
    CannotMove,
    CaseMovedOn,
    CaseNotActive,
    DiagramProblem,
    InvalidInput,
    NotFound,
)
from engine.identity import Entitlement
from engine.model import (
    CaseMoveRow,
    CaseState,
    DeadlineRow,
    DefinitionRow,
    InstanceRow,
    JobRow,
    SubmissionRow,
    TaskRow,
    TaskState,
)
from engine.spiff import migrate
from engine.spiff.migrate import Moved, Passage
from engine.spiff.spec import Spec
from engine.versions import required_reason

from . import imprints, refit

RUNNING = (CaseState.ACTIVE, CaseState.SUSPENDED)


def move(uow: UnitOfWork, instance_id: int, to_definition: int, mapping: Mapping[str, str], reason: str) -> None:
    """Carry one case to another version of its process, in the caller's transaction.

    What was due fires first. Raises NotFound, NotAllowed, InvalidInput without a reason or for a wrong mapping,
    CaseNotActive when it has ended, CannotMove with every reason.
    """
    reason = required_reason(reason)
    row = locks.case(uow, instance_id)
    source, target = _definition(uow, row.definition_id), _definition(uow, to_definition)
    entitled = _require_steering(uow, row, source.key, "move")
    if source.key != target.key:
        raise InvalidInput("version", N_("This is a version of another process."))
    if row.state not in RUNNING:
        raise CaseNotActive(row.id, row.state)
    if source.id == target.id:
        return
    check_mapping(uow, target, mapping)
    nodes = definitions.diagram_of(uow, source.id).process.nodes
    mapping = {old: new for old, new in mapping.items() if old in nodes}  # cases of several versions share a mapping
    if row.state == CaseState.ACTIVE and _overdue(uow, row):
        _catch_up(uow, row)
        if row.state not in RUNNING:
            raise CaseNotActive(row.id, row.state)
    passage, moved = migrated(uow, row, source, target, mapping)
    before = imprints.take(uow, row.id)
    row.definition_id = target.id
    calendar = deadlines.calendar_for(uow, passage.after)
    refit.apply(uow, row, passage.before, passage.after, mapping, moved, calendar)
    history.record(
        uow,
        "case.moved",
        instance_id=row.id,
        entitled_by=entitled,
        from_version=source.version,
        to_version=target.version,
        reason=reason,
    )
    uow.session.add(
        CaseMoveRow(
            instance_id=row.id,
            from_definition_id=source.id,
            to_definition_id=target.id,
            moved_at=uow.now,
            moved_by=uow.actor.person_id,
            reason=reason,
            mapping=mapping,
            before=imprints.difference(before, imprints.take(uow, row.id)),
            row_version=row.row_version,
        )
    )
    uow.session.flush()


def undo(uow: UnitOfWork, instance_id: int) -> None:
    """Put a moved case back exactly as it was, while it has not gone on. What was typed or taken since stays.

    Raises NotFound, NotAllowed, CaseMovedOn.
    """
    row = locks.case(uow, instance_id)
    entitled = _require_steering(uow, row, _definition(uow, row.definition_id).key, "move")
    moved = _last_move(uow, instance_id)
    if moved is None or moved.row_version != row.row_version or row.state not in RUNNING:
        raise CaseMovedOn(instance_id)
    source, target = _definition(uow, moved.from_definition_id), _definition(uow, moved.to_definition_id)
    imprints.put_back(uow, instance_id, moved.before)
    if row.state == CaseState.SUSPENDED:
        jobs.hold(uow, row.id)
    moved.undone_at = uow.now
    history.record(
        uow,
        "case.move_undone",
        instance_id=instance_id,
        entitled_by=entitled,
        from_version=target.version,
        to_version=source.version,
    )
    uow.session.flush()


# -- parts -----------------------------------------------------------------------------------------------------------


def _definition(uow: UnitOfWork, id: int) -> DefinitionRow:
    row = uow.session.get(DefinitionRow, id)
    if row is None:
        raise NotFound("process definition", id)
    return row


def require_owner(uow: UnitOfWork, key: str, action: str) -> Entitlement | None:
    """Only the owners in force decide: those of the newest version. Raises NotAllowed."""
    newest = definitions.row_of(uow, key)
    return definitions.require_owner(uow, definitions.diagram_of(uow, newest.id).process, action)


def _require_steering(uow: UnitOfWork, row: InstanceRow, key: str, action: str) -> Entitlement | None:
    if not uow.actor.system and not instances.may_read(uow, row):
        raise NotFound("case", row.id)
    return require_owner(uow, key, f"{action} cases of")


def _last_move(uow: UnitOfWork, instance_id: int) -> CaseMoveRow | None:
    return uow.session.scalar(
        select(CaseMoveRow)
        .where(CaseMoveRow.instance_id == instance_id, CaseMoveRow.undone_at.is_(None))
        .order_by(CaseMoveRow.id.desc())
        .limit(1)
    )


def undoable(uow: UnitOfWork, rows: Collection[InstanceRow]) -> set[int]:
    """Cases whose last step was a move."""
    moves = select(CaseMoveRow.instance_id, CaseMoveRow.row_version).where(
        CaseMoveRow.instance_id.in_([row.id for row in rows]), CaseMoveRow.undone_at.is_(None)
    )
    known = {(id, version) for id, version in uow.session.execute(moves)}
    return {row.id for row in rows if (row.id, row.row_version) in known}


def _overdue(uow: UnitOfWork, row: InstanceRow) -> bool:
    due = select(JobRow.id).where(JobRow.instance_id == row.id, JobRow.kind == "timer", JobRow.due_at <= uow.now)
    return uow.session.scalar(due.limit(1)) is not None


def _catch_up(uow: UnitOfWork, row: InstanceRow) -> None:
    """Fire what is due; what fails in the old version stays due, and perhaps the new one mends it."""
    with suppress(ActivityFailed):
        instances.fire(uow, row)


def check_mapping(uow: UnitOfWork, target: DefinitionRow, mapping: Mapping[str, str]) -> None:
    """Only what the version does not have can be replaced, and only by what it has. Raises InvalidInput."""
    after = definitions.diagram_of(uow, target.id).process.nodes
    for old, new in mapping.items():
        if new not in after or old in after:
            raise InvalidInput("mapping", N_("%(old)s can't be replaced by %(new)s in this version."), old=old, new=new)


@lru_cache(maxsize=32)
def _between(old: _Version, new: _Version) -> Passage:
    return migrate.between(old.spec, new.spec, old.process, new.process)


class _Version:
    """A version as a key: equal where its content is."""

    def __init__(self, digest: str, spec: Spec, process: Process) -> None:
        self.digest, self.spec, self.process = digest, spec, process

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _version(uow: UnitOfWork, row: DefinitionRow) -> _Version:
    return _Version(row.digest, definitions.spec_of(uow, row.id), definitions.diagram_of(uow, row.id).process)


def migrated(
    uow: UnitOfWork, row: InstanceRow, source: DefinitionRow, target: DefinitionRow, mapping: Mapping[str, str]
) -> tuple[Passage, Moved]:
    """The case in the new version, worked out in memory. Raises CannotMove."""
    passage = _between(_version(uow, source), _version(uow, target))
    assert row.snapshot is not None
    _require_quiet_calls(uow, row, passage, mapping)
    calendar = deadlines.calendar_for(uow, passage.after)
    moved = migrate.migrate(
        passage,
        row.snapshot,
        mapping,
        instances.surroundings(uow, calendar),
        entered=_entered(uow, row.id),
        variables=_answers(uow, row, passage),
    )
    return passage, moved


def _require_quiet_calls(uow: UnitOfWork, row: InstanceRow, passage: Passage, mapping: Mapping[str, str]) -> None:
    """A connector that is being called just now must get its answer in the version that asked."""
    calls = select(JobRow).where(JobRow.instance_id == row.id, JobRow.kind == "service")
    for job in uow.session.scalars(calls.where(JobRow.not_before > uow.real_now)):
        element = job.payload["event_id"]
        old = passage.before.nodes.get(element)
        new = passage.after.nodes.get(mapping.get(element, element))
        if old is not None and (new is None or new.wiring != old.wiring):
            name = old.name or old.id
            raise CannotMove(
                [
                    DiagramProblem(
                        "calling",
                        N_("%(name)s is being called at this moment."),
                        N_("Try again in a few minutes."),
                        element,
                        name,
                        params={"name": name},
                    )
                ]
            )


def _entered(uow: UnitOfWork, instance_id: int) -> dict[str, datetime]:
    """When open activities were entered, by key, as far as rows know."""
    entered: dict[str, datetime] = {}
    inner = (
        select(TaskRow.scope_key, func.min(TaskRow.created_at))
        .where(TaskRow.instance_id == instance_id, TaskRow.scope_key.is_not(None))
        .group_by(TaskRow.scope_key)
    )
    own = select(TaskRow.key, TaskRow.created_at).where(
        TaskRow.instance_id == instance_id, TaskRow.state == TaskState.OPEN
    )
    timed = select(DeadlineRow.activity_key, DeadlineRow.started_at).where(
        DeadlineRow.instance_id == instance_id, DeadlineRow.ended_at.is_(None)
    )
    for query in (inner, own, timed):
        entered.update({str(row[0]): row[1] for row in uow.session.execute(query)})
    return entered


def _answers(uow: UnitOfWork, row: InstanceRow, passage: Passage) -> dict[str, Any]:
    """What has been answered already for names that only the new version mentions."""
    wanted = passage.new.names - row.variables.keys()
    found: dict[str, Any] = {}
    if wanted:
        sent = select(SubmissionRow.values).where(SubmissionRow.instance_id == row.id).order_by(SubmissionRow.id)
        for values in uow.session.scalars(sent):
            found |= {name: values[name] for name in wanted & values.keys()}
    return found
