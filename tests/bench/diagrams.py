"""Diagrams of a chosen size: a row of tasks, a loop, many instances, a timer. One position does everything."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

BY = "kasubag_umum"
HEAD = (
    '<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'targetNamespace="bench"><process id="{key}" name="{key}" isExecutable="true">'
)
TAIL = "</process></definitions>"


def _task(id: str, inside: str = "") -> str:
    return f'<userTask id="{id}" name="{id}" camunda:candidateGroups="{BY}">{inside}</userTask>'


def _flows(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs))


def _drawn(key: str, body: str) -> bytes:
    return (HEAD.format(key=key) + body + TAIL).encode()


def row(key: str, length: int) -> bytes:
    """So many tasks, one after another."""
    names = ["start", *(f"t{n}" for n in range(length)), "done"]
    nodes = '<startEvent id="start"/>' + "".join(_task(name) for name in names[1:-1]) + '<endEvent id="done"/>'
    return _drawn(key, nodes + _flows(pairwise(names)))


def loop(key: str) -> bytes:
    """A task to work and one to check, round and round for ever."""
    nodes = (
        '<startEvent id="start"/><exclusiveGateway id="in"/>'
        + _task("work")
        + _task("check")
        + '<exclusiveGateway id="out" default="again"/><endEvent id="done"/>'
    )
    flows = _flows([("start", "in"), ("in", "work"), ("work", "check"), ("check", "out")])
    never = '<conditionExpression xsi:type="tFormalExpression">1 == 2</conditionExpression>'
    ways = (
        '<sequenceFlow id="again" sourceRef="out" targetRef="in"/>'
        f'<sequenceFlow id="on" sourceRef="out" targetRef="done">{never}</sequenceFlow>'
    )
    return _drawn(key, nodes + flows + ways)


def many(key: str, number: int) -> bytes:
    """A task that so many people do side by side."""
    number_of = f"<loopCardinality>{number}</loopCardinality>"
    inside = f"<multiInstanceLoopCharacteristics>{number_of}</multiInstanceLoopCharacteristics>"
    nodes = f'<startEvent id="start"/>{_task("each", inside)}<endEvent id="done"/>'
    return _drawn(key, nodes + _flows([("start", "each"), ("each", "done")]))


def timer(key: str, duration: str) -> bytes:
    """A case that waits for a time, then for a person."""
    nodes = (
        '<startEvent id="start"/><intermediateCatchEvent id="wait"><timerEventDefinition id="clock"><timeDuration '
        f'xsi:type="tFormalExpression">{duration}</timeDuration></timerEventDefinition></intermediateCatchEvent>'
        + _task("then")
        + '<endEvent id="done"/>'
    )
    return _drawn(key, nodes + _flows([("start", "wait"), ("wait", "then"), ("then", "done")]))
