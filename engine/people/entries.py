"""What may be entered for a position: a free name and key, tags, a superior. Raises InvalidInput for anything else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.errors import N_, InvalidInput
from engine.model import PositionRow

KEY = re.compile(r"[a-z][a-z0-9_]{0,99}")
TAG = re.compile(r"[a-z][a-z0-9_]{0,39}")


def free_name(rows: dict[int, PositionRow], name: str, *, but: PositionRow | None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise InvalidInput("name", N_("Enter a name of at most %(most)s characters."), most=200)
    for row in rows.values():
        if row is not but and name.casefold() in (row.name.casefold(), row.key):
            raise InvalidInput("name", N_("There is a position called “%(name)s” already."), name=row.name)
    return name


def free_key(rows: dict[int, PositionRow], key: str | None, name: str) -> str:
    taken = {row.key for row in rows.values()} | {row.name.casefold() for row in rows.values()}
    if key is not None:
        if not KEY.fullmatch(key):
            raise InvalidInput("key", N_("Use small letters, digits and underscores, beginning with a letter."))
        if key in taken:
            raise InvalidInput("key", N_("There is a position with the key “%(key)s” already."), key=key)
        return key
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:90]
    if not stem or not stem[0].isalpha():
        stem = f"p_{stem}".rstrip("_")
    key, count = stem, 1
    while key in taken:
        count += 1
        key = f"{stem}_{count}"
    return key


def superior_among(rows: dict[int, PositionRow], superior_id: int) -> PositionRow:
    row = rows.get(superior_id)
    if row is None or not row.active:
        raise InvalidInput("superior_id", N_("Choose a position that exists."))
    return row


def checked_tags(tags: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    for tag in wanted:
        if not TAG.fullmatch(tag):
            raise InvalidInput("tags", N_("Use small letters, digits and underscores, beginning with a letter."))
    return wanted
