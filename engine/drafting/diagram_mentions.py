"""Where the diagram of a draft mentions a field: conditions, lists, titles, scripts, papers, decision tables. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram import rewriting
from engine.diagram.rewriting import Spot
from engine.diagram.scripts import ASSIGNMENT
from engine.expressions import names_in
from forms import mentioning

from .mention import WHAT, Draft, Mention


class DiagramMentions:
    """The diagram of a draft, walked for its target; rewritten on the way where a new key is given."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.target, self.activities = draft, draft.target, draft.activities
        self.redrawn = False

    def walk(self, new: str | None) -> Iterator[Mention]:
        for spot in rewriting.spots(self.draft.root) if self.draft.root is not None else ():
            held = self._held(spot)
            if held is None:
                continue
            sure, text = held
            if sure and new is not None:
                sure = self._write(spot, new)
            kind, element, name = spot.owner
            where = name or element
            what = "title" if kind == "process" and spot.kind not in WHAT else spot.kind
            yield Mention(spot.kind, element, None, "", where, WHAT[what], {"where": where}, text, sure)
        yield from self._tables()

    def _tables(self) -> Iterator[Mention]:
        """Steps whose table looks at the field. Its file is not part of a draft, so renaming can't follow it."""
        name = self.target.row or self.target.name
        for node in self.draft.process.nodes.values() if self.draft.process is not None else ():
            table = self.draft.tables.get(node.wiring.decision or "")
            if table is not None and name in table.names:
                where = node.name or node.id
                told = ", ".join(text for text in table.inputs if name in names_in(text)) or table.name
                yield Mention("decision", node.id, None, "", where, WHAT["decision"], {"where": where}, told, False)

    def _held(self, spot: Spot) -> tuple[bool, str] | None:
        """Whether the target is surely mentioned there, and the text; None: not at all."""
        text = spot.text.strip()
        if spot.kind == "paper":
            activity, _, field = text.partition(".")
            mine = self.target.row is None and field == self.target.name and activity in self.activities
            return (True, text) if mine else None
        if spot.kind == "carries":
            names = [name.strip() for name in text.split(",")]
            return (self.draft.alone, text) if self.target.row is None and self.target.name in names else None
        if spot.kind == "script":
            looked = [mentioning.look(line, self.draft.wanted) for _, line in _lines(spot.text)]
            if not any(looked):
                return None
            return self.draft.alone and not any(one.unsure for one in looked), text
        expression = spot.expression
        looked_at = mentioning.look(expression, self.draft.wanted) if expression else None
        if not looked_at:
            return None
        return self.draft.alone and not looked_at.unsure and not self._shadowed(spot), text

    def _shadowed(self, spot: Spot) -> bool:
        """Whether the item of a repeated activity around has the name."""
        name = self.target.row or self.target.name
        nodes = self.draft.process.nodes if self.draft.process is not None else {}
        at = nodes.get(spot.owner[1])
        while at is not None:
            if at.item_name == name:
                return True
            at = nodes.get(at.parent or at.attached_to or "")
        return False

    def _write(self, spot: Spot, new: str) -> bool:
        before = spot.text
        if spot.kind == "paper":
            after = before.strip().partition(".")[0] + "." + new
        elif spot.kind == "carries":
            after = ",".join(new if name.strip() == self.target.name else name for name in before.split(","))
        else:
            try:
                after = self._renamed(spot, before, new)
            except ValueError:
                return False
        spot.write(after)
        self.redrawn = True
        return True

    def _renamed(self, spot: Spot, before: str, new: str) -> str:
        if spot.kind == "script":
            for start, line in reversed(list(_lines(before))):
                before = before[:start] + mentioning.renamed(line, self.draft.wanted, new) + before[start + len(line) :]
            return before
        expression = spot.expression or ""
        start = before.index(expression)
        return (
            before[:start] + mentioning.renamed(expression, self.draft.wanted, new) + before[start + len(expression) :]
        )


def _lines(script: str) -> Iterator[tuple[int, str]]:
    """The right side of each assignment that stands on one line, with where it begins."""
    at = 0
    for line in script.splitlines(keepends=True):
        parts = ASSIGNMENT.fullmatch(line.strip())
        if parts is not None:
            yield at + line.index(parts["expression"], line.index("=") + 1), parts["expression"]
        at += len(line)
