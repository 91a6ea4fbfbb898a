"""What each kind of job does, in the worker's unit; calls to the world outside are made between two units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import definitions, instances, jobs, starts
from .connectors import CONNECTORS, ConnectorFailed
from .db import Database, UnitOfWork
from .errors import N_, ActivityFailed, NotFound
from .identity import SYSTEM
from .model import CaseState, InstanceRow, JobRow
from .settings import Outside
from .spiff import step


@dataclass(frozen=True, slots=True)
class Call:
    """A connector to be called, while no unit is open."""

    job_id: int
    key: str  #: the job's id for whoever is called: a repetition has the same
    instance_id: int
    activity_id: str
    connector: str
    inputs: dict[str, object]


def run(uow: UnitOfWork, job: JobRow, case: InstanceRow | None) -> Call | None:
    """Do an acquired job with its case locked; a service job gives the call to be made after the unit."""
    if job.kind == "message":
        instances.deliver(uow, job, case)
    elif case is None:
        _begin(uow, job)
    elif job.kind == "signal":
        _signal(uow, job, case)
    elif job.kind == "service":
        return _leased(uow, job, case)
    else:
        instances.fire(uow, case)
    return None


def _signal(uow: UnitOfWork, job: JobRow, case: InstanceRow) -> None:
    key = job.payload["key"]
    uow.session.delete(job)
    uow.session.flush()
    try:
        instances.receive(uow, case, key, {})
    except step.NoSuchTask:
        instances.fire(uow, case)  # it waits no more; what is due fires all the same


# -- beginning cases -------------------------------------------------------------------------------------------------


def _begin(uow: UnitOfWork, job: JobRow) -> None:
    key = job.payload["process"]
    try:
        instances.begin(uow, key, {})
        process = definitions.diagram_of(uow, definitions.startable(uow, key).id).process
        more = starts.again(uow, job, process)
    except NotFound:  # retired since: nothing begins any more
        more = False
    if not more:
        uow.session.delete(job)


# -- connectors ------------------------------------------------------------------------------------------------------


def _leased(uow: UnitOfWork, job: JobRow, case: InstanceRow) -> Call:
    jobs.lease(uow, job)
    assert case.snapshot is not None
    spec = definitions.spec_of(uow, case.definition_id)
    inputs = step.inputs(spec, case.snapshot, job.key, instances.surroundings(uow, None))
    return Call(job.id, job.key, case.id, job.payload["event_id"], job.payload["connector"], inputs)


def make(database: Database, call: Call, outside: Outside) -> None:
    """Make a call in no unit, then let its case go on in a new one. Raises ActivityFailed when the call failed."""
    connector = CONNECTORS.get(call.connector)
    if connector is None:
        raise ActivityFailed(call.activity_id, N_("There is no connector “%(connector)s”."), connector=call.connector)
    try:
        result: dict[str, Any] = connector(call.inputs, call.key, outside)
    except ConnectorFailed as error:
        raise ActivityFailed(call.activity_id, "%(reason)s", reason=str(error)) from error
    with database.begin(SYSTEM) as uow:
        case = instances.lock(uow, call.instance_id)
        if case.state == CaseState.ACTIVE and jobs.locked(uow, call.job_id) is not None:
            instances.answer(uow, case, call.key, result)
        # Else the case was stopped meanwhile. Should it go on, whoever is called again sees the same id.
