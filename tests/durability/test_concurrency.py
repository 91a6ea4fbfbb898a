"""Many hands at once on both databases: one step of a case at a time, nothing lost, doubled or left hanging."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import deployment, documents, instances, mailbox, notes, office, tasks
from engine.clock import SetClock
from engine.db import Database
from engine.errors import AlurError, Conflict, InvalidInput
from engine.identity import SYSTEM, HoldingKind
from engine.model import HistoryRow, MessageRow, PersonRow, TaskRow, TaskState
from engine.people import positions, users
from engine.worker import Worker
from tests import answers
from tests.durability import exchange
from tests.durability.furnished import PROCESS, World, open_task
from tests.durability.hammer import Hand
from tests.durability.invariants import broken_rules
from tests.office import ADMINISTRATOR, person

pytestmark = pytest.mark.both_databases
ROOT = Path(__file__).resolve().parents[2]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all begun at the same instant."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except AlurError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_all_units_send_at_once_twice_each_and_the_case_goes_on_once(database: Database, world: World) -> None:
    case = world.cases["at_units"]
    acts = []
    for unit in answers.UNITS * 2:
        actor, task = person(database, unit), open_task(database, case, "isi_data_unit", unit)
        acts.append(lambda actor=actor, task=task, unit=unit: _complete(database, actor, task, answers.unit_data(unit)))
    outcomes = at_once(*acts)
    assert Counter(isinstance(o, Conflict) for o in outcomes) == {False: 4, True: 4}, outcomes
    with database.read(person(database, "camat")) as uow:
        merging = select(TaskRow).where(TaskRow.instance_id == case, TaskRow.activity_id == "gabungkan_draf")
        assert len(uow.session.scalars(merging).all()) == 1
    assert not broken_rules(database)


def _complete(database: Database, actor: object, task: int, raw: dict[str, object]) -> tasks.Sent:
    with database.begin(actor) as uow:  # type: ignore[arg-type]
        return tasks.complete(uow, task, raw)


def test_one_page_sent_four_times_at_once_begins_one_case_and_writes_one_note(database: Database, world: World) -> None:
    actor, case = person(database, "kasubag_umum"), world.cases["new"]

    def begin() -> int:
        with database.begin(actor) as uow:
            return instances.start(uow, PROCESS, once="page 1").instance_id

    def note() -> int:
        with database.begin(actor) as uow:
            return notes.add(uow, case, "Mohon segera.", once="page 2").id

    begun = at_once(*[begin] * 4)
    assert len(set(begun)) == 1, begun
    written = at_once(*[note] * 4)
    assert len(set(written)) == 1, written
    with database.begin(person(database, "camat")) as uow:
        another = notes.add(uow, case, "Mohon segera.", once="page 2").id
    assert another not in written, "another person's page is another page"
    assert not broken_rules(database)


def test_a_message_and_who_begins_to_wait_for_it_do_not_miss_each_other(database: Database, world: World) -> None:
    case = exchange.begun(database, "receive_task", {"number": "7"})
    owner = person(database, exchange.OWNER)

    def wait() -> None:
        with database.begin(owner) as uow:
            exchange.send(uow, case)

    waiting = threading.Thread(target=wait)
    with database.begin(SYSTEM) as uow:
        mailbox.send(uow, "received by task", "7", {})
        uow.session.flush()
        waiting.start()
        waiting.join(1)  # it may be done by now, or wait for this unit to end
    waiting.join()
    Worker(database).run_once()
    with database.read(SYSTEM) as uow:
        received = select(MessageRow.delivered_to).where(MessageRow.name == "received by task")
        assert uow.session.scalars(received).all() == [case]


def test_many_hands_on_many_cases_lose_and_double_nothing(database: Database, world: World, clock: SetClock) -> None:
    clock.at = world.at + timedelta(hours=1)
    hands = [Hand(database, seed, admin=seed == 0) for seed in range(5)]
    threads = [threading.Thread(target=hand.work, kwargs={"acts": 40}) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [trouble for hand in hands for trouble in hand.troubles]
    assert_each_sent_once(database, [id for hand in hands for id in hand.sent])


@pytest.mark.parametrize("seconds", [3, pytest.param(120, marks=pytest.mark.soak)])
def test_several_processes_lose_and_double_nothing(
    database: Database, world: World, clock: SetClock, seconds: int
) -> None:
    exchange.deployed(database, *exchange.SMALL, *exchange.CHANGED)
    at = (world.at + timedelta(hours=1)).isoformat()
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.durability.hammer", database.url, str(seed), str(seconds), at, *also],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed, also in enumerate([["admin"], ["post"], ["post"], [], *[[]] * (0 if seconds < 60 else 4)])
    ]
    told = []
    for process in processes:
        out, err = process.communicate(timeout=seconds + 120)
        assert process.returncode == 0, err.decode()
        told.append(json.loads(out.decode().splitlines()[-1]))
    assert not [trouble for one in told for trouble in one["troubles"]]
    clock.at = world.at + timedelta(hours=1)
    assert_each_sent_once(database, [id for one in told for id in one["sent"]])


def test_workers_that_sweep_at_once_don_t_stumble_over_each_other(
    database: Database, world: World, clock: SetClock
) -> None:
    actor, task = person(database, "kasubag_umum"), open_task(database, world.cases["new"], "terima_permintaan")
    with database.begin(actor) as uow:
        for number in range(40):
            kept = documents.upload(uow, task, "surat", "surat.pdf", b"%PDF-1.4\n" + str(number).encode())
            documents.remove_draft(uow, kept.id)

    def sweep() -> int:
        with database.begin(SYSTEM) as uow:
            return documents.sweep(uow)

    swept = at_once(*[sweep] * 4)
    assert sum(n for n in swept if isinstance(n, int)) == 40, swept


def assert_each_sent_once(database: Database, sent: list[int]) -> None:
    """Whoever was told a task is sent has sent it, nobody else was told so, and every rule holds."""
    assert sent
    assert max(Counter(sent).values()) == 1
    with database.read(person(database, "camat")) as uow:
        completed = set(uow.session.scalars(select(TaskRow.id).where(TaskRow.state == TaskState.COMPLETED)))
    assert set(sent) <= completed
    assert not broken_rules(database)


# -- changes of the office -------------------------------------------------------------------------------------------


def test_versions_deployed_at_once_are_numbered_one_after_the_other(database: Database, world: World) -> None:
    xml = (ROOT / "processes" / f"{PROCESS}.bpmn").read_bytes()
    forms = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
    owner = person(database, "pengelola_sop")

    def deploy(name: str) -> int:
        with database.begin(owner) as uow:
            changed = xml.replace(b'name="Lengkap?"', f'name="{name}?"'.encode())
            return deployment.deploy(uow, changed, forms).version

    assert sorted(at_once(*(lambda n=n: deploy(f"Lengkap {n}") for n in range(3)))) == [2, 3, 4]  # type: ignore[type-var]


def test_of_people_created_at_once_with_one_name_only_one_is(database: Database, world: World) -> None:
    admin = person(database, ADMINISTRATOR)

    def create() -> int:
        with database.begin(admin) as uow:
            return users.create(uow, username="kembar", name="Orang Kembar").id

    outcomes = at_once(*[create] * 4)
    assert Counter(type(o) for o in outcomes) == {int: 1, InvalidInput: 3}, outcomes


def test_two_administrators_who_end_each_other_leave_one(database: Database, world: World) -> None:
    first = person(database, ADMINISTRATOR)
    with database.begin(first) as uow:
        place = next(p.id for p in positions.listing(uow) if p.administrator)
        other = users.create(uow, username="admin_dua", name="Admin Dua").id
        start = uow.now.date() - timedelta(days=9)
        positions.assign_holder(uow, place, other, kind=HoldingKind.HOLDER, starts_on=start)
        second = positions.actor_of(uow, other)

    def end(actor: object, id: int | None) -> object:
        with database.begin(actor) as uow:  # type: ignore[arg-type]
            return users.end(uow, id or 0)

    at_once(lambda: end(first, second.person_id), lambda: end(second, first.person_id))
    with database.read(first) as uow:
        left = uow.session.scalars(select(PersonRow.id).where(PersonRow.active)).all()
    assert len({first.person_id, second.person_id} & set(left)) == 1


def test_moves_of_the_clock_add_up(database: Database, world: World) -> None:
    admin = person(database, ADMINISTRATOR)

    def advance() -> object:
        with database.begin(admin) as uow:
            return office.advance_clock(uow, by=timedelta(hours=1))

    at_once(*[advance] * 4)
    with database.read(admin) as uow:
        assert office.clock_offset(uow) == timedelta(hours=4)
        moves = select(HistoryRow.id).where(HistoryRow.kind == "clock.advanced")
        assert len(uow.session.scalars(moves).all()) == 4
