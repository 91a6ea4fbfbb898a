"""One office, reached over HTTP or from the command line: the same few things a person can do either way."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import pytest

from engine import alerts, deadlines, office
from engine.__main__ import main
from engine.db import Database
from engine.worker import Worker
from tests.office import ADMINISTRATOR, person
from tests.visitor import InProcess, Transport, Visitor
from webapp import create_app
from webapp.settings import WebSettings

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that a person has or may take."""

    id: int
    step: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A deadline that passed: of which activity, and the names of the positions that were told."""

    activity: str
    told: frozenset[str]


class Office(Protocol):
    def start(self, process: str, *, by: str) -> int:
        """Begin a case; gives its number."""
        ...

    def waiting(self, case: int, *, by: str) -> list[Waiting]:
        """What the position has to do in the case."""
        ...

    def complete(self, task: int, answers: Answers, *, by: str) -> None:
        """Send the form; Refused if it was not taken."""
        ...

    def alerts(self, case: int) -> list[Alert]:
        """Every alert the case has raised, oldest first."""
        ...

    def state(self, case: int) -> str:
        """active, suspended, completed or cancelled"""
        ...

    def pass_next_deadline(self) -> None:
        """Let time go on to just after the next deadline, and the worker look."""
        ...


class Refused(Exception):
    """The office did not take it; the text says why."""


def flat(answers: Answers) -> dict[str, object]:
    """Answers under the names of the page: rows become baris-0-target."""
    names: dict[str, object] = {}
    for key, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for index, row in enumerate(value):
                names.update({f"{key}-{index}-{cell}": given for cell, given in row.items()})
        else:
            names[key] = value
    return names


@dataclass(slots=True)
class OverHttp:
    """Pages without a script. Each position has its own visitor, signed in by one click."""

    database: Database
    transport: Callable[[], Transport]
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, position: str) -> Visitor:
        if position not in self.visitors:
            self.visitors[position] = Visitor(self.transport())
            sign_in(self.visitors[position], position, self.database)
        return self.visitors[position]

    def start(self, process: str, *, by: str) -> int:
        visitor = self.visitor(by)
        visitor.open(f"/processes/{process}")
        page = visitor.press(rf"/processes/{process}/start")
        if page.status != 200:
            raise Refused(page.text)
        return case_of(page.root.xpath("//a/@href"))

    def waiting(self, case: int, *, by: str) -> list[Waiting]:
        visitor = self.visitor(by)
        found = {}
        for address in ("/tasks", "/tasks?scope=unit"):
            for link in visitor.open(address).links(r"/tasks/\d+"):
                found[int(link.rpartition("/")[2])] = link
        waiting = []
        for task, link in sorted(found.items()):
            page = visitor.open(link)
            if case_of(page.root.xpath("//main//a/@href")) == case:
                waiting.append(Waiting(task, " ".join(page.root.xpath("string(//h1)").split())))
        return waiting

    def complete(self, task: int, answers: Answers, *, by: str) -> None:
        visitor = self.visitor(by)
        page = visitor.open(f"/tasks/{task}")
        if f"/tasks/{task}/claim" in page.actions():
            page = visitor.press(f"/tasks/{task}/claim")
        standing_rows = [
            name
            for name in page.root.xpath("//form//@name")
            for key, value in answers.items()
            if isinstance(value, list) and name.startswith(f"{key}-")
        ]
        page = visitor.press(f"/tasks/{task}", {**dict.fromkeys(standing_rows), **flat(answers)})
        if page.status != 200 or page.problems:
            raise Refused(f"{page.status} {page.problems or page.text[:500]}")

    def alerts(self, case: int) -> list[Alert]:
        return told_in(self.database, case)

    def state(self, case: int) -> str:
        page = self.visitor("camat").open(f"/cases/{case}")
        (badge,) = page.root.xpath("//p[@class='task-states']/span[1]/@class")
        return "completed" if "status-done" in badge else "active"

    def pass_next_deadline(self) -> None:
        assert let_next_deadline_pass(self.database), "no deadline is open"
        Worker(self.database).run_once()


def over_http(database: Database) -> OverHttp:
    """The pages in this process, in demo mode."""
    settings = WebSettings(secret_key="for tests only", database_url=database.url, demo=True)
    app = create_app(settings, database)
    return OverHttp(database, lambda: InProcess(app.test_client()))


def sign_in(visitor: Visitor, position: str, database: Database) -> None:
    """Choose a position on the first page of the demo."""
    name = person(database, position).name
    page = visitor.open("/")
    for form in page.root.forms:
        if name in form.text_content():
            page = visitor.press(re.escape(form.get("action")), dict(standing_of(form)))
            assert page.status == 200, page.text
            return
    raise AssertionError(f"nobody called {name} on {page.url}: {page.text[:500]}")


def standing_of(form: Any) -> list[tuple[str, str]]:
    """Names and values of the buttons of a form, for forms that are one button."""
    return [(b.get("name"), b.get("value", "")) for b in form.xpath(".//button[@name]")]


def case_of(links: list[str]) -> int:
    """The case that a page is about: the first link to one."""
    found = (re.search(r"/cases/(\d+)", link) for link in links)
    return next(int(match.group(1)) for match in found if match)


@dataclass(slots=True)
class OnTheCommandLine:
    """What `python -m engine ... --json` does, each command opening the database anew, in real time plus training time.

    The commands run in this process, because starting fifty interpreters shows nothing more than starting one.
    """

    database: Database

    def run(self, *words: str, stdin: str = "") -> Any:
        """One command; its JSON."""
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
            patch.setenv("ALUR_DATABASE_URL", self.database.url)
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            code = main([*words, "--json"])
        if code:
            raise Refused(f"exit {code}: {said.getvalue()}")
        return json.loads(said.getvalue())

    def start(self, process: str, *, by: str) -> int:
        return int(self.run("start", process, "--as", by)["instance_id"])

    def waiting(self, case: int, *, by: str) -> list[Waiting]:
        rows = self.run("tasks", "--as", by, "--instance", str(case))
        return [Waiting(row["id"], row["name"]) for row in rows]

    def complete(self, task: int, answers: Answers, *, by: str) -> None:
        self.run("complete", str(task), "--as", by, "--data", "-", stdin=json.dumps(answers))

    def alerts(self, case: int) -> list[Alert]:
        rows = [row for row in self.run("alerts", "--all") if row["instance_id"] == case]
        return [Alert(row["activity_id"], frozenset(row["recipients"])) for row in sorted(rows, key=lambda r: r["id"])]

    def state(self, case: int) -> str:
        return str(self.run("show", str(case))["state"])

    def pass_next_deadline(self) -> None:
        assert let_next_deadline_pass(self.database), "no deadline is open"
        self.run("worker", "--once")


def let_next_deadline_pass(database: Database) -> bool:
    """Move the training clock to a minute after the next deadline, if one is open; sessions go on by real time."""
    with database.begin(person(database, ADMINISTRATOR)) as uow:
        due = deadlines.next_due(uow)
        if due is not None:
            office.advance_clock(uow, by=max(due - uow.now, timedelta()) + timedelta(minutes=1))
        return due is not None


def told_in(database: Database, case: int) -> list[Alert]:
    """The alerts of a case as the administrator may list them; the recipients' pages are looked at elsewhere."""
    with database.read(person(database, ADMINISTRATOR)) as uow:
        found = [alert for alert in alerts.listing(uow, state="all") if alert.instance_id == case]
    return [Alert(a.activity_id, frozenset(a.recipients)) for a in sorted(found, key=lambda a: a.id)]
