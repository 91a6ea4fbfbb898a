"""Passwords: which are good enough, and their argon2 hashes."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import N_, InvalidInput

SHORTEST, LONGEST = 10, 200

#: long enough for the rule and still among the first that anybody tries here
COMMON = frozenset(
    {
        "0123456789",
        "1111111111",
        "1122334455",
        "1234512345",
        "1234567890",
        "12345678910",
        "123456789a",
        "1q2w3e4r5t",
        "administrator",
        "administrator1",
        "bismillah1",
        "bismillah12",
        "bismillah123",
        "indonesia1",
        "indonesia123",
        "indonesia45",
        "indonesia1945",
        "iloveyou123",
        "katasandi1",
        "katasandi123",
        "kecamatan1",
        "kecamatan123",
        "lumajang123",
        "password10",
        "password12",
        "password123",
        "password1234",
        "passwordpassword",
        "pemerintah",
        "pemerintah1",
        "pemerintah123",
        "qwertyuiop",
        "qwerty12345",
        "qwerty123456",
        "rahasia123",
        "rahasia1234",
        "rahasiaku123",
        "sayangku123",
        "selamatpagi",
        "terserah123",
    }
)

_hasher = PasswordHasher()


def require_good(field: str, password: str, *, username: str) -> None:
    """Refuse a password that is short, well known, made of the username or of one or two characters; InvalidInput."""
    if len(password) < SHORTEST:
        raise InvalidInput(field, N_("Use at least %(least)s characters."), least=SHORTEST)
    if len(password) > LONGEST:
        raise InvalidInput(field, N_("Use at most %(most)s characters."), most=LONGEST)
    lowered = password.casefold()
    if lowered.strip("0123456789!.@#-_ ") == username.casefold() or lowered == username.casefold():
        raise InvalidInput(field, N_("The password must not be the username."))
    if lowered in COMMON or len(set(lowered)) < 3:
        raise InvalidInput(field, N_("This password is one of the first that others try. Choose another."))


def hashed(password: str) -> str:
    """The argon2 hash to keep."""
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one. Without a kept one the answer is no, after the same effort."""
    try:
        _hasher.verify(kept or _decoy(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether the kept hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _decoy() -> str:
    return _hasher.hash("nobody's password")
