"""The page of the form builder: the fields, the settings of the chosen one, and the form as people will see it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import jsonify, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.db import UnitOfWork
from engine.drafting import form_choices, form_preview
from engine.drafting.design_forms import FormDesign
from engine.drafting.form_edits import FOLLOWED
from forms import definition, editing
from forms.errors import FormError
from forms.raw import nest
from forms.tree import Part, Place
from webapp import context, drawing, i18n, postings
from webapp.design import form_settings, parts_view
from webapp.design.field_view import field_view
from webapp.design.form_words import KINDS
from webapp.design.forms import said
from webapp.design.parts_view import find, name_of, place_of

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


def draw(uow: UnitOfWork, key: str, found: FormDesign, answer: Answer, preview: dict[str, Any] | None = None) -> str:
    """The whole page; a script takes its parts."""
    parts = found.parts
    current = find(parts, answer.at)
    flaw_told = said(found.flaw) if found.flaw else ""
    listed = parts_view.views(parts, answer.at, found.flaw, flaw_told)
    fault = next((one for one in _all(listed) if one.flaw), None)
    head = dict.fromkeys(HEAD, "") if _unreadable(found) else editing.head(found.text)
    was: Mapping[str, Any] = head if answer.at == "head" else {}
    shown_field, seen = None, _seen(uow, found)
    if current is not None and current.kind in KINDS:
        was = form_settings.shown(editing.settings(current.spec))
        shown = answer.shown or was
        choices = form_choices.choices(uow, key, found.form_key)
        shown_field = field_view(
            current, parts, choices, dict(shown), answer.problems, answer.unfinished, seen, _series(found)
        )
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
        preview=preview or sheet(uow, found, None, i18n.code()),
    )


def _seen(uow: UnitOfWork, found: FormDesign) -> form_preview.Preview | None:
    if found.flaw is not None:
        return None
    return form_preview.preview(uow, found.process_key, found.form_key)


def _series(found: FormDesign) -> str | None:
    """How rows call the earlier cases of the form's series."""
    if found.flaw is not None:
        return None
    series = definition.parse(found.text).series
    return series.name if series is not None else None


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


def sheet(
    uow: UnitOfWork, found: FormDesign, pairs: postings.Pairs | None, language: str, *, anew: bool = False
) -> dict[str, Any]:
    """The form as people see it, in a language of its own; `anew`: what nobody has filled in begins as it does now."""
    language = language if language in context.LANGUAGES else i18n.code()
    with force_locale(language):
        try:
            seen = form_preview.preview(uow, found.process_key, found.form_key)
        except FormError as error:
            html = render_template("design/forms/sheet.html", drawn=None, flaw=said(error))
            return {"language": language, "html": Markup(html)}  # noqa: S704 - rendered just now
        raw = dict(seen.raw)
        keys = [name for name, field in definition.walk(seen.form) if field.key and "." not in name]
        if pairs is not None:
            # A field that was not there when the preview was drawn begins as it does for whoever opens the form.
            typed = postings.press(postings.Posting(pairs), seen.form, seen.context, language).raw
            met = dict(pairs).get("_has", "").split()
            if anew:
                typed = {name: value for name, value in typed.items() if not _blank(value)}
                met = [name for name in met if name in typed]
            raw = {**{name: value for name, value in raw.items() if name not in met}, **typed}
        fresh = drawing.draw(seen.form, raw, seen.context, seen.evaluate)
        html = render_template("design/forms/sheet.html", drawn=fresh, has=" ".join(keys))
    return {"language": language, "html": Markup(html)}  # noqa: S704 - rendered just now


def worked_out(uow: UnitOfWork, found: FormDesign, pairs: postings.Pairs, language: str) -> Response:
    """What is computed and hidden with what was typed into the preview, for the cells that follow the typing."""
    with force_locale(language if language in context.LANGUAGES else i18n.code()):
        try:
            seen = form_preview.preview(uow, found.process_key, found.form_key)
        except FormError:
            return jsonify(saved_at="", values={}, hidden=[])
        fresh = drawing.draw(seen.form, nest(pairs), seen.context, seen.evaluate)
    return jsonify(saved_at="", values=dict(fresh.computed), hidden=sorted(fresh.hidden))


def _blank(value: Any) -> bool:
    """Whether nothing was typed, in a list into any row."""
    if isinstance(value, list):
        return all(_blank(one) for one in value)
    return all(map(_blank, value.values())) if isinstance(value, dict) else value in ("", None)
