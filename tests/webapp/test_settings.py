"""The settings: only administrators; people and positions with their dates; the calendar's preview; the clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from engine import calendars, deadlines, instances, jobs, seeds
from engine import office as office_rules
from engine.clock import SetClock
from engine.db import Database
from engine.identity import SYSTEM, Actor
from engine.model import JobRow
from engine.people import positions
from engine.worker import Worker
from tests.conftest import ROOT, WIB
from tests.office import ADMINISTRATOR, PASSWORD
from tests.visitor import Page, Visitor
from tests.webapp.conftest import Visit

As = Callable[[str], Actor]

ACTING = {"kind": "plh", "starts_on": "2026-03-10", "ends_on": "2026-03-13", "order_number": "800/12/2026"}


@pytest.fixture
def admin(visit: Visit) -> Visitor:
    return visit("administrator")


def number_of(database: Database, position: str) -> tuple[int, int]:
    """Ids of a position and of the person who holds it."""
    with database.read(SYSTEM) as uow:
        found = next(p for p in positions.listing(uow) if p.key == position)
        return found.id, found.holders[0].person_id


def value(page: Page, field: str) -> str:
    element = page.root.get_element_by_id(f"f-{field}")
    return element.get("value") or ""


def test_no_page_of_the_settings_opens_for_others_than_administrators(app: Flask, visit: Visit) -> None:
    visitor = visit("camat")
    token = visitor.page.root.xpath("//meta[@name='csrf-token']/@content")[0]
    client = app.test_client()
    client.set_cookie("alur_session", visitor.transport.client.get_cookie("alur_session").value)  # type: ignore[attr-defined]
    client.set_cookie("alur_form", visitor.transport.client.get_cookie("alur_form").value)  # type: ignore[attr-defined]
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("settings.")]
    assert len(rules) > 15
    for rule in rules:
        url = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(url, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert answer.status_code == 403, (method, url)
            assert "Bukan untuk jabatan Anda" in answer.text
    assert "Pengaturan" not in visitor.open("/guide").root.xpath("string(//nav)")


# -- people ------------------------------------------------------------------------------------------------------------


def test_a_person_is_added_and_a_refused_answer_stays_typed(admin: Visitor) -> None:
    admin.open("/settings/people/new")
    typed = {"name": "Dra. Siti Rahma, M.Si.", "username": "Siti Rahma", "nip": "123", "password": ""}
    admin.press("/settings/people/new", typed)
    assert admin.page.status == 422
    assert "huruf kecil" in admin.page.problems
    assert value(admin.page, "name") == "Dra. Siti Rahma, M.Si." and value(admin.page, "nip") == "123"
    admin.press("/settings/people/new", {"username": "siti.rahma", "nip": "19800101 200501 2 003"})
    assert "Siti Rahma" in admin.page.text and "belum mempunyai kata sandi" in admin.page.text
    assert value(admin.page, "nip") == "19800101 200501 2 003"
    listed = admin.open("/settings/people?query=siti")
    assert "19······" in listed.text and "19800101" not in listed.text


def test_an_ended_person_is_signed_out_at_once_and_may_come_back(
    admin: Visitor, visit: Visit, office: Database
) -> None:
    lurah = visit("lurah_jogoyudan")
    _, person = number_of(office, "lurah_jogoyudan")
    admin.open(f"/settings/people/{person}")
    admin.press(f"/settings/people/{person}/end")
    assert "tidak dapat masuk lagi" in admin.page.text
    assert "Coba Alur" in lurah.open("/guide").text, "sees the sign-in page"
    admin.open(f"/settings/people/{person}")
    admin.press(f"/settings/people/{person}/return")
    assert "Tidak memegang jabatan hari ini" in admin.page.text


def test_the_last_administrator_can_not_be_locked_out(admin: Visitor, office: Database) -> None:
    position, _ = number_of(office, "administrator")
    admin.open(f"/settings/positions/{position}")
    admin.press(f"/settings/positions/{position}/end")
    assert admin.page.status == 422
    assert "Harus tetap ada administrator" in admin.page.problems
    assert admin.open("/settings").status == 200


# -- positions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("order_number", "memerlukan nomor surat perintah"),
        ("ends_on", "isi tanggal berakhir"),
        ("starts_on", "Isi tanggal mulai"),
        ("person_id", "Pilih orangnya"),
    ],
)
def test_an_acting_holder_needs_person_dates_and_the_number_of_the_order(
    admin: Visitor, office: Database, left_out: str, said: str
) -> None:
    position, _ = number_of(office, "camat")
    _, secretary = number_of(office, "sekretaris_kecamatan")
    admin.open(f"/settings/positions/{position}")
    typed = ACTING | {"person_id": str(secretary)}
    admin.press(f"/settings/positions/{position}/holders", typed | {left_out: ""})
    assert admin.page.status == 422
    assert said in admin.page.problems
    link = admin.page.root.xpath("//*[contains(@class, 'error-summary')]//a/@href")[0]
    assert admin.page.root.get_element_by_id(link.removeprefix("#")) is not None
    kept = {name for name in typed if name not in (left_out, "kind", "person_id")}
    assert all(value(admin.page, name) == typed[name] for name in kept)


def test_who_acts_for_an_absent_holder_sees_it_at_their_name_while_the_dates_last(
    admin: Visitor, visit: Visit, office: Database, clock: SetClock
) -> None:
    position, _ = number_of(office, "camat")
    _, secretary = number_of(office, "sekretaris_kecamatan")
    admin.open(f"/settings/positions/{position}")
    admin.press(f"/settings/positions/{position}/holders", ACTING | {"person_id": str(secretary)})
    assert "dimasukkan mulai 10 Maret 2026" in admin.page.text
    assert "800/12/2026" in admin.page.text and "13 Maret 2026" in admin.page.text
    acting = visit("sekretaris_kecamatan")
    corner = acting.open("/guide").root.xpath("string(//*[@class='person-position'])")
    assert corner == "Sekretaris Kecamatan, selaku Plh. Camat"
    clock.advance(timedelta(days=4))
    again = visit("sekretaris_kecamatan")
    assert "selaku Plh. Camat" not in again.open("/guide").text


def test_a_holding_ends_with_a_day_and_the_position_becomes_vacant(
    admin: Visitor, office: Database, clock: SetClock
) -> None:
    position, _ = number_of(office, "kasi_pemerintahan")
    page = admin.open(f"/settings/positions/{position}")
    ending = next(action for action in page.actions() if "/holders/" in action)
    admin.press(ending, {"ends_on": "2026-03-10"})
    assert "sampai 10 Maret 2026" in admin.page.text
    clock.advance(timedelta(days=1))
    page = visit_again(admin, "/settings/positions")
    assert "1 jabatan kosong" in page.text


def visit_again(visitor: Visitor, url: str) -> Page:
    """Open a page; sign in again first where the session has ended meanwhile."""
    page = visitor.open(url)
    if "/sign-in" in page.url:
        page = visitor.press("/sign-in", {"username": ADMINISTRATOR, "password": PASSWORD})
    return page


def test_a_position_gets_a_superior_but_never_itself(admin: Visitor, office: Database) -> None:
    camat, _ = number_of(office, "camat")
    secretary, _ = number_of(office, "sekretaris_kecamatan")
    admin.open(f"/settings/positions/{camat}")
    admin.press(f"/settings/positions/{camat}", {"superior_id": str(secretary)})
    assert admin.page.status == 422 and "atasan dirinya sendiri" in admin.page.problems
    admin.open("/settings/positions/new")
    admin.press("/settings/positions/new", {"name": "Kasi Ketenteraman", "superior_id": str(camat), "tags": "unit"})
    assert "Atasan: Camat" in admin.page.text
    shown = admin.page.root.xpath("string(//*[@class='person-position'])")
    assert shown == "Administrator", "the page is about a position, the corner about the person"
    with office.read(SYSTEM) as uow:
        assert "Kasi Ketenteraman" in [choice.label for choice in positions.choices(uow)["units"]]


# -- calendar ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def running(office: Database, as_: As) -> Database:
    """The first procedure runs: its first step began on Tuesday at nine and is due at five past."""
    with office.begin(as_("administrator")) as uow:
        calendars.establish(uow)
    with office.begin(SYSTEM) as uow:
        seeds.deploy(uow, ROOT / "processes", ROOT / "forms")
    with office.begin(as_("kasubag_umum")) as uow:
        instances.start(uow, "pengumpulan_data_kinerja")
    return office


def due(database: Database) -> datetime:
    with database.read(SYSTEM) as uow:
        found = deadlines.next_due(uow)
        assert found is not None
        return found


def test_a_new_day_off_shows_what_shifts_before_it_is_saved(admin: Visitor, running: Database) -> None:
    before = due(running)
    admin.open("/settings/calendar")
    typed = {"day": "2026-03-10", "name": "Hari jadi desa", "kind": "regional"}
    admin.press("/settings/calendar/days", typed)
    assert "1 tenggat bergeser" in admin.page.text and "Belum ada yang disimpan" in admin.page.text
    assert "Rab 11 Mar 07.35" in admin.page.text
    assert due(running) == before
    assert "Hari jadi desa" not in admin.open("/settings/calendar").text
    admin.press("/settings/calendar/days", typed)
    admin.press("/settings/calendar/days")
    assert "1 tenggat dihitung ulang" in admin.page.text and "Hari jadi desa" in admin.page.text
    assert due(running) == datetime(2026, 3, 11, 7, 35, tzinfo=WIB)


def test_a_day_off_that_shifts_nothing_is_saved_at_once(admin: Visitor, running: Database) -> None:
    admin.open("/settings/calendar?year=2026")
    admin.press("/settings/calendar/days", {"day": "15/12/2026", "name": "Hari Jadi Lumajang", "kind": "regional"})
    assert "Tidak ada tenggat berjalan yang bergeser" in admin.page.text
    assert "Selasa, 15 Desember 2026" in admin.page.text
    admin.press("/settings/calendar/days", {"day": "2026-12-15", "name": "Sekali lagi", "kind": "regional"})
    assert admin.page.status == 422 and "Hari Jadi Lumajang" in admin.page.problems
    assert value(admin.page, "name") == "Sekali lagi"


def test_the_calendar_has_the_holidays_of_its_year_and_warns_of_joint_leave_not_yet_decreed(
    admin: Visitor, running: Database
) -> None:
    page = admin.open("/settings/calendar?year=2026")
    assert "Senin–Kamis" in page.text and "07.30–12.00, 13.00–16.00" in page.text
    assert "Jumat" in page.text and "07.30–11.30, 13.00–16.30" in page.text
    assert "Rabu, 18 Maret 2026" in page.text and "Cuti bersama" in page.text
    later = admin.open("/settings/calendar?year=2031")
    assert "Cuti bersama 2031 belum ditetapkan" in later.text


def test_hours_are_typed_with_points_and_a_slip_is_shown_at_its_day(admin: Visitor, running: Database) -> None:
    admin.open("/settings/calendar/hours")
    admin.press("/settings/calendar/hours", {"from_4_0": "09.00", "to_4_0": "08.00"})
    assert admin.page.status == 422 and "harus berurutan" in admin.page.problems
    assert admin.page.root.xpath("//tr[@id='f-weekday_4']//input[@name='from_4_0']/@value") == ["09.00"]
    admin.press("/settings/calendar/hours", {"from_4_0": "07.30", "to_4_0": "11.00"})
    assert "07.30–11.00, 13.00–16.30" in admin.page.text


def test_ramadan_is_offered_and_can_be_taken_back(admin: Visitor, running: Database) -> None:
    admin.open("/settings/calendar/periods")
    admin.press("/settings/calendar/periods", {"label": "Ramadan 1448 H", "starts": "2027-02-08", "ends": "2027-03-09"})
    assert "Ramadan 1448 H" in admin.page.text and "08.00–12.00, 12.30–15.00" in admin.page.text
    removal = next(action for action in admin.page.actions() if action.endswith("/end"))
    assert "Ramadan 1448 H" not in admin.press(removal).text


# -- clock, incidents, office ------------------------------------------------------------------------------------------


def test_the_training_clock_goes_to_the_next_deadline_and_everybody_sees_it(
    admin: Visitor, visit: Visit, running: Database
) -> None:
    assert "Mode latihan tidak aktif" in admin.open("/settings/clock").text
    admin.open("/settings/office")
    admin.press("/settings/office", {"training": "1"})
    admin.open("/settings/clock")
    assert "Tenggat berikutnya 10 Maret 2026 09.05 WIB" in admin.page.text
    admin.press("/settings/clock", button=("step", "next"))
    assert "Sekarang 10 Maret 2026 09.05 WIB" in admin.page.text
    assert "Jam latihan: di sini pukul 10 Maret 2026 09.05 WIB" in visit("camat").open("/guide").text
    Worker(running).run_once()
    assert "1 peringatan terbuka" in str(
        visit("sekretaris_kecamatan").open("/guide").root.xpath("//a[contains(@class, 'icon-button')]/@aria-label")
    )
    admin.open("/settings/clock")
    admin.press("/settings/clock", button=("step", "P4D"))
    assert "16 Maret 2026 09.05 WIB" in admin.page.text, "four working days on, the weekend skipped"


def test_the_clock_never_moves_in_an_office_at_work(admin: Visitor, running: Database) -> None:
    token = admin.open("/settings/clock").root.xpath("//meta[@name='csrf-token']/@content")[0]
    client = admin.transport.client  # type: ignore[attr-defined]
    answer = client.post("/settings/clock", data={"step": "PT5M", "csrf_token": token})
    assert answer.status_code == 409
    with running.read(SYSTEM) as uow:
        assert not office_rules.clock_offset(uow)


def test_work_that_failed_too_often_is_shown_and_tried_again(admin: Visitor, running: Database) -> None:
    with running.begin(SYSTEM) as uow:
        job = uow.session.scalars(select(JobRow.id)).one()
        while not jobs.fail(uow, job, "the disk is full", None):
            pass
    assert "1 terbuka" in admin.open("/settings").text
    page = admin.open("/settings/incidents")
    assert "the disk is full" in page.text and page.links(r"/cases/\d+")
    admin.press(r"/settings/incidents/\d+/retry")
    assert "Tidak ada insiden" in admin.page.text and "1 insiden terdahulu" in admin.page.text
    with running.read(SYSTEM) as uow:
        assert not uow.session.scalars(select(JobRow.dead)).one()


def test_categories_of_achievement_are_changed_and_a_wrong_order_is_refused(admin: Visitor, office: Database) -> None:
    admin.open("/settings/office")
    admin.press("/settings/office", {"name": "Kecamatan Lumajang", "bound-0": "90", "word-0": "Memuaskan"})
    assert "Tersimpan" in admin.page.text and "Kecamatan Lumajang" in admin.page.text
    with office.read(SYSTEM) as uow:
        assert office_rules.thresholds(uow)[0] == (90, True, "Memuaskan")
    admin.press("/settings/office", {"bound-0": "10"})
    assert admin.page.status == 422 and value(admin.page, "bound-0") == "10"


def test_a_stopped_worker_is_told_to_those_who_supervise(office: Database, visit: Visit, clock: SetClock) -> None:
    Worker(office).run_once()
    told = "Jam kerja sistem berhenti"
    assert told not in visit("camat").open("/guide").text
    clock.advance(timedelta(minutes=3))
    assert told in visit("camat").open("/guide").text
    assert told not in visit("lurah_jogoyudan").open("/guide").text


def test_outside_office_time_every_page_says_when_time_runs_again(
    running: Database, visit: Visit, clock: SetClock
) -> None:
    visitor = visit("camat")
    assert "Di luar jam kerja" not in visitor.open("/guide").text
    clock.advance(timedelta(days=3, hours=8))  # Friday 17.00
    assert "waktu berjalan lagi Senin 07.30" in visit("camat").open("/guide").text
