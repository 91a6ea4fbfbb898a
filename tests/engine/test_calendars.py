"""The working calendar in rows: who may change it, what a change does, and what it leaves alone."""

from datetime import date, time

import pytest
from sqlalchemy import select

from engine import calendars
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.identity import SYSTEM, Actor, Entitlement
from engine.model import DayOffRow, HistoryRow
from engine.people import users
from engine.worktime import due, holidays_source, weeks
from engine.worktime.default_hours import RAMADAN_WEEK, WEEK
from engine.worktime.hours import DayOff
from tests.engine.calendars import shown, wib
from tests.office import ADMINISTRATOR, PASSWORD, person

CAMAT = Actor(None, "Orang Camat", (Entitlement(1, "camat", "Camat"),))
FITRI = date(2026, 3, 21)
BIRTHDAY = date(2026, 12, 15)


@pytest.fixture
def change(database):
    """Open a unit as the administrator, on a calendar with its usual week and the days off of 2026 and 2027."""
    with database.begin(SYSTEM) as uow:
        calendars.establish(uow)
        users.create_first_administrator(uow, name="Admin Contoh", username=ADMINISTRATOR, password=PASSWORD)
    administrator = person(database, ADMINISTRATOR)
    return lambda: database.begin(administrator)


@pytest.fixture
def read(change, database):
    def read(verb, *args, **options):
        with database.read(SYSTEM) as uow:
            return verb(uow, *args, **options)

    return read


def events(database):
    with database.read(SYSTEM) as uow:
        kept = select(HistoryRow).where(HistoryRow.kind == "calendar.changed").order_by(HistoryRow.id)
        return [(row.kind, row.person_name, row.position_name, row.data) for row in uow.session.scalars(kept)]


@pytest.mark.both_databases
def test_a_new_office_counts_with_the_usual_week_and_the_days_off_of_two_years(database, change, read):
    calendar = read(calendars.get)
    assert calendar.hours(date(2026, 3, 13)) == WEEK[4]
    assert calendar.days_off[FITRI].name == "Hari Raya Idul Fitri"
    assert calendar.reason(date(2026, 3, 18)) == ("joint_leave", "Cuti Bersama Hari Suci Nyepi")
    assert {day.year for day in calendar.days_off} == {2026, 2027}
    assert shown(due(calendar, wib("2026-03-13 10.05"), "P4D").at) == "Thu 2026-03-26 10.05"
    with database.begin(SYSTEM) as uow:
        assert calendars.establish(uow) is False
    assert read(calendars.get) == calendar


def test_a_second_calendar_may_have_its_own_week(change, read):
    with change() as uow:
        calendars.create(
            uow, key="pelayanan", name="Loket  Pelayanan", weekdays={5: [("07.30", "12:30")], 0: [(time(8), time(14))]}
        )
    found = read(calendars.get, "pelayanan")
    assert (found.name, found.hours(date(2026, 3, 14))) == ("Loket Pelayanan", ((time(7, 30), time(12, 30)),))
    assert found.days_off == {}
    with change() as uow, pytest.raises(Conflict):
        calendars.create(uow, key="pelayanan", name="Lagi")
    with change() as uow, pytest.raises(InvalidInput, match="zone"):
        calendars.create(uow, key="x", name="X", zone="Asia/Lumajang")
    with pytest.raises(NotFound):
        read(calendars.get, "tidak_ada")


@pytest.mark.parametrize(
    "verb",
    [
        lambda uow: calendars.create(uow, key="x", name="X"),
        lambda uow: calendars.set_hours(uow, {}),
        lambda uow: calendars.add_period(uow, label="", starts=None, ends=None, weekdays={}),
        lambda uow: calendars.end_period(uow, 1),
        lambda uow: calendars.add_day_off(uow, BIRTHDAY, "", kind="x"),
        lambda uow: calendars.remove_day_off(uow, FITRI),
        lambda uow: calendars.copy_year(uow, 2028),
        lambda uow: calendars.accept(uow, 2026, []),
    ],
    ids=["create", "set_hours", "add_period", "end_period", "add_day_off", "remove_day_off", "copy_year", "accept"],
)
def test_only_an_administrator_changes_a_calendar(verb, change, database):
    with database.begin(CAMAT) as uow, pytest.raises(NotAllowed):
        verb(uow)


def test_the_usual_week_is_replaced_and_history_tells_by_whom(change, read, database):
    before = read(calendars.get).revision
    with change() as uow:
        calendars.set_hours(uow, {0: [("08.00", "12.00"), ("13:00", "15:00")]}, source="Perbup 1/2026")
    monday, tuesday = date(2026, 3, 9), date(2026, 3, 10)
    calendar = read(calendars.get)
    assert calendar.hours(monday) == ((time(8), time(12)), (time(13), time(15)))
    assert calendar.hours(tuesday) == ()
    assert calendar.revision > before
    (only,) = read(calendars.hours)
    assert (only.source, only.starts, only.ends) == ("Perbup 1/2026", None, None)
    kind, person, position, data = events(database)[-1]
    assert (kind, data["what"], data["weekdays"]) == (
        "calendar.changed",
        "hours",
        {"0": [["08:00", "12:00"], ["13:00", "15:00"]]},
    )
    assert (person, bool(position)) == ("Admin Contoh", True)


