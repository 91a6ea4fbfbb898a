"""A real Chromium on a real server. Both live as long as they are needed; each test has its own database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from engine import seeds
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from engine.model import SettingRow
from engine.office import TRAINING
from tests.browser.server import serve
from tests.browser.stage import Stage
from tests.conftest import ROOT, WIB

#: names under which systems install it; the shell is the same browser without its windows, a third quicker
INSTALLED = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: milliseconds: a machine that does much else is slow, not broken
PATIENCE = 30_000
HOW_TO_GET_ONE = "There is no Chromium here. Type: .venv/bin/playwright install --with-deps chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def launch(playwright: Playwright) -> Browser:
    """The installed Chromium, else Playwright's own."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, INSTALLED)), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]
    return playwright.chromium.launch(executable_path=path, args=arguments)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except Error as error:
            pytest.fail(f"{HOW_TO_GET_ONE}\n{error}", pytrace=False)
        yield browser
        browser.close()


@pytest.fixture
def address(office: Database) -> Iterator[str]:
    """The small office in demo mode, served on a free port: `http://127.0.0.1:...`."""
    with serve(office) as address:
        yield address


@pytest.fixture
def working(office: Database) -> Database:
    """The small office with both procedures in force, its clock free to be moved."""
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
        uow.session.merge(SettingRow(key=TRAINING, value=True))
    return office


@pytest.fixture
def new_profile(chromium: Browser, address: str) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser profiles at desktop size or of a phone, in Bahasa Indonesia; an error of a page's script fails."""
    profiles: list[BrowserContext] = []
    problems: list[str] = []

    def make(*, scripts: bool = True, phone: bool = False) -> BrowserContext:
        profile = chromium.new_context(
            base_url=address,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            viewport={"width": 360, "height": 740} if phone else {"width": 1280, "height": 900},
            has_touch=phone,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        profile.set_default_timeout(PATIENCE)
        profile.on("weberror", lambda problem: problems.append(str(problem.error)))
        profiles.append(profile)
        return profile

    yield make
    for profile in profiles:
        profile.close()
    assert not problems


@pytest.fixture
def context(new_profile: Callable[..., BrowserContext]) -> BrowserContext:
    """A fresh browser profile."""
    return new_profile()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="module")
def gallery(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demo office on a Tuesday morning, with something on every page; one for all tests of a module."""
    from tests.browser.gallery import open_gallery

    path = tmp_path_factory.mktemp("gallery") / "office.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}", SetClock(datetime(2026, 3, 10, 9, 0, tzinfo=WIB)))
    open_gallery(database)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def stage(chromium: Browser, gallery: Database) -> Iterator[Stage]:
    """The demo office, served in demo mode and as a real office would be."""
    with serve(gallery) as demo, serve(gallery, demo=False) as real:
        yield Stage(chromium, gallery, {True: demo, False: real})
