"""What the environment decides, read once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATABASE = "sqlite:///var/alur.db"


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str = DEFAULT_DATABASE
    demo: bool = False  #: one-click roles and the training clock; never in a real office

    @classmethod
    def from_environment(cls) -> Settings:
        return cls(
            database_url=normal_url(os.environ.get("ALUR_DATABASE_URL") or DEFAULT_DATABASE),
            demo=os.environ.get("DEMO", "0") == "1",
        )


def normal_url(url: str) -> str:
    """Name the driver where the URL leaves it open, and make the folder of a SQLite file."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    if url.startswith("sqlite:///") and not url.startswith("sqlite:///:memory:"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return url
