"""Diagrams rehearsed from files, without a database: what `python -m engine rehearse` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ..diagram.head import head
from ..diagram.model import Process
from ..errors import N_, InvalidDiagram, InvalidInput
from . import coverage
from .run import Run, rehearse
from .scratch import Like
from .stage import Draft
from .trace import Entry


def draft_of(path: Path) -> Draft:
    """A diagram with the forms in `../forms`, and the decisions and called diagrams beside it. Raises OSError."""
    there = path.resolve().parent
    forms = {form.stem: form.read_text("utf-8") for form in sorted((there.parent / "forms").glob("*.form"))}
    decisions = tuple(one.read_bytes() for one in sorted(there.glob("*.dmn")))
    draft = Draft(path.read_bytes(), forms, decisions)
    wanted = list(_called(draft))
    others: dict[str, Draft] = {}
    beside = _processes(there) if wanted else {}
    for key in wanted:
        if key in beside and key not in others and key != draft.process.key:
            others[key] = replace(draft, xml=beside[key].read_bytes())
            wanted += _called(others[key])
    return replace(draft, others=tuple(others.values()))


def _called(draft: Draft) -> set[str]:
    return {call.key for node in draft.process.nodes.values() if (call := node.wiring.call) is not None}


def _processes(folder: Path) -> dict[str, Path]:
    """The diagrams of a folder by the key of their process; what can't be read is nobody's."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.bpmn")):
        try:
            found.setdefault(head(path.read_bytes()).key, path)
        except (OSError, InvalidDiagram):
            continue
    return found


def told(path: Path, *, answers: Any, at: datetime, like: Like | None) -> dict[str, Any]:
    """Every run of a diagram as data; one run where answers are given. Times are UTC.

    {file, good, reason, untaken: [flow], runs: [{about, forced, wishes, ended, stuck, trace}]}; a step of a trace is
    {activity, name, number, item, round, performer, entered, due, left, state, forced, alerts: [{at, to}]}.
    Raises InvalidDiagram, InvalidInput, OSError.
    """
    draft = draft_of(path)
    process = draft.process
    if answers is not None:
        run = rehearse(draft, at=at, answers=_checked(answers, process), like=like)
        covered = coverage.Coverage((coverage.Covered(run, "given", {}),), ())
    else:
        covered = coverage.cover(draft, at=at, like=like)
    runs = [_run(one, process) for one in covered.runs]
    stuck = next((run["stuck"] for run in runs if run["stuck"]), None)
    return {
        "file": str(path),
        "good": stuck is None,
        "reason": stuck["reason"] if stuck else None,
        "untaken": [flow.id for flow in covered.untaken],
        "runs": runs,
    }


def _run(one: coverage.Covered, process: Process) -> dict[str, Any]:
    run: Run = one.run
    stuck = run.stuck
    forced_from = process.flows[one.forced].target if one.forced else None
    trace = [_step(entry) for entry in run.entries]
    reached = False
    for step in trace:
        reached = reached or step["activity"] == forced_from
        step["forced"] = reached
    return {
        "about": one.about,
        "forced": one.forced,
        "wishes": dict(one.wishes),
        "ended": run.ended,
        "stuck": {"element": stuck.element, "name": stuck.name, "reason": stuck.text()} if stuck else None,
        "trace": trace,
    }


def _step(entry: Entry) -> dict[str, Any]:
    return {
        "activity": entry.activity_id,
        "name": entry.name,
        "number": entry.number,
        "item": entry.item or None,
        "round": entry.round,
        "performer": entry.performer,
        "entered": _instant(entry.entered),
        "due": _instant(entry.due),
        "left": _instant(entry.left),
        "state": entry.state,
        "alerts": [{"at": _instant(alarm.at), "to": list(alarm.to)} for alarm in entry.alerts],
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _checked(answers: Any, process: Process) -> Mapping[str, Any]:
    """Answers must be objects by activity id or "activity/item", or lists of them: one for each round."""
    if not isinstance(answers, Mapping):
        raise InvalidInput("answers", N_("The answers must be one JSON object."))
    for id, told in answers.items():
        if str(id).partition("/")[0] not in process.nodes:
            raise InvalidInput("answers", N_("The diagram has no activity “%(id)s”."), id=id)
        if not all(isinstance(one, Mapping) for one in (told if isinstance(told, list) else [told])):
            raise InvalidInput("answers", N_("The answers of “%(id)s” must be an object or a list of objects."), id=id)
    return answers
