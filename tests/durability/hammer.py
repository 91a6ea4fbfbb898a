"""One pair of hands that does whatever it finds, as fast as it can: a thread of a test, or a process of its own.

    python -m tests.durability.hammer URL SEED SECONDS AT [admin] [post]

prints what it did as JSON. Conflicts are what being slower looks like; anything else but an AlurError is trouble.
"""

from __future__ import annotations

import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from engine import alerts, calendars, deployment, documents, incidents, instances, mailbox, notes, office, tasks
from engine.clock import SetClock
from engine.db import Database, UnitOfWork
from engine.errors import AlurError, Busy, Conflict, InvalidInput
from engine.identity import SYSTEM, Actor, HoldingKind
from engine.model import AlertRow, CaseState, DefinitionRow, IncidentRow, InstanceRow, PersonRow, TaskRow, TaskState
from engine.people import positions, users
from engine.worker import Worker
from tests import answers
from tests.durability import exchange
from tests.durability.furnished import PROCESS, RETURNED, ROOT, STEPS
from tests.office import ADMINISTRATOR, POSITIONS, person

ANSWERS = {activity: raw for activity, _, raw in STEPS}


@dataclass(slots=True)
class Hand:
    database: Database
    seed: int
    admin: bool = False
    post: bool = False  #: works on the small processes of exchange.py, which must be deployed
    sent: list[int] = field(default_factory=list)  #: tasks this hand was told to have sent
    done: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    chance: random.Random = field(init=False)
    people: dict[str, Actor] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.people = {key: person(self.database, key) for key in (ADMINISTRATOR, *(p[0] for p in POSITIONS))}

    def work(self, *, seconds: float = 3600, acts: int = 1_000_000) -> None:
        end = time.monotonic() + seconds
        deeds: list[tuple[Callable[[], object], int]] = [
            (self.send, 10), (self.draft, 3), (self.take, 2), (self.give_back, 1), (self.hand_on, 1),
            (self.note, 1), (self.upload, 1), (self.fire, 3), (self.acknowledge, 1),
        ]  # fmt: skip
        if self.admin:
            deeds += [
                (self.begin, 2), (self.change_calendar, 2), (self.deploy, 1), (self.come_and_go, 1), (self.retry, 1),
                (self.rest, 1), (self.wake, 2), (self.cancel, 1), (self.settings, 1), (self.appoint, 1),
            ]  # fmt: skip
        if self.post:
            deeds = [
                (self.begin_small, 4), (self.step_small, 10), (self.send_message, 5), (self.send_signal, 1),
                (self.fire, 8), (self.cancel_small, 1), (self.rest_small, 1), (self.wake, 2), (self.retry, 1),
            ]  # fmt: skip
        verbs, weights = zip(*deeds, strict=True)
        while acts > 0 and time.monotonic() < end:
            acts -= 1
            (verb,) = self.chance.choices(verbs, weights)
            try:
                verb()
                self.done[verb.__name__] += 1
            except Busy:
                self.done["busy"] += 1
            except (Conflict, InvalidInput):
                self.done["slower"] += 1
            except AlurError as refused:
                self.done[type(refused).__name__] += 1
            except Exception:
                self.troubles.append(traceback.format_exc())

    # -- what people do ---------------------------------------------------------------------------------------------

    def _some(self, what: Any, *where: Any) -> Any:
        with self.database.read(self.people[ADMINISTRATOR]) as uow:
            rows = uow.session.execute(select(*what).where(*where)).all()
        return self.chance.choice(rows) if rows else None

    def _task(self) -> tuple[int, str, str] | None:
        found = self._some(
            (TaskRow.id, TaskRow.activity_id, TaskRow.candidate_group),
            TaskRow.state == TaskState.OPEN,
            TaskRow.activity_id.in_(ANSWERS),
        )
        return found and tuple(found)

    def _with_task(self, does: Callable[[UnitOfWork, int, str], object]) -> None:
        task = self._task()
        if task is not None:
            with self.database.begin(self.people[task[2]]) as uow:
                does(uow, task[0], task[1])

    def send(self) -> None:
        task = self._task()
        if task is None:
            return
        id, activity, group = task
        raw = ANSWERS[activity]
        if activity == "periksa_kelengkapan" and self.chance.random() < 0.4:
            raw = answers.checked(RETURNED, order=list(answers.UNITS))
        with self.database.begin(self.people[group]) as uow:
            tasks.complete(uow, id, raw, confirm_same_case=True)
        self.sent.append(id)

    def draft(self) -> None:
        self._with_task(lambda uow, id, _: tasks.save_draft(uow, id, {"catatan": f"{self.chance.random()}"}))

    def take(self) -> None:
        self._with_task(lambda uow, id, _: tasks.claim(uow, id))

    def give_back(self) -> None:
        self._with_task(lambda uow, id, _: tasks.unclaim(uow, id))

    def hand_on(self) -> None:
        task = self._task()
        if task is not None:
            with self.database.begin(self.people["camat"]) as uow:
                people = tasks.assignable(uow, task[0])
                if people:
                    tasks.assign(uow, task[0], self.chance.choice(people).person_id)

    def note(self) -> None:
        case = self._some((InstanceRow.id,))
        with self.database.begin(self.people["camat"]) as uow:
            notes.add(uow, case[0], "Mohon diperhatikan.")

    def upload(self) -> None:
        content = b"%PDF-1.4\n" + str(self.chance.randrange(3)).encode()
        self._with_task(lambda uow, id, _: documents.upload(uow, id, "berkas", "berkas.pdf", content))

    def fire(self) -> None:
        Worker(self.database).run_once()

    def acknowledge(self) -> None:
        alert = self._some((AlertRow.id,))
        if alert is not None:
            with self.database.begin(self.people[ADMINISTRATOR]) as uow:
                alerts.acknowledge(uow, alert[0], "Sudah.")

    # -- what goes on between cases and the world -------------------------------------------------------------------

    def _small(self, *where: Any) -> Any:
        """A case of a small process: (id, state)."""
        of = select(DefinitionRow.id).where(DefinitionRow.key.in_(exchange.SMALL))
        return self._some((InstanceRow.id, InstanceRow.state), InstanceRow.definition_id.in_(of), *where)

    def begin_small(self) -> None:
        variables = {"number": str(self.chance.randrange(6)), "price": 5, "years": 3, "kind": "annual"}
        with self.database.begin(SYSTEM) as uow:
            instances.begin(uow, self.chance.choice(exchange.SMALL), variables)

    def step_small(self) -> None:
        case = self._small(InstanceRow.state == CaseState.ACTIVE)
        if case is not None:
            with self.database.begin(self.people[exchange.OWNER]) as uow:
                exchange.send(uow, case[0])

    def send_message(self) -> None:
        with self.database.begin(self.people[ADMINISTRATOR]) as uow:
            instances.correlate(uow, "received by task", str(self.chance.randrange(6)), {})

    def send_signal(self) -> None:
        with self.database.begin(SYSTEM) as uow:
            mailbox.broadcast(uow, "waited for")

    def cancel_small(self) -> None:
        case = self._small(InstanceRow.state == CaseState.ACTIVE)
        if case is not None:
            with self.database.begin(self.people[exchange.OWNER]) as uow:
                instances.cancel(uow, case[0], "Ditarik kembali.")

    def rest_small(self) -> None:
        case = self._small(InstanceRow.state == CaseState.ACTIVE)
        if case is not None:
            with self.database.begin(self.people[exchange.OWNER]) as uow:
                instances.suspend(uow, case[0], "Menunggu.")

    # -- what administrators and owners do --------------------------------------------------------------------------

    def begin(self) -> None:
        with self.database.begin(self.people["kasubag_umum"]) as uow:
            instances.start(uow, PROCESS)

    def change_calendar(self) -> None:
        day = date(2026, 3, 11) + timedelta(days=self.chance.randrange(20))
        with self.database.begin(self.people[ADMINISTRATOR]) as uow:
            if self.chance.random() < 0.5:
                calendars.add_day_off(uow, day, "Hari libur daerah", kind="regional")
            else:
                calendars.remove_day_off(uow, day)
            instances.retime(uow, calendars.OFFICE)

    def deploy(self) -> None:
        xml = (ROOT / "processes" / f"{PROCESS}.bpmn").read_bytes()
        forms = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
        xml = xml.replace(b'name="Lengkap?"', f'name="Lengkap {self.chance.random()}?"'.encode())
        with self.database.begin(self.people["pengelola_sop"]) as uow:
            deployment.deploy(uow, xml, forms)

    def come_and_go(self) -> None:
        """A person comes, takes over a task or two, and is ended again."""
        with self.database.begin(self.people[ADMINISTRATOR]) as uow:
            new = users.create(uow, username=f"baru{self.chance.randrange(4)}", name="Orang Baru").id
            place = next(p.id for p in positions.listing(uow) if p.key == "kasubag_keuangan")
            positions.assign_holder(uow, place, new, kind=HoldingKind.PLH, starts_on=date(2026, 1, 1))
        task = self._task()
        if task is not None:
            with suppress(AlurError), self.database.begin(self.people["camat"]) as uow:
                tasks.assign(uow, task[0], new)
        with self.database.begin(self.people[ADMINISTRATOR]) as uow:
            users.end(uow, new)
            users.change(uow, new, username=f"lama{new}")

    def appoint(self) -> None:
        ended = self._some((PersonRow.id,), PersonRow.active.is_(True))
        with self.database.begin(self.people[ADMINISTRATOR]) as uow:
            place = next(p.id for p in positions.listing(uow) if p.key == "lurah_jogoyudan")
            positions.assign_holder(uow, place, ended[0], kind=HoldingKind.PLH, starts_on=date(2026, 1, 1))

    def retry(self) -> None:
        found = self._some((IncidentRow.id,))
        with self.database.begin(self.people[ADMINISTRATOR]) as uow:
            incidents.retry(uow, found[0])

    def _steer(self, verb: Callable[..., object], state: CaseState, *given: str) -> None:
        case = self._some((InstanceRow.id,), InstanceRow.state == state)
        if case is not None:
            with self.database.begin(self.people["pengelola_sop"]) as uow:
                verb(uow, case[0], *given)

    def rest(self) -> None:
        self._steer(instances.suspend, CaseState.ACTIVE, "Menunggu.")

    def wake(self) -> None:
        self._steer(instances.activate, CaseState.SUSPENDED)

    def cancel(self) -> None:
        self._steer(instances.cancel, CaseState.ACTIVE, "Ditarik kembali.")

    def settings(self) -> None:
        with self.database.begin(self.people[ADMINISTRATOR]) as uow:
            office.put(uow, office.NAME, f"Kecamatan {self.chance.randrange(9)}")
            office.advance_clock(uow, by=timedelta(minutes=self.chance.choice((1, 5, 60, 600))))


def main(url: str, seed: str, seconds: str, at: str, *also: str) -> None:
    from datetime import datetime

    database = Database(url, SetClock(datetime.fromisoformat(at)))
    hand = Hand(database, int(seed), admin="admin" in also, post="post" in also)
    hand.work(seconds=float(seconds))
    print(json.dumps({"sent": hand.sent, "done": hand.done, "troubles": hand.troubles}))


if __name__ == "__main__":
    main(*sys.argv[1:])
