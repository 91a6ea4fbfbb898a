"""A form's definition edited: JSON text in, JSON text out. What an edit isn't about stays as it was, in its order.

Components are named by their place in the form as it is before the edit (`tree.Place`). Every edit raises FormError,
with the setting at fault where there is one, rather than give a form that definition.parse refuses; a form that was
refused before may be edited as long as the component at hand is sound.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from forms import definition, files, kinds, setting_names, setting_values, tree
from forms.errors import N_, FormError
from forms.kinds import KINDS
from forms.setting_names import settings_of
from forms.settings import settings
from forms.tree import Part, Place, Spec, parts, walk

__all__ = [
    "KINDS",
    "Part",
    "Place",
    "add",
    "blank",
    "change",
    "change_head",
    "component",
    "duplicate",
    "head",
    "identified",
    "insert",
    "move",
    "parts",
    "remove",
    "settings",
    "settings_of",
    "shift",
    "walk",
]

_HEAD = {"name": "name", "name_en": "nameEn", "description": "description", "description_en": "descriptionEn"}


def blank(key: str, name: str, name_en: str = "") -> str:
    """A form with nothing in it yet."""
    titles = {"name": name, **({"nameEn": name_en} if name_en else {})}
    return files.write({"id": key, "type": "default", "schemaVersion": 18, **titles, "components": []})


def identified(text: str, key: str, name: str) -> str:
    """The form under another key and name: a copy, or one from a file."""
    spec = _titled(tree.read(text), "name", name)
    return files.write({"id": key, **spec} if "id" not in spec else {**spec, "id": key})


def head(text: str) -> dict[str, str]:
    """What stands over a form: name, name_en, description, description_en; "" where nothing does."""
    spec = tree.read(text)
    return {name: tree.text_in(spec, entry) for name, entry in _HEAD.items()}


def change_head(text: str, given: Mapping[str, str]) -> str:
    """Change some of what stands over a form; "" takes it away. A form keeps a name."""
    spec = tree.read(text)
    for name, value in given.items():
        if name not in _HEAD:
            raise FormError("", N_("“%(name)s” is not supported here."), {"name": name[:60]}, setting=name)
        value = value.strip()
        if name == "name" and not value:
            raise FormError("", N_("Give the form a name."), setting="name")
        if len(value) > definition.LONGEST_TITLE:
            message = N_("“%(name)s” must be a text of at most %(max)s characters.")
            raise FormError("", message, {"name": name, "max": definition.LONGEST_TITLE}, setting=name)
        spec = _titled(spec, _HEAD[name], value)
    return _sound(text, spec)


def component(text: str, place: Place) -> Spec:
    """The JSON of one component, for `settings` and `insert`."""
    return copy.deepcopy(tree.component(tree.read(text), place))


def add(text: str, kind: str, at: Place, label: str, label_en: str = "") -> tuple[str, Place]:
    """Put a new component of a kind of KINDS in front of what stands at `at`, or at the end; gives its place."""
    form = tree.read(text)
    spec = kinds.begin(kind, label, label_en, keys=_taken(form, at), ids=tree.ids(form))
    return _put_in(text, form, spec, at)


def insert(text: str, spec: Mapping[str, Any], at: Place) -> tuple[str, Place]:
    """Put in a copy of a component, from this form or another, under keys and ids that are free here."""
    form = tree.read(text)
    made = copy.deepcopy(dict(spec))
    taken, ids = _taken(form, at), tree.ids(form)
    _free_keys(made, taken)
    _free_ids(made, ids)
    return _put_in(text, form, made, at)


def duplicate(text: str, place: Place) -> tuple[str, Place]:
    """Put a copy of a component behind it; gives the copy's place."""
    return insert(text, component(text, place), (*place[:-1], place[-1] + 1))


def remove(text: str, place: Place) -> str:
    """Take a component out, with all that is in it."""
    form = tree.read(text)
    tree.component(form, place)
    del tree.holder(form, place[:-1])[place[-1]]
    return _sound(text, form)


def move(text: str, place: Place, to: Place) -> tuple[str, Place]:
    """Put a component in front of what stands at `to` now, or at the end there; gives where it stands then."""
    form = tree.read(text)
    spec = tree.component(form, place)
    if to[: len(place)] == place and len(to) > len(place):
        raise FormError(tree.key_of(spec) or "", N_("A group can't be put into itself."))
    target = tree.holder(form, to[:-1])
    _check_index(target, to)
    marker: Spec = {}
    target.insert(to[-1], marker)
    # By identity: two components may look the same.
    old = next(n for n, one in enumerate(_around(form, place, to)) if one is spec)
    del _around(form, place, to)[old]
    index = next(n for n, one in enumerate(target) if one is marker)
    target[index] = spec
    return _sound(text, form), _found(form, spec)


