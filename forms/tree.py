"""A form's JSON as the tree a person edits: components by their place, whatever else the JSON says left as it is."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms import files
from forms.errors import N_, FormError

MAX_DEPTH = 20  #: components in components that are listed; far more than any form that can be used

#: indices into nested `components`: (3,) the fourth component, (3, 0) the first one inside it
Place = tuple[int, ...]
Spec = dict[str, Any]

_RESERVED = ("item", "item_label", "typename")


@dataclass(frozen=True, slots=True)
class Part:
    """One component as it is listed, also of a kind that is not supported."""

    place: Place
    kind: str  #: "" where the JSON names none
    key: str | None  #: None for those that hold no value
    label: str
    label_en: str
    spec: Mapping[str, Any]  #: its JSON
    parts: tuple[Part, ...]  #: of a group or list
    in_row: bool  #: stands in a dynamic list


def read(text: str | bytes) -> Spec:
    """The JSON of a form that has a list of components, whatever they are. Raises FormError."""
    spec = files.read(text)
    if not isinstance(spec, dict):
        raise FormError("", N_("A form must be an object."))
    if not isinstance(spec.get("components"), list):
        raise FormError("", N_("A form needs a list of components."))
    return spec


def parts(text: str | bytes) -> tuple[Part, ...]:
    """The components of a form as a tree, also what can't be used; raises FormError where there is none to be seen."""
    return _parts(read(text)["components"], (), in_row=False)


def _parts(specs: list[Any], around: Place, *, in_row: bool) -> tuple[Part, ...]:
    if len(around) > MAX_DEPTH:
        raise FormError("", N_("Groups are nested too deeply."))
    found = []
    for index, given in enumerate(specs):
        spec = given if isinstance(given, dict) else {}
        kind, place = text_in(spec, "type"), (*around, index)
        properties = spec.get("properties")
        inside = spec.get("components")
        found.append(
            Part(
                place=place,
                kind=kind,
                key=key_of(spec),
                label=text_in(spec, "label"),
                label_en=text_in(properties, "labelEn"),
                spec=spec,
                parts=_parts(inside, place, in_row=in_row or kind == "dynamiclist") if type(inside) is list else (),
                in_row=in_row,
            )
        )
    return tuple(found)


def walk(parts: tuple[Part, ...]) -> Iterator[Part]:
    """All parts, each before what it holds."""
    for part in parts:
        yield part
        yield from walk(part.parts)


def text_in(spec: Any, name: str) -> str:
    """An entry that is a text; empty for anything else."""
    value = spec.get(name) if isinstance(spec, dict) else None
    return value if isinstance(value, str) else ""


def key_of(spec: Mapping[str, Any]) -> str | None:
    """The key under which a component's value is kept; of a list its path."""
    key = spec.get("path") if spec.get("type") == "dynamiclist" else spec.get("key")
    return key if isinstance(key, str) and key else None


def component(form: Spec, place: Place) -> Spec:
    """The JSON of the component at a place. Raises FormError."""
    if not place:
        raise FormError("", N_("There is no such field any more."))
    *around, last = place
    listed = holder(form, tuple(around))
    if not 0 <= last < len(listed) or not isinstance(listed[last], dict):
        raise FormError("", N_("There is no such field any more."))
    found: Spec = listed[last]
    return found


def holder(form: Spec, around: Place) -> list[Any]:
    """The list of components of the form (), or of the group or list at a place. Raises FormError."""
    spec = form
    for index in around:
        listed = spec.get("components")
        if not isinstance(listed, list) or not 0 <= index < len(listed) or not isinstance(listed[index], dict):
            raise FormError("", N_("There is no such field any more."))
        spec = listed[index]
        if spec.get("type") not in ("group", "dynamiclist"):
            raise FormError(key_of(spec) or "", N_("Only a group or a list can hold fields."))
        spec.setdefault("components", [])
    listed = spec["components"]
    if not isinstance(listed, list):
        raise FormError(key_of(spec) or "", N_("“%(name)s” must be a list."), {"name": "components"})
    return listed


def row_of(form: Spec, place: Place) -> Place | None:
    """The place of the dynamic list in which a place lies; None where it lies in none."""
    for end in range(1, len(place)):
        if component(form, place[:end]).get("type") == "dynamiclist":
            return place[:end]
    return None


def within(specs: Any, *, into_lists: bool) -> Iterator[Spec]:
    """All components of a list of them and of the groups in it; with `into_lists` those of dynamic lists too."""
    todo = list(reversed(specs)) if isinstance(specs, list) else []
    while todo:
        spec = todo.pop()
        if not isinstance(spec, dict):
            continue
        yield spec
        inside = spec.get("components")
        if isinstance(inside, list) and (into_lists or spec.get("type") != "dynamiclist"):
            todo.extend(reversed(inside))


def names(specs: Any) -> set[str]:
    """What may not stand twice in one scope, a form's components or those of a list: keys, and ids of what has none."""
    return {name for spec in within(specs, into_lists=False) if (name := key_of(spec) or text_in(spec, "id"))}


def ids(form: Spec) -> set[str]:
    """The ids that new components may not have: those there are, and all keys."""
    every = list(within(form["components"], into_lists=True))
    return {text_in(spec, "id") for spec in every} | {key_of(spec) or "" for spec in every}


def free(label: str, taken: Container[str], *, otherwise: str) -> str:
    """A key made from a label that may be a name in expressions and is not taken: "Jumlah hari" -> jumlah_hari_2."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].strip("_")
    if not base or not base[0].isalpha():
        base = f"{otherwise}_{base}".strip("_")
    number = 1
    while True:
        key = base if number == 1 else f"{base}_{number}"
        if key not in taken and key not in _RESERVED and not keyword.iskeyword(key):
            return key
        number += 1
