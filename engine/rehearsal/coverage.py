"""Runs of a draft chosen so that every flow is taken: other answers, nobody in time, messages first; else by force."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, product
from typing import Any

from lxml import etree

from forms import definition
from forms.conditions import names
from forms.model import Field

from ..diagram.element import embedded
from ..diagram.model import Flow, Process
from ..diagram.xml import BPMN, parse
from . import scratch
from .run import Manner, Run, rehearse
from .stage import Draft

MOST_TRIES = 24  #: of answers for one flow
MOST_FIELDS = 3  #: that are varied together
MOST_EVENTS = 6  #: messages and signals of which each is once the first to arrive
_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})


@dataclass(frozen=True, slots=True)
class Covered:
    """One run and what it was made for. `forced`: the flow that no answers led to and that was taken all the same."""

    run: Run
    about: str  #: plain | late | hasty | reversed | answers | forced
    wishes: Mapping[str, Any]
    forced: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    runs: tuple[Covered, ...]
    untaken: tuple[Flow, ...]  #: not even force leads there: errors, escalations and events nobody raised


def cover(draft: Draft, *, at: datetime, like: scratch.Like | None = None) -> Coverage:
    """Rehearse a draft until every flow was taken or nothing more can be done. Raises InvalidDiagram.

    Runs that take no new flow are left out, but the first always stays.
    """
    process = draft.process
    fields = _fields(draft.forms)
    runs: list[Covered] = []
    taken: set[tuple[str, str]] = set()

    later = _later(process, fields)

    def attempt(about: str, manner: Manner, forced: Flow | None = None) -> Run:
        manner = replace(manner, later=later)
        tried = replace(draft, xml=_forced(draft.xml, process, forced)) if forced else draft
        run = rehearse(tried, at=at, manner=manner, like=like)
        if not runs or run.taken - taken or (run.stuck is not None and not any(r.run.stuck for r in runs)):
            runs.append(Covered(run, about, manner.wishes, forced.id if forced else None))
        taken.update(run.taken)
        return run

    attempt("plain", Manner())
    attempt("late", Manner(late=True))
    listening = sum(1 for n in process.nodes.values() if n.trigger in ("message", "signal") or n.kind == "receiveTask")
    for place in range(min(listening, MOST_EVENTS)):
        if _left(process, taken):
            attempt("hasty", Manner(hasty=place))
    if _left(process, taken):
        attempt("reversed", Manner(newest_first=True))
    for flow in _left(process, taken):
        for wishes in islice(_wishes(flow, process, fields), MOST_TRIES):
            if _pair(flow) in attempt("answers", Manner(wishes=wishes)).taken:
                break
    for flow in _left(process, taken):
        if process.nodes[flow.source].kind in _CHOOSING and _pair(flow) not in taken:
            attempt("forced", Manner(until=_pair(flow)), flow)
    return Coverage(tuple(runs), tuple(_left(process, taken)))


def _left(process: Process, taken: set[tuple[str, str]]) -> list[Flow]:
    return [flow for flow in process.flows.values() if _pair(flow) not in taken]


def _pair(flow: Flow) -> tuple[str, str]:
    return flow.source, flow.target


# -- answers that may lead somewhere ---------------------------------------------------------------------------------


def _wishes(flow: Flow, process: Process, fields: Mapping[str, list[Field]]) -> Iterator[dict[str, Any]]:
    """Answers to try so that the gateway before a flow chooses it: all values its conditions can tell apart."""
    gateway = _gateway(flow, process)
    conditions = [f.condition for f in process.flows.values() if f.source == gateway and f.condition]
    varied: dict[str, list[Any]] = {}
    for text in conditions:
        _vary(text, fields, varied, set())
    chosen = sorted(varied.items(), key=lambda pair: len(pair[1]))[:MOST_FIELDS]
    for values in product(*(candidates for _, candidates in chosen)):
        yield dict(zip((key for key, _ in chosen), values, strict=True))


def _later(process: Process, fields: Mapping[str, list[Field]]) -> list[dict[str, Any]]:
    """Answers for further rounds: all that the gateways tell apart, in turn, so that no way back is for ever."""
    gateways = {_gateway(flow, process): flow for flow in process.flows.values() if flow.condition}
    tried = [list(islice(_wishes(flow, process, fields), MOST_TRIES)) for flow in gateways.values()]
    tried = [one for one in tried if one]
    longest = max(map(len, tried), default=0)
    return [{key: value for one in tried for key, value in one[place % len(one)].items()} for place in range(longest)]


def _gateway(flow: Flow, process: Process) -> str:
    """The nearest choosing gateway at or before a flow's source."""
    seen, now = set(), [flow.source]
    while now:
        id = now.pop(0)
        if process.nodes[id].kind in _CHOOSING:
            return id
        if id not in seen:
            seen.add(id)
            now += [process.flows[one].source for one in process.nodes[id].incoming if one in process.flows]
    return flow.source


