"""Where expressions stand in a form's JSON, whether the form can be used or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from forms import tree
from forms.mentioning import Wanted

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """One expression: where it stands and what names mean there."""

    path: str  #: of the field, as in a Problem; "workbook" or "series"
    what: str  #: hide | compute | default | rows | column | note | workbook
    holder: Spec
    entry: str
    row: str | None = None  #: the list in whose rows it stands, where it is one of this form
    source: Any = None  #: the source of the rows over which it works
    cells: frozenset[str] = frozenset()  #: names that mean cells of the row, as far as this form says

    @property
    def expression(self) -> str:
        return str(self.holder[self.entry]).lstrip().removeprefix("=")

    def write(self, expression: str) -> None:
        """Put another expression in its place, with the sign before it or without as it was."""
        old = str(self.holder[self.entry])
        self.holder[self.entry] = old[: len(old) - len(self.expression)] + expression


def sites(form: Spec) -> Iterator[Site]:
    """Every expression of a form."""
    for spec in tree.within(form["components"], into_lists=False):
        path = tree.key_of(spec) or tree.text_in(spec, "id")
        yield from _of(spec, path, None, frozenset())
        if spec.get("type") == "dynamiclist":
            cells = frozenset(tree.names(spec.get("components")))
            for cell in tree.within(spec.get("components"), into_lists=False):
                name = tree.key_of(cell) or tree.text_in(cell, "id")
                yield from _of(cell, f"{path}.{name}", tree.key_of(spec), cells)
    workbook = form.get("workbook")
    if isinstance(workbook, dict):
        yield from _workbook(workbook)


def wanted(site: Site, name: str, row: str | None, *, cells: frozenset[str] = frozenset()) -> Wanted:
    """How the field `name`, or that cell of the list `row`, is mentioned at a site; `cells` are those of its source."""
    if row is None:
        return Wanted(name=None if name in site.cells | cells else name)
    if site.row == row:
        return Wanted(name=name)
    return Wanted(rows=None if row in site.cells | cells else row, cell=name)


def _of(spec: Spec, path: str, row: str | None, cells: frozenset[str]) -> Iterator[Site]:
    properties, conditional = spec.get("properties"), spec.get("conditional")
    if isinstance(conditional, dict) and _is_text(conditional.get("hide")):
        yield Site(path, "hide", conditional, "hide", row, cells=cells)
    if isinstance(properties, dict) and _is_text(properties.get("compute")):
        yield Site(path, "compute", properties, "compute", row, cells=cells)
    default = spec.get("defaultValue")
    if isinstance(default, str) and default.startswith("="):
        yield Site(path, "default", spec, "defaultValue", row, cells=cells)
    if spec.get("type") != "table":
        return
    if _is_text(spec.get("dataSource")):
        yield Site(path, "rows", spec, "dataSource", row, cells=cells)
    listed = spec.get("columns")
    columns = [column for column in listed if isinstance(column, dict)] if isinstance(listed, list) else []
    source = properties.get("source") if isinstance(properties, dict) else None
    rows = tree.text_in(spec, "dataSource").strip().removeprefix("=").strip() or None
    own = frozenset(tree.text_in(column, "key") for column in columns)
    for column in columns:
        for entry, what in (("compute", "column"), ("note", "note"), ("noteEn", "note")):
            if _is_text(column.get(entry)):
                yield Site(f"{path}.{tree.text_in(column, 'key')}", what, column, entry, rows, source, own)


def _workbook(workbook: Spec) -> Iterator[Site]:
    if tree.text_in(workbook, "title").startswith("="):
        yield Site("workbook", "workbook", workbook, "title")
    listed = workbook.get("columns")
    for column in listed if isinstance(listed, list) else []:
        if not isinstance(column, dict):
            continue
        if tree.text_in(column, "label").startswith("="):
            yield Site("workbook", "workbook", column, "label")
        for entry in ("value", "note"):
            if _is_text(column.get(entry)):
                yield Site("workbook", "workbook", column, entry, source=workbook.get("source"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
