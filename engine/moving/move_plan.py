"""What would become of the running cases of a process in another version: read only, to decide about moving them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine import definitions
from engine.db import UnitOfWork
from engine.diagram.model import Process
from engine.errors import N_, CannotMove, DiagramProblem
from engine.model import DefinitionRow, InstanceRow, PersonRow, SubmissionRow, TaskRow, TaskState
from engine.people import positions
from engine.reading import readable
from engine.spiff.migrate import Moved, Passage
from forms.definition import walk

from . import refit
from .migration import RUNNING, check_mapping, migrated, require_owner, undoable
from .refit import Refit

STAYS, MOVES, BLOCKED = "stays", "moves", "blocked"


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A task that waits for somebody in a case."""

    activity_id: str
    name: str
    number: str | None
    item_label: str
    performer: str  #: who has it, or the position whose queue it lies in


@dataclass(frozen=True, slots=True)
class DueChange:
    name: str
    number: str | None
    before: datetime | None  #: None: it had no standard time
    after: datetime | None  #: None: it has none in the new version
    passed: bool  #: it is over already, or will be as soon as the case has moved


@dataclass(frozen=True, slots=True)
class TaskChange:
    """An open task that lies with somebody else, or is called otherwise, in the new version."""

    name: str
    name_after: str
    item_label: str
    position: str
    position_after: str
    assignee: str  #: who has taken it; "" if nobody
    released: bool  #: who has taken it may not do it any more


