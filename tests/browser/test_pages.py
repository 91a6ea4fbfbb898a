"""Every page of the app, wide and narrow, light and dark: readable by everybody, whole, light, and without errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.readable import serious
from tests.browser.scenes import SCENES, Scene
from tests.browser.stage import WIDTHS, Stage

BUDGET = 150 * 1024
#: what a label is for a field, as browsers and screen readers reckon it
UNLABELLED = """() => [...document.querySelectorAll('input, select, textarea')]
    .filter((field) => !['hidden', 'submit', 'button'].includes(field.type) && !field.closest('template'))
    .filter((field) => !field.labels?.length && !field.matches('[aria-label], [aria-labelledby]'))
    .map((field) => field.outerHTML.slice(0, 120))"""
#: elements that reach over the right edge and can't be scrolled to within a frame of their own
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const framed = (one) => {
        for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
            if (getComputedStyle(up).overflowX !== 'visible') return true;
        return false;
    };
    return ['page is ' + document.documentElement.scrollWidth + ' wide', ...[...document.body.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > room + 1 && !framed(one)).slice(-5)
        .map((one) => one.outerHTML.slice(0, 120))];
}"""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_page_can_be_read_by_everybody(stage: Stage, scene: Scene) -> None:
    with stage.profile(scene.by, width=WIDTHS[0], demo=scene.demo) as context, watched(context.new_page()) as page:
        response = stage.play(page, scene, stage.database)
        assert response.status == scene.status
        assert page.locator("h1").count() == 1
        assert page.locator("h1").inner_text().strip()
        assert page.title().removesuffix("· Alur").strip()
        for width in WIDTHS:
            # The same page in a narrower window: styles ask for the width, no script but one that folds a part away.
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate(UNLABELLED) == []
            assert page.evaluate(TOO_WIDE) == [], f"at {width} px"
            assert serious(page) == [], f"at {width} px"
        # Schemes differ in colours alone, and those are the same at each width.
        page.emulate_media(color_scheme="dark")
        assert serious(page, ["color-contrast"]) == [], "in the dark"


def test_a_wide_table_is_read_on_a_phone_from_top_to_bottom(stage: Stage) -> None:
    scene = next(scene for scene in SCENES if scene.name == "formulir-draf")
    with stage.profile(scene.by, width=WIDTHS[1], demo=scene.demo) as context:
        page = context.new_page()
        stage.play(page, scene, stage.database)
        frames = page.locator(".task-form .scroll-frame:has(.reading)")
        expect(frames).to_have_count(2)
        for frame in frames.all():
            assert frame.evaluate("one => one.scrollWidth <= one.clientWidth"), "nothing lies beside the window"


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """Fail when the console says an error, or when all that was loaded for one page is heavier than the budget."""
    said: list[str] = []
    answers: list[Response] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda response: answers.append(response))
    yield page
    # A refused or missing page is told to the console too; that is what was asked for. What a page needs must be there.
    assert [text for text in said if "Failed to load resource" not in text] == []
    needed = [r for r in answers if r.request.method == "GET" and r.request.resource_type != "document"]
    assert [r.url for r in needed if r.status >= 400] == []
    weights: dict[str, int] = {}
    for response in answers:
        # As it travelled, compressed; what comes from the cache the second time weighs nothing.
        weights[response.url] = max(weights.get(response.url, 0), response.request.sizes()["responseBodySize"])
    assert sum(weights.values()) < BUDGET, weights
