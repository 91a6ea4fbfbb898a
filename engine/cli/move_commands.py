"""The commands about running cases and versions: what a version would do to them, moving them, putting one back."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from engine import definitions
from engine.db import Database
from engine.errors import N_, Busy, CannotMove, CaseNotActive, InvalidInput
from engine.moving import migration, move_plan
from engine.moving.move_plan import MOVES, CasePlan

from .commands import Result, actor_of, table


def plan(database: Database, arguments: Namespace) -> Result:
    """What would become of every running case of a process; changes nothing."""
    with database.read(actor_of(database, arguments.person)) as uow:
        found = move_plan.plan(uow, arguments.key, arguments.to, _mapping(arguments.map))
    rows = [_case(case) for case in found.cases]
    short = [{key: row[key] for key in ("case", "title", "version", "verdict", "why")} for row in rows]
    data = {"key": found.key, "to": found.to_version, "cases": rows}
    return Result(f"to version {found.to_version}\n{table(short)}", data)


def move(database: Database, arguments: Namespace) -> Result:
    """Move the cases named, or all that can be, each in a transaction of its own."""
    actor, mapping = actor_of(database, arguments.person), _mapping(arguments.map)
    with database.read(actor) as uow:
        target = definitions.row_of(uow, arguments.key, arguments.to)
        to, version = target.id, target.version
        found = move_plan.plan(uow, arguments.key, version, mapping, only=arguments.case or None)
    chosen = arguments.case or [case.instance_id for case in found.cases if case.verdict == MOVES]
    moved: list[int] = []
    left: dict[int, str] = {}
    for case in chosen:
        try:
            with database.begin(actor) as uow:
                migration.move(uow, case, to, mapping, arguments.reason)
        except (Busy, CannotMove, CaseNotActive) as error:
            left[case] = str(error)
        else:
            moved.append(case)
    lines = [f"{len(moved)} moved to version {version}", *(f"case {case} stays: {why}" for case, why in left.items())]
    return Result("\n".join(lines), {"version": version, "moved": moved, "left": left}, good=not left)


def undo(database: Database, arguments: Namespace) -> Result:
    """Put a moved case back, while it has not gone on."""
    with database.begin(actor_of(database, arguments.person)) as uow:
        migration.undo(uow, arguments.case)
    return Result(f"Case {arguments.case} is as it was before the move.", {"case": arguments.case, "undone": True})


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if len(mapping) != len(pairs):
        raise InvalidInput("map", N_("Write OLD=NEW, each element once."))
    return mapping


def _case(case: CasePlan) -> dict[str, Any]:
    return {
        "case": case.instance_id,
        "title": case.title,
        "state": case.state,
        "version": case.from_version,
        "verdict": case.verdict,
        "why": "; ".join(problem.text() for problem in case.reasons),
        "notes": [problem.text() for problem in case.notes],
        "steps": [f"{step.name} ({step.item_label})" if step.item_label else step.name for step in case.steps],
        "due": [
            {"step": due.name, "before": due.before, "after": due.after, "passed": due.passed} for due in case.dues
        ],
        "tasks": [
            {
                "step": task.name_after,
                "before": task.position,
                "after": task.position_after,
                "given_back_by": task.assignee if task.released else None,
            }
            for task in case.tasks
        ],
        "undoable": case.undoable,
    }
