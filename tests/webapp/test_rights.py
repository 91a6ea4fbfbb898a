"""Every address and every kind of person: what opens, what is refused, and what is not even there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine import documents
from engine import tasks as work
from engine.clock import SetClock
from engine.db import Database
from engine.identity import NOBODY
from engine.people import positions, sign_in
from tests.conftest import WIB
from tests.office import ADMINISTRATOR, PASSWORD, person
from tests.webapp.small import GOOD, KEY, open_shop
from webapp import create_app
from webapp.settings import WebSettings

#: nobody, and five who signed in: staff without a part in the case, who performs, their superior, the owner of the
#: process, an administrator
PEOPLE = ("nobody", "lurah_jogoyudan", "kasi_pemerintahan", "camat", "pengelola_sop", ADMINISTRATOR)
SECRET = "Mutasi pegawai"  #: stands in the confidential case only
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
IN = "sign in"  #: sent to the sign-in page


@dataclass(frozen=True, slots=True)
class Scene:
    """An office with two cases: a confidential one that was sent on, and a late one with a draft."""

    file: Path
    tokens: dict[str, str]
    names: dict[str, Any]


@pytest.fixture(scope="module")
def scene(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    path = tmp_path_factory.mktemp("rights") / "scene.db"
    shutil.copyfile(office_template, path)
    clock = SetClock(datetime(2026, 3, 10, 9, 0, tzinfo=WIB))
    database = Database(f"sqlite:///{path}", clock)
    shop = open_shop(database, clock)
    kasi = person(database, "kasi_pemerintahan")

    secret_case, first = shop.start()
    with database.begin(kasi) as uow:
        paper = documents.upload(uow, first, "surat", f"{SECRET}.pdf", PDF, accept=(".pdf",))
    shop.send(first, {**GOOD, "judul": SECRET, "sifat": "rahasia", "alasan": "Belum diumumkan", "surat": paper.id})
    secret_task = first + 1

    case, task = shop.start()
    with database.begin(kasi) as uow:
        draft_paper = documents.upload(uow, task, "surat", "konsep.pdf", PDF, accept=(".pdf",))
        work.save_draft(uow, task, {"judul": "Kalimat setengah jadi", "surat": draft_paper.id})
    shop.pass_time(timedelta(minutes=30))

    tokens = {}
    ids = {}
    for who in PEOPLE[1:-1]:
        ids[who] = person(database, who).person_id
        with database.begin(NOBODY) as uow:
            tokens[who] = sign_in.enter_demo(uow, ids[who])
    with database.begin(NOBODY) as uow:
        tokens[ADMINISTRATOR] = sign_in.enter(uow, sign_in.check(uow, ADMINISTRATOR, PASSWORD)).token or ""
    with database.read(NOBODY) as uow:
        lurah = next(p for p in positions.listing(uow) if p.key == "lurah_kepuharjo")
    names = {
        "case": case, "task": task, "secret_case": secret_case, "secret_task": secret_task, "sent_task": first,
        "paper": paper.id, "draft_paper": draft_paper.id, "alert": 1, "key": KEY, "form": "isian", "position": lurah.id,
        "holding": lurah.holdings[0].holding_id, "somebody": lurah.holdings[0].person_id,
    }  # fmt: skip
    database.dispose()
    return Scene(path, tokens, names)


@pytest.fixture(scope="module")
def rights_app(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app over a copy of the scene. Form tokens are left out here: test_abuse.py asks for them."""
    path = tmp_path_factory.mktemp("rights-copy") / "copy.db"
    shutil.copyfile(scene.file, path)
    database = Database(f"sqlite:///{path}", SetClock(datetime(2026, 3, 10, 9, 30, tzinfo=WIB)))
    app = create_app(WebSettings(secret_key="for tests only", demo=True), database)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    database.dispose()


def restore(app: Flask, scene: Scene) -> None:
    database: Database = app.extensions["alur.database"]
    database.dispose()
    path = Path(database.url.removeprefix("sqlite:///"))
    for rest in path.parent.glob("copy.db-*"):
        rest.unlink()
    shutil.copyfile(scene.file, path)


def visitor(app: Flask, scene: Scene, who: str) -> FlaskClient:
    client = app.test_client()
    if who in scene.tokens:
        client.set_cookie("alur_session", scene.tokens[who])
    return client


@dataclass(frozen=True, slots=True)
class Row:
    """One way to use an address, and what each of PEOPLE gets."""

    endpoint: str
    method: str
    path: str
    expected: tuple[Any, ...]
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.method} {self.path} {'&'.join(self.data)}".strip()


