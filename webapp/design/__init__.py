"""Rancang: the processes one may edit, the modeler's page, and what that page asks for while somebody draws."""

from __future__ import annotations

from flask import Blueprint

design = Blueprint("design", __name__, url_prefix="/design")

from webapp.design import builder, drafts, forms, pages, rehearsal, uploads  # noqa: E402, F401
