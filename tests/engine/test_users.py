"""People, passwords, sessions and the throttle."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import passwords, positions, users
from engine.clock import SetClock
from engine.db import CLOCK_OFFSET, Database
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.identity import NOBODY, SYSTEM, Actor
from engine.model import HistoryRow, SettingRow

GOOD = "sawah hijau 7"
FIRST = date(2026, 1, 1)


def add(database: Database, username: str = "sari", password: str | None = None, **more: object) -> int:
    with database.begin(SYSTEM) as uow:
        return users.create(uow, username=username, name=username.title(), password=password, **more).id  # type: ignore[arg-type]


def try_in(database: Database, password: str, username: str = "sari", address: str = "10.0.0.1") -> users.SignIn:
    with database.begin(NOBODY) as uow:
        return users.sign_in(uow, username, password, address=address, agent="test")


def whose(database: Database, token: str) -> Actor | None:
    with database.read(NOBODY) as uow:
        return users.actor_for(uow, token)


@pytest.fixture(scope="module", autouse=True)
def cheap_hashes() -> object:
    """The library's real argon2 with its smallest cost: the cost itself is not what these tests are about."""
    from argon2 import PasswordHasher

    kept = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._decoy.cache_clear()
    yield None
    passwords._hasher = kept
    passwords._decoy.cache_clear()


@pytest.mark.both_databases
def test_who_signs_in_acts_with_todays_positions(database: Database) -> None:
    id = add(database, password=GOOD)
    with database.begin(SYSTEM) as uow:
        post = positions.create(uow, name="Camat")
        positions.assign_holder(uow, post.id, id, kind="holder", starts_on=FIRST)
    result = try_in(database, GOOD, username=" Sari ")
    assert result.token is not None
    actor = whose(database, result.token)
    assert actor is not None
    assert (actor.person_id, actor.position_keys) == (id, {"camat"})
    assert whose(database, "another") is None


def test_wrong_name_wrong_password_and_ended_person_get_one_answer(database: Database) -> None:
    id = add(database, password=GOOD)
    add(database, "nopass")
    wrong = try_in(database, "something else")
    unknown = try_in(database, GOOD, username="nobody")
    without = try_in(database, "", username="nopass")
    with database.begin(SYSTEM) as uow:
        users.end(uow, id)
    ended = try_in(database, GOOD)
    assert wrong.problem is not None
    for result in (wrong, unknown, without, ended):
        assert result.token is None
        assert str(result.problem) == str(wrong.problem)


@pytest.mark.both_databases
def test_five_failures_close_sign_in_for_a_quarter_of_an_hour(database: Database, clock: SetClock) -> None:
    add(database, password=GOOD)
    for _ in range(5):
        assert isinstance(try_in(database, "wrong wrong").problem, InvalidInput)
        clock.advance(timedelta(minutes=1))
    closed = try_in(database, GOOD)
    assert isinstance(closed.problem, users.TooManyAttempts)
    assert closed.problem.params == {"minutes": 10}
    clock.at = closed.problem.retry_at
    assert try_in(database, GOOD).token


def test_one_address_can_not_try_many_names(database: Database) -> None:
    add(database, password=GOOD)
    for number in range(20):
        try_in(database, "wrong wrong", username=f"user{number}")
    assert isinstance(try_in(database, GOOD).problem, users.TooManyAttempts)
    assert try_in(database, GOOD, address="10.0.0.2").token


def test_a_good_sign_in_forgets_the_failures_before_it(database: Database) -> None:
    add(database, password=GOOD)
    for _ in range(2):
        for _ in range(4):
            try_in(database, "wrong wrong")
        assert try_in(database, GOOD).token


def test_a_session_ends_when_unused_and_after_a_week_at_the_latest(database: Database, clock: SetClock) -> None:
    id = add(database, demo=True)
    with database.begin(NOBODY) as uow:
        token = users.demo_sign_in(uow, id, "test")
    for _ in range(20):
        clock.advance(timedelta(hours=8))
        assert whose(database, token)
        with database.begin(NOBODY) as uow:
            users.touch(uow, token)
    clock.advance(timedelta(hours=8))
    assert whose(database, token) is None

    with database.begin(NOBODY) as uow:
        token = users.demo_sign_in(uow, id, "test")
    clock.advance(timedelta(hours=12))
    assert whose(database, token) is None


def test_the_training_clock_ends_no_session(database: Database) -> None:
    id = add(database, demo=True)
    with database.begin(NOBODY) as uow:
        token = users.demo_sign_in(uow, id)
    with database.begin(SYSTEM) as uow:
        uow.session.add(SettingRow(key=CLOCK_OFFSET, value=86400 * 30))
    assert whose(database, token)


def test_signing_out_and_ending_a_person_end_sessions(database: Database) -> None:
    id = add(database, demo=True)
    with database.begin(NOBODY) as uow:
        first, second = users.demo_sign_in(uow, id), users.demo_sign_in(uow, id)
        users.sign_out(uow, first)
    assert whose(database, first) is None
    assert whose(database, second)
    with database.begin(SYSTEM) as uow:
        users.end(uow, id)
    assert whose(database, second) is None


def test_only_invented_people_sign_in_by_a_click(database: Database) -> None:
    id = add(database, password=GOOD)
    with database.begin(NOBODY) as uow, pytest.raises(NotFound):
        users.demo_sign_in(uow, id)


