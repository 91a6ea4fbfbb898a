"""What every answer carries, and the pages for what goes wrong."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import seeds
from engine.db import Database
from engine.errors import AlurError, Conflict, InvalidInput, NotAllowed, NotFound, TaskAlreadyClaimed, TaskNotOpen
from engine.identity import SYSTEM
from engine.worker import Worker
from tests.conftest import ROOT
from tests.webapp.conftest import MakeApp, Visit
from webapp import troubles
from webapp.responses import version_of

BUDGET = 150_000  #: bytes of a page with all it needs, compressed
SENT = {"Accept-Encoding": "gzip"}


@pytest.fixture
def client(visit: Visit) -> FlaskClient:
    """The browser of a signed-in person."""
    found: FlaskClient = visit("camat").transport.client  # type: ignore[attr-defined]
    return found


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/guide").text)
    assert found
    return found[1]


def look(client: FlaskClient, url: str, **headers: str) -> TestResponse:
    """A page or file, read to its end and closed."""
    return client.get(url, headers=headers, buffered=True)


@pytest.mark.parametrize("url", ["/guide", "/nowhere", "/static/theme.css"])
def test_every_answer_forbids_foreign_scripts_and_frames(client: FlaskClient, url: str) -> None:
    headers = look(client, url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_carries_scripts_or_styles_in_its_text(client: FlaskClient) -> None:
    for url in ("/guide", "/sign-in", "/roles", "/nowhere"):
        text = client.get(url, follow_redirects=True).text
        assert "<style" not in text and " style=" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text) and not re.search(r"\son\w+=", text)


def test_pages_are_never_kept_by_a_cache_but_static_files_are_for_a_year(client: FlaskClient) -> None:
    page = client.get("/guide")
    assert page.headers["Cache-Control"] == "no-store"
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text)
    assert addresses
    for address in addresses:
        assert "?v=" in address, address
        assert "immutable" in look(client, address).headers["Cache-Control"]


def test_static_files_get_a_new_address_when_they_change(tmp_path: Path) -> None:
    file = tmp_path / "theme.css"
    file.write_text("a")
    before = version_of(str(tmp_path), "theme.css")
    file.write_text("b, longer")
    assert version_of(str(tmp_path), "theme.css") != before
    assert version_of(str(tmp_path), "missing.css") == ""


def test_a_page_with_all_it_needs_stays_within_the_budget(client: FlaskClient) -> None:
    page = look(client, "/guide", **SENT)
    assert page.headers["Content-Encoding"] == "gzip"
    text = gzip.decompress(page.data).decode()
    parts = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
    assert any("htmx" in part for part in parts)
    weight = len(page.data) + sum(len(look(client, part, **SENT).data) for part in parts)
    assert weight < BUDGET / 2, "the frame alone must leave room for what stands in it"


def test_an_unknown_page_says_so_in_the_persons_language(client: FlaskClient) -> None:
    answer = client.get("/berkas/entah")
    assert answer.status_code == 404 and "Halaman tidak ditemukan" in answer.text
    client.post("/language", data={"language": "en", "csrf_token": token(client)})
    answer = client.get("/berkas/entah")
    assert answer.status_code == 404 and "Page not found" in answer.text


def test_what_nobody_foresaw_shows_a_number_and_no_traceback(app: Flask, client: FlaskClient) -> None:
    def break_down() -> str:
        raise RuntimeError("a secret of the machine")

    app.view_functions["guide.index"], kept = break_down, app.view_functions["guide.index"]
    try:
        answer = client.get("/guide")
    finally:
        app.view_functions["guide.index"] = kept
    assert answer.status_code == 500
    assert re.search(r"nomor [0-9A-F]{8}", answer.text)
    assert "secret" not in answer.text and "Traceback" not in answer.text


def test_a_database_that_is_away_still_leaves_a_page_that_says_so(make_app: MakeApp, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path}/no/such/folder/alur.db")
    client = make_app(away).test_client()
    answer = client.get("/sign-in")
    assert answer.status_code == 503 and "Basis data tidak dapat dihubungi" in answer.text
    assert answer.headers["Retry-After"]
    client.set_cookie("alur_session", "whatever")
    answer = client.get("/tasks")
    assert answer.status_code == 503 and "coba lagi" in answer.text
    away.dispose()


def test_monitors_are_told_that_the_database_is_away(make_app: MakeApp, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path}/no/such/folder/alur.db")
    answer = make_app(away).test_client().get("/health")
    assert (answer.status_code, answer.json) == (503, {"web": True, "database": False, "worker": False})
    away.dispose()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("task", 1), 404),
        (NotAllowed("Siti", "open the settings"), 403),
        (Conflict("changed"), 409),
        (TaskAlreadyClaimed(1, "Budi"), 409),
        (InvalidInput("name", "Enter a name."), 422),
    ],
)
def test_each_error_of_the_engine_has_its_status(error: AlurError, status: int) -> None:
    assert troubles.status_of(error) == status


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TaskAlreadyClaimed(1, "Budi Santoso"), "Budi Santoso lebih dahulu"),
        (TaskNotOpen(1, "completed", "Siti", by_actor=True), "Sudah terkirim"),
        (TaskNotOpen(1, "completed", "Siti"), "Siti sudah menyelesaikannya"),
        (TaskNotOpen(1, "cancelled"), "tugas ditarik"),
    ],
)
def test_losing_a_race_is_told_with_the_name_of_who_won(
    app: Flask, client: FlaskClient, error: AlurError, said: str
) -> None:
    def lose() -> str:
        raise error

    app.view_functions["guide.index"], kept = lose, app.view_functions["guide.index"]
    try:
        answer = client.get("/guide")
        part = client.get("/guide", headers={"HX-Request": "true"})
    finally:
        app.view_functions["guide.index"] = kept
    assert answer.status_code == 409 and said in answer.text
    assert said in part.text and "<html" not in part.text, "a part of a page gets a part"


def test_a_form_of_two_hundred_rows_is_read_and_an_enormous_one_refused_kindly(client: FlaskClient) -> None:
    fields = {f"baris.{row}.{column}": "isi " * 20 for row in range(200) for column in range(14)}
    answer = client.post("/theme", data=fields | {"theme": "light", "csrf_token": token(client)})
    assert answer.status_code == 302
    answer = client.post("/theme", data={"theme": "x" * 9_000_000, "csrf_token": token(client)})
    assert answer.status_code == 413 and "Terlalu besar" in answer.text


def test_a_part_of_a_page_asked_for_after_the_session_ended_leads_to_the_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/guide", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and answer.headers["HX-Redirect"].startswith("/sign-in")


def test_health_tells_a_monitor_when_the_worker_stands(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/health").status_code == 503
    Worker(app.extensions["alur.database"]).run_once()
    assert client.get("/health").json == {"web": True, "database": True, "worker": True}


def test_every_page_has_one_heading_landmarks_and_a_way_past_the_navigation(visit: Visit) -> None:
    visitor = visit("administrator")
    for url in ("/guide", "/settings", "/settings/people", "/settings/positions/1", "/settings/office", "/nowhere"):
        root = visitor.open(url).root
        assert len(root.xpath("//h1")) == 1, url
        assert root.xpath("count(//main)") == 1 and root.xpath("//nav[@aria-label]") and root.xpath("//header")
        assert root.xpath("//a[@class='skip'][@href='#content']") and root.xpath("//main[@id='content']")
        assert root.xpath("string(//title)").endswith("· Alur")


def test_the_guide_of_ones_role_opens_first(office: Database, visit: Visit) -> None:
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    for who, chosen in (
        ("administrator", "Administrator"),
        ("pengelola_sop", "Pengelola SOP"),
        ("camat", "Atasan"),
        ("lurah_jogoyudan", "Staf"),
    ):
        root = visit(who).open("/guide").root
        assert root.xpath("string(//nav[@aria-label='Panduan']//a[@aria-current])").strip() == chosen
