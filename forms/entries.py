"""The entries of a component read with care: each has the right type and bounds, or names the field at fault."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from forms import conditions
from forms.errors import N_, FormError

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def only(given: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise FormError(where, N_("“%(name)s” is not supported here."), {"name": name[:60]})


def key(spec: Mapping[str, Any], name: str, where: str, *, row: bool) -> str:
    key = spec.get(name)
    if not isinstance(key, str) or not _KEY.fullmatch(key) or "__" in key or keyword.iskeyword(key):
        raise FormError(where, N_("A key is a word of letters, digits and single underscores."), setting=name)
    if key == "typename" or (not row and key in ("item", "item_label")):
        raise FormError(where, N_("The key “%(name)s” is reserved."), {"name": key}, setting=name)
    return key


def mapping(spec: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    value = spec.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FormError(where, N_("“%(name)s” must be an object."), {"name": name}, setting=name)
    return value


def text(spec: Mapping[str, Any], name: str, where: str, *, limit: int = 2000, plain: bool = False) -> str:
    value = spec.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > limit:
        raise FormError(
            where,
            N_("“%(name)s” must be a text of at most %(max)s characters."),
            {"name": name, "max": limit},
            setting=name,
        )
    if plain and value.lstrip().startswith("="):
        raise FormError(where, N_("“%(name)s” can't be an expression."), {"name": name}, setting=name)
    return value


def flag(spec: Mapping[str, Any], name: str, where: str, *, otherwise: bool = False) -> bool:
    value = spec.get(name, otherwise)
    if value in ("true", "false"):
        return bool(value == "true")
    if not isinstance(value, bool):
        raise FormError(where, N_("“%(name)s” must be true or false."), {"name": name}, setting=name)
    return value


def real(spec: Mapping[str, Any], name: str, where: str) -> float | None:
    value = spec.get(name)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
    except (ValueError, OverflowError):
        raise FormError(where, N_("“%(name)s” must be a number."), {"name": name}, setting=name) from None
    return number


def whole(spec: Mapping[str, Any], name: str, where: str, *, most: int) -> int | None:
    number = real(spec, name, where)
    if number is None:
        return None
    if number != int(number) or not 0 <= number <= most:
        message = N_("“%(name)s” must be a whole number from 0 to %(max)s.")
        raise FormError(where, message, {"name": name, "max": most}, setting=name)
    return int(number)


def ordered(least: float | None, most: float | None, where: str, name: str) -> None:
    """Refuse a highest value, the entry `name`, that is below the lowest."""
    if least is not None and most is not None and least > most:
        raise FormError(where, N_("The lowest allowed is above the highest."), setting=name)


def expression(spec: Mapping[str, Any], name: str, where: str) -> str | None:
    """An expression without its leading "="."""
    written = text(spec, name, where, limit=conditions.MAX_EXPRESSION).strip().removeprefix("=").strip()
    if not written:
        return None
    try:
        conditions.names(written)
    except ValueError:
        raise FormError(
            where, N_("“%(name)s” is not an expression that can be read."), {"name": name}, setting=name
        ) from None
    return written