def get(endpoint: str, path: str, /, *expected: Any) -> Row:
    return Row(endpoint, "GET", path, expected)


def post(endpoint: str, path: str, /, *expected: Any, **data: Any) -> Row:
    return Row(endpoint, "POST", path, expected, data)


def settings(endpoint: str, method: str, path: str, administrator: int, /, **data: Any) -> Row:
    """A page of the settings: for administrators alone."""
    return Row(f"settings.{endpoint}", method, path, (IN, 403, 403, 403, 403, administrator), data)


ALL = (200,) * 5
#: the least that the first form accepts, as it is posted
FLAT = {"judul": "ATK", "sifat": "biasa", "baris-0-nama": "Kertas", "baris-0-jumlah": "2", "baris-0-harga": "50.000"}
TABLE = [
    # -- open to everybody
    get("preferences.start", "/", IN, 302, 302, 302, 302, 302),
    get("preferences.health", "/health", 200, *ALL),
    post("preferences.language", "/language", 302, *(302,) * 5, language="en"),
    post("preferences.theme", "/theme", 302, *(302,) * 5, theme="dark"),
    get("auth.sign_in", "/sign-in", 200, *(302,) * 5),
    post("auth.send_sign_in", "/sign-in", *(422,) * 6, username="camat", password="salah"),
    get("auth.roles", "/roles", 200, *ALL),
    post("auth.demo_sign_in", "/roles/{somebody}", *(302,) * 6),
    post("auth.demo_sign_in", "/roles/1", *(404,) * 6),  # the administrator is no invented person
    get("auth.first_administrator", "/welcome", *(302,) * 6),
    post("auth.first_administrator", "/welcome", *(302,) * 6, name="A", username="a", password="x", again="x"),
    post("auth.sign_out", "/sign-out", IN, *(302,) * 5),
    get("auth.password", "/settings/password", IN, *ALL),
    post("auth.password", "/settings/password", IN, *(422,) * 5, old="a", new="b", again="b"),
    get("static", "/static/app.js", 200, *ALL),
    get("guide.index", "/guide", IN, *ALL),
    get("guide.show", "/guide/owner", IN, *ALL),
    # -- drawing: the owners of a process and administrators
    get("design.listing", "/design", IN, 403, 403, 403, 200, 200),
    get("design.new", "/design/new", IN, 403, 403, 403, 200, 200),
    post("design.create", "/design/new", IN, 403, 403, 403, 422, 422),
    post("design.upload", "/design/upload", IN, 403, 403, 403, 422, 422),
    get("design.modeler", "/design/{key}", IN, 403, 403, 403, 200, 200),
    get("design.rehearsal", "/design/{key}/rehearsal", IN, 403, 403, 403, 200, 200),
    post("design.rehearse", "/design/{key}/rehearsal", IN, 403, 403, 403, 200, 200),
    post("design.rehearsed_sheet", "/design/{key}/rehearsal/sheet", IN, 403, 403, 403, 200, 200),
    post("design.rehearse_all", "/design/{key}/rehearsal/all", IN, 403, 403, 403, 200, 200),
    get("design.forms", "/design/{key}/forms", IN, 403, 403, 403, 200, 200),
    post("design.new_form", "/design/{key}/forms", IN, 403, 403, 403, 422, 422),
    post("design.import_form", "/design/{key}/form-import", IN, 403, 403, 403, 422, 422),
    get("design.builder", "/design/{key}/forms/{form}", IN, 403, 403, 403, 200, 200),
    post("design.build", "/design/{key}/forms/{form}", IN, 403, 403, 403, 303, 303, _add="number"),
    post("design.build", "/design/{key}/forms/{form}", IN, 403, 403, 403, 409, 409, _revision="7", _add="number"),
    post("design.preview_form", "/design/{key}/forms/{form}/preview", IN, 403, 403, 403, 200, 200),
    get("design.download_form", "/design/{key}/forms/{form}/file", IN, 403, 403, 403, 200, 200),
    get("design.form_text", "/design/{key}/forms/{form}/json", IN, 403, 403, 403, 200, 200),
    post("design.put_text", "/design/{key}/forms/{form}/json", IN, 403, 403, 403, 422, 422, text="x"),
    get("design.rename_field", "/design/{key}/forms/{form}/rename?at=1", IN, 403, 403, 403, 200, 200),
    post("design.put_name", "/design/{key}/forms/{form}/rename", IN, 403, 403, 403, 422, 422, _at="1", _old="judul"),
    post("design.remove_form", "/design/{key}/forms/{form}/delete", IN, 403, 403, 403, 409, 409),
    get("design.draft", "/design/{key}/draft", IN, 403, 403, 403, 200, 200),
    Row("design.save", "PUT", "/design/{key}/draft", (IN, 403, 403, 403, 422, 422)),
    Row("design.discard", "DELETE", "/design/{key}/draft", (IN, 403, 403, 403, 404, 404)),
    post("design.problems", "/design/{key}/problems", IN, 403, 403, 403, 422, 422),
    get("design.choices", "/design/{key}/choices", IN, 403, 403, 403, 200, 200),
    post("design.create_position", "/design/{key}/positions", IN, 403, 403, 403, 422, 422),
    post("design.publish", "/design/{key}/publish", IN, 403, 403, 403, 422, 422),
    # -- lists: everybody, each with what they may know of
    get("tasks.inbox", "/tasks", IN, *ALL),
    get("tasks.inbox", "/tasks?scope=unit", IN, *ALL),
    get("cases.listing", "/cases", IN, *ALL),
    get("overdue.listing", "/overdue", IN, *ALL),
    get("overdue.listing", "/overdue?state=closed", IN, *ALL),
    get("processes.listing", "/processes", IN, *ALL),
    get("processes.show", "/processes/{key}", IN, *ALL),
    get("processes.versions", "/processes/{key}/versions", IN, *ALL),
    get("processes.compare", "/processes/{key}/compare?from=1&to=1", IN, *ALL),
    get("processes.compare", "/processes/{key}/compare?from=1&to=draft", IN, 403, 403, 403, 200, 200),
    get("processes.compare", "/processes/{key}/compare?from=1&to=draft-1", IN, 403, 403, 403, 404, 404),
    get("processes.download", "/processes/{key}/diagram.bpmn", IN, *ALL),
    get("processes.download", "/processes/{key}/diagram.svg?version=1", IN, *ALL),
    get("processes.outline", "/processes/{key}/outline", IN, *ALL),
    post("processes.restore", "/processes/{key}/restore", IN, 403, 403, 403, 422, 422, version="1", reason="Perlu"),
    post("processes.steer", "/processes/{key}/retire", IN, 403, 403, 403, 303, 303, reason="Perlu"),
    post("processes.steer", "/processes/{key}/reinstate", IN, 403, 403, 403, 409, 409, reason="Perlu"),
    get("processes.move", "/processes/{key}/move", IN, 403, 403, 403, 200, 200),
    post("processes.move_cases", "/processes/{key}/move", IN, 403, 403, 403, 422, 422),
    post("processes.move_cases", "/processes/{key}/move", IN, 403, 403, 403, 200, 200, case="{case}", reason="Perlu"),
    post("processes.undo_move", "/processes/{key}/move/undo", IN, 404, 403, 403, 303, 303, case="{case}"),
    post("processes.create_positions", "/processes/{key}/positions", IN, 403, 403, 403, 403, 303),
    # -- a case and its tasks: who takes part, superiors, the owner, administrators
    post("cases.start", "/processes/{key}/start", IN, 403, 303, 403, 303, 403),
    get("cases.show", "/cases/{case}", IN, 404, 200, 200, 200, 200),
    get("cases.show", "/cases/{secret_case}", IN, 404, 200, 200, 200, 200),
    post("cases.add_note", "/cases/{case}/notes", IN, 404, 303, 303, 303, 303, text="Catatan"),
    post("cases.add_note", "/cases/{secret_case}/notes", IN, 404, 303, 303, 303, 303, text="Catatan"),
    post("cases.steer", "/cases/{case}/suspend", IN, 404, 403, 403, 303, 303, reason="Libur"),
    post("cases.steer", "/cases/{case}/cancel", IN, 404, 403, 403, 303, 303, reason="Keliru"),
    post("cases.steer", "/cases/{case}/activate", IN, 404, 403, 403, 409, 409, reason="Lanjut"),
    post("cases.steer", "/cases/{secret_case}/cancel", IN, 404, 403, 403, 303, 303, reason="Keliru"),
    get("cases.download_workbook", "/cases/{secret_case}/workbook/bacaan.xlsx", IN, 404, 200, 200, 200, 200),
    get("documents.download", "/documents/{paper}", IN, 404, 200, 200, 200, 200),
    get("documents.download", "/documents/{draft_paper}", IN, 404, 200, 404, 404, 404),
    get("tasks.show", "/tasks/{task}", IN, 404, 200, 200, 200, 200),
    get("tasks.show", "/tasks/{secret_task}", IN, 404, 200, 200, 200, 200),
    get("tasks.show", "/tasks/{sent_task}", IN, 404, 200, 200, 200, 200),
    get("tasks.sent", "/tasks/{sent_task}/sent", IN, 404, 303, 303, 303, 303),
    post("tasks.send", "/tasks/{task}", IN, 404, 422, 403, 403, 403, judul="x"),
    post("tasks.send", "/tasks/{secret_task}", IN, 404, 403, 303, 403, 403, pesan="Baik"),
    post("tasks.claim", "/tasks/{task}/claim", IN, 404, 303, 403, 403, 403),
    post("tasks.claim", "/tasks/{secret_task}/claim", IN, 404, 403, 303, 403, 403),
    post("tasks.unclaim", "/tasks/{task}/unclaim", IN, 404, 303, 403, 403, 403),
    post("tasks.assign", "/tasks/{task}/assign", IN, 404, 403, 303, 303, 303, person_id="{somebody}"),
    post("tasks.assign", "/tasks/{secret_task}/assign", IN, 404, 403, 403, 303, 303, person_id="{somebody}"),
    post("tasks.drafts.draft", "/tasks/{task}/draft", IN, 404, 200, 403, 403, 403, judul="x"),
    post("tasks.drafts.draft", "/tasks/{secret_task}/draft", IN, 404, 403, 200, 403, 403, pesan="x"),
    post("tasks.drafts.upload", "/tasks/{task}/files", IN, 404, 200, 403, 403, 403, path="surat", file="a.pdf"),
    post("tasks.drafts.upload", "/tasks/{secret_task}/files", IN, *(404,) * 5, path="surat", file="a.pdf"),
    post("overdue.acknowledge", "/overdue/{alert}/acknowledge", IN, 404, 403, 303, 403, 303, note="Ya"),
    # -- the office: administrators
    settings("index", "GET", "/settings", 200),
    settings("calendar", "GET", "/settings/calendar", 200),
    settings("accept", "POST", "/settings/calendar/accept", 422),
    settings("add_day_off", "POST", "/settings/calendar/days", 422),
    settings("remove_day_off", "POST", "/settings/calendar/days/remove", 422),
    settings("hours", "GET", "/settings/calendar/hours", 200),
    settings("hours", "POST", "/settings/calendar/hours", 422),
    settings("open_calendar", "POST", "/settings/calendar/open", 302),
    settings("new_period", "GET", "/settings/calendar/periods", 200),
    settings("new_period", "POST", "/settings/calendar/periods", 422),
    settings("end_period", "POST", "/settings/calendar/periods/9/end", 404),
    settings("clock", "GET", "/settings/clock", 200),
    settings("advance", "POST", "/settings/clock", 409, step="PT5M"),
    settings("incidents", "GET", "/settings/incidents", 200),
    settings("retry", "POST", "/settings/incidents/1/retry", 404),
    settings("office_settings", "GET", "/settings/office", 200),
    settings("office_settings", "POST", "/settings/office", 422),
    settings("people", "GET", "/settings/people", 200),
    settings("new_person", "GET", "/settings/people/new", 200),
    settings("new_person", "POST", "/settings/people/new", 422),
    settings("person", "GET", "/settings/people/{somebody}", 200),
    settings("person", "POST", "/settings/people/{somebody}", 422),
    settings("end_person", "POST", "/settings/people/{somebody}/end", 302),
    settings("reset_password", "POST", "/settings/people/{somebody}/password", 422),
    settings("return_person", "POST", "/settings/people/{somebody}/return", 302),
    settings("positions", "GET", "/settings/positions", 200),
    settings("new_position", "GET", "/settings/positions/new", 200),
    settings("new_position", "POST", "/settings/positions/new", 422),
    settings("position", "GET", "/settings/positions/{position}", 200),
    settings("position", "POST", "/settings/positions/{position}", 422),
    settings("end_position", "POST", "/settings/positions/{position}/end", 302),
    settings("assign_holder", "POST", "/settings/positions/{position}/holders", 422),
    settings("end_holding", "POST", "/settings/positions/{position}/holders/{holding}/end", 422),
    settings("return_position", "POST", "/settings/positions/{position}/return", 302),
]