def test_a_changed_password_ends_the_other_sessions(database: Database) -> None:
    id = add(database, password=GOOD)
    here, elsewhere = try_in(database, GOOD).token, try_in(database, GOOD).token
    assert here
    assert elsewhere
    with database.begin(Actor(id, "Sari")) as uow:
        with pytest.raises(InvalidInput) as refused:
            users.change_password(uow, "not this", "ladang kuning 8")
        assert refused.value.field == "old"
        users.change_password(uow, GOOD, "ladang kuning 8", keep=here)
    assert whose(database, here)
    assert whose(database, elsewhere) is None
    assert try_in(database, GOOD).token is None
    assert try_in(database, "ladang kuning 8").token


@pytest.mark.parametrize(
    "bad", ["short", "x" * 201, "sari.wulandari", "Sari.Wulandari123", "password123", "1212121212", "Rahasia123"]
)
def test_a_weak_password_is_refused(database: Database, bad: str) -> None:
    with database.begin(SYSTEM) as uow, pytest.raises(InvalidInput) as refused:
        users.create(uow, username="sari.wulandari", name="Sari", password=bad)
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "nip",
    [
        "12345",
        "19851301201001200 1x",
        "198513012010012001",  # month 13
        "198501012010132001",  # appointed in month 13
        "198501012010013001",  # neither 1 nor 2
        "201501012010011001",  # appointed before birth
    ],
)
def test_a_nip_that_can_not_be_is_refused(database: Database, nip: str) -> None:
    with database.begin(SYSTEM) as uow, pytest.raises(InvalidInput) as refused:
        users.create(uow, username="sari", name="Sari", nip=nip)
    assert refused.value.field == "nip"


def test_a_nip_is_masked_in_lists_and_kept_out_of_history(database: Database) -> None:
    add(database, nip="19850101 201001 2 001")
    with database.begin(SYSTEM) as uow:
        (view,) = users.listing(uow)
        users.change(uow, view.id, nip="19850101 201001 2 002")
        uow.session.flush()
        kept = "".join(str(data) for data in uow.session.scalars(select(HistoryRow.data)))
        assert users.get(uow, view.id).nip == "198501012010012002"
    assert (view.nip_masked, view.nip) == ("19****************", None)
    assert "19850101" not in kept
    assert users.printed_nip("198501012010012001") == "19850101 201001 2 001"


@pytest.mark.both_databases
def test_the_first_visitor_becomes_administrator_once(database: Database) -> None:
    with database.begin(NOBODY) as uow:
        assert users.needs_first_administrator(uow)
        person = users.create_first_administrator(uow, name="Sari", username="sari", password=GOOD)
    assert person.positions == ("Administrator",)
    with database.begin(NOBODY) as uow:
        assert not users.needs_first_administrator(uow)
        assert positions.actor_of(uow, person.id).administrator
        with pytest.raises(Conflict):
            users.create_first_administrator(uow, name="Bayu", username="bayu", password=GOOD)


def test_people_are_found_by_name_username_and_position(database: Database) -> None:
    id = add(database)
    add(database, "bayu")
    with database.begin(SYSTEM) as uow:
        post = positions.create(uow, name="Lurah Jogoyudan")
        positions.assign_holder(uow, post.id, id, kind="holder", starts_on=FIRST)
        assert [p.username for p in users.listing(uow, "jogo")] == ["sari"]
        assert [p.username for p in users.listing(uow, "BAY")] == ["bayu"]
        assert [p.username for p in users.listing(uow)] == ["bayu", "sari"]


def test_only_administrators_see_and_change_people_and_everybody_sees_themselves(database: Database) -> None:
    id, other = add(database), add(database, "bayu")
    with database.begin(Actor(id, "Sari")) as uow:
        assert users.get(uow, id).username == "sari"
        users.set_language(uow, "en")
        for attempt in (
            lambda: users.get(uow, other),
            lambda: users.listing(uow),
            lambda: users.create(uow, username="new", name="New"),
            lambda: users.change(uow, id, name="Camat"),
            lambda: users.end(uow, other),
            lambda: users.reset_password(uow, other, GOOD),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    with database.read(SYSTEM) as uow:
        assert users.get(uow, id).language == "en"


@pytest.mark.parametrize("username", ["", "s", "with space", "Ünal", "a" * 81, "-dash", "bayu"])
def test_a_username_is_plain_and_unique(database: Database, username: str) -> None:
    add(database, "bayu")
    with database.begin(SYSTEM) as uow, pytest.raises(InvalidInput) as refused:
        users.create(uow, username=username, name="Sari")
    assert refused.value.field == "username"


def test_the_list_of_roles_shows_invented_people_in_the_order_of_rank(database: Database) -> None:
    first, second = add(database, "sari", demo=True), add(database, "bayu", demo=True)
    add(database, "real")
    with database.begin(SYSTEM) as uow:
        low = positions.create(uow, name="Lurah", rank=9)
        top = positions.create(uow, name="Camat", rank=1)
        positions.assign_holder(uow, low.id, first, kind="holder", starts_on=FIRST)
        positions.assign_holder(uow, top.id, first, kind="plh", starts_on=FIRST)
        positions.assign_holder(uow, top.id, second, kind="holder", starts_on=FIRST)
        roles = users.demo_roles(uow)
    assert [(r.person_name, r.position_key) for r in roles] == [("Bayu", "camat"), ("Sari", "lurah")]
