"""What a task's page asks for while somebody types: keeping the draft, computing again, taking in files."""

from __future__ import annotations

from flask import Blueprint, jsonify, request, url_for
from werkzeug.wrappers import Response

from engine import documents, task_page
from engine import tasks as work
from engine.errors import DraftNewer, InvalidInput, NotFound
from forms import definition
from forms.raw import nest
from webapp import context, i18n, postings
from webapp.drawing import draw

drafts = Blueprint("drafts", __name__)


@drafts.post("/tasks/<int:task_id>/draft")
def draft(task_id: int) -> Response | tuple[Response, int]:
    """Keep what has been typed so far; answer with computed cells by path and hidden paths, for the page to follow."""
    raw = nest(postings.posted())
    window, seen = postings.window()
    try:
        with context.writing() as uow:
            work.require_newest_draft(uow, task_id, raw, window=window, seen=seen)
            saved = work.save_draft(uow, task_id, raw, window=window)
            found = task_page.get(uow, task_id)
    except DraftNewer as newer:
        return jsonify(newer=i18n.hour(newer.at), seen=newer.at.isoformat()), 409
    fresh = draw(found.form, raw, found.context, found.evaluate)
    return jsonify(saved_at=i18n.hour(saved.saved_at), values=dict(fresh.computed), hidden=sorted(fresh.hidden))


@drafts.post("/tasks/<int:task_id>/files")
def upload(task_id: int) -> Response | tuple[Response, int]:
    """Take in one file for a field; answer with its id, name and size, or say why not."""
    path = request.form.get("path", "")
    storage = request.files.get("file")
    with context.reading() as uow:
        form = task_page.get(uow, task_id).form
    field = definition.at(form, path)
    if storage is None or not storage.filename or field is None or field.type != "filepicker":
        raise NotFound("field", path)
    try:
        with context.writing() as uow:
            document = documents.upload(
                uow, task_id, path, storage.filename, storage.stream.read(), accept=field.accept
            )
    except InvalidInput as refused:
        return jsonify(problem=i18n.translated(refused.message, refused.params)), 422
    return jsonify(
        id=document.id,
        name=document.name,
        size=i18n.file_size(document.size),
        href=url_for("documents.download", document_id=document.id),
    )
