"""The office as people see it in a real Chromium: every position in a profile of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from engine.db import Database
from engine.worker import Worker
from tests.journeys.offices import Alert, Answers, Refused, Waiting, case_of, told_in
from tests.office import ADMINISTRATOR, PASSWORD, POSITIONS, person

NAMES = {key: name for key, name, _, _ in POSITIONS}


@dataclass(slots=True)
class InABrowser:
    """`tests.journeys.offices.Office`, with a mouse and a keyboard."""

    chromium: Browser
    address: str
    database: Database
    pages: dict[str, Page] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def page(self, position: str) -> Page:
        """The position's own browser profile, signed in."""
        if position not in self.pages:
            context = self.chromium.new_context(base_url=self.address, locale="id-ID", timezone_id="Asia/Jakarta")
            context.set_default_timeout(20_000)
            context.on("weberror", lambda problem: self.problems.append(str(problem.error)))
            self.pages[position] = page = context.new_page()
            if position == ADMINISTRATOR:
                page.goto("/sign-in?next=/settings/clock")
                if not page.locator("[name=username]").is_visible():  # in a demo it is folded away
                    page.locator("details:has([name=username]) summary").click()
                page.fill("[name=username]", ADMINISTRATOR)
                page.fill("[name=password]", PASSWORD)
                page.keyboard.press("Enter")
            else:
                page.goto("/roles")
                page.get_by_role("button", name=person(self.database, position).name, exact=False).click()
            expect(page.locator("h1")).to_be_visible()
        return self.pages[position]

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()

    def start(self, process: str, *, by: str) -> int:
        page = self.page(by)
        page.goto(f"/processes/{process}")
        page.locator(f"form[action='/processes/{process}/start'] button").click()
        page.wait_for_url("**/tasks/*")
        return case_of(links(page))

    def waiting(self, case: int, *, by: str) -> list[Waiting]:
        page = self.page(by)
        found: dict[int, None] = {}
        for address in ("/tasks", "/tasks?scope=unit"):
            page.goto(address)
            hrefs = [link for link in links(page) if link.startswith("/tasks/") and link.rpartition("/")[2].isdigit()]
            found |= dict.fromkeys(int(link.rpartition("/")[2]) for link in hrefs)
        waiting = []
        for task in sorted(found):
            page.goto(f"/tasks/{task}")
            if case_of(links(page)) == case:
                waiting.append(Waiting(task, page.locator("h1").inner_text().strip()))
        return waiting

    def complete(self, task: int, answers: Answers, *, by: str) -> None:
        page = self.page(by)
        page.goto(f"/tasks/{task}")
        form = page.locator("#task-form")
        for name, value in answers.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                fill_rows(form, name, value)
            else:
                fill(form, name, value)
        page.locator("[data-send]").click()
        page.wait_for_load_state()
        if page.locator(".error-summary").count():
            raise Refused(page.locator(".error-summary").inner_text())
        page.wait_for_url(f"**/tasks/{task}/sent*")

    def alerts(self, case: int) -> list[Alert]:
        return told_in(self.database, case)

    def state(self, case: int) -> str:
        page = self.page("camat")
        page.goto(f"/cases/{case}")
        return "completed" if page.locator(".task-states .status-done").count() else "active"

    def pass_next_deadline(self) -> None:
        """An administrator presses the training clock's button; the worker looks."""
        page = self.page(ADMINISTRATOR)
        page.goto("/settings/clock")
        page.locator("button[value=next]").click()
        page.wait_for_load_state()
        Worker(self.database).run_once()


def links(page: Page) -> list[str]:
    found: list[str] = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href') || '')")
    return found


def fill(form: Locator, name: str, value: Any) -> None:
    """Type, choose or tick what a person would."""
    control = form.locator(f"[name='{name}']")
    kind = control.first.evaluate("c => c.tagName == 'INPUT' ? c.type : c.tagName.toLowerCase()")
    if kind == "select":
        control.select_option(value)
    elif kind in ("radio", "checkbox"):
        wanted = value if isinstance(value, list) else [value]
        for option in control.all():
            on = option.get_attribute("value") in wanted
            if kind == "checkbox" or on:
                option.set_checked(on)
    else:
        control.fill(value)


def fill_rows(form: Locator, key: str, rows: list[Mapping[str, Any]]) -> None:
    """Add or remove rows until there are as many as wanted, then fill them; fixed rows are found by their unit."""
    table = form.locator(f"[data-rows='{key}']")
    standing = table.locator("[data-rows-body] > [data-row]")
    if "item" in rows[0]:
        for row in rows:
            mine = standing.filter(has_text=NAMES[row["item"]])
            for cell, value in row.items():
                if cell != "item":
                    name = mine.locator(f"[name^='{key}-'][name$='-{cell}']").first.get_attribute("name")
                    assert name
                    fill(form, name, value)
        return
    while standing.count() > len(rows):
        before = standing.count()
        standing.last.locator("[data-remove-row]").click()
        expect(standing).to_have_count(before - 1)
    while standing.count() < len(rows):
        before = standing.count()
        table.locator("[data-add-row]").click()
        expect(standing).to_have_count(before + 1)
    for index, row in enumerate(rows):
        for cell, value in row.items():
            fill(form, f"{key}-{index}-{cell}", value)
