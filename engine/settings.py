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


@dataclass(frozen=True, slots=True)
class Outside:
    """Where service tasks may reach."""

    hosts: frozenset[str] = frozenset()  #: host or host:port that HTTP calls may go to
    smtp: str = ""  #: smtp://user:password@host:587 or smtps://...
    mail_from: str = "alur@localhost"

    @classmethod
    def from_environment(cls) -> Outside:
        named = os.environ.get("ALUR_HTTP_HOSTS", "").lower().split(",")
        return cls(
            hosts=frozenset(host.strip() for host in named if host.strip()),
            smtp=os.environ.get("ALUR_SMTP", ""),
            mail_from=os.environ.get("ALUR_MAIL_FROM") or "alur@localhost",
        )
