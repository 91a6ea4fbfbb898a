"""What service tasks may call: the only module that reaches the world outside.

Each connector takes the inputs of the diagram and the job's id, so that whoever is called can tell a repetition.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from .settings import Outside

TIMEOUT = 20.0  #: seconds
LARGEST = 200_000  #: bytes of an answer

Inputs = Mapping[str, Any]


class ConnectorFailed(Exception):
    """The call did not do what it should; it is tried again later."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead to a host that was not allowed."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def http(inputs: Inputs, key: str, outside: Outside) -> dict[str, Any]:
    """Call `url` with `method` (GET), `headers` (a record) and `body`; gives status, body, and json if it is JSON.

    Only hosts that ALUR_HTTP_HOSTS names. The job's id goes along as Idempotency-Key. Any status from 400 fails.
    """
    url = str(inputs.get("url", ""))
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.netloc.rpartition("@")[2].lower() not in outside.hosts:
        raise ConnectorFailed(f"{parts.scheme}://{parts.netloc} is not among the allowed hosts (ALUR_HTTP_HOSTS)")
    body = inputs.get("body")
    headers = inputs.get("headers") or {}
    if not isinstance(headers, Mapping):
        raise ConnectorFailed("headers must be a record")
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
    method = str(inputs.get("method") or ("POST" if data else "GET")).upper()
    request = urllib.request.Request(url, data, method=method)  # noqa: S310 - the scheme was checked above
    if data is not None:
        request.add_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
    for name, value in headers.items():
        request.add_header(str(name), str(value).replace("\r", " ").replace("\n", " "))
    request.add_header("Idempotency-Key", key)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
            content = answer.read(LARGEST + 1)
            status = answer.status
    except urllib.error.HTTPError as error:
        raise ConnectorFailed(f"{parts.netloc} answers {error.code} {error.reason}") from None
    except (OSError, ValueError) as error:
        raise ConnectorFailed(f"{parts.netloc} can't be reached: {error}") from None
    if len(content) > LARGEST:
        raise ConnectorFailed(f"the answer is longer than {LARGEST} bytes")
    text = content.decode("utf-8", "replace")
    return {"status": status, "body": text, "json": _json(text)}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def mail(inputs: Inputs, key: str, outside: Outside) -> dict[str, Any]:
    """Send `text` with `subject` to `to` (one address or a list), through the server of ALUR_SMTP."""
    server = urlsplit(outside.smtp)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise ConnectorFailed("no mail server is set (ALUR_SMTP)")
    to = inputs.get("to")
    addresses = [str(a) for a in to] if isinstance(to, list) else str(to or "").split(",")
    receivers = [address for _, address in map(parseaddr, addresses) if "@" in address]
    if not receivers:
        raise ConnectorFailed("there is nobody to send it to")
    letter = EmailMessage()
    letter["From"] = outside.mail_from
    letter["To"] = ", ".join(receivers)
    letter["Subject"] = " ".join(str(inputs.get("subject", "")).split())
    letter["Message-ID"] = f"<{key}@alur>"
    letter.set_content(str(inputs.get("text", "")))
    kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(server.hostname, server.port or 0, timeout=TIMEOUT) as connection:
            if server.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=ssl.create_default_context())
            if server.username:
                connection.login(server.username, server.password or "")
            refused = connection.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        raise ConnectorFailed(f"the mail could not be sent: {error}") from None
    return {"sent": len(receivers) - len(refused), "refused": sorted(refused)}


def values(inputs: Inputs, _key: str, _outside: Outside) -> dict[str, Any]:
    """Call nobody: give the inputs back, so that the outputs can set variables from them."""
    return dict(inputs)


CONNECTORS: Mapping[str, Callable[[Inputs, str, Outside], dict[str, Any]]] = {
    "http": http,
    "mail": mail,
    "values": values,
}
