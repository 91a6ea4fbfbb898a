"""A deadline that passed, for a supervisor: raised once, acknowledged with a note, closed when the work ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, Text, bindparam, cast, false, func, insert, or_, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from . import calendars, definitions, history, moves, worktime
from .db import UnitOfWork, batched
from .deadlines import Standing
from .diagram.model import Process
from .errors import Conflict, NotAllowed, NotFound
from .identity import Entitlement
from .model import (
    AlertRow,
    AlertState,
    DeadlineRow,
    InstanceRow,
    PersonRow,
    TaskRow,
    TaskState,
)
from .people import positions
from .reading import readable
from .views import Page
from .worktime import Lateness

_ROWS: Any = AlertRow.__table__
_RAISE = insert(_ROWS).returning(_ROWS.c.id)
_TOLD = select(_ROWS.c.id, _ROWS.c.instance_id, _ROWS.c.activity_id).where(
    _ROWS.c.deadline_id.in_(bindparam("deadlines", expanding=True)), _ROWS.c.state != AlertState.CLOSED
)
_CLOSE = update(_ROWS).where(_ROWS.c.id == bindparam("alert"))


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A task that keeps the late activity open, and who has it."""

    task_id: int
    name: str
    item_label: str
    position_name: str
    assignee_name: str


@dataclass(frozen=True, slots=True)
class AlertView:
    id: int
    instance_id: int
    title: str
    activity_id: str
    activity_name: str
    number: str | None
    performer_name: str
    work: tuple[OpenWork, ...]  #: what is still open now
    due_at: datetime
    lateness: Lateness  #: in office time; up to now, or to the end of the work
    opened_at: datetime
    state: str  #: AlertState
    note: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    closed_at: datetime | None
    recipients: tuple[str, ...]  #: position names


def recipients_for(uow: UnitOfWork, process: Process, performer: str | None) -> list[str]:
    """Position keys an alert goes to: the performer's superior; without one, the process owners and administrators."""
    superior = positions.superior_of(uow, performer) if performer else None
    if superior is not None:
        return [superior.key]
    return list(dict.fromkeys([*definitions.owner_keys(uow, process), *positions.administrators(uow)]))


def raise_for(uow: UnitOfWork, deadline: Standing, process: Process, performer: str | None) -> None:
    """Open the one alert of a passed deadline. The unique deadline_id makes a second one impossible."""
    recipients = recipients_for(uow, process, performer)
    values = {
        "deadline_id": deadline.id,
        "instance_id": deadline.instance_id,
        "activity_id": deadline.activity_id,
        "performer": performer,
        "recipients": recipients,
        "state": AlertState.OPEN,
        "opened_at": uow.now,
        "due_at": deadline.due_at,
        "note": "",
    }
    history.record(
        uow,
        "alert.opened",
        instance_id=deadline.instance_id,
        activity_id=deadline.activity_id,
        alert=uow.execute(_RAISE, values).scalar_one(),
        due=deadline.due_at.isoformat(),
        recipients=recipients,
    )


def close_for(uow: UnitOfWork, deadlines: Iterable[Standing]) -> None:
    """Close the alerts of deadlines whose work has ended; they remain visible."""
    told = [row.id for row in deadlines if row.alert_state not in (None, AlertState.CLOSED)]
    for ids in batched(told):
        for alert in uow.execute(_TOLD, {"deadlines": ids}).all():
            uow.execute(_CLOSE, {"alert": alert.id, "state": AlertState.CLOSED, "closed_at": uow.now})
            history.record(
                uow, "alert.closed", instance_id=alert.instance_id, activity_id=alert.activity_id, alert=alert.id
            )


def listing(uow: UnitOfWork, *, state: Literal["open", "all"] = "open") -> tuple[AlertView, ...]:
    """Alerts the actor supervises, the longest overdue first. Administrators see all."""
    query = _concerning(uow).order_by(AlertRow.due_at, AlertRow.id)
    if state == "open":
        query = query.where(AlertRow.state != AlertState.CLOSED)
    return tuple(_views(uow, [(a, i, d) for a, i, d in uow.session.execute(query)]))