def _vary(text: str, fields: Mapping[str, list[Field]], varied: dict[str, list[Any]], seen: set[str]) -> None:
    """Collect the inputs an expression depends on, through computed fields, with values worth trying."""
    constants = _constants(text)
    for name in _names(text) - seen:
        seen.add(name)
        for field in fields.get(name, ()):
            if field.compute is not None:
                _vary(field.compute, fields, varied, seen)
                _vary_rows(field.compute, fields, varied, constants)
            elif field.type != "dynamiclist":
                varied.setdefault(name, _candidates(field, constants))


def _vary_rows(
    text: str, fields: Mapping[str, list[Field]], varied: dict[str, list[Any]], constants: list[Any]
) -> None:
    """The cells of rows that an expression reads: `row.result`, by the names after the dot."""
    for name in _attributes(text):
        for field in fields.get(name, ()):
            if field.compute is None and not field.readonly and field.type != "dynamiclist":
                varied.setdefault(name, _candidates(field, [*constants, *_constants(text)]))


def _candidates(field: Field, constants: Iterable[Any]) -> list[Any]:
    if field.type == "checkbox":
        return [True, False]
    if field.choices:
        return [choice.value for choice in field.choices]
    numbers = [one for one in constants if isinstance(one, int | float) and not isinstance(one, bool)]
    if field.type == "number":
        tried = [one + step for one in numbers for step in (-1, 0, 1)] or [0, 1]
        low = field.min if field.min is not None else min(tried)
        high = field.max if field.max is not None else max(tried)
        return list(dict.fromkeys(one for one in tried if low <= one <= high)) or [low]
    return [*dict.fromkeys(one for one in constants if isinstance(one, str)), "Contoh"]


def _fields(forms: Mapping[str, str]) -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for text in forms.values():
        for _, field in definition.walk(definition.parse(text)):
            if field.key is not None:
                found.setdefault(field.key, []).append(field)
    return found


def _names(text: str) -> frozenset[str]:
    try:
        return names(_bare(text))
    except ValueError:
        return frozenset()


def _constants(text: str) -> list[Any]:
    return [node.value for node in _nodes(text) if isinstance(node, ast.Constant)]


def _attributes(text: str) -> list[str]:
    return [node.attr for node in _nodes(text) if isinstance(node, ast.Attribute)]


def _nodes(text: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(_bare(text).strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bare(text: str) -> str:
    return embedded(text) or text


# -- force -----------------------------------------------------------------------------------------------------------


def _forced(xml: bytes, process: Process, flow: Flow) -> bytes:
    """The diagram with one flow's condition always true and those beside it never."""
    root = parse(xml)
    for element in root.iter(f"{{{BPMN}}}sequenceFlow"):
        beside = process.flows.get(element.get("id", ""))
        if beside is None or beside.source != flow.source:
            continue
        for old in element.findall(f"{{{BPMN}}}conditionExpression"):
            element.remove(old)
        if not beside.default:
            condition = etree.SubElement(element, f"{{{BPMN}}}conditionExpression")
            condition.text = "True" if beside.id == flow.id else "False"
    return etree.tostring(root)
