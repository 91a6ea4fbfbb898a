"""One typed answer becomes one value, or says why not."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

from forms import display, patterns, vocabulary
from forms.errors import N_
from forms.model import Field, File
from forms.notation import MAX_NUMBER, Refused, bounded, moment, number

MAX_LINE = 1000  #: characters of a textfield that sets no limit
MAX_TEXT = 10_000  #: of a textarea
MAX_SEVERAL = 1000  #: ticked choices or files of one field
TRUE = frozenset({"true", "on", "1", "yes", "ya"})


def tidy(raw: Any) -> str:
    """One typed text as it can be stored and shown again: no control characters, nothing half of a character."""
    if raw is None or isinstance(raw, (list, tuple, dict)):
        return ""
    if isinstance(raw, bool):
        return "true" if raw else ""
    if isinstance(raw, float):
        return display.number(raw, grouping=False)
    if isinstance(raw, int) and raw.bit_length() > 200:
        return ""
    return "".join(char for char in str(raw).replace("\r\n", "\n").replace("\r", "\n") if _storable(char))


def tidy_list(raw: Any) -> list[str]:
    """Ticked choices or file ids as they can be shown again."""
    several = [tidy(one) for one in raw[: MAX_SEVERAL + 1]] if isinstance(raw, (list, tuple)) else [tidy(raw)]
    return list(dict.fromkeys(one for one in several if one))


def is_typed(field: Field) -> bool:
    """Whether a person fills the field in, so that what is sent for it counts."""
    return field.compute is None and not field.readonly


def shown_again(field: Field, raw: Any) -> Any:
    """What was typed into one field as its input shows it again."""
    if field.type in vocabulary.SEVERAL:
        return tidy_list(raw)
    if field.type == "checkbox":
        return "true" if tidy(raw).strip().lower() in TRUE else ""
    return tidy(raw)


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value is False or value == []


def read(field: Field, raw: Any, *, choices: Mapping[str, str], files: Mapping[str, File]) -> Any:
    """The value of what was typed into one field, None or [] when empty; raises Refused. Ignores `required`."""
    if field.type in vocabulary.SEVERAL:
        return _files(field, raw, files) if field.type == "filepicker" else _several(raw, choices)
    if field.type == "number":
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            return _in_range(field, bounded(raw))
        text = _text(raw)
        return _in_range(field, number(text)) if text else None
    if field.type == "checkbox":
        return raw is True or (not isinstance(raw, bool) and _text(raw).lower() in TRUE)
    text = _text(raw, lines=field.type == "textarea")
    if not text:
        return None
    if field.type == "datetime":
        return moment(text, field.subtype or "date")
    if field.type in ("radio", "select"):
        if text not in choices:
            raise Refused("choice", N_("This choice is not offered. Choose again."))
        return text
    return _line(field, text)


def coerce(field: Field, value: Any) -> Any:
    """A computed or sourced value as this field keeps it; None when it doesn't fit."""
    value = plain(value)
    if field.type in vocabulary.SEVERAL:
        several = value if isinstance(value, list) else [] if value is None else [value]
        return [str(one) for one in several if isinstance(one, (str, int, float))]
    if field.type == "checkbox":
        return bool(value)
    if isinstance(value, bool):
        return None if field.type == "number" else str(value)
    if isinstance(value, (int, float)):
        if abs(value) > MAX_NUMBER:
            return None
        if isinstance(value, float):
            value = float(display.half_up(value, 10 if field.decimals is None else field.decimals))
            value = int(value) if value.is_integer() else value
        return value if field.type == "number" or field.text_or_number else str(value).replace(".", ",")
    if not isinstance(value, str) or not value:
        return None
    if field.type == "number":
        try:
            return number(value)
        except Refused:
            return None
    if field.type == "datetime":
        try:
            return moment(value[:19], field.subtype or "date")
        except Refused:
            return None
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """Any value as JSON knows it: dates as ISO text, numbers finite, odd things None."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return "".join(char for char in value if _storable(char))
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Mapping) and depth < 8:
        return {str(name): plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)) and depth < 8:
        return [plain(one, depth + 1) for one in value]
    try:
        converted = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return converted if math.isfinite(converted) else None


def _text(raw: Any, *, lines: bool = False) -> str:
    """Typed text, trimmed; raises Refused for characters that can't be stored."""
    if raw is None or isinstance(raw, bool):
        return ""
    if isinstance(raw, (int, float)):
        return tidy(raw)
    if not isinstance(raw, str):
        raise Refused("type", N_("This answer has a form that can't be read."))
    if len(raw) > 20 * MAX_TEXT:
        raise Refused("max_length", N_("This text is too long."))
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if not all(map(_storable, text)):
        raise Refused("characters", N_("This text has characters that can't be stored. Type it again."))
    text = unicodedata.normalize("NFC", text)
    return text.strip() if lines else " ".join(text.split("\n")).strip()


