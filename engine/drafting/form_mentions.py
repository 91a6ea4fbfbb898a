"""Where the forms of a draft mention a field: conditions, computed cells, sources, series. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forms import files, mentioning, tree
from forms.errors import FormError
from forms.mentioning import Wanted
from forms.sites import Site, sites, wanted

from .mention import WHAT, Draft, Mention


class FormMentions:
    """The forms of a draft, walked for its target; rewritten on the way where a new key is given."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.target, self.activities = draft, draft.target, draft.activities
        self.changed: set[str] = set()  #: keys of forms that were rewritten

    def walk(self, new: str | None) -> Iterator[Mention]:
        for key, spec in self.draft.specs.items():
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
        text, sure = site.expression.strip(), not found.unsure and (own or self._of_source(site) or self.draft.alone)
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
            declared = self.draft.specs[key].get("series")
            periods = tree.text_in(declared, "name") or None
            return Wanted(name=target.name, rows=target.row, cell=target.name, periods=periods)
        name = target.row or target.name
        if name in tree.names(self.draft.specs[key]["components"]) | site.cells | over:
            return None
        return self.draft.wanted

    def _of_source(self, site: Site) -> bool:
        """Whether a site works over the rows of the list that the target is a cell of."""
        source = _source(site.source)
        return self.target.row is not None and source is not None and self._rows(source)

    def _rows(self, source: Mapping[str, Any]) -> bool:
        return source.get("activity") in self.activities and source.get("field") == self.target.row

    def _cells(self, given: Any) -> frozenset[str]:
        """The cells that the rows of a source have, as far as the draft says."""
        source = _source(given)
        if source is None or self.draft.process is None:
            return frozenset()
        about = {"item", "item_label"}
        node = self.draft.process.nodes.get(str(source.get("activity")))
        spec = self.draft.specs.get(node.form_key or "") if node is not None else None
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
        sure = own or self.draft.alone
        if sure and new is not None:
            if series.get("period") == self.target.name:
                series["period"] = new
            if same:
                series["same"] = [new if one == self.target.name else one for one in same]
            self.changed.add(key)
        yield self._told("series", key, name, "series", self.target.name, sure=sure)

    def _told(self, kind: str, key: str, name: str, path: str, text: str, *, sure: bool) -> Mention:
        return Mention(kind, None, key, path, name, WHAT[kind], {"where": name, "field": path}, text, sure)


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
