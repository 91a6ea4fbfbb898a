"""The processes an office runs: the list, and one with its diagram, its sheet header and what is assumed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import procedures
from engine.diagram.model import Process
from webapp import context, sketch

processes = Blueprint("processes", __name__)


@processes.post("/processes/<key>/positions")
def create_positions(key: str) -> Response:
    """Create the positions the diagram names and the office lacks."""
    with context.writing() as uow:
        created = procedures.create_positions(uow, key)
    flash(_("Created: %(names)s. Now enter who holds them.", names=", ".join(created)), "success")
    return redirect(url_for("settings.positions"), 303)


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something about an element that is inferred, not in the source."""

    where: str
    text: str


@processes.get("/processes")
def listing() -> str:
    """All processes with how much of them runs."""
    with context.reading() as uow:
        items = procedures.listing(uow)
    return render_template("processes/list.html", items=items)


@processes.get("/processes/<key>")
def show(key: str) -> str:
    """One process in its newest version, or the one asked for."""
    with context.reading() as uow:
        page = procedures.get(uow, key, request.args.get("version", type=int))
    return render_template(
        "processes/process.html",
        page=page,
        process=page.process,
        diagram=sketch.of_process(page.diagram),
        steps=page.process.steps(),
        header=header(page.process),
        assumptions=assumptions(page.process),
        newest=page.versions[0].version,
    )


def header(process: Process) -> list[tuple[str, tuple[str, ...]]]:
    """The header of the SOP sheet, entry by entry; what the source leaves blank stays blank."""
    known = [
        ("number", _("SOP number")),
        ("created", _("Date created")),
        ("revised", _("Date revised")),
        ("effective", _("Date effective")),
        ("approved_by", _("Approved by")),
        ("title", _("SOP title")),
        ("legal_basis", _("Legal basis")),
        ("performer_qualifications", _("Qualifications of performers")),
        ("related", _("Related to")),
        ("equipment", _("Equipment")),
        ("warning", _("Warning")),
        ("records", _("Records")),
    ]
    names = {name for name, _label in known}
    rows = [(label, process.header[name]) for name, label in known if name in process.header]
    return rows + [(name, lines) for name, lines in process.header.items() if name not in names]


def assumptions(process: Process) -> list[Assumption]:
    """Everything marked as inferred, the process itself first; what holds for several elements stands once."""
    places: dict[str, list[str]] = {process.assumption: [process.name]} if process.assumption else {}
    for node in process.nodes.values():
        if node.assumption:
            places.setdefault(node.assumption, []).append(node.name or node.id)
    return [Assumption("; ".join(dict.fromkeys(where)), text) for text, where in places.items()]