def closed(uow: UnitOfWork, *, page: int = 1, per_page: int = 25) -> Page[AlertView]:
    """One page of the alerts the actor supervised whose work has ended, the last closed first."""
    query = _concerning(uow).where(AlertRow.state == AlertState.CLOSED)
    total = uow.session.scalar(query.with_only_columns(func.count(AlertRow.id))) or 0
    page = min(max(1, page), max(1, -(-total // per_page)))
    newest = query.order_by(AlertRow.closed_at.desc(), AlertRow.id.desc())
    rows = uow.session.execute(newest.limit(per_page).offset((page - 1) * per_page))
    return Page(tuple(_views(uow, [(a, i, d) for a, i, d in rows])), total, page, per_page)


def count_open(uow: UnitOfWork) -> int:
    """How many open alerts concern the actor."""
    query = select(func.count(AlertRow.id)).where(AlertRow.state != AlertState.CLOSED, _concerns(uow))
    return uow.session.scalar(query) or 0


def acknowledge(uow: UnitOfWork, alert_id: int, note: str) -> None:
    """Take notice of an alert with a note. Raises NotFound, NotAllowed, Conflict when it is closed."""
    alert = uow.session.scalar(select(AlertRow).where(AlertRow.id == alert_id).with_for_update())
    if alert is None:
        raise NotFound("alert", alert_id)
    entitled = _entitlement(uow, alert)
    if entitled is None and not _case_readable(uow, alert):
        raise NotFound("alert", alert_id)
    if entitled is None:
        raise NotAllowed(uow.actor.name, f"acknowledge alert {alert_id}")
    if alert.state == AlertState.CLOSED:
        raise Conflict(f"alert {alert_id} is closed")
    alert.state, alert.note = AlertState.ACKNOWLEDGED, note.strip()[:2000]
    alert.acknowledged_at, alert.acknowledged_by = uow.now, uow.actor.person_id
    alert.acknowledged_as = entitled.key
    history.record(
        uow,
        "alert.acknowledged",
        instance_id=alert.instance_id,
        activity_id=alert.activity_id,
        entitled_by=entitled,
        alert=alert.id,
        note=alert.note,
    )


def _entitlement(uow: UnitOfWork, alert: AlertRow) -> Entitlement | None:
    mine = uow.actor.holding(*alert.recipients)
    return mine or next((p for p in uow.actor.positions if p.administrator), None)


def _case_readable(uow: UnitOfWork, alert: AlertRow) -> bool:
    mine = select(InstanceRow.id).where(InstanceRow.id == alert.instance_id, readable(uow))
    return uow.session.scalar(mine) is not None


def _concerning(uow: UnitOfWork) -> Select[AlertRow, InstanceRow, DeadlineRow]:
    return (
        select(AlertRow, InstanceRow, DeadlineRow)
        .join(InstanceRow, AlertRow.instance_id == InstanceRow.id)
        .join(DeadlineRow, AlertRow.deadline_id == DeadlineRow.id)
        .where(_concerns(uow))
    )


def _concerns(uow: UnitOfWork) -> ColumnElement[bool]:
    """Alerts that one of the actor's positions was told of; administrators have to do with all."""
    if uow.actor.system or uow.actor.administrator:
        return true()
    # The list as it is written: keys are plain words, so that each stands in it between its quotation marks.
    told = cast(AlertRow.recipients, Text)
    return or_(false(), *(told.contains(f'"{key}"', autoescape=True) for key in sorted(uow.actor.position_keys)))


def _views(uow: UnitOfWork, rows: list[tuple[AlertRow, InstanceRow, DeadlineRow]]) -> list[AlertView]:
    names = positions.names(uow)
    work = _open_work(uow, [d for _, _, d in rows], names)
    people = {a.acknowledged_by for a, _, _ in rows if a.acknowledged_by}
    named = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(people))
    person_names = {row.id: row.name for row in uow.session.execute(named)}
    views = []
    for alert, instance, deadline in rows:
        process = definitions.diagram_of(uow, instance.definition_id).process
        node = process.nodes.get(alert.activity_id) or moves.nodes(uow, instance).get(alert.activity_id)
        calendar = calendars.get(uow, deadline.calendar) if deadline.calendar else None
        views.append(
            AlertView(
                id=alert.id,
                instance_id=instance.id,
                title=instance.title,
                activity_id=alert.activity_id,
                activity_name=node.name if node else alert.activity_id,
                number=node.number if node else None,
                performer_name=names.get(alert.performer or "", ""),
                work=work.get(deadline.activity_key, ()),
                due_at=alert.due_at,
                lateness=worktime.lateness(calendar, alert.due_at, deadline.ended_at or uow.now),
                opened_at=alert.opened_at,
                state=alert.state,
                note=alert.note,
                acknowledged_by=person_names.get(alert.acknowledged_by or 0, ""),
                acknowledged_at=alert.acknowledged_at,
                closed_at=alert.closed_at,
                recipients=tuple(names.get(key, key) for key in alert.recipients),
            )
        )
    return views


def _open_work(uow: UnitOfWork, deadlines: list[DeadlineRow], names: dict[str, str]) -> dict[str, tuple[OpenWork, ...]]:
    """Open tasks by the key of the late activity instance: the task itself, or what a sub-process still waits for."""
    keys = [d.activity_key for d in deadlines]
    rows = uow.session.execute(
        select(TaskRow, PersonRow.name)
        .outerjoin(PersonRow, TaskRow.assignee_id == PersonRow.id)
        .where(TaskRow.state == TaskState.OPEN, or_(TaskRow.key.in_(keys), TaskRow.scope_key.in_(keys)))
        .order_by(TaskRow.id)
    )
    work: dict[str, list[OpenWork]] = {}
    for task, assignee in rows:
        entry = OpenWork(task.id, task.name, task.item_label, names.get(task.candidate_group or "", ""), assignee or "")
        for key in {task.key, task.scope_key}:
            if key in keys:
                work.setdefault(key, []).append(entry)
    return {key: tuple(entries) for key, entries in work.items()}
