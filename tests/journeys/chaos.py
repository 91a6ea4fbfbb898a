"""`kill -9` at random instants while people work: a real server and worker, a killer, drivers that just try again."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import psutil
from sqlalchemy import func, select

from engine.db import Database
from engine.identity import SYSTEM
from engine.model import CaseState, InstanceRow
from tests.journeys import procedure
from tests.journeys.offices import Answers, flat, let_next_deadline_pass
from tests.office import PASSWORD
from tests.visitor import OverTheWire, Page, Visitor

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
PEOPLE = ("kasubag_umum", "sekretaris_kecamatan", "camat", "kasubag_keuangan", *procedure.UNITS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(slots=True)
class Machine:
    """The office's one machine: `serve` with its worker, started again whenever it lies dead."""

    database: Database
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    kills: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "webapp", "serve"],
                cwd=self.folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "PORT": str(self.port),
                    "DEMO": "0",
                    "ALUR_DATABASE_URL": self.database.url,
                },
                stdout=log,
                stderr=log,
            )

    def kill(self, chance: random.Random) -> None:
        """Kill the worker, or the server: the worker then ends with it, and both are started again."""
        assert self.process
        if chance.random() < 0.5:
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in psutil.Process(self.process.pid).children():
                    child.kill()
                    self.kills.append("worker")
        else:
            self.process.kill()
            self.process.wait()
            self.kills.append("server")
            self.start()

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(30)


@dataclass(slots=True)
class Chaos:
    machine: Machine
    seed: int
    units: tuple[str, ...] = procedure.UNITS
    checked: set[str] = field(default_factory=set)  #: cases whose first check returned a unit
    lock: threading.Lock = field(default_factory=threading.Lock)
    troubles: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, *, cases: int, seconds: float, pause: tuple[float, float], kills: int) -> None:
        """Start the cases, let people work on them until all are delivered, and kill so many times meanwhile."""
        self.machine.start()
        killer = threading.Thread(target=self._kill, args=(pause, kills), name="killer")
        starter = self._visitor("kasubag_umum")
        for _ in range(cases):
            self._start_case(starter)
        people = [threading.Thread(target=self._work, args=(PEOPLE[n::2],), name=f"people-{n}") for n in range(2)]
        try:
            for thread in (killer, *people):
                thread.start()
            end = time.monotonic() + seconds
            while self._open_cases() and time.monotonic() < end and not self.troubles:
                time.sleep(0.3)
        finally:
            self.done.set()
            for thread in (killer, *people):
                thread.join()
        if not self.troubles and self._open_cases():
            self.troubles.append(f"{self._open_cases()} cases are not delivered after {seconds} s")

    def _open_cases(self) -> int:
        with self.machine.database.read(SYSTEM) as uow:
            active = select(func.count()).select_from(InstanceRow).where(InstanceRow.state == CaseState.ACTIVE)
            return uow.session.scalar(active) or 0

    def _kill(self, pause: tuple[float, float], kills: int) -> None:
        """Kill now and then, and let a deadline pass now and then, so that timers have to fire meanwhile."""
        chance = random.Random(self.seed)
        for _ in range(kills):
            if self.done.wait(chance.uniform(*pause)):
                return
            self.machine.kill(chance)
            if chance.random() < 0.7:
                let_next_deadline_pass(self.machine.database)

    def _visitor(self, position: str) -> Visitor:
        visitor = Visitor(OverTheWire(self.machine.address))

        def sign_in() -> None:
            if visitor.open("/sign-in").url.endswith("/tasks"):
                return  # the answer was lost, not the session
            page = self._noted(visitor.press("/sign-in", {"username": position, "password": PASSWORD}))
            assert page.status == 200, page.text

        self._insist(sign_in)
        return visitor

    def _start_case(self, visitor: Visitor) -> None:
        def start() -> None:
            visitor.open(f"/processes/{procedure.PROCESS}")
            self._noted(visitor.press(rf"/processes/{procedure.PROCESS}/start"))

        self._insist(start)

    def _work(self, positions: tuple[str, ...]) -> None:
        """Do whatever waits for these positions, again and again."""
        try:
            visitors = {position: self._visitor(position) for position in positions}
            while not self.done.is_set():
                for position, visitor in visitors.items():
                    for link in self._insist(partial(self._links, visitor)) or ():
                        self._insist(partial(self._do, visitor, link, position))
        except Exception:
            self.troubles.append(traceback.format_exc())
            self.done.set()

    def _links(self, visitor: Visitor) -> list[str]:
        pages = [self._noted(visitor.open(address)) for address in ("/tasks", "/tasks?scope=unit")]
        return list(dict.fromkeys(link for page in pages for link in page.links(r"/tasks/\d+")))

    def _do(self, visitor: Visitor, link: str, position: str) -> None:
        """Claim, fill in, send. Whether a connection broke before or after the commit, doing it again is right."""
        page = self._noted(visitor.open(link))
        if f"{link}/claim" in page.actions():
            page = self._noted(visitor.press(re.escape(f"{link}/claim")))
        if link not in page.actions():
            return  # it is sent: perhaps by ourselves, before the connection broke
        step = " ".join(page.root.xpath("string(//h1)").split())
        case = next(iter(page.links(r"/cases/\d+")), "?")
        answers = self._answers(step, position, case)
        listed = [key for key, value in answers.items() if isinstance(value, list)]
        rows = [name for name in page.root.xpath("//form//@name") if any(name.startswith(f"{key}-") for key in listed)]
        page = self._noted(visitor.press(re.escape(link), {**dict.fromkeys(rows), **flat(answers)}))
        assert not page.problems, f"{step}: {page.problems}"

    def _answers(self, step: str, position: str, case: str) -> Answers:
        if step == procedure.CHECK:
            with self.lock:
                first = case not in self.checked
                self.checked.add(case)
            return procedure.verdict(self.units, returned=self.units[:1] if first else ())
        return {
            procedure.REGISTER: procedure.request(f"005/{case}"),
            procedure.DIVIDE: procedure.division(self.units),
            procedure.CONTRIBUTE: procedure.indicators(),
            procedure.WRITE: procedure.DOCUMENTS,
            procedure.DELIVER: procedure.DELIVERY,
        }.get(step, {})

    def _insist(self, action: Callable[[], T]) -> T | None:
        """Try again while the server is away; None once everything is over."""
        while not self.done.is_set():
            try:
                return action()
            except (OSError, http.client.HTTPException):
                self.done.wait(0.1)
        return None

    def _noted(self, page: Page) -> Page:
        if page.status >= 500:
            self.troubles.append(f"{page.status} on {page.url}: {page.text[:300]}")
        return page
