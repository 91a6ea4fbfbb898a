"""What axe finds on a page that keeps somebody from reading or using it."""

from __future__ import annotations

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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
