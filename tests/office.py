"""A small sub-district office for tests: every position of the first procedure, each held by one invented person."""

from __future__ import annotations

from datetime import date

from engine import calendars
from engine.db import Database, UnitOfWork
from engine.identity import SYSTEM, Actor, HoldingKind
from engine.people import positions, users

PASSWORD = "kecamatan lumajang 2026"
ADMINISTRATOR = "administrator"

#: key, name, key of the superior, tags
POSITIONS: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
    ("camat", "Camat", None, ()),
    ("sekretaris_kecamatan", "Sekretaris Kecamatan", "camat", ()),
    ("kasubag_umum", "Kasubag Umum dan Kepegawaian", "sekretaris_kecamatan", ("unit",)),
    ("kasubag_keuangan", "Kasubag Keuangan", "sekretaris_kecamatan", ("unit",)),
    ("kasi_pelayanan_umum", "Kasi Pelayanan Umum", "camat", ("unit",)),
    ("kasi_pemerintahan", "Kasi Pemerintahan", "camat", ("unit",)),
    ("kasi_pemberdayaan_masyarakat", "Kasi Pemberdayaan Masyarakat", "camat", ("unit",)),
    *(
        (f"lurah_{place.lower()}", f"Lurah {place}", "camat", ("unit",))
        for place in (
            "Citrodiwangsan",
            "Ditotrunan",
            "Jogotrunan",
            "Jogoyudan",
            "Kepuharjo",
            "Rogotrunan",
            "Tompokersan",
        )
    ),
    ("pengelola_sop", "Pengelola SOP", None, ()),
)


def open_office(database: Database) -> None:
    """Fill an empty database with the positions and, for each, a demo person whose username is the position's key."""
    with database.begin(SYSTEM) as uow:
        users.create_first_administrator(uow, name="Admin Contoh", username=ADMINISTRATOR, password=PASSWORD)
        calendars.establish(uow)
    with database.begin(person(database, ADMINISTRATOR)) as uow:
        known: dict[str, int] = {}
        for rank, (key, name, superior, tags) in enumerate(POSITIONS, start=1):
            above = known[superior] if superior else None
            known[key] = positions.create(uow, name=name, key=key, superior_id=above, tags=tags, rank=rank * 10).id
            someone = users.create(uow, username=key, name=f"Orang {name}", demo=True)
            hold(uow, known[key], someone.id)


def hold(uow: UnitOfWork, position_id: int, person_id: int) -> None:
    positions.assign_holder(uow, position_id, person_id, kind=HoldingKind.HOLDER, starts_on=date(2020, 1, 1))


def person(database: Database, position_key: str) -> Actor:
    """Who holds the position, as an actor with today's positions."""
    with database.read(SYSTEM) as uow:
        holder = positions.holders_of(uow, [position_key])[position_key][0]
        return positions.actor_of(uow, holder.person_id)
