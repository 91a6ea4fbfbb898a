"""The buttons of the builder that change the list of fields: each an edit of the form's text, and what to say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from engine.errors import N_
from forms import editing, tree
from forms.errors import FormError
from forms.tree import Part, Place
from webapp.design.form_words import KINDS, Kind, kind_of
from webapp.design.parts_view import find, place, row_at, title_of

Posted = Mapping[str, str]
#: label and key of the one field that a new repeating table has
_FIRST_CELL = ("Isian", "isian")
#: what the first choices of a new field are called
_BEGUN = re.compile(r"Pilihan [0-9]+")


@dataclass(frozen=True, slots=True)
class Edited:
    """The form after an edit, the place of what it is about, and the sentence to say (with its `name`)."""

    text: str
    at: Place
    verb: str
    name: str = ""


def named(edited: Edited, part: Part | None, parts: Sequence[Part]) -> str:
    """What happened, in words: where a moved field stands now."""
    name = edited.name or (title_of(part) if part else "")
    if part is None:
        return _(edited.verb, name=name)
    around = find(parts, ".".join(map(str, part.place[:-1])))
    among = around.parts if around else parts
    where = _("in “%(name)s”", name=title_of(around)) if around else _("in the form")
    said = _(edited.verb, name=name)
    return f"{said} " + _(
        "It is %(number)s of %(count)s %(where)s.", number=part.place[-1] + 1, count=len(among), where=where
    )


def first_label(kind: Kind) -> str:
    """What a new field is called: forms are written in Bahasa Indonesia first."""
    with force_locale("id"):
        return _(kind.name)


def still_named(part: Part, changed: Mapping[str, Any]) -> frozenset[str]:
    """The settings from which a name in the data would be made: not while somebody is still typing them."""
    settings = editing.settings(part.spec)
    found = {"label"} if "label" in changed and _unnamed(part, settings) else set()
    before = {one["value"]: one for one in settings.get("choices") or ()}
    choices = changed.get("choices", ())
    if any(not one["value"] or _first_choice(one, before.get(one["value"])) is not one for one in choices):
        found.add("choices")
    return frozenset(found)


def first_names(part: Part, parts: Sequence[Part], changed: Mapping[str, Any]) -> dict[str, Any]:
    """What follows when a new field is named for the first time: its key, and the values of its choices.

    Later on they stay, whatever it is called: answers are kept under them.
    """
    given = dict(changed)
    settings = editing.settings(part.spec)
    if part.key and given.get("label") and _unnamed(part, settings):
        taken = {one.key for one in editing.walk(tuple(parts)) if one.key}
        given["key"] = tree.free(given["label"], taken, otherwise="isian")
        given.setdefault("label_en", "")
    if "choices" in given:
        before = {one["value"]: one for one in settings.get("choices") or ()}
        given["choices"] = [_first_choice(one, before.get(one["value"])) for one in given["choices"]]
        given |= _default_among(given.get("default", settings.get("default")), given["choices"])
    return given


def _default_among(default: Any, choices: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What stands in a field beforehand goes where it can't be chosen any more."""
    values = {one["value"] for one in choices}
    if isinstance(default, list):
        return {"default": [one for one in default if one in values]}
    return {"default": ""} if default and not str(default).startswith("=") and default not in values else {}


def _unnamed(part: Part, settings: Mapping[str, Any]) -> bool:
    begun = first_label(kind_of(part.kind, settings.get("format")))
    return part.label == begun or (part.label, part.key) == _FIRST_CELL


def _first_choice(choice: Mapping[str, str], before: Mapping[str, str] | None) -> Mapping[str, str]:
    if before is None or not _BEGUN.fullmatch(before["label"]) or choice["label"] == before["label"]:
        return choice
    english = "" if choice["label_en"] == before["label_en"] else choice["label_en"]
    return {**choice, "value": "", "label_en": english}


def added(text: str, value: str, posted: Posted) -> Edited:
    """A new field of a kind of the menu, named after it until somebody names it."""
    kind = KINDS.get(value)
    if kind is None:
        raise FormError("", N_("Fields of the type “%(type)s” are not supported."), {"type": value[:60]})
    at = place(posted.get("_where", "")) or (len(editing.parts(text)),)
    row = row_at(editing.parts(text), at)
    if row is not None and (kind.component or value) in ("dynamiclist", "table"):
        at = (*row.place[:-1], row.place[-1] + 1)  # a list holds no list: behind it
    text, at = editing.add(text, kind.component or value, at, first_label(kind))
    if kind.begins:
        text = editing.change(text, at, kind.begins)
    return Edited(text, at, N_("“%(name)s” was added."))


def _shifted(by: int) -> Callable[[str, str, Posted], Edited]:
    def shift(text: str, value: str, posted: Posted) -> Edited:
        text, at = editing.shift(text, place(value), by)
        return Edited(text, at, N_("“%(name)s” was moved."))

    return shift


def _into(text: str, value: str, posted: Posted) -> Edited:
    """To the end of the group that stands above."""
    at = place(value)
    above = find(editing.parts(text), ".".join(map(str, (*at[:-1], at[-1] - 1)))) if at and at[-1] else None
    if above is None:
        raise FormError("", N_("There is no such field any more."))
    text, at = editing.move(text, at, (*above.place, len(above.parts)))
    return Edited(text, at, N_("“%(name)s” was moved."))


def _out(text: str, value: str, posted: Posted) -> Edited:
    """Behind the group it stands in."""
    at = place(value)
    if len(at) < 2:
        raise FormError("", N_("There is no such field any more."))
    text, at = editing.move(text, at, (*at[:-2], at[-2] + 1))
    return Edited(text, at, N_("“%(name)s” was moved."))


def _moved(text: str, value: str, posted: Posted) -> Edited:
    """Where it was dragged to: "2:0.1", in front of what stands at 0.1."""
    from_, _colon, to = value.partition(":")
    text, at = editing.move(text, place(from_), place(to))
    return Edited(text, at, N_("“%(name)s” was moved."))


def _copied(text: str, value: str, posted: Posted) -> Edited:
    text, at = editing.duplicate(text, place(value))
    return Edited(text, at, N_("“%(name)s” was duplicated."))


def _removed(text: str, value: str, posted: Posted) -> Edited:
    part = find(editing.parts(text), value)
    if part is None:
        raise FormError("", N_("There is no such field any more."))
    return Edited(
        editing.remove(text, part.place), (), N_("“%(name)s” was deleted. Undo brings it back."), title_of(part)
    )


EDITS: Mapping[str, Callable[[str, str, Posted], Edited]] = {
    "_add": added,
    "_up": _shifted(-1),
    "_down": _shifted(1),
    "_in": _into,
    "_out": _out,
    "_move": _moved,
    "_copy": _copied,
    "_remove": _removed,
}
