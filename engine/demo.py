"""An office to practise in: invented people, and cases that have come to different steps through the ordinary verbs.

All names, answers and times are data in demo_data/. Whole or absent: everything is written in one unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from . import alerts, calendars, demo_text, documents, instances, jobs, locks, notes, office, tasks, work
from .db import Database, UnitOfWork
from .errors import AlurError, InvalidDiagram
from .identity import SYSTEM, Actor
from .model import AlertRow, AlertState, JobRow, PersonRow, TaskRow, TaskState
from .office_file import load_office
from .people import positions
from .seeds import deploy
from .worktime.durations import parse_duration
from .worktime.hours import Calendar

log = structlog.get_logger()

DATA = Path(__file__).parent / "demo_data"

__all__ = ["load", "load_office"]


@dataclass(frozen=True, slots=True)
class Step:
    """One act of one person in one case."""

    at: datetime
    case: int  #: its place in the data
    by: str  #: position key
    deed: Mapping[str, Any]


def load(database: Database, *, seeds: tuple[Path, Path] | None = None) -> bool:
    """Fill an empty installation with the demo office and its cases; False, and no change, where anybody is known.

    `seeds` are the folders of diagrams and forms to deploy on the day the office opened. A seed that can't be deployed
    is left to the ordinary start to report; its cases are left out.
    """
    with database.begin(SYSTEM) as uow:
        locks.alone_in_office(uow)
        if uow.session.scalar(select(PersonRow.id).limit(1)) is not None:
            return False
        calendars.establish(uow)
        data = json.loads((DATA / "cases.json").read_text("utf-8"))
        steps = _steps(uow, data["cases"])
        opened = replace(uow, now=min(step.at for step in steps) - timedelta(days=1))
        load_office(opened, json.loads((DATA / "office.json").read_text("utf-8")))
        if seeds is not None:
            try:
                with uow.session.begin_nested():
                    deploy(opened, *seeds)
            except InvalidDiagram:
                uow.session.expire_all()
        _Play(uow, data).run(steps)
    return True


def _steps(uow: UnitOfWork, cases: list[dict[str, Any]]) -> list[Step]:
    """Every act in the order of time; `by` may name several people, who act some minutes apart."""
    calendar = calendars.get(uow)
    steps = []
    for place, case in enumerate(cases):
        for deed in case["steps"]:
            at = _instant(calendar, uow.now, deed["ago"], deed.get("at"))
            everybody = deed["by"] if isinstance(deed["by"], list) else [deed["by"]]
            steps += [Step(at + timedelta(minutes=17 * n), place, by, deed) for n, by in enumerate(everybody)]
    return sorted(steps, key=lambda step: step.at)


def _instant(calendar: Calendar, now: datetime, ago: str, at: str | None) -> datetime:
    """So many minutes before now, or a time of day so many working days before today."""
    back = parse_duration(ago)
    if at is None:
        return now - timedelta(minutes=float(back.minutes))
    day = now.astimezone(ZoneInfo(calendar.zone)).date()
    for _ in range(back.days):
        day = next(d for d in _before(day) if calendar.ranges(d))
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(calendar.zone)).astimezone(UTC)


def _before(day: date) -> Iterator[date]:
    while True:
        day -= timedelta(days=1)
        yield day


class _Play:
    """Lets the people of the data act, each at their own instant, with the timers that fall due in between."""

    def __init__(self, uow: UnitOfWork, data: Mapping[str, Any]) -> None:
        self.uow = uow
        self.cases: list[dict[str, Any]] = data["cases"]
        self.answers: Mapping[str, Any] = data["answers"]
        self.ids: dict[int, int] = {}
        self.actors: dict[str, Actor] = {}
        self.zone = ZoneInfo(office.zone(uow))

    def run(self, steps: list[Step]) -> None:
        stopped: set[int] = set()
        for step in steps:
            self._catch_up(step.at)
            if step.case in stopped:
                continue
            try:
                with self.uow.session.begin_nested():
                    self._act(self._as(step), step)
            except (AlurError, NoResultFound) as error:
                # Somebody changed a diagram or form since the data were written: the case stays where it got to.
                log.warning("demo.case_stopped", case=self.cases[step.case]["about"], error=str(error))
                stopped.add(step.case)
        self._catch_up(self.uow.now)

    def _catch_up(self, until: datetime) -> None:
        """Fire what falls due up to an instant, each at its own, as a worker would have done."""
        timers = select(JobRow.due_at).where(JobRow.kind == "timer", JobRow.dead.is_(False), JobRow.due_at <= until)
        waiting = timers.order_by(JobRow.due_at)
        while (due := self.uow.session.scalar(waiting.limit(1))) is not None:
            at = replace(self.uow, now=due)
            acquired = jobs.acquire(at)
            assert acquired is not None
            work.run(at, *acquired)
            self.uow.session.flush()

    def _as(self, step: Step) -> UnitOfWork:
        if step.by not in self.actors:
            (holder,) = positions.holders_of(self.uow, [step.by])[step.by]
            self.actors[step.by] = positions.actor_of(self.uow, holder.person_id)
        return replace(self.uow, now=step.at, actor=self.actors[step.by])

    def _act(self, uow: UnitOfWork, step: Step) -> None:
        deed, case = step.deed, self.cases[step.case]
        if "start" in deed:
            self.ids[step.case] = instances.start(uow, case["process"]).instance_id
            return
        id = self.ids[step.case]
        if "send" in deed or "save" in deed:
            task = self._task(id, deed.get("send") or deed["save"], step.by)
            raw = self._answers(uow, step, case, task)
            if "send" in deed:
                tasks.complete(uow, task.id, raw, confirm_same_case=case.get("same_case", False))
            else:
                tasks.save_draft(uow, task.id, raw)
        elif "acknowledge" in deed:
            alerts.acknowledge(uow, self._alert(id, deed["acknowledge"]), deed["note"])
        elif "note" in deed:
            notes.add(uow, id, deed["note"])
        else:
            instances.cancel(uow, id, deed["cancel"])

    def _task(self, id: int, activity_id: str, by: str) -> TaskRow:
        return self.uow.session.scalars(
            select(TaskRow).where(
                TaskRow.instance_id == id,
                TaskRow.activity_id == activity_id,
                TaskRow.candidate_group == by,
                TaskRow.state == TaskState.OPEN,
            )
        ).one()

    def _alert(self, id: int, activity_id: str) -> int:
        return self.uow.session.scalars(
            select(AlertRow.id).where(
                AlertRow.instance_id == id, AlertRow.activity_id == activity_id, AlertRow.state == AlertState.OPEN
            )
        ).one()

    def _answers(self, uow: UnitOfWork, step: Step, case: Mapping[str, Any], task: TaskRow) -> dict[str, Any]:
        words = demo_text.Words.of(uow.now.astimezone(self.zone).date(), case, by=step.by)
        named = step.deed["answers"]
        answers = self.answers[words.put_into(named)] if isinstance(named, str) else named
        return {
            key: self._with_files(uow, task, key, demo_text.filled(value, words, case))
            for key, value in answers.items()
        }

    def _with_files(self, uow: UnitOfWork, task: TaskRow, field: str, value: Any) -> Any:
        """Where the data say "@file NAME", an invented paper of that name is uploaded and its id stands instead."""
        if isinstance(value, list):
            return [self._with_files(uow, task, field, inner) for inner in value]
        if isinstance(value, str) and value.startswith("@file "):
            name = value.removeprefix("@file ")
            return documents.upload(uow, task.id, field, name, demo_text.paper(name.removesuffix(".pdf"))).id
        return value
