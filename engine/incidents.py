"""Jobs out of retries: what failed, where, and trying once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from . import definitions, history, locks
from .db import UnitOfWork
from .errors import CaseNotActive, Conflict, NotAllowed, NotFound
from .identity import Entitlement
from .model import CaseState, IncidentRow, InstanceRow, JobRow


@dataclass(frozen=True, slots=True)
class IncidentView:
    id: int
    instance_id: int | None  #: None: no case could be begun
    title: str
    activity_id: str | None
    activity_name: str
    message: str
    attempts: int
    opened_at: datetime
    resolved_at: datetime | None


def listing(uow: UnitOfWork, *, resolved: bool = False) -> tuple[IncidentView, ...]:
    """Incidents, newest first; administrators only."""
    _require_administrator(uow, "see incidents")
    state = IncidentRow.resolved_at.is_not(None) if resolved else IncidentRow.resolved_at.is_(None)
    rows = uow.session.execute(
        select(IncidentRow, InstanceRow)
        .outerjoin(InstanceRow, IncidentRow.instance_id == InstanceRow.id)
        .where(state)
        .order_by(IncidentRow.id.desc())
        .limit(200)
    )
    views = []
    for incident, instance in rows:
        nodes = definitions.diagram_of(uow, instance.definition_id).process.nodes if instance else {}
        node = nodes.get(incident.activity_id or "")
        views.append(
            IncidentView(
                id=incident.id,
                instance_id=incident.instance_id,
                title=instance.title if instance else "",
                activity_id=incident.activity_id,
                activity_name=node.name if node else incident.activity_id or "",
                message=incident.message,
                attempts=incident.attempts,
                opened_at=incident.opened_at,
                resolved_at=incident.resolved_at,
            )
        )
    return tuple(views)


def retry(uow: UnitOfWork, incident_id: int) -> None:
    """Give the failed job a fresh count of attempts, due at once.

    Raises NotFound, NotAllowed, Conflict; CaseNotActive while the case rests, because nothing may fire in it.
    """
    entitled = _require_administrator(uow, "retry incidents")
    instance_id = uow.session.scalar(select(IncidentRow.instance_id).where(IncidentRow.id == incident_id))
    if instance_id is None:
        raise NotFound("incident", incident_id)
    instance = locks.case(uow, instance_id)
    row = uow.session.get_one(IncidentRow, incident_id)
    if row.resolved_at is not None:
        raise Conflict(f"incident {incident_id} is resolved")
    if instance.state == CaseState.SUSPENDED:
        raise CaseNotActive(instance.id, instance.state)
    row.resolved_at, row.resolved_by = uow.now, uow.actor.person_id
    uow.session.execute(update(JobRow).where(JobRow.key == row.job_key).values(dead=False, attempts=0, not_before=None))
    history.record(
        uow, "incident.retried", instance_id=row.instance_id, activity_id=row.activity_id, entitled_by=entitled
    )


def _require_administrator(uow: UnitOfWork, action: str) -> Entitlement:
    mine = next((p for p in uow.actor.positions if p.administrator), None)
    if mine is None:
        raise NotAllowed(uow.actor.name, action)
    return mine
