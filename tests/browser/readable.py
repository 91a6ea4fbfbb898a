"""What keeps somebody from reading or using a page: what axe finds, and colours too close to each other."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

SERIOUS = ("serious", "critical")
#: judged in the page: only what is wrong comes back, and no style sheet is fetched a second time for it
JUDGE = """only => axe.run({resultTypes: ['violations'], preload: false, ...(only && {runOnly: only})})
    .then((found) => found.violations)"""
SCRIPT = Axe().axe_script


def serious(page: Page, only: Sequence[str] | None = None) -> list[tuple[str, str, str]]:
    """(rule, what it asks for, the first element at fault) of each finding; `only` names the rules to judge by."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SCRIPT)
    found = page.evaluate(JUDGE, list(only) if only else None)
    return [(v["id"], v["help"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in SERIOUS]


def shade(page: Page, part: Locator) -> tuple[float, float]:
    """Of what is seen of a part: the contrast between its darkest and its lightest dot, and how light most of it is."""
    picture = base64.b64encode(part.screenshot()).decode()
    apart, most = page.evaluate(
        """async (picture) => {
            const image = new Image();
            image.src = `data:image/png;base64,${picture}`;
            await image.decode();
            const brush = document.createElement("canvas").getContext("2d");
            Object.assign(brush.canvas, { width: image.width, height: image.height });
            brush.drawImage(image, 0, 0);
            const { data } = brush.getImageData(0, 0, image.width, image.height);
            const linear = (one) => (one <= 10 ? one / 3294 : ((one / 255 + 0.055) / 1.055) ** 2.4);
            const all = [];
            for (let at = 0; at < data.length; at += 4)
                all.push(0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]));
            all.sort((one, other) => one - other);
            return [(all.at(-1) + 0.05) / (all[0] + 0.05), all[all.length >> 1]];
        }""",
        picture,
    )
    return apart, most
