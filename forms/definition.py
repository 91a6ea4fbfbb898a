"""Reads form-js JSON of the declared subset into a Form, or says which field is at fault.

What form-js doesn't know stands in a component's `properties`, where its editor keeps it: compute, source, internal,
textOrNumber, format (money | percent | plain), fixedRows, rowLabel, rowsFrom, minRows, maxRows, uniqueRows, labelEn,
descriptionEn, textEn. At the top stand name, nameEn, description, descriptionEn, workbook, series. Anything else is
refused, because a key that is silently ignored would change what the form means; `x-...` properties are free.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forms import components, conditions, files, series, workbook
from forms.errors import N_, FormError
from forms.model import Field, Form, Source

__all__ = ["FormError", "N_", "at", "expressions", "parse", "sources", "value_names", "walk"]

MAX_FIELDS = 500
MAX_DEPTH = 6  #: groups in groups
LONGEST_TITLE = 1000  #: characters of a form's name or description

_TOP = {"id", "type", "components", "schemaVersion", "exporter", "executionPlatform", "executionPlatformVersion"}
_OURS = {"name", "nameEn", "description", "descriptionEn"}


def parse(text: str | bytes, *, key: str = "") -> Form:
    """Read a form definition; `key` is used when the JSON has no `id`. Raises FormError, never anything else."""
    spec = files.read(text)
    if not isinstance(spec, dict):
        raise FormError("", N_("A form must be an object."))
    for name in spec:
        if name not in _TOP | _OURS | {"workbook", "series"}:
            raise FormError("", N_("“%(name)s” is not supported here."), {"name": name[:60]})
    if spec.get("type", "default") != "default" or not isinstance(spec.get("components"), list):
        raise FormError("", N_("A form needs a list of components."))
    titles = {name: spec.get(name, "") for name in ("id", *_OURS)}
    for name, value in titles.items():
        if not isinstance(value, str) or len(value) > LONGEST_TITLE:
            raise FormError(
                "", N_("“%(name)s” must be a text of at most %(max)s characters."), {"name": name, "max": LONGEST_TITLE}
            )
    form = Form(
        key=titles["id"] or key,
        name=titles["name"] or titles["id"] or key,
        fields=_fields(spec["components"], "", "", [0], row=False),
        description=titles["description"],
        name_en=titles["nameEn"],
        description_en=titles["descriptionEn"],
        workbook=workbook.read(spec.get("workbook")),
        series=series.read(spec.get("series")),
    )
    _check(form)
    return form


def walk(form: Form) -> Iterator[tuple[str, Field]]:
    """Every component with its path, parents first: "surat", "pembagian", "pembagian.unit" (no row number)."""
    for field in conditions.components(form.fields):
        yield conditions.name_of(field), field
        if field.type == "dynamiclist":
            for cell in conditions.components(field.fields):
                yield f"{conditions.name_of(field)}.{conditions.name_of(cell)}", cell


def at(form: Form, path: str) -> Field | None:
    """The component at a path of a Problem or a hidden path ("baris.3.target"); row numbers are skipped."""
    plain = ".".join(part for part in path.split(".") if not part.isdecimal())
    return next((field for known, field in walk(form) if known == plain), None)


def expressions(form: Form) -> tuple[tuple[str, str], ...]:
    """Every expression of the form with the path of its field, so that a deployment can check them."""
    found: list[tuple[str, str]] = []
    for path, field in walk(form):
        own = (field.default_expression, field.hide, field.compute)
        found += [(path, expression) for expression in own if expression]
        for column in field.columns:
            worked = (column.compute, column.note, column.note_en)
            found += [(f"{path}.{column.key}", expression) for expression in worked if expression]
    if form.workbook is not None:
        found += [("workbook", expression) for expression in workbook.expressions(form.workbook)]
    return tuple(found)


def sources(form: Form) -> tuple[tuple[str, Source], ...]:
    """Every source of the form with the path of its field, the workbook's too."""
    found = [(path, field.source) for path, field in walk(form) if field.source is not None]
    return (*found, *([("workbook", form.workbook.source)] if form.workbook is not None else ()))


def value_names(form: Form) -> frozenset[str]:
    """Top-level keys that a submission of this form fills."""
    return frozenset(leaf.field.key or "" for leaf in conditions.leaves(form.fields))


def _fields(specs: Any, where: str, number: str, count: list[int], *, row: bool, depth: int = 0) -> tuple[Field, ...]:
    """Read a list of components; `number` keeps the generated ids of nameless ones apart."""
    if not isinstance(specs, list):
        raise FormError(where, N_("“%(name)s” must be a list."), {"name": "components"})
    if depth > MAX_DEPTH:
        raise FormError(where, N_("Groups are nested too deeply."))
    found = []
    for index, spec in enumerate(specs):
        count[0] += 1
        if count[0] > MAX_FIELDS:
            raise FormError(where, N_("A form may have at most %(max)s fields."), {"max": MAX_FIELDS})
        here = f"{number}_{index}"
        inside = row or (isinstance(spec, dict) and spec.get("type") == "dynamiclist")

        def children(specs: Any, where: str, here: str = here, inside: bool = inside) -> tuple[Field, ...]:
            return _fields(specs, where, here, count, row=inside, depth=depth + 1)

        found.append(
            components.read(
                spec, where or f"components[{index}]", number=f"component{here}", children=children, row=row
            )
        )
    return tuple(found)


def _check(form: Form) -> None:
    """Check what holds between fields: names of their own, and expressions that can be put in an order."""
    for path, source in sources(form):
        if source.earlier and form.series is None:
            raise FormError(path, N_("Earlier cases are looked for, but the form has no “series” that says which."))
    for scope in (form.fields, *(field.fields for _, field in walk(form) if field.type == "dynamiclist")):
        seen: set[str] = set()
        for field in conditions.components(scope):
            name = conditions.name_of(field)
            if name in seen:
                raise FormError(name, N_("Two fields have the key “%(name)s”."), {"name": name}, setting="key")
            seen.add(name)
        conditions.order(scope)
