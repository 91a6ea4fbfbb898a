"""The form builder: one page whose buttons post one edit each, together with the settings of the chosen field.

A script sends the same posts with `X-Parts` and takes the parts of the answer; without it the answer is a new page.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.db import UnitOfWork
from engine.drafting import design_forms, form_choices
from engine.drafting.design_forms import FormDesign
from engine.drafting.form_choices import FormChoices
from engine.errors import DesignChanged, InvalidInput
from forms import editing
from forms.errors import FormError
from forms.tree import Place
from webapp import context, i18n, postings
from webapp.design import design, form_settings, parts_view
from webapp.design.builder_page import HEAD, Answer, draw, sheet, worked_out
from webapp.design.edits import EDITS, Edited, first_names, named, still_named
from webapp.design.forms import revision, said, saved_elsewhere
from webapp.design.names import numbers
from webapp.design.parts_view import field_called, find, find_named, name_of, place_of
from webapp.design.remarks import faults as faults_in
from webapp.design.taken import fitted

Page = str | tuple[str, int] | Response


@design.get("/<key>/forms/<form_key>")
def builder(key: str, form_key: str) -> str:
    """One form of the draft, to be built."""
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
        return draw(uow, key, found, Answer(request.args.get("at", "")))


@design.post("/<key>/forms/<form_key>")
def build(key: str, form_key: str) -> Page:
    """Keep the settings that were typed, then do what the pressed button says."""
    with context.reading() as uow:
        opened = design_forms.open_form(uow, key, form_key)
        choices = form_choices.choices(uow, key, form_key)
    answer = _pressed(key, opened, choices)
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
        if "X-Parts" not in request.headers and answer.status == 200 and not answer.unfinished:
            for words in answer.said:
                flash(words, "success")
            return redirect(url_for("design.builder", key=key, form_key=form_key, at=answer.at or None), 303)
        return draw(uow, key, found, answer), answer.status


@design.post("/<key>/forms/<form_key>/preview")
def preview_form(key: str, form_key: str) -> Page:
    """The form with what was typed into the preview; nothing is kept. In JSON for the cells that follow the typing."""
    language = request.form.get("_language") or request.args.get("language") or request.form.get("_shown") or ""
    pairs = postings.posted()
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
        if "X-Parts" not in request.headers and request.accept_mimetypes.best == "application/json":
            return worked_out(uow, found, pairs, language)
        drawn = sheet(uow, found, pairs, language, anew="X-Parts" in request.headers)
        if "X-Parts" in request.headers:
            return str(drawn["html"])
        return draw(uow, key, found, Answer(request.form.get("_at", "")), drawn)


# -- what a post does --------------------------------------------------------------------------------------------------


def _pressed(key: str, found: FormDesign, choices: FormChoices) -> Answer:
    """Do what was posted, in one unit; whatever stands in the way is in the answer with everything typed."""
    posted = {name: request.form[name] for name in request.form}
    at, name = posted.get("_at", ""), posted.get("_name", "")
    answer = Answer(at)
    if at == "head":
        return _headed(key, found, posted, answer)
    part = find_named(found.parts, at, name)
    typed = None
    if part is not None:
        answer.at = place_of(part)
        typed = form_settings.read(posted, editing.settings(part.spec), numbers(part, found.parts, choices))
        if "_pause" in posted:
            later = still_named(part, typed.changed)
            answer.later = bool(later)
            typed.changed = {name: value for name, value in typed.changed.items() if name not in later}
        answer.unfinished = set(typed.unfinished)
        if typed.unfinished or typed.changed or answer.later:
            answer.shown = typed.shown
    try:
        with context.writing() as uow:
            if typed is not None and typed.changed and part is not None:
                place = part.place
                changed = fitted(part, first_names(part, found.parts, typed.changed), choices)
                found = design_forms.edit(
                    uow,
                    key,
                    found.form_key,
                    lambda text: (editing.change(text, place, changed), place),
                    revision=revision(),
                    kind="change",
                    label=parts_view.title_of(part),
                )
                answer.shown = typed.shown if typed.unfinished or answer.later else None
            _do(uow, key, found, posted, answer, kept=bool(typed and typed.changed))
    except DesignChanged as changed:
        return _overtaken(
            changed, answer, posted, part is None and any(k.startswith(form_settings.PREFIX) for k in posted)
        )
    except FormError as error:
        answer.at = place_of(part) if part is not None else at
        about_it = part is not None and error.field.rpartition(".")[2] in (part.key, part.spec.get("id"))
        known = typed.shown if typed is not None and about_it else typed.changed if typed is not None else {}
        setting = error.setting if error.setting in known else None
        if setting:
            faults = faults_in(typed.shown, choices.functions) if typed is not None else {}
            answer.problems[setting] = faults.get(setting) or said(error)
        else:
            about = field_called(found.parts, error)
            answer.refused = (f"{about}: " if about else "") + said(error)
        answer.status = 422
    except InvalidInput as error:
        answer.refused, answer.status = i18n.translated(error.message, error.params), 422
    return answer


def _do(uow: UnitOfWork, key: str, found: FormDesign, posted: Mapping[str, str], answer: Answer, *, kept: bool) -> None:
    """The pressed button, after the settings were kept."""
    at_revision = found.revision if kept else revision()
    form_key = found.form_key
    if "_select" in posted:
        answer.at, answer.shown, answer.unfinished = posted["_select"], None, set()
        return
    for name, verb, there, told in (
        ("_undo", design_forms.undo, found.may_undo, _("Undone.")),
        ("_redo", design_forms.redo, found.may_redo, _("Done again.")),
    ):
        if name in posted and there:
            now = verb(uow, key, form_key, revision=at_revision)
            before = find(found.parts, answer.at)
            again = find_named(now.parts, answer.at, name_of(before) if before else "")
            answer.at = place_of(again) if again else ""
            answer.said.append(told)
            answer.shown, answer.unfinished = None, set()
            return
    verb_name = next((name for name in posted if name in EDITS), None)
    if verb_name is None:
        if not kept and at_revision != found.revision:
            raise DesignChanged(key, found.revision, found.updated_at)
        return
    edited: list[Edited] = []

    def change(text: str) -> tuple[str, Place]:
        edited.append(EDITS[verb_name](text, posted[verb_name], posted))
        return edited[-1].text, edited[-1].at

    now = design_forms.edit(uow, key, form_key, change, revision=at_revision, kind=verb_name.strip("_"))
    chosen, answer.at = answer.at, ".".join(map(str, edited[-1].at))
    answer.shown, answer.unfinished = None, set()
    part = find(now.parts, answer.at)
    answer.said.append(named(edited[-1], part, now.parts))
    if verb_name == "_move" and posted[verb_name].partition(":")[0] != chosen:
        # Dragging moves any field; the one whose settings are open stays open.
        before = find(found.parts, chosen)
        still = find_named(now.parts, chosen, name_of(before)) if before else None
        answer.at = place_of(still) if still else chosen if chosen == "head" else ""


def _headed(key: str, found: FormDesign, posted: Mapping[str, str], answer: Answer) -> Answer:
    """The name of the form and what stands under it."""
    before = editing.head(found.text)
    drawn = form_settings.drawn_with(posted)
    said_now = {name: posted.get(f"h-{name}", before[name]).replace("\r\n", "\n").strip() for name in HEAD}
    typed = {name: before[name] if text == drawn.get(name) else text for name, text in said_now.items()}
    changed = {name: text for name, text in typed.items() if text != before[name]}
    answer.head = typed if changed else None
    try:
        with context.writing() as uow:
            if changed:
                found = design_forms.edit(
                    uow,
                    key,
                    found.form_key,
                    lambda text: (editing.change_head(text, changed), None),
                    revision=revision(),
                    kind="head",
                )
            answer.head = None
            _do(uow, key, found, posted, answer, kept=bool(changed))
    except DesignChanged as error:
        answer.head = typed
        return _overtaken(error, answer, posted, False)
    except FormError as error:
        answer.at, answer.head, answer.status = "head", typed, 422
        answer.problems[error.setting or "name"] = said(error)
    return answer


def _overtaken(changed: DesignChanged, answer: Answer, posted: Mapping[str, str], lost: bool) -> Answer:
    """Another window saved meanwhile: theirs is shown, with what was typed here."""
    typed = [
        text
        for name, text in posted.items()
        if name.startswith(form_settings.PREFIX) and text.strip() not in ("", "on")
    ]
    answer.conflict = {"told": saved_elsewhere(changed), "lost": typed if lost else []}
    answer.said.clear()
    answer.status = 409
    return answer
