"""The plan for running cases, moving them in batches, and undoing: as an owner without scripts does it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from engine import deployment
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM
from tests.visitor import Page
from tests.webapp.conftest import Visit
from tests.webapp.small import DIAGRAM, ENTRY, GOOD, KEY, READING, Shop, open_shop
from webapp.processes import moves

PLAN = f"/processes/{KEY}/move"
FORMS = {"isian": json.dumps(ENTRY), "bacaan": json.dumps(READING)}

GONE = (('"baca"', '"telaah"'),)  #: the second step has another id


@pytest.fixture
def shop(office: Database, clock: SetClock) -> Shop:
    return open_shop(office, clock)


def publish(office: Database, *changes: tuple[str, str]) -> None:
    text = DIAGRAM
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with office.begin(SYSTEM) as uow:
        assert deployment.deploy(uow, text.encode(), FORMS).new


def versions(page: Page) -> str:
    return " ".join(page.root.xpath("string(//*[@class='move-counts'])").split())


def test_the_plan_says_what_changes_before_anything_moves(office: Database, shop: Shop, visit: Visit) -> None:
    shop.start()
    publish(office, ("PT15M", "PT30M"), ('candidateGroups="kasi_pemerintahan"', 'candidateGroups="camat"'))
    page = visit("pengelola_sop").open(PLAN)
    assert "1 dapat pindah" in versions(page)
    assert page.root.xpath("//*[@class='move-changes']//del/time/@datetime") == ["2026-03-10T02:15:00+00:00"]
    assert page.root.xpath("//*[@class='move-changes']//ins/time/@datetime") == ["2026-03-10T02:30:00+00:00"]
    assert "dari Kasi Pemerintahan ke Camat" in page.text
    assert page.links(f"/processes/{KEY}/compare\\?from=1&to=2"), "what the versions differ in is one step away"


def test_chosen_cases_move_with_a_reason_and_can_be_put_back(office: Database, shop: Shop, visit: Visit) -> None:
    stays, _ = shop.start()
    goes, _ = shop.start()
    publish(office, ("PT15M", "PT30M"))
    owner = visit("pengelola_sop")
    owner.open(PLAN)
    page = owner.press(PLAN, {"case": [goes], "reason": ""})
    assert page.status == 422 and "Tuliskan alasan" in page.problems
    assert page.root.xpath("//input[@name='case' and @checked]/@value") == [str(goes)], "the choice is kept"
    page = owner.press(PLAN, {"reason": "Waktu baku diperpanjang."})
    assert "1 berkas dipindahkan ke versi 2" in page.text
    assert "Waktu baku diperpanjang." in owner.open(f"/cases/{goes}").text
    assert "versi 1 ke versi 2" not in owner.open(f"/cases/{stays}").text
    owner.open(PLAN)
    page = owner.press(f"{PLAN}/undo")
    assert "persis seperti semula" in page.text
    assert "2 dapat pindah" in versions(page)


def test_a_case_that_went_on_stays_where_it_was_moved_to(office: Database, shop: Shop, visit: Visit) -> None:
    _, task = shop.start()
    publish(office, ("PT15M", "PT30M"))
    owner = visit("pengelola_sop")
    owner.open(PLAN)
    owner.press(PLAN, {"reason": "Perlu."})
    owner.open(PLAN)
    shop.send(task, GOOD)
    page = owner.press(f"{PLAN}/undo")
    assert "tidak dapat dibatalkan lagi" in page.text


def test_many_cases_move_in_batches_that_can_be_interrupted(office: Database, shop: Shop, visit: Visit) -> None:
    number = moves.BATCH + 3
    for _ in range(number):
        shop.start()
    publish(office, ("PT15M", "PT30M"))
    owner = visit("pengelola_sop")
    owner.open(PLAN)
    page = owner.press(PLAN, {"reason": "Perlu."})
    assert f"{moves.BATCH} dari {number} berkas" in page.text
    assert f"{moves.BATCH} sudah di versi 2" in versions(visit("administrator").open(PLAN))
    page = owner.press(PLAN)
    assert f"{number} berkas dipindahkan ke versi 2" in page.text
    assert PLAN not in page.actions(), "nothing is left to send"


def test_a_case_that_changed_meanwhile_is_left_and_said_why(office: Database, shop: Shop, visit: Visit) -> None:
    _, first = shop.start()
    publish(office, *GONE)
    owner = visit("pengelola_sop")
    owner.open(PLAN)
    shop.send(first, GOOD)
    page = owner.press(PLAN, {"reason": "Perlu."})
    assert "1 berkas dibiarkan seperti semula" in page.text
    assert "tidak ada di versi baru" in page.text


def test_what_is_gone_is_replaced_by_what_the_owner_chooses(office: Database, shop: Shop, visit: Visit) -> None:
    case, first = shop.start()
    shop.send(first, GOOD)
    publish(office, *GONE)
    owner = visit("pengelola_sop")
    page = owner.open(PLAN)
    assert "1 tertahan" in versions(page)
    assert page.root.xpath("//select[@name='map.baca']/option/@value")[:2] == ["", "telaah"]
    page = owner.open(f"{PLAN}?map.baca=telaah")
    assert "1 dapat pindah" in versions(page)
    page = owner.press(PLAN, {"reason": "Langkah diganti."})
    assert "1 berkas dipindahkan" in page.text
    assert owner.open(f"/cases/{case}").status == 200


def test_a_plan_with_a_mapping_of_another_version_begins_without_it(office: Database, shop: Shop, visit: Visit) -> None:
    shop.start()
    publish(office, ("PT15M", "PT30M"))
    page = visit("pengelola_sop").open(f"{PLAN}?map.baca=isi&to=2")
    assert page.status == 200 and "map." not in page.url


def test_the_plan_can_be_filtered(office: Database, shop: Shop, visit: Visit) -> None:
    _, first = shop.start()
    shop.send(first, {**GOOD, "judul": "Kertas"})
    shop.start()
    publish(office, ("PT15M", "PT30M"))
    owner = visit("pengelola_sop")
    page = owner.open(f"{PLAN}?query=kertas")
    assert len(page.root.xpath("//input[@name='case']")) == 1
    assert "Tidak ada yang cocok" in owner.open(f"{PLAN}?query=zzz").text
    assert "Tidak ada yang cocok" in owner.open(f"{PLAN}?verdict=blocked").text


def test_a_time_that_is_over_by_the_new_rule_is_said_before(office: Database, shop: Shop, visit: Visit) -> None:
    shop.start()
    publish(office, ("PT15M", "PT5M"))
    shop.clock.advance(timedelta(minutes=8))
    assert "atasan langsung diberi tahu" in visit("pengelola_sop").open(PLAN).text
