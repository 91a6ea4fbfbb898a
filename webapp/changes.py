"""Differences between two versions in words: "Langkah 4: waktu baku 4 → 5 hari kerja"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from engine.diagram.changes import Change
from engine.diagram.model import Process
from webapp.words import SHEET, standard

LONGEST = 200  #: characters of a text that is shown as it was and as it is


def N_(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line of the list."""

    kind: str  #: added | removed | changed | moved
    where: str  #: "Langkah 4", or what kind of element it is
    name: str
    what: str  #: "waktu baku"; "" where the whole element came, went or moved
    before: str | None  #: None: nothing to show
    after: str | None
    element: str | None
    follows: bool


KINDS = {
    "process": N_("Process"),
    "form": N_("Form"),
    "task": N_("Task"),
    "userTask": N_("Task"),
    "manualTask": N_("Manual task"),
    "scriptTask": N_("Script"),
    "serviceTask": N_("Service task"),
    "sendTask": N_("Send task"),
    "receiveTask": N_("Receive task"),
    "businessRuleTask": N_("Decision table"),
    "callActivity": N_("Called process"),
    "subProcess": N_("Sub-process"),
    "adHocSubProcess": N_("Sub-process"),
    "transaction": N_("Sub-process"),
    "startEvent": N_("Start"),
    "endEvent": N_("End"),
    "intermediateCatchEvent": N_("Waiting event"),
    "intermediateThrowEvent": N_("Event"),
    "boundaryEvent": N_("Event on the border"),
    "exclusiveGateway": N_("Decision"),
    "inclusiveGateway": N_("Decision"),
    "complexGateway": N_("Decision"),
    "parallelGateway": N_("Parallel branches"),
    "eventBasedGateway": N_("Waiting for the first event"),
    "sequenceFlow": N_("Flow"),
    "messageFlow": N_("Message flow"),
    "lane": N_("Lane"),
    "participant": N_("Pool"),
    "textAnnotation": N_("Annotation"),
    "dataObjectReference": N_("Document"),
    "dataStoreReference": N_("Data store"),
    "association": N_("Association"),
    "group": N_("Group"),
}
FACTS = {
    "key": N_("key"),
    "name": N_("name"),
    "number": N_("printed number"),
    "kind": N_("kind of element"),
    "documentation": N_("explanation"),
    "lane": N_("performer (lane)"),
    "performers": N_("performers"),
    "people": N_("assigned people"),
    "priority": N_("priority"),
    "form": N_("form"),
    "action": N_("caption of the button"),
    "assumption": N_("assumption"),
    "inputs": N_("inputs"),
    "outputs": N_("output"),
    "duration": N_("standard time"),
    "timer": N_("timer"),
    "repetition": N_("repetition"),
    "place": N_("lies in another sub-process"),
    "host": N_("sits on another step"),
    "interrupting": N_("interrupts the step"),
    "trigger": N_("what it waits for or sends"),
    "condition": N_("condition"),
    "wiring": N_("what it calls or carries"),
    "route": N_("route"),
    "default": N_("taken when no condition holds"),
    "executable": N_("can be run"),
    "owners": N_("process owners"),
    "starters": N_("who may start"),
    "calendar": N_("calendar"),
    "title": N_("case title"),
    "case_key": N_("case key"),
    "confidential": N_("confidential when"),
    "example": N_("marked as an example"),
    "only_called": N_("only called by other processes"),
    "header": N_("SOP header, %(field)s"),
    "other": N_("other properties"),
    "content": N_("other contents"),
    "order": N_("order of the fields"),
    "field": N_("field “%(field)s”"),
    "field-label": N_("field “%(field)s”: label"),
    "field-hint": N_("field “%(field)s”: hint"),
    "field-text": N_("text “%(field)s”"),
    "field-type": N_("field “%(field)s”: kind"),
    "field-required": N_("field “%(field)s”: required"),
    "field-readonly": N_("field “%(field)s”: read-only"),
    "field-choices": N_("field “%(field)s”: choices"),
    "field-shown": N_("field “%(field)s”: when it is shown"),
    "field-compute": N_("field “%(field)s”: how it is computed"),
    "field-source": N_("field “%(field)s”: where its value comes from"),
    "field-default": N_("field “%(field)s”: default"),
    "field-rules": N_("field “%(field)s”: rules"),
}


