"""One component from elsewhere: what of it is known here, what stands instead of the rest, and what is told of it."""

from __future__ import annotations

import copy
import re
from typing import Any, Protocol

from forms import entries, feel, setting_names, tree, vocabulary
from forms.errors import N_, FormError
from forms.tree import Spec

#: entries that say where a form comes from or how an editor shows it: nothing is lost with them
UNTOLD = frozenset({"exporter", "executionPlatform", "executionPlatformVersion", "generator", "versionTag"})
_INSIDE = ("validate", "properties", "appearance", "layout", "conditional")

_KINDS = {
    "button": N_("This button was left out: every form here has its own buttons for saving and sending."),
    "html": N_("This was left out: HTML is not shown. Write what it says as a text."),
    "image": N_("This picture was left out. Describe in a text what it shows, or attach it to the case as a file."),
    "iframe": N_(
        "This page from elsewhere was left out: nothing of other servers is shown. Name its address in a text."
    ),
    "expression": N_("This computed value was left out. Add a field and say how it is computed."),
    "documentPreview": N_("This preview was left out. Add a file field that takes its files from an earlier step."),
}


class Report(Protocol):
    """Tells what was left out or changed of a component."""

    def __call__(self, message: str, because: FormError | None = None, **params: Any) -> None: ...


def known(spec: Spec, report: Report, *, row: bool) -> Spec | None:
    """A copy of a component whose kind there is here, else the nearest; None where there is none."""
    kind = tree.text_in(spec, "type")
    if kind not in vocabulary.KINDS:
        if kind in _KINDS:
            report(_KINDS[kind])
        else:
            report(N_("This was left out: fields of the type “%(type)s” are not supported."), type=kind[:60])
        return None
    if row and kind in ("dynamiclist", "table"):
        report(N_("This was left out: a list or table can't stand inside a list. Put it beside the list."))
        return None
    inside = spec.get("components")
    made = {name: value for name, value in spec.items() if name != "components"}
    made = copy.deepcopy(made)
    if "components" in spec:
        made["components"] = inside
    return made