@pytest.mark.parametrize(
    ("weekdays", "field"),
    [
        ({}, "weekdays"),
        ({0: []}, "weekdays"),
        ({7: [("08:00", "12:00")]}, "weekdays"),
        ({0: [("12:00", "08:00")]}, "weekday_0"),
        ({1: [("08:00", "08:00")]}, "weekday_1"),
        ({1: [("08:00", "12:00"), ("11:00", "13:00")]}, "weekday_1"),
        ({4: [("08:00", "12:00"), ("12:00", "13:00")]}, "weekday_4"),
        ({2: [("pagi", "sore")]}, "weekday_2"),
        ({2: [("08:00",)]}, "weekday_2"),
        ({2: [("", "")]}, "weekday_2"),
        ({2: [("24:00", "25:00")]}, "weekday_2"),
    ],
)
def test_hours_that_make_no_week_are_refused_by_their_day(weekdays, field):
    with pytest.raises(InvalidInput) as refused:
        weeks.read(weekdays)
    assert refused.value.field == field


def test_ramadan_is_entered_shortened_and_taken_back(change, read, database):
    first, last = date(2026, 2, 18), date(2026, 3, 19)
    with change() as uow:
        ramadan = calendars.add_period(uow, label="Ramadan", starts=first, ends=last, weekdays=RAMADAN_WEEK)
    assert read(calendars.get).hours(last.replace(day=17)) == RAMADAN_WEEK[1]
    assert [(p.label, p.starts) for p in read(calendars.hours)] == [("", None), ("Ramadan", first)]
    with change() as uow:
        calendars.end_period(uow, ramadan, last_day=date(2026, 3, 10))
    assert read(calendars.get).hours(date(2026, 3, 10)) == RAMADAN_WEEK[1]
    assert read(calendars.get).hours(date(2026, 3, 11)) == WEEK[2]
    with change() as uow, pytest.raises(InvalidInput, match="last_day"):
        calendars.end_period(uow, ramadan, last_day=date(2026, 1, 1))
    with change() as uow:
        calendars.end_period(uow, ramadan)
    assert read(calendars.get).hours(date(2026, 3, 10)) == WEEK[1]
    assert [data["what"] for *_, data in events(database)][-3:] == ["period", "period_ended", "period_ended"]


def test_a_period_may_close_the_office_but_needs_a_name_and_dates_in_order(change, read):
    with change() as uow:
        calendars.add_period(uow, label="Pindah", starts=date(2026, 4, 6), ends=date(2026, 4, 7), weekdays={})
    assert read(calendars.get).reason(date(2026, 4, 6)) == ("closed", "Pindah")
    for starts, ends, label, field in [
        (None, None, "X", "starts"),
        (date(2026, 4, 2), date(2026, 4, 1), "X", "ends"),
        (date(2026, 4, 2), None, "  ", "label"),
    ]:
        with change() as uow, pytest.raises(InvalidInput) as refused:
            calendars.add_period(uow, label=label, starts=starts, ends=ends, weekdays=WEEK)
        assert refused.value.field == field


@pytest.mark.parametrize("ends", [None, date(2027, 4, 3)])
def test_an_office_is_not_closed_for_good(ends, change):
    with change() as uow, pytest.raises(InvalidInput, match="ends"):
        calendars.add_period(uow, label="Tutup", starts=date(2026, 4, 2), ends=ends, weekdays={})


def test_the_usual_week_cannot_be_ended(change, read):
    (usual,) = read(calendars.hours)
    for period in (usual.id, 999):
        with change() as uow, pytest.raises(NotFound):
            calendars.end_period(uow, period)


def test_a_regional_holiday_is_added_and_removed(change, read, database):
    with change() as uow:
        calendars.add_day_off(uow, BIRTHDAY, "Hari Jadi Lumajang", source="SE Bupati 12/2026")
    assert read(calendars.get).reason(BIRTHDAY) == ("regional", "Hari Jadi Lumajang")
    assert BIRTHDAY in [off.day for off in read(calendars.days_off, 2026)]
    for day, name, kind, field in [
        (BIRTHDAY, "Lagi", "regional", "day"),
        (date(2026, 12, 16), "", "regional", "name"),
        (date(2026, 12, 16), "X", "weekend", "kind"),
    ]:
        with change() as uow, pytest.raises(InvalidInput) as refused:
            calendars.add_day_off(uow, day, name, kind=kind)
        assert refused.value.field == field
    with change() as uow:
        calendars.remove_day_off(uow, BIRTHDAY)
    assert read(calendars.get).reason(BIRTHDAY) is None
    with change() as uow, pytest.raises(NotFound):
        calendars.remove_day_off(uow, BIRTHDAY)
    with change() as uow:
        calendars.add_day_off(uow, BIRTHDAY, "Hari Jadi Lumajang ke-771", kind="other")
    assert read(calendars.get).days_off[BIRTHDAY].name == "Hari Jadi Lumajang ke-771"
    assert [data["what"] for *_, data in events(database)][-3:] == ["day_off", "day_off_removed", "day_off"]


