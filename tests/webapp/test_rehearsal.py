"""Trying a draft out on pages: by hand step by step, with the clock put on, and back; and every way at once."""

from __future__ import annotations

import json
from typing import Any

from engine import cases, seeds
from engine.db import Database
from engine.drafting import designs
from engine.identity import SYSTEM
from engine.rehearsal.script import EVERY
from tests.conftest import ROOT
from tests.office import person
from tests.visitor import Visitor
from tests.webapp.conftest import Visit
from tests.webapp.small import KEY, Shop

EVERYTHING = "Isikan semuanya otomatis"
ADDRESS = f"/design/{KEY}/rehearsal"


def begun(visit: Visit) -> Visitor:
    visitor = visit("pengelola_sop")
    visitor.open(ADDRESS)
    return visitor


def shown(visitor: Visitor) -> str:
    return " ".join(visitor.page.text.split())


def push(visitor: Visitor, name: str, value: str | None = None, **answers: str) -> Visitor:
    """Press the button of this name (and value) with what its form holds, and see the page that comes."""
    buttons = visitor.page.root.xpath(f"//form//button[@name='{name}']")
    (button, *_) = [one for one in buttons if value is None or one.get("value") == value]
    form = next(button.iterancestors("form"))
    pairs = [*dict(form.form_values(), **answers).items(), (name, button.get("value") or "")]
    return see(visitor, form.get("action"), pairs)


def send(visitor: Visitor, **answers: str) -> Visitor:
    """Send the form that is open on the page."""
    form = next(visitor.page.root.xpath("//input[@name='_task']")[0].iterancestors("form"))
    return see(visitor, form.get("action"), list(dict(form.form_values(), **answers).items()))


def see(visitor: Visitor, address: str, pairs: list[tuple[str, str]]) -> Visitor:
    visitor._see(visitor.transport.send("POST", address, pairs, {}))
    return visitor


def test_a_case_is_walked_to_its_end_with_made_up_answers(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    assert "Isi rencana" in shown(visitor)
    assert "Kasi Pemerintahan" in shown(visitor)
    push(visitor, "_auto")
    assert "Baca rencana" in shown(visitor)
    push(visitor, "_auto")
    assert "Berkas sampai ke akhirnya." in shown(visitor)
    with shop.database.read(SYSTEM) as uow:
        assert cases.listing(uow).total == 0


def test_everything_that_is_open_is_filled_in_at_once(office: Database, visit: Visit) -> None:
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    visitor = visit("pengelola_sop")
    visitor.open("/design/pengumpulan_data_kinerja/rehearsal")
    for _ in range(3):
        assert EVERYTHING not in shown(visitor), "one open task has its own button"
        push(visitor, "_auto")
    units = len(visitor.page.root.xpath("//button[@name='_open']"))
    assert units > 2
    push(visitor, "_auto", EVERY)
    (left,) = visitor.page.root.xpath("//button[@name='_open']")
    assert "Gabungkan draf" in left.text_content()
    (earlier,) = visitor.page.root.xpath("//ol[@class='deeds']//details")
    assert earlier.findtext("summary") == f"{units + 3 - 5} sebelumnya"
    push(visitor, "_back", "3")
    assert len(visitor.page.root.xpath("//button[@name='_open']")) == units


def test_the_clock_is_put_on_and_an_alert_is_told(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    push(visitor, "_advance", "PT5M")
    assert "dilaporkan" not in shown(visitor)
    push(visitor, "_advance", "next")
    assert "09.15" in shown(visitor)
    assert "dilaporkan kepada Camat" in shown(visitor)


def test_one_goes_back_to_an_earlier_step(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    push(visitor, "_advance", "PT1H")
    push(visitor, "_auto")
    assert "Baca rencana" in shown(visitor)
    push(visitor, "_back", "1")
    assert "Isi rencana" in shown(visitor)
    assert "Isi rencana dikirim" not in shown(visitor)
    assert "10.00" in visitor.page.root.xpath("string(//*[@class='rehearsal-clock'])")
    push(visitor, "_back", "0")
    assert "09.00" in visitor.page.root.xpath("string(//*[@class='rehearsal-clock'])")


def test_a_form_is_filled_in_by_hand_and_comes_back_with_its_problems(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    push(visitor, "_open")
    send(visitor, judul="Kertas")
    assert visitor.page.status == 422
    assert "Sifat" in visitor.page.problems
    assert visitor.page.root.xpath("//input[@name='judul']/@value") == ["Kertas"]
    send(visitor, sifat="rahasia", alasan="Ujian")
    assert visitor.page.status == 200
    assert "Baca rencana" in shown(visitor)
    assert visitor.page.root.xpath("//*[@class='diagram-frame']//svg")


def test_a_form_in_a_rehearsal_follows_what_is_typed(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    push(visitor, "_open")
    form = next(visitor.page.root.xpath("//input[@name='_task']")[0].iterancestors("form"))
    assert set(form.get("data-with").split()) <= set(form.fields.keys())

    def follow(**answers: str) -> Any:
        pairs = list(dict(form.form_values(), **answers).items())
        return json.loads(visitor.transport.send("POST", form.get("data-draft"), pairs, {}).body)

    assert follow(sifat="biasa")["hidden"] == ["alasan"]
    assert follow(sifat="rahasia")["hidden"] == []
    assert follow(_task="elsewhere") == {"saved_at": "", "values": {}, "hidden": []}


def test_a_row_is_added_to_a_form_in_a_rehearsal(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    push(visitor, "_open")
    push(visitor, "_add", "baris", judul="Kertas")
    assert visitor.page.root.xpath("//form//*[@name='baris-0-nama'][not(ancestor::template)]")
    assert visitor.page.root.xpath("//input[@name='judul']/@value") == ["Kertas"]


def test_every_way_is_tried_at_once(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    form = visitor.page.form(f"{ADDRESS}/all")
    see(visitor, form.get("action"), list(form.form_values()))
    assert visitor.page.status == 200
    assert "Semua alur dilalui" in shown(visitor)
    assert "Semua terlambat" in shown(visitor)


def test_a_draft_that_cannot_run_says_what_to_mend(shop: Shop, visit: Visit) -> None:
    with shop.database.begin(person(shop.database, "pengelola_sop")) as uow:
        found = designs.open_design(uow, KEY)
        designs.save(uow, KEY, found.xml.replace(b"PT15M", b"soon"), found.forms, revision=0)
    visitor = begun(visit)
    assert visitor.page.status == 422
    assert "Belum dapat dicoba" in shown(visitor)
    assert "soon" in shown(visitor)


def test_a_script_that_was_tampered_with_begins_anew(shop: Shop, visit: Visit) -> None:
    visitor = begun(visit)
    push(visitor, "_auto", _script="{not json")
    assert visitor.page.status == 422
    assert "dimulai dari awal" in shown(visitor)
    push(visitor, "_auto", _script='[{"do": "complete", "of": "nowhere||1", "typed": null}]')
    assert visitor.page.status == 200
    assert "Baca rencana" in shown(visitor)
