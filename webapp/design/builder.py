"""The form builder: one page whose buttons post one edit each, together with the settings of the chosen field.

A script sends the same posts with `X-Parts` and takes the parts of the answer; without it the answer is a new page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.db import UnitOfWork
from engine.drafting import design_forms, form_choices, form_preview
from engine.drafting.design_forms import FormDesign
from engine.drafting.form_edits import FOLLOWED
from engine.errors import DesignChanged, InvalidInput
from forms import definition, editing
from forms.errors import FormError
from forms.raw import nest
from forms.tree import Part, Place
from webapp import context, drawing, i18n, postings
from webapp.design import design, form_settings, parts_view
from webapp.design.edits import EDITS, Edited, first_names, named, still_named
from webapp.design.field_view import field_view, numbers
from webapp.design.form_words import KINDS
from webapp.design.forms import revision, said, saved_elsewhere
from webapp.design.parts_view import find, find_named, name_of, place_of

Page = str | tuple[str, int] | Response
HEAD = ("name", "description", "name_en", "description_en")


@dataclass(slots=True)
class Answer:
    """What the page says after a post, besides the form as it is now."""

    at: str
    said: list[str] = field(default_factory=list)
    shown: Mapping[str, Any] | None = None  #: what was typed into the settings, where it differs from what is kept
    head: Mapping[str, str] | None = None
    problems: dict[str, str] = field(default_factory=dict)
    unfinished: set[str] = field(default_factory=set)
    refused: str = ""
    conflict: Mapping[str, Any] | None = None
    later: bool = False  #: something waits until its input is left, because a name is made from it
    status: int = 200


@design.get("/<key>/forms/<form_key>")
def builder(key: str, form_key: str) -> str:
    """One form of the draft, to be built."""
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
        return _page(uow, key, found, Answer(request.args.get("at", "")))


@design.post("/<key>/forms/<form_key>")
def build(key: str, form_key: str) -> Page:
    """Keep the settings that were typed, then do what the pressed button says."""
    with context.reading() as uow:
        opened = design_forms.open_form(uow, key, form_key)
    answer = _pressed(key, opened)
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
        if "X-Parts" not in request.headers and answer.status == 200 and not answer.unfinished:
            for words in answer.said:
                flash(words, "success")
            return redirect(url_for("design.builder", key=key, form_key=form_key, at=answer.at or None), 303)
        return _page(uow, key, found, answer), answer.status


@design.post("/<key>/forms/<form_key>/preview")
def preview_form(key: str, form_key: str) -> Page:
    """The form with what was typed into the preview; nothing is kept. In JSON for the cells that follow the typing."""
    language = request.form.get("_language") or request.args.get("language") or request.form.get("_shown") or ""
    pairs = postings.posted()
    with context.reading() as uow:
        found = design_forms.open_form(uow, key, form_key)
        if "X-Parts" not in request.headers and request.accept_mimetypes.best == "application/json":
            return _worked_out(uow, found, pairs, language)
        sheet = _sheet(uow, found, pairs, language)
        if "X-Parts" in request.headers:
            return str(sheet["html"])
        return _page(uow, key, found, Answer(request.form.get("_at", "")), sheet)


# -- what a post does --------------------------------------------------------------------------------------------------


def _pressed(key: str, found: FormDesign) -> Answer:
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
        typed = form_settings.read(posted, editing.settings(part.spec), numbers(part, found.parts))
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
                place, changed = part.place, first_names(part, found.parts, typed.changed)
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
        setting = error.setting if typed is not None and error.setting in typed.changed else None
        if setting:
            answer.problems[setting] = said(error)
        else:
            answer.refused = (f"{error.field}: " if error.field and part is None else "") + said(error)
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
    answer.at = ".".join(map(str, edited[-1].at))
    answer.shown, answer.unfinished = None, set()
    part = find(now.parts, answer.at)
    answer.said.append(named(edited[-1], part, now.parts))


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


# -- the page ----------------------------------------------------------------------------------------------------------


def _page(uow: UnitOfWork, key: str, found: FormDesign, answer: Answer, sheet: dict[str, Any] | None = None) -> str:
    parts = found.parts
    current = find(parts, answer.at)
    flaw_told = said(found.flaw) if found.flaw else ""
    listed = parts_view.views(parts, answer.at, found.flaw, flaw_told)
    fault = next((one for one in _all(listed) if one.flaw), None)
    head = dict.fromkeys(HEAD, "") if _unreadable(found) else editing.head(found.text)
    was: Mapping[str, Any] = head if answer.at == "head" else {}
    shown_field = None
    if current is not None and current.kind in KINDS:
        was = form_settings.shown(editing.settings(current.spec))
        shown = answer.shown or was
        choices = form_choices.choices(uow, key)
        shown_field = field_view(current, parts, choices, dict(shown), answer.problems, answer.unfinished)
    wheres = _wheres(parts, current)
    return render_template(
        "design/forms/builder.html",
        key=key,
        form=found,
        parts=listed,
        at="head" if answer.at == "head" else place_of(current) if current else "",
        current_name=name_of(current) if current else "",
        field=shown_field,
        was=json.dumps(was, ensure_ascii=False),
        head=answer.head or head,
        problems=answer.problems,
        refused=answer.refused,
        conflict=answer.conflict,
        said=answer.said,
        later=answer.later,
        barred=_barred(found),
        flaw_told=(f"{fault.title}: " if fault else "") + flaw_told,
        flaw_place=fault.at if fault else None,
        kinds=KINDS,
        wheres=[(value, words) for value, words, _chosen in wheres],
        where=next((value for value, _words, chosen in wheres if chosen), "end"),
        preview=sheet or _sheet(uow, found, None, i18n.code()),
    )


def _barred(found: FormDesign) -> str:
    """Why the undo button does nothing though something was done."""
    if found.barred is None:
        return ""
    if found.barred.kind == FOLLOWED:
        return _(
            "Renaming “%(name)s” changed other places too, so undo stops here. To take it back, rename it again.",
            name=found.barred.label,
        )
    return _("Something else has changed this form since, so what was done before can't be undone.")


def _all(listed: Sequence[parts_view.PartView]) -> list[parts_view.PartView]:
    return [one for part in listed for one in (part, *_all(part.parts))]


def _unreadable(found: FormDesign) -> bool:
    try:
        editing.head(found.text)
        return False
    except FormError:
        return True


def _wheres(parts: Sequence[Part], current: Part | None) -> list[tuple[str, str, bool]]:
    """Where a new field may go: (value, words, whether it is the first choice)."""
    found = []
    holds = current is not None and current.kind in parts_view.HOLDING
    if current is not None:
        after = (*current.place[:-1], current.place[-1] + 1)
        words = _("after “%(name)s”", name=parts_view.title_of(current))
        found.append((".".join(map(str, after)), words, not holds))
    for part in editing.walk(tuple(parts)):
        if part.kind in parts_view.HOLDING:
            inside: Place = (*part.place, len(part.parts))
            found.append(
                (
                    ".".join(map(str, inside)),
                    _("in “%(name)s”", name=parts_view.title_of(part)),
                    holds and part is current,
                )
            )
    found.append((str(len(parts)), _("at the end of the form"), current is None))
    return found


def _sheet(uow: UnitOfWork, found: FormDesign, pairs: postings.Pairs | None, language: str) -> dict[str, Any]:
    """The form as people see it, in a language of its own."""
    language = language if language in context.LANGUAGES else i18n.code()
    with force_locale(language):
        try:
            sheet = form_preview.preview(uow, found.process_key, found.form_key)
        except FormError as error:
            html = render_template("design/forms/sheet.html", drawn=None, flaw=said(error))
            return {"language": language, "html": Markup(html)}  # noqa: S704 - rendered just now
        raw = dict(sheet.raw)
        keys = [name for name, field in definition.walk(sheet.form) if field.key and "." not in name]
        if pairs is not None:
            # A field that was not there when the preview was drawn begins as it does for whoever opens the form.
            typed = postings.press(postings.Posting(pairs), sheet.form, sheet.context, language).raw
            met = dict(pairs).get("_has", "").split()
            raw = {**{name: value for name, value in raw.items() if name not in met}, **typed}
        drawn = drawing.draw(sheet.form, raw, sheet.context, sheet.evaluate)
        html = render_template("design/forms/sheet.html", drawn=drawn, has=" ".join(keys))
    return {"language": language, "html": Markup(html)}  # noqa: S704 - rendered just now


def _worked_out(uow: UnitOfWork, found: FormDesign, pairs: postings.Pairs, language: str) -> Response:
    with force_locale(language if language in context.LANGUAGES else i18n.code()):
        try:
            sheet = form_preview.preview(uow, found.process_key, found.form_key)
        except FormError:
            return jsonify(saved_at="", values={}, hidden=[])
        fresh = drawing.draw(sheet.form, nest(pairs), sheet.context, sheet.evaluate)
    return jsonify(saved_at="", values=dict(fresh.computed), hidden=sorted(fresh.hidden))