@dataclass(frozen=True, slots=True)
class CasePlan:
    instance_id: int
    title: str
    case_key: str | None
    state: str
    from_version: int
    verdict: str  #: stays (it is of that version already) | moves | blocked
    reasons: tuple[DiagramProblem, ...]  #: why it is blocked
    notes: tuple[DiagramProblem, ...]  #: what to know before it moves
    steps: tuple[OpenStep, ...]
    dues: tuple[DueChange, ...]
    tasks: tuple[TaskChange, ...]
    undoable: bool  #: it was moved, and has not gone on since


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that cases wait at and the new version does not have, with what may take its place."""

    element: str
    name: str
    choices: tuple[tuple[str, str], ...]  #: id and name of elements of the new version
    chosen: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    key: str
    name: str
    to_version: int
    versions: tuple[int, ...]  #: all there are, the newest first
    cases: tuple[CasePlan, ...]
    gone: tuple[Gone, ...]
    hidden: int  #: running cases the actor may not know of

    def count(self, verdict: str) -> int:
        return sum(case.verdict == verdict for case in self.cases)


def plan(
    uow: UnitOfWork,
    key: str,
    to_version: int | None = None,
    mapping: Mapping[str, str] | None = None,
    *,
    only: Collection[int] | None = None,
) -> Plan:
    """Say what would become of every running case of a process; changes nothing.

    `to_version`: the newest where None; `mapping`: old element id -> new one. Raises NotFound, NotAllowed, InvalidInput
    for a mapping that names what is not there.
    """
    target = definitions.row_of(uow, key, to_version)
    require_owner(uow, key, "move cases of")
    mapping = dict(mapping or {})
    versions = {row.id: row for row in uow.session.scalars(select(DefinitionRow).where(DefinitionRow.key == key))}
    running = select(InstanceRow).where(InstanceRow.definition_id.in_(versions), InstanceRow.state.in_(RUNNING))
    if only is not None:
        running = running.where(InstanceRow.id.in_(only))
    rows = uow.session.scalars(running.where(readable(uow)).order_by(InstanceRow.id)).all()
    total = uow.session.scalar(select(func.count()).select_from(running.subquery())) or 0
    check_mapping(uow, target, mapping)
    may_undo = undoable(uow, rows)
    names = positions.names(uow)
    cases = tuple(_case(uow, row, versions, target, mapping, names, row.id in may_undo) for row in rows)
    return Plan(
        key=key,
        name=target.name,
        to_version=target.version,
        versions=tuple(sorted((row.version for row in versions.values()), reverse=True)),
        cases=cases,
        gone=_gone(uow, cases, versions, target, mapping),
        hidden=total - len(rows),
    )


def _case(
    uow: UnitOfWork,
    row: InstanceRow,
    versions: Mapping[int, DefinitionRow],
    target: DefinitionRow,
    mapping: Mapping[str, str],
    names: Mapping[str, str],
    undoable: bool,
) -> CasePlan:
    source = versions[row.definition_id]
    verdict = STAYS
    reasons: tuple[DiagramProblem, ...] = ()
    notes: tuple[DiagramProblem, ...] = ()
    foreseen = Refit((), ())
    process = definitions.diagram_of(uow, source.id).process
    after = definitions.diagram_of(uow, target.id).process
    if source.id != target.id:
        # Another version may have another of the elements that are gone.
        own = {old: new for old, new in mapping.items() if old in process.nodes}
        try:
            passage, moved = migrated(uow, row, source, target, own)
        except CannotMove as error:
            verdict, reasons = BLOCKED, error.problems
        else:
            verdict = MOVES
            foreseen = refit.foresee(uow, row, passage.before, after, own, moved)
            notes = (*moved.notes, *_unanswered(uow, row, passage, target, moved))
    return CasePlan(
        instance_id=row.id,
        title=row.title,
        case_key=row.case_key,
        state=row.state,
        from_version=source.version,
        verdict=verdict,
        reasons=reasons,
        notes=notes,
        steps=_steps(uow, row.id, names),
        dues=_dues(uow, process, after, foreseen),
        tasks=_task_changes(uow, foreseen, names),
        undoable=undoable,
    )


def _steps(uow: UnitOfWork, instance_id: int, names: Mapping[str, str]) -> tuple[OpenStep, ...]:
    rows = uow.session.execute(
        select(TaskRow, PersonRow.name)
        .outerjoin(PersonRow, TaskRow.assignee_id == PersonRow.id)
        .where(TaskRow.instance_id == instance_id, TaskRow.state == TaskState.OPEN)
        .order_by(TaskRow.id)
    )
    return tuple(
        OpenStep(
            activity_id=row.activity_id,
            name=row.name,
            number=row.number,
            item_label=row.item_label,
            performer=assignee or names.get(row.candidate_group or row.owner_group or "", ""),
        )
        for row, assignee in rows
    )


def _dues(uow: UnitOfWork, before: Process, after: Process, foreseen: Refit) -> tuple[DueChange, ...]:
    found = []
    for one in foreseen.deadlines:
        activity = one.timer.attached_to if one.timer is not None else one.row.activity_id if one.row else ""
        node = after.nodes.get(activity or "") or before.nodes.get(activity or "")
        fired = one.row is not None and one.timer is None and not one.gone
        passed = fired or (one.after is not None and one.after <= uow.now)
        found.append(
            DueChange(
                name=(node.name or node.id) if node is not None else activity or "",
                number=node.number if node is not None else None,
                before=one.before,
                after=one.after,
                passed=passed,
            )
        )
    return tuple(found)


def _task_changes(uow: UnitOfWork, foreseen: Refit, names: Mapping[str, str]) -> tuple[TaskChange, ...]:
    found = []
    for task in foreseen.tasks:
        row, groups = task.row, task.values["candidate_group"]
        if not task.released and (row.candidate_group, row.name) == (groups, task.values["name"]):
            continue
        assignee = uow.session.get(PersonRow, row.assignee_id) if row.assignee_id else None
        found.append(
            TaskChange(
                name=row.name,
                name_after=task.values["name"],
                item_label=row.item_label,
                position=names.get(row.candidate_group or row.owner_group or "", ""),
                position_after=names.get(groups or task.values["owner_group"] or "", ""),
                assignee=assignee.name if assignee else "",
                released=task.released,
            )
        )
    return tuple(found)


def _unanswered(
    uow: UnitOfWork, row: InstanceRow, passage: Passage, target: DefinitionRow, moved: Moved
) -> tuple[DiagramProblem, ...]:
    """New questions of forms that were sent before they asked: what decides by them will miss the answer."""
    missing = passage.new.names - passage.old.names - moved.snapshot.data.keys()
    if not missing:
        return ()
    done = set(
        uow.session.scalars(select(SubmissionRow.activity_id).where(SubmissionRow.instance_id == row.id).distinct())
    )
    still = {task.activity_id for task in moved.snapshot.tasks}
    found = []
    for node in passage.after.nodes.values():
        if node.form_key is None or node.id not in done or node.id in still:
            continue
        asked = {field.key for _, field in walk(definitions.form_of(uow, target.id, node.form_key))}
        name = node.name or node.id
        found += [
            DiagramProblem(
                "unanswered",
                N_("The new version decides by “%(field)s”, which %(name)s did not ask when it was done in this case."),
                N_("Leave the case in its version, or be ready to help it on where it decides."),
                node.id,
                name,
                "warning",
                {"field": field, "name": name},
            )
            for field in sorted(missing & asked)
        ]
    return tuple(found)


def _gone(
    uow: UnitOfWork,
    cases: tuple[CasePlan, ...],
    versions: Mapping[int, DefinitionRow],
    target: DefinitionRow,
    mapping: Mapping[str, str],
) -> tuple[Gone, ...]:
    """What has to be mapped, or was, with the elements of the new version of its kind and level."""
    by_number = {row.version: row for row in versions.values()}
    after = definitions.diagram_of(uow, target.id).process
    wanted: dict[str, Process] = {}
    for case in cases:
        before = definitions.diagram_of(uow, by_number[case.from_version].id).process
        for problem in case.reasons:
            if problem.rule in ("gone", "join") and problem.element in before.nodes:
                wanted.setdefault(problem.element or "", before)
        wanted.update({old: before for old in mapping if old in before.nodes})
    found = []
    for element, before in wanted.items():
        old = before.nodes[element]
        alike = [
            n
            for n in after.nodes.values()
            if n.kind == old.kind and (n.parent == old.parent or mapping.get(old.parent or "") == n.parent)
        ]
        alike.sort(key=lambda n: n.id in before.nodes)  # what is new comes first
        found.append(
            Gone(element, old.name or old.id, tuple((n.id, n.name or n.id) for n in alike), mapping.get(element))
        )
    return tuple(found)
