"""Who does the work: lanes, candidate groups and owners against the positions that exist."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.element import embedded
from engine.diagram.model import Node
from engine.diagram.rules.subject import Subject, found
from engine.errors import N_, DiagramProblem

WORK = frozenset({"userTask", "manualTask", "task"})


def check(subject: Subject) -> Iterator[DiagramProblem]:
    known = {p.casefold() for p in subject.positions or ()}
    missing: dict[str, Node | None] = {}
    for node in subject.process.nodes.values():
        if node.kind not in WORK:
            continue
        if embedded(node.candidate_groups):
            continue
        names = _split(node.candidate_groups) if node.candidate_groups else [node.lane] if node.lane else []
        if not names and not node.assignee and not node.candidate_users:
            yield found(
                "nobody",
                node,
                N_("The task lies in no lane and names no position."),
                N_("Move it into a lane; until then it goes to the process owner."),
                "warning",
            )
        for name in names:
            missing.setdefault(name, node)
    for name in (*subject.process.owners, *subject.process.starters):
        missing.setdefault(name, None)
    for name, at in missing.items():
        if subject.positions is not None and name.casefold() not in known:
            yield found(
                "unknown-position",
                at,
                N_("There is no position “%(position)s” yet."),
                N_("Create the position, or correct the name; until then its tasks go to the process owner."),
                "warning",
                position=name,
            )
    if not subject.process.owners:
        yield found(
            "no-owner",
            None,
            N_("The process names no owner."),
            N_("Name the position that looks after the procedure; until then administrators do."),
            "warning",
        )


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]
