"""People who press twice, go back, are called away, lose the network or have two windows: nothing typed is lost."""

from __future__ import annotations

import json
import random
import sqlite3
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import event
from werkzeug.test import TestResponse

from engine import cases, deployment
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from tests.office import ADMINISTRATOR, PASSWORD, person
from tests.visitor import Page, Visitor
from tests.webapp.conftest import Visit
from tests.webapp.small import DIAGRAM, ENTRY, KEY, READING, Shop
from tests.webapp.test_abuse import browser, token

#: what the first form of the small process accepts, as it is posted
FLAT = {"judul": "ATK", "sifat": "biasa", "baris-0-nama": "Kertas", "baris-0-jumlah": "2", "baris-0-harga": "50.000"}


def typing(visit: Visit, task: int, who: str = "kasi_pemerintahan") -> Visitor:
    visitor = visit(who)
    visitor.open(f"/tasks/{task}")
    return visitor


# -- the session ends while somebody types ------------------------------


def test_what_is_sent_after_the_session_ended_goes_on_after_the_sign_in(
    shop: Shop, visit: Visit, clock: SetClock
) -> None:
    _, task = shop.start()
    visitor = typing(visit, task)
    clock.advance(timedelta(hours=13))
    page = visitor.press(f"/tasks/{task}", {**FLAT, "judul": "Diketik sebelum pulang"}, button=("_send", "1"))
    assert page.status == 401
    assert "Isian Anda tersimpan" in page.text
    me = person(shop.database, "kasi_pemerintahan").person_id
    assert [a for a in page.actions() if a.startswith("/roles/")] == [f"/roles/{me}"], "only the same person goes on"
    page = visitor.press(f"/roles/{me}")
    assert "Anda sudah masuk kembali" in page.text
    page = visitor.press(f"/tasks/{task}")
    assert page.url == f"/tasks/{task}/sent"
    assert "Diketik sebelum pulang" in page.text


def test_it_goes_on_with_a_password_too_even_after_a_slip(shop: Shop, visit: Visit, clock: SetClock) -> None:
    case, _ = shop.start()
    visitor = visit(ADMINISTRATOR)
    visitor.open(f"/cases/{case}")
    clock.advance(timedelta(hours=13))
    visitor.press(f"/cases/{case}/notes", {"text": "Catatan panjang sekali."})
    assert visitor.press("/sign-in", {"username": ADMINISTRATOR, "password": "salah"}).status == 422
    visitor.press("/sign-in", {"username": ADMINISTRATOR, "password": PASSWORD})
    visitor.press(f"/cases/{case}/notes")
    assert "Catatan panjang sekali." in visitor.page.text


def test_somebody_else_who_signs_in_there_does_not_send_it(shop: Shop, visit: Visit, clock: SetClock) -> None:
    case, _ = shop.start()
    visitor = visit("camat")
    visitor.open(f"/cases/{case}")
    clock.advance(timedelta(hours=13))
    visitor.press(f"/cases/{case}/notes", {"text": "Dari Camat."})
    page = visitor.press("/sign-in", {"username": ADMINISTRATOR, "password": PASSWORD})
    assert page.url == "/tasks"
    assert "Dari Camat." not in page.text


