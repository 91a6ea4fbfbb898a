"""Cases that begin by the clock: a job for each process whose start event is a timer."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from . import calendars, jobs, office, worktime
from .db import UnitOfWork
from .diagram.element import embedded
from .diagram.model import Process
from .expressions import evaluate
from .model import JobRow
from .spiff.around import Around
from .spiff.clock import due_of, next_round, plan


def job_key(process_key: str) -> str:
    """The key of the job that begins the cases of a process."""
    return f"start:{process_key}"


def schedule(uow: UnitOfWork, process: Process) -> None:
    """Let cases of a process begin when its start timer says so, and no longer when an earlier version's did.

    Raises ActivityFailed, ExpressionError where the timer's expression gives no time.
    """
    key = job_key(process.key)
    jobs.remove(uow, key)
    start = process.start
    timer = start.timers[0] if start is not None and start.trigger == "timer" and start.timers else None
    if timer is None:
        return
    around = _around(uow, process)
    text = timer.text
    if expression := embedded(text):
        text = str(evaluate(expression, {}, around.functions))
    wait = plan(timer.kind, text, around, timer.id)
    payload = {"process": process.key, "event_id": timer.id, "wait": wait}
    jobs.add(uow, "start", key, payload=payload, due_at=due_of(wait))


def again(uow: UnitOfWork, job: JobRow, process: Process) -> bool:
    """Set a start job to its next round; False when there is none."""
    wait = dict(job.payload.get("wait", {}))
    if "left" not in wait or not next_round(wait, _around(uow, process), job.payload["event_id"]):
        return False
    job.payload, job.due_at = {**job.payload, "wait": wait}, due_of(wait)
    return True


def _around(uow: UnitOfWork, process: Process) -> Around:
    calendar = calendars.get(uow, process.calendar) if process.calendar else None
    zone = ZoneInfo(office.zone(uow))
    return Around(uow.now, lambda start, text: worktime.due(calendar, start, text).at, zone, office.functions(uow))
