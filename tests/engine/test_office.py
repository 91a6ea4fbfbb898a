"""Settings of the office, the training clock, and the office's own history."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine import history, office
from engine.clock import SetClock
from engine.db import CLOCK_OFFSET, Database
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.identity import NOBODY, SYSTEM, Actor
from engine.people import positions, users

pytestmark = pytest.mark.both_databases


def administrator(database: Database) -> Actor:
    with database.begin(SYSTEM) as uow:
        post = positions.create(uow, name="Administrator", administrator=True)
        someone = users.create(uow, username="admin", name="Admin")
        positions.assign_holder(uow, post.id, someone.id, kind="holder", starts_on=date(2026, 1, 1))
        return positions.actor_of(uow, someone.id)


def test_the_training_clock_moves_office_time_for_everybody_afterwards(database: Database, clock: SetClock) -> None:
    admin = administrator(database)
    with database.begin(SYSTEM) as uow:
        office.put(uow, office.TRAINING, True)
    with database.begin(admin) as uow:
        office.advance_clock(uow, by=timedelta(days=4))
        office.advance_clock(uow, by=timedelta(minutes=5))
    with database.read(NOBODY) as uow:
        assert uow.now == clock.now() + timedelta(days=4, minutes=5)
        assert uow.real_now == clock.now()
        assert office.clock_offset(uow) == timedelta(days=4, minutes=5)
    until = datetime.fromisoformat("2026-03-20T07:30+07:00")
    with database.begin(admin) as uow:
        office.advance_clock(uow, until=until)
    with database.read(NOBODY) as uow:
        assert uow.now == until
        assert office.today(uow) == date(2026, 3, 20)


def test_the_training_clock_never_runs_back_nor_far_away(database: Database) -> None:
    admin = administrator(database)
    with database.begin(SYSTEM) as uow:
        office.put(uow, office.TRAINING, True)
    with database.begin(admin) as uow:
        for by in (timedelta(0), timedelta(seconds=-1), timedelta(days=4000)):
            with pytest.raises(InvalidInput):
                office.advance_clock(uow, by=by)
        with pytest.raises(InvalidInput):
            office.advance_clock(uow, until=uow.now - timedelta(days=1))
        with pytest.raises(InvalidInput):
            office.put(uow, CLOCK_OFFSET, -5)


def test_outside_training_nobody_moves_the_clock(database: Database) -> None:
    with database.begin(administrator(database)) as uow, pytest.raises(Conflict):
        office.advance_clock(uow, by=timedelta(minutes=5))


def test_only_administrators_change_settings_and_move_the_clock(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        office.put(uow, office.TRAINING, True)
    for actor in (NOBODY, Actor(7, "Sari")):
        with database.begin(actor) as uow:
            with pytest.raises(NotAllowed):
                office.put(uow, office.NAME, "Kecamatan Lumajang")
            with pytest.raises(NotAllowed):
                office.advance_clock(uow, by=timedelta(minutes=5))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        "text",
        [[91, True]],
        [["91", True, "Tinggi"]],
        [[91, "ja", "Tinggi"]],
        [[91, True, " "]],
        [[91, True, "Tinggi"], [91, True, "Sedang"]],
        [[76, True, "Tinggi"], [91, True, "Sangat Tinggi"]],
    ],
)
def test_categories_that_contradict_themselves_are_refused(database: Database, rows: object) -> None:
    with database.begin(SYSTEM) as uow, pytest.raises(InvalidInput):
        office.put(uow, office.THRESHOLDS, rows)


def test_an_office_may_set_its_own_categories_and_zone(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        assert office.functions(uow)["kategori"](90.99) == "Tinggi"
        office.put(uow, office.THRESHOLDS, [[80, True, "Baik"], [0, True, "Kurang"]])
        office.put(uow, office.ZONE, "Asia/Jayapura")
        assert office.functions(uow)["kategori"](80) == "Baik"
        assert office.functions(uow)["kategori"](79) == "Kurang"
        assert office.zone(uow) == "Asia/Jayapura"
        with pytest.raises(InvalidInput):
            office.put(uow, office.ZONE, "Mars/Olympus")


def test_changes_of_the_office_are_remembered_with_who_and_through_which_position(database: Database) -> None:
    admin = administrator(database)
    with database.begin(admin) as uow:
        office.put(uow, office.NAME, "Kecamatan Lumajang")
        office.put(uow, office.NAME, "Kecamatan Lumajang")
    with database.read(admin) as uow:
        page = history.of_office(uow, "office.")
        assert history.of_office(uow, ("office.", "person.")).total == 2
        assert history.of_office(uow, page=2, per_page=1).items[0].kind != page.items[0].kind
    assert page.total == 1
    (event,) = page.items
    assert (event.person_name, event.position_name) == ("Admin", "Administrator")
    assert event.data == {"key": office.NAME, "before": None, "after": "Kecamatan Lumajang"}
    with database.read(Actor(7, "Sari")) as uow, pytest.raises(NotAllowed):
        history.of_office(uow)
