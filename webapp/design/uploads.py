"""Opening a file from another modeler: at once where its process is new and named, else after asking which it becomes.

Between the two pages the file travels in the form, packed, so that it needs not be chosen twice and nothing is kept
of a file that is never opened.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.diagram.xml import LARGEST
from engine.drafting import designs, uploads
from engine.drafting.design_rows import DesignView
from engine.drafting.keys import key_from
from engine.drafting.uploads import Arrival
from engine.errors import Conflict, DesignChanged, InvalidDiagram
from webapp import context, i18n
from webapp.design import design
from webapp.design.pages import TAKEN, require_designer
from webapp.plain_forms import PlainForm

Page = str | tuple[str, int] | Response


@design.post("/upload")
def upload() -> Page:
    """Begin a draft from a .bpmn file and open it, or ask what the file becomes."""
    with context.reading() as uow:
        require_designer(uow)
    form = PlainForm()
    content, file_name = _sent(form)
    try:
        if form.ok:
            return _opened(form, content, file_name)
    except InvalidDiagram as error:
        form.problems["file"] = " ".join(
            f"{i18n.translated(p.message, p.params)} {i18n.translated(p.remedy, p.params)}" for p in error.problems
        )
    with context.reading() as uow:
        items = designs.listing(uow)
    return render_template("design/list.html", items=items, form=form), 422


def _sent(form: PlainForm) -> tuple[bytes, str]:
    """The file and its name: chosen just now, or travelling in the form."""
    storage = request.files.get("file")
    if storage is not None and storage.filename:
        return storage.stream.read(), storage.filename
    if "content" not in request.form:
        form.problems["file"] = _("Choose a .bpmn file.")
        return b"", ""
    try:
        return unpacked(request.form["content"]), form.text("file_name")[:200]
    except ValueError:
        form.problems["file"] = _("The file did not arrive whole. Choose it once more.")
        return b"", ""


def _opened(form: PlainForm, content: bytes, file_name: str) -> Page:
    """The draft a file becomes, or the page that asks."""
    with context.reading() as uow:
        found = uploads.arrive(uow, content, beside=TAKEN)
    asked = "content" in request.form
    if not asked and (found.standing != "fresh" or found.key in TAKEN):
        return _page(form, found, content, file_name, {"name": found.name, "key": found.free_key})
    typed = {part: form.text(part) for part in ("become", "name", "key")}
    if asked and found.standing == "mine" and typed["become"] not in ("draft", "new"):
        form.problems["become"] = _("Choose what the file becomes.")
    made: DesignView | None = None
    if form.ok:
        made = _begun(form, found, content, typed, asked=asked)
    if made is None:
        return _page(form, found, content, file_name, typed), 422
    return redirect(url_for("design.modeler", key=made.process_key), 303)


def _begun(form: PlainForm, found: Arrival, content: bytes, typed: dict[str, str], *, asked: bool) -> DesignView | None:
    try:
        with form.refusals(), context.writing() as uow:
            if not asked or (found.standing == "mine" and typed["become"] == "draft"):
                return uploads.upload(uow, content, replace=asked and found.drawn)
            key = typed["key"] or key_from(typed["name"])
            if key in TAKEN:
                raise Conflict("the key is an address of these pages")
            return uploads.upload_as(uow, content, typed["name"], key)
    except DesignChanged:
        form.problems["become"] = _("Your draft was begun in another window meanwhile. Choose once more.")
    except Conflict:
        form.problems["key"] = _("There is a process with this key already. Choose another one.")
    return None


def _page(form: PlainForm, found: Arrival, content: bytes, file_name: str, typed: dict[str, str]) -> str:
    return render_template(
        "design/upload.html",
        form=form,
        found=found,
        typed=typed,
        file_name=file_name,
        content=packed(content),
        reserved=found.key in TAKEN,
    )


def packed(content: bytes) -> str:
    return b64encode(zlib.compress(content)).decode()


def unpacked(text: str) -> bytes:
    """The file again; ValueError for what is none, or one larger than any diagram."""
    opening = zlib.decompressobj()
    try:
        content = opening.decompress(b64decode(text, validate=True), LARGEST + 1)
    except (NotBase64, zlib.error):
        raise ValueError("not packed here") from None
    if not opening.eof:
        raise ValueError("cut short, or too large")
    return content
