"""Proses: what an office runs, as diagram and as text; its versions and what they differ in; moving running cases."""

from __future__ import annotations

from flask import Blueprint

processes = Blueprint("processes", __name__)

from webapp.processes import moves, pages, versions  # noqa: E402, F401  each adds its pages to the blueprint
