"""Where a draft mentions a field of a form: in its diagram and in all of its forms; and renaming it there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.diagram import read, rewriting
from engine.diagram.model import Process
from engine.diagram.rewriting import Spot
from engine.diagram.scripts import ASSIGNMENT
from engine.errors import N_, InvalidDiagram
from forms import files, mentioning, tree
from forms.errors import FormError
from forms.mentioning import Wanted
from forms.sites import Site, sites, wanted


@dataclass(frozen=True, slots=True)
class Target:
    """A field of a form, or the cell `name` of its list `row`."""

    form_key: str
    name: str
    row: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that mentions a field."""

    kind: str  #: condition | loop | collection | people | title | timer | script | hide | compute | source | ...
    element: str | None  #: id in the diagram
    form_key: str | None  #: the form it stands in
    path: str  #: of the field there
    where: str  #: name for people of the element or form
    what: str  #: a template over `params`
    params: Mapping[str, Any]
    text: str  #: the expression, or what stands there
    sure: bool  #: False: it may mean something else of the same name, so renaming does not follow it


_WHAT = {
    "condition": N_("The condition of “%(where)s”"),
    "loop": N_("How often “%(where)s” is repeated"),
    "collection": N_("The list that “%(where)s” is repeated over"),
    "people": N_("Who performs “%(where)s”"),
    "title": N_("The title of the cases"),
    "case_key": N_("The key of the cases"),
    "confidential": N_("Which cases are confidential"),
    "key": N_("Which message “%(where)s” waits for"),
    "carries": N_("What the message of “%(where)s” takes along"),
    "timer": N_("The time of “%(where)s”"),
    "script": N_("What “%(where)s” computes"),
    "input": N_("What “%(where)s” hands to its connector"),
    "output": N_("What “%(where)s” keeps of its connector"),
    "call": N_("What “%(where)s” hands over to another process"),
    "paper": N_("A paper of “%(where)s”"),
    "hide": N_("When “%(field)s” is hidden, in the form “%(where)s”"),
    "compute": N_("How “%(field)s” is computed, in the form “%(where)s”"),
    "default": N_("What “%(field)s” begins with, in the form “%(where)s”"),
    "rows": N_("The rows of “%(field)s”, in the form “%(where)s”"),
    "column": N_("The column “%(field)s”, in the form “%(where)s”"),
    "note": N_("The note of “%(field)s”, in the form “%(where)s”"),
    "source": N_("Where “%(field)s” comes from, in the form “%(where)s”"),
    "row_label": N_("Which field names the rows of “%(field)s”, in the form “%(where)s”"),
    "workbook": N_("The spreadsheet of the form “%(where)s”"),
    "series": N_("The series of cases of the form “%(where)s”"),
}


def found(xml: bytes, forms: Mapping[str, str], target: Target) -> tuple[Mention, ...]:
    """Every mention, those in the diagram first; of files that can't be read just now, none."""
    draft = _Draft(xml, forms, target)
    return (*draft.in_diagram(None), *draft.in_forms(None))


def rewritten(
    xml: bytes, forms: Mapping[str, str], target: Target, new: str
) -> tuple[bytes, dict[str, str], tuple[Mention, ...]]:
    """The diagram and forms with every sure mention outside the field's own form under its new key, and what is left.

    What is left is mentioned where it can't be told what is meant.
    """
    draft = _Draft(xml, forms, target)
    left = [m for m in (*draft.in_diagram(new), *draft.in_forms(new)) if m.form_key != target.form_key and not m.sure]
    texts = {key: files.write(draft.specs[key]) if key in draft.changed else text for key, text in forms.items()}
    made = rewriting.closed(draft.root) if draft.root is not None and draft.redrawn else xml
    return made, texts, tuple(left)


