"""The commands about processes themselves: versions, what changed, the process as text; publish, restore, retire."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine import definitions, versions
from engine.db import Database
from engine.definitions import DefinitionView
from engine.diagram import read
from engine.diagram.changes import Change
from engine.diagram.compare import compare as compare_diagrams
from engine.diagram.outline import Entry, Outline, Way
from engine.diagram.outline import outline as outline_of
from engine.drafting import designs
from engine.errors import NotFound
from engine.identity import SYSTEM
from engine.lint_files import decisions_beside, forms_beside

from .commands import Result, actor_of, table

Side = tuple[bytes, dict[str, str], tuple[bytes, ...]]


def list_versions(database: Database, arguments: Namespace) -> Result:
    """Every version of a process, newest first."""
    with database.read(SYSTEM) as uow:
        page = versions.listing(uow, arguments.key)
    rows = [
        {
            "version": item.definition.version,
            "created_at": item.definition.created_at,
            "created_by": item.definition.created_by or None,
            "reason": item.definition.reason,
            "restored": item.restored,
            "running": item.running,
            "completed": item.completed,
        }
        for item in page.items
    ]
    data = {"key": page.key, "name": page.name, "retired": page.retired, "versions": rows}
    return Result(table(rows) + ("\nretired: no new case can begin" if page.retired else ""), data)


def publish(database: Database, arguments: Namespace) -> Result:
    """Put a person's own draft in force, as it was last saved."""
    with database.begin(actor_of(database, arguments.person)) as uow:
        draft = designs.open_design(uow, arguments.key)
        made = designs.publish(
            uow,
            arguments.key,
            revision=draft.revision,
            reason=arguments.reason,
            expected_newest=draft.newest_version if arguments.anyway else draft.base_version,
        )
    return _said(made, "in force")


def restore(database: Database, arguments: Namespace) -> Result:
    with database.begin(actor_of(database, arguments.person)) as uow:
        made = designs.restore(uow, arguments.key, arguments.version, arguments.reason)
    return _said(made, f"in force with the content of version {arguments.version}")


def retire(database: Database, arguments: Namespace) -> Result:
    with database.begin(actor_of(database, arguments.person)) as uow:
        made = designs.retire(uow, arguments.key, arguments.reason)
    return _said(made, "retired: no new case can begin")


def reinstate(database: Database, arguments: Namespace) -> Result:
    with database.begin(actor_of(database, arguments.person)) as uow:
        made = designs.reinstate(uow, arguments.key, arguments.reason)
    return _said(made, "in force again")


def _said(made: DefinitionView, what: str) -> Result:
    data = {"key": made.key, "version": made.version, "retired": made.retired, "new": made.new}
    return Result(f"{made.key} version {made.version} is {what}.", data)


# -- what changed ----------------------------------------------------------------------------------------------------


def compare(database: Database, arguments: Namespace) -> Result:
    """Two versions of a process, or two files with the forms beside them."""
    if arguments.key.endswith(".bpmn"):
        sides = [_file(Path(name)) for name in (arguments.key, arguments.old)]
        diagrams = [read.read(side[0]) for side in sides]
        called: list[dict[str, int]] = [{}, {}]
    else:
        with database.read(SYSTEM) as uow:
            newest = definitions.row_of(uow, arguments.key).version
            numbers = (_number(arguments.old), _number(arguments.new) if arguments.new else newest)
            contents = [definitions.version_of(uow, arguments.key, number)[1] for number in numbers]
            sides = [(content.xml, dict(content.forms), content.decisions) for content in contents]
            diagrams = [read.read(side[0]) for side in sides]
            called = [
                definitions.called_versions(uow, arguments.key, number, diagram.process)
                for number, diagram in zip(numbers, diagrams, strict=True)
            ]
    (_old, old_forms, old_decisions), (_new, new_forms, new_decisions) = sides
    found = compare_diagrams(
        diagrams[0],
        diagrams[1],
        old_forms,
        new_forms,
        old_decisions=old_decisions,
        new_decisions=new_decisions,
        old_calls=called[0],
        new_calls=called[1],
    )
    lines = [_line(change) for change in found.changes if not change.follows]
    return Result("\n".join(lines) or "No difference.", [asdict(change) for change in found.changes])


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound("version", text)
    return int(text)


def _file(path: Path) -> Side:
    return path.read_bytes(), forms_beside(path), decisions_beside(path)


def _line(change: Change) -> str:
    where = f"step {change.number}" if change.number and not change.inside else change.subject
    parts = [f"{change.kind} {where}", change.name, f"{change.fact} {change.field}".strip()]
    text = ": ".join(part for part in parts if part)
    return text if change.before is None and change.after is None else f"{text}: {change.before} -> {change.after}"


# -- as text ---------------------------------------------------------------------------------------------------------


def outline(database: Database, arguments: Namespace) -> Result:
    """A process in force, or a file, as a numbered text."""
    if arguments.process.endswith(".bpmn"):
        diagram = read.read(Path(arguments.process).read_bytes())
    else:
        with database.read(SYSTEM) as uow:
            diagram = definitions.diagram_of(uow, definitions.row_of(uow, arguments.process).id)
    found = outline_of(diagram.process)
    return Result("\n".join(_text(found)), asdict(found))


def _text(outline: Outline) -> Iterator[str]:
    yield outline.name
    for entry in outline.entries:
        yield from _entry(entry, 0)


def _entry(entry: Entry, depth: int) -> Iterator[str]:
    indent = "   " * depth
    head = f"{entry.number}." if entry.number else f"({entry.kind})"
    yield f"{indent}{head} {entry.name}".rstrip()
    facts: list[tuple[str, Any]] = [
        ("who", entry.people or entry.groups or entry.lane if entry.number else None),
        ("standard time", entry.duration),
        ("timer", entry.timer),
        (entry.trigger or "", entry.event or entry.condition),
        ("inputs", "; ".join(entry.inputs)),
        ("outputs", "; ".join(entry.outputs)),
        ("once for each of", entry.each),
        ("calls", entry.calls),
    ]
    for name, value in facts:
        if value:
            yield f"{indent}   {name}: {value}"
    for one in entry.entries:
        yield from _entry(one, depth + 1)
    below = {branch.way.target for branch in entry.branches}
    for way in entry.ways:
        if way.target not in below and (len(entry.ways) > 1 or not way.next):
            yield f"{indent}   {_way(way)}"
    for branch in entry.branches:
        yield f"{indent}   {_way(branch.way)}:"
        for one in branch.entries:
            yield from _entry(one, depth + 2)
    for one in entry.borders:
        yield from _entry(one, depth + 1)


def _way(way: Way) -> str:
    condition = way.label or way.condition or ("otherwise" if way.default else "")
    there = f"step {way.number}" if way.number else way.name or way.target
    return f"{condition + ': ' if condition else ''}{'back' if way.back else 'on'} to {there}"
