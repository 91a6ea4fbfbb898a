"""Eight people complete tasks over HTTP, in turn with an empty page behind the same sign-in."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlencode

from engine.clock import SystemClock
from engine.db import Database
from engine.identity import SYSTEM
from engine.people import sessions
from tests.bench import diagrams
from tests.bench.diagrams import BY
from tests.bench.figures import Report, ratio
from tests.bench.offices import ROOT, Walker
from webapp.context import COOKIE

CLIENTS, EACH = 8, 5


class Client:
    """One person's browser: a connection kept open, the cookies, and the token that forms carry."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = f"{COOKIE}={session}"
        page, cookie = self._ask("GET", "/empty")
        self.cookies += f"; {cookie.partition(';')[0]}"
        token = re.search(rb'name="csrf-token" content="([^"]+)"', page)
        assert token is not None
        self.token = token[1].decode()

    def look(self, _task: int) -> None:
        self._ask("GET", "/empty")

    def complete(self, task: int) -> None:
        self._ask("POST", f"/tasks/{task}", urlencode({"csrf_token": self.token}))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[bytes, str]:
        headers = {"Cookie": self.cookies}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == (200 if method == "GET" else 303), (answer.status, content[:500])
        return content, answer.getheader("Set-Cookie") or ""


@contextmanager
def served(url: str) -> Iterator[int]:
    """The port of a server process."""
    command = [sys.executable, "-m", "tests.bench.server", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def measure(name: str, database: Database, report: Report, *, rounds: int) -> None:
    walker = Walker(database)
    walker.deploy(diagrams.row("bench_http", 2))
    database.clock = SystemClock()  # as the server's, else the sessions have ended before it begins
    with database.begin(SYSTEM) as uow:
        person = walker.actor(BY).person_id
        assert person is not None
        tokens = [sessions.begin(uow, person) for _ in range(CLIENTS)]
    spent: dict[str, list[float]] = {"complete": [], "look": []}
    with served(database.url) as port, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Client(port, token) for token in tokens]

        def together(deed: Callable[[Client, int], None], tasks: list[list[int]]) -> float:
            begun = perf_counter()
            list(pool.map(lambda one: [deed(one[0], task) for task in one[1]], zip(clients, tasks, strict=True)))
            return perf_counter() - begun

        for number in range(rounds + 1):
            tasks = [[walker.open_task(walker.start("bench_http", BY)) for _ in range(EACH)] for _ in clients]
            done = together(Client.complete, tasks) / (CLIENTS * EACH)
            empty = together(Client.look, tasks) / (CLIENTS * EACH)
            if number:
                spent["complete"].append(done)
                spent["look"].append(empty)
    complete = report.add(name, f"a task completed over HTTP, {CLIENTS} clients", spent["complete"])
    look = report.add(name, f"an empty page over HTTP, {CLIENTS} clients", spent["look"])
    report.hold(name, "completions against empty pages, in percent", 100 / ratio(complete, look), 50, least=True)
