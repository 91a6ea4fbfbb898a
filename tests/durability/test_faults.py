"""Whatever stops a change at whatever statement, all of it or nothing stays, and doing it again works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from engine import tasks
from engine.clock import SetClock
from engine.db import Database
from engine.errors import TaskNotOpen
from engine.identity import SYSTEM
from engine.model import AlertRow, JobRow, TaskRow
from engine.worker import Worker
from tests import answers
from tests.durability.deeds import DEEDS
from tests.durability.faults import COMMIT, Breaker, Dump, breaks, differences, dumping
from tests.durability.furnished import World
from tests.office import person

ON_POSTGRESQL = pytest.mark.parametrize("copied", ["postgresql"], indirect=True)


def break_at(act: Callable[[], object], breaker: Breaker, dump: Callable[[], Dump], places: int | None = None) -> int:
    """Break an act at every statement and at its commit, or at so many places before it; counts the statements."""
    before = dump()
    for _warm_then_count in range(2):
        assert breaks(breaker, act, COMMIT)
    last = breaker.count
    chosen = range(1, last + 1) if places is None else [(n + 1) * last // (places + 1) for n in range(places)]
    for at in chosen:
        assert breaks(breaker, act, at), f"there are only {breaker.count} statements"
        assert not (left := differences(before, dump())), f"broken at {at}: {left}"
    return last


def break_everywhere_then_do(act: Callable[[], object], database: Database, *, cut: bool = False) -> None:
    with Breaker(database, cut=cut) as breaker, dumping(database) as dump:
        before = dump()
        last = break_at(act, breaker, dump)
        assert last >= 3
        assert not breaks(breaker, act, last + 1)
        assert differences(before, dump()), "the act changes nothing"


@pytest.mark.parametrize("name", DEEDS)
def test_whatever_stops_a_change_leaves_nothing_of_it(
    database: Database, world: World, clock: SetClock, name: str
) -> None:
    break_everywhere_then_do(DEEDS[name].act(database, world, clock), database)


@ON_POSTGRESQL
def test_a_connection_lost_in_or_at_the_end_of_a_change_leaves_nothing_of_it(
    database: Database, world: World, clock: SetClock
) -> None:
    # Nothing ever stays, so one database does for all.
    with Breaker(database, cut=True) as breaker, dumping(database) as dump:
        for deed in DEEDS.values():
            break_at(deed.act(database, world, clock), breaker, dump, places=1)


@pytest.mark.soak
@ON_POSTGRESQL
@pytest.mark.parametrize("name", DEEDS)
def test_a_connection_lost_anywhere_in_a_change_leaves_nothing_of_it(
    database: Database, world: World, clock: SetClock, name: str
) -> None:
    break_everywhere_then_do(DEEDS[name].act(database, world, clock), database, cut=True)


def test_a_worker_stopped_anywhere_raises_each_alert_once(database: Database, world: World, clock: SetClock) -> None:
    clock.at = world.at + timedelta(minutes=10)
    with database.begin(SYSTEM) as uow:
        uow.session.execute(update(JobRow).values(dead=True).where(JobRow.instance_id != world.cases["new"]))
    at, stopped = 0, 0
    with Breaker(database) as breaker:
        while True:
            at += 1
            worker = Worker(database)
            failed = _failures(database)
            broken = breaks(breaker, worker.run_once, at)
            if not broken and _failures(database) == failed:
                break
            stopped += 1
            clock.advance(timedelta(minutes=1))
            _forget_failures(database)
            if _alerts(database, world.cases["new"]):
                break
    assert stopped > 20
    for _ in range(2):
        Worker(database).run_once()
    assert _alerts(database, world.cases["new"]) == 1


def test_whoever_never_got_the_answer_is_told_it_was_sent(database: Database, world: World, clock: SetClock) -> None:
    act = DEEDS["send the first step"].act(database, world, clock)
    act()
    with dumping(database) as dump:
        before = dump()
        with pytest.raises(TaskNotOpen) as told, database.begin(person(database, "kasubag_umum")) as uow:
            tasks.complete(uow, _first_task(database, world.cases["new"]), answers.PERMINTAAN)
        assert told.value.by_actor
        assert not differences(before, dump())


def _first_task(database: Database, case: int) -> int:
    with database.read(SYSTEM) as uow:
        return (
            uow.session.scalars(select(TaskRow.id).where(TaskRow.instance_id == case).order_by(TaskRow.id)).first() or 0
        )


def _failures(database: Database) -> int:
    with database.read(SYSTEM) as uow:
        return uow.session.scalar(select(func.sum(JobRow.attempts))) or 0


def _forget_failures(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        uow.session.execute(update(JobRow).values(attempts=0, not_before=None))


def _alerts(database: Database, case: int) -> int:
    with database.read(SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(AlertRow).where(AlertRow.instance_id == case)) or 0
