"""Settings an office decides, kept in rows, and the training clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from . import history, locks
from .db import CLOCK_OFFSET, UnitOfWork
from .errors import N_, Conflict, InvalidInput
from .expressions.formulas import Function, is_number, office_functions
from .identity import require_administrator
from .model import SettingRow

NAME = "office.name"
ZONE = "office.zone"
THRESHOLDS = "office.thresholds"
TRAINING = "training"

DEFAULT_ZONE = "Asia/Jakarta"

#: lower bound in percent, whether the bound itself belongs to it, word; highest first, the last one catches the rest
DEFAULT_THRESHOLDS: tuple[tuple[float, bool, str], ...] = (
    (91, True, "Sangat Tinggi"),
    (76, True, "Tinggi"),
    (66, True, "Sedang"),
    (50, False, "Rendah"),
    (0, True, "Sangat Rendah"),
)

#: a class for practising never needs more, and dates stay far from the calendar's end
FARTHEST = timedelta(days=3 * 366)


def get(uow: UnitOfWork, key: str, default: Any = None) -> Any:
    """The value kept under `key`, else `default`."""
    return uow.kept("settings", lambda: _values(uow)).get(key, default)


def put(uow: UnitOfWork, key: str, value: Any) -> None:
    """Keep a JSON value under `key`; administrators only. The clock's offset has a verb of its own."""
    entitled_by = require_administrator(uow.actor, "change settings")
    if key == CLOCK_OFFSET:
        raise InvalidInput("key", N_("The training clock is moved, not set."))
    value = _checked(key, value)
    locks.alone_in_office(uow)
    before = get(uow, key)
    if before == value:
        return
    _write(uow, key, value)
    history.record(uow, "office.changed", entitled_by=entitled_by, key=key, before=before, after=value)


def office_name(uow: UnitOfWork) -> str:
    """The name at the head of every page; "" until somebody enters one."""
    return str(get(uow, NAME, ""))


def zone(uow: UnitOfWork) -> str:
    """The name of the office's time zone; dates of people and positions are meant in it."""
    return zone_of(uow).key


def zone_of(uow: UnitOfWork) -> ZoneInfo:
    """The office's time zone."""
    return zone_named(get(uow, ZONE))


@lru_cache(maxsize=64)
def zone_named(name: str | None) -> ZoneInfo:
    """The zone kept in the settings, or the default where none is kept."""
    return ZoneInfo(name or DEFAULT_ZONE)


def today(uow: UnitOfWork) -> date:
    """The office's date at the unit's instant."""
    return uow.now.astimezone(zone_of(uow)).date()


def thresholds(uow: UnitOfWork) -> tuple[tuple[float, bool, str], ...]:
    """Categories of achievement, highest first: (lower bound in percent, bound included, word)."""
    kept = get(uow, THRESHOLDS)
    return DEFAULT_THRESHOLDS if kept is None else tuple((bound, included, word) for bound, included, word in kept)


def functions(uow: UnitOfWork) -> dict[str, Function]:
    """What expressions of this office may call, with its categories and its date."""
    day = today(uow)
    return uow.kept(("functions", day), lambda: office_functions(thresholds(uow), today=day))


def training(uow: UnitOfWork) -> bool:
    """Whether this installation is for practising: only then the clock may be moved."""
    return bool(get(uow, TRAINING, False))


def clock_offset(uow: UnitOfWork) -> timedelta:
    """How far office time runs ahead of real time; zero outside training."""
    return timedelta(seconds=get(uow, CLOCK_OFFSET, 0))


def advance_clock(uow: UnitOfWork, *, by: timedelta | None = None, until: datetime | None = None) -> timedelta:
    """Move the training clock forward, by a span or to an instant; returns the new offset.

    The unit's own `now` stays as it was: the next unit sees the new time. Administrators in training mode only.
    """
    entitled_by = require_administrator(uow.actor, "move the training clock")
    if not training(uow):
        raise Conflict("the clock moves in training mode only")
    locks.alone_in_office(uow)
    if (by is None) == (until is None):
        raise InvalidInput("by", N_("Give either a span or an instant."))
    if until is not None:
        if until.tzinfo is None:
            raise InvalidInput("until", N_("The instant needs a time zone."))
        by = until - (uow.real_now + clock_offset(uow))
    assert by is not None
    if by <= timedelta(0):
        raise InvalidInput("by", N_("The training clock moves forward only."))
    offset = clock_offset(uow) + by
    if offset > FARTHEST:
        raise InvalidInput("by", N_("The training clock may run at most three years ahead."))
    _write(uow, CLOCK_OFFSET, offset.total_seconds())
    history.record(
        uow, "clock.advanced", entitled_by=entitled_by, seconds=by.total_seconds(), to=(uow.now + by).isoformat()
    )
    return offset


def _values(uow: UnitOfWork) -> dict[str, Any]:
    return {row.key: row.value for row in uow.session.execute(select(SettingRow.key, SettingRow.value))}


def _write(uow: UnitOfWork, key: str, value: Any) -> None:
    row = uow.session.get(SettingRow, key)
    if row is None:
        uow.session.add(SettingRow(key=key, value=value))
    else:
        row.value = value
    uow.session.flush()


def _checked(key: str, value: Any) -> Any:
    if key == NAME and (not isinstance(value, str) or len(value) > 200):
        raise InvalidInput(key, N_("Enter a name of at most %(most)s characters."), most=200)
    if key == ZONE and value not in available_timezones():
        raise InvalidInput(key, N_("“%(zone)s” is no time zone."), zone=str(value))
    if key == TRAINING and not isinstance(value, bool):
        raise InvalidInput(key, N_("Training mode is either on or off."))
    if key == THRESHOLDS:
        return _checked_thresholds(value)
    return value


def _checked_thresholds(value: Any) -> list[list[Any]]:
    problem = InvalidInput(
        THRESHOLDS, N_("Give each category a lower bound in percent and a word, the highest first, without gaps.")
    )
    if not isinstance(value, Sequence) or isinstance(value, str) or not 1 <= len(value) <= 20:
        raise problem
    rows: list[list[Any]] = []
    for row in value:
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != 3:
            raise problem
        bound, included, word = row
        if not is_number(bound) or not isinstance(included, bool):
            raise problem
        if not isinstance(word, str) or not word.strip() or len(word) > 60:
            raise problem
        if rows and bound >= rows[-1][0]:
            raise problem
        rows.append([bound, included, word.strip()])
    return rows
