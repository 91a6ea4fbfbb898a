"""Cases: the list, the page that shows where one stands, and what may be done to a whole case."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import cases as reading
from engine import instances, notes, procedures
from engine.errors import InvalidInput
from webapp import context, i18n, sketch, words, workbook
from webapp.drawing import submissions

cases = Blueprint("cases", __name__)

STATES = ("active", "suspended", "completed", "cancelled")


@cases.get("/cases")
def listing() -> str:
    """All cases the person may know of."""
    query = request.args.get("query", "").strip()[:100]
    process = request.args.get("process", "")[:200]
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    with context.reading() as uow:
        page = reading.listing(
            uow, state=state, query=query, process=process, page=max(1, request.args.get("page", 1, type=int))
        )
        processes = procedures.listing(uow)
    address = {"query": query or None, "process": process or None, "state": state or None}
    return render_template(
        "cases/list.html", page=page, processes=processes, address=address, filtered=any(address.values())
    )


@cases.post("/processes/<key>/start")
def start(key: str) -> Response:
    """Begin a case and open its first task where that is the person's own."""
    with context.writing() as uow:
        started = instances.start(uow, key, once=context.once())
    if started.again:
        flash(_("You had started this case a moment ago; it was counted once."), "info")
    if started.task_id is not None:
        return redirect(url_for("tasks.show", task_id=started.task_id), 303)
    if not started.again:
        flash(_("The case has started."), "success")
    return redirect(url_for("cases.show", instance_id=started.instance_id), 303)


@cases.get("/cases/<int:instance_id>")
def show(instance_id: int) -> str:
    """One case: where it is, who has it, what happened."""
    return page(instance_id, before=request.args.get("before", type=int))


def page(instance_id: int, *, before: int | None = None, note: str = "", problems: dict[str, str] | None = None) -> str:
    """The case's page; with what was typed and refused, if anything."""
    with context.reading() as uow:
        case = reading.get(uow, instance_id, before=before, without=words.SILENT)
        sent = submissions(uow, instance_id, case.submissions)
        books = workbook.offered(uow, case)
    return render_template(
        "cases/case.html",
        case=case,
        sent=sent,
        diagram=sketch.of_case(case),
        before=before,
        names=case.names,
        books=books,
        note=note,
        problems=problems or {},
    )


@cases.post("/cases/<int:instance_id>/notes")
def add_note(instance_id: int) -> Response | tuple[str, int]:
    """Write a note for everybody who may read the case."""
    text = request.form.get("text", "")
    try:
        with context.writing() as uow:
            notes.add(uow, instance_id, text, once=context.once())
    except InvalidInput as refused:
        return page(instance_id, note=text, problems={"text": i18n.translated(refused.message, refused.params)}), 422
    return redirect(url_for("cases.show", instance_id=instance_id, _anchor="notes"), 303)


STEERING = {"cancel": instances.cancel, "suspend": instances.suspend, "activate": instances.activate}


@cases.post("/cases/<int:instance_id>/<any(cancel, suspend, activate):action>")
def steer(instance_id: int, action: str) -> Response | tuple[str, int]:
    """Cancel, suspend or activate a case, with a reason."""
    reason = request.form.get("reason", "")
    try:
        with context.writing() as uow:
            STEERING[action](uow, instance_id, reason)
    except InvalidInput as refused:
        return page(instance_id, problems={f"reason-{action}": i18n.translated(refused.message, refused.params)}), 422
    told = {
        "cancel": _("The case is cancelled. Its tasks are withdrawn; everything stays readable."),
        "suspend": _("The case is suspended. Nobody can work on it until it is activated again."),
        "activate": _("The case goes on."),
    }
    flash(told[action], "success")
    return redirect(url_for("cases.show", instance_id=instance_id), 303)


@cases.get("/cases/<int:instance_id>/workbook/<path:form_key>.xlsx")
def download_workbook(instance_id: int, form_key: str) -> Response:
    """The workbook that a form of the process declares, filled from this case."""
    with context.reading() as uow:
        content, name = workbook.of_case(uow, instance_id, form_key)
    return send_file(
        content,
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=name,
        max_age=0,
    )
