"""What people fill in: every task its form, every form's expressions and sources sound, every paper to be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from engine.diagram.model import Node
from engine.diagram.rules.subject import Subject, found
from engine.errors import N_, DiagramProblem, ExpressionError
from engine.expressions import check as check_expression
from engine.expressions import names_in
from forms.conditions import leaves
from forms.definition import expressions, sources, value_names, walk
from forms.model import Form, Series, Source


def check(subject: Subject) -> Iterator[DiagramProblem]:
    seen: set[str] = set()
    for node in subject.process.nodes.values():
        yield from _task(subject, node)
        if node.form_key and node.form_key not in seen and node.form_key in subject.forms:
            seen.add(node.form_key)
            yield from _form(subject, node, subject.forms[node.form_key])
        for paper in (*node.inputs, *node.outputs):
            activity, _, field = (paper.source or "").partition(".")
            if paper.source and not _exists(subject, activity, field):
                yield found(
                    "paper-nowhere",
                    node,
                    N_("“%(paper)s” is said to lie in “%(source)s”, but no form has such a field."),
                    N_("Write the source as activity.field, or leave it empty."),
                    "warning",
                    paper=paper.text[:80],
                    source=(paper.source or "")[:80],
                )


def _task(subject: Subject, node: Node) -> Iterator[DiagramProblem]:
    if node.form_key and node.form_key not in subject.forms:
        yield found(
            "unknown-form",
            node,
            N_("There is no form “%(form)s”."),
            N_("Add a form with this key, or choose one that exists."),
            form=node.form_key,
        )
    elif node.kind in ("userTask", "task") and not node.form_key:
        yield found(
            "no-form",
            node,
            N_("The task has no form; it can only be marked as done."),
            N_("Choose a form if something has to be filled in."),
            "warning",
        )


def _form(subject: Subject, node: Node, form: Form) -> Iterator[DiagramProblem]:
    for path, text in expressions(form):
        try:
            check_expression(text)
        except ExpressionError as error:
            yield found(
                "form-expression",
                node,
                N_("In the form %(form)s, the expression of “%(field)s” can't be used: %(reason)s."),
                N_("Correct the expression in the form: “%(text)s”."),
                form=form.key,
                field=path,
                text=text[:120],
                reason=error.reason,
            )
    for path, source in sources(form):
        if not _source_exists(subject, source):
            yield found(
                "form-source",
                node,
                N_("In the form %(form)s, “%(field)s” is taken from “%(source)s”, which this diagram does not have."),
                N_("Name an activity of the diagram and a field of its form."),
                form=form.key,
                field=path,
                source=".".join(filter(None, (source.activity, source.field))),
            )
        elif form.series is not None and (wrong := _not_matching(subject, source, form.series)):
            yield found(
                "form-earlier",
                node,
                N_("In the form %(form)s, rows of “%(field)s” can't be found in earlier cases by “%(name)s”."),
                N_("Name cells of the list that the source names; the name of the series must be none of them."),
                form=form.key,
                field=path,
                name=wrong,
            )
    if form.series is not None:
        yield from _series(subject, node, form, form.series)


def _series(subject: Subject, node: Node, form: Form, series: Series) -> Iterator[DiagramProblem]:
    """Cases are told apart by their variables, which are only what expressions of the diagram mention."""
    mentioned: set[str] = set()
    for text in subject.process.expressions:
        with suppress(ExpressionError):  # it is a finding already
            mentioned |= names_in(text)
    for name in (*series.same, series.period):
        if name not in mentioned:
            yield found(
                "form-series",
                node,
                N_("The series of the form %(form)s goes by “%(name)s”, which no expression of the diagram mentions."),
                N_("Name what the title or key of the case mentions, for example the year and the quarter."),
                form=form.key,
                name=name,
            )
    if series.once is not None and series.once not in subject.process.nodes:
        yield found(
            "form-source",
            node,
            N_("In the form %(form)s, “%(field)s” is taken from “%(source)s”, which this diagram does not have."),
            N_("Name an activity of the diagram and a field of its form."),
            form=form.key,
            field="series",
            source=series.once,
        )


def _not_matching(subject: Subject, source: Source, series: Series) -> str | None:
    """The first name by which rows of a source could not be found again; None when all is well."""
    if not source.earlier:
        return None
    at = subject.process.nodes[source.activity]
    form = subject.forms.get(at.form_key or "")
    if form is None or not form.fields:
        return None
    rows = next((field for path, field in walk(form) if path == source.field and field.type == "dynamiclist"), None)
    if rows is None:
        return source.field
    cells = {leaf.field.key for leaf in leaves(rows.fields)} | {"item", "item_label"}
    unknown = (name for name in source.earlier if name not in cells)
    return next(unknown, series.name if series.name in cells else None)


def _source_exists(subject: Subject, source: Source) -> bool:
    return _exists(subject, source.activity, source.field or "")


def _exists(subject: Subject, activity: str, field: str) -> bool:
    node = subject.process.nodes.get(activity)
    if node is None:
        return False
    form = subject.forms.get(node.form_key or "")
    # Whether a form that could not be read has the field is unknown; the form itself is a finding already.
    return not field or (bool(node.form_key) and (form is None or not form.fields or field in value_names(form)))