def test_every_address_has_its_line_in_the_table(rights_app: Flask) -> None:
    """A new page must say who may open it."""
    known = {(row.endpoint, row.method) for row in TABLE}
    there = {
        (rule.endpoint, method)
        for rule in rights_app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }
    assert there == known


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_each_kind_of_person_gets_what_the_table_says(rights_app: Flask, scene: Scene, row: Row) -> None:
    got = []
    for who in PEOPLE:
        if row.method == "POST" or who == PEOPLE[0]:
            restore(rights_app, scene)
        client = visitor(rights_app, scene, who)
        path = row.path.format(**scene.names)
        data = {k: v.format(**scene.names) for k, v in row.data.items()}
        if "file" in data:
            answer = client.post(path, data={**data, "file": (BytesIO(PDF), data["file"])})
        else:
            answer = client.open(path, method=row.method, data=data or None, buffered=True)
        sent_to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?")
        plain_sign_in = answer.status_code == 302 and answer.headers["Location"] == "/sign-in"
        at_the_door = sent_to_sign_in or (plain_sign_in and row.expected[0] == IN and who == "nobody")
        got.append(IN if at_the_door else answer.status_code)
    assert dict(zip(PEOPLE, got, strict=True)) == dict(zip(PEOPLE, row.expected, strict=True))


