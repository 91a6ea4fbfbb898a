"""A copy of the whole office in one file, taken while everybody goes on working."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from .errors import N_, Conflict, InvalidInput


def backup(url: str, path: Path) -> int:
    """Write the SQLite database at `url` to `path` and check the copy; returns its size in bytes.

    The copy is whole or absent: it gets its name only when it is complete. An existing file is never overwritten.
    Raises InvalidInput on `file`; Conflict on PostgreSQL, which brings a tool of its own.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise Conflict(
            "PostgreSQL is backed up by its own tool, also while it runs: "
            f"pg_dump --format=custom --file={path} {address.database}"
        )
    source = Path(address.database or "")
    if not source.is_file():
        raise InvalidInput("file", N_("There is no database at %(path)s."), path=str(source))
    if path.exists():
        raise InvalidInput("file", N_("%(path)s exists already. Choose another name."), path=str(path))
    if not path.parent.is_dir():
        raise InvalidInput("file", N_("There is no folder %(path)s."), path=str(path.parent))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Created closed to others: it holds password hashes and everybody's files.
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(source.resolve().as_uri() + "?mode=ro", uri=True, timeout=30)) as original:
            with closing(sqlite3.connect(unfinished)) as copy:
                original.backup(copy)
                # One file that can be carried away, without a journal beside it.
                copy.execute("PRAGMA journal_mode=DELETE")
                (found,) = copy.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            raise Conflict(f"the copy is damaged: {found}")
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        size = unfinished.stat().st_size
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return size
