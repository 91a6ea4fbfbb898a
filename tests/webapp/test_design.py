"""What the modeler asks for: drafts, problems and publishing in JSON, and the pages that lead to it."""

from __future__ import annotations

import html
import re
import zlib
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine import definitions, seeds
from engine.db import Database
from engine.identity import NOBODY, SYSTEM
from engine.people import positions, sessions
from tests.conftest import ROOT
from tests.office import ADMINISTRATOR, person

LEAVE = "permohonan_cuti"
JSON = {"Accept": "application/json"}


@pytest.fixture
def drawing_app(app: Flask, office: Database) -> Flask:
    """The small office with both procedures in force."""
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    return app


class Desk:
    """Somebody's browser, as far as the modeler's script uses it."""

    def __init__(self, app: Flask, who: str) -> None:
        self.client: FlaskClient = app.test_client()
        database: Database = app.extensions["alur.database"]
        with database.begin(NOBODY) as uow:
            self.client.set_cookie("alur_session", sessions.begin(uow, person(database, who).person_id or 0))
        page = self.client.get("/design/new").text
        self.token = page.split('name="csrf-token" content="')[1].split('"')[0] if "csrf-token" in page else ""

    def ask(self, method: str, address: str, body: Any = None, *, status: int = 200) -> Any:
        answer = self.client.open(address, method=method, json=body, headers={**JSON, "X-CSRFToken": self.token})
        assert answer.status_code == status, answer.text[:300]
        return answer.get_json()


@pytest.fixture
def owner(drawing_app: Flask) -> Desk:
    return Desk(drawing_app, "pengelola_sop")


def longer(draft: dict[str, Any], duration: str = "P3D") -> str:
    return str(draft["xml"]).replace("P2D", duration)


def test_a_draft_is_kept_revision_by_revision(owner: Desk) -> None:
    first = owner.ask("GET", f"/design/{LEAVE}/draft")
    assert (first["revision"], first["base_version"], first["saved_at"]) == (0, 1, "")
    assert set(first["forms"]) == {"permohonan_cuti", "pertimbangan_cuti", "keputusan_cuti"}
    sent = {"xml": longer(first), "forms": first["forms"], "revision": 0}
    kept = owner.ask("PUT", f"/design/{LEAVE}/draft", sent)
    assert (kept["revision"], kept["saved_at"]) == (1, "09.00")
    stale = owner.ask("PUT", f"/design/{LEAVE}/draft", sent, status=409)
    assert (stale["revision"], stale["at"]) == (1, "09.00")
    assert "P3D" in owner.ask("GET", f"/design/{LEAVE}/draft")["xml"]
    owner.ask("DELETE", f"/design/{LEAVE}/draft")
    assert owner.ask("GET", f"/design/{LEAVE}/draft")["revision"] == 0


def test_problems_come_in_the_language_of_the_person_with_a_remedy(owner: Desk) -> None:
    draft = owner.ask("GET", f"/design/{LEAVE}/draft")
    broken = str(draft["xml"]).replace('camunda:formKey="permohonan_cuti"', 'camunda:formKey="hilang"')
    body = {"xml": broken, "forms": draft["forms"]}
    found = owner.ask("POST", f"/design/{LEAVE}/problems", body)["problems"]
    told = next(one for one in found if one["rule"] == "unknown-form")
    assert (told["severity"], told["element"], told["params"]["form"]) == ("error", "catat_permohonan", "hilang")
    assert told["message"] == "Tidak ada formulir “hilang”." and told["remedy"]
    nonsense = owner.ask("POST", f"/design/{LEAVE}/problems", {"xml": "<oops", "forms": {}})["problems"]
    assert [one["severity"] for one in nonsense] == ["error"]


