"""Differences between two versions in words: "Langkah 4: waktu baku 4 → 5 hari kerja"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from engine.diagram.changes import Change
from engine.diagram.model import ACTIVITIES, Flow, Node
from engine.diagram.neighbours import neighbours
from forms.conditions import leaves
from webapp.processes.change_facts import fact_words
from webapp.processes.change_values import Side, cut, repetition, said, shorter, time_words
from webapp.processes.element_words import kind_words, performer_of

MOST_NAMED = 3  #: neighbours; of a form's fields thrice as many
#: facts of which nothing more can be shown than that they differ
UNSHOWN = frozenset({"", "position", "other", "content", "order", "field", "form-series", "form-workbook"})


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line of the list."""

    kind: str  #: added | removed | changed | moved
    where: str  #: "Langkah 4", or what kind of element it is
    name: str
    what: str  #: "waktu baku"; "" where the whole element came, went or moved
    detail: str  #: of an element that came or went: by whom, by when, between what
    before: str | None  #: None: nothing to show
    after: str | None
    element: str | None
    follows: bool


class ChangeTeller:
    """Tells what differs between two versions."""

    def __init__(self, old: Side, new: Side) -> None:
        self.old, self.new = old, new

    def line(self, change: Change) -> ChangeView:
        """One difference, as a line of the list shows it."""
        before, after = self._values(change)
        return ChangeView(
            kind=change.kind,
            where=_where(change),
            name=self._name(change),
            what=fact_words(change, self._field(change)),
            detail=self._detail(change),
            before=before,
            after=after,
            element=change.element,
            follows=change.follows,
        )

    def _name(self, change: Change) -> str:
        if change.subject == "process":
            return ""
        sides = (self.old, self.new) if change.kind == "removed" else (self.new, self.old)
        item = next((one for side in sides if (one := side.item.get(change.element or ""))), None)
        if change.subject == "form":
            form = next((form for side in sides if (form := side.form_of(change.element))), None)
            return self.new.phrases.reader.of(form, "name") or form.key if form else change.name
        if change.subject != "sequenceFlow" or not isinstance(item, Flow):
            return change.name
        ends = (self._end(item.source, sides), self._end(item.target, sides))
        return " → ".join(ends) + (f" (“{item.name}”)" if item.name else "")

    def _field(self, change: Change) -> str:
        """A field in the language of the page, by the label it had."""
        sides = (self.new, self.old) if change.kind == "added" else (self.old, self.new)
        key = next((node.form_key for side in sides if (node := side.process.nodes.get(change.element or ""))), None)
        named = (side.label_of(side.forms[key], change.path) for side in sides if key in side.forms)
        return next(filter(None, named), change.field) if change.path else change.field

    @staticmethod
    def _end(id: str, sides: tuple[Side, Side]) -> str:
        node = next((node for side in sides if (node := side.process.nodes.get(id))), None)
        return node.name or kind_words(node.kind) if node else id

    # -- what came or went -----------------------------------------------------------------------------------------

    def _detail(self, change: Change) -> str:
        if change.kind not in ("added", "removed") or change.fact or change.subject == "decision":
            return ""
        side = self.new if change.kind == "added" else self.old
        if change.subject == "form":
            return _fields(side, change)
        item = side.item.get(change.element or "")
        if isinstance(item, Flow):
            return self._taken(item, side)
        if item is None:
            return ""
        told = [*_about(item, side), *_between(item, side)]
        return ", ".join(one for one in told if one)

    @staticmethod
    def _taken(flow: Flow, side: Side) -> str:
        if flow.condition:
            told = side.phrases.condition(flow.condition, flow.source)
            return _("if %(condition)s", condition=told)
        return _("otherwise") if flow.default else ""

    # -- what it was and what it is --------------------------------------------------------------------------------

    def _values(self, change: Change) -> tuple[str | None, str | None]:
        if change.fact in UNSHOWN or change.before == change.after:
            return None, None
        if change.fact == "duration":
            return shorter(*(time_words(side, change, value) for side, value in self._sides(change)))
        before, after = (said(side, change, value) for side, value in self._sides(change))
        return cut(before, after)

    def _sides(self, change: Change) -> tuple[tuple[Side, Any], tuple[Side, Any]]:
        return (self.old, change.before), (self.new, change.after)


def _where(change: Change) -> str:
    if change.subject == "process":
        return kind_words("process")
    step = _("Step %(number)s", number=change.number) if change.number else ""
    if step and not change.inside and change.subject not in ("form", "decision"):
        return step
    return ", ".join(filter(None, (step, kind_words(change.subject))))


def _about(node: Node, side: Side) -> list[str]:
    """By whom, by when, with what: of a step."""
    if node.kind not in ACTIVITIES:
        return []
    performer = performer_of(node, side.names, side.phrases)
    time = side.phrases.time(node.deadline.text if node.deadline else None, side.process.calendar, node.id)
    form = side.forms.get(node.form_key or "")
    return [
        _("by %(who)s", who=performer) if performer else "",
        _("standard time %(time)s", time=time) if time else "",
        _("form “%(name)s”", name=side.phrases.reader.of(form, "name") or form.key) if form else "",
        repetition(side, node.id, (node.collection, node.sequential, node.looped)) if node.collection else "",
    ]


def _fields(side: Side, change: Change) -> str:
    """What a form that came or went asks for."""
    node = side.process.nodes.get(change.element or "")
    form = side.forms.get(node.form_key or "") if node else None
    asked = (
        [f"“{side.phrases.reader.of(leaf.field) or leaf.field.key}”" for leaf in leaves(form.fields)] if form else []
    )
    more = len(asked) - MOST_NAMED * 3
    listed = [*asked[: MOST_NAMED * 3], *([_("%(count)s more", count=more)] if more > 0 else [])]
    return _("fields %(names)s", names=", ".join(listed)) if asked else ""


def _between(node: Node, side: Side) -> list[str]:
    """After what and before what it stands, and what it may go back to."""
    places = side.meanings.places
    here, around = places.get(node.id, 0), neighbours(side.process, node.id)
    before = [one for one in around.before if places.get(one.id, 0) < here] or around.before
    after = [one for one in around.after if places.get(one.id, 0) > here]
    told = [
        _edge(before, node, "startEvent", _("at the beginning"), lambda names: _("after %(names)s", names=names)),
        _edge(after, node, "endEvent", _("at the end"), lambda names: _("before %(names)s", names=names)),
    ]
    back = [one for one in around.after if one not in after]
    returns = _("or back to %(names)s", names=_named(back)) if back else ""
    return [f" {_('and')} ".join(one for one in told if one), returns]


def _edge(nodes: Sequence[Node], node: Node, end: str, at_end: str, words: Callable[[str], str]) -> str:
    steps = [one for one in nodes if one.kind != end]
    if steps:
        return words(_named(steps))
    return at_end if nodes and node.kind != end else ""


def _named(nodes: Sequence[Node]) -> str:
    names = [f"“{one.name or kind_words(one.kind)}”" for one in nodes]
    more = len(names) - MOST_NAMED
    return ", ".join([*names[:MOST_NAMED], *([_("%(count)s more", count=more)] if more > 0 else [])])
