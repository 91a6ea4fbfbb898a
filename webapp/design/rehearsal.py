"""Trying a draft out: its tasks done by whoever is asked, time let pass, back to an earlier step; or all ways at once.

The page carries the list of what was done; nothing of a rehearsal is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import jsonify, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.drafting import designs
from engine.errors import InvalidDiagram, InvalidInput, InvalidVariables
from engine.rehearsal import coverage, drafts
from engine.rehearsal.script import EVERY, NEXT, Deed, Rehearsal, Scene, Sheet, read_deeds
from engine.rehearsal.stage import staged
from forms.model import Problem
from webapp import context, i18n, postings, sketch
from webapp.design import design
from webapp.drawing import draw

Page = str | tuple[str, int]
#: how far the clock may be put on at once
STEPS = ("PT5M", "PT1H", "P1D", NEXT)
DO = {"_auto": "complete", "_advance": "advance", "_receive": "receive", "_answer": "answer"}


@design.get("/<key>/rehearsal")
def rehearsal(key: str) -> Page:
    """A rehearsal at its beginning."""
    with context.reading() as uow:
        designs.open_design(uow, key)
        now = uow.now
    return _shown(key, now, [])


@design.post("/<key>/rehearsal")
def rehearse(key: str) -> Page:
    """One more deed, a form to fill in, or a look back."""
    pressed = request.form
    with context.reading() as uow:
        now = uow.now
    try:
        at = _start(pressed.get("_start", ""), pressed.get("_at", ""), now)
        deeds = read_deeds(json.loads(pressed.get("_script", "[]")))
    except (ValueError, RecursionError, InvalidInput):
        return _shown(key, now, [], wrong=_("This rehearsal can't be read. It begins anew."), status=422)
    if "_start" in pressed:
        return _shown(key, at, [])
    if "_back" in pressed:
        return _shown(key, at, deeds[: _number(pressed["_back"])])
    if "_open" in pressed:
        return _shown(key, at, deeds, opened=pressed["_open"])
    if "_task" in pressed:
        return _filled(key, at, deeds, pressed["_task"])
    for name, do in DO.items():
        if name in pressed:
            return _shown(key, at, deeds, Deed(do, pressed[name][:200]))
    return _shown(key, at, deeds)


@design.post("/<key>/rehearsal/sheet")
def rehearsed_sheet(key: str) -> Response:
    """What is computed and hidden with what stands in a form now, for the page to follow while somebody types."""
    posting = postings.Posting(postings.posted())
    with context.reading() as uow:
        now = uow.now
    try:
        at = _start("", request.form.get("_at", ""), now)
        deeds = read_deeds(json.loads(request.form.get("_script", "[]")))
        with _played(key, at, deeds) as played:
            sheet = played.sheet(request.form.get("_task", ""), posting.raw)
            form = draw(sheet.form, sheet.raw, sheet.context, sheet.evaluate)
            return jsonify(saved_at="", values=dict(form.computed), hidden=sorted(form.hidden))
    except (ValueError, RecursionError, InvalidInput, InvalidDiagram):
        return jsonify(saved_at="", values={}, hidden=[])


@design.post("/<key>/rehearsal/all")
def rehearse_all(key: str) -> Page:
    """Every way through the draft, by made-up answers."""
    with context.reading() as uow:
        found = designs.open_design(uow, key)
        draft, office = drafts.of_design(uow, key)
        now = uow.now
    try:
        covered = coverage.cover(draft, at=now, like=office)
    except InvalidDiagram as error:
        return _refused(found, error)
    process = draft.process
    nodes = process.nodes
    return render_template(
        "design/rehearsal_all.html",
        found=found,
        at=now,
        covered=covered,
        untaken=[(_named(nodes, flow.source), _named(nodes, flow.target)) for flow in covered.untaken],
        flows={flow.id: (_named(nodes, flow.source), _named(nodes, flow.target)) for flow in process.flows.values()},
        stuck=sum(1 for one in covered.runs if one.run.stuck is not None),
    )


# -- one look ---------------------------------------------------------------------------------------------------------


@contextmanager
def _played(key: str, at: datetime, deeds: Sequence[Deed]) -> Iterator[Rehearsal]:
    with context.reading() as uow:
        draft, office = drafts.of_design(uow, key)
    with staged(draft, at=at, like=office) as stage:
        played = Rehearsal(stage)
        played.play(deeds)
        yield played


def _shown(
    key: str,
    at: datetime,
    deeds: Sequence[Deed],
    deed: Deed | None = None,
    *,
    opened: str = "",
    typed: dict[str, Any] | None = None,
    wrong: str = "",
    status: int = 200,
) -> Page:
    problems: Sequence[Problem] = ()
    form = sheet = None
    with context.reading() as uow:
        found = designs.open_design(uow, key)
    try:
        with _played(key, at, deeds) as played:
            if deed is not None and played.stuck is None:
                try:
                    played.play_on(deed)
                except InvalidVariables as refused:
                    opened, typed, problems, status = deed.of, dict(refused.raw), refused.problems, 422
                except InvalidInput as refused:
                    wrong, status = i18n.translated(refused.message, refused.params), 422
            if opened and played.stuck is None:
                try:
                    sheet = played.sheet(opened, typed)
                    form = draw(sheet.form, sheet.raw, sheet.context, sheet.evaluate, problems)
                except InvalidInput as refused:
                    wrong, status = i18n.translated(refused.message, refused.params), 422
            return _page(found, at, played, sheet, form, wrong), status
    except InvalidDiagram as error:
        return _refused(found, error)


def _page(
    found: designs.DesignView, at: datetime, played: Rehearsal, sheet: Sheet | None, form: Any, wrong: str
) -> str:
    scene: Scene = played.scene()
    return render_template(
        "design/rehearsal.html",
        found=found,
        at=at,
        begin=i18n.local(at).strftime("%Y-%m-%dT%H:%M"),
        scene=scene,
        script=json.dumps([deed.plain() for deed in played.done]),
        deeds=played.done,
        diagram=sketch.of_case(scene.case) if scene.case is not None else "",
        names={id: node.name or id for id, node in played.stage.process.nodes.items()},
        items=played.item_labels(),
        sheet=sheet,
        form=form,
        wrong=wrong,
        steps=STEPS,
        every=EVERY,
    )


def _filled(key: str, at: datetime, deeds: Sequence[Deed], name_of: str) -> Page:
    """A form that came back: sent, or with one of its row buttons pressed."""
    posting = postings.Posting(postings.posted())
    if not posting.button:
        return _shown(key, at, deeds, Deed("complete", name_of, posting.raw))
    with _played(key, at, deeds) as played:
        try:
            sheet = played.sheet(name_of)
        except InvalidInput:
            return _shown(key, at, deeds)
        changed = postings.press(posting, sheet.form, sheet.context, i18n.code())
    return _shown(key, at, deeds, opened=name_of, typed=changed.raw)


def _refused(found: designs.DesignView, error: InvalidDiagram) -> Page:
    blocking = [problem for problem in error.problems if problem.severity == "error"]
    return render_template("design/rehearsal_refused.html", found=found, problems=blocking), 422


def _start(chosen: str, kept: str, now: datetime) -> datetime:
    """The instant a rehearsal begins at: chosen on the page (office time without an offset), else as before."""
    if chosen:
        at = datetime.fromisoformat(chosen)
        return at if at.tzinfo else at.replace(tzinfo=i18n.zone())
    if not kept:
        return now
    at = datetime.fromisoformat(kept)
    return at if at.tzinfo else now


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _named(nodes: Any, id: str) -> str:
    return nodes[id].name or id if id in nodes else id
