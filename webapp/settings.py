"""What the web app is told when it starts. The office's own decisions live in the database, not here."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from engine.settings import Settings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WebSettings:
    secret_key: str
    database_url: str = Settings().database_url
    demo: bool = False  #: one-click roles; never in a real office
    secure_cookies: bool = False  #: set when the app is reached over https
    trusted_proxies: int = 0  #: how many proxies in front set X-Forwarded-*
    max_request_bytes: int = 24 * MEGABYTE  #: one document of 20 MB and the form around it
    max_form_bytes: int = 8 * MEGABYTE  #: text of a form, without files
    max_form_parts: int = 10_000  #: a table of 200 rows x 14 fields has 2,800, some of them doubled

    @classmethod
    def from_environment(cls) -> WebSettings:
        """Read ALUR_SECRET_KEY, ALUR_HTTPS, ALUR_PROXIES and what the engine reads; without a key make one in var/."""
        engine = Settings.from_environment()
        return cls(
            secret_key=os.environ.get("ALUR_SECRET_KEY") or kept_key(Path("var/secret.key")),
            database_url=engine.database_url,
            demo=engine.demo,
            secure_cookies=os.environ.get("ALUR_HTTPS", "0") == "1",
            trusted_proxies=int(os.environ.get("ALUR_PROXIES") or 0),
        )


def kept_key(path: Path) -> str:
    """The secret key in `path`; made on the first start, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
