"""What the names in a diagram's expressions mean to people: the field of a form that fills each, where there is one.

Followed are forms, the items of repeated activities, scripts that only copy, and what goes into and out of called
processes. What is computed in any other way has no meaning here, and keeps its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.diagram.model import Node, Process
from engine.diagram.outline import outline, walk
from engine.diagram.scripts import assigned
from engine.expressions.conditions import Term, term
from forms.conditions import leaves
from forms.model import Field, Form

DEEPEST = 10  #: copies of copies that are followed


@dataclass(frozen=True, slots=True)
class Meaning:
    field: Field
    each: bool = False  #: one of those that the field lists


@dataclass(frozen=True, slots=True)
class _Filling:
    place: int  #: of the activity, in the order of the text
    inside: str | None  #: the called process whose own variable it is
    name: str
    what: Field | Term  #: a field, or another name in the same place
    at: str  #: the activity from which a name is looked up
    shown: bool = False  #: the field only shows it


class Meanings:
    """Looks up names of one process with its forms."""

    def __init__(self, process: Process, forms: Mapping[str, Form]) -> None:
        self.nodes = process.nodes
        self.places = {entry.element: place for place, entry in enumerate(walk(outline(process).entries))}
        self.fillings: dict[tuple[str | None, str], list[_Filling]] = {}
        for node in sorted(process.nodes.values(), key=lambda node: self.places.get(node.id, 0)):
            for filling in (*self._by_form(node, forms), *self._by_copy(node)):
                self.fillings.setdefault((filling.inside, filling.name), []).append(filling)

    def of(self, wanted: Term, at: str | None) -> Meaning | None:
        """What a name means at an element of the diagram; None where no form fills it."""
        found = self._of(wanted.name, at, DEEPEST)
        if wanted.cell is None or found is None:
            return found
        if wanted.cell and found.each and found.field.type == "dynamiclist":
            cell = next((leaf.field for leaf in leaves(found.field.fields) if leaf.field.key == wanted.cell), None)
            return Meaning(cell) if cell else None
        return None

    def _of(self, name: str, at: str | None, depth: int) -> Meaning | None:
        if depth == 0:
            return None
        for node in self._around(at):
            if node.item_name == name and node.collection:
                listed = term(node.collection)
                found = self._of(listed.name, node.parent, depth - 1) if listed and not listed.cell else None
                return replace(found, each=True) if found else None
            call = node.wiring.call
            if call is not None and call.mapped and node.id != at:
                return self._filled(node.id, name, at, depth) or self._given(node, name, depth)
        return self._filled(None, name, at, depth)

    def _given(self, node: Node, name: str, depth: int) -> Meaning | None:
        """What a called process is given under a name."""
        call = node.wiring.call
        assert call is not None
        source = term(call.takes[name]) if name in call.takes else Term(name) if call.everything else None
        return self._of(source.name, node.id, depth - 1) if source and not source.cell else None

    def _filled(self, inside: str | None, name: str, at: str | None, depth: int) -> Meaning | None:
        """By the last that fills it before the element, else by the first; one that only shows it counts last."""
        every = self.fillings.get((inside, name), [])
        found = [one for one in every if not one.shown] or every
        here = self.places.get(at or "", len(self.places))
        for one in (*reversed([f for f in found if f.place <= here]), *(f for f in found if f.place > here)):
            if isinstance(one.what, Field):
                return Meaning(one.what)
            meaning = self._of(one.what.name, one.at, depth - 1)
            if meaning is not None:
                return meaning
        return None

    def _by_form(self, node: Node, forms: Mapping[str, Form]) -> Iterator[_Filling]:
        form = forms.get(node.form_key or "")
        for leaf in leaves(form.fields) if form else ():
            field = leaf.field
            yield self._filling(node, field.key or "", field, node.id, shown=field.source is not None)

    def _by_copy(self, node: Node) -> Iterator[_Filling]:
        for name, text in assigned(node):
            copied = term(text)
            if copied and not copied.cell and copied.name != name:
                yield self._filling(node, name, copied, node.id)
        call = node.wiring.call
        inner = next((one.id for one in self.nodes.values() if one.parent == node.id), None)
        if call is not None and inner is not None:
            last = max((one.id for one in self._within(node)), key=lambda id: self.places.get(id, 0))
            for name, text in call.gives.items():
                given = term(text)
                if given and not given.cell:
                    yield self._filling(node, name, given, last)
        if node.collects and node.gives:
            inside = max((one.id for one in self._within(node)), key=lambda id: self.places.get(id, 0), default=node.id)
            yield self._filling(node, node.collects, Term(node.gives), inside)

    def _filling(self, node: Node, name: str, what: Field | Term, at: str, *, shown: bool = False) -> _Filling:
        return _Filling(self.places.get(node.id, 0), self._scope(node), name, what, at, shown)

    def _scope(self, node: Node) -> str | None:
        """The called process with variables of its own that a node lies in."""
        for one in self._around(node.parent):
            if one.wiring.call is not None and one.wiring.call.mapped:
                return one.id
        return None

    def _within(self, node: Node) -> Iterator[Node]:
        return (one for one in self.nodes.values() if one.id != node.id and node in self._around(one.id))

    def _around(self, id: str | None) -> Iterator[Node]:
        """An element, and whatever it lies in, from the inside out."""
        node = self.nodes.get(id or "")
        while node is not None:
            yield node
            node = self.nodes.get(node.attached_to or node.parent or "")


class FormMeanings:
    """Looks up names inside one form; a place is the path of the field whose condition mentions them."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def of(self, wanted: Term, at: str | None) -> Meaning | None:
        """The field of that name: of the same row first, then of the form."""
        table = (at or "").rpartition(".")[0]
        rows = next((leaf.field.fields for leaf in leaves(self.form.fields) if table and leaf.field.key == table), ())
        found = (leaf.field for leaf in (*leaves(rows), *leaves(self.form.fields)) if leaf.field.key == wanted.name)
        field = next(found, None)
        return Meaning(field) if field and not wanted.cell else None
