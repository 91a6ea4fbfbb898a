"""The forms of a draft, built piece by piece: each edit is saved at once in the actor's draft of the process.

Owners and administrators only. Every verb that edits takes the `revision` last seen (0: nothing saved yet) and raises
DesignChanged when another window has saved meanwhile, NotFound and NotAllowed as designs.py does, FormError where the
form would be one that can't be used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.db import UnitOfWork
from engine.diagram import read, rewriting
from engine.errors import N_, Conflict, DesignChanged, InvalidDiagram, InvalidInput, NotFound
from forms import definition, editing, renaming, tree
from forms.editing import Part, Place
from forms.errors import FormError

from . import design_rows, designs, form_edits, keys
from .design_rows import DesignView, OtherDesign
from .following import found, rewritten
from .form_edits import Edit
from .mention import Mention, Target

__all__ = [
    "Edit",
    "FormDesign",
    "FormItem",
    "Mention",
    "Use",
    "edit",
    "listing",
    "mentions",
    "new_form",
    "open_form",
    "put_form",
    "redo",
    "remove_form",
    "rename_field",
    "undo",
]


@dataclass(frozen=True, slots=True)
class Use:
    """A task that is filled in with the form."""

    activity_id: str
    name: str
    number: str | None


@dataclass(frozen=True, slots=True)
class FormItem:
    key: str
    name: str
    fields: int  #: that hold a value, a list as one
    uses: tuple[Use, ...]
    flaw: FormError | None  #: why it can't be used


@dataclass(frozen=True, slots=True)
class FormDesign:
    """A form of the actor's draft, or of what is in force while there is none."""

    process_key: str
    process_name: str
    form_key: str
    name: str
    text: str
    parts: tuple[Part, ...]
    flaw: FormError | None
    uses: tuple[Use, ...]
    revision: int
    updated_at: datetime | None
    others: tuple[OtherDesign, ...]
    saved: bool  #: False: this is what is in force
    may_undo: Edit | None
    may_redo: Edit | None
    barred: Edit | None  #: the newest edit, where it can't be undone; its kind is FOLLOWED for a renaming
    place: Place | None = None  #: what the edit just made was about
    left: tuple[Mention, ...] = field(default=())  #: mentions that a renaming could not follow


# -- reading ---------------------------------------------------------------------------------------------------------


def listing(uow: UnitOfWork, key: str) -> tuple[FormItem, ...]:
    """Every form of the draft, by name; those no task names too."""
    draft = designs.open_design(uow, key)
    used = _uses(draft.xml)
    items = []
    for form_key, text in draft.forms.items():
        parts, flaw = _read(text)
        count = sum(1 for part in editing.walk(parts) if part.key is not None and not part.in_row)
        items.append(FormItem(form_key, _name(text, form_key), count, used.get(form_key, ()), flaw))
    return tuple(sorted(items, key=lambda item: (item.name.casefold(), item.key)))


def open_form(uow: UnitOfWork, key: str, form_key: str) -> FormDesign:
    return _view(uow, designs.open_design(uow, key), form_key)


def mentions(uow: UnitOfWork, key: str, form_key: str, place: Place) -> tuple[Mention, ...]:
    """Everything in the draft that mentions the field at a place of a form, or the cell of a list."""
    draft = designs.open_design(uow, key)
    return found(draft.xml, draft.forms, _target(draft, form_key, place), designs.decisions(uow, key))


# -- editing ---------------------------------------------------------------------------------------------------------


def new_form(
    uow: UnitOfWork,
    key: str,
    name: str,
    *,
    revision: int,
    form_key: str = "",
    like: str | None = None,
    text: str | None = None,
    activity: str | None = None,
) -> FormDesign:
    """Add a form: empty, a copy of the draft's form `like`, or what `text` says; `activity` gets it as its own.

    Raises InvalidInput without a name or for a bad key, Conflict where the draft has a form of this key.
    """
    draft = _drafted(uow, key, revision)
    name = " ".join(name.split())
    if not name or len(name) > 300:
        raise InvalidInput("name", N_("Give the form a name of at most 300 characters."))
    form_key = form_key.strip() or tree.free(name, draft.forms, otherwise="form")
    if not keys.KEY.fullmatch(form_key):
        raise InvalidInput("key", N_("Use letters, digits and “_” in the key, beginning with a letter."))
    if form_key in draft.forms:
        raise Conflict(f"there is a form {form_key} already")
    if like is not None:
        text = _text(draft, like)
    made = editing.identified(text, form_key, name) if text is not None else editing.blank(form_key, name)
    definition.parse(made)
    xml = rewriting.with_form(draft.xml, activity, form_key) if activity is not None else draft.xml
    return _saved(uow, draft, xml, {**draft.forms, form_key: made}, form_key)


def put_form(uow: UnitOfWork, key: str, form_key: str, text: str, *, revision: int) -> FormDesign:
    """Replace a form by a text that was imported or written by hand."""
    definition.parse(text)
    return edit(uow, key, form_key, lambda _: (text, None), revision=revision, kind="replace")


def edit(
    uow: UnitOfWork,
    key: str,
    form_key: str,
    change: Callable[[str], tuple[str, Place | None]],
    *,
    revision: int,
    kind: str = "edit",
    label: str = "",
) -> FormDesign:
    """Put one edit of forms.editing to a form; `kind` and `label` say what it was, for who wants to undo it."""
    draft = _drafted(uow, key, revision)
    before = _text(draft, form_key)
    text, place = change(before)
    if text == before:
        return replace(_view(uow, draft, form_key), place=place)
    saved = _saved(uow, draft, draft.xml, {**draft.forms, form_key: text}, form_key, Edit(kind, label))
    return replace(saved, place=place)


