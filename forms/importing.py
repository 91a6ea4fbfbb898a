"""A form-js file from elsewhere taken over: the nearest form of the declared subset, and what of it was left out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from forms import definition, files, importing_parts, tree
from forms.errors import N_, FormError
from forms.importing_parts import Report
from forms.tree import Spec

__all__ = ["Imported", "LeftOut", "inspect"]

ROUNDS = 20  #: entries that are taken out of one component before it is left out itself


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was left out or changed, and what to do instead: `message` is a template over `params`."""

    path: str  #: of the component, "" for the form
    label: str  #: of the component, for people
    message: str
    params: Mapping[str, Any]
    because: FormError | None = None  #: what `params["reason"]` says, for whoever words it in another language


@dataclass(frozen=True, slots=True)
class Imported:
    """A form that can be used. Without anything left out the text is the one that was given."""

    text: str
    left_out: tuple[LeftOut, ...]


def inspect(text: str | bytes) -> Imported:
    """Take a form over. Raises FormError, never anything else, where nothing can be made of it."""
    form = tree.read(text)
    given = copy.deepcopy(form)
    told: list[LeftOut] = []
    count = sum(1 for _ in tree.within(form["components"], into_lists=True))
    if count > definition.MAX_FIELDS:
        raise FormError("", N_("A form may have at most %(max)s fields."), {"max": definition.MAX_FIELDS})
    form = _head(form, told)
    taken: set[str] = set()
    series = {"series": form["series"]} if "series" in form else {}
    form["components"] = list(_taken_over(form["components"], told, taken, series, row=False, depth=0, number=""))
    _mend_whole(form, told)
    if form == given and not told:
        return Imported(text if isinstance(text, str) else text.decode("utf-8-sig"), ())
    return Imported(files.write(form), tuple(told))


def _head(form: Spec, told: list[LeftOut]) -> Spec:
    made = {}
    for name, value in form.items():
        series = {"series": form["series"]} if name == "workbook" and "series" in form else {}
        alone = files.write({**series, "components": [], **({} if name == "components" else {name: value})})
        if _refusal(partial(definition.parse, alone)) is None:
            made[name] = value
        elif name not in importing_parts.UNTOLD:
            message = N_("“%(name)s” of the form was left out: it is not supported.")
            told.append(LeftOut("", "", message, {"name": name[:60]}))
    return made


def _taken_over(
    specs: Any, told: list[LeftOut], taken: set[str], top: Spec, *, row: bool, depth: int, number: str
) -> Iterator[Spec]:
    """The components that can be had, mended; `taken` are the keys and ids of the scope so far.

    `top` is what stands over the form and decides what a component may say.
    """
    for index, spec in enumerate(specs if isinstance(specs, list) else []):
        place = f"{number}[{index + 1}]"
        if not isinstance(spec, dict):
            told.append(LeftOut(place, "", N_("This was left out: it is no component."), {}))
            continue
        path = tree.key_of(spec) or tree.text_in(spec, "id") or place
        label = tree.text_in(spec, "label") or tree.text_in(spec, "text")[:80] or path

        report = _reporter(told, path[:100], label[:200])
        made = importing_parts.known(spec, report, row=row)
        if made is None:
            continue
        if depth > definition.MAX_DEPTH:
            report(N_("This was left out: groups are nested too deeply. Put it further out."))
            continue
        importing_parts.mend(made, report, taken, row=row)
        kind = made["type"]
        if kind in ("group", "dynamiclist"):
            inner: set[str] = set() if kind == "dynamiclist" else taken
            inside = row or kind == "dynamiclist"
            made["components"] = list(
                _taken_over(made.get("components"), told, inner, top, row=inside, depth=depth + 1, number=place)
            )
        sound = _sound(made, report, top, row=row)
        if sound is not None:
            yield sound


def _reporter(told: list[LeftOut], at: str, label: str) -> Report:
    def report(message: str, because: FormError | None = None, **params: Any) -> None:
        said = {} if because is None else {"reason": because.message % because.params}
        told.append(LeftOut(at, label, message, {**params, **said}, because))

    return report


def _sound(spec: Spec, report: Report, top: Spec, *, row: bool) -> Spec | None:
    """The component without the entries that are refused; None where it can't be had at all."""
    for _ in range(ROUNDS):
        fault = _refusal(lambda: definition.parse(files.write({**top, "components": [_alone(spec, row=row)]})))
        if fault is None:
            return spec
        if not importing_parts.without(spec, fault, report):
            break
    report(N_("This was left out: %(reason)s"), because=fault)
    return None


def _alone(spec: Spec, *, row: bool) -> Spec:
    if not row:
        return spec
    beside = {"type": "checkbox", "key": "x_"}  # a list of texts alone would be refused
    return {"type": "dynamiclist", "path": "rows", "components": [spec, beside]}


def _mend_whole(form: Spec, told: list[LeftOut]) -> None:
    """Take out what only does not fit together: expressions in a circle, earlier cases without a series."""
    while (fault := _refusal(lambda: definition.parse(files.write(form)))) is not None:
        at = next(
            (
                spec
                for spec in tree.within(form["components"], into_lists=True)
                if fault.field and fault.field.rpartition(".")[2] in (tree.key_of(spec), tree.text_in(spec, "id"))
            ),
            None,
        )
        gone = at is not None and [
            holder.pop(entry)
            for holder, entry in ((at.get("conditional"), "hide"), (at.get("properties"), "compute"))
            if isinstance(holder, dict) and entry in holder
        ]
        if at is None or not gone:
            raise fault
        importing_parts.drop_emptied(at)
        message = N_("Its expressions were left out: %(reason)s")
        _reporter(told, fault.field, tree.text_in(at, "label"))(message, because=fault)


def _refusal(attempt: Callable[[], object]) -> FormError | None:
    try:
        attempt()
    except FormError as error:
        return error
    return None
