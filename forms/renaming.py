"""A field given another key within its form: what mentions it there follows, exactly.

What mentions it elsewhere, in the diagram and in other forms, is the engine's to follow.
"""

from __future__ import annotations

from typing import Any

from forms import definition, files, mentioning, setting_names, tree
from forms.errors import N_, FormError
from forms.sites import Site, sites, wanted
from forms.tree import Place, Spec

UNSURE = N_("In “%(path)s” it can't be told whether “%(name)s” is meant: %(text)s")


def rename(text: str, place: Place, new: str) -> str:
    """Rename the field at a place, or the cell of a list. Raises FormError, also where mentions can't be told apart."""
    form = tree.read(text)
    spec = tree.component(form, place)
    row_place = tree.row_of(form, place)
    row = tree.component(form, row_place) if row_place is not None else None
    old, list_key = tree.key_of(spec), tree.key_of(row) if row is not None else None
    if old is None:
        raise FormError("", N_("There is no such field any more."))
    if new == old:
        return text
    if row is not None and new in tree.names(form["components"]):
        # Expressions in the row may mean the field outside by this name.
        _refuse_taken(new)
    if row is None and any(new in tree.names(one.get("components")) for one in _lists(form)):
        _refuse_taken(new)
    for site in sites(form):
        follow(site, wanted(site, old, list_key), old, new)
    if row is not None:
        _named(row.get("properties"), "rowLabel", old, new)
        _table_keys(form, list_key or "", old, new)
    else:
        _series(form.get("series"), old, new)
    spec[setting_names.standing(spec, "key")[1]] = new
    after = files.write(form)
    try:
        definition.parse(after)
    except FormError as error:
        if error.setting in ("key", "path") or _sound(text):
            setting = "key" if error.setting in ("key", "path") else None
            raise FormError(error.field, error.message, error.params, setting=setting) from None
    return after


def follow(site: Site, looked: mentioning.Wanted, old: str, new: str) -> bool:
    """Rewrite one expression; whether it changed. Raises FormError where it can't be told what is meant."""
    before = site.expression
    try:
        after = mentioning.renamed(before, looked, new)
    except ValueError:
        raise FormError(
            site.path, UNSURE, {"path": site.path, "name": old, "text": before.strip()[:200]}, setting="key"
        ) from None
    if after != before:
        site.write(after)
    return after != before


def _refuse_taken(new: str) -> None:
    raise FormError(new, N_("Two fields have the key “%(name)s”."), {"name": new}, setting="key")


def _lists(form: Spec) -> list[Spec]:
    every = tree.within(form["components"], into_lists=False)
    return [spec for spec in every if spec.get("type") == "dynamiclist"]


def _named(holder: Any, entry: str, old: str, new: str) -> None:
    if isinstance(holder, dict) and holder.get(entry) == old:
        holder[entry] = new


def _table_keys(form: Spec, list_key: str, old: str, new: str) -> None:
    """Columns of tables that show the rows of the list itself go by its cells."""
    for spec in tree.within(form["components"], into_lists=False):
        rows = tree.text_in(spec, "dataSource").strip().removeprefix("=").strip()
        if spec.get("type") == "table" and rows == list_key and isinstance(spec.get("columns"), list):
            for column in spec["columns"]:
                _named(column, "key", old, new)


def _series(series: Any, old: str, new: str) -> None:
    _named(series, "period", old, new)
    if isinstance(series, dict) and isinstance(series.get("same"), list):
        series["same"] = [new if name == old else name for name in series["same"]]


def _sound(text: str) -> bool:
    try:
        definition.parse(text)
    except FormError:
        return False
    return True