# -- what a page lets slip ---------------------------------------------------------------------------------------------

OUTSIDER = "lurah_jogoyudan"


@pytest.mark.parametrize("row", [row for row in TABLE if row.method == "GET"], ids=lambda row: row.id)
def test_no_page_tells_an_outsider_of_a_confidential_case(rights_app: Flask, scene: Scene, row: Row) -> None:
    client = visitor(rights_app, scene, OUTSIDER)
    answer = client.get(row.path.format(**scene.names), buffered=True)
    assert SECRET not in answer.text
    assert SECRET not in str(answer.headers)


@pytest.mark.parametrize("address", ["/cases?query=mutasi", "/tasks?query=mutasi", "/tasks?scope=unit&query=mutasi"])
def test_searching_for_a_confidential_case_finds_nothing(rights_app: Flask, scene: Scene, address: str) -> None:
    assert "Tidak ada yang cocok" in visitor(rights_app, scene, OUTSIDER).get(address).text
    if "cases" in address:
        assert SECRET in visitor(rights_app, scene, "camat").get(address).text


@pytest.mark.parametrize("address", ["/processes", "/processes/{key}"])
def test_a_confidential_case_is_not_counted_for_outsiders(rights_app: Flask, scene: Scene, address: str) -> None:
    restore(rights_app, scene)
    address = address.format(**scene.names)
    assert "1 berkas berjalan" in visitor(rights_app, scene, OUTSIDER).get(address).text
    assert "2 berkas berjalan" in visitor(rights_app, scene, "pengelola_sop").get(address).text