def mend(spec: Spec, report: Report, taken: set[str], *, row: bool) -> None:
    """Put what is understood otherwise here into our words; `taken` are names of the scope so far."""
    kind = spec["type"]
    _unknown(spec, kind, report)
    _words(spec, kind, report)
    _expressions(spec, report)
    if kind == "group" and spec.get("path"):
        report(
            N_("The path “%(path)s” of the group was left out: answers are not nested."), path=str(spec["path"])[:80]
        )
        del spec["path"]
    if spec.get("disabled") in (True, "true"):
        spec["readonly"] = True
        report(N_("It was switched off; it is read-only now."))
        del spec["disabled"]
    if kind in vocabulary.CHOOSING:
        _choices(spec, report)
    if kind == "datetime" and spec.get("timeSerializingFormat", "no_timezone") != "no_timezone":
        spec["timeSerializingFormat"] = "no_timezone"
        report(N_("Its times are office time now."))
    if kind == "filepicker" and isinstance(spec.get("accept"), str):
        suffixes = [part.strip() for part in spec["accept"].split(",") if part.strip()]
        mine = [part for part in suffixes if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", part)]
        if mine != suffixes:
            spec["accept"] = ",".join(mine)
            report(N_("Of its kinds of files only endings like “.pdf” were kept."))
    if kind == "dynamiclist" and spec.get("allowAddRemove") is False and not _has_rows(spec):
        spec["allowAddRemove"] = True
        report(N_("Rows may be added to it now: rows that are given need a source."))
    if kind == "table" and "columnsExpression" in spec:
        del spec["columnsExpression"]
    _name(spec, kind, report, taken, row=row)


def without(spec: Spec, fault: FormError, report: Report) -> bool:
    """Take out the entry that is refused; False where none is to blame or it can't be done without."""
    entry = fault.setting
    if entry in (None, "key", "path") or (entry == "columns" and spec.get("type") == "table"):
        return False
    holders = [spec, *(spec[name] for name in _INSIDE if isinstance(spec.get(name), dict))]
    found = [holder for holder in holders if entry in holder]
    if not found:
        return False
    for holder in found:
        del holder[entry]
    drop_emptied(spec)
    report(N_("“%(name)s” was left out: %(reason)s"), because=fault, name=entry)
    return True


def drop_emptied(spec: Spec) -> None:
    """What holds nothing any more says nothing: without it a second import changes no more."""
    for name in _INSIDE:
        if spec.get(name) == {}:
            del spec[name]


def _has_rows(spec: Spec) -> bool:
    properties = spec.get("properties")
    return isinstance(properties, dict) and bool(properties.get("source") or properties.get("rowsFrom"))


def _unknown(spec: Spec, kind: str, report: Report) -> None:
    """Entries that mean nothing here; of its `properties` those of others are kept out of the way."""
    for name in [name for name in spec if name not in vocabulary.entries_of(kind)]:
        if name != "columnsExpression" or kind != "table":
            del spec[name]
            report(N_("“%(name)s” was left out: it is not supported."), name=name[:60])
    known_inside = vocabulary.entries_inside(kind)
    for where in _INSIDE:
        inside = spec.get(where)
        if inside is None:
            spec.pop(where, None)
            continue
        if not isinstance(inside, dict):
            del spec[where]
            report(N_("“%(name)s” was left out: it is not supported."), name=where)
            continue
        mine = where == "properties"
        for name in [one for one in inside if one not in known_inside[where] and not (mine and one[:2] == "x-")]:
            value = inside.pop(name)
            if not mine:
                report(N_("“%(name)s” was left out: it is not supported."), name=name[:60])
            else:
                inside[f"x-{name}"] = value
                report(N_("Its property “%(name)s” is kept as “x-%(name)s”, but does nothing."), name=name[:60])
        if not inside:
            del spec[where]


def _words(spec: Spec, kind: str, report: Report) -> None:
    """Texts that stand for expressions, or have places that data go into."""
    for name in ("label", "description", "text"):
        value = spec.get(name)
        if not isinstance(value, str):
            continue
        if value.lstrip().startswith("="):
            spec[name] = value.lstrip().lstrip("=").strip().strip('"')
            report(N_("“%(name)s” was an expression; its text stands there as it is."), name=name)
        if kind == "text" and "{{" in str(spec.get(name)):
            spec[name] = re.sub(r"\{\{\s*(.*?)\s*\}\}", r"[\1]", spec[name]).replace("{{", "[")
            report(N_("Its text had places for data in “{{ }}”; they stand in brackets now. Show the data in fields."))
    appearance = spec.get("appearance")
    for name in ("prefixAdorner", "suffixAdorner"):
        if isinstance(appearance, dict) and str(appearance.get(name, "")).startswith("="):
            del appearance[name]
            report(N_("“%(name)s” was left out: it is not supported."), name=name)


def _expressions(spec: Spec, report: Report) -> None:
    holders = [(spec.get("conditional"), "hide"), (spec, "defaultValue"), (spec.get("properties"), "compute")]
    for holder, entry in (*holders, (spec, "dataSource")):
        if not isinstance(holder, dict):
            continue
        value = holder.get(entry)
        if not isinstance(value, str) or not value.strip() or (entry == "defaultValue" and value[:1] != "="):
            continue
        made = feel.translated(value)
        if made == value.strip().removeprefix("=").strip():
            continue
        if made is None:
            del holder[entry]
            message = N_("The expression “%(text)s” was left out: it can't be read here. Write it in our expressions.")
            report(message, text=value[:200])
        else:
            holder[entry] = f"={made}"
            message = N_("The expression “%(text)s” was written as “%(new)s”.")
            report(message, text=value[:200], new=made)
    for holder, entry in ((spec, "readonly"), (spec.get("validate"), "required")):
        value = holder.get(entry) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and isinstance(value, str) and value not in ("true", "false"):
            del holder[entry]
            report(N_("“%(name)s” was left out: it is always or never so here."), name=entry)
    drop_emptied(spec)


def _choices(spec: Spec, report: Report) -> None:
    listed = spec.get("values")
    if isinstance(listed, list) and spec.get("valuesKey"):
        del spec["valuesKey"]
        report(N_("“%(name)s” was left out: it is not supported."), name="valuesKey")
    if isinstance(listed, list):
        found: dict[str, Spec] = {}
        for one in listed:
            choice = one if isinstance(one, dict) else {"value": one, "label": one}
            value, label = choice.get("value"), choice.get("label")
            if isinstance(value, bool) or not isinstance(value, str | int | float) or str(value) in ("", *found):
                continue
            made = {**choice, "value": str(value)} if not isinstance(value, str) else choice
            if label is not None and not isinstance(label, str):
                made = {**made, "label": str(label)}
            found[str(value)] = {name: made[name] for name in made if name in ("value", "label", "labelEn")}
        if list(found.values()) != listed:
            spec["values"] = list(found.values())
            report(N_("Its choices were put in order: each has a text of its own as its value."))
    if not spec.get("values") and not spec.get("valuesKey"):
        spec.pop("values", None)
        spec.pop("valuesKey", None)
        if spec["type"] in ("checklist", "taglist"):
            spec.pop("defaultValue", None)
        spec["type"] = "textfield"
        spec.pop("searchable", None)
        report(N_("Its choices came from elsewhere and are not here: it takes a text now. Make it a choice again."))


def _name(spec: Spec, kind: str, report: Report, taken: set[str], *, row: bool) -> None:
    """A key that may be one, and that nothing else in the scope has; of what has no key the id."""
    if kind in vocabulary.SILENT:
        id = spec.get("id")
        if isinstance(id, str) and id in taken:
            spec["id"] = tree.free(id, taken, otherwise="isian")
            report(N_("Two had the id “%(name)s”; this one is “%(new)s” now."), name=id[:60], new=spec["id"])
        taken.add(tree.text_in(spec, "id"))
        return
    entry = setting_names.standing(spec, "key")[1]
    key = spec.get(entry)
    try:
        sound: Any = entries.key(spec, entry, "", row=row)
    except FormError:
        sound = None
    if sound is None or key in taken:
        label = key if isinstance(key, str) and key else tree.text_in(spec, "label")
        spec[entry] = tree.free(label, taken, otherwise="isian")
        report(
            N_("Its key “%(name)s” can't be one here; it is “%(new)s” now."), name=str(key or "")[:60], new=spec[entry]
        )
    taken.add(spec[entry])
