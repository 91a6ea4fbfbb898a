"""A process as a text: the sentences of its outline, for screen readers, phones and paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.diagram.outline import Branch, Entry, Outline, Way
from forms.model import Form
from webapp.processes.element_words import kind_words, performer_words
from webapp.processes.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Then:
    """Where it goes: under a condition or none, in words, with the element it leads to."""

    condition: str
    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Part:
    """What happens on one of several ways."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    number: str  #: "" for what is no activity
    printed: str  #: the number on the sheet, where it differs
    title: str
    text: str  #: its explanation
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    then: tuple[Then, ...]
    parts: tuple[Part, ...]
    borders: tuple[Line, ...]
    inside: tuple[Line, ...]


class Teller:
    """Tells an outline; `names` and `processes` name positions and processes by their keys, `forms` are by theirs."""

    def __init__(
        self,
        outline: Outline,
        names: Mapping[str, str],
        forms: Mapping[str, Form],
        phrases: Phrases,
        processes: Mapping[str, str],
    ) -> None:
        self.outline, self.names, self.forms, self.phrases = outline, names, forms, phrases
        self.processes = processes

    def lines(self, entries: tuple[Entry, ...] | None = None) -> tuple[Line, ...]:
        """The given entries as lines of text; all of the outline's without any."""
        return tuple(self._line(entry) for entry in (self.outline.entries if entries is None else entries))

    def _line(self, entry: Entry) -> Line:
        below = {branch.way.target for branch in entry.branches}
        several = len(entry.ways) > 1
        ways = [way for way in entry.ways if way.target not in below and (several or not way.next)]
        if entry.kind == "parallelGateway":
            ways = [way for way in ways if not way.next]
        border = entry.kind == "boundaryEvent"
        return Line(
            id=entry.element,
            number=entry.number or "",
            printed=entry.printed or "" if entry.printed != entry.number else "",
            title=self._title(entry),
            text="" if border and entry.deadline else entry.documentation,
            facts=tuple((label, text) for label, text in self._facts(entry) if text),
            notes=tuple(self._notes(entry)),
            then=tuple(Then(self._condition(way, entry) if several else "", _goes(way), way.target) for way in ways),
            parts=tuple(self._part(entry, branch) for branch in entry.branches),
            borders=self.lines(entry.borders),
            inside=self.lines(entry.entries) if not border or not _only_alarm(entry) else (),
        )

    def _part(self, entry: Entry, branch: Branch) -> Part:
        title = self._condition(branch.way, entry)
        if entry.kind == "parallelGateway":
            title = _("At the same time")
        return Part(title, self.lines(branch.entries))

    def _title(self, entry: Entry) -> str:
        if entry.kind == "boundaryEvent":
            return self._border(entry)
        if entry.number:
            return entry.name or kind_words(entry.kind)
        head = self._gateway(entry) if entry.kind.endswith("Gateway") else self._event(entry)
        return f"{head}: {entry.name}" if entry.name else head

    @staticmethod
    def _gateway(entry: Entry) -> str:
        splits = len(entry.ways) > 1
        if entry.kind == "parallelGateway":
            return _("All of these at the same time") if splits else _("Wait for all of them")
        if entry.kind == "eventBasedGateway":
            return _("Wait for what happens first")
        if entry.kind == "inclusiveGateway":
            return _("One or several of these") if splits else _("Wait for those that were taken")
        return _("Decision") if splits else _("The ways meet")

    def _event(self, entry: Entry) -> str:
        if entry.kind == "startEvent":
            head = _("Start")
            return f"{head} ({self._when(entry)})" if entry.trigger else head
        if entry.kind == "endEvent":
            head = _("End")
            if entry.trigger == "terminate":
                return _("End of the whole case")
            return f"{head} ({self._sends(entry)})" if entry.trigger else head
        if entry.kind == "intermediateCatchEvent":
            return self._wait(entry)
        return self._sends(entry) if entry.trigger else _("Passing point")

    def _when(self, entry: Entry) -> str:
        """What makes an event happen, as a sentence goes on after it or as it stands in brackets."""
        if entry.trigger == "timer":
            return self.phrases.when(entry.timer, self.outline.calendar, entry.element)
        if entry.trigger == "conditional":
            return _("if %(condition)s", condition=self._holds(entry))
        return _("on %(what)s", what=self._waits(entry))

    def _wait(self, entry: Entry) -> str:
        if entry.trigger == "conditional":
            return _("Wait until %(what)s", what=self._holds(entry))
        if entry.trigger != "timer":
            return _("Wait for %(what)s", what=self._waits(entry))
        time = self._time(entry.timer, entry) or "?"
        if self.phrases.moment(entry.timer):
            return _("Wait until %(what)s", what=time)
        return _("Wait for %(what)s", what=time)

    def _holds(self, entry: Entry) -> str:
        return self.phrases.condition(entry.condition, entry.element) if entry.condition else "?"

    @staticmethod
    def _waits(entry: Entry) -> str:
        named = f" “{entry.event}”" if entry.event else ""
        known = {
            "message": _("the message"),
            "signal": _("the signal"),
            "link": _("the continuation"),
            "error": _("the error"),
            "escalation": _("the escalation"),
        }
        return known.get(entry.trigger or "", entry.trigger or "") + named

    @staticmethod
    def _sends(entry: Entry) -> str:
        named = f" “{entry.event}”" if entry.event else ""
        known = {
            "message": _("Send the message"),
            "signal": _("Send the signal"),
            "link": _("Continue at"),
            "error": _("Report the error"),
            "escalation": _("Escalate"),
        }
        return known.get(entry.trigger or "", entry.trigger or "") + named

    def _border(self, entry: Entry) -> str:
        if entry.deadline:
            time = self._time(entry.timer, entry)
            if entry.interrupting:
                return _("When the standard time of %(time)s has passed, this step is ended", time=time)
            return _(
                "When the standard time of %(time)s has passed, the work stays open and the supervisor is told",
                time=time,
            )
        when = self._when(entry)
        when = when[:1].upper() + when[1:]
        if entry.interrupting:
            return _("%(when)s this step is ended", when=when)
        return _("%(when)s, while the work goes on", when=when)

    def _facts(self, entry: Entry) -> list[tuple[str, str]]:
        if not entry.number:
            return []
        form = self.forms.get(entry.form or "")
        return [
            (_("Performer"), self._performers(entry)),
            (_("Standard time"), self._time(entry.duration, entry)),
            (_("Inputs"), "; ".join(entry.inputs)),
            (_("Output"), "; ".join(entry.outputs)),
            (_("Form"), self.phrases.reader.of(form, "name") if form else entry.form or ""),
            (_("Waits for the message"), _quoted(entry.event) if entry.kind == "receiveTask" else ""),
            (_("Sends the message"), _quoted(entry.event) if entry.kind == "sendTask" else ""),
            (_("Works out"), "; ".join(f"{name} = {text}" for name, text in entry.assigns)),
            (_("Calls the process"), self.processes.get(entry.calls or "", entry.calls or "")),
            (_("Decision table"), entry.decision or ""),
            (_("Connector"), entry.connector or ""),
        ]

    def _performers(self, entry: Entry) -> str:
        return performer_words(entry.people, entry.groups, entry.lane, entry.element, self.names, self.phrases)

    def _time(self, text: str | None, entry: Entry) -> str:
        return self.phrases.time(text, self.outline.calendar, entry.element)

    def _notes(self, entry: Entry) -> list[str]:
        return [*self._repeated(entry), *self._beside(entry)]

    def _repeated(self, entry: Entry) -> Iterator[str]:
        said, at = self.phrases, entry.element
        if entry.each and (times := said.times(entry.each, at)):
            yield (
                _("Done %(times)s, one after the other.", times=times)
                if entry.sequential
                else _("Done %(times)s, all at the same time.", times=times)
            )
        elif entry.each:
            each = said.list(entry.each, at)
            yield (
                _("Done once for each of %(list)s, one after the other.", list=each)
                if entry.sequential
                else _("Done once for each of %(list)s, all at the same time.", list=each)
            )
        if entry.completes:
            yield _("The rest is dropped once %(condition)s.", condition=said.condition(entry.completes, at))
        if entry.again:
            yield _("Done again as long as %(condition)s.", condition=said.condition(entry.again, at))
        if entry.looped and entry.most and entry.most.isdecimal():
            yield ngettext("At most %(num)s time.", "At most %(num)s times.", int(entry.most))

    @staticmethod
    def _beside(entry: Entry) -> Iterator[str]:
        if entry.beside:
            yield (
                _("May begin at any time and ends everything around it.")
                if entry.interrupting
                else _("May begin at any time, while the rest goes on.")
            )

    def _condition(self, way: Way, entry: Entry) -> str:
        if way.default:
            return way.label or _("Otherwise")
        told = self.phrases.condition(way.condition, entry.element) if way.condition else ""
        if told and way.label:
            return _("%(label)s, that is if %(condition)s", label=way.label, condition=told)
        return way.label or (_("If %(condition)s", condition=told) if told else _("Further"))


def _quoted(name: str | None) -> str:
    return f"“{name}”" if name else ""


def _only_alarm(entry: Entry) -> bool:
    """Whether behind a standard time there is nothing but the end that stands for the alarm."""
    return entry.deadline and len(entry.entries) == 1 and entry.entries[0].kind == "endEvent"


def _goes(way: Way) -> str:
    there = _("step %(number)s", number=way.number) if way.number else kind_words(way.kind).lower()
    if way.name:
        there += f" “{way.name}”"
    if way.back:
        return _("back to %(there)s", there=there)
    return _("on to %(there)s", there=there)


def count_steps(outline: Outline) -> str:
    """How long the text is."""
    steps = sum(entry.number is not None for entry in outline.entries)
    return str(ngettext("%(num)s step", "%(num)s steps", steps))
