"""Earlier cases of a process that a form declares as a series, and what they hold of the activities it asks for.

A form that its owner deployed may show them to whoever may read the case at hand. What it may not do is lift a
confidential case's cover: for readers who may not know of that one, its period has no case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, select
from sqlalchemy.sql.elements import ColumnElement

from forms import series
from forms.definition import sources
from forms.model import Earlier, Form, Item, Period, Series

from .db import UnitOfWork
from .model import CaseState, DefinitionRow, InstanceRow, SubmissionRow
from .reading import listable


@dataclass(frozen=True, slots=True)
class Found:
    """A case that may count, with one submission of it or none."""

    case: int
    state: str
    variables: Mapping[str, Any]
    ended_at: datetime | None
    known: bool  #: the actor may know of it
    sent: SubmissionRow | None


def earlier(uow: UnitOfWork, instance: InstanceRow, form: Form) -> Earlier | None:
    """What the series of `form` holds before this case; None where the form declares none.

    The caller has made sure that the actor may read the case. One query, however long the series is.
    """
    if form.series is None:
        return None
    wanted = sorted({source.activity for _, source in sources(form) if source.earlier})
    periods = series.before(form.series, instance.variables)
    if not periods or not wanted:
        return Earlier(form.series.name, None if periods is None else tuple(Period(one) for one in periods))
    by_case: dict[int, list[Found]] = {}
    for row in _rows(uow, instance, form.series, periods, wanted):
        by_case.setdefault(row.case, []).append(row)
    newest: dict[str | None, tuple[datetime, int]] = {}
    for id, rows in by_case.items():
        counted = _counted(form.series, rows)
        period = series.text_of(rows[0].variables.get(form.series.period))
        if counted is not None and (period not in newest or (counted, id) > newest[period]):
            newest[period] = (counted, id)
    found = []
    for period in periods:
        rows = by_case[newest[period][1]] if period in newest else []
        known = bool(rows) and rows[0].known
        found.append(Period(period, _items(rows, wanted) if known else None))
    return Earlier(form.series.name, tuple(found))


def _rows(
    uow: UnitOfWork, instance: InstanceRow, declared: Series, periods: Sequence[str], wanted: Sequence[str]
) -> Sequence[Found]:
    """Every submission asked for of every case that may count, with its case; by case and order of sending."""
    states = [CaseState.COMPLETED, *([CaseState.ACTIVE, CaseState.SUSPENDED] if declared.once else [])]
    activities = [*wanted, *([declared.once] if declared.once else [])]
    process = select(DefinitionRow.key).where(DefinitionRow.id == instance.definition_id).scalar_subquery()
    same = (_variable(name) == series.text_of(instance.variables.get(name)) for name in declared.same)
    found = uow.session.execute(
        select(
            InstanceRow.id,
            InstanceRow.state,
            InstanceRow.variables,
            InstanceRow.ended_at,
            listable(uow).label("known"),
            SubmissionRow,
        )
        .join(DefinitionRow, InstanceRow.definition_id == DefinitionRow.id)
        .outerjoin(
            SubmissionRow,
            and_(SubmissionRow.instance_id == InstanceRow.id, SubmissionRow.activity_id.in_(activities)),
        )
        .where(
            DefinitionRow.key == process,
            InstanceRow.id != instance.id,
            InstanceRow.state.in_(states),
            _variable(declared.period).in_(periods),
            *same,
        )
        .order_by(InstanceRow.id, SubmissionRow.id)
    )
    return [Found(*row) for row in found]


def _variable(name: str) -> ColumnElement[str]:
    """A variable of a case as text, on either database."""
    return cast(InstanceRow.variables[name].as_string(), String)


def _counted(declared: Series, rows: list[Found]) -> datetime | None:
    """Since when a case counts; None when it doesn't: what was sent after `once` means that it runs again."""
    if rows[0].state == CaseState.COMPLETED:
        return rows[0].ended_at
    last = rows[-1].sent
    return last.sent_at if last is not None and last.activity_id == declared.once else None


def _items(rows: list[Found], wanted: Sequence[str]) -> dict[str, tuple[Item, ...]]:
    """The newest submission of every item, by activity."""
    found: dict[str, dict[str, Item]] = {activity: {} for activity in wanted}
    for row in rows:
        sent = row.sent
        if sent is not None and sent.activity_id in found:
            found[sent.activity_id][sent.item] = Item(sent.item or None, sent.item_label, sent.values, sent.round)
    return {activity: tuple(items.values()) for activity, items in found.items()}