def view(change: Change, old: Process, new: Process) -> ChangeView:
    """One difference, as a line of the list shows it."""
    process = new if change.kind != "removed" else old
    before, after = _values(change, old, new)
    return ChangeView(
        kind=change.kind,
        where=_where(change, process),
        name=_name(change),
        what=_what(change),
        before=before,
        after=after,
        element=change.element,
        follows=change.follows,
    )


def kind_words(kind: str) -> str:
    """What an element of this BPMN kind is called in an office."""
    return _(KINDS[kind]) if kind in KINDS else _("Element")


def _where(change: Change, process: Process) -> str:
    if change.subject == "process":
        return kind_words("process")
    step = _("Step %(number)s", number=change.number) if change.number else ""
    if step and not change.inside and change.subject != "form":
        return step
    return ", ".join(filter(None, (step, kind_words(change.subject))))


def _name(change: Change) -> str:
    if change.subject == "process":
        return ""
    if change.subject == "sequenceFlow" and change.kind in ("added", "removed"):
        route = change.after or change.before
        return " → ".join(route) if isinstance(route, tuple) else change.name
    return change.name


def _what(change: Change) -> str:
    if change.fact in ("", "position"):
        return ""
    text, field = FACTS.get(change.fact, change.fact), change.field
    return (
        _(text, field=_(SHEET[field]) if change.fact == "header" and field in SHEET else field)
        if "%(field)s" in text
        else _(text)
    )


def _values(change: Change, old: Process, new: Process) -> tuple[str | None, str | None]:
    if change.fact in ("", "position", "other", "content", "order", "wiring", "people", "place", "host"):
        return None, None
    if change.before is None and change.after is None:
        return None, None
    if change.fact == "duration":
        return _shorter(standard(change.before, old.calendar), standard(change.after, new.calendar))
    say = SAY.get(change.fact, _plain)
    return say(change.before), say(change.after)


def _shorter(before: str, after: str) -> tuple[str, str]:
    """ "4 hari kerja", "5 hari kerja" -> "4", "5 hari kerja": the unit is said once."""
    one, _space, unit = before.partition(" ")
    _other, _space, same = after.partition(" ")
    return (one, after) if before and unit and unit == same else (before or _("none"), after or _("none"))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, "", ()):
        return _("none")
    text = "; ".join(str(part) for part in value if part not in (None, "")) if isinstance(value, tuple) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _calendar(value: Any) -> str:
    return _("elapsed time") if value is None else _("office time")


def _repetition(value: Any) -> str:
    if value is None:
        return _("once")
    collection, _item, sequential, looped = value
    if looped and not collection:
        return _("again and again")
    if sequential:
        return _("one after the other for each of %(list)s", list=collection or "…")
    return _("at once for each of %(list)s", list=collection or "…")


def _trigger(value: Any) -> str:
    kind, name = value
    return " ".join(filter(None, (_(TRIGGERS[kind]) if kind in TRIGGERS else kind, f"“{name}”" if name else ""))) or _(
        "none"
    )


TRIGGERS = {
    "timer": N_("timer"),
    "message": N_("message"),
    "signal": N_("signal"),
    "error": N_("error"),
    "escalation": N_("escalation"),
    "conditional": N_("condition"),
    "link": N_("link"),
    "terminate": N_("end of everything"),
    "cancel": N_("cancellation"),
    "compensate": N_("compensation"),
}
SAY: dict[str, Callable[[Any], str]] = {
    "kind": lambda kind: kind_words(str(kind)),
    "calendar": _calendar,
    "repetition": _repetition,
    "trigger": _trigger,
    "timer": lambda timer: _plain(timer[1]) if timer else _("none"),
    "route": lambda route: " → ".join(route) if route else _("none"),
}
