"""Signing in, its throttle, sessions, and one's own password."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from engine.clock import SetClock
from engine.db import CLOCK_OFFSET, Database
from engine.errors import InvalidInput, NotFound
from engine.identity import NOBODY, SYSTEM, Actor
from engine.model import SettingRow
from engine.people import passwords, positions, sessions, sign_in, users

GOOD, OTHER = "sawah hijau 7", "ladang kuning 8"
FIRST = date(2026, 1, 1)


def add(database: Database, username: str = "sari", password: str | None = None, **more: object) -> int:
    with database.begin(SYSTEM) as uow:
        return users.create(uow, username=username, name=username.title(), password=password, **more).id  # type: ignore[arg-type]


def try_in(database: Database, password: str, username: str = "sari", address: str = "10.0.0.1") -> sign_in.SignIn:
    with database.read(NOBODY) as uow:
        checked = sign_in.check(uow, username, password, address=address)
    with database.begin(NOBODY) as uow:
        return sign_in.enter(uow, checked, agent="test")


def try_change(
    database: Database, id: int, old: str, new: str = OTHER, keep: str | None = None
) -> InvalidInput | sign_in.TooManyAttempts | None:
    with database.read(Actor(id, "Sari")) as uow:
        checked = sign_in.check_change(uow, old, new)
    with database.begin(Actor(id, "Sari")) as uow:
        return sign_in.change_password(uow, checked, keep=keep)


def whose(database: Database, token: str) -> Actor | None:
    with database.read(NOBODY) as uow:
        return sessions.actor_for(uow, token)


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
    assert isinstance(closed.problem, sign_in.TooManyAttempts)
    assert closed.problem.params == {"minutes": 10}
    clock.at = closed.problem.retry_at
    assert try_in(database, GOOD).token


def test_one_address_can_not_try_many_names(database: Database) -> None:
    add(database, password=GOOD)
    for number in range(20):
        try_in(database, "wrong wrong", username=f"user{number}")
    assert isinstance(try_in(database, GOOD).problem, sign_in.TooManyAttempts)
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
        token = sign_in.enter_demo(uow, id, "test")
    for _ in range(20):
        clock.advance(timedelta(hours=8))
        assert whose(database, token)
        with database.begin(NOBODY) as uow:
            sessions.touch(uow, token)
    clock.advance(timedelta(hours=8))
    assert whose(database, token) is None

    with database.begin(NOBODY) as uow:
        token = sign_in.enter_demo(uow, id, "test")
    clock.advance(timedelta(hours=12))
    assert whose(database, token) is None


def test_the_training_clock_ends_no_session(database: Database) -> None:
    id = add(database, demo=True)
    with database.begin(NOBODY) as uow:
        token = sign_in.enter_demo(uow, id)
    with database.begin(SYSTEM) as uow:
        uow.session.add(SettingRow(key=CLOCK_OFFSET, value=86400 * 30))
    assert whose(database, token)


def test_signing_out_and_ending_a_person_end_sessions(database: Database) -> None:
    id = add(database, demo=True)
    with database.begin(NOBODY) as uow:
        first, second = sign_in.enter_demo(uow, id), sign_in.enter_demo(uow, id)
        sessions.sign_out(uow, first)
    assert whose(database, first) is None
    assert whose(database, second)
    with database.begin(SYSTEM) as uow:
        users.end(uow, id)
    assert whose(database, second) is None


def test_only_invented_people_sign_in_by_a_click(database: Database) -> None:
    id = add(database, password=GOOD)
    with database.begin(NOBODY) as uow, pytest.raises(NotFound):
        sign_in.enter_demo(uow, id)


def test_a_changed_password_ends_the_other_sessions(database: Database) -> None:
    id = add(database, password=GOOD)
    here, elsewhere = try_in(database, GOOD).token, try_in(database, GOOD).token
    assert here
    assert elsewhere
    refused = try_change(database, id, "not this")
    assert isinstance(refused, InvalidInput)
    assert refused.field == "old"
    assert whose(database, elsewhere)
    assert try_change(database, id, GOOD, keep=here) is None
    assert whose(database, here)
    assert whose(database, elsewhere) is None
    assert try_in(database, GOOD).token is None
    assert try_in(database, "ladang kuning 8").token


def test_a_password_given_anew_ends_every_session(database: Database) -> None:
    id = add(database, password=GOOD)
    token = try_in(database, GOOD).token
    assert token
    with database.begin(SYSTEM) as uow:
        sign_in.reset_password(uow, id, "ladang kuning 8")
    assert whose(database, token) is None
    assert try_in(database, GOOD).token is None
    assert try_in(database, "ladang kuning 8").token


def test_the_list_of_roles_shows_invented_people_in_the_order_of_rank(database: Database) -> None:
    first, second = add(database, "sari", demo=True), add(database, "bayu", demo=True)
    add(database, "real")
    with database.begin(SYSTEM) as uow:
        low = positions.create(uow, name="Lurah", rank=9)
        top = positions.create(uow, name="Camat", rank=1)
        positions.assign_holder(uow, low.id, first, kind="holder", starts_on=FIRST)
        positions.assign_holder(uow, top.id, first, kind="plh", starts_on=FIRST)
        positions.assign_holder(uow, top.id, second, kind="holder", starts_on=FIRST)
        roles = sign_in.demo_roles(uow)
    assert [(r.person_name, r.position_key) for r in roles] == [("Bayu", "camat"), ("Sari", "lurah")]


@pytest.mark.parametrize(("new", "field"), [(GOOD, "new"), ("short", "new"), ("sari", "new")])
def test_a_new_password_must_be_another_and_a_good_one(database: Database, new: str, field: str) -> None:
    id = add(database, password=GOOD)
    refused = try_change(database, id, GOOD, new)
    assert isinstance(refused, InvalidInput)
    assert refused.field == field
    assert try_in(database, GOOD).token


def test_who_guesses_the_present_password_of_an_open_window_has_to_wait(database: Database, clock: SetClock) -> None:
    id = add(database, password=GOOD)
    for _ in range(5):
        assert isinstance(try_change(database, id, "wrong wrong"), InvalidInput)
    closed = try_change(database, id, GOOD)
    assert isinstance(closed, sign_in.TooManyAttempts)
    assert closed.field == "old"
    assert try_in(database, GOOD).token, "signing in is another door"
    clock.at = closed.retry_at
    assert try_change(database, id, GOOD) is None


def test_a_password_changed_or_a_person_ended_meanwhile_lets_nobody_in(database: Database) -> None:
    id = add(database, password=GOOD)
    with database.read(NOBODY) as uow:
        before = sign_in.check(uow, "sari", GOOD)
    assert try_change(database, id, GOOD) is None
    with database.begin(NOBODY) as uow:
        assert sign_in.enter(uow, before).token is None
    with database.read(NOBODY) as uow:
        before = sign_in.check(uow, "sari", OTHER)
    with database.begin(SYSTEM) as uow:
        users.end(uow, id)
    with database.begin(NOBODY) as uow:
        assert sign_in.enter(uow, before).token is None


def test_of_many_attempts_at_once_no_more_are_answered_than_one_after_the_other(database: Database) -> None:
    add(database, password=GOOD)
    with database.read(NOBODY) as uow:
        guesses = [sign_in.check(uow, "sari", f"guess {number}") for number in range(9)]
        right = sign_in.check(uow, "sari", GOOD)
    told = []
    for checked in (*guesses, right):
        with database.begin(NOBODY) as uow:
            told.append(sign_in.enter(uow, checked))
    assert [isinstance(result.problem, sign_in.TooManyAttempts) for result in told] == [False] * 5 + [True] * 5
    assert not any(result.token for result in told)


def test_checking_a_password_makes_nobody_wait(database: Database) -> None:
    add(database, password=GOOD)
    with database.begin(SYSTEM) as busy:
        busy.session.add(SettingRow(key="x", value=1))
        busy.session.flush()
        found: list[sign_in.Checked] = []

        def check() -> None:
            with database.read(NOBODY) as uow:
                found.append(sign_in.check(uow, "sari", GOOD))

        other = threading.Thread(target=check)
        other.start()
        other.join(10)
        assert found, "the check waits for the writer"
    assert found[0].person_id