def shift(text: str, place: Place, by: int) -> tuple[str, Place]:
    """Move a component up (-1) or down (1) among those beside it; at either end nothing changes."""
    count = len(tree.holder(tree.read(text), place[:-1]))
    index = min(max(place[-1] + by, 0), count - 1)
    if index == place[-1]:
        return text, place
    return move(text, place, (*place[:-1], index + (by > 0)))


def change(text: str, place: Place, given: Mapping[str, Any]) -> str:
    """Change some settings of a component, as `settings` names them; None, "" and False take one away.

    A new key is not followed by what mentions the old one: renaming.rename does that.
    """
    form = tree.read(text)
    spec = tree.component(form, place)
    setting_values.put(spec, given)
    return _sound(text, form, place)


# -- parts -----------------------------------------------------------------------------------------------------------


def _titled(spec: Spec, entry: str, value: str) -> Spec:
    """The form with a title set; a new one stands before the components, where people look for it."""
    if value and entry not in spec:
        made: Spec = {}
        for name, one in spec.items():
            if name == "components":
                made[entry] = value
            made[name] = one
        return made
    if value:
        spec[entry] = value
    else:
        spec.pop(entry, None)
    return spec


def _taken(form: Spec, at: Place) -> set[str]:
    """The keys that a new component at a place may not have: those of its scope, and in a list those outside too."""
    if not at:
        raise FormError("", N_("There is no such place in the form."))
    row = tree.row_of(form, at)
    own = tree.names(tree.holder(form, row)) if row is not None else set()
    return own | tree.names(form["components"])


def _check_index(listed: list[Any], at: Place) -> None:
    if not 0 <= at[-1] <= len(listed):
        raise FormError("", N_("There is no such place in the form."))


def _put_in(text: str, form: Spec, spec: Spec, at: Place) -> tuple[str, Place]:
    listed = tree.holder(form, at[:-1])
    _check_index(listed, at)
    listed.insert(at[-1], spec)
    return _sound(text, form, at), at


def _free_keys(spec: Spec, taken: set[str]) -> None:
    """Give what a component holds keys that are free; the cells of a list keep theirs."""
    for one in tree.within([spec], into_lists=False):
        key = tree.key_of(one)
        if key is not None:
            one["path" if one.get("type") == "dynamiclist" else "key"] = new = tree.free(key, taken, otherwise="isian")
            taken.add(new)


def _free_ids(spec: Spec, taken: set[str]) -> None:
    for one in tree.within([spec], into_lists=True):
        if id := tree.text_in(one, "id"):
            one["id"] = tree.free(id, taken, otherwise="isian") if id in taken else id
            taken.add(one["id"])


def _around(form: Spec, place: Place, to: Place) -> list[Any]:
    """The list from which a component at `place` is taken, after something was put in at `to`."""
    *way, _ = place
    depth = len(to) - 1
    if len(way) > depth and tuple(way[:depth]) == to[:-1] and to[-1] <= way[depth]:
        way[depth] += 1
    return tree.holder(form, tuple(way))


def _found(form: Spec, spec: Spec) -> Place:
    todo: list[tuple[Place, list[Any]]] = [((), form["components"])]
    while True:
        around, listed = todo.pop()
        for index, one in enumerate(listed):
            if one is spec:
                return (*around, index)
            if isinstance(one, dict) and isinstance(one.get("components"), list):
                todo.append(((*around, index), one["components"]))


def _sound(before: str, form: Spec, place: Place | None = None) -> str:
    """The edited form as text, if it may be; `place` is what was edited."""
    text = files.write(form)
    try:
        definition.parse(text)
    except FormError as error:
        if _refusal(lambda: definition.parse(before)) is None:
            raise _at(form, error, place) from None
        # It could not be used before either: what was edited must at least be sound by itself.
        if place is not None:
            _check_alone(before, form, place)
    return text


def _check_alone(before: str, form: Spec, place: Place) -> None:
    fault = _refusal(lambda: definition.parse(files.write(_alone(form, place))))
    if fault is None:
        return
    was = _refusal(lambda: definition.parse(files.write(_alone(tree.read(before), place))))
    if was is None or (was.field, was.message, was.params) != (fault.field, fault.message, fault.params):
        raise _at(form, fault, place) from None


def _alone(form: Spec, place: Place) -> Spec:
    """A form of one component and nothing else, in its list where it stands in one."""
    spec = tree.component(form, place)
    row = tree.row_of(form, place)
    if row is None:
        return {"components": [spec]}
    beside = {"type": "checkbox", "key": "x_"}  # a list of texts alone would be refused
    return {"components": [{"type": "dynamiclist", "path": "rows", "components": [spec, beside]}]}


def _refusal(attempt: Callable[[], object]) -> FormError | None:
    try:
        attempt()
    except FormError as error:
        return error
    return None


def _at(form: Spec, error: FormError, place: Place | None) -> FormError:
    """A refusal with the setting at fault in the words of `settings`."""
    kind = tree.text_in(tree.component(form, place), "type") if place is not None else ""
    setting = setting_names.name_of(kind, error.setting)
    return FormError(error.field, error.message, error.params, setting=setting)
