"""What waits for a person: their tasks, their unit's queue, one task with its form, and sending it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

import structlog
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from engine import inbox as lists
from engine import procedures, task_page
from engine import tasks as work
from engine.errors import (
    ActivityFailed,
    AlurError,
    CaseNotActive,
    DraftNewer,
    InvalidVariables,
    SameCaseExists,
    TaskAlreadyClaimed,
    TaskNotOpen,
)
from engine.people import positions
from engine.task_page import TaskPage
from forms.definition import walk
from forms.model import Problem
from forms.raw import nest
from webapp import context, errors, i18n, postings, sketch, words
from webapp.drafts import drafts
from webapp.drawing import Sent, draw, submissions

log = structlog.get_logger("webapp")
tasks = Blueprint("tasks", __name__)
tasks.register_blueprint(drafts)
words.prepare(tasks)

SORTS = ("due", "new", "title")
#: people and steps named after sending; more don't fit a cookie
MOST_NEXT = 14
MOST_TITLE = 120


@tasks.get("/tasks")
def inbox() -> str:
    """The person's own tasks, or with ?scope=unit the queue of their positions."""
    scope: lists.Scope = "unit" if request.args.get("scope") == "unit" else "mine"
    query = request.args.get("query", "").strip()[:100]
    process = request.args.get("process", "")[:200]
    late = request.args.get("late") == "1"
    sort = cast(lists.Sort, request.args.get("sort") if request.args.get("sort") in SORTS else SORTS[0])
    with context.reading() as uow:
        page = lists.inbox(
            uow,
            scope=scope,
            query=query,
            process=process,
            late=late,
            sort=sort,
            page=max(1, request.args.get("page", 1, type=int)),
        )
        counts = lists.counts(uow)
        processes = procedures.listing(uow)
        beginning = positions.nobody_performs(uow)
    chosen = {"query": query or None, "process": process or None, "late": int(late) or None}
    return render_template(
        "tasks/inbox.html",
        page=page,
        counts=counts,
        scope=scope,
        chosen=chosen,
        sort=sort,
        filtered=any(chosen.values()),
        beginning=beginning,
        processes=processes,
        address={**chosen, "scope": scope if scope == "unit" else None, "sort": sort if sort != SORTS[0] else None},
    )


@tasks.get("/tasks/<int:task_id>")
def show(task_id: int) -> str:
    """One task beside its case."""
    return page(task_id)


def page(
    task_id: int,
    *,
    raw: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    same_case: SameCaseExists | None = None,
    too_late: bool = False,
    unsent: str = "",
) -> str:
    """The task's page; with `raw` it shows what was typed instead of what is stored, also when it came too late.

    `unsent` says why a form that can still be sent has not been sent.
    """
    with context.reading() as uow:
        found = task_page.get(uow, task_id)
        earlier = submissions(uow, found.task.instance_id, found.earlier)
        diagram = sketch.around(uow, found)
    sent_back = _sent_back(found, earlier)
    can_write = found.mine and found.state == "open" and found.case_state == "active"
    shown = found.raw if raw is None else raw
    form = draw(found.form, shown, found.context, found.evaluate, problems, reading=not can_write)
    return render_template(
        "tasks/task.html",
        page=found,
        task=found.task,
        form=form,
        sent_back=sent_back,
        earlier=[sent for sent in earlier if sent is not sent_back],
        diagram=diagram,
        same_case=same_case,
        too_late=too_late,
        unsent=unsent,
        can_write=can_write,
        window=secrets.token_hex(8),
    )


def _sent_back(found: TaskPage, earlier: Sequence[Sent]) -> Sent | None:
    """What was said where a task was sent back, unless its own form shows answers from there."""
    if not found.task.returned:
        return None
    before = [s for s in earlier if s.view.sent_at <= found.task.created_at and s.view.activity_id != found.node.id]
    own = {field.source.activity for _path, field in walk(found.form) if field.source is not None}
    return before[-1] if before and before[-1].view.activity_id not in own else None


@tasks.post("/tasks/<int:task_id>")
def send(task_id: int) -> str | Response | tuple[str, int]:
    """Send the answers, or do what another button of the form says; whatever was typed is kept."""
    with context.reading() as uow:
        found = task_page.get(uow, task_id)
    posting = postings.take(task_id, found.form)
    if posting.button:
        return _press(task_id, found, posting)
    if posting.problems:
        return page(task_id, raw=posting.raw, problems=posting.problems), 422
    window, seen = postings.window()
    try:
        with context.writing() as uow:
            work.require_newest_draft(uow, task_id, posting.raw, window=window, seen=seen)
            result = work.complete(uow, task_id, posting.raw, confirm_same_case="_confirm" in dict(posting.pairs))
    except InvalidVariables as refused:
        return page(task_id, raw=refused.raw, problems=refused.problems), 422
    except SameCaseExists as same:
        return page(task_id, raw=posting.raw, same_case=same), 409
    except DraftNewer as newer:
        return page(task_id, raw=posting.raw, unsent=_newer(newer)), 409
    except ActivityFailed as failed:
        return _stuck(task_id, found, posting, failed), 500
    except (TaskAlreadyClaimed, TaskNotOpen, CaseNotActive) as gone:
        if isinstance(gone, TaskNotOpen) and gone.by_actor:
            raise
        return page(task_id, raw=posting.raw, too_late=True), 409
    session["sent"] = {
        "task": task_id,
        "case": result.instance_id,
        "title": result.title[:MOST_TITLE],
        "step": result.activity_name,
        "ended": result.ended,
        "late": result.late,
        "waiting": result.waiting_for,
        "next": [
            [n.task_id, n.activity_name, n.item_label, n.position_name, ", ".join(n.people)[:80],
             i18n.iso(n.due_at), n.mine]
            for n in result.next[:MOST_NEXT]
        ],
    }  # fmt: skip
    return redirect(url_for("tasks.sent", task_id=task_id), 303)


