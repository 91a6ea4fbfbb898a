"""The loop beside the web: acquire a due job, run it in one unit, sleep when nothing is due. Stops on SIGTERM."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select

from . import documents, jobs, work
from .db import Database, UnitOfWork
from .errors import ActivityFailed, Busy, DatabaseUnusable
from .identity import SYSTEM
from .model import HeartbeatRow
from .settings import Outside

log = structlog.get_logger()

BEAT = timedelta(seconds=15)
SILENCE = timedelta(seconds=90)  #: no heartbeat for so long: supervisors see a banner
SWEEP = timedelta(hours=1)
SHORTEST = 0.05  #: seconds between two looks
FORGOTTEN = timedelta(days=1)  #: heartbeats of workers long gone are dropped


class Worker:
    """One worker process. `pause` is the longest sleep between looks, in seconds: what falls due ends it sooner."""

    def __init__(self, database: Database, *, pause: float = 1.0, outside: Outside | None = None) -> None:
        self.database, self.pause = database, pause
        self.outside = outside or Outside.from_environment()
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self.started = database.clock.now()
        self._idle = pause  #: until the next job falls due, in seconds
        self._beaten: datetime | None = None
        self._swept: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        log.info("worker.started", worker=self.name)
        while not stop.is_set():
            try:
                done = self.run_once()
            except (Busy, DatabaseUnusable) as away:
                # The next look finds everything where it was.
                log.warning("worker.waits", reason=str(away))
                done = 0
            except Exception:
                # Whatever it is, other jobs must not wait for it: the log has it whole, and the loop goes on.
                log.exception("worker.failed")
                done = 0
            if not done:
                stop.wait(min(self.pause, self._idle))
        log.info("worker.stopped", worker=self.name)

    def run_once(self) -> int:
        """Run every job that is due now; returns how many ran."""
        self._beat()
        self._sweep()
        done = 0
        # On PostgreSQL taking the next job hinders nobody; on SQLite others get their turn with the write lock.
        while self._run_next(look=self.database.sqlite or not done):
            done += 1
            self._beat()
        return done

    def _run_next(self, *, look: bool) -> bool:
        """Run one due job, if there is one; `look` for it first.

        A failure counts an attempt in a fresh unit; nothing else remains of it.

        Where the database was busy or went away the job is not to blame: that is raised.
        """
        job_id: int | None = None
        if look and not self._anything_due():
            return False
        try:
            with self.database.begin(SYSTEM) as uow:
                acquired = jobs.acquire(uow)
                if acquired is None:
                    return False
                job, case = acquired
                job_id = job.id
                call = work.run(uow, job, case)
            if call is not None:
                work.make(self.database, call, self.outside)
            return True
        except Exception as error:
            # A job may fail in any way; in each of them an attempt is counted.
            if job_id is None or isinstance(error, Busy | DatabaseUnusable):
                raise
            log.warning("job.failed", job=job_id, error=str(error))
            activity = error.activity_id if isinstance(error, ActivityFailed) else None
            with self.database.begin(SYSTEM) as uow:
                jobs.fail(uow, job_id, str(error) or type(error).__name__, activity)
            return True

    def _anything_due(self) -> bool:
        """Look without the write lock, so that an idle worker never makes a person wait."""
        with self.database.read(SYSTEM) as uow:
            left = jobs.due_in(uow)
        # Not zero, though a job may have become due this very moment: it may be one that others hold.
        self._idle = self.pause if left is None else max(SHORTEST, left.total_seconds())
        return left == timedelta(0)

    def _beat(self) -> None:
        now = self.database.clock.now()
        # abs: a clock set back must not silence the worker.
        if self._beaten is not None and abs(now - self._beaten) < BEAT:
            return
        with self.database.begin(SYSTEM) as uow:
            row = uow.session.get(HeartbeatRow, self.name)
            if row is None:
                uow.session.execute(delete(HeartbeatRow).where(HeartbeatRow.at < uow.real_now - FORGOTTEN))
                uow.session.add(HeartbeatRow(worker=self.name, started_at=self.started, at=uow.real_now))
            else:
                row.at = uow.real_now
        self._beaten = now

    def _sweep(self) -> None:
        now = self.database.clock.now()
        if self._swept is not None and abs(now - self._swept) < SWEEP:
            return
        with self.database.begin(SYSTEM) as uow:
            documents.sweep(uow)
        self._swept = now


@dataclass(frozen=True, slots=True)
class Health:
    alive: bool
    last_at: datetime | None  #: real time of the last heartbeat of any worker


def health(uow: UnitOfWork) -> Health:
    """Whether a worker has been heard of lately."""
    last = uow.session.scalar(select(HeartbeatRow.at).order_by(HeartbeatRow.at.desc()).limit(1))
    return Health(alive=last is not None and uow.real_now - last < SILENCE, last_at=last)
