"""A real Chromium on a real server. Both live as long as they are needed; each test has its own database."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from waitress import wasyncore
from waitress.server import create_server

from engine.db import Database
from webapp import create_app
from webapp.settings import WebSettings

#: names under which systems install it
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "There is no Chromium here. Type: .venv/bin/playwright install --with-deps chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # One Chromium for all of them, however many processes run tests.
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run: the installed one, else Playwright's own."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, INSTALLED)), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=arguments)
        except Error as error:
            pytest.fail(f"{HOW_TO_GET_ONE}\n{error}", pytrace=False)
        yield browser
        browser.close()


@pytest.fixture
def address(office: Database) -> Iterator[str]:
    """The small office in demo mode, served on a free port: `http://127.0.0.1:...`."""
    settings = WebSettings(secret_key="for tests only", database_url=office.url, demo=True)
    channels: dict[int, object] = {}
    server = create_server(create_app(settings, office), map=channels, host="127.0.0.1", port=0, threads=4)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.05, map=channels, count=1)

    thread = threading.Thread(target=run, name="live-server")
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    stop.set()
    thread.join()
    server.task_dispatcher.shutdown()
    wasyncore.close_all(channels)


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A fresh browser profile at desktop size, in Bahasa Indonesia, that fails on any error of a page's script."""
    context = chromium.new_context(
        base_url=address, locale="id-ID", timezone_id="Asia/Jakarta", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(10_000)
    problems: list[str] = []
    context.on("weberror", lambda problem: problems.append(str(problem.error)))
    yield context
    context.close()
    assert not problems


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
