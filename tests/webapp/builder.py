"""The form builder in one window, as a browser without scripts uses it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine import seeds
from engine.db import Database
from engine.drafting import designs
from engine.identity import SYSTEM
from forms import editing
from forms.tree import Part
from tests.conftest import ROOT
from tests.office import person
from tests.webapp.test_design import Desk

LEAVE = "permohonan_cuti"
OWNER = "pengelola_sop"


class Builder:
    """The builder in one window, as a browser without scripts uses it."""

    def __init__(self, app: Flask, form: str = "", *, who: str = OWNER, process: str = LEAVE) -> None:
        self.desk, self.process = Desk(app, who), process
        self.database: Database = app.extensions["alur.database"]
        self.who, self.form, self.revision, self.at, self.name = who, form, 0, "", ""
        if not form:
            answer = self.post(f"/design/{process}/forms", {"name": "Lembar Periksa"})
            self.form = answer.headers["Location"].rpartition("/")[2]
        self.look()

    @property
    def address(self) -> str:
        return f"/design/{self.process}/forms/{self.form}"

    def look(self, at: str = "") -> str:
        """Open the page, with a field chosen, and remember what it carries."""
        page = self.desk.client.get(self.address, query_string={"at": at}).text
        self.revision, self.at, self.name = (
            int(value_in(page, "_revision")),
            value_in(page, "_at"),
            value_in(page, "_name"),
        )
        return page

    def post(self, address: str, data: dict[str, Any]) -> TestResponse:
        sent = {"csrf_token": self.desk.token, "_revision": str(self.revision), **data}
        return self.desk.client.post(address, data=sent)

    def press(self, name: str, value: str = "1", **typed: str) -> TestResponse:
        """A button of the page, with what stands in the settings of the chosen field."""
        return self.post(self.address, {"_at": self.at, "_name": self.name, **typed, name: value})

    def done(self, name: str, value: str = "1", **typed: str) -> str:
        """A button that is taken: gives the page that follows."""
        answer = self.press(name, value, **typed)
        assert answer.status_code == 303, answer.text[-2000:]
        at = answer.headers["Location"].partition("at=")[2]
        return self.look(at)

    def add(self, kind: str, where: str = "", **typed: str) -> str:
        page = self.done("_add", kind, **({"_where": where} if where else {}))
        return self.done("_save", **typed) if typed else page

    @property
    def text(self) -> str:
        with self.database.read(person(self.database, self.who)) as uow:
            return designs.open_design(uow, self.process).forms[self.form]

    @property
    def parts(self) -> tuple[Part, ...]:
        return editing.parts(self.text)

    @property
    def keys(self) -> list[str | None]:
        return [part.key for part in editing.walk(self.parts)]


def value_in(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


@pytest.fixture
def builder_app(app: Flask, office: Database) -> Flask:
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    return app


@pytest.fixture
def builder(builder_app: Flask) -> Builder:
    """A new, empty form."""
    return Builder(builder_app)


def row(field: str, sign: str = "", value: str = "", number: int = 0) -> dict[str, str]:
    return {f"s-hide-{number}-field": field, f"s-hide-{number}-sign": sign, f"s-hide-{number}-value": value}
