"""Time in the diagram: durations that can be counted, dates that exist, one standard time for each step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from engine.diagram.element import embedded
from engine.diagram.model import Node, Timer
from engine.diagram.rules.subject import Subject, elements, found
from engine.diagram.xml import child, children, local, ours, reference, yes
from engine.errors import N_, DiagramProblem, DurationError
from engine.worktime.durations import parse_duration

CALENDARS = frozenset({"office"})
CYCLE = re.compile(r"R[0-9]{0,4}/(?P<interval>P\S+)", re.ASCII)


def check(subject: Subject) -> Iterator[DiagramProblem]:
    process = subject.process
    if process.calendar and process.calendar not in CALENDARS:
        yield found(
            "unknown-calendar",
            subject.element,
            N_("There is no calendar “%(calendar)s”."),
            N_("Write “office” to count working time, or leave it empty to count elapsed time."),
            calendar=process.calendar[:40],
        )
    marks: dict[str, list[str]] = {}
    for element in elements(subject.element):
        if yes(ours(element, "deadline")):
            marks.setdefault(reference(element.get("attachedToRef")), []).append(element.get("id") or "")
            yield from _mark(element)
        definition = child(element, "timerEventDefinition")
        if definition is not None and sum(1 for _ in children(definition, "timeDate", "timeDuration", "timeCycle")) > 1:
            yield found(
                "several-times",
                element,
                N_("The timer names several times."),
                N_("Keep one: a duration, a date or a repetition."),
            )
    for host, timers in marks.items():
        if len(timers) > 1 and host in process.nodes:
            yield found(
                "several-deadlines",
                process.nodes[host],
                N_("More than one timer is marked as the standard time of this step: %(timers)s."),
                N_("Keep the mark on one of them."),
                timers=", ".join(timers),
            )
    seen: set[str] = set()
    for node in process.nodes.values():
        for timer in node.timers:
            if timer.id not in seen:
                seen.add(timer.id)
                yield from _time(process.nodes.get(timer.id, node), timer, working=process.calendar is not None)


def _mark(element: etree._Element) -> Iterator[DiagramProblem]:
    timer = child(element, "timerEventDefinition")
    if local(element) != "boundaryEvent" or timer is None:
        yield found(
            "deadline-without-timer",
            element,
            N_("Only a timer on the border of a step can be its standard time."),
            N_("Remove the mark, or put it on such a timer."),
        )
    elif child(timer, "timeCycle") is not None:
        yield found(
            "deadline-repeats",
            element,
            N_("A repeating timer can't be a standard time."),
            N_("Give the timer a duration such as P4D."),
        )


def _time(node: Node, timer: Timer, *, working: bool) -> Iterator[DiagramProblem]:
    if not timer.text:
        yield found("no-time", node, N_("The timer has no time."), N_("Give it a duration such as P4D or PT15M."))
    elif timer.kind == "cycle" and not _may_repeat(node, timer):
        yield found(
            "repeats-here",
            node,
            N_("A repeating timer makes no sense here: it could fire only once."),
            N_("Use a duration, or make the timer non-interrupting on the border of a step."),
        )
    elif embedded(timer.text):
        return
    elif timer.kind == "date":
        yield from _date(node, timer.text)
    elif timer.kind == "duration":
        yield from _duration(node, timer.text, working=working)
    elif repeated := CYCLE.fullmatch(timer.text):
        yield from _duration(node, repeated["interval"], working=working)
    else:
        yield found(
            "bad-time",
            node,
            N_("“%(text)s” is no repetition."),
            N_("Write R3/P1D for three times a day apart."),
            text=timer.text[:60],
        )


def _may_repeat(node: Node, timer: Timer) -> bool:
    begins = node.kind == "startEvent"
    return (begins and (node.parent is None or not timer.interrupting)) or bool(
        timer.attached_to and not timer.interrupting
    )


def _date(node: Node, text: str) -> Iterator[DiagramProblem]:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        yield found(
            "bad-time",
            node,
            N_("“%(text)s” is no date."),
            N_("Write it like 2026-03-26T10:05:00+07:00."),
            text=text[:60],
        )


def _duration(node: Node, text: str, *, working: bool) -> Iterator[DiagramProblem]:
    try:
        duration = parse_duration(text, working=working)
    except DurationError as error:
        yield found(
            "bad-time",
            node,
            N_("The duration “%(text)s” can't be counted: %(reason)s."),
            N_("Write days or minutes, for example P4D, PT15M or P1DT2H."),
            text=text[:60],
            reason=error.reason,
        )
        return
    if not duration.days and not duration.minutes:
        yield found(
            "no-time",
            node,
            N_("The timer waits no time at all."),
            N_("Give it a duration such as P4D or PT15M, or remove it."),
        )