def _press(task_id: int, found: TaskPage, posting: postings.Posting) -> Response | tuple[str, int]:
    changed = postings.press(posting, found.form, found.context, i18n.code())
    window, seen = postings.window()
    try:
        with context.writing() as uow:
            work.require_newest_draft(uow, task_id, changed.raw, window=window, seen=seen)
            work.save_draft(uow, task_id, changed.raw, window=window)
    except DraftNewer as newer:
        return page(task_id, raw=changed.raw, problems=posting.problems, unsent=_newer(newer)), 409
    if posting.problems:
        return page(task_id, raw=changed.raw, problems=posting.problems), 422
    if changed.pasted is not None:
        flash(ngettext("%(num)s row filled in.", "%(num)s rows filled in.", changed.pasted), "success")
    elif posting.button == "_draft":
        flash(_("Draft saved. Nothing has been sent yet; you can go on at any time."), "success")
    return redirect(url_for("tasks.show", task_id=task_id, _anchor=changed.anchor or None), 303)


def _newer(newer: DraftNewer) -> str:
    return _(
        "A newer draft was saved in another window at %(time)s. Below stands what you typed in this window; press the "
        "button once more to let it count. To go on with the newer one, open the task afresh.",
        time=i18n.hour(newer.at),
    )


def _stuck(task_id: int, found: TaskPage, posting: postings.Posting, failed: ActivityFailed) -> str:
    """The case can't go on behind this task: say so, and keep the answers as a draft."""
    log.error("case can't go on", task=task_id, activity=failed.activity_id, reason=failed.reason)
    with context.writing() as uow:
        work.save_draft(uow, task_id, posting.raw, window=postings.window()[0])
    node = found.diagram.process.nodes.get(failed.activity_id)
    said = _(
        "The case could not go on: “%(step)s” in the diagram failed. Your answers are kept as a draft. Tell the "
        "process owner; afterwards send them once more.",
        step=(node.name if node else "") or failed.activity_id,
    )
    return page(task_id, raw=posting.raw, unsent=said)


@tasks.errorhandler(CSRFError)
def expired(error: CSRFError) -> Response | tuple[str, int]:
    """A form whose token ended with an earlier session comes back as it was filled in, to be sent once more."""
    if request.endpoint != "tasks.send" or not context.signed_in() or not request.form:
        return errors.forged(error)
    said = _("It was not sent: you have signed in anew since this page was opened. Check it and send it once more.")
    try:
        return page((request.view_args or {})["task_id"], raw=nest(postings.posted()), unsent=said), 400
    except AlurError:
        return errors.forged(error)


@tasks.get("/tasks/<int:task_id>/sent")
def sent(task_id: int) -> str | Response:
    """After sending: who has the case next, and by when."""
    result = session.get("sent")
    if not result or result.get("task") != task_id:
        with context.reading() as uow:
            found = task_page.get(uow, task_id)
        return redirect(url_for("cases.show", instance_id=found.task.instance_id), 303)
    with context.reading() as uow:
        mine = lists.inbox(uow, scope="mine", per_page=3)
    return render_template("tasks/sent.html", result=result, mine=mine)


@tasks.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> Response:
    """Take a task and open it."""
    try:
        with context.writing() as uow:
            work.claim(uow, task_id)
    except TaskAlreadyClaimed as taken:
        flash(_("%(name)s was quicker and works on this task now.", name=taken.by), "warning")
        return redirect(url_for("tasks.inbox", scope="unit"), 303)
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@tasks.post("/tasks/<int:task_id>/unclaim")
def unclaim(task_id: int) -> Response:
    """Put a task back into the unit's queue; its draft is kept."""
    with context.writing() as uow:
        work.unclaim(uow, task_id)
    flash(_("The task is back in the queue of its unit. Its draft is kept."), "success")
    return redirect(url_for("tasks.inbox"), 303)


@tasks.post("/tasks/<int:task_id>/assign")
def assign(task_id: int) -> Response:
    """Give a task to somebody."""
    person_id = request.form.get("person_id", type=int)
    target = context.safe_next(request.form.get("next") or url_for("tasks.show", task_id=task_id))
    if person_id is None:
        flash(_("Choose who should have the task."), "warning")
        return redirect(target, 303)
    with context.writing() as uow:
        names = {person.person_id: person.name for person in task_page.get(uow, task_id).assignable}
        work.assign(uow, task_id, person_id)
    flash(_("The task is now with %(name)s.", name=names.get(person_id, "")), "success")
    return redirect(target, 303)
