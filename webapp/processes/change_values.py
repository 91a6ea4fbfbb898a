"""What differs between two versions as it was and as it is, each in the words of its own version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from engine.diagram.changes import Change
from engine.diagram.meanings import FormMeanings, Meanings
from engine.diagram.model import Flow, Node, Process
from forms import definition
from forms.errors import FormError
from forms.model import Choice, Form
from webapp.design.form_words import KINDS as FIELD_KINDS
from webapp.processes.element_words import TRIGGERS, kind_words, performer_words, positions_words
from webapp.processes.phrases import Phrases

LONGEST = 200  #: characters of a text that is shown as it was and as it is
BEFORE = 40  #: characters shown before the place where two long texts part


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions, with what its words are looked up in."""

    process: Process
    forms: Mapping[str, Form]
    names: Mapping[str, str]  #: of positions, by key
    choices: Mapping[str, tuple[Choice, ...]]
    processes: Mapping[str, str]  #: names, by key
    meanings: Meanings = field(init=False)
    phrases: Phrases = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "meanings", Meanings(self.process, self.forms))
        object.__setattr__(self, "phrases", Phrases(self.meanings, self.choices))

    @property
    def item(self) -> Mapping[str, Node | Flow]:
        return {**self.process.nodes, **self.process.flows}

    def form_of(self, element: str | None) -> Form | None:
        """The form of a task."""
        node = self.process.nodes.get(element or "")
        return self.forms.get(node.form_key or "") if node else None

    def label_of(self, form: Form, path: str) -> str:
        """What a field is called; a column of a table by the table first. "" where there is no such field."""
        known = dict(definition.walk(form))
        table, _dot, cell = path.rpartition(".")
        parts = [known[one] for one in ((table, path) if cell and table else (path,)) if one in known]
        return " › ".join(self.phrases.reader.of(one) or one.key or one.text[:60] or one.id for one in parts)


def side(
    process: Process,
    forms: Mapping[str, str],
    names: Mapping[str, str],
    choices: Mapping[str, tuple[Choice, ...]],
    processes: Mapping[str, str],
) -> Side:
    """A version ready to be told; `forms` as form-js JSON, those that can't be read are left out."""
    read = {}
    for key, text in forms.items():
        try:
            read[key] = definition.parse(text)
        except FormError:
            continue
    return Side(process, read, names, choices, processes)


def said(side: Side, change: Change, value: Any) -> str:
    """A value in the words of its side."""
    if change.fact.startswith("field-"):
        return _of_field(side, change, value)
    if change.fact == "repetition":
        return repetition(side, change.element, value)
    say = SAY.get(change.fact)
    if say is None or value in (None, "", ()):
        return _none(change, value) or _plain(value)
    return say(side, change, value)


def _none(change: Change, value: Any) -> str:
    if value is not None:
        return ""
    if change.fact == "calendar":
        return _("elapsed time")
    return _("the whole process") if change.fact == "place" else ""


def time_words(side: Side, change: Change, value: Any) -> str:
    return side.phrases.time(value, side.process.calendar, change.element)


def shorter(before: str, after: str) -> tuple[str, str]:
    """ "4 hari kerja", "5 hari kerja" -> "4", "5 hari kerja": the unit is said once."""
    one, _space, unit = before.partition(" ")
    _other, _space, same = after.partition(" ")
    return (one, after) if before and unit and unit == same else (before or _("none"), after or _("none"))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, "", ()):
        return _("none")
    return "; ".join(str(part) for part in value if part not in (None, "")) if isinstance(value, tuple) else str(value)


def cut(before: str, after: str) -> tuple[str, str]:
    """Long texts from where they part."""
    start = 0
    if max(len(before), len(after)) > LONGEST:
        same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(min(before, after)))
        start = max(0, same - BEFORE) if same > BEFORE * 2 else 0

    def shown(text: str) -> str:
        rest = ("…" if start else "") + text[start:].lstrip()
        return rest if len(rest) <= LONGEST else rest[: LONGEST - 1].rstrip() + "…"

    return shown(before), shown(after)