class _Draft:
    """A diagram and its forms, walked for one target; rewritten on the way where a new key is given."""

    def __init__(self, xml: bytes, forms: Mapping[str, str], target: Target) -> None:
        self.target = target
        self.specs: dict[str, tree.Spec] = {}
        for key, text in forms.items():
            try:
                self.specs[key] = tree.read(text)
            except FormError:
                continue
        self.root, self.process = None, None
        try:
            self.root = rewriting.opened(xml)
            self.process = read.read(xml).process
        except InvalidDiagram:
            pass
        self.changed: set[str] = set()
        self.redrawn = False
        self.activities = {
            node.id
            for node in (self.process.nodes.values() if self.process else ())
            if node.form_key == target.form_key
        }
        name = target.row or target.name
        #: whether the case has this name from this form alone
        self.alone = not (
            any(name in tree.names(spec["components"]) for key, spec in self.specs.items() if key != target.form_key)
            or (self.process is not None and name in _filled(self.process))
        )

    # -- the diagram -------------------------------------------------------------------------------------------------

    def in_diagram(self, new: str | None) -> Iterator[Mention]:
        for spot in rewriting.spots(self.root) if self.root is not None else ():
            held = self._held(spot)
            if held is None:
                continue
            sure, text = held
            if sure and new is not None:
                sure = self._write(spot, new)
            kind, element, name = spot.owner
            where = name or element
            what = "title" if kind == "process" and spot.kind not in _WHAT else spot.kind
            yield Mention(spot.kind, element, None, "", where, _WHAT[what], {"where": where}, text, sure)

    def _held(self, spot: Spot) -> tuple[bool, str] | None:
        """Whether the target is surely mentioned there, and the text; None: not at all."""
        text = spot.text.strip()
        if spot.kind == "paper":
            activity, _, field = text.partition(".")
            mine = self.target.row is None and field == self.target.name and activity in self.activities
            return (True, text) if mine else None
        if spot.kind == "carries":
            names = [name.strip() for name in text.split(",")]
            return (self.alone, text) if self.target.row is None and self.target.name in names else None
        if spot.kind == "script":
            looked = [mentioning.look(line, self._wanted()) for _, line in _lines(spot.text)]
            if not any(looked):
                return None
            return self.alone and not any(one.unsure for one in looked), text
        expression = spot.expression
        looked_at = mentioning.look(expression, self._wanted()) if expression else None
        if not looked_at:
            return None
        return self.alone and not looked_at.unsure and not self._shadowed(spot), text

    def _wanted(self) -> Wanted:
        if self.target.row is None:
            return Wanted(name=self.target.name)
        return Wanted(rows=self.target.row, cell=self.target.name)

    def _shadowed(self, spot: Spot) -> bool:
        """Whether the item of a repeated activity around has the name."""
        name = self.target.row or self.target.name
        nodes = self.process.nodes if self.process is not None else {}
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
                before = before[:start] + mentioning.renamed(line, self._wanted(), new) + before[start + len(line) :]
            return before
        expression = spot.expression or ""
        start = before.index(expression)
        return before[:start] + mentioning.renamed(expression, self._wanted(), new) + before[start + len(expression) :]

    # -- the forms ---------------------------------------------------------------------------------------------------

    def in_forms(self, new: str | None) -> Iterator[Mention]:
        for key, spec in self.specs.items():
            own = key == self.target.form_key
            name = tree.text_in(spec, "name") or key
            for site in sites(spec):
                yield from self._site(site, key, name, None if own else new, own=own)
            yield from self._sources(spec, key, name, new)
            if own:
                yield from self._row_label(spec, key, name)
            yield from self._series(spec, key, name, None if own else new, own=own)

    def _site(self, site: Site, key: str, name: str, new: str | None, *, own: bool) -> Iterator[Mention]:
        looked = self._looked(site, own=own, key=key)
        if looked is None:
            return
        found = mentioning.look(site.expression, looked)
        if not found:
            return
        text, sure = site.expression.strip(), not found.unsure and (own or self._of_source(site) or self.alone)
        if sure and new is not None:
            try:
                site.write(mentioning.renamed(site.expression, looked, new))
                self.changed.add(key)
            except ValueError:
                sure = False
        yield self._told(site.what, key, name, site.path, text, sure=sure)

    def _looked(self, site: Site, *, own: bool, key: str) -> Wanted | None:
        """How the target is called at a site; None where its name means something else there."""
        target = self.target
        over = self._cells(site.source)
        if own:
            return wanted(site, target.name, target.row, cells=over)
        if target.row is not None and self._of_source(site):
            declared = self.specs[key].get("series")
            periods = tree.text_in(declared, "name") or None
            return Wanted(name=target.name, rows=target.row, cell=target.name, periods=periods)
        name = target.row or target.name
        if name in tree.names(self.specs[key]["components"]) | site.cells | over:
            return None
        return self._wanted()

    def _of_source(self, site: Site) -> bool:
        """Whether a site works over the rows of the list that the target is a cell of."""
        source = _source(site.source)
        return self.target.row is not None and source is not None and self._rows(source)

    def _rows(self, source: Mapping[str, Any]) -> bool:
        return source.get("activity") in self.activities and source.get("field") == self.target.row

    def _cells(self, given: Any) -> frozenset[str]:
        """The cells that the rows of a source have, as far as the draft says."""
        source = _source(given)
        if source is None or self.process is None:
            return frozenset()
        about = {"item", "item_label"}
        node = self.process.nodes.get(str(source.get("activity")))
        spec = self.specs.get(node.form_key or "") if node is not None else None
        if not source.get("field"):
            return frozenset(about | {"status", "sent_at", "sent_by", "round"})
        for one in tree.within(spec["components"], into_lists=False) if spec is not None else ():
            if one.get("type") == "dynamiclist" and tree.key_of(one) == source.get("field"):
                return frozenset(about | tree.names(one.get("components")))
        return frozenset(about)

    def _sources(self, spec: tree.Spec, key: str, name: str, new: str | None) -> Iterator[Mention]:
        every = tree.within(spec["components"], into_lists=False)
        holders = [(tree.key_of(one) or tree.text_in(one, "id"), one.get("properties"), one) for one in every]
        for path, holder, one in (*holders, ("workbook", spec.get("workbook"), None)):
            source = _source(holder.get("source")) if isinstance(holder, dict) else None
            if source is None or source.get("activity") not in self.activities:
                continue
            if self.target.row is None:
                named = source.get("field") == self.target.name
            else:
                cells = (source.get("match"), source.get("column"), *(source.get("earlier") or ()))
                columns = one.get("columns") if one is not None else None
                shown = [c for c in columns if isinstance(c, dict)] if isinstance(columns, list) else []
                taken = tree.names(one.get("components")) if one is not None else set()
                known = (*cells, *(column.get("key") for column in shown))
                named = source.get("field") == self.target.row and self.target.name in (*known, *taken)
            if not named:
                continue
            sure = self.target.row is None or self.target.name not in taken
            text = ".".join(str(source[part]) for part in ("activity", "field") if source.get(part))
            if sure and new is not None:
                self._write_source(holder, source, one, new)
                self.changed.add(key)
            yield self._told("source", key, name, path, text, sure=sure)

    def _write_source(self, holder: Any, source: dict[str, Any], one: Any, new: str) -> None:
        old = self.target.name
        if self.target.row is None:
            source["field"] = new
        else:
            for part in ("match", "column"):
                if source.get(part) == old:
                    source[part] = new
            if old in (source.get("earlier") or ()):
                source["earlier"] = [new if cell == old else cell for cell in source["earlier"]]
            for column in one.get("columns") or () if one is not None else ():
                if isinstance(column, dict) and column.get("key") == old:
                    column["key"] = new
        if isinstance(holder["source"], str) and not holder["source"].lstrip().startswith("{"):
            holder["source"] = ".".join(str(source[part]) for part in ("activity", "field") if source.get(part))
        else:
            holder["source"] = source

    def _row_label(self, spec: tree.Spec, key: str, name: str) -> Iterator[Mention]:
        for one in tree.within(spec["components"], into_lists=False):
            mine = self.target.row is not None and tree.key_of(one) == self.target.row
            if mine and tree.text_in(one.get("properties"), "rowLabel") == self.target.name:
                yield self._told("row_label", key, name, self.target.row or "", self.target.name, sure=True)

    def _series(self, spec: tree.Spec, key: str, name: str, new: str | None, *, own: bool) -> Iterator[Mention]:
        series = spec.get("series")
        if not isinstance(series, dict) or self.target.row is not None:
            return
        same = [one for one in series.get("same") or () if isinstance(one, str)]
        if self.target.name not in (series.get("period"), *same):
            return
        sure = own or self.alone
        if sure and new is not None:
            if series.get("period") == self.target.name:
                series["period"] = new
            if same:
                series["same"] = [new if one == self.target.name else one for one in same]
            self.changed.add(key)
        yield self._told("series", key, name, "series", self.target.name, sure=sure)

    def _told(self, kind: str, key: str, name: str, path: str, text: str, *, sure: bool) -> Mention:
        return Mention(kind, None, key, path, name, _WHAT[kind], {"where": name, "field": path}, text, sure)


def _source(given: Any) -> dict[str, Any] | None:
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = files.read(given)
        except FormError:
            return None
    if isinstance(given, str):
        activity, _, field = given.partition(".")
        return {"activity": activity, "field": field}
    return dict(given) if isinstance(given, dict) else None


def _lines(script: str) -> Iterator[tuple[int, str]]:
    """The right side of each assignment that stands on one line, with where it begins."""
    at = 0
    for line in script.splitlines(keepends=True):
        parts = ASSIGNMENT.fullmatch(line.strip())
        if parts is not None:
            yield at + line.index(parts["expression"], line.index("=") + 1), parts["expression"]
        at += len(line)


def _filled(process: Process) -> set[str]:
    """Names that the diagram itself fills, beside forms."""
    found: set[str] = set()
    for node in process.nodes.values():
        found |= {
            parts["name"]
            for line in (node.wiring.script or "").splitlines()
            if (parts := ASSIGNMENT.fullmatch(line.strip()))
        }
        found |= set(node.wiring.outputs) | ({node.collects} if node.collects else set())
        found |= {node.wiring.result} if node.wiring.result else set()
    return found
