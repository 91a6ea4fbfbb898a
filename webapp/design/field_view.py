"""The settings of the chosen field as the builder draws them: its groups, what may be chosen from, what was refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from flask_babel import gettext as _

from engine.drafting.form_choices import FormChoices, Step, holding
from engine.drafting.form_preview import Preview
from engine.errors import N_
from forms import editing
from forms.model import Field
from forms.tree import Part
from webapp.design import conditions
from webapp.design.form_settings import Shown
from webapp.design.form_words import COLUMN_TYPES, FUNCTIONS, GROUPS, SETTINGS, Setting
from webapp.design.names import (
    Options,
    Other,
    about,
    called,
    items,
    others,
    plain_names,
    row_around,
    row_names,
    scope,
    title,
)
from webapp.design.parts_view import title_of
from webapp.design.remarks import remarks
from webapp.processes.phrases import SIGNS

#: lists every office has; others are called by their tag
LISTS = {"positions": N_("All positions of the office"), "units": N_("The units of the office")}
TABLE_ORDER = ("entry", "source", "computed", "columns", "shown", "english")
TICKED = {"filled": N_("is ticked"), "empty": N_("is not ticked")}
PENDING = {
    "hide": N_("Complete the condition; until then the earlier one stays."),
    "source": N_("Choose the field too; until then the earlier source stays."),
    "choices": N_("Enter a choice; until then the earlier ones stay."),
    "other": N_("Complete this; until then what was there stays."),
}


@dataclass(frozen=True, slots=True)
class FieldView:
    key: str | None
    shown: Shown
    groups: Sequence[tuple[str, str, Sequence[str]]]
    open_groups: AbstractSet[str]
    told: Mapping[str, str]  #: what a folded group holds, in a few words
    problems: Mapping[str, str]
    remarks: Mapping[str, str]  #: what expressions lack; they are kept all the same
    unfinished: AbstractSet[str]
    labels: Mapping[str, str]  #: of settings that this kind calls otherwise
    hints: Mapping[str, str]
    others: Mapping[str, Other]
    offered: Mapping[str, Options]
    steps: Options
    step_fields: Options
    step_cells: Options
    cells: Options
    takes_rows: bool
    ticks: Options | None  #: the choices that may be ticked beforehand, where several are
    names: Options
    functions: Sequence[tuple[str, str, str]]

    @property
    def words(self) -> Mapping[str, Setting]:
        return SETTINGS

    @property
    def pending(self) -> Mapping[str, str]:
        return PENDING

    @property
    def other_options(self) -> Options:
        return [(other.key, other.title) for other in self.others.values()]

    @property
    def column_types(self) -> Options:
        return [(type, _(words)) for type, words in COLUMN_TYPES]

    @property
    def defaults(self) -> bool:
        return "default" in self.offered

    def signs(self, field: str) -> Options:
        other = self.others.get(field)
        type = other.type if other else ""
        words = {**SIGNS, **TICKED} if type == "checkbox" else SIGNS
        return [(sign, _(words[sign])) for sign in (conditions.signs_for(type) if other else conditions.SIGNS)]


def field_view(
    part: Part,
    parts: Sequence[Part],
    choices: FormChoices,
    shown: Shown,
    problems: Mapping[str, str],
    unfinished: AbstractSet[str],
    sheet: Preview | None,
    series: str | None,
) -> FieldView:
    """The settings of a `part` of a form, `shown` as its inputs hold them; `series` is how rows call earlier cases."""
    there = set(editing.settings_of(part.kind, row=part.in_row))
    if shown.get("choices_from"):
        there.discard("choices")
    groups = [(name, title, [one for one in names if one in there]) for name, title, names in GROUPS]
    groups = [group for group in groups if group[2]]
    if part.kind == "table":  # where its rows come from goes first: the columns are chosen among theirs
        groups.sort(key=lambda group: TABLE_ORDER.index(group[0]))
    known = others(part, parts, choices)
    source = shown.get("source") or {}
    step = next((one for one in choices.activities if one.id == source.get("activity")), None)
    taken = next((one for one in step.fields if one.key == source.get("field")), None) if step else None
    takes_rows = part.kind in ("table", "dynamiclist")
    names = [*row_names(part, taken, source), *((one.key, one.title) for one in known.values()), *items(choices)]
    meant = {name for name, _words in names} | choices.others | plain_names(part, taken, source, series)
    told = remarks(shown, meant, choices.functions, sheet, row_around(part, parts))
    told = {name: words for name, words in told.items() if name not in problems}
    wrong = {name for name, _title, held in groups if set(held) & (set(problems) | unfinished | set(told))}
    usable = [one for one in step.fields if one.type == "dynamiclist" or not takes_rows] if step else []
    return FieldView(
        key=part.key,
        shown=shown,
        groups=groups,
        open_groups={"entry", "choices", "columns"}
        | wrong
        | ({"computed"} if shown.get("compute") else set())
        | ({"source"} if part.kind == "table" else set()),
        told=dict(_told(groups, shown, _from_where(step, taken, source))),
        problems=problems,
        remarks=told,
        unfinished=unfinished,
        labels={"compute": N_("Rows worked out by")} if part.kind == "table" else {},
        hints={"compute": N_("Where they come from no earlier step.")} if part.kind == "table" else {},
        others=known,
        offered=dict(_offered(part, choices, shown)),
        steps=[(one.id, one.name) for one in choices.activities if one.fields],
        step_fields=called(usable),
        step_cells=called(holding(taken.fields)) if taken else [],
        cells=_cells(taken, shown) if part.kind == "table" and source.get("activity") else [],
        takes_rows=takes_rows,
        ticks=_ticks(part, choices, shown),
        names=names,
        functions=list(_functions(choices, parts)),
    )


def _offered(part: Part, choices: FormChoices, shown: Shown) -> Iterator[tuple[str, Options]]:
    lists = [(name, _(LISTS[name]) if name in LISTS else name) for name in choices.lists]
    yield "choices_from", [("", _("Written here")), *lists]
    yield "rows_from", [("", _("Nothing: people add rows")), *lists]
    yield "row_label", [("", _("None")), *((one.key, title_of(one)) for one in scope(part.parts) if one.key)]
    if part.kind in ("select", "radio"):
        yield "default", [("", _("Nothing")), *_choices(choices, shown)]
    elif part.kind == "checkbox":
        yield "default", [("", _("Not ticked")), ("true", _("Ticked"))]


def _choices(choices: FormChoices, shown: Shown) -> Options:
    """What may be chosen in a field: what is written there, or the office's list."""
    if shown.get("choices_from"):
        return [(one.value, one.label) for one in choices.lists.get(shown["choices_from"], ())]
    return [(one["value"], one["label"]) for one in shown["choices"] if one["value"]]


