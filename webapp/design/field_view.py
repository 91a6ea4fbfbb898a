"""The settings of the chosen field as the builder draws them: its groups, what may be chosen from, what was refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from engine.drafting.form_choices import FormChoices
from engine.errors import N_
from forms import editing
from forms.tree import Part
from webapp.design import conditions
from webapp.design.form_settings import Shown
from webapp.design.form_words import COLUMN_TYPES, FUNCTIONS, GROUPS, SETTINGS, Setting
from webapp.design.parts_view import title_of
from webapp.phrases import SIGNS

Options = list[tuple[str, str]]
#: lists every office has; others are called by their tag
LISTS = {"positions": N_("All positions of the office"), "units": N_("The units of the office")}
TICKED = {"filled": N_("is ticked"), "empty": N_("is not ticked")}
PENDING = {
    "hide": N_("Complete the condition; until then the earlier one stays."),
    "source": N_("Choose the field too; until then the earlier source stays."),
    "choices": N_("Enter a choice; until then the earlier ones stay."),
    "other": N_("Complete this; until then what was there stays."),
}


@dataclass(frozen=True, slots=True)
class Other:
    """Another field of the form, as conditions and expressions name it."""

    key: str
    title: str
    type: str
    choices: Options
    number: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    key: str | None
    shown: Shown
    groups: Sequence[tuple[str, str, Sequence[str]]]
    open_groups: AbstractSet[str]
    told: Mapping[str, str]  #: what a folded group holds, in a few words
    problems: Mapping[str, str]
    unfinished: AbstractSet[str]
    labels: Mapping[str, str]
    others: Mapping[str, Other]
    offered: Mapping[str, Options]
    steps: Options
    step_fields: Options
    step_cells: Options
    cells: Options
    takes_rows: bool
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
) -> FieldView:
    """The settings of a `part` of a form, `shown` as its inputs hold them."""
    there = set(editing.settings_of(part.kind, row=part.in_row))
    if shown.get("choices_from"):
        there.discard("choices")
    if part.kind in ("checklist", "taglist"):
        there.discard("default")
    groups = [(name, title, [one for one in names if one in there]) for name, title, names in GROUPS]
    groups = [group for group in groups if group[2]]
    told = dict(_told(groups, shown))
    wrong = {name for name, _title, names in groups if set(names) & (set(problems) | unfinished)}
    others = {other.key: other for other in _others(part, parts)}
    source = shown.get("source") or {}
    step = next((one for one in choices.activities if one.id == source.get("activity")), None)
    taken = next((one for one in step.fields if one.key == source.get("field")), None) if step else None
    takes_rows = part.kind in ("table", "dynamiclist")
    usable = [one for one in step.fields if one.type == "dynamiclist" or not takes_rows] if step else []
    return FieldView(
        key=part.key,
        shown=shown,
        groups=groups,
        open_groups={"entry", "choices", "columns"} | wrong | ({"computed"} if shown.get("compute") else set()),
        told=told,
        problems=problems,
        unfinished=unfinished,
        labels={"compute": N_("Rows worked out by")} if part.kind == "table" else {},
        others=others,
        offered=dict(_offered(part, choices, shown)),
        steps=[(one.id, one.name or one.id) for one in choices.activities if one.fields],
        step_fields=[(one.key, one.label or one.key) for one in usable],
        step_cells=[(cell.key, cell.label or cell.key) for cell in taken.cells] if taken else [],
        cells=_cells(taken, shown) if part.kind == "table" and taken else [],
        takes_rows=takes_rows,
        names=[(other.key, other.title) for other in others.values()],
        functions=[
            (name, FUNCTIONS[name][0], _(FUNCTIONS[name][1])) for name in FUNCTIONS if name in choices.functions
        ],
    )


def numbers(part: Part, parts: Sequence[Part]) -> frozenset[str]:
    """The fields near a part whose values are numbers."""
    return frozenset(other.key for other in _others(part, parts) if other.number)


def _others(part: Part, parts: Sequence[Part]) -> Iterator[Other]:
    """The fields whose answers a part may look at: in a list first those of the same row."""
    lists = (one for one in editing.walk(tuple(parts)) if one.kind == "dynamiclist" and one is not part)
    row = next((one for one in lists if one.place == part.place[: len(one.place)]), None)
    seen: set[str] = set()
    for around in ([row.parts] if row else []) + [tuple(parts)]:
        for one in _scope(around):
            if one.key and one.key not in seen and one.place != part.place:
                seen.add(one.key)
                settings = editing.settings(one.spec)
                listed = settings.get("choices") or []
                yield Other(
                    one.key,
                    title_of(one),
                    one.kind,
                    [(str(c["value"]), str(c["label"] or c["value"])) for c in listed],
                    one.kind == "number" or settings.get("text_or_number") is True,
                )


def _scope(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if part.kind == "group":
            yield from _scope(part.parts)


def _offered(part: Part, choices: FormChoices, shown: Shown) -> Iterator[tuple[str, Options]]:
    lists = [(name, _(LISTS[name]) if name in LISTS else name) for name in choices.lists]
    yield "choices_from", [("", _("Written here")), *lists]
    yield "rows_from", [("", _("Nothing: people add rows")), *lists]
    yield "row_label", [("", _("None")), *((one.key, title_of(one)) for one in _scope(part.parts) if one.key)]
    if part.kind in ("select", "radio") and not shown.get("choices_from"):
        yield "default", [("", _("Nothing")), *((c["value"], c["label"]) for c in shown["choices"])]
    elif part.kind == "checkbox":
        yield "default", [("", _("Not ticked")), ("true", _("Ticked"))]


def _cells(taken: Any, shown: Shown) -> Options:
    own = [(row["key"], row["key"]) for row in shown["columns"] if row["key"] not in {cell.key for cell in taken.cells}]
    return [("", _("Choose")), ("item_label", _("The item")), *((c.key, c.label or c.key) for c in taken.cells), *own]


def _told(groups: Sequence[tuple[str, str, Sequence[str]]], shown: Shown) -> Iterator[tuple[str, str]]:
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
        elif name == "source" and shown["source"]["activity"]:
            yield name, ".".join(filter(None, (shown["source"]["activity"], shown["source"]["field"])))
        elif name in ("choices", "columns") and shown.get(name):
            yield name, str(len(shown[name]))
        elif name == "english":
            text = next((shown[one] for one in settings if shown.get(one)), "")
            yield name, str(text) or _("missing")
