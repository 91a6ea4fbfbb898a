"""Reads an office from JSON: settings, positions with superiors, people and what they hold. Adds, never removes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from . import calendars, office
from .db import UnitOfWork
from .errors import N_, InvalidInput
from .identity import HoldingKind
from .model import HoldingRow, PersonRow
from .people import positions, users


def load_office(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """Bring what the data name into the office; what is there already (by key, username, first day) stays as it is.

    {"settings": {"office.name": ...},
     "positions": [{"key", "name", "superior": key, "tags": [...], "rank", "administrator"}],
     "people": [{"username", "name", "nip", "demo",
                 "holds": [{"position": key, "kind", "starts_on", "ends_on", "order_number"}]}]}
    Everything but "key"/"name" and "username"/"name" may be left out. Raises InvalidInput naming the entry at fault.
    """
    if not isinstance(data, Mapping):
        raise InvalidInput("office", N_("The file must hold one JSON object."))
    for key, value in _mapping(data, "settings").items():
        office.put(uow, key, value)
    calendars.establish(uow)
    _load_positions(uow, _entries(data, "positions"))
    _load_people(uow, _entries(data, "people"))


def _load_positions(uow: UnitOfWork, entries: list[Mapping[str, Any]]) -> None:
    known = {p.key: p for p in positions.listing(uow, include_ended=True)}
    new = set()
    for place, entry in enumerate(entries):
        key = _text(entry, "key", f"positions.{place}")
        if key in known:
            continue
        rank = entry.get("rank")
        known[key] = positions.create(
            uow,
            key=key,
            name=_text(entry, "name", f"positions.{place}"),
            tags=tuple(map(str, entry.get("tags", ()))),
            administrator=entry.get("administrator") is True,
            rank=rank if isinstance(rank, int) else None,
        )
        new.add(key)
    # A superior may stand further down in the file.
    for place, entry in enumerate(entries):
        superior = entry.get("superior")
        if superior is None or entry["key"] not in new:
            continue
        if superior not in known:
            raise InvalidInput(f"positions.{place}.superior", N_("No position has the key “%(key)s”."), key=superior)
        positions.change(uow, known[entry["key"]].id, superior_id=known[superior].id)


def _load_people(uow: UnitOfWork, entries: list[Mapping[str, Any]]) -> None:
    keys = {p.key: p.id for p in positions.listing(uow)}
    for place, entry in enumerate(entries):
        here = f"people.{place}"
        username = _text(entry, "username", here).strip().lower()
        person_id = uow.session.scalar(select(PersonRow.id).where(PersonRow.username == username))
        if person_id is None:
            nip = entry.get("nip")
            person_id = users.create(
                uow,
                username=username,
                name=_text(entry, "name", here),
                nip=nip if isinstance(nip, str) else None,
                demo=entry.get("demo") is True,
            ).id
        for number, held in enumerate(_entries(entry, "holds", here)):
            at = f"{here}.holds.{number}"
            key = _text(held, "position", at)
            if key not in keys:
                raise InvalidInput(f"{at}.position", N_("No position has the key “%(key)s”."), key=key)
            starts_on = _day(held, "starts_on", at) or office.today(uow)
            if not _held(uow, keys[key], person_id, starts_on):
                positions.assign_holder(
                    uow,
                    keys[key],
                    person_id,
                    kind=held.get("kind", HoldingKind.HOLDER.value),
                    starts_on=starts_on,
                    ends_on=_day(held, "ends_on", at),
                    order_number=held.get("order_number"),
                )


def _held(uow: UnitOfWork, position_id: int, person_id: int, day: date) -> bool:
    """Whether the person has the position on this day already, so that loading a file again changes nothing."""
    found = select(HoldingRow.id).where(HoldingRow.position_id == position_id, HoldingRow.person_id == person_id)
    covering = (HoldingRow.starts_on <= day) & (HoldingRow.ends_on.is_(None) | (HoldingRow.ends_on >= day))
    return uow.session.scalar(found.where(covering).limit(1)) is not None


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, Mapping):
        raise InvalidInput(key, N_("This must be a JSON object."))
    return value


def _entries(data: Mapping[str, Any], key: str, where: str = "") -> list[Mapping[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise InvalidInput(f"{where}.{key}".lstrip("."), N_("This must be a list of JSON objects."))
    return value


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{where}.{key}", N_("This must be text."))
    return value


def _day(entry: Mapping[str, Any], key: str, where: str) -> date | None:
    value = entry.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidInput(f"{where}.{key}", N_("Write dates as 2026-01-31.")) from None