def remove_form(uow: UnitOfWork, key: str, form_key: str, *, revision: int) -> None:
    """Take a form out of the draft. Raises Conflict while a task names it."""
    draft = _drafted(uow, key, revision)
    _text(draft, form_key)
    if _uses(draft.xml).get(form_key):
        raise Conflict(f"a task is filled in with the form {form_key}")
    rest = {name: text for name, text in draft.forms.items() if name != form_key}
    designs.save(uow, key, draft.xml, rest, revision=revision)


def rename_field(
    uow: UnitOfWork, key: str, form_key: str, place: Place, new_key: str, *, revision: int, follow: bool
) -> FormDesign:
    """Give a field another key, in its form and, with `follow`, everywhere in the draft; `left` is what could not."""
    draft = _drafted(uow, key, revision)
    target = _target(draft, form_key, place)
    new_key = new_key.strip()
    text = renaming.rename(_text(draft, form_key), place, new_key)
    forms, xml = {**draft.forms, form_key: text}, draft.xml
    left: tuple[Mention, ...] = ()
    if follow:
        # Sources that name the field may stand in its own form too: that of the next round.
        xml, forms, left = rewritten(draft.xml, forms, target, new_key, designs.decisions(uow, key))
    alone = xml == draft.xml and all(forms[name] == draft.forms[name] for name in forms if name != form_key)
    made = Edit("rename" if alone else form_edits.FOLLOWED, target.name)
    return replace(_saved(uow, draft, xml, forms, form_key, made), place=place, left=left)


def undo(uow: UnitOfWork, key: str, form_key: str, *, revision: int) -> FormDesign:
    """Take the newest edit of a form back. Raises Conflict where there is none."""
    return _stepped(uow, key, form_key, revision, back=True)


def redo(uow: UnitOfWork, key: str, form_key: str, *, revision: int) -> FormDesign:
    """Make the edit undone last once more. Raises Conflict where there is none."""
    return _stepped(uow, key, form_key, revision, back=False)


# -- parts -----------------------------------------------------------------------------------------------------------


def _stepped(uow: UnitOfWork, key: str, form_key: str, revision: int, *, back: bool) -> FormDesign:
    draft = _drafted(uow, key, revision)
    row = design_rows.mine(uow, key, lock=True)
    step = (form_edits.last if back else form_edits.next_one)(uow, row, form_key) if row is not None else None
    if step is None:
        raise Conflict("there is nothing to undo" if back else "there is nothing to do again")
    step.undone = back
    text = step.before if back else step.after
    return _saved(uow, draft, draft.xml, {**draft.forms, form_key: text}, form_key)


def _drafted(uow: UnitOfWork, key: str, revision: int) -> DesignView:
    draft = designs.open_design(uow, key)
    if draft.revision != revision:
        raise DesignChanged(key, draft.revision, draft.updated_at)
    return draft


def _saved(
    uow: UnitOfWork,
    draft: DesignView,
    xml: bytes,
    forms: Mapping[str, str],
    form_key: str,
    made: Edit | None = None,
) -> FormDesign:
    saved = designs.save(uow, draft.process_key, xml, forms, revision=draft.revision)
    row = design_rows.mine(uow, draft.process_key)
    if made is not None and row is not None:
        form_edits.record(uow, row, form_key, made, draft.forms[form_key], forms[form_key])
    return _view(uow, saved, form_key)


def _text(draft: DesignView, form_key: str) -> str:
    if form_key not in draft.forms:
        raise NotFound("form", form_key)
    return draft.forms[form_key]


def _target(draft: DesignView, form_key: str, place: Place) -> Target:
    """The field at a place. Raises NotFound, FormError where it holds no value."""
    form = tree.read(_text(draft, form_key))
    row = tree.row_of(form, place)
    name = tree.key_of(tree.component(form, place))
    if name is None:
        raise FormError("", N_("There is no such field any more."))
    return Target(form_key, name, tree.key_of(tree.component(form, row)) if row is not None else None)


def _view(uow: UnitOfWork, draft: DesignView, form_key: str) -> FormDesign:
    text = _text(draft, form_key)
    parts, flaw = _read(text)
    row = design_rows.mine(uow, draft.process_key) if draft.saved else None
    barred = form_edits.barred(uow, row, form_key) if row is not None else None
    return FormDesign(
        process_key=draft.process_key,
        process_name=draft.name,
        form_key=form_key,
        name=_name(text, form_key),
        text=text,
        parts=parts,
        flaw=flaw,
        uses=_uses(draft.xml).get(form_key, ()),
        revision=draft.revision,
        updated_at=draft.updated_at,
        others=draft.others,
        saved=draft.saved,
        may_undo=form_edits.said(form_edits.last(uow, row, form_key)) if row is not None else None,
        may_redo=form_edits.said(form_edits.next_one(uow, row, form_key)) if row is not None else None,
        barred=form_edits.said(barred),
    )


def _read(text: str) -> tuple[tuple[Part, ...], FormError | None]:
    """The parts of a form and why it can't be used, as far as either can be said."""
    try:
        parts = editing.parts(text)
    except FormError as error:
        return (), error
    try:
        definition.parse(text)
    except FormError as error:
        return parts, error
    return parts, None


def _name(text: str, form_key: str) -> str:
    try:
        return editing.head(text)["name"] or form_key
    except FormError:
        return form_key


def _uses(xml: bytes) -> dict[str, tuple[Use, ...]]:
    """The tasks that name each form; none where the diagram can't be read just now."""
    try:
        process = read.read(xml).process
    except InvalidDiagram:
        return {}
    used: dict[str, tuple[Use, ...]] = {}
    for node in process.nodes.values():
        if node.form_key:
            used[node.form_key] = (*used.get(node.form_key, ()), Use(node.id, node.name, node.number))
    return used
