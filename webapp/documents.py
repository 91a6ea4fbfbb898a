"""Uploaded files go out as downloads only: never shown inside the site, whatever is in them."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from engine import documents as store
from webapp import context

documents = Blueprint("documents", __name__)


@documents.get("/documents/<document_id>")
def download(document_id: str) -> Response:
    """A document of a case the person may read, as an attachment."""
    with context.reading() as uow:
        document, content = store.open_document(uow, document_id)
    response = send_file(
        BytesIO(content), mimetype=document.media_type, as_attachment=True, download_name=document.name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