def _storable(char: str) -> bool:
    if " " <= char <= "~" or char in "\n\t":
        return True
    return unicodedata.category(char) not in ("Cc", "Cs") and ord(char) & 0xFFFE != 0xFFFE


def _line(field: Field, text: str) -> Any:
    """A textfield's or textarea's value."""
    if field.text_or_number:
        try:
            return number(text)
        except Refused:
            pass
    most = field.max_length or (MAX_TEXT if field.type == "textarea" else MAX_LINE)
    if field.pattern:
        most = min(most, patterns.MAX_TEXT)
    if len(text) > most:
        raise Refused("max_length", N_("At most %(max)s characters; these are %(length)s."), max=most, length=len(text))
    if field.min_length and len(text) < field.min_length:
        raise Refused("min_length", N_("At least %(min)s characters."), min=field.min_length)
    if field.pattern and not patterns.matches(field.pattern, text):
        raise Refused("pattern", field.pattern_message or N_("This is not written as expected."))
    if field.validation == "email" and not _is_email(text):
        raise Refused("email", N_("Enter an e-mail address, for example nama@contoh.go.id."))
    if field.validation == "phone" and not (
        re.fullmatch(r"\+?[0-9 ()\-]{6,25}", text) and 6 <= sum(map(str.isdecimal, text)) <= 16
    ):
        raise Refused("phone", N_("Enter a telephone number, for example 0812 3456 7890."))
    if field.validation == "url" and not _is_url(text):
        raise Refused("url", N_("Enter a web address that begins with https://."))
    return text


def _is_email(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host.strip(".") and "@" not in name and ".." not in host) and not re.search(
        r"[\s<>,;\"]", text
    )


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", text)
    except ValueError:
        return False


def _in_range(field: Field, value: int | float) -> int | float:
    if field.decimals is not None and round(value, field.decimals) != value:
        if field.decimals == 0:
            raise Refused("decimals", N_("Enter a whole number."))
        raise Refused("decimals", N_("At most %(max)s digits after the comma."), max=field.decimals)
    if field.min is not None and value < field.min:
        raise Refused("min", N_("This must be %(min)s or more."), min=_short(field.min))
    if field.max is not None and value > field.max:
        raise Refused("max", N_("This must be %(max)s or less."), max=_short(field.max))
    return value


def _short(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value).replace(".", ",")


def _several(raw: Any, choices: Mapping[str, str]) -> list[str]:
    several = tidy_list(raw)
    if len(several) > MAX_SEVERAL or any(one not in choices for one in several):
        raise Refused("choice", N_("This choice is not offered. Choose again."))
    return several


def _files(field: Field, raw: Any, files: Mapping[str, File]) -> list[str]:
    several = tidy_list(raw)
    if len(several) > 1 and not field.multiple:
        raise Refused("files", N_("Only one file can be added here."))
    if len(several) > MAX_SEVERAL:
        raise Refused("files", N_("Too many files."))
    for one in several:
        file = files.get(one)
        if file is None:
            raise Refused("files", N_("A file is no longer available. Add it again."))
        if field.accept and not file.name.lower().endswith(field.accept):
            raise Refused(
                "files",
                N_("“%(name)s” can't be used here. Allowed: %(accept)s."),
                name=file.name,
                accept=", ".join(field.accept),
            )
    return several
