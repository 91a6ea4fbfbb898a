"""People: who they are, and that they come and go."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine.db import Database
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.identity import NOBODY, SYSTEM, Actor
from engine.model import HistoryRow
from engine.people import passwords, positions, sign_in, users

GOOD = "sawah hijau 7"
FIRST = date(2026, 1, 1)


def add(database: Database, username: str = "sari", password: str | None = None, **more: object) -> int:
    with database.begin(SYSTEM) as uow:
        return users.create(uow, username=username, name=username.title(), password=password, **more).id  # type: ignore[arg-type]


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
            lambda: sign_in.reset_password(uow, other, GOOD),
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
