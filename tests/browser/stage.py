"""Opens a scene: the right person, the right width, light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, Response
from sqlalchemy import select

from engine.db import Database
from engine.identity import NOBODY
from engine.model import PersonRow
from engine.people import sign_in
from tests.browser.scenes import Scene
from webapp.context import COOKIE

Scheme = Literal["light", "dark"]
WIDTHS = (1280, 360)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Stage:
    """`addresses` by whether demo mode is on."""

    browser: Browser
    database: Database
    addresses: dict[bool, str]

    @contextmanager
    def profile(
        self, by: str | None, *, width: int = 1280, demo: bool = True, scripts: bool = True
    ) -> Iterator[BrowserContext]:
        """A fresh browser profile, signed in as the holder of a position whose username is its key."""
        context = self.browser.new_context(
            base_url=self.addresses[demo],
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            viewport={"width": width, "height": 900 if width > 700 else 740},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        if by:
            context.add_cookies([{"name": COOKIE, "value": self._token(by), "url": self.addresses[demo]}])
        try:
            yield context
        finally:
            context.close()

    def _token(self, by: str) -> str:
        with self.database.begin(NOBODY) as uow:
            person = uow.session.scalars(select(PersonRow.id).where(PersonRow.username == by)).one()
            return sign_in.enter_demo(uow, person, "tests")

    @staticmethod
    def play(page: Page, scene: Scene, database: Database) -> Response:
        """Go where the scene is and do what it does; gives what the server answered at first."""
        response = page.goto(scene.path(database))
        assert response is not None
        if scene.act:
            scene.act(page)
        page.wait_for_load_state()
        return response