def test_a_post_of_another_site_is_not_kept_for_anybody(shop: Shop, app: Flask, visit: Visit, clock: SetClock) -> None:
    case, _ = shop.start()
    client = browser(visit("camat"))
    clock.advance(timedelta(hours=13))
    answer = client.post(f"/cases/{case}/notes", data={"text": "Tidak pernah saya tulis", "csrf_token": "palsu"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in"


def test_no_password_is_kept(shop: Shop, visit: Visit, clock: SetClock) -> None:
    visitor = visit(ADMINISTRATOR)
    visitor.open("/settings/password")
    clock.advance(timedelta(hours=13))
    page = visitor.press("/settings/password", {"old": PASSWORD, "new": "kata sandi baru", "again": "kata sandi baru"})
    assert page.url == "/sign-in"


def test_a_draft_that_comes_too_late_is_told_to_sign_in_and_not_that_it_is_lost(
    shop: Shop, visit: Visit, clock: SetClock
) -> None:
    _, task = shop.start()
    client = browser(typing(visit, task))
    clock.advance(timedelta(hours=13))
    answer = client.post(f"/tasks/{task}/draft", data=FLAT, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.get_json()["sign_in"] == "/sign-in"


def test_a_form_from_before_another_sign_in_comes_back_filled_in(shop: Shop, app: Flask, visit: Visit) -> None:
    """Signed out and in again in another window: the first window's token is worthless, its answers are not."""
    _, task = shop.start()
    client = browser(typing(visit, task))
    old = token(client)
    client.post(f"/roles/{person(shop.database, 'kasi_pemerintahan').person_id}", data={"csrf_token": old})
    answer = client.post(f"/tasks/{task}", data={**FLAT, "judul": "Masih di sini", "csrf_token": old, "_send": "1"})
    assert answer.status_code == 400
    assert "Masih di sini" in answer.text
    assert "belum terkirim" in answer.text.lower()
    assert 'name="_send"' in answer.text


# -- two windows ------------------------------


def autosave(client: FlaskClient, task: int, window: Visitor, **typed: str) -> int:
    """What the page's script posts while somebody types."""
    form = window.page.form(f"/tasks/{task}")
    own = {name: form.fields[name] for name in ("_window", "_seen")}
    data = {**typed, **own, "csrf_token": token(client)}
    return client.post(f"/tasks/{task}/draft", data=data).status_code


def test_an_older_window_does_not_overwrite_the_newer_draft_unasked(shop: Shop, visit: Visit, clock: SetClock) -> None:
    _, task = shop.start()
    first, second = typing(visit, task), typing(visit, task)
    clock.advance(timedelta(seconds=5))
    assert autosave(browser(second), task, second, judul="Dari jendela kedua") == 200
    clock.advance(timedelta(seconds=5))
    assert autosave(browser(second), task, second, judul="Dari jendela kedua, lagi") == 200, "its own draft is no news"
    assert autosave(browser(first), task, first, judul="Dari jendela pertama") == 409
    page = first.press(f"/tasks/{task}", {"judul": "Dari jendela pertama"}, button=("_draft", "1"))
    assert page.status == 409
    assert "jendela lain" in page.text
    assert 'value="Dari jendela pertama"' in tasks_html(page), "what was typed here stands in the form"
    assert "Dari jendela kedua, lagi" in tasks_html(second_look(visit, task))
    page = first.press(f"/tasks/{task}", button=("_draft", "1"))
    assert page.status == 200, "asked once: now it counts"
    assert "Dari jendela pertama" in tasks_html(second_look(visit, task))


def test_sending_from_an_older_window_asks_first(shop: Shop, visit: Visit, clock: SetClock) -> None:
    _, task = shop.start()
    first, second = typing(visit, task), typing(visit, task)
    clock.advance(timedelta(seconds=5))
    assert autosave(browser(second), task, second, judul="Yang lebih baru") == 200
    page = first.press(f"/tasks/{task}", FLAT, button=("_send", "1"))
    assert page.status == 409
    assert "jendela lain" in page.text
    assert first.press(f"/tasks/{task}", button=("_send", "1")).url == f"/tasks/{task}/sent"


def test_two_windows_with_the_same_answers_are_not_asked_about(shop: Shop, visit: Visit, clock: SetClock) -> None:
    _, task = shop.start()
    first, second = typing(visit, task), typing(visit, task)
    clock.advance(timedelta(seconds=5))
    assert autosave(browser(second), task, second, **FLAT) == 200
    assert autosave(browser(first), task, first, **FLAT) == 200


def second_look(visit: Visit, task: int) -> Page:
    return typing(visit, task).page


def tasks_html(page: Page) -> str:
    return str(html.tostring(page.root, encoding="unicode"))


# -- pressing twice, empty and odd answers ------------------------------


def test_pressing_send_twice_counts_once_and_going_back_to_send_again_says_so(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    visitor = typing(visit, task)
    stale = visitor.page
    visitor.press(f"/tasks/{task}", FLAT, button=("_send", "1"))
    visitor.back_to(stale)
    page = visitor.press(f"/tasks/{task}", FLAT, button=("_send", "1"))
    assert page.status == 409
    assert "Sudah terkirim" in page.text
    assert visitor.open(f"/cases/{case}").text.count("Dikirim: Isi rencana") == 1


def test_pressing_start_twice_begins_one_case_and_going_there_anew_another(shop: Shop, visit: Visit) -> None:
    visitor = visit("kasi_pemerintahan")
    address = f"/processes/{KEY}/start"
    visitor.open("/processes")
    stale = visitor.page
    first = visitor.press(address).url
    visitor.back_to(stale)
    page = visitor.press(address)
    assert page.url == first
    assert "baru saja Anda mulai" in page.text
    visitor.open("/processes")
    assert visitor.press(address).url != first


def test_pressing_for_a_note_twice_writes_it_once_but_another_text_is_another_note(shop: Shop, visit: Visit) -> None:
    case, _ = shop.start()
    visitor = visit("kasi_pemerintahan")
    visitor.open(f"/cases/{case}")
    stale = visitor.page
    for text in ("Mohon segera.", "Mohon segera.", "Sudah saya telepon."):
        visitor.back_to(stale)
        visitor.press(f"/cases/{case}/notes", {"text": text})
    told = visitor.open(f"/cases/{case}").text
    assert (told.count("Mohon segera."), told.count("Sudah saya telepon.")) == (1, 1)


def test_an_empty_form_names_every_answer_that_is_missing(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    visitor = typing(visit, task)
    client = browser(visitor)
    answer = client.post(f"/tasks/{task}", data={"csrf_token": token(client), "_send": "1"})
    assert answer.status_code == 422
    assert "Judul" in answer.text and "Sifat" in answer.text


def test_a_thousand_rows_come_back_with_what_is_wrong_and_none_is_lost(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    client = browser(typing(visit, task))
    rows = {f"baris-{n}-nama": f"Barang {n}" for n in range(1000)}
    answer = client.post(f"/tasks/{task}", data={**FLAT, **rows, "csrf_token": token(client), "_send": "1"})
    assert answer.status_code == 422
    assert "400" in answer.text
    assert answer.text.count("Barang ") >= 400


NUMBERS = {"1.234,56": 1234.56, "1234,56": 1234.56, "1.234.567": 1234567, "Rp 1.000": 1000, "Rp1.000": 1000, "-": None,
           "1,234.56": 1234.56, "12abc": None, "1e5": None, "∞": None}  # fmt: skip


@pytest.mark.parametrize("typed", NUMBERS)
def test_numbers_as_people_type_them_are_understood_or_asked_about(shop: Shop, visit: Visit, typed: str) -> None:
    case, task = shop.start()
    visitor = typing(visit, task)
    page = visitor.press(f"/tasks/{task}", {**FLAT, "baris-0-harga": typed}, button=("_send", "1"))
    if NUMBERS[typed] is None:
        assert page.status == 422
        assert page.form(f"/tasks/{task}").fields["baris-0-harga"] == typed
        return
    assert page.status == 200
    with shop.database.read(person(shop.database, "camat")) as uow:
        assert cases.get(uow, case).submissions[0].values["baris"][0]["harga"] == NUMBERS[typed]


@pytest.mark.parametrize(("typed", "ok"), [("22/11/2026", True), ("22-11-2026", True), ("22.11.2026", True),
                                           ("2026-11-22", True), ("11/22/2026", False), ("besok", False)])  # fmt: skip
def test_dates_typed_without_a_calendar_are_understood(shop: Shop, visit: Visit, typed: str, ok: bool) -> None:
    _, task = shop.start()
    page = typing(visit, task).press(f"/tasks/{task}", {**FLAT, "mulai": typed}, button=("_send", "1"))
    assert (page.status == 200) is ok
    if not ok:
        assert typed in tasks_html(page)


def test_very_long_and_foreign_titles_are_carried_to_the_next_page(shop: Shop, visit: Visit) -> None:
    letters = random.Random(7)
    title = "".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(300))
    _, task = shop.start()
    visitor = typing(visit, task)
    page = visitor.press(f"/tasks/{task}", {**FLAT, "judul": title}, button=("_send", "1"))
    assert page.url == f"/tasks/{task}/sent"
    assert page.status == 200
    assert title[:50] in page.text


# -- the office's own trouble ------------------------------

#: after the first step the diagram asks what it was never told
STUCK = (
    DIAGRAM.replace('<sequenceFlow id="f2" sourceRef="isi" targetRef="baca"/>', """
    <exclusiveGateway id="pilih" name="Cukup?" default="f2b"/>
    <sequenceFlow id="f2" sourceRef="isi" targetRef="pilih"/>
    <sequenceFlow id="f2a" name="Ya" sourceRef="pilih" targetRef="selesai">
      <conditionExpression>1 / (jumlah_total - jumlah_total) == 1</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f2b" name="Tidak" sourceRef="pilih" targetRef="baca"/>""")
)  # fmt: skip


def test_a_case_that_can_not_go_on_says_where_and_keeps_the_answers(shop: Shop, visit: Visit) -> None:
    with shop.database.begin(SYSTEM) as uow:
        deployment.deploy(uow, STUCK.encode(), {"isian": json.dumps(ENTRY), "bacaan": json.dumps(READING)})
    _, task = shop.start()
    visitor = typing(visit, task)
    page = visitor.press(f"/tasks/{task}", {**FLAT, "judul": "Tidak hilang"}, button=("_send", "1"))
    assert page.status == 500
    assert "Cukup?" in page.text
    assert "Traceback" not in page.text and "Division" not in page.text
    assert 'value="Tidak hilang"' in tasks_html(page)
    assert 'value="Tidak hilang"' in tasks_html(second_look(visit, task)), "kept as a draft"


@pytest.mark.parametrize(("language", "said"), [("id", "Sistem sedang sibuk"), ("en", "too much is going on")])
def test_a_locked_database_is_told_kindly_and_gives_back_what_was_typed(
    shop: Shop, visit: Visit, language: str, said: str
) -> None:
    case, _ = shop.start()
    client = browser(visit("camat"))
    client.post("/language", data={"language": language, "csrf_token": token(client)})
    data = {"text": "Panjang sekali", "csrf_token": token(client)}
    path = shop.database.url.removeprefix("sqlite:///")
    impatient(shop.database)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.post(f"/cases/{case}/notes", data=data)
        other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 503
    assert said in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["Retry-After"]
    form = html.fromstring(answer.text).forms[-1]
    again = client.post(form.action, data=dict(form.fields))
    assert again.status_code == 303, "one press later it is stored"
    assert "Panjang sekali" in client.get(f"/cases/{case}").text


def impatient(database: Database) -> None:
    """Wait for a lock no longer than a test may take."""
    event.listen(database.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=50"))


def test_what_is_refused_for_other_reasons_is_given_back_too(shop: Shop, visit: Visit) -> None:
    """Who lost their post while writing still has the words."""
    case, _ = shop.start()
    client = browser(visit("kasi_pemerintahan"))
    answer = client.post(f"/cases/{case}/suspend", data={"reason": "Sudah saya tulis", "csrf_token": token(client)})
    assert answer.status_code == 403
    assert "Sudah saya tulis" in answer.text


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413])
def test_every_error_page_says_what_happened_and_what_to_do(
    shop: Shop, visit: Visit, status: int, language: str
) -> None:
    case, task = shop.start()
    client = browser(visit("kasi_pemerintahan"))
    client.post("/language", data={"language": language, "csrf_token": token(client)})
    safe = {"csrf_token": token(client)}
    answer = {
        400: lambda: client.post(f"/cases/{case}/notes", data={"text": "x"}),
        403: lambda: client.get("/settings"),
        404: lambda: client.get("/cases/99999"),
        405: lambda: client.get(f"/tasks/{task}/claim"),
        409: lambda: claimed_elsewhere(shop, client, task),
        413: lambda: client.post("/theme", data={**safe, "theme": "x" * 9_000_000}),
    }[status]()
    assert answer.status_code == status
    root = html.fromstring(answer.text)
    assert root.get("lang") == language
    assert len(root.findall(".//h1")) == 1
    assert len(root.xpath("//div[contains(@class, 'prose')]//p")) >= 3
    assert "Traceback" not in answer.text


def claimed_elsewhere(shop: Shop, client: FlaskClient, task: int) -> TestResponse:
    shop.send(task, {"judul": "ATK", "sifat": "biasa", "baris": [{"nama": "Kertas", "jumlah": "2"}]})
    return client.post(f"/tasks/{task}/claim", data={"csrf_token": token(client)})
