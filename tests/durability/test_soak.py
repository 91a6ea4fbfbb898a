"""Eight processes at one office for minutes while `kill -9` takes one after the other."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from engine.model import MessageRow, TaskRow, TaskState
from engine.worker import Worker
from tests.durability.exchange import CHANGED, SMALL, deployed
from tests.durability.furnished import ROOT, World
from tests.durability.invariants import broken_rules

PROCESSES = 8
SECONDS = int(os.environ.get("ALUR_SOAK_SECONDS", "180"))


def completed(database: Database) -> int:
    with database.read(SYSTEM) as uow:
        done = select(func.count()).select_from(TaskRow).where(TaskRow.state == TaskState.COMPLETED)
        return uow.session.scalar(done) or 0


def mail(database: Database) -> dict[str, int]:
    with database.read(SYSTEM) as uow:
        counted = select(MessageRow.state, func.count()).group_by(MessageRow.state)
        return {str(state): count for state, count in uow.session.execute(counted)}


@pytest.mark.soak
@pytest.mark.both_databases
@pytest.mark.parametrize("seed", range(3))
def test_eight_processes_under_fire_lose_and_double_nothing(
    database: Database, world: World, clock: SetClock, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    chance = random.Random(seed)
    clock.at = world.at + timedelta(hours=1)
    number = 0

    def hand() -> subprocess.Popen[bytes]:
        nonlocal number
        number += 1
        words = [database.url, str(seed * 1000 + number), "3600", clock.at.isoformat()]
        words += {0: ["admin"], 1: ["post"], 2: ["post"]}.get(number % 4, [])
        return subprocess.Popen(
            [sys.executable, "-m", "tests.durability.hammer", *words],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    deployed(database, *SMALL, *CHANGED)
    before, kills = completed(database), 0
    hands = [hand() for _ in range(PROCESSES)]
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            time.sleep(chance.uniform(0.2, 4.0))
            place = chance.randrange(PROCESSES)
            assert hands[place].poll() is None, "a process ended by itself"
            hands[place].kill()
            hands[place].wait()
            hands[place] = hand()
            kills += 1
            assert not broken_rules(database)
    finally:
        for process in hands:
            process.kill()
            process.wait()
    Worker(database).run_once()
    assert not broken_rules(database)
    done = completed(database) - before
    messages = ", ".join(f"{count} messages {state}" for state, count in mail(database).items())
    with capsys.disabled():
        name = database.engine.dialect.name
        print(f"\n{name}: {SECONDS} s, {kills} kills, {number} processes, {done} tasks sent, {messages}")
    assert kills > SECONDS / 8
    assert done > 0
