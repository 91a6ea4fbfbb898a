"""Positions, who stands above them, and who holds them on which day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine.clock import SetClock
from engine.db import Database, UnitOfWork
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.identity import NOBODY, SYSTEM, Actor, HoldingKind
from engine.people import positions, users

pytestmark = pytest.mark.both_databases

FIRST = date(2026, 1, 1)


def person(uow: UnitOfWork, username: str, *held: int, kind: HoldingKind = HoldingKind.HOLDER) -> int:
    id = users.create(uow, username=username, name=username.title()).id
    for position_id in held:
        positions.assign_holder(uow, position_id, id, kind=kind, starts_on=FIRST)
    return id


def test_an_actor_has_their_own_posts_before_the_ones_they_act_in(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        head = positions.create(uow, name="Camat", rank=1)
        secretary = positions.create(uow, name="Sekretaris Kecamatan", superior_id=head.id, rank=2)
        sari = person(uow, "sari", secretary.id)
        positions.assign_holder(
            uow, head.id, sari, kind="plh", starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 10), order_number="800/12"
        )
        actor = positions.actor_of(uow, sari)
    assert [(e.key, e.kind) for e in actor.positions] == [
        ("sekretaris_kecamatan", HoldingKind.HOLDER),
        ("camat", HoldingKind.PLH),
    ]


@pytest.mark.parametrize(
    ("local", "held"),
    [
        ("2026-03-08T23:59", False),
        ("2026-03-09T00:00", True),
        ("2026-03-10T23:59", True),
        ("2026-03-11T00:00", False),
    ],
)
def test_an_acting_assignment_counts_by_the_offices_own_days(
    database: Database, clock: SetClock, local: str, held: bool
) -> None:
    with database.begin(SYSTEM) as uow:
        head = positions.create(uow, name="Camat")
        sari = person(uow, "sari")
        positions.assign_holder(
            uow, head.id, sari, kind=HoldingKind.PLH, starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 10)
        )
    clock.at = datetime.fromisoformat(local + "+07:00")
    with database.read(SYSTEM) as uow:
        assert bool(positions.actor_of(uow, sari).positions) is held
        assert bool(positions.holders_of(uow, ["camat"])["camat"]) is held


def test_a_lane_finds_its_position_by_key_by_name_and_by_a_former_name(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        head = positions.create(uow, name="Camat", key="head")
        assert positions.resolve(uow, "head") == "head"
        assert positions.resolve(uow, "  CAMAT ") == "head"
        positions.change(uow, head.id, name="Camat Lumajang")
        assert positions.resolve(uow, "camat") == "head"
        assert positions.resolve(uow, "Lurah") is None
        positions.end(uow, head.id)
        assert positions.resolve(uow, "camat") is None


def test_a_new_position_takes_an_old_name_over(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        old = positions.create(uow, name="Camat", key="old")
        positions.change(uow, old.id, name="Kepala")
        positions.create(uow, name="Camat", key="new")
        assert positions.resolve(uow, "Camat") == "new"


def test_forms_get_all_positions_and_one_list_per_tag(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        positions.create(uow, name="Kasi Pemerintahan", tags=["unit"], rank=2)
        positions.create(uow, name="Camat", rank=1)
        ended = positions.create(uow, name="Lurah Lama", tags=["unit"])
        positions.end(uow, ended.id)
        lists = positions.choices(uow)
    assert [c.label for c in lists["positions"]] == ["Camat", "Kasi Pemerintahan"]
    assert [c.value for c in lists["units"]] == ["kasi_pemerintahan"]


def test_the_superior_is_the_nearest_position_that_still_exists(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        top = positions.create(uow, name="Camat")
        middle = positions.create(uow, name="Sekretaris", superior_id=top.id)
        positions.create(uow, name="Kasubag", superior_id=middle.id)
        bayu = person(uow, "bayu", top.id)
        found = positions.superior_of(uow, "kasubag")
        assert found is not None
        assert found.key == "sekretaris"
        positions.end(uow, middle.id)
        found = positions.superior_of(uow, "kasubag")
        assert found is not None
        assert [h.person_id for h in found.holders] == [bayu]
        assert positions.superior_of(uow, "camat") is None


def test_a_circle_of_superiors_is_refused(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        top = positions.create(uow, name="Camat")
        below = positions.create(uow, name="Sekretaris", superior_id=top.id)
        with pytest.raises(InvalidInput) as refused:
            positions.change(uow, top.id, superior_id=below.id)
    assert refused.value.field == "superior_id"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "camat", " CAMAT "])
def test_a_position_needs_a_name_of_its_own(database: Database, name: str) -> None:
    with database.begin(SYSTEM) as uow:
        positions.create(uow, name="Camat")
        with pytest.raises(InvalidInput):
            positions.create(uow, name=name)


def test_keys_are_made_from_names_and_never_collide(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        assert positions.create(uow, name="Kasubag Umum & Kepegawaian").key == "kasubag_umum_kepegawaian"
        assert positions.create(uow, name="Kasubag Umum / Kepegawaian").key == "kasubag_umum_kepegawaian_2"
        assert positions.create(uow, name="3 Lurah").key == "p_3_lurah"


def test_nobody_holds_the_same_position_twice_at_once(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        head = positions.create(uow, name="Camat")
        sari = person(uow, "sari")
        positions.assign_holder(uow, head.id, sari, kind="holder", starts_on=FIRST, ends_on=date(2026, 2, 1))
        with pytest.raises(InvalidInput):
            positions.assign_holder(uow, head.id, sari, kind="plh", starts_on=date(2026, 2, 1))
        positions.assign_holder(uow, head.id, sari, kind="plh", starts_on=date(2026, 2, 2))


def test_only_administrators_change_positions(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        head = positions.create(uow, name="Camat")
        actor = positions.actor_of(uow, person(uow, "sari", head.id))
    for who in (actor, NOBODY, Actor(None, "anonymous")):
        with database.begin(who) as uow:
            with pytest.raises(NotAllowed):
                positions.create(uow, name="Lurah")
            with pytest.raises(NotAllowed):
                positions.change(uow, head.id, name="Lurah")
            with pytest.raises(NotAllowed):
                positions.end(uow, head.id)
            with pytest.raises(NotAllowed):
                positions.assign_holder(uow, head.id, actor.person_id or 0, kind="plt", starts_on=FIRST)
            with pytest.raises(NotAllowed):
                positions.end_holding(uow, 1, FIRST)


def test_the_last_administrator_can_not_be_removed(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        post = positions.create(uow, name="Administrator", administrator=True)
        actor = positions.actor_of(uow, person(uow, "sari", post.id))
        holding = positions.get(uow, post.id).holders[0].holding_id
    for attempt in (
        lambda uow: positions.end(uow, post.id),
        lambda uow: positions.change(uow, post.id, administrator=False),
        lambda uow: positions.end_holding(uow, holding, date(2026, 3, 9)),
        lambda uow: users.end(uow, actor.person_id),
    ):
        with pytest.raises(InvalidInput), database.begin(actor) as uow:
            attempt(uow)
    with database.begin(actor) as uow:
        person(uow, "bayu", post.id)
    with database.begin(actor) as uow:
        positions.end_holding(uow, holding, date(2026, 3, 9))
        assert [h.person_name for h in positions.get(uow, post.id).holders] == ["Bayu"]


def test_an_ended_position_entitles_nobody_and_keeps_its_past(database: Database, clock: SetClock) -> None:
    with database.begin(SYSTEM) as uow:
        head = positions.create(uow, name="Camat")
        sari = person(uow, "sari", head.id)
    clock.advance(timedelta(days=1))
    with database.begin(SYSTEM) as uow:
        ended = positions.end(uow, head.id)
        assert not positions.actor_of(uow, sari).positions
    assert not ended.active
    assert ended.holders == ()
    assert [(h.person_id, h.ends_on) for h in ended.holdings] == [(sari, date(2026, 3, 10))]


def test_what_does_not_exist_is_said_so(database: Database) -> None:
    with database.begin(SYSTEM) as uow:
        with pytest.raises(NotFound):
            positions.get(uow, 99)
        with pytest.raises(NotFound):
            positions.actor_of(uow, 99)
        with pytest.raises(InvalidInput):
            positions.create(uow, name="Camat", superior_id=99)
        assert positions.holders_of(uow, ["nowhere"]) == {"nowhere": ()}
