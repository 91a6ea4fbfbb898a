"""The processes an office runs: the list, and one with its diagram, its sheet header and what is assumed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import definitions, procedures
from engine.diagram.meanings import Meanings
from engine.diagram.model import Process
from engine.diagram.outline import outline as diagram_outline
from engine.people import positions
from webapp import context, sketch, words
from webapp.processes import outline as telling
from webapp.processes import processes
from webapp.processes.element_words import performer_of
from webapp.processes.phrases import Phrases


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
        names, choices = positions.names(uow), positions.choices(uow)
    phrases = Phrases(Meanings(page.process, page.forms), choices)
    return render_template(
        "processes/process.html",
        page=page,
        process=page.process,
        diagram=sketch.of_process(page.diagram),
        steps=[(step, performer_of(step, names, phrases)) for step in page.process.steps()],
        header=header(page.process),
        assumptions=assumptions(page.process),
        newest=page.versions[0].version,
    )


@processes.get("/processes/<key>/outline")
def outline(key: str) -> str:
    """The process as a numbered text, for screen readers, phones and paper."""
    with context.reading() as uow:
        page = procedures.get(uow, key, request.args.get("version", type=int))
        names, choices, called = positions.names(uow), positions.choices(uow), definitions.names(uow)
    text = diagram_outline(page.process)
    phrases = Phrases(Meanings(page.process, page.forms), choices)
    lines = telling.Teller(text, names, page.forms, phrases, called).lines()
    return render_template("processes/outline.html", page=page, lines=lines, steps=telling.count_steps(text))


def header(process: Process) -> list[tuple[str, tuple[str, ...]]]:
    """The header of the SOP sheet, entry by entry; what the source leaves blank stays blank."""
    rows = [(_(label), process.header[name]) for name, label in words.SHEET.items() if name in process.header]
    return rows + [(name, lines) for name, lines in process.header.items() if name not in words.SHEET]


def assumptions(process: Process) -> list[Assumption]:
    """Everything marked as inferred, the process itself first; what holds for several elements stands once."""
    places: dict[str, list[str]] = {process.assumption: [process.name]} if process.assumption else {}
    for node in process.nodes.values():
        if node.assumption:
            places.setdefault(node.assumption, []).append(node.name or node.id)
    return [Assumption("; ".join(dict.fromkeys(where)), text) for text, where in places.items()]
