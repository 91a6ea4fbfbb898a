"""Conditions as other programs write them (FEEL, JUEL), put into our expressions where both mean the same."""

from __future__ import annotations

import re
from functools import partial

from forms import conditions

_TEXT = r"""(?:"[^"\\\n]*"|'[^'\\\n]*')"""
_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_TOKEN = re.compile(
    rf"{_TEXT}|\s+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?|===|<>|&&|\|\||<=|>=|!=|==|[≠≤≥]|[-+*/=<>(),.\[\]!]"
)
_WORDS = {"true": "True", "false": "False", "null": "None"}
_SIGNS = {"=": "==", "===": "==", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "&&": "and", "||": "or"}
_JUEL = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "AND": "and", "OR": "or", "NOT": "not"}
_FOREIGN = frozenset({"if", "then", "else", "for", "return", "some", "every", "satisfies", "between", "instance"})
#: what calls a method there and compares here; texts are passed over as a whole
_CALLS = tuple(
    (re.compile(rf"(?:{call})|{_TEXT}"), instead)
    for call, instead in (
        (r"\bexecution\.getVariable\(\s*[\"']([A-Za-z_]\w*)[\"']\s*\)", r"\1"),
        (rf"!\s*({_NAME})\.equals\(\s*({_TEXT})\s*\)", r"\1 != \2"),
        (rf"({_NAME})\.equals\(\s*({_TEXT})\s*\)", r"\1 == \2"),
        (rf"!\s*({_TEXT})\.equals\(\s*({_NAME})\s*\)", r"\2 != \1"),
        (rf"({_TEXT})\.equals\(\s*({_NAME})\s*\)", r"\2 == \1"),
        (rf"(?:!|\bnot\b)\s*empty\s+({_NAME})", r"\1"),
        (rf"\bempty\s+({_NAME})", r"not \1"),
        # "!" binds closer there than "not" does here: only where nothing is compared behind it
        (rf"!\s*({_NAME})(?=\s*(?:&&|\|\||\)|$|and\b|or\b))", r"not \1"),
    )
)


def translated(text: str) -> str | None:
    """The same as an expression of ours, without "="; None for what goes beyond comparing and counting.

    What is one already comes back as it is.
    """
    written = text.strip().removeprefix("=").strip()
    if not written or len(written) > conditions.MAX_EXPRESSION:
        return None
    for call, instead in _CALLS:
        written = call.sub(partial(_compared, instead), written)
    mine = _readable(written)
    if mine and not (_WORDS.keys() & conditions.names(written)):
        return written
    made, at = "", 0
    while at < len(written):
        token = _TOKEN.match(written, at)
        if token is None or (not mine and token.group() in _FOREIGN | {"!"}):
            return None
        at = token.end()
        ours = _WORDS.get(token.group()) or (None if mine else _SIGNS.get(token.group()) or _JUEL.get(token.group()))
        apart = token.group() in ("&&", "||")
        made += " " if apart and not made.endswith(" ") else ""
        made += ours or token.group()
        made += " " if apart and not written[at : at + 1].isspace() else ""
    return made if _readable(made) else None


def _compared(instead: str, found: re.Match[str]) -> str:
    return found.expand(instead) if found.lastindex else found[0]


def _readable(text: str) -> bool:
    try:
        conditions.names(text)
    except ValueError:
        return False
    return True
