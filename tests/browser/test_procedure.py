"""The first procedure by the people of all positions, in a real browser; the training clock lets every step be late."""

from __future__ import annotations

from playwright.sync_api import Browser

from engine import definitions
from engine.db import Database
from engine.identity import SYSTEM
from engine.model import SettingRow
from engine.office import TRAINING
from tests.browser.offices import InABrowser
from tests.journeys.conftest import ROOT
from tests.journeys.procedure import NOTE, RETURNED, walk


def test_the_office_delivers_its_data_with_every_step_late(chromium: Browser, address: str, office: Database) -> None:
    with office.begin(SYSTEM) as uow:
        definitions.deploy_seeds(uow, ROOT / "processes", ROOT / "forms")
        uow.session.merge(SettingRow(key=TRAINING, value=True))
    people = InABrowser(chromium, address, office)

    def look(case: int, moment: str) -> None:
        if moment == "returned":
            (task,) = people.waiting(case, by=RETURNED[0])
            page = people.page(RETURNED[0])
            page.goto(f"/tasks/{task.id}")
            assert NOTE in page.locator("#task-form").inner_text(), "the checker's note stands on the returned form"
            assert page.locator("[name='indikator-0-target_tahunan']").input_value() == "90", (
                "the earlier rows are there"
            )

    walk(people, late=True, seen=look)
    people.close()
    assert not people.problems
