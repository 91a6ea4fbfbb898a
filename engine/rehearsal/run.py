"""A draft run from its start to its end, by people who act as they are told.

Where no answers are given, forms are filled with made-up ones (forms/sample.py); a step takes one minute of the
process's time. What connectors would have said stands in the answers, or is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .. import worktime
from ..errors import N_, AlurError
from ..model import TaskRow, TaskState
from . import scratch
from .stage import Draft, Stage, Stuck, staged
from .trace import Entry, entries

MOST_DEEDS = 200  #: of one run: beyond, the procedure goes round without end; made-up choices change every round
AFTER = "after"  #: in answers: how long the step takes, an ISO duration in the process's time

#: by activity id (or "activity/item"): what is filled in, by field key; a list has one for each round, the last stays
Answers = Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How the people of a run behave where no answers tell them."""

    wishes: Mapping[str, Any] = field(default_factory=dict)  #: by field key, the first time an activity is done
    later: Sequence[Mapping[str, Any]] = ()  #: by field key, for each further time, round and round: loops must end
    late: bool = False  #: every step is done only after all its timers have fired
    hasty: int | None = None  #: what is waited for arrives before anybody works, beginning with the one at this place
    newest_first: bool = False  #: of several open tasks the last one is done first
    until: tuple[str, str] | None = None  #: source and target of a flow: stop when it was taken twice
    pause: str = "PT1M"


@dataclass(frozen=True, slots=True)
class Run:
    entries: tuple[Entry, ...]
    taken: frozenset[tuple[str, str]]  #: sequence flows by source and target
    ended: bool
    stuck: Stuck | None
    finished_at: datetime


def rehearse(
    draft: Draft,
    *,
    at: datetime,
    answers: Answers | None = None,
    manner: Manner | None = None,
    like: scratch.Like | None = None,
) -> Run:
    """Run one case from its start at an instant until it ends, is stuck, or has gone round too often.

    Raises InvalidDiagram for a diagram that can't be deployed.
    """
    with staged(draft, at=at, like=like) as stage:
        return _Walk(stage, answers or {}, manner or Manner()).run()


@dataclass(frozen=True, slots=True)
class _Walk:
    """A case that goes on by itself."""

    stage: Stage
    answers: Answers
    manner: Manner

    def run(self) -> Run:
        """Begin and go on until the end, a place where nothing goes on, or MOST_DEEDS."""
        stage, name = self.stage, self.stage.process.name
        stuck: Stuck | None = None
        at: TaskRow | None = None
        try:
            stage.begin()
            for _ in range(MOST_DEEDS):
                if stage.ended or self._enough():
                    break
                at = None
                if self._arrived():
                    continue
                open_tasks = stage.open_tasks()
                at = open_tasks[-1 if self.manner.newest_first else 0] if open_tasks else None
                if at is not None:
                    self._work(at)
                elif not stage.advance_to_next():
                    stuck = Stuck(None, name, N_("Nothing can go on: no task, no timer, no message."))
                    break
            else:
                stuck = Stuck(None, name, N_("The procedure goes round without end."))
        except AlurError as error:
            stuck = stage.stuck(error, at.activity_id if at is not None else None)
        return Run(entries(stage.uow, stage.instance_id), frozenset(stage.taken), stage.ended, stuck, stage.uow.now)

    def _enough(self) -> bool:
        until = self.manner.until
        return until is not None and self.stage.taken.get(until, 0) >= 2

    def _arrived(self) -> bool:
        """Give the case what it waits for from outside: connectors at once, messages when it is their turn."""
        stage, manner = self.stage, self.manner
        for job in stage.services()[:1]:
            stage.answer(job, self._told(job.payload["event_id"], 1) or {})
            return True
        waiting = stage.waiting()
        if manner.hasty is not None:
            fresh = [one for one in waiting if one.event_id not in stage.received]
            if fresh:
                stage.receive(fresh[manner.hasty % len(fresh)])
                return True
        if waiting and not stage.open_tasks() and not (manner.late and stage.next_due() is not None):
            stage.receive(waiting[0])
            return True
        return False

    def _work(self, task: TaskRow) -> None:
        stage, manner = self.stage, self.manner
        told = self._told(f"{task.activity_id}/{task.item}", task.round)
        if told is None:
            told = self._told(task.activity_id, task.round)
        after = str(told.get(AFTER, manner.pause)) if told is not None else manner.pause
        if manner.late:
            stage.advance(max(stage.all_due(), default=stage.uow.now))
        stage.advance(max(stage.uow.now, worktime.due(stage.calendar, task.created_at, after).at))
        if task.state != TaskState.OPEN:
            return
        given = {key: value for key, value in (told or {}).items() if key != AFTER}
        stage.complete(task, given or self._wished(task.round))

    def _wished(self, round: int) -> Mapping[str, Any]:
        """What is chosen where no answers tell: a form that comes back shows its old answers, which only turn again."""
        if round == 1:
            return self.manner.wishes
        later = self.manner.later
        return later[(round - 2) % len(later)] if later else {}

    def _told(self, name: str, round: int) -> Mapping[str, Any] | None:
        """What the answers say of an activity when it is done for the `round`th time."""
        told = self.answers.get(name)
        if told is None or isinstance(told, Mapping):
            return told
        return told[min(round, len(told)) - 1] if told else None