def _ticks(part: Part, choices: FormChoices, shown: Shown) -> Options | None:
    if part.kind not in ("checklist", "taglist") or str(shown.get("default")).startswith("="):
        return None
    return _choices(choices, shown)


def _cells(taken: Field | None, shown: Shown) -> Options:
    """What a column of a table may show: of the rows of a list, or about each item."""
    of_row = called(holding(taken.fields)) if taken is not None else about()
    offered = [("", _("Choose")), ("item_label", _("The item")), *of_row]
    known = {key for key, _words in offered}
    return [*offered, *((row["key"], row["key"]) for row in shown["columns"] if row["key"] not in known)]


def _functions(choices: FormChoices, parts: Sequence[Part]) -> Iterator[tuple[str, str, str]]:
    """Each function written as an example; over the rows of a list of this form, if it has one."""
    lists = [one for one in editing.walk(tuple(parts)) if one.kind == "dynamiclist" and one.key]
    cells = [one for one in scope(lists[0].parts) if one.key] if lists else []
    counted = next((one.key for one in cells if one.kind == "number"), cells[0].key if cells else None)
    rows, cell = (str(lists[0].key), f"r.{counted}") if counted else (_("rows"), "r.x")
    for name, (written, words) in FUNCTIONS.items():
        if name in choices.functions:
            yield name, re.sub(r"\br\.x\b", cell, re.sub(r"\bbaris\b", rows, written)), _(words)


def _from_where(step: Step | None, taken: Field | None, source: Mapping[str, str]) -> str:
    """The step and field of a source, as people call them."""
    named = (step.name if step else source.get("activity"), title(taken) if taken else source.get("field"))
    return " · ".join(filter(None, named))


def _told(groups: Sequence[tuple[str, str, Sequence[str]]], shown: Shown, where: str) -> Iterator[tuple[str, str]]:
    """What a group says that is not as it begins."""
    for name, _title, settings in groups:
        if name == "rules" and shown.get("required"):
            yield name, _("must be filled in")
        elif name == "shown" and shown["hide"]["mode"] != "always":
            yield name, {
                "shown": _("only under a condition"), "hidden": _("not under a condition"),
            }.get(shown["hide"]["mode"], _("by an expression"))  # fmt: skip
        elif name == "computed" and shown.get("compute"):
            yield name, str(shown["compute"])
        elif name == "source" and where:
            yield name, where
        elif name in ("choices", "columns") and shown.get(name):
            yield name, str(len(shown[name]))
        elif name == "english":
            text = next((shown[one] for one in settings if shown.get(one)), "")
            yield name, str(text) or _("missing")
