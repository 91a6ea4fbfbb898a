"""What a form may look at: earlier answers of the case and its series, choices of the office, the person's uploads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from forms.definition import sources, walk
from forms.model import Context, Form, Item

from . import documents, office, series
from .db import UnitOfWork
from .errors import NotFound
from .expressions import evaluate
from .model import InstanceRow, PersonRow, SubmissionRow, TaskRow
from .people import positions
from .reading import readable
from .waiting import Waiting, waiting

Evaluate = Callable[[str, Mapping[str, object]], object]

_SENT: Any = SubmissionRow.__table__
_PEOPLE: Any = PersonRow.__table__
_ROUNDS = (
    select(func.max(_SENT.c.id).label("newest"), func.min(_SENT.c.id).label("first"))
    .where(_SENT.c.instance_id == bindparam("case"), _SENT.c.activity_id.in_(bindparam("activities", expanding=True)))
    .group_by(_SENT.c.activity_id, _SENT.c.item)
    .subquery()
)
_NEWEST = (
    select(
        _SENT.c.activity_id,
        _SENT.c.item,
        _SENT.c.item_label,
        _SENT.c["values"],
        _SENT.c.round,
        _SENT.c.sent_at,
        _PEOPLE.c.name.label("sender"),
    )
    .join(_ROUNDS, _ROUNDS.c.newest == _SENT.c.id)
    .outerjoin(_PEOPLE, _SENT.c.sent_by == _PEOPLE.c.id)
    .order_by(_ROUNDS.c.first)
)


def evaluator(uow: UnitOfWork) -> Evaluate:
    """The bounded evaluator with the office's functions (kategori by its thresholds, today by its zone)."""
    functions = office.functions(uow)
    return lambda text, names: evaluate(text, names, functions)


def context_for(
    uow: UnitOfWork, instance: InstanceRow, task: TaskRow, form: Form, open_tasks: Iterable[Waiting] | None = None
) -> Context:
    """Gather everything `form` names, and no more. `open_tasks` are the case's, where the caller knows them."""
    wanted = _activities(form) | {task.activity_id}
    items = _items(uow, instance.id, wanted)
    if open_tasks is None:
        open_tasks = waiting(uow, instance.id)
    ranks = positions.ranks(uow)
    earlier = next((i for i in items.get(task.activity_id, ()) if (i.item or None) == task.item), None)
    return Context(
        today=office.today(uow),
        item=task.item,
        item_label=task.item_label,
        sources={activity: _expected(activity, found, open_tasks, ranks) for activity, found in items.items()},
        previous=earlier,
        choices=positions.choices(uow),
        files={**_named(uow, instance.id, [earlier] if earlier else ()), **documents.drafts_of_task(uow, task.id)},
        shown_files=_shown(uow, instance.id, form, items),
        variables=instance.variables,
        earlier=series.earlier(uow, instance, form),
    )


def of_case(uow: UnitOfWork, instance_id: int, form: Form) -> Context:
    """What a form shows of a case to whoever reads it, without a task. Raises NotFound."""
    instance = uow.session.scalar(select(InstanceRow).where(InstanceRow.id == instance_id, readable(uow)))
    if instance is None:
        raise NotFound("case", instance_id)
    items = _items(uow, instance.id, _activities(form))
    return Context(
        today=office.today(uow),
        sources=items,
        choices=positions.choices(uow),
        shown_files=_shown(uow, instance.id, form, items),
        variables=instance.variables,
        earlier=series.earlier(uow, instance, form),
    )


def _activities(form: Form) -> set[str]:
    return {source.activity for _, source in sources(form)}


def _items(uow: UnitOfWork, instance_id: int, activities: set[str]) -> dict[str, tuple[Item, ...]]:
    """The newest submission of every item of each activity, in order of first sending."""
    rows = uow.execute(_NEWEST, {"case": instance_id, "activities": sorted(activities)})
    found: dict[str, dict[str, Item]] = {activity: {} for activity in activities}
    for row in rows:
        found[row.activity_id][row.item] = Item(
            item=row.item or None,
            label=row.item_label,
            values=row._mapping["values"],
            round=row.round,
            sent_at=row.sent_at,
            sent_by=row.sender or "",
        )
    return {activity: tuple(by_item.values()) for activity, by_item in found.items()}


def _expected(
    activity: str, found: tuple[Item, ...], open_tasks: Iterable[Waiting], ranks: Mapping[str, int]
) -> tuple[Item, ...]:
    """Items with the ones still open shown as not sent, in the order of their positions."""
    open_items = {t.item: t for t in open_tasks if t.activity_id == activity and t.item is not None}
    sent = [i for i in found if i.item not in open_items]
    asked = [Item(item=k, label=t.item_label, values=None, round=t.round) for k, t in open_items.items()]
    return tuple(sorted([*sent, *asked], key=lambda i: (ranks.get(i.item or "", sys.maxsize), i.label)))


def _shown(uow: UnitOfWork, instance_id: int, form: Form, items: Mapping[str, tuple[Item, ...]]) -> dict[str, Any]:
    """The files that a form shows of other activities."""
    shows = any(
        (field.type == "filepicker" and (field.source is not None or field.readonly))
        or any(c.type == "files" for c in field.columns)
        for _, field in walk(form)
    )
    return _named(uow, instance_id, [item for found in items.values() for item in found]) if shows else {}


def _named(uow: UnitOfWork, instance_id: int, items: Iterable[Item]) -> dict[str, Any]:
    """The files of a case that answers name: a returned form may keep its own."""
    named = {text for item in items if item.values is not None for text in strings_in(item.values)}
    if not named:
        return {}
    return {id: file for id, file in documents.files_of_case(uow, instance_id).items() if id in named}


def strings_in(value: Any) -> Iterator[str]:
    """Every text anywhere in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings_in(inner)
