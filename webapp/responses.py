"""What every answer carries: security headers, compression, and static files that may be cached for ever."""

from __future__ import annotations

import gzip
import hashlib
import io
import secrets
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, g, request

YEAR = 365 * 24 * 3600
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/xml")

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def prepare(app: Flask) -> None:
    """Add the headers, the hashes of static files, and gzip to `app`."""
    app.url_defaults(_add_version)
    # The last registered runs first: headers must be set before the body is compressed.
    app.after_request(_compress)
    app.after_request(_add_headers)


@lru_cache(maxsize=512)
def _digest(path: str, _modified: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def version_of(folder: str, filename: str) -> str:
    """A short hash of a static file's content; empty when there is no such file."""
    path = Path(folder) / filename
    try:
        return _digest(str(path), path.stat().st_mtime_ns)
    except OSError:
        return ""


def _add_version(endpoint: str, values: dict[str, object]) -> None:
    from flask import current_app

    if endpoint == "static" and "filename" in values and "v" not in values and current_app.static_folder:
        values["v"] = version_of(current_app.static_folder, str(values["filename"])) or None


def _add_headers(response: Response) -> Response:
    policy = dict(POLICY)
    if g.get("inline_styles", False):  # the diagram editor sets sizes by style attributes
        policy["style-src"] += " 'unsafe-inline'"
    headers = response.headers
    headers.setdefault("Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in policy.items()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    if request.endpoint == "static":
        if request.args.get("v") and response.status_code in (200, 304):
            headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif "Cache-Control" not in headers:
        # Pages show confidential cases; a shared computer must not keep them.
        headers["Cache-Control"] = "no-store"
    return response


def _compress(response: Response) -> Response:
    if (
        response.status_code != 200
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or "Content-Encoding" in response.headers
        or "Content-Range" in response.headers
        or not (response.mimetype or "").startswith(COMPRESSED)
        or request.method == "HEAD"
        or (response.content_length is not None and response.content_length < 1000)
    ):
        return response
    response.direct_passthrough = False
    source, body = response.response, response.get_data()
    if hasattr(source, "close"):  # a static file; set_data forgets it
        source.close()
    buffer = io.BytesIO()
    # A file name of random length hides the body's exact size from whoever guesses at secrets in it (BREACH).
    padding = secrets.token_hex(secrets.randbelow(50)) if request.endpoint != "static" else ""
    with gzip.GzipFile(filename=padding, fileobj=buffer, mode="wb", compresslevel=6, mtime=0) as zipped:
        zipped.write(body)
    response.set_data(buffer.getvalue())
    response.headers["Content-Encoding"] = "gzip"
    response.headers.add("Vary", "Accept-Encoding")
    if response.headers.get("ETag"):
        response.headers["ETag"] = "W/" + response.headers["ETag"].removeprefix("W/")
    return response
