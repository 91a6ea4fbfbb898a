"""The first thing anybody sees."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_the_first_page_opens(page: Page) -> None:
    page.goto("/")
    expect(page.locator("h1")).to_have_count(1)
