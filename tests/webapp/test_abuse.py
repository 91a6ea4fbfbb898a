"""What somebody who means harm tries from outside and inside: forged posts, odd addresses, files, markup, headers."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from openpyxl import load_workbook

from engine import deployment, documents
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from engine.people import positions, users
from tests.office import ADMINISTRATOR, PASSWORD, person
from tests.visitor import InProcess, Visitor
from tests.webapp.conftest import Visit
from tests.webapp.small import DIAGRAM, ENTRY, GOOD, READING, Shop

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
EXPIRED = "Formulir ini sudah kedaluwarsa"
MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}{% raw %}${7*7}"


def browser(visitor: Visitor) -> FlaskClient:
    found: FlaskClient = visitor.transport.client  # type: ignore[attr-defined]
    return found


def token(client: FlaskClient) -> str:
    found = TOKEN.search(client.get("/guide").text)
    assert found
    return found[1]


def posts(app: Flask) -> list[str]:
    """Every address that takes a post, with numbers in its places."""
    found = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            values = {"action": "retire" if "retire" in rule.rule else "cancel", "key": "belanja", "form_key": "isian"}
            _, path = rule.build({name: values.get(name, 1) for name in rule.arguments}) or ("", "")
            found.append(path)
    return found


# -- forged posts, sessions, cookies -------------------------------------------


def test_no_post_anywhere_is_taken_without_its_token(shop: Shop, app: Flask, visit: Visit) -> None:
    shop.start()
    client = browser(visit(ADMINISTRATOR))
    addresses = posts(app)
    assert len(addresses) > 25
    for address in addresses:
        for forged in ({}, {"csrf_token": "bukan-milik-Anda"}):
            answer = client.post(address, data=forged, headers={"Referer": "http://localhost/"})
            assert answer.status_code == 400, address
            assert "Traceback" not in answer.text


def test_a_session_brought_along_is_not_the_one_that_is_opened(app: Flask, office: Database) -> None:
    client = app.test_client()
    client.set_cookie("alur_session", "dipasang-orang-lain")
    visitor = enter_with(client, ADMINISTRATOR)
    given = client.get_cookie("alur_session")
    assert visitor.page.status == 200 and given is not None and given.value != "dipasang-orang-lain"
    strange = app.test_client()
    strange.set_cookie("alur_session", "dipasang-orang-lain")
    assert strange.get("/tasks").status_code == 302


def enter_with(client: FlaskClient, who: str) -> Visitor:
    visitor = Visitor(InProcess(client))
    visitor.open("/sign-in")
    visitor.press("/sign-in", {"username": who, "password": PASSWORD})
    return visitor


def test_signing_in_again_ends_the_session_before(app: Flask, office: Database) -> None:
    client = app.test_client()
    enter_with(client, ADMINISTRATOR)
    first = client.get_cookie("alur_session")
    assert first is not None
    answer = client.post(
        "/sign-in", data={"username": ADMINISTRATOR, "password": PASSWORD, "csrf_token": token(client)}
    )
    assert answer.status_code == 302
    thief = app.test_client()
    thief.set_cookie("alur_session", first.value)
    assert thief.get("/tasks").status_code == 302


def test_who_loses_a_post_loses_its_rights_at_the_next_click(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    visitor = visit("kasi_pemerintahan")
    assert visitor.open(f"/tasks/{task}").status == 200
    actor = person(shop.database, "kasi_pemerintahan")
    with shop.database.begin(person(shop.database, ADMINISTRATOR)) as uow:
        view = next(p for p in positions.listing(uow) if p.key == "kasi_pemerintahan")
        positions.end_holding(uow, view.holdings[0].holding_id, date(2026, 3, 9))
    assert visitor.open(f"/tasks/{task}").status == 404
    assert visitor.open(f"/cases/{case}").status == 404
    with shop.database.begin(person(shop.database, ADMINISTRATOR)) as uow:
        users.end(uow, actor.person_id)
    assert visitor.open("/tasks").url == "/sign-in"


@pytest.mark.parametrize(
    "target",
    [
        "//jahat.example", "https://jahat.example", "/\\jahat.example", "/\t/jahat.example", "javascript:alert(1)",
        "\\\\jahat.example", "http:jahat.example", "///jahat.example", "/\r\nSet-Cookie: a=b", "jahat.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/sign-in", "/language", "/theme"])
def test_no_redirect_leads_away(app: Flask, office: Database, address: str, target: str) -> None:
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found
    data = {"next": target, "csrf_token": found[1], "username": ADMINISTRATOR, "password": PASSWORD, "theme": "dark"}
    answer = client.post(address, data={**data, "language": "id"})
    assert answer.status_code == 302 and answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["/%5Cjahat.example/", "//jahat.example/", "/%5C%5Cjahat.example/", "/%09/jahat.example/"]
)
def test_a_slash_at_the_end_leads_to_no_other_site(visit: Visit, path: str) -> None:
    answer = browser(visit("camat")).get(path)
    location = answer.headers.get("Location", "/")
    assert location.startswith("/") and location[1:2] not in ("/", "\\")


def test_a_forged_host_is_repeated_nowhere(app: Flask, office: Database) -> None:
    client = app.test_client()
    for address in ("/", "/sign-in", "/nowhere", "/roles"):
        answer = client.get(address, headers={"Host": "jahat.example", "X-Forwarded-Host": "jahat.example"})
        assert "jahat.example" not in answer.text + str(answer.headers)


# -- numbers and signs nobody types -------------------------------------------


NUMBERED = (
    "/tasks/{n}", "/cases/{n}", "/cases?page={n}", "/tasks?page={n}", "/processes/belanja?version={n}",
    "/cases/1?before={n}", "/overdue?page={n}", "/processes/belanja/move?to={n}&version={n}",
    "/processes/belanja/versions?old={n}&new={n}", "/design/belanja/forms/isian?at={n}", "/settings/people/{n}",
    "/settings/positions/{n}", "/documents/{n}", "/settings/calendar?year={n}",
)  # fmt: skip


@pytest.mark.parametrize(
    "number", ["0", "-1", "99999999999", "9" * 30, "1e9", "%00", "%F0%9F%98%80", "%ff", "' or 1=1"]
)
def test_odd_numbers_in_addresses_break_nothing(shop: Shop, visit: Visit, number: str) -> None:
    client = browser(visit(ADMINISTRATOR))
    for address in NUMBERED:
        answer = client.get(address.format(n=number))
        assert answer.status_code in (200, 302, 308, 400, 404), address


ODD = ["\0", "\u202egnp.exe", "a" * 50_000, "%s%n{}", "1e999", "NaN", "Ini 100% %(name)s", "-0", "١٢٣", "9" * 40,
       "31-02-2026", "0000-00-00", "9999-12-31", "0001-01-01"]  # fmt: skip


FIELDS = """
name key from username nip password person_id kind starts_on ends_on order_number superior_id tags reason text
note day source starts ends label step bound-0 word-0 zone year old new again language theme next _at _add
_select _old _text _name _was _take _where _look s-key s-label s-compute s-hide-mode s-hide-expression
s-choices-0-value case chosen to left like replace"""


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_texts_in_the_offices_forms_break_nothing(shop: Shop, app: Flask, visit: Visit, odd: str) -> None:
    case, _task = shop.start()
    shop.pass_time(timedelta(minutes=30))
    client = browser(visit(ADMINISTRATOR))
    names, held = FIELDS.split(), token(client)
    for address in posts(app):
        if address in ("/sign-out", "/sign-in", "/settings/people/1/end", "/settings/people/1/password"):
            continue
        data = {**dict.fromkeys(names, odd), "csrf_token": held, "_revision": "0"}
        answer = client.post(address, data=data)
        assert answer.status_code < 500, (address, odd[:20])
        assert EXPIRED not in answer.text, address
    assert browser(visit("camat")).get(f"/cases/{case}").status_code == 200


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_answers_to_a_task_are_kept_or_refused_at_their_field(shop: Shop, visit: Visit, odd: str) -> None:
    _, task = shop.start()
    visitor = visit("kasi_pemerintahan")
    visitor.open(f"/tasks/{task}")
    answers = {"judul": odd, "alasan": odd, "mulai": odd, "baris-0-nama": odd, "baris-0-jumlah": odd, "sifat": odd,
               "baris-0-harga": odd, "baris-0-jenis": odd, "surat": odd, "tidak_ada": odd}  # fmt: skip
    visitor.press(f"/tasks/{task}", answers, button=("_send", "1"))
    assert visitor.page.status == 422
    client = browser(visitor)
    answer = client.post(f"/tasks/{task}/draft", data={**answers, "csrf_token": token(client)})
    assert answer.status_code == 200
    assert visitor.open(f"/tasks/{task}").status == 200


def test_a_sign_that_no_database_keeps_is_left_out(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    client = browser(visit("kasi_pemerintahan"))
    client.post(f"/cases/{case}/notes", data={"text": "Menunggu\0 DPA", "csrf_token": token(client)})
    assert "Menunggu DPA" in client.get(f"/cases/{case}").text
    client.post(f"/tasks/{task}/draft", data={"judul": "A\0TK", "csrf_token": token(client)})
    assert 'value="ATK"' in client.get(f"/tasks/{task}").text


def test_a_document_of_another_case_is_not_taken_for_ones_own(shop: Shop, visit: Visit) -> None:
    """Naming a known id in a form must not carry the paper over, nor tell its name."""
    _, first = shop.start()
    visitor = visit("kasi_pemerintahan")
    client = browser(visitor)
    data = {"path": "surat", "file": (BytesIO(PDF), "Rahasia jabatan.pdf"), "csrf_token": token(client)}
    paper = client.post(f"/tasks/{first}/files", data=data).get_json()["id"]
    _, second = shop.start()
    visitor.open(f"/tasks/{second}")
    page = visitor.press(f"/tasks/{second}", {"judul": "ATK 2", "surat": paper}, button=("_draft", "1"))
    assert "Rahasia jabatan" not in page.text
    assert paper not in html.tostring(page.root, encoding="unicode")


# -- files -------------------------------------------


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return content.getvalue()


BOMB = zipped(word__document_dot_xml=b"\0" * 30_000_000)
REFUSED = [
    ("halaman.html", b"<html><script>alert(1)</script>"),
    ("gambar.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("surat.pdf.exe", b"MZ\x90\0"),
    ("surat.pdf", b"MZ\x90\0" + b"\0" * 100),
    ("surat.pdf", b"<html><script>alert(1)</script>"),
    ("surat.pdf", b""),
    ("surat.docx", PDF),
    ("foto.png", b"GIF89a<script>alert(1)</script>"),
    ("arsip.zip", zipped(jalan_dot_exe=b"MZ")),
    ("catatan.txt", b"<script>alert(1)</script>"),
    ("surat", PDF),
    ("", PDF),
    (".pdf", PDF),
]


@pytest.mark.parametrize(("name", "content"), REFUSED, ids=[f"{n} {i}" for i, (n, _) in enumerate(REFUSED)])
def test_what_is_no_office_paper_is_refused_with_a_reason(
    open_shop_any: Shop, visit: Visit, name: str, content: bytes
) -> None:
    _, task = open_shop_any.start()
    client = browser(visit("kasi_pemerintahan"))
    data = {"path": "lampiran", "file": (BytesIO(content), name), "csrf_token": token(client)}
    answer = client.post(f"/tasks/{task}/files", data=data)
    assert answer.status_code in (422, 404)
    if answer.status_code == 422:
        assert answer.get_json()["problem"]


@pytest.fixture
def open_shop_any(shop: Shop) -> Shop:
    """The small process with a field that takes any file."""
    anything = {"type": "filepicker", "key": "lampiran", "label": "Lampiran", "multiple": True}
    form = {**ENTRY, "components": [*ENTRY["components"], anything]}  # type: ignore[misc]
    with shop.database.begin(SYSTEM) as uow:
        deployment.deploy(uow, DIAGRAM.encode(), {"isian": json.dumps(form), "bacaan": json.dumps(READING)})
    return shop


NAMES = {
    "../../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\surat.pdf": "surat.pdf",
    "fdp.\u202eexe.pdf": "fdp.exe.pdf",
    'a"; filename=evil.html; x=".pdf': "a_; filename=evil.html; x=_.pdf",
    "baris\r\nSet-Cookie: a=b.pdf": "barisSet-Cookie_ a=b.pdf",
    "surat 😀 ÄÖ – resmi.pdf": "surat 😀 ÄÖ – resmi.pdf",
    "<img src=x onerror=alert(1)>.pdf": "_img src=x onerror=alert(1)_.pdf",
    "x" * 400 + ".pdf": "x" * 196 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_comes_back_under_a_harmless_name_as_a_download(shop: Shop, visit: Visit, name: str) -> None:
    _, task = shop.start()
    with shop.database.begin(person(shop.database, "kasi_pemerintahan")) as uow:
        sent = documents.upload(uow, task, "surat", name, PDF)
    assert sent.name == NAMES[name]
    answer = browser(visit("kasi_pemerintahan")).get(f"/documents/{sent.id}")
    assert answer.data == PDF
    headers = answer.headers
    assert headers["Content-Disposition"].startswith("attachment") and "\n" not in headers["Content-Disposition"]
    assert headers.getlist("Set-Cookie") == [] or "a=b" not in str(headers.getlist("Set-Cookie"))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in headers["Cache-Control"]


def test_a_packed_bomb_is_never_unpacked(open_shop_any: Shop, visit: Visit) -> None:
    _, task = open_shop_any.start()
    assert len(BOMB) < 100_000
    client = browser(visit("kasi_pemerintahan"))
    data = {"path": "lampiran", "file": (BytesIO(BOMB), "bom.docx"), "csrf_token": token(client)}
    assert client.post(f"/tasks/{task}/files", data=data).status_code == 200


def large(megabytes: int, token: str) -> dict[str, Any]:
    """A post with one file of that size."""
    head = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("path", "surat"), ("csrf_token", token))
    )
    file = '--x\r\nContent-Disposition: form-data; name="file"; filename="besar.pdf"\r\n\r\n'
    body = (head + file).encode() + PDF + b"\0" * megabytes * 1024 * 1024 + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x", "buffered": True}


def test_a_file_that_is_too_large_is_refused_before_it_is_read(shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    client = browser(visit("kasi_pemerintahan"))
    answer = client.post(f"/tasks/{task}/files", **large(21, token(client)))
    assert answer.status_code == 422 and "20 MB" in answer.get_json()["problem"]
    answer = client.post(f"/tasks/{task}/files", **large(25, token(client)))
    assert answer.status_code == 413 and "Terlalu besar" in answer.text


# -- markup in every text that a person or a diagram brings -------------------------------------------


def harmless(text: str, where: str) -> None:
    root = html.fromstring(text)
    assert not [s for s in root.iter("script") if not s.get("src")], where
    for element in root.iter():
        if isinstance(element.tag, str):
            assert not [a for a in element.attrib if a.lower().startswith("on") or a == "style"], where
            assert not str(element.get("href", "")).lower().startswith("javascript:"), where
    assert "alert(2)>" not in text, where
    assert "<img src=x" not in text, where
    assert ">49<" not in text and " 49 " not in text, where


#: texts of the small diagram; ">" stands for whole elements
TEXTS = (
    "Rencana Belanja", "Isi rencana", "Baca rencana", "Kirim ke Camat", "Rencana belanja satu unit.",
    "Batas waktu disimpulkan.", "Peraturan Contoh", "Isi **semua** baris.", ">DPA<", ">Rencana<", "15 menit",
)  # fmt: skip


def spoiled(value: Any) -> Any:
    """A form whose texts are markup; placeholders are refused at deployment already."""
    if isinstance(value, list):
        return [spoiled(one) for one in value]
    if not isinstance(value, dict):
        return value
    texts = ("label", "description", "text", "name", "dateLabel", "title")
    markup = MARKUP.replace("{{ 7*7 }}", "")
    return {
        key: markup if key in texts and isinstance(one, str) and not one.startswith("=") else spoiled(one)
        for key, one in value.items()
    }


@pytest.fixture
def hostile(shop: Shop) -> Shop:
    """A process all of whose texts are markup."""
    safe = MARKUP.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("'", "&#39;")
    diagram = DIAGRAM
    for text in TEXTS:
        diagram = diagram.replace(text, f">{safe}<" if text.startswith(">") else safe)

    with shop.database.begin(SYSTEM) as uow:
        deployment.deploy(
            uow, diagram.encode(), {"isian": json.dumps(spoiled(ENTRY)), "bacaan": json.dumps(spoiled(READING))}
        )
    return shop


def test_no_text_of_anybody_becomes_markup_on_any_page(hostile: Shop, app: Flask, visit: Visit) -> None:
    admin = visit(ADMINISTRATOR)
    client = browser(admin)
    with hostile.database.begin(person(hostile.database, ADMINISTRATOR)) as uow:
        camat = positions.holders_of(uow, ["camat"])["camat"][0]
        users.change(uow, camat.person_id, name=MARKUP)
        users.create(uow, username="jahat", name=MARKUP, demo=True)
        for view in positions.listing(uow):
            if view.key in ("kasi_pemerintahan", "lurah_kepuharjo"):
                positions.change(uow, view.id, name=f"{view.name} {MARKUP}")
    case, task = hostile.start()
    _, other = hostile.start()
    hostile.pass_time(timedelta(minutes=30))
    raw = {**GOOD, "judul": MARKUP, "sifat": "rahasia", "alasan": MARKUP}
    raw["baris"] = [{"nama": MARKUP, "jumlah": "2", "harga": "5", "ket_1": f"=cmd|'/c calc'!A1{MARKUP}"}]
    worker = visit("kasi_pemerintahan")
    pages = {"rejected": worker_sends(worker, other, {"judul": MARKUP, "baris-0-nama": MARKUP, "sifat": MARKUP})}
    hostile.send(task, raw)
    supervisor = visit("camat")
    supervisor.open("/overdue")
    supervisor.press("/overdue/\\d+/acknowledge", {"note": MARKUP})
    pages["flash"] = html.tostring(supervisor.page.root, encoding="unicode")
    supervisor.open(f"/cases/{case}")
    supervisor.press(f"/cases/{case}/notes", {"text": MARKUP})
    pages["sent"] = worker_sends(worker, other, {
        "judul": f"lain {MARKUP}", "sifat": "biasa", "baris-0-nama": MARKUP, "baris-0-jumlah": "1"
    })  # fmt: skip
    assert worker.page.url.endswith("/sent")
    owner = visit("pengelola_sop")
    owner.open(f"/cases/{case}")
    owner.press(f"/cases/{case}/suspend", {"reason": MARKUP})
    for address in (
        "/tasks", "/tasks?scope=unit", f"/tasks?query={MARKUP}", f"/tasks/{task}", f"/tasks/{task + 1}", "/cases",
        f"/cases?query={MARKUP}", f"/cases/{case}", "/overdue", "/overdue?state=closed", "/processes",
        "/processes/belanja", "/settings/people", f"/settings/people?query={MARKUP}", "/settings/positions",
        "/settings/positions/7", "/settings/people/2", f"/settings/positions/new?name={MARKUP}", "/settings/incidents",
        "/roles", f"/sign-in?next={MARKUP}", f"/{MARKUP}", f"/guide/{MARKUP}",
    ):  # fmt: skip
        for who, person_ in (("admin", client), ("camat", browser(supervisor))):
            pages[f"{who} {address}"] = person_.get(address, follow_redirects=True).text
    for where, text in pages.items():
        harmless(text, where)
    assert MARKUP in html.fromstring(pages[f"camat /cases/{case}"]).text_content(), "it is shown as typed"


def worker_sends(worker: Visitor, task: int, answers: dict[str, str]) -> str:
    worker.open(f"/tasks/{task}")
    page = worker.press(f"/tasks/{task}", answers, button=("_send", "1"))
    return html.tostring(page.root, encoding="unicode")


def test_a_sheet_never_holds_a_formula_wherever_the_text_comes_from(shop: Shop, visit: Visit) -> None:
    case, task = shop.start()
    rows = [{"nama": f"{sign}HYPERLINK(1)", "jumlah": "1"} for sign in ("=", "+", "-", "@", "\t=", "＝")]
    shop.send(task, {**GOOD, "judul": "=1+1", "baris": rows})
    answer = browser(visit("kasi_pemerintahan")).get(f"/cases/{case}/workbook/bacaan.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f", cell.coordinate


PRIVATE = ("/tasks", "/cases", "/overdue", "/processes", "/settings/people", "/sign-in", "/nowhere")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_pages_are_not_kept_and_no_page_allows_inline_scripts(shop: Shop, visit: Visit, address: str) -> None:
    answer = browser(visit(ADMINISTRATOR)).get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_waiting_pages_do_not_keep_a_session_alive(app: Flask, office: Database, visit: Visit, clock: SetClock) -> None:
    """A list left open asks again every few seconds; that alone must not outlast the day's end."""
    client = browser(visit("camat"))
    for _hour in range(13):
        clock.advance(timedelta(hours=1))
        client.get("/tasks", headers={"X-Refresh": "1"})
    assert client.get("/tasks").status_code == 302
