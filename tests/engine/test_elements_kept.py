"""The walks of the table of elements in an office, on both databases: between two steps only rows are left."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine import db, definitions, deployment, instances
from engine.clock import SetClock
from engine.db import Database, UnitOfWork
from engine.identity import SYSTEM
from engine.model import InstanceRow, JobRow, MessageRow, SubscriptionRow, TaskRow, TaskState
from engine.spiff import step
from tests.engine.elements import WALKS
from tests.engine.spiff.drawing import NOW
from tests.engine.test_elements import DECISIONS, DIAGRAMS, ROOT, later

#: diagram -> name and key of the message that leaves it
SENT = {
    "send_task": ("sent by task", "7"),
    "throw_message": ("thrown", "7"),
    "end_message": ("sent at the end", ""),
}


def acted(url: str, case: int, action: str, at: datetime) -> str:
    """Do one step of a case with nothing kept from before; what is open then, and what messages left it."""
    definitions._compiled.cache_clear()
    db._kept.clear()
    database = Database(url, SetClock(at))
    try:
        with database.begin(SYSTEM) as uow:
            if action.strip():
                act(uow, instances.lock(uow, case), action.split())
        with database.read(SYSTEM) as uow:
            return shown(uow, uow.session.get_one(InstanceRow, case))
    finally:
        database.dispose()


def act(uow: UnitOfWork, row: InstanceRow, words: list[str]) -> None:
    given = {name: json.loads(value) for name, _, value in (word.partition("=") for word in words[2:])}
    activity, _, item = words[1].partition(":")
    if words[0] == "later":
        instances.fire(uow, row)
    elif words[0] == "task":
        open = select(TaskRow).where(TaskRow.instance_id == row.id, TaskRow.state == TaskState.OPEN)
        tasks = uow.session.scalars(open.where(TaskRow.activity_id == activity).order_by(TaskRow.id))
        key = next(t.key for t in tasks if not item or t.item == item)
        instances._step(uow, row, lambda spec, state, around: step.complete(spec, state, key, given, around))
    elif words[0] == "answer":
        (job,) = uow.session.scalars(select(JobRow).where(JobRow.instance_id == row.id, JobRow.kind == "service"))
        instances.answer(uow, row, job.key, given)
    else:
        waits = select(SubscriptionRow.key).where(
            SubscriptionRow.instance_id == row.id,
            SubscriptionRow.event_id == activity,
            SubscriptionRow.kind == words[0],
        )
        instances.receive(uow, row, uow.session.scalars(waits).first() or "", given)


def shown(uow: UnitOfWork, row: InstanceRow) -> str:
    open = select(TaskRow.activity_id).where(TaskRow.instance_id == row.id, TaskRow.state == TaskState.OPEN)
    held = [*uow.session.scalars(open), *(one["activity_id"] for one in row.activities)]
    if row.ended_at is not None:
        assert row.snapshot is None, "what has ended has no state"
        assert not held
    return "ended" if row.ended_at is not None else " ".join(sorted(held))


def wanted(line: str) -> str:
    return line.partition("->")[2].partition("|")[0].strip()


def main() -> None:
    """What the new process does."""
    url, todo = json.loads(sys.stdin.read())
    done = {}
    for name, (case, action, at) in todo.items():
        try:
            done[name] = acted(url, case, action, datetime.fromisoformat(at))
        except Exception as error:
            done[name] = repr(error)
    print(json.dumps(done))


def elsewhere(url: str, todo: dict[str, Any]) -> dict[str, str]:
    ran = subprocess.run(
        [sys.executable, "-c", "from tests.engine.test_elements_kept import main; main()"],
        input=json.dumps([url, todo]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=True,
    )
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def begun(office: Database) -> dict[str, int]:
    """A case of each diagram of the table."""
    files = [*sorted((DIAGRAMS / "called").glob("*.bpmn")), *(DIAGRAMS / f"{name}.bpmn" for name in WALKS)]
    with office.begin(SYSTEM) as uow:
        deployment.deploy_all(uow, [(path.read_bytes(), {}, [DECISIONS]) for path in files])
        return {name: instances.begin(uow, name, {}) for name in WALKS}


@pytest.mark.both_databases
def test_every_element_runs_from_rows_and_in_a_new_process(office: Database, clock: SetClock) -> None:
    clock.at = NOW
    cases = begun(office)
    at = dict.fromkeys(WALKS, NOW)
    wrong = []

    def compare(name: str, place: int, seen: str) -> None:
        if seen != wanted(WALKS[name][place]):
            wrong.append(f"{name}: {WALKS[name][place]!r} but {seen!r}")

    def action(name: str, place: int) -> str:
        words = WALKS[name][place].partition("->")[0].strip()
        at[name] = later(at[name], words)
        return words

    for name, case in cases.items():
        compare(name, 0, acted(office.url, case, "", NOW))
    # By themselves: no case hears what another one sends, no clock goes on for two.
    todo = {name: (case, action(name, 1), at[name].isoformat()) for name, case in cases.items()}
    for name, seen in elsewhere(office.url, todo).items():
        compare(name, 1, seen)
    for name, case in cases.items():
        for place in range(2, len(WALKS[name])):
            compare(name, place, acted(office.url, case, action(name, place), at[name]))
    assert not wrong, "\n".join(wrong)
    with office.read(SYSTEM) as uow:
        sent = uow.session.execute(select(MessageRow.sent_from, MessageRow.name, MessageRow.correlation))
        assert {tuple(row) for row in sent} == {(cases[name], *message) for name, message in SENT.items()}
