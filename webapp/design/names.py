"""What conditions and expressions near a field may name: fields of the form, cells of the row, earlier answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from engine.drafting.form_choices import FormChoices, holding
from engine.errors import N_
from forms import editing
from forms.model import Field
from forms.tree import Part
from webapp import i18n
from webapp.design.parts_view import row_at, title_of

Options = list[tuple[str, str]]
#: what a row for each item says about it, beside its name
ABOUT = {
    "status": N_("Sent or not"),
    "sent_at": N_("When it was sent"),
    "sent_by": N_("Who sent it"),
    "round": N_("Which round"),
}


@dataclass(frozen=True, slots=True)
class Other:
    """Another field of the form, as conditions and expressions name it."""

    key: str
    title: str
    type: str
    choices: Options
    number: bool


def others(part: Part, parts: Sequence[Part], choices: FormChoices) -> dict[str, Other]:
    """By name, the fields whose answers a part may look at; then what other steps have left in the case."""
    found: dict[str, Other] = {}
    for one in (*_others(part, parts), *_variables(choices)):
        found.setdefault(one.key, one)
    return found


def numbers(part: Part, parts: Sequence[Part], choices: FormChoices) -> frozenset[str]:
    """The fields near a part, and those of earlier steps, whose values are numbers."""
    return frozenset(other.key for other in others(part, parts, choices).values() if other.number)


def row_around(part: Part, parts: Sequence[Part]) -> str | None:
    """The key of the list that a part stands in."""
    row = _row(part, parts)
    return row.key if row is not None else None


def _row(part: Part, parts: Sequence[Part]) -> Part | None:
    return row_at(parts, part.place)


def _others(part: Part, parts: Sequence[Part]) -> Iterator[Other]:
    """The fields whose answers a part may look at: in a list first those of the same row."""
    row = _row(part, parts)
    seen: set[str] = set()
    for around in ([row.parts] if row else []) + [tuple(parts)]:
        for one in scope(around):
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


def _variables(choices: FormChoices) -> Iterator[Other]:
    """What other steps have left in the case, as conditions and expressions name it."""
    for one in choices.variables:
        field = one.field
        listed = (*field.choices, *choices.lists.get(field.choices_from or "", ()))
        yield Other(
            one.name,
            _("%(name)s (step %(step)s)", name=title(field), step=one.step),
            field.type,
            [(choice.value, choice.label) for choice in listed],
            field.type == "number" or field.text_or_number,
        )


def items(choices: FormChoices) -> Options:
    """How a form of a repeated step calls what it is filled in for."""
    return [("item_label", _("The item")), ("item", _("The item, as it is kept"))] if choices.repeated else []


def title(field: Field) -> str:
    return (field.label_en if i18n.code() == "en" else "") or field.label or field.key or ""


def called(fields: Sequence[Field]) -> Options:
    return [(field.key or "", title(field)) for field in fields]


def scope(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if part.kind == "group":
            yield from scope(part.parts)


def about() -> Options:
    return [(name, _(words)) for name, words in ABOUT.items()]


def row_names(part: Part, taken: Field | None, source: Mapping[str, str]) -> Options:
    """The cells that the columns of a table may reckon with."""
    if part.kind != "table" or not source.get("activity"):
        return []
    return [("item_label", _("The item")), *(called(holding(taken.fields)) if taken else about())]


def plain_names(part: Part, taken: Field | None, source: Mapping[str, str], series: str | None) -> set[str]:
    """Names that are not offered and mean something all the same: of earlier cases, and of rows with a source."""
    if part.kind != "table":
        return {"item", "item_label"}
    return {"item", "item_label", *ABOUT, *([series] if series else ())}
