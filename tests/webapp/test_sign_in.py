"""Signing in and out: who gets in, for how long, and what a stranger learns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from engine.clock import SetClock
from engine.db import Database
from tests.office import ADMINISTRATOR, PASSWORD
from tests.visitor import InProcess, Visitor
from tests.webapp.conftest import MakeApp, Visit, enter


@pytest.fixture
def app(office: Database, make_app: MakeApp) -> Flask:
    """The office at work: no demo."""
    return make_app(office)


def sign_in(visitor: Visitor, username: str = ADMINISTRATOR, password: str = PASSWORD, url: str = "/sign-in") -> None:
    visitor.open(url)
    visitor.press("/sign-in", {"username": username, "password": password})


def test_the_right_password_opens_the_office(visit: Visit) -> None:
    visitor = visit()
    sign_in(visitor)
    assert "Admin Contoh" in visitor.page.text
    assert visitor.open("/settings").status == 200


@pytest.mark.parametrize("username", [ADMINISTRATOR, "siapa.saja"])
def test_a_refusal_does_not_tell_whether_the_name_exists(visit: Visit, username: str) -> None:
    visitor = visit()
    sign_in(visitor, username, "bukan kata sandinya")
    assert visitor.page.status == 422
    assert "Nama pengguna atau kata sandi salah" in visitor.page.problems
    assert visitor.page.root.get_element_by_id("f-username").get("value") == username
    assert not visitor.page.root.get_element_by_id("f-password").get("value")


def test_empty_answers_are_named_before_anything_is_tried(visit: Visit) -> None:
    visitor = visit()
    sign_in(visitor, "", "")
    assert visitor.page.status == 422
    assert "Isi nama pengguna Anda" in visitor.page.problems and "Isi kata sandi Anda" in visitor.page.problems


def test_five_failures_close_the_name_even_to_the_right_password_for_a_quarter_of_an_hour(
    visit: Visit, clock: SetClock
) -> None:
    visitor = visit()
    for _ in range(5):
        sign_in(visitor, password="bukan kata sandinya")
    sign_in(visitor)
    assert visitor.page.status == 429
    assert "Terlalu banyak percobaan" in visitor.page.problems
    clock.advance(timedelta(minutes=16))
    sign_in(visitor)
    assert "Admin Contoh" in visitor.page.text


def test_a_form_without_its_token_is_refused_and_changes_nothing(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/sign-in", data={"username": ADMINISTRATOR, "password": PASSWORD})
    assert answer.status_code == 400
    assert "Formulir ini sudah kedaluwarsa" in answer.text
    assert client.get("/settings").status_code == 302


def test_every_form_that_posts_carries_the_token(visit: Visit) -> None:
    visitor = visit()
    sign_in(visitor)
    for url in ("/settings/people", "/settings/people/2", "/settings/positions/2", "/settings/office", "/nowhere"):
        for form in visitor.open(url).root.forms:
            if form.method.upper() == "POST":
                assert form.xpath(".//input[@name='csrf_token']"), (url, form.get("action"))


def test_a_token_from_before_the_sign_in_is_worthless_after_it(app: Flask, visit: Visit) -> None:
    client = app.test_client()
    visitor = Visitor(InProcess(client))
    visitor.open("/sign-in")
    before = visitor.page.form("/sign-in").fields["csrf_token"]
    visitor.press("/sign-in", {"username": ADMINISTRATOR, "password": PASSWORD})
    assert client.post("/theme", data={"theme": "dark", "csrf_token": before}).status_code == 400


def test_a_session_ends_after_half_a_day_without_use_but_not_while_it_is_used(visit: Visit, clock: SetClock) -> None:
    visitor = visit()
    sign_in(visitor)
    for _ in range(3):
        clock.advance(timedelta(hours=7))
        assert "Admin Contoh" in visitor.open("/settings").text
    clock.advance(timedelta(hours=12, minutes=1))
    assert "Masuk ke Alur" in visitor.open("/settings").text


def test_signing_out_ends_the_session_on_the_server(app: Flask, visit: Visit) -> None:
    client = app.test_client()
    visitor = Visitor(InProcess(client))
    sign_in(visitor)
    cookie = client.get_cookie("alur_session")
    assert cookie is not None
    visitor.press("/sign-out")
    client.set_cookie("alur_session", cookie.value)
    assert client.get("/settings").status_code == 302


def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_http(office: Database, make_app: MakeApp) -> None:
    client = make_app(office, secure_cookies=True).test_client()
    page = client.get("/sign-in", base_url="https://localhost")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        data={"username": ADMINISTRATOR, "password": PASSWORD, "csrf_token": token},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/sign-in"},
    )
    cookie = next(h for h in answer.headers.getlist("Set-Cookie") if h.startswith("alur_session="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" in cookie


def test_a_page_asked_for_before_the_sign_in_is_opened_after_it(visit: Visit) -> None:
    visitor = visit()
    sign_in(visitor, url="/settings/people?query=camat")
    assert visitor.page.url == "/settings/people"
    assert visitor.page.root.xpath("//input[@name='query'][@value='camat']")


def test_signing_in_leads_to_no_other_site(app: Flask) -> None:
    for target in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil"):
        client = app.test_client()
        page = client.get("/sign-in", query_string={"next": target})
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(
            "/sign-in", data={"username": ADMINISTRATOR, "password": PASSWORD, "csrf_token": token, "next": target}
        )
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/", target


def test_outside_a_demo_nobody_takes_a_role_with_one_click(app: Flask, visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/sign-in")
    assert "Coba Alur" not in page.text and "/roles" not in str(page.actions())
    assert visitor.open("/roles").status == 404
    token = visitor.open("/sign-in").form("/sign-in").fields["csrf_token"]
    client = visitor.transport.client  # type: ignore[attr-defined]
    assert client.post("/roles/2", data={"csrf_token": token}).status_code == 404
    assert client.get_cookie("alur_session") is None


def test_in_a_demo_one_click_takes_a_role_and_another_changes_it(office: Database, make_app: MakeApp) -> None:
    visitor = enter(make_app(office, demo=True), "kasubag_umum")
    assert "Orang Kasubag Umum dan Kepegawaian" in visitor.page.text
    before = visitor.transport.client.get_cookie("alur_session").value  # type: ignore[attr-defined]
    page = visitor.open("/roles")
    camat = page.root.xpath("//form[.//*[normalize-space()='Camat']]/@action")[0]
    assert "Orang Camat" in visitor.press(camat).text
    client = visitor.transport.client  # type: ignore[attr-defined]
    client.set_cookie("alur_session", before)
    assert "Ganti peran" not in visitor.open("/guide").text, "the role left behind has no session any more"


def test_the_first_visit_of_an_empty_office_creates_its_administrator(database: Database, make_app: MakeApp) -> None:
    visitor = Visitor(InProcess(make_app(database).test_client()))
    assert "Siapkan Alur" in visitor.open("/").text
    answers = {"name": "Siti Rahma", "username": "siti.rahma", "password": "hujan di lereng", "again": "lain lagi"}
    visitor.press("/welcome", answers)
    assert visitor.page.status == 422 and "tidak sama" in visitor.page.problems
    assert visitor.page.root.get_element_by_id("f-name").get("value") == "Siti Rahma"
    visitor.press("/welcome", answers | {"again": "hujan di lereng", "password": "hujan di lereng"})
    assert "Siti Rahma" in visitor.page.text
    assert "Siapkan kantor Anda" in visitor.page.text, "nobody has told them yet what an office needs"
    assert {"/settings/positions", "/settings/people"} <= set(visitor.page.links("/settings/.*"))
    assert visitor.open("/settings/people").status == 200
    stranger = Visitor(InProcess(visitor.transport.client.application.test_client()))  # type: ignore[attr-defined]
    assert "Masuk ke Alur" in stranger.open("/welcome").text


def switch(visitor: Visitor, action: str, answers: dict[str, object]) -> None:
    """Press the other language below a form that is filled in."""
    (button,) = visitor.page.root.xpath("//button[@name='_language']")
    assert button.get("form") == visitor.page.form(action).get("id")
    visitor.press(action, answers, button=("_language", button.get("value")))


def test_another_language_on_the_first_visit_keeps_what_was_typed(database: Database, make_app: MakeApp) -> None:
    visitor = Visitor(InProcess(make_app(database).test_client()))
    visitor.open("/")
    switch(visitor, "/welcome", {"name": "Siti Rahma", "username": "siti", "password": "hujan di lereng"})
    assert visitor.page.status == 200 and "Set up Alur" in visitor.page.text and not visitor.page.problems
    assert visitor.page.root.get_element_by_id("f-name").get("value") == "Siti Rahma"
    assert not visitor.page.root.get_element_by_id("f-password").get("value"), "a password is never sent back"
    assert "Set up Alur" in visitor.open("/").text, "the choice is remembered"


def test_another_language_on_the_sign_in_page_keeps_the_name_and_where_one_was_going(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/settings/people")
    switch(visitor, "/sign-in", {"username": ADMINISTRATOR})
    assert visitor.page.status == 200 and "Sign in to Alur" in visitor.page.text and not visitor.page.problems
    visitor.press("/sign-in", {"password": PASSWORD})
    assert visitor.page.url == "/settings/people"


def test_ones_own_password_is_changed_with_the_old_one_and_other_devices_are_signed_out(visit: Visit) -> None:
    here, elsewhere = visit(), visit()
    sign_in(here)
    sign_in(elsewhere)
    new = "hujan di lereng semeru"
    here.open("/settings/password")
    here.press("/settings/password", {"old": "salah sekali", "new": new, "again": new})
    assert here.page.status == 422 and "kata sandi" in here.page.problems.lower()
    here.press("/settings/password", {"old": PASSWORD, "new": new, "again": new})
    assert "sudah diganti" in here.page.text
    assert here.open("/settings").status == 200
    assert "Masuk ke Alur" in elsewhere.open("/settings").text
    sign_in(elsewhere, password=new)
    assert "Admin Contoh" in elsewhere.page.text


def test_guessing_the_present_password_is_closed_like_signing_in(visit: Visit) -> None:
    visitor = visit()
    sign_in(visitor)
    new = "hujan di lereng semeru"
    for _ in range(5):
        visitor.open("/settings/password")
        visitor.press("/settings/password", {"old": "salah sekali", "new": new, "again": new})
    page = visitor.press("/settings/password", {"old": PASSWORD, "new": new, "again": new})
    assert page.status == 429
    assert "15 menit" in page.problems


def test_the_language_is_kept_with_the_person(visit: Visit) -> None:
    visitor = visit()
    sign_in(visitor)
    visitor.open("/settings")
    visitor.press("/language", {"language": "en"})
    assert "Working calendar" in visitor.open("/settings").text
    other = visit()
    sign_in(other)
    assert "Working calendar" in other.open("/settings").text
    assert other.page.root.get("lang") == "en"


def test_light_or_dark_is_remembered_before_the_sign_in_too(app: Flask) -> None:
    client = app.test_client()
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/theme", data={"theme": "dark", "csrf_token": token})
    assert 'data-theme="dark"' in client.get("/sign-in").text
