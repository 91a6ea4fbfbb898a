"""Conditions as form-js' own editor writes them (FEEL), put into our expressions where both mean the same."""

from __future__ import annotations

import re

from forms import conditions

_TOKEN = re.compile(r'"(?:[^"\\\n])*"|\s+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?|<=|>=|!=|==|[-+*/=<>(),.\[\]]')
_WORDS = {"true": "True", "false": "False", "null": "None"}
_FOREIGN = frozenset({"if", "then", "else", "for", "return", "some", "every", "satisfies", "between", "instance"})


def translated(text: str) -> str | None:
    """The same as an expression of ours, without "="; None for what goes beyond comparing and counting.

    What is one already comes back as it is.
    """
    written = text.strip().removeprefix("=").strip()
    if not written or len(written) > conditions.MAX_EXPRESSION:
        return None
    mine = _readable(written)
    if mine and not (_WORDS.keys() & conditions.names(written)):
        return written
    made, at = [], 0
    while at < len(written):
        token = _TOKEN.match(written, at)
        if token is None or (not mine and token.group() in _FOREIGN):
            return None
        at = token.end()
        made.append("==" if token.group() == "=" and not mine else _WORDS.get(token.group(), token.group()))
    found = "".join(made)
    return found if _readable(found) else None


def _readable(text: str) -> bool:
    try:
        conditions.names(text)
    except ValueError:
        return False
    return True
