"""A field that is looked for in a draft, and a place that mentions it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from engine.diagram import read, rewriting
from engine.diagram.decisions import Decision, read_decisions
from engine.diagram.model import Process
from engine.errors import N_, InvalidDiagram
from forms import tree
from forms.errors import FormError
from forms.mentioning import Wanted

from .case_names import filled_by_diagram


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


WHAT = {
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
    "decision": N_("The decision table of “%(where)s”"),
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


class Draft:
    """A diagram, its forms and decision tables, seen by who looks for one field; without what can't be read now."""

    def __init__(self, xml: bytes, forms: Mapping[str, str], target: Target, decisions: Collection[bytes] = ()) -> None:
        self.target = target
        self.specs: dict[str, tree.Spec] = {}
        for key, text in forms.items():
            try:
                self.specs[key] = tree.read(text)
            except FormError:
                continue
        self.root: etree._Element | None = None
        self.process: Process | None = None
        try:
            self.root = rewriting.opened(xml)
            self.process = read.read(xml).process
        except InvalidDiagram:
            pass
        self.tables: dict[str, Decision] = {}
        for file in decisions:
            try:
                self.tables |= read_decisions(file)
            except InvalidDiagram:
                continue
        self.activities = {
            node.id
            for node in (self.process.nodes.values() if self.process else ())
            if node.form_key == target.form_key
        }

    @cached_property
    def alone(self) -> bool:
        """Whether the case has this name from this form alone."""
        name = self.target.row or self.target.name
        return not (
            any(
                name in tree.names(spec["components"])
                for key, spec in self.specs.items()
                if key != self.target.form_key
            )
            or (self.process is not None and name in filled_by_diagram(self.process))
        )

    @property
    def wanted(self) -> Wanted:
        """What expressions call the field."""
        if self.target.row is None:
            return Wanted(name=self.target.name)
        return Wanted(rows=self.target.row, cell=self.target.name)
