"""The rows of one case as plain values: taken before a change and after it, compared, and put back to undo it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
import zstandard
from sqlalchemy import LargeBinary, Select, delete, insert, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute

from engine.db import UnitOfWork
from engine.model import (
    AlertRow,
    Base,
    CandidateRow,
    DeadlineRow,
    IncidentRow,
    InstanceRow,
    JobRow,
    ParticipantRow,
    SubmissionRow,
    SubscriptionRow,
    TaskRow,
)
from engine.model.base import UtcDateTime

#: rows by table and primary key, each by column
Imprint = dict[str, dict[str, dict[str, Any]]]
Difference = dict[str, dict[str, Any]]

#: parents before children
KINDS: tuple[type[Base], ...] = (
    InstanceRow,
    ParticipantRow,
    TaskRow,
    CandidateRow,
    DeadlineRow,
    AlertRow,
    SubmissionRow,
    JobRow,
    IncidentRow,
    SubscriptionRow,
)


def take(uow: UnitOfWork, instance_id: int) -> Imprint:
    """Everything that is kept about a case and may change with its version."""
    uow.session.flush()
    return {
        kind.__tablename__: {_key(kind, row): _plain(row) for row in uow.session.execute(_rows(kind, instance_id))}
        for kind in KINDS
    }


def difference(before: Imprint, after: Imprint) -> bytes:
    """What changed between two imprints of one case, packed."""
    found: Difference = {}
    for table, rows in before.items():
        now = after[table]
        found[table] = {
            "gone": [row for key, row in rows.items() if key not in now],
            "new": [key for key in now if key not in rows],
            "changed": {
                key: {name: [value, now[key][name]] for name, value in row.items() if value != now[key][name]}
                for key, row in rows.items()
                if key in now and row != now[key]
            },
        }
    return zstandard.compress(orjson.dumps(found), 9)


def put_back(uow: UnitOfWork, instance_id: int, packed: bytes) -> None:
    """Undo a difference. What somebody has changed since, such as who has a task, stays as it is now."""
    found: Difference = orjson.loads(zstandard.decompress(packed))
    now = take(uow, instance_id)
    for kind in reversed(KINDS):
        for key in found[kind.__tablename__]["new"]:
            uow.session.execute(delete(kind).where(*_same(kind, key)))
    for kind in KINDS:
        part = found[kind.__tablename__]
        rows = now[kind.__tablename__]
        for key, columns in part["changed"].items():
            values = {name: old for name, (old, new) in columns.items() if rows.get(key, {}).get(name, ...) == new}
            if values:
                uow.session.execute(update(kind).where(*_same(kind, key)).values(_typed(kind, values)))
        for row in part["gone"]:
            uow.session.execute(insert(kind).values(_typed(kind, _own_number(uow, kind, row))))
    uow.session.expire_all()


def _own_number(uow: UnitOfWork, kind: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    """A row that comes back gets another number where its own was given away meanwhile; nothing refers to it."""
    id = inspect(kind).columns.get("id")
    if id is None or uow.session.scalar(select(id).where(id == row["id"])) is None:
        return row
    return {name: value for name, value in row.items() if name != "id"}


def _rows(kind: type[Base], instance_id: int) -> Select[Any]:
    columns = inspect(kind).columns
    if kind is InstanceRow:
        return select(*columns).where(InstanceRow.id == instance_id)
    if kind is CandidateRow:
        return (
            select(*columns).join(TaskRow, CandidateRow.task_id == TaskRow.id).where(TaskRow.instance_id == instance_id)
        )
    of: InstrumentedAttribute[int] = kind.instance_id  # type: ignore[attr-defined]
    return select(*columns).where(of == instance_id)


def _key(kind: type[Base], row: Any) -> str:
    return "|".join(str(row._mapping[column]) for column in inspect(kind).primary_key)


def _same(kind: type[Base], key: str) -> Iterator[Any]:
    for column, text in zip(inspect(kind).primary_key, key.split("|"), strict=True):
        yield column == (int(text) if column.type.python_type is int else text)


def _plain(row: Any) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in row._mapping.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value


def _typed(kind: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """Plain values as the columns take them."""
    columns = {column.name: column for column in inspect(kind).columns}
    found = {}
    for name, value in values.items():
        kept_as = columns[name].type
        if value is not None and isinstance(kept_as, UtcDateTime):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(kept_as, LargeBinary):
            value = b64decode(value)
        found[name] = value
    return found
