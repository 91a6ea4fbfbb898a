"""Two versions of one flow node, fact by fact: everything that a node says stands in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.diagram.model import Node, Paper, Timer
from engine.diagram.wiring import Call, Wiring

Fact = tuple[str, Any, Any]


def facts(old: Node, new: Node, renamed: Mapping[str, str]) -> Iterator[Fact]:
    """Every fact with its two values, equal ones too; `renamed` are the lanes that only have another name."""
    lane = renamed.get(old.lane, old.lane) if old.lane else None
    yield "kind", old.kind, new.kind
    yield "name", old.name, new.name
    yield "number", old.number, new.number
    yield "documentation", old.documentation, new.documentation
    if lane != new.lane:
        yield "lane", old.lane, new.lane
    yield "performers", old.candidate_groups, new.candidate_groups
    yield "people", old.candidate_users, new.candidate_users
    yield "assignee", old.assignee, new.assignee
    yield "priority", old.priority, new.priority
    yield "form", old.form_key, new.form_key
    yield "action", old.action, new.action
    yield "assumption", old.assumption, new.assumption
    yield "inputs", _papers(old.inputs), _papers(new.inputs)
    yield "input_sources", _sources(old.inputs), _sources(new.inputs)
    yield "outputs", _papers(old.outputs), _papers(new.outputs)
    yield "output_sources", _sources(old.outputs), _sources(new.outputs)
    yield "duration", _text(old.deadline), _text(new.deadline)
    yield "repetition", _repetition(old), _repetition(new)
    yield "item", old.item_name, new.item_name
    yield "gives", _gives(old), _gives(new)
    yield "completes", old.completes, new.completes
    yield "again", old.again, new.again
    yield "most", old.most, new.most
    yield "place", old.parent, new.parent
    yield "host", old.attached_to, new.attached_to
    yield "interrupting", old.interrupting, new.interrupting
    yield "beside", old.beside, new.beside
    yield "trigger", (old.trigger, old.wiring.event), (new.trigger, new.wiring.event)
    yield "condition", old.wiring.condition, new.wiring.condition
    yield from _wired(old.wiring, new.wiring)


def _wired(old: Wiring, new: Wiring) -> Iterator[Fact]:
    yield "correlation", old.correlation, new.correlation
    yield "carries", old.carries, new.carries
    yield "connector", old.connector, new.connector
    yield "parameters", _pairs(old.inputs), _pairs(new.inputs)
    yield "results", _pairs(old.outputs), _pairs(new.outputs)
    yield "decision", old.decision, new.decision
    yield "answer", old.result, new.result
    yield "called", _called(old.call), _called(new.call)
    yield "passed", _passed(old.call), _passed(new.call)
    yield "script", old.script, new.script


def _papers(papers: tuple[Paper, ...]) -> tuple[str, ...]:
    return tuple(paper.text for paper in papers)


def _sources(papers: tuple[Paper, ...]) -> tuple[str, ...]:
    """Where papers lie in the case; a paper that came, went or was renamed is told as such alone."""
    return tuple(f"{paper.text}: {paper.source}" for paper in papers if paper.source)


def _text(timer: Timer | None) -> str | None:
    return timer.text if timer else None


def _repetition(node: Node) -> tuple[object, ...] | None:
    """The list, whether one after the other, and whether it is a loop; None for what is done once."""
    if node.collection is None and not node.looped and not node.sequential:
        return None
    return node.collection, node.sequential, node.looped


def _gives(node: Node) -> tuple[str | None, str | None] | None:
    return (node.gives, node.collects) if node.gives or node.collects else None


def _pairs(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name} = {text}" for name, text in values.items())


def _called(call: Call | None) -> tuple[str | None, ...] | None:
    return (call.key, call.binding, call.version) if call else None


def _passed(call: Call | None) -> tuple[str, ...] | None:
    """What goes into a called process and comes out; None where it shares everything with the case."""
    if call is None or not call.mapped:
        return None
    into = (*(("*",) if call.everything else ()), *(f"{name} = {text}" for name, text in call.takes.items()))
    out = (*(("*",) if call.back else ()), *(f"{name} = {text}" for name, text in call.gives.items()))
    return tuple(f"→ {one}" for one in into) + tuple(f"← {one}" for one in out)
