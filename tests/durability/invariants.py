"""What must hold in every office at every moment between two units of work, read from the rows alone."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import select

from engine import calendars, definitions, instances, worktime
from engine.db import Database, UnitOfWork
from engine.identity import SYSTEM
from engine.model import (
    AlertRow,
    CandidateRow,
    CaseState,
    DeadlineRow,
    DeadlineState,
    DefinitionRow,
    HistoryRow,
    InstanceRow,
    JobRow,
    MessageRow,
    MessageState,
    PersonRow,
    SubmissionRow,
    SubscriptionRow,
    TaskRow,
    TaskState,
)
from engine.spiff import step


def broken_rules(database: Database) -> list[str]:
    """Every rule that does not hold, with the rows that break it."""
    with database.read(SYSTEM) as uow:
        return [
            *_tasks(uow),
            *_cases(uow),
            *_alerts(uow),
            *_deadlines(uow),
            *_mail(uow),
            *_history(uow),
            *_versions(uow),
        ]


def _tasks(uow: UnitOfWork) -> list[str]:
    found = []
    completions = Counter(
        uow.session.scalars(select(HistoryRow.task_id).where(HistoryRow.kind == "task.completed")).all()
    )
    answers = Counter(uow.session.scalars(select(SubmissionRow.task_id)).all())
    named = set(uow.session.scalars(select(CandidateRow.task_id)))
    active = set(uow.session.scalars(select(PersonRow.id).where(PersonRow.active)))
    for task in uow.session.scalars(select(TaskRow)):
        wanted = 1 if task.state == TaskState.COMPLETED else 0
        if (completions[task.id], answers[task.id]) != (wanted, wanted):
            found.append(f"task {task.id} is {task.state}: completed {completions[task.id]}, sent {answers[task.id]}")
        if wanted and task.completed_by is None:
            found.append(f"task {task.id} was completed by nobody")
        if not task.open:
            continue
        if not (task.candidate_group or task.owner_group or task.assignee_id or task.id in named):
            found.append(f"task {task.id} is open and nobody's")
        if task.assignee_id is not None and task.assignee_id not in active:
            found.append(f"task {task.id} is with a person who has ended")
    return found


def _cases(uow: UnitOfWork) -> list[str]:
    """The stored state is the truth; tasks and jobs are its index."""
    found = []
    tasks: dict[int, set[str]] = defaultdict(set)
    for case, key in uow.session.execute(
        select(TaskRow.instance_id, TaskRow.key).where(TaskRow.state == TaskState.OPEN)
    ):
        tasks[case].add(key)
    jobs: dict[int, dict[str, object]] = defaultdict(dict)
    calls: dict[int, set[str]] = defaultdict(set)
    for job in uow.session.scalars(select(JobRow).where(JobRow.instance_id.is_not(None))):
        if job.kind == "timer":
            jobs[job.instance_id or 0][job.key] = job.due_at
        elif job.kind == "service":
            calls[job.instance_id or 0].add(job.key)
    subscribed: dict[int, set[str]] = defaultdict(set)
    for case, key in uow.session.execute(select(SubscriptionRow.instance_id, SubscriptionRow.key)):
        subscribed[case].add(key)
    for row in uow.session.scalars(select(InstanceRow)):
        if row.state in (CaseState.ACTIVE, CaseState.SUSPENDED):
            assert row.snapshot is not None
            seen = step.look(
                definitions.spec_of(uow, row.definition_id), row.snapshot, instances.surroundings(uow, None)
            )
            waiting, timers = {t.key for t in seen.tasks}, {t.key: t.due for t in seen.timers}
            events, called = {e.key for e in seen.events}, {c.key for c in seen.calls}
        else:
            waiting, timers, events, called = set(), {}, set(), set()
        if subscribed[row.id] != events:
            found.append(f"case {row.id} waits for {events} and has the subscriptions {subscribed[row.id]}")
        if calls[row.id] != called:
            found.append(f"case {row.id} calls {called} and has the jobs {calls[row.id]}")
        if tasks[row.id] != waiting:
            found.append(f"case {row.id} waits for {waiting} and has the tasks {tasks[row.id]}")
        if jobs[row.id] != timers:
            found.append(f"case {row.id} has the timers {timers} and the jobs {jobs[row.id]}")
        if (row.ended_at is None) != (row.state in (CaseState.ACTIVE, CaseState.SUSPENDED)):
            found.append(f"case {row.id} is {row.state} and ended at {row.ended_at}")
    return found


def _alerts(uow: UnitOfWork) -> list[str]:
    raised = Counter(uow.session.scalars(select(AlertRow.deadline_id)).all())
    missed = set(uow.session.scalars(select(DeadlineRow.id).where(DeadlineRow.state == DeadlineState.MISSED)))
    return [
        f"deadline {id}: {raised[id]} alerts, missed: {id in missed}"
        for id in raised.keys() | missed
        if (raised[id], id in missed) != (1, True)
    ]


def _deadlines(uow: UnitOfWork) -> list[str]:
    """What still counts is counted by the calendar as it is now, and its activity is open."""
    found = []
    counting = select(DeadlineRow, InstanceRow.state).join(InstanceRow).where(DeadlineRow.state == DeadlineState.OPEN)
    for row, state in uow.session.execute(counting):
        calendar = calendars.get(uow, row.calendar) if row.calendar else None
        due = worktime.due(calendar, row.started_at, row.duration).at
        if due != row.due_at:
            found.append(f"deadline {row.id} is due {row.due_at}, by the calendar {due}")
        if row.ended_at is not None or state not in (CaseState.ACTIVE, CaseState.SUSPENDED):
            found.append(f"deadline {row.id} counts for work that has ended")
    return found


def _mail(uow: UnitOfWork) -> list[str]:
    """A message is with one receiver, on its way to one, or kept because nobody waits for it."""
    found = []
    jobs = Counter(
        job.payload["message_id"] for job in uow.session.scalars(select(JobRow).where(JobRow.kind == "message"))
    )
    received = Counter(
        (case, data["name"], data["key"])
        for case, data in uow.session.execute(
            select(HistoryRow.instance_id, HistoryRow.data).where(HistoryRow.kind == "message.received")
        )
    )
    delivered: Counter[tuple[int | None, str, str]] = Counter()
    waiting = {
        (row.name, row.correlation): row.instance_id
        for row in uow.session.scalars(select(SubscriptionRow).where(SubscriptionRow.kind == "message"))
    }
    promised = set()
    for row in uow.session.scalars(select(MessageRow).order_by(MessageRow.id)):
        if jobs[row.id] != (row.state == MessageState.PROMISED):
            found.append(f"message {row.id} is {row.state} and has {jobs[row.id]} jobs")
        if row.state == MessageState.PROMISED:
            promised.add((row.name, row.correlation))
        if row.state == MessageState.DELIVERED:
            delivered[row.delivered_to, row.name, row.correlation] += 1
    if delivered != received:
        found.append(f"messages delivered: {delivered}, received: {received}")
    missed = waiting.keys() - promised
    kept = uow.session.scalars(select(MessageRow).where(MessageRow.state == MessageState.KEPT))
    return found + [
        f"message {row.id} is kept, though case {waiting[row.name, row.correlation]} waits for it"
        for row in kept
        if (row.name, row.correlation) in missed
    ]


def _history(uow: UnitOfWork) -> list[str]:
    last: dict[int | None, HistoryRow] = {}
    found = []
    for event in uow.session.scalars(
        select(HistoryRow).where(HistoryRow.instance_id.is_not(None)).order_by(HistoryRow.id)
    ):
        before = last.get(event.instance_id)
        if before is not None and event.at < before.at and event.kind != "note.added":
            found.append(
                f"case {event.instance_id}: {event.kind} at {event.at} comes after {before.kind} at {before.at}"
            )
        last[event.instance_id] = event
    return found


def _versions(uow: UnitOfWork) -> list[str]:
    versions: dict[str, list[int]] = defaultdict(list)
    for key, version in uow.session.execute(
        select(DefinitionRow.key, DefinitionRow.version).order_by(DefinitionRow.version)
    ):
        versions[key].append(version)
    return [f"{key} has the versions {v}" for key, v in versions.items() if v != list(range(1, len(v) + 1))]
