"""Photographs of all pages of a demo office: `python -m tests.browser.screenshots OUTDIR [NAME...]`.

`python -m tests.browser.screenshots readme` takes those of README.md anew.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import sync_playwright

from engine.clock import SetClock
from engine.db import Database, migrate
from engine.worker import Worker
from tests.browser.conftest import launch
from tests.browser.gallery import open_gallery
from tests.browser.scenes import SCENES, Scene
from tests.browser.server import serve
from tests.browser.stage import SCHEMES, WIDTHS, Scheme, Stage

#: a Tuesday morning: the office is open, nobody is on leave
MOMENT = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
TALLEST = 6000
DOCS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
#: file in docs/screenshots -> the scene, the window's width and height, light or dark
README: dict[str, tuple[str, int, int, Scheme]] = {
    "tugas": ("tugas-saya", 1280, 480, "light"),
    "berkas": ("berkas-dikembalikan", 1280, 1000, "light"),
    "formulir": ("formulir-data-unit", 390, 844, "dark"),
    "terlambat": ("terlambat", 1280, 700, "light"),
}


def main(words: Sequence[str]) -> int:
    """Take them all, or only the named ones, into OUTDIR as NAME-WIDTH-SCHEME.png."""
    if not words:
        print(__doc__)
        return 2
    readme = list(words) == ["readme"]
    folder, names = Path(words[0]), set(words[1:])
    unknown = names - {scene.name for scene in SCENES}
    if unknown:
        print(f"No such page: {', '.join(sorted(unknown))}. Known: {', '.join(scene.name for scene in SCENES)}")
        return 2
    if not readme:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        url = f"sqlite:///{temporary}/office.db"
        migrate(url)
        database = Database(url, SetClock(MOMENT))
        open_gallery(database)
        with sync_playwright() as playwright, serve(database) as demo, serve(database, demo=False) as real:
            browser = launch(playwright)
            stage = Stage(browser, database, {True: demo, False: real})
            for scene in () if readme else SCENES:
                if not names or scene.name in names:
                    take(stage, scene, folder)
            for file, wanted in README.items() if readme else ():
                picture(stage, file, *wanted)
            browser.close()
        database.dispose()
    return 0


def picture(stage: Stage, file: str, name: str, width: int, height: int, scheme: Scheme) -> None:
    """One of README.md: the upper part of a page, as a window of that size shows it."""
    scene = next(scene for scene in SCENES if scene.name == name)
    Worker(stage.database).run_once()
    with stage.profile(scene.by, width=width) as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        stage.play(page, scene, stage.database)
        page.screenshot(path=DOCS / f"{file}.png")
    print(file)


def take(stage: Stage, scene: Scene, folder: Path) -> None:
    """One page at every width, light and dark."""
    for width in WIDTHS:
        with stage.profile(scene.by, width=width, demo=scene.demo) as context:
            page = context.new_page()
            stage.play(page, scene, stage.database)
            # As tall as the page, so that what sticks to the foot of the window stands at the foot of the picture.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": min(max(height, 740), TALLEST)})
            page.evaluate("window.scrollTo(0, 0)")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=folder / f"{scene.name}-{width}-{scheme}.png", full_page=True)
    print(scene.name)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
