"""Running cases moved to another version: the plan before anything moves, the moving in batches, and undoing.

A batch is one request, a case one unit of work; what is left stands in the form, so that a page that was closed, or a
case that somebody works on just then, costs nothing but another try.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import definitions
from engine.errors import (
    AlurError,
    Busy,
    CannotMove,
    CaseMovedOn,
    CaseNotActive,
    InvalidInput,
    NotFound,
)
from engine.moving import migration, move_plan
from engine.moving.move_plan import BLOCKED, MOVES, STAYS, CasePlan
from webapp import context
from webapp.i18n import translated
from webapp.processes import processes

BATCH = 20  #: cases a request moves
SHOWN = 100  #: cases a page shows
VERDICTS = (MOVES, BLOCKED, STAYS)
MAPPED = "map."  #: before the id of what is gone, in the address and in forms


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    to: int | None
    verdict: str
    query: str
    version: int | None
    mapping: Mapping[str, str]

    @property
    def filtered(self) -> bool:
        return bool(self.verdict or self.query or self.version)

    def address(self, **changed: object) -> dict[str, object]:
        """The same question, as parts of an address."""
        parts: dict[str, object] = {
            "to": self.to,
            "verdict": self.verdict or None,
            "query": self.query or None,
            "version": self.version,
        }
        return parts | {f"{MAPPED}{old}": new for old, new in self.mapping.items()} | changed


@processes.get("/processes/<key>/move")
def move(key: str) -> Response:
    """The plan: what would become of each running case in another version."""
    return _plan_page(key, _asked(request.args), {})


@processes.post("/processes/<key>/move")
def move_cases(key: str) -> Response:
    """Move the next few of the chosen cases; the page goes on by itself until none is left."""
    form = request.form
    asked = _asked(form)
    chosen = _numbers(form.getlist("case")) or _numbers(form.get("chosen", "").split(","))
    left = _numbers(form.get("left", "").split(",")) if "left" in form else chosen
    problems = {}
    if not chosen:
        problems["cases"] = _("Choose at least one case.")
    if not form.get("reason", "").strip():
        problems["reason"] = _("Say why the cases are moved; it stands in their history.")
    if problems:
        return _plan_page(key, asked, problems, chosen=chosen, reason=form.get("reason", ""), status=422)
    with context.reading() as uow:
        target = definitions.row_of(uow, key, asked.to).id
    failed = dict(pair.split(":", 1) for pair in form.getlist("failed") if ":" in pair)
    batch, left = left[:BATCH], left[BATCH:]
    for case in batch:
        try:
            with context.writing() as uow:
                migration.move(uow, case, target, asked.mapping, form["reason"])
        except Busy:
            left.append(case)
        except (CannotMove, CaseNotActive, InvalidInput, NotFound) as error:
            failed[str(case)] = _why(error)
    return _progress_page(key, asked, chosen, left, failed, form["reason"])


@processes.post("/processes/<key>/move/undo")
def undo_move(key: str) -> Response:
    """Put one case back into the version it came from."""
    try:
        with context.writing() as uow:
            migration.undo(uow, next(iter(_numbers([request.form.get("case", "")])), 0))
        flash(_("The case is back in its version, exactly as it was."), "success")
    except CaseMovedOn:
        flash(_("This case has gone on since it was moved, so the move can't be undone any more."), "error")
    return redirect(url_for("processes.move", key=key, to=_asked(request.form).to), 303)


# -- parts -----------------------------------------------------------------------------------------------------------


def _asked(given: Mapping[str, str]) -> Asked:
    def number(name: str) -> int | None:
        text = given.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    verdict = given.get("verdict", "")
    return Asked(
        to=number("to"),
        verdict=verdict if verdict in VERDICTS else "",
        query=given.get("query", "").strip()[:100],
        version=number("version"),
        mapping={name[len(MAPPED) :]: new for name, new in given.items() if name.startswith(MAPPED) and new},
    )


def _numbers(texts: list[str]) -> list[int]:
    return list(dict.fromkeys(int(text) for text in texts if text.isdecimal() and len(text) < 10))


def _why(error: AlurError) -> str:
    if isinstance(error, CannotMove):
        return " ".join(f"{translated(p.message, p.params)} {translated(p.remedy, p.params)}" for p in error.problems)
    if isinstance(error, CaseNotActive):
        return str(_("The case has ended meanwhile."))
    if isinstance(error, InvalidInput):
        return translated(error.message, error.params)
    return str(_("The case is not there, or not open to you."))


def _matches(case: CasePlan, asked: Asked) -> bool:
    words = f"{case.title} {case.case_key or ''} {' '.join(step.name for step in case.steps)}".casefold()
    return (
        (not asked.verdict or case.verdict == asked.verdict)
        and (asked.version is None or case.from_version == asked.version)
        and asked.query.casefold() in words
    )


def _plan_page(
    key: str,
    asked: Asked,
    problems: Mapping[str, str],
    *,
    chosen: list[int] | None = None,
    reason: str = "",
    status: int = 200,
) -> Response:
    try:
        with context.reading() as uow:
            plan = move_plan.plan(uow, key, asked.to, asked.mapping)
    except InvalidInput:  # chosen for another version: begin without
        return redirect(url_for("processes.move", key=key, to=asked.to), 303)
    found = [case for case in plan.cases if _matches(case, asked)]
    shown = found[:SHOWN]
    page = render_template(
        "moves/plan.html",
        plan=plan,
        asked=asked,
        cases=shown,
        more=len(found) - len(shown),
        counts={verdict: plan.count(verdict) for verdict in VERDICTS},
        sources=sorted({case.from_version for case in plan.cases} - {plan.to_version}, reverse=True),
        chosen={case.instance_id for case in shown if case.verdict == MOVES} if chosen is None else set(chosen),
        reason=reason,
        problems=problems,
    )
    return make_response(page, status)


def _progress_page(
    key: str, asked: Asked, chosen: list[int], left: list[int], failed: Mapping[str, str], reason: str
) -> Response:
    done = [case for case in chosen if case not in left]
    with context.reading() as uow:
        plan = move_plan.plan(uow, key, asked.to, asked.mapping, only=done)
    moved = [case for case in plan.cases if case.verdict == STAYS]
    page = render_template(
        "moves/progress.html",
        plan=plan,
        asked=asked,
        chosen=chosen,
        left=left,
        failed=failed,
        moved=moved,
        refused=[case for case in plan.cases if str(case.instance_id) in failed],
        reason=reason,
    )
    return make_response(page)
