"""Small diagrams written as text, and a case that is saved and loaded between all steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.spiff import step
from engine.spiff.around import Around
from engine.spiff.snapshot import OpenTask, Snapshot, Step
from engine.spiff.spec import Spec, compile_spec

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SHAPES = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "either": "eventBasedGateway",
    "catch": "intermediateCatchEvent",
    "sub": "subProcess",
    "script": "scriptTask",
    "throw": "intermediateThrowEvent",
    "receive": "receiveTask",
}
#: what is declared once for the file -> the attribute it goes by
DECLARED = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:alur="urn:alur:bpmn:1" targetNamespace="t">'
)


def elapsed(start: datetime, text: str) -> datetime:
    """A schedule without an office: every hour counts."""
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", text)
    assert found, text
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return start + timedelta(days=days, hours=hours, minutes=minutes)


def draw(text: str, **attributes: str) -> bytes:
    """A diagram from lines: `shape id [options]`, and flows `a > b`, `a > b if x`, `a > b else`.

    Options: `each=list as=item [one-by-one]`, `times=3`, `until=condition`, `while=condition most=3 [before]`,
    `at=activity`, `after=PT5M`, `on=2026-...`, `every=R3/P1D`, `when=condition`, `message=name`, `signal=name`,
    `error=code`, `escalation=code`, `terminate`, `interrupting`, `key=variable`, `for=${position}`, `do=x=1`,
    `{` opens a sub-process, `beside {` an event sub-process, `}` ends it.
    """
    own = "".join(f" alur:{name}={quoteattr(value)}" for name, value in attributes.items())
    lines = [line.strip() for line in text.strip().splitlines()]
    defaults = {m[1]: m[2] for line in lines if (m := re.fullmatch(r"(\w+) > (\w+) else", line))}
    body = "".join(_line(line, defaults) for line in lines if line)
    known = "".join(
        f'<bpmn:{kind} id="{kind[:2]}_{name}" {by}="{name}"/>'
        for kind, by in DECLARED.items()
        for name in sorted(set(re.findall(rf"\b{kind}=(\w+)", text)))
    )
    return (
        f'{HEAD}{known}<bpmn:process id="p" isExecutable="true"{own}>{body}</bpmn:process></bpmn:definitions>'.encode()
    )


def _line(line: str, defaults: Mapping[str, str]) -> str:
    if line == "}":
        return "</bpmn:subProcess>"
    flow = re.fullmatch(r"(\w+) > (\w+)(?: (else)| if (.+))?", line)
    if flow:
        source, target, _, condition = flow.groups()
        inside = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
        ends = f'sourceRef="{source}" targetRef="{target}"'
        return f'<bpmn:sequenceFlow id="{source}_{target}" {ends}>{inside}</bpmn:sequenceFlow>'
    shape, name, *options = line.split()
    given = dict(option.split("=", 1) for option in options if "=" in option)
    tag = "boundaryEvent" if "at" in given else SHAPES[shape]
    attributes = f'id="{name}"'
    stops = str("interrupting" in options).lower()
    if name in defaults:
        attributes += f' default="{name}_{defaults[name]}"'
    if "at" in given:
        attributes += f' attachedToRef="{given["at"]}" cancelActivity="{stops}"'
    elif shape == "start" and len(options) > 0:
        attributes += f' isInterrupting="{stops}"'
    if "beside" in options:
        attributes += ' triggeredByEvent="true"'
    if "for" in given:
        attributes += f' camunda:candidateGroups="{given["for"]}"'
    if "key" in given:
        attributes += f' alur:correlationKey="{given["key"]}"'
    if shape == "receive":
        attributes += f' messageRef="me_{given.pop("message")}"'
    inside = _timer(given) + _event(given, options) + _loop(given, options)
    if shape == "script":
        inside += f"<bpmn:script>{given.get('do', 'x = 1').replace('_', ' ')}</bpmn:script>"
    return f"<bpmn:{tag} {attributes}>{inside}" + ("" if "{" in options else f"</bpmn:{tag}>")


def _event(given: Mapping[str, str], options: list[str]) -> str:
    for kind in DECLARED:
        if kind in given:
            return f'<bpmn:{kind}EventDefinition {kind}Ref="{kind[:2]}_{given[kind]}"/>'
        if kind in options:
            return f"<bpmn:{kind}EventDefinition/>"
    if "when" in given:
        condition = f"<bpmn:condition>{escape(given['when'])}</bpmn:condition>"
        return f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
    return "<bpmn:terminateEventDefinition/>" if "terminate" in options else ""


def _timer(given: Mapping[str, str]) -> str:
    for option, tag in (("after", "timeDuration"), ("on", "timeDate"), ("every", "timeCycle")):
        if option in given:
            time = f"<bpmn:{tag}>{escape(given[option])}</bpmn:{tag}>"
            return f"<bpmn:timerEventDefinition>{time}</bpmn:timerEventDefinition>"
    return ""


def _loop(given: Mapping[str, str], options: list[str]) -> str:
    if "while" in given:
        most = f' loopMaximum="{given["most"]}"' if "most" in given else ""
        attributes = f'testBefore="{str("before" in options).lower()}"{most}'
        inside = f"<bpmn:loopCondition>{escape(given['while'])}</bpmn:loopCondition>"
        return f"<bpmn:standardLoopCharacteristics {attributes}>{inside}</bpmn:standardLoopCharacteristics>"
    if "each" not in given and "times" not in given:
        return ""
    sequential = str("one-by-one" in options).lower()
    attributes = f'isSequential="{sequential}"'
    inside = ""
    if "each" in given:
        attributes += f' camunda:collection="${{{given["each"]}}}" camunda:elementVariable="{given["as"]}"'
    else:
        inside += f"<bpmn:loopCardinality>{given['times']}</bpmn:loopCardinality>"
    if "collects" in given:
        inside += f"<bpmn:loopDataOutputRef>{given['collects']}</bpmn:loopDataOutputRef>"
        inside += f'<bpmn:outputDataItem id="{given["from"]}"/>'
    if "until" in given:
        inside += f"<bpmn:completionCondition>{escape(given['until'])}</bpmn:completionCondition>"
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return f"<{tag} {attributes}>{inside}</{tag}>"


class Walk:
    """One case of a diagram; each step begins from the bytes the last one left."""

    def __init__(self, diagram: bytes | Spec, now: datetime = NOW, **variables: Any) -> None:
        self.spec = compile_spec(diagram) if isinstance(diagram, bytes) else diagram
        self.now = now
        self.snapshot = step.start(self.spec, variables, Around(now, elapsed))
        self.history = list(self.snapshot.steps)

    @property
    def state(self) -> bytes:
        assert self.snapshot.state is not None
        return self.snapshot.state

    @property
    def open(self) -> list[str]:
        """The open tasks, sorted, as `id` or `id:item`."""
        return sorted(t.activity_id + (f":{t.item}" if t.item is not None else "") for t in self.snapshot.tasks)

    @property
    def ended(self) -> bool:
        return self.snapshot.ended

    def task(self, name: str) -> OpenTask:
        activity, _, item = name.partition(":")
        return next(t for t in self.snapshot.tasks if t.activity_id == activity and (t.item or "") == item)

    def complete(self, name: str, **variables: Any) -> tuple[str, ...]:
        """Complete a task by `id` or `id:item`; what happened, as `kind id[:item]`."""
        return self.complete_key(self.task(name).key, **variables)

    def complete_key(self, key: str, **variables: Any) -> tuple[str, ...]:
        return self._after(step.complete(self.spec, self.state, key, variables, Around(self.now, elapsed)))

    def later(self, **time: float) -> None:
        """Let time pass; nothing fires by itself."""
        self.now += timedelta(**time)

    def receive(self, key: str, **variables: Any) -> tuple[str, ...]:
        """Let a waiting event, by key, have its message or signal."""
        return self._after(step.receive(self.spec, self.state, key, variables, Around(self.now, elapsed)))

    def fire(self) -> tuple[str, ...]:
        return self._after(step.fire(self.spec, self.state, Around(self.now, elapsed)))

    def _after(self, snapshot: Snapshot) -> tuple[str, ...]:
        self.snapshot = snapshot
        self.history += snapshot.steps
        return told(snapshot.steps)


def told(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(f"{s.kind} {s.activity_id}" + (f":{s.item}" if s.item is not None else "") for s in steps)