def test_publishing_needs_a_reason_and_nothing_left_to_mend(owner: Desk, office: Database) -> None:
    draft = owner.ask("GET", f"/design/{LEAVE}/draft")
    owner.ask("PUT", f"/design/{LEAVE}/draft", {"xml": longer(draft), "forms": draft["forms"], "revision": 0})
    body = {"revision": 1, "reason": " ", "expected_newest": 1}
    assert "alasan" in owner.ask("POST", f"/design/{LEAVE}/publish", body, status=422)["message"].lower()
    made = owner.ask("POST", f"/design/{LEAVE}/publish", {**body, "reason": "Tiga hari"})
    assert made == {"version": 2, "next": f"/processes/{LEAVE}"}
    assert "Versi 2" in owner.client.get(made["next"]).text
    broken = str(draft["xml"]).replace('camunda:formKey="permohonan_cuti"', 'camunda:formKey="hilang"')
    owner.ask("PUT", f"/design/{LEAVE}/draft", {"xml": broken, "forms": draft["forms"], "revision": 0})
    body = {"revision": 1, "reason": "Coba", "expected_newest": 2}
    refused = owner.ask("POST", f"/design/{LEAVE}/publish", body, status=422)
    assert [one["rule"] for one in refused["problems"] if one["severity"] == "error"] == ["unknown-form"]
    with office.read(SYSTEM) as uow:
        assert definitions.row_of(uow, LEAVE).version == 2


def test_who_publishes_over_somebody_elses_version_is_told_its_number(owner: Desk, drawing_app: Flask) -> None:
    other = Desk(drawing_app, ADMINISTRATOR)
    draft = owner.ask("GET", f"/design/{LEAVE}/draft")
    for desk, duration in ((owner, "P3D"), (other, "P5D")):
        sent = {"xml": longer(draft, duration), "forms": draft["forms"], "revision": 0}
        desk.ask("PUT", f"/design/{LEAVE}/draft", sent)
    assert [one["name"] for one in owner.ask("GET", f"/design/{LEAVE}/draft")["others"]] == ["Admin Contoh"]
    body = {"revision": 1, "reason": "Lima hari", "expected_newest": 1}
    other.ask("POST", f"/design/{LEAVE}/publish", body)
    refused = owner.ask("POST", f"/design/{LEAVE}/publish", body, status=409)
    assert refused["newest"] == 2
    assert owner.ask("POST", f"/design/{LEAVE}/publish", {**body, "expected_newest": 2})["version"] == 3


def test_only_an_administrator_creates_the_position_a_lane_names(owner: Desk, drawing_app: Flask) -> None:
    owner.ask("POST", f"/design/{LEAVE}/positions", {"name": "Kasi Arsip"}, status=403)
    made = Desk(drawing_app, ADMINISTRATOR).ask("POST", f"/design/{LEAVE}/positions", {"name": "Kasi Arsip"})
    assert "Kasi Arsip" in [one["label"] for one in made["choices"]["positions"]]
    with drawing_app.extensions["alur.database"].read(SYSTEM) as uow:
        assert "Kasi Arsip" in positions.names(uow).values()


@pytest.mark.parametrize("body", [None, [], {}, {"xml": 3}, {"xml": "<a/>", "forms": {"a": 1}}, {"xml": "\ud800"}])
def test_what_is_no_draft_is_refused_in_words(owner: Desk, body: Any) -> None:
    for method, address in (("PUT", "draft"), ("POST", "problems")):
        assert owner.ask(method, f"/design/{LEAVE}/{address}", body, status=422)["message"]


def test_a_stranger_and_a_page_without_its_token_are_turned_away(drawing_app: Flask, owner: Desk) -> None:
    stranger = drawing_app.test_client()
    assert stranger.get(f"/design/{LEAVE}/draft", headers=JSON).status_code == 401
    owner.token = "gone"
    body = {"xml": "<a/>", "forms": {}, "revision": 0}
    answer = owner.client.put(f"/design/{LEAVE}/draft", json=body, headers={**JSON, "X-CSRFToken": "gone"})
    assert answer.status_code == 400


def test_staff_neither_open_the_modeler_nor_read_a_draft(drawing_app: Flask) -> None:
    staff = Desk(drawing_app, "kasi_pemerintahan")
    assert staff.client.get(f"/design/{LEAVE}").status_code == 403
    staff.ask("GET", f"/design/{LEAVE}/draft", status=403)
    assert "/design" not in staff.client.get("/tasks").text


def test_a_file_in_another_encoding_opens_as_the_same_text(owner: Desk) -> None:
    text = (ROOT / "tests" / "diagrams" / "user_task.bpmn").read_text("utf-8").replace("User task", "Tugas café")
    assert "café" in text
    file = text.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("iso-8859-1")
    upload = {"csrf_token": owner.token, "file": (BytesIO(file), "kecil.bpmn")}
    answer = owner.client.post("/design/upload", data=upload)
    assert answer.status_code == 303
    draft = owner.ask("GET", f"{answer.headers['Location']}/draft")
    assert "café" in draft["xml"] and 'encoding="UTF-8"' in draft["xml"]


