"""The pages of versions: what changed in words, restoring and retiring with a reason, the process as text."""

from __future__ import annotations

import pytest

from engine.db import Database
from engine.drafting import designs
from engine.identity import SYSTEM
from tests.office import ADMINISTRATOR, person
from tests.visitor import Page
from tests.webapp.conftest import Visit
from tests.webapp.small import DIAGRAM, KEY, Shop

OWNER, STAFF = "pengelola_sop", "kasi_pemerintahan"


def publish(database: Database, *edits: tuple[str, str], reason: str = "Perlu waktu.") -> None:
    with database.begin(person(database, OWNER)) as uow:
        view = designs.open_design(uow, KEY)
        xml = view.xml.decode()
        for old, new in edits:
            assert old in xml
            xml = xml.replace(old, new)
        view = designs.save(uow, KEY, xml.encode(), view.forms, revision=view.revision)
        designs.publish(uow, KEY, revision=view.revision, reason=reason, expected_newest=view.newest_version)


def text_of(page: Page) -> str:
    """All words of a page, those of its dialogs too."""
    return " ".join(page.root.text_content().split())


def test_a_changed_standard_time_reads_as_one_sentence(shop: Shop, visit: Visit) -> None:
    publish(shop.database, ("PT15M", "PT20M"))
    visitor = visit(STAFF)
    visitor.open(f"/processes/{KEY}/compare?from=1&to=2")
    assert "Langkah 1 Isi rencana : waktu baku sebelumnya: 15 → sekarang: 20 menit" in visitor.page.text
    assert visitor.page.links("#new-isi")
    assert "menyusul" in visitor.page.text, "the border event's own change follows from it"


def test_an_owner_sees_what_a_colleague_has_drawn_and_staff_do_not(shop: Shop, visit: Visit) -> None:
    colleague = person(shop.database, ADMINISTRATOR)
    with shop.database.begin(colleague) as uow:
        view = designs.open_design(uow, KEY)
        designs.save(uow, KEY, view.xml.replace(b"Baca rencana", b"Teliti rencana"), view.forms, revision=0)
    address = f"/processes/{KEY}/compare?from=1&to=draft-{colleague.person_id}"
    page = visit(OWNER).open(address)
    assert "Versi 1 dan Draf Admin Contoh" in page.text
    assert "nama sebelumnya: Baca rencana → sekarang: Teliti rencana" in page.text
    assert visit(STAFF).open(address).status == 403


def test_the_words_of_a_comparison_are_to_be_had_alone(shop: Shop, visit: Visit) -> None:
    publish(shop.database, ("PT15M", "PT20M"))
    page = visit(OWNER).open(f"/processes/{KEY}/compare?from=1&to=2&part=list")
    told = text_of(page)
    assert "waktu baku sebelumnya: 15" in told and "sekarang: 20 menit" in told
    assert not page.root.xpath("//h1 | //a"), "nothing but the words"


def test_versions_tell_who_when_why_and_staff_find_no_button(shop: Shop, visit: Visit) -> None:
    publish(shop.database, ("Baca rencana", "Teliti rencana"), reason="Judulnya kurang jelas.")
    shop.start()
    visitor = visit(STAFF)
    visitor.open(f"/processes/{KEY}/versions")
    told = visitor.page.text
    assert "Judulnya kurang jelas." in told
    assert "Pengelola SOP (Orang Pengelola SOP) · 1 berkas berjalan" in told
    assert not [action for action in visitor.page.actions() if KEY in action]


def test_an_owner_restores_a_version_with_a_reason(shop: Shop, visit: Visit) -> None:
    publish(shop.database, ("Baca rencana", "Teliti rencana"))
    visitor = visit(OWNER)
    visitor.open(f"/processes/{KEY}/versions")
    visitor.press(f"/processes/{KEY}/restore", {"version": "1", "reason": " "})
    assert "Tulis alasannya" in visitor.page.text
    visitor.press(f"/processes/{KEY}/restore", {"version": "1", "reason": "Yang lama lebih jelas."})
    assert "dipulihkan dari versi 1" in visitor.page.text
    with shop.database.read(SYSTEM) as uow:
        assert designs.open_design(uow, KEY).newest_version == 3


def test_a_retired_process_is_marked_everywhere_and_starts_no_case(shop: Shop, visit: Visit) -> None:
    visitor = visit(OWNER)
    visitor.open(f"/processes/{KEY}/versions")
    visitor.press(f"/processes/{KEY}/retire", {"reason": "Diganti SOP lain."})
    staff = visit(STAFF)
    for address in ("/processes", f"/processes/{KEY}", f"/processes/{KEY}/outline", f"/processes/{KEY}/versions"):
        staff.open(address)
        assert "dicabut" in staff.page.text, address
        assert f"/processes/{KEY}/start" not in staff.page.actions(), address
        assert "Berkas dimulai oleh" not in staff.page.text, "nobody starts any"
    assert "Diganti SOP lain." in staff.page.text
    assert "tidak ada berkas yang dimulai dengan versi ini" in text_of(visitor.open(f"/design/{KEY}"))
    visitor.open(f"/processes/{KEY}/versions")
    visitor.press(f"/processes/{KEY}/reinstate", {"reason": "Masih dipakai."})
    staff.open("/processes")
    assert f"/processes/{KEY}/start" in staff.page.actions()


def test_the_text_of_a_process_says_who_by_when_with_what(shop: Shop, visit: Visit) -> None:
    visitor = visit(STAFF)
    visitor.open(f"/processes/{KEY}/outline")
    told = visitor.page.text
    assert "1. Isi rencana Isi semua baris. Pelaksana: Kasi Pemerintahan Waktu baku: 15 menit" in told
    assert "Kelengkapan: DPA Output: Rencana Formulir: Rencana" in told
    assert "Bila waktu baku 15 menit lewat, pekerjaan tetap terbuka dan atasan diberi tahu" in told
    assert told.index("2. Baca rencana") < told.index("Selesai: Selesai")


@pytest.mark.parametrize(("kind", "begins"), [("bpmn", "<?xml"), ("svg", "<svg")])
def test_a_version_is_downloaded_as_file_and_as_picture(shop: Shop, visit: Visit, kind: str, begins: str) -> None:
    publish(shop.database, ("Baca rencana", "Teliti rencana"))
    answer = visit(STAFF).transport.send("GET", f"/processes/{KEY}/diagram.{kind}?version=1", [], {})
    assert answer.body.decode().startswith(begins)
    assert (answer.body.decode() == DIAGRAM) == (kind == "bpmn")