def test_a_year_is_copied_once_and_what_people_changed_stays(change, read, database):
    with change() as uow:
        calendars.add_day_off(uow, date(2028, 8, 17), "HUT RI dan Karnaval", kind="regional")
        added = calendars.copy_year(uow, 2028)
    assert added == len(holidays_source.proposed(2028)) - 1
    assert read(calendars.get).days_off[date(2028, 8, 17)].name == "HUT RI dan Karnaval"
    with change() as uow:
        calendars.remove_day_off(uow, date(2028, 1, 1))
    with change() as uow:
        assert calendars.copy_year(uow, 2028) == 0
    assert read(calendars.get).reason(date(2028, 1, 1)) == ("weekend", "")
    copied = [data for *_, data in events(database) if data.get("what") == "year_copied" and data["year"] == 2028]
    assert len(copied) == 1
    assert copied[0]["source"].startswith("holidays ")


def test_a_newer_package_only_proposes(change, read, database):
    """As if the calendar had been copied from an older package that knew Nyepi by another name and one day more."""
    nyepi, extra, missing = date(2026, 3, 19), date(2026, 7, 1), date(2026, 8, 17)
    with database.begin(SYSTEM) as uow:
        rows = {row.day: row for row in uow.session.scalars(select(DayOffRow))}
        rows[nyepi].name, rows[nyepi].uncertain = "Nyepi", True
        uow.session.delete(rows[missing])
        uow.session.add(
            DayOffRow(calendar_id=rows[nyepi].calendar_id, day=extra, name="Lama", kind="public", source="holidays 0.1")
        )
        calendars.add_day_off(uow, BIRTHDAY, "Hari Jadi Lumajang")
    assert read(calendars.get).reason(extra) == ("public", "Lama")
    found = read(calendars.proposals, 2026)
    assert [(p.day, p.ours and p.ours.name, p.theirs and p.theirs.name) for p in found] == [
        (nyepi, "Nyepi", "Hari Suci Nyepi"),
        (extra, "Lama", None),
        (missing, None, "Hari Kemerdekaan Republik Indonesia"),
    ]
    with change() as uow:
        assert calendars.accept(uow, 2026, [nyepi, extra, BIRTHDAY]) == 2
    calendar = read(calendars.get)
    assert (calendar.days_off[nyepi].name, calendar.days_off[nyepi].uncertain) == ("Hari Suci Nyepi", False)
    assert calendar.reason(extra) is None
    assert calendar.reason(missing) is None
    assert BIRTHDAY in calendar.days_off
    assert [p.day for p in read(calendars.proposals, 2026)] == [missing]


def test_a_year_tells_what_an_administrator_should_look_at(change, read):
    assert not read(calendars.warnings, 2026)
    nothing_yet = read(calendars.warnings, 2040)
    assert (nothing_yet.empty, nothing_yet.joint_leave_missing) == (True, True)
    with change() as uow:
        calendars.copy_year(uow, 2040)
    copied = read(calendars.warnings, 2040)
    assert (copied.empty, copied.joint_leave_missing, copied.proposals) == (False, True, ())
    assert "Hari Raya Idul Fitri" in {off.name for off in copied.uncertain}
    with change() as uow:
        calendars.add_day_off(uow, date(2040, 12, 24), "Cuti Bersama Natal", kind="joint_leave", source="SKB 2039")
    assert not read(calendars.warnings, 2040).joint_leave_missing


@pytest.mark.both_databases
def test_a_change_can_be_looked_at_before_it_is_made(change, read, database):
    before, told = read(calendars.get), events(database)
    with change() as uow:
        seen = calendars.preview(
            uow, lambda unit: calendars.add_day_off(unit, date(2026, 3, 16), "Banjir", kind="other")
        )
        assert calendars.get(uow) == before
    assert shown(due(seen, wib("2026-03-13 10.05"), "P4D").at) == "Fri 2026-03-27 10.05"
    assert read(calendars.get) == before
    assert events(database) == told
    with change() as uow, pytest.raises(InvalidInput):
        calendars.preview(uow, lambda unit: calendars.set_hours(unit, {}))


def test_a_change_that_is_taken_back_is_never_read_again(change, read):
    """Two changes reach the same revision when the first is rolled back."""

    def change_and_break():
        with change() as uow:
            calendars.add_day_off(uow, BIRTHDAY, "Salah")
            assert BIRTHDAY in calendars.get(uow).days_off
            raise ConnectionError

    with pytest.raises(ConnectionError):
        change_and_break()
    with change() as uow:
        calendars.add_day_off(uow, date(2026, 12, 16), "Benar")
    calendar = read(calendars.get)
    assert BIRTHDAY not in calendar.days_off
    assert calendar.days_off[date(2026, 12, 16)] == DayOff(date(2026, 12, 16), "Benar", "regional")