def send(owner: Desk, xml: bytes | None = None, **data: str) -> Any:
    """Open a file, or what the page that asked about it holds."""
    file = {"file": (BytesIO(xml), "dari luar.bpmn")} if xml is not None else {}
    return owner.client.post("/design/upload", data={"csrf_token": owner.token, **file, **data})


def hidden(page: str) -> str:
    return html.unescape(re.search(r'name="content" value="([^"]+)"', page)[1])  # type: ignore[index]


def test_a_file_whose_key_nobody_chose_is_asked_for_one_and_not_chosen_twice(owner: Desk) -> None:
    xml = (ROOT / "tests" / "browser" / "foreign.bpmn").read_bytes().replace(b'"surat"', b'"Process_1"')
    asked = send(owner, xml)
    assert asked.status_code == 200 and "dari luar.bpmn" in asked.text
    assert 'value="Surat masuk"' in asked.text and 'value="surat_masuk"' in asked.text
    content = hidden(asked.text)
    refused = send(owner, content=content, file_name="dari luar.bpmn", name="Surat ke camat", key=LEAVE)
    assert refused.status_code == 422 and "Sudah ada proses dengan kunci ini" in refused.text
    assert 'value="Surat ke camat"' in refused.text and hidden(refused.text) == content
    assert send(owner, content=content, name=" ", key="surat").status_code == 422
    made = send(owner, content=content, name="Surat ke camat", key="")
    assert made.headers["Location"] == "/design/surat_ke_camat"
    draft = owner.ask("GET", "/design/surat_ke_camat/draft")["xml"]
    assert 'id="surat_ke_camat"' in draft and 'bpmnElement="surat_ke_camat"' in draft and "kantor:arsip" in draft


def test_a_file_of_a_process_there_is_replaces_no_draft_unasked(owner: Desk) -> None:
    draft = owner.ask("GET", f"/design/{LEAVE}/draft")
    xml = str(draft["xml"]).encode()
    sent = {"xml": longer(draft), "forms": draft["forms"], "revision": 0}
    owner.ask("PUT", f"/design/{LEAVE}/draft", sent)
    asked = send(owner, xml)
    assert asked.status_code == 200 and "draf saya untuk Permohonan Cuti" in asked.text
    content = hidden(asked.text)
    undecided = send(owner, content=content, name="Cuti", key="cuti")
    assert undecided.status_code == 422 and "Pilih berkas ini menjadi apa." in undecided.text
    assert owner.ask("GET", f"/design/{LEAVE}/draft")["revision"] == 1
    made = send(owner, content=content, become="new", name="Cuti lain", key="cuti_lain")
    assert made.headers["Location"] == "/design/cuti_lain"
    assert set(owner.ask("GET", "/design/cuti_lain/draft")["forms"]) == set(draft["forms"])
    assert owner.ask("GET", f"/design/{LEAVE}/draft")["revision"] == 1
    assert send(owner, content=content, become="draft").headers["Location"] == f"/design/{LEAVE}"
    replaced = owner.ask("GET", f"/design/{LEAVE}/draft")
    assert (replaced["revision"], "P3D" in replaced["xml"]) == (2, False)


@pytest.mark.parametrize(
    "content", ["", "no base64!", b64encode(b"no zlib").decode(), b64encode(zlib.compress(bytes(6_000_000))).decode()]
)
def test_a_file_that_did_not_travel_whole_is_asked_for_again(owner: Desk, content: str) -> None:
    refused = send(owner, content=content, name="Surat", key="surat")
    assert refused.status_code == 422 and "Pilih sekali lagi" in refused.text


def test_a_new_process_needs_a_name_and_a_key_of_its_own(owner: Desk) -> None:
    def press(**data: str) -> Any:
        return owner.client.post("/design/new", data={"csrf_token": owner.token, **data})

    assert press(name="").status_code == 422
    for key in (LEAVE, "new", "upload"):
        refused = press(name="Cuti", key=key)
        assert refused.status_code == 422 and "Sudah ada proses dengan kunci ini" in refused.text
    made = press(name="Surat Keterangan Usaha")
    assert made.headers["Location"] == "/design/surat_keterangan_usaha"
    assert "Surat Keterangan Usaha" in owner.client.get("/design").text