def repetition(side: Side, at: str | None, value: Any) -> str:
    if value is None:
        return _("once")
    collection, sequential, looped = value
    if looped and not collection:
        return _("again and again")
    if not collection:
        return _("once")
    times = side.phrases.times(collection, at)
    listed = side.phrases.list(collection, at)
    if sequential:
        return (
            _("%(times)s, one after the other", times=times)
            if times
            else _("one after the other for each of %(list)s", list=listed)
        )
    return _("%(times)s, at once", times=times) if times else _("at once for each of %(list)s", list=listed)


def _trigger(_side: Side, _change: Change, value: Any) -> str:
    kind, name = value
    words = _(TRIGGERS[kind]) if kind in TRIGGERS else kind
    return " ".join(filter(None, (words, f"“{name}”" if name else ""))) or _("none")


def _timer(side: Side, change: Change, value: Any) -> str:
    kind, text = value
    again = kind == "cycle" and text.startswith("P")
    return side.phrases.time(f"R/{text}" if again else text, side.process.calendar, change.element)


def _called(side: Side, _change: Change, value: Any) -> str:
    key, binding, version = value
    name = f"“{side.processes.get(key, key)}”"
    if binding == "version" and version:
        return _("%(name)s in version %(version)s", name=name, version=version)
    return name if binding == "latest" else _("%(name)s as it was then", name=name)


def _condition(side: Side, change: Change, value: Any) -> str:
    item = side.item.get(change.element or "")
    return side.phrases.condition(str(value), item.source if isinstance(item, Flow) else change.element)


def _performers(side: Side, change: Change, value: Any) -> str:
    return performer_words(None, str(value), None, change.element or "", side.names, side.phrases)


def _node(side: Side, _change: Change, value: Any) -> str:
    node = side.process.nodes.get(str(value))
    return f"“{node.name or kind_words(node.kind)}”" if node else str(value)


def _form(side: Side, _change: Change, value: Any) -> str:
    form = side.forms.get(str(value))
    return f"“{side.phrases.reader.of(form, 'name')}”" if form and form.name else str(value)


def _of_field(side: Side, change: Change, value: Any) -> str:
    """A setting of a field; conditions in the words of its form."""
    form = side.form_of(change.element)
    fact = change.fact.removeprefix("field-")
    if fact == "hide":
        if not value or form is None:
            return _("always") if not value else _plain(value)
        return Phrases(FormMeanings(form), side.choices).condition(f"not ({value})", change.path)
    field = dict(definition.walk(form)).get(change.path) if form else None
    if fact == "choices" and field is not None and field.choices:
        return _plain(tuple(side.phrases.reader.of(choice) or choice.value for choice in field.choices))
    if fact == "type" and value:
        kind = FIELD_KINDS.get(str(value).partition(" ")[0])
        return _(kind.name) if kind else str(value)
    if fact == "source" and value:
        step = _node(side, change, value[0])
        return _("step %(step)s, %(field)s", step=step, field=_source_field(side, *value)) if value[1] else step
    return _plain(value)


def _source_field(side: Side, activity: str, key: str) -> str:
    form = side.form_of(activity)
    return f"“{(side.label_of(form, key) if form else '') or key}”"


Say = Callable[[Side, Change, Any], str]
SAY: dict[str, Say] = {
    "kind": lambda _side, _change, kind: kind_words(str(kind)),
    "calendar": lambda _side, _change, _value: _("office time"),
    "trigger": _trigger,
    "timer": _timer,
    "route": lambda _side, _change, route: " → ".join(route),
    "condition": _condition,
    "called": _called,
    "completes": _condition,
    "again": _condition,
    "confidential": _condition,
    "performers": _performers,
    "owners": lambda side, _change, value: positions_words(",".join(value), side.names),
    "starters": lambda side, _change, value: positions_words(",".join(value), side.names),
    "place": _node,
    "host": _node,
    "form": _form,
}
