"""Somebody without a script: opens pages, fills in their forms, presses their buttons, exactly as the HTML offers."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Protocol
from urllib.parse import urlencode, urljoin

from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    url: str
    body: bytes


class Transport(Protocol):
    def send(self, method: str, url: str, pairs: Pairs, files: Mapping[str, tuple[str, bytes]]) -> Answer:
        """Ask, follow redirects, keep cookies."""
        ...


class InProcess:
    """Over Flask's test client."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def send(self, method: str, url: str, pairs: Pairs, files: Mapping[str, tuple[str, bytes]]) -> Answer:
        import io

        data: dict[str, list[object]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        for name, (filename, content) in files.items():
            data.setdefault(name, []).append((io.BytesIO(content), filename))
        if method == "GET":
            response = self.client.get(url, follow_redirects=True)
        else:
            kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
            response = self.client.post(
                url, data=data, content_type=kind, headers={"Referer": "http://localhost/"}, follow_redirects=True
            )
        return Answer(response.status_code, response.request.path, response.data)


class OverTheWire:
    """Over HTTP to a running server; its being away shows as OSError."""

    def __init__(self, address: str, timeout: float = 20) -> None:
        self.address, self.timeout = address, timeout
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def send(self, method: str, url: str, pairs: Pairs, files: Mapping[str, tuple[str, bytes]]) -> Answer:
        assert not files, "files go over the test client"
        body = urlencode(pairs).encode() if method == "POST" else None
        request = urllib.request.Request(urljoin(self.address, url), body, {"Referer": self.address + "/"})
        try:
            with self.opener.open(request, timeout=self.timeout) as response:
                return Answer(response.status, response.url, response.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.url, refused.read())


@dataclass(slots=True)
class Page:
    """What the visitor sees."""

    status: int
    url: str
    root: HtmlElement

    @property
    def text(self) -> str:
        """All words of the page, without scripts and with single spaces."""
        parts = self.root.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
        return re.sub(r"\s+", " ", " ".join(parts)).strip()

    def links(self, pattern: str) -> list[str]:
        """Targets of links that match the whole pattern, each once, in order."""
        found = [href for href in self.root.xpath("//a/@href") if re.fullmatch(pattern, href)]
        return list(dict.fromkeys(found))

    def form(self, action: str) -> HtmlElement:
        """The form that posts to `action` (a pattern for the whole path)."""
        for form in self.root.forms:
            if form.method.upper() == "POST" and re.fullmatch(action, form.get("action") or self.url):
                return form
        raise AssertionError(f"no form posts to {action} on {self.url} ({self.status}): {self.text[:600]}")

    def actions(self) -> list[str]:
        return [form.get("action") or self.url for form in self.root.forms if form.method.upper() == "POST"]

    @property
    def problems(self) -> str:
        """The words of the error summary; empty where there is none."""
        found = self.root.xpath("//*[contains(concat(' ', @class, ' '), ' error-summary ')]")
        return " ".join(found[0].text_content().split()) if found else ""


@dataclass(slots=True)
class Visitor:
    """`home` is the page they see before they have opened any."""

    transport: Transport
    home: str = "/"
    _page: Page | None = field(default=None, init=False)

    @property
    def page(self) -> Page:
        return self._page if self._page is not None else self.open(self.home)

    def back_to(self, page: Page) -> None:
        """Press the browser's back button: the page as it was, nothing is asked."""
        self._page = page

    def open(self, url: str) -> Page:
        return self._see(self.transport.send("GET", url, [], {}))

    def press(
        self,
        action: str,
        answers: Mapping[str, object] | None = None,
        *,
        button: tuple[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Page:
        """Post the form to `action` with what stands in it, changed by `answers` (names as in the page).

        A list answers a group of checkboxes; None leaves the field out.
        """
        form = self.page.form(action)
        pairs = standing(form)
        for name, value in (answers or {}).items():
            pairs = [pair for pair in pairs if pair[0] != name]
            values: Iterable[object] = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, str(one)) for one in values if one is not None]
        if button:
            pairs.append(button)
        return self._see(self.transport.send("POST", form.get("action") or self.page.url, pairs, files or {}))

    def _see(self, answer: Answer) -> Page:
        self._page = Page(answer.status, answer.url, html.fromstring(answer.body or b"<html><body></body></html>"))
        return self._page


def standing(form: HtmlElement) -> Pairs:
    """What a browser would send of a form as it stands, in the order of the page."""
    pairs: Pairs = []
    for element in form.xpath(".//input | .//select | .//textarea"):
        name = element.get("name")
        if not name or "disabled" in element.attrib or element.xpath("ancestor::template"):
            continue
        if element.tag == "select":
            pairs += [(name, option.get("value", option.text or "")) for option in selected(element)]
        elif element.tag == "textarea":
            pairs.append((name, (element.text or "").removeprefix("\n")))
        elif element.get("type") in ("checkbox", "radio"):
            if "checked" in element.attrib:
                pairs.append((name, element.get("value", "on")))
        elif element.get("type") not in ("submit", "button", "reset", "image", "file"):
            pairs.append((name, element.get("value", "")))
    return pairs


def selected(element: HtmlElement) -> list[HtmlElement]:
    options: list[HtmlElement] = element.xpath(".//option")
    chosen = [option for option in options if "selected" in option.attrib]
    if chosen or "multiple" in element.attrib:
        return chosen
    return options[:1]
