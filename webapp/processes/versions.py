"""The versions of a process: who published which and why, two side by side, one restored, no case begun any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import definitions, versions
from engine.db import UnitOfWork
from engine.definitions import Content, DefinitionView
from engine.diagram import read
from engine.diagram.compare import compare as compare_diagrams
from engine.drafting import designs
from engine.errors import InvalidDiagram, NotFound
from engine.people import positions
from webapp import context, sketch
from webapp.i18n import translated
from webapp.plain_forms import PlainForm
from webapp.processes import change_values, changes, processes

DRAFT = "draft"


@processes.get("/processes/<key>/versions", endpoint="versions")
def list_versions(key: str) -> str:
    """Every version with its reason and its cases; owners restore and retire here."""
    return _page(key, PlainForm())


def _page(key: str, form: PlainForm, *, acting: str = "") -> str:
    with context.reading() as uow:
        page, names = versions.listing(uow, key), definitions.names(uow)
    return render_template("processes/versions.html", page=page, form=form, acting=acting, names=names)


@processes.post("/processes/<key>/restore")
def restore(key: str) -> str | tuple[str, int] | Response:
    """Put an older version in force again, as a new one, with a reason."""
    form = PlainForm()
    version, reason = form.id("version"), form.text("reason")
    if version is None:
        raise NotFound("version", key)
    with form.refusals(version="reason"), context.writing() as uow:
        made = designs.restore(uow, key, version, reason)
    if not form.ok:
        return _page(key, form, acting=f"restore-{version}"), 422
    flash(
        _("Version %(version)s is in force with the content of version %(old)s.", version=made.version, old=version),
        "success",
    )
    return redirect(url_for("processes.versions", key=key), 303)


@processes.post("/processes/<key>/<any(retire, reinstate):action>")
def steer(key: str, action: str) -> str | tuple[str, int] | Response:
    """Let no case of a process begin any more, or begin again, with a reason."""
    form = PlainForm()
    reason = form.text("reason")
    with form.refusals(), context.writing() as uow:
        (designs.retire if action == "retire" else designs.reinstate)(uow, key, reason)
    if not form.ok:
        return _page(key, form, acting=action), 422
    told = {
        "retire": _("The process is retired: no new case of it can begin. Running cases go on."),
        "reinstate": _("Cases of this process can begin again."),
    }
    flash(told[action], "success")
    return redirect(url_for("processes.versions", key=key), 303)


# -- two versions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared."""

    name: str  #: "2", or "draft"
    label: str
    content: Content
    note: str = ""
    version: int | None = None  #: None: a draft


@processes.get("/processes/<key>/compare")
def compare(key: str) -> str | tuple[str, int]:
    """Two versions, or a version and one's own draft, side by side with every difference in words.

    `part=list` asks for the words alone.
    """
    with context.reading() as uow:
        page = versions.listing(uow, key)
        newest = str(page.newest)
        right = request.args.get("to") or newest
        left = request.args.get("from") or (newest if right == DRAFT else str(max(1, page.newest - 1)))
        drafts = _drafts(uow, key) if page.may_edit else {}
        sides = (_side(uow, key, left, drafts), _side(uow, key, right, drafts))
        known = (positions.names(uow), positions.choices(uow), definitions.names(uow))
    choices = [*drafts.items(), *((str(item.definition.version), _version(item.definition)) for item in page.items)]
    shown = {"page": page, "sides": sides, "choices": choices}
    alone = request.args.get("part") == "list"
    try:
        old, new = (read.read(side.content.xml) for side in sides)
        with context.reading() as uow:
            called = [
                definitions.called_versions(uow, key, side.version, d.process)
                for side, d in zip(sides, (old, new), strict=True)
            ]
    except InvalidDiagram as error:
        if alone:
            return "", 204
        unreadable = [f"{translated(p.message, p.params)} {translated(p.remedy, p.params)}" for p in error.problems]
        return render_template("processes/compare.html", **shown, unreadable=unreadable)
    contents = [side.content for side in sides]
    found = compare_diagrams(
        old,
        new,
        contents[0].forms,
        contents[1].forms,
        old_decisions=contents[0].decisions,
        new_decisions=contents[1].decisions,
        old_calls=called[0],
        new_calls=called[1],
    )
    teller = changes.ChangeTeller(
        change_values.side(old.process, contents[0].forms, *known),
        change_values.side(new.process, contents[1].forms, *known),
    )
    lines = [teller.line(change) for change in found.changes]
    told = {
        "lines": [line for line in lines if line.kind != "moved" and not line.follows],
        "following": [line for line in lines if line.kind != "moved" and line.follows],
        "moved": [line for line in lines if line.kind == "moved" and not line.follows],
        "bent": sum(line.kind == "moved" and line.follows for line in lines),
    }
    if alone:
        return render_template("processes/changes.html", **told)
    pictures = (
        sketch.of_comparison(old, found.old_marks, found.quiet, part="old"),
        sketch.of_comparison(new, found.new_marks, found.quiet, part="new"),
    )
    return render_template(
        "processes/compare.html", **shown, **told, marks=(found.old_marks, found.new_marks), pictures=pictures
    )


def _drafts(uow: UnitOfWork, key: str) -> dict[str, str]:
    """The drafts there are, as the address names them, with their captions; one's own first."""
    design = designs.open_design(uow, key)
    mine = {DRAFT: _("My draft")} if design.saved else {}
    return mine | {
        f"{DRAFT}-{other.person_id}": _("Draft of %(name)s", name=other.person_name) for other in design.others
    }


def _side(uow: UnitOfWork, key: str, name: str, drafts: Mapping[str, str]) -> Side:
    """A version by its number, one's own draft, or somebody else's as draft-PERSON. Raises NotFound, NotAllowed."""
    if name == DRAFT:
        design = designs.open_design(uow, key)
        return Side(name, _("My draft"), Content(design.xml, design.forms, designs.decisions(uow, key)))
    kind, _dash, person = name.partition("-")
    if kind == DRAFT and person.isdecimal() and len(person) < 10:
        design = designs.open_other(uow, key, int(person))
        content = Content(design.xml, design.forms, designs.decisions(uow, key))
        return Side(name, drafts.get(name, design.name), content)
    if not name.isdecimal() or len(name) > 9:
        raise NotFound("version", name)
    view, content = definitions.version_of(uow, key, int(name))
    return Side(name, _version(view), content, view.reason, view.version)


def _version(view: DefinitionView) -> str:
    return _("Version %(version)s", version=view.version)


# -- files -----------------------------------------------------------------------------------------------------------


@processes.get("/processes/<key>/diagram.<any(bpmn, svg):kind>")
def download(key: str, kind: str) -> Response:
    """The diagram as it was deployed, or as a picture."""
    asked = request.args.get("version", type=int)
    with context.reading() as uow:
        view, content = definitions.version_of(uow, key, asked)
    if kind == "bpmn":
        response, mimetype = make_response(content.xml), "application/xml"
    else:
        response, mimetype = make_response(sketch.standalone(read.read(content.xml))), "image/svg+xml"
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(key)}-v{view.version}.{kind}"'
    return response


def _file_name(key: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in key)
