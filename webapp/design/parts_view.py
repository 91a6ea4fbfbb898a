"""The list of a form's fields as the builder shows it: each with its words, its marks, and where it may go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from forms import editing, tree
from forms.errors import FormError
from forms.tree import Part, Place
from webapp import i18n
from webapp.design.form_words import Kind, kind_of

HOLDING = ("group", "dynamiclist")
#: longer texts are cut in the list
LONGEST = 80


@dataclass(frozen=True, slots=True)
class PartView:
    at: str  #: its place as the page posts it: "0.2"
    name: str  #: what tells it apart while others move
    title: str
    kind: Kind
    marks: tuple[str, ...]
    required: bool
    current: bool
    flaw: str
    holds: bool
    parts: tuple[PartView, ...]
    up: bool
    down: bool
    can_in: bool  #: into the group above it
    can_out: bool


def views(parts: Sequence[Part], current: str, flaw: FormError | None, told: str) -> tuple[PartView, ...]:
    """The parts of a form; `flaw` with its words `told` is shown at the field it names."""
    at_fault = _at_fault(parts, flaw)

    def view(part: Part, among: Sequence[Part]) -> PartView:
        at, index = place_of(part), part.place[-1]
        seen = editing.settings(part.spec)
        return PartView(
            at=at,
            name=name_of(part),
            title=title_of(part),
            kind=kind_of(part.kind, seen.get("format")),
            marks=tuple(_marks(seen)),
            required=bool(seen.get("required") or seen.get("min_rows")),
            current=at == current,
            flaw=told if part is at_fault else "",
            holds=part.kind in HOLDING,
            parts=tuple(view(one, part.parts) for one in part.parts),
            up=index > 0,
            down=index < len(among) - 1,
            can_in=index > 0 and into(part, among[index - 1]),
            can_out=len(part.place) > 1,
        )

    return tuple(view(part, parts) for part in parts)


def into(part: Part, group: Part) -> bool:
    """Whether a part may be put into another: no list or table stands in a list."""
    return group.kind == "group" or (group.kind == "dynamiclist" and part.kind not in ("dynamiclist", "table"))


def place_of(part: Part) -> str:
    return ".".join(map(str, part.place))


def place(text: str) -> Place:
    """A place as the page posts it; () for anything else."""
    numbers = text.split(".")
    return tuple(map(int, numbers)) if all(one.isdecimal() and len(one) < 5 for one in numbers) else ()


def find(parts: Sequence[Part], at: str) -> Part | None:
    wanted = place(at)
    return next((part for part in editing.walk(tuple(parts)) if part.place == wanted), None)


def row_at(parts: Sequence[Part], at: Place) -> Part | None:
    """The list within which a place lies."""
    lists = (one for one in editing.walk(tuple(parts)) if one.kind == "dynamiclist" and len(one.place) < len(at))
    return next((one for one in lists if one.place == at[: len(one.place)]), None)


def find_named(parts: Sequence[Part], at: str, name: str) -> Part | None:
    """The part at a place if it has that name, else the one that has it now."""
    part = find(parts, at)
    if part is not None and name_of(part) == name:
        return part
    return next((part for part in editing.walk(tuple(parts)) if name and name_of(part) == name), None)


def name_of(part: Part) -> str:
    return f"{'cell' if part.in_row else ''}:{part.key or part.spec.get('id') or ''}:{part.kind}"


def title_of(part: Part) -> str:
    """What people call it: its label in their language, the beginning of its text, its key."""
    spec = part.spec
    english = i18n.code() == "en"
    label = (part.label_en if english else "") or part.label
    text = label or (tree.text_in(spec.get("properties"), "textEn") if english else "") or tree.text_in(spec, "text")
    text = text or part.key or ""
    plain = " ".join(str(text).replace("*", "").split())
    return plain[:LONGEST] + ("…" if len(plain) > LONGEST else "") or _(kind_of(part.kind).name)


def field_called(parts: Sequence[Part], error: FormError) -> str:
    """The field that a refusal is about, as people call it; "" where it names none."""
    part = _at_fault(parts, error)
    return title_of(part) if part is not None else error.field


def _marks(seen: Mapping[str, object]) -> Iterator[str]:
    if seen.get("compute"):
        yield _("computed")
    source = seen.get("source")
    if isinstance(source, Mapping):
        yield _("from an earlier step")
    elif seen.get("readonly"):
        yield _("only to be read")
    if seen.get("hide"):
        yield _("with a condition")
    if seen.get("internal"):
        yield _("never shown")


def _at_fault(parts: Sequence[Part], flaw: FormError | None) -> Part | None:
    if flaw is None or not flaw.field:
        return None
    names = (flaw.field, flaw.field.rpartition(".")[2])
    return next(
        (part for part in editing.walk(tuple(parts)) if part.key in names or part.spec.get("id") in names), None
    )