def test_a_draft_is_nobody_elses_to_read(rights_app: Flask, scene: Scene) -> None:
    restore(rights_app, scene)
    path = "/tasks/{task}".format(**scene.names)
    assert "Kalimat setengah jadi" in visitor(rights_app, scene, "kasi_pemerintahan").get(path).text
    for who in ("camat", "pengelola_sop", ADMINISTRATOR):
        shown = visitor(rights_app, scene, who).get(path)
        assert shown.status_code == 200
        assert "Kalimat setengah jadi" not in shown.text and "konsep.pdf" not in shown.text, who


def test_who_was_given_a_task_opens_it_with_its_case_and_no_other(rights_app: Flask, scene: Scene) -> None:
    restore(rights_app, scene)
    given = person(rights_app.extensions["alur.database"], OUTSIDER).person_id
    superior = visitor(rights_app, scene, "camat")
    superior.post("/tasks/{task}/assign".format(**scene.names), data={"person_id": given})
    client = visitor(rights_app, scene, OUTSIDER)
    assert client.get("/tasks/{task}".format(**scene.names)).status_code == 200
    assert client.get("/cases/{case}".format(**scene.names)).status_code == 200
    assert client.get("/cases/{secret_case}".format(**scene.names)).status_code == 404
    answer = client.post("/tasks/{task}".format(**scene.names), data={**FLAT, "judul": SECRET})
    assert answer.status_code == 409, "the key of a confidential case is taken"
    assert f"Belanja {SECRET}" not in answer.text and "/cases/{secret_case}".format(**scene.names) not in answer.text
    assert (
        client.post("/tasks/{task}".format(**scene.names), data={**FLAT, "judul": SECRET, "_confirm": "1"}).status_code
        == 303
    )
