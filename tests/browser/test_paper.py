"""The process as text, on paper: nothing that is only for the screen, and no step cut in two by the end of a page."""

from __future__ import annotations

from tests.browser.stage import Stage

SCREEN = ".top, .rail, .tabs, .back-line, .skip, button, .button, .screen-only"
CUT = """() => [...document.querySelectorAll('.outline-line')].filter((line) => {
    const whole = (one) => ['avoid', 'avoid-page'].includes(getComputedStyle(one).breakInside);
    return !whole(line.querySelector(':scope > .outline-own'))
        || !(whole(line) || line.querySelector(':scope > .outline:not(.outline-borders), :scope > .outline-part'));
}).map((line) => line.id)"""


def test_the_process_as_text_prints_whole_steps_and_nothing_of_the_screen(stage: Stage) -> None:
    with stage.profile("kasubag_umum") as context:
        page = context.new_page()
        page.goto("/processes/pengumpulan_data_kinerja/outline")
        assert page.locator(".outline-line.is-step").count() > 6
        page.emulate_media(media="print")
        assert [one for one in page.locator(SCREEN).all() if one.is_visible()] == []
        assert page.evaluate(CUT) == []
