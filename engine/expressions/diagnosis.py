"""What is wrong with a text that is no expression, in the words of who wrote it: where, and what to write instead."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from itertools import pairwise

from ..errors import N_, Said

Token = tuple[str, str, int]  #: kind, what is written, at which character it begins, from 1

_TOKEN = re.compile(
    r"""\s+ | (?P<text> "[^"\n]*" | '[^'\n]*' ) | (?P<word> [^\W\d]\w* ) | (?P<number> \d[\d.]* )
    | (?P<sign> === | !== | <> | && | \|\| | => | =< | <= | >= | != | == | \*\* | // | \S )""",
    re.VERBOSE,
)
#: what others write, and what it is called here
INSTEAD = {
    "=": "==",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "≠": "!=",
    "=>": ">=",
    "≥": ">=",
    "=<": "<=",
    "≤": "<=",
    "&&": "and",
    "||": "or",
    "!": "not",
    "×": "*",
    "÷": "/",
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‚`´", "'"),
}
_WORDS = {"dan": "and", "atau": "or", "bukan": "not", "tidak": "not", "eq": "==", "ne": "!="} | {
    word: word for word in ("and", "or", "not", "in")
}
_JOINS = frozenset({"and", "or", "not", "in", "is", "if", "else", "for"})
_SIGNS = frozenset({"+", "-", "*", "/", "%", "<", ">", "<=", ">=", "!=", "==", "**", "//", ".", ",", ":"})
_CLOSES = {")": "(", "]": "[", "}": "{"}


def fault_in(text: str, place: int) -> Said:
    """Why a text can't be read; `place` is the character where reading stopped, for want of anything better."""
    tokens = [(m.lastgroup or "", m.group(), m.start() + 1) for m in _TOKEN.finditer(text) if m.lastgroup]
    told = _quotes(tokens) or _signs(tokens) or _brackets(tokens) or _words(tokens)
    return told or Said(N_("at character %(place)s it can't be read"), {"place": max(place, 1)})


def _quotes(tokens: Sequence[Token]) -> Said | None:
    for kind, written, at in tokens:
        if kind == "sign" and written in ('"', "'"):
            return Said(N_("the quotation mark at character %(place)s is not closed"), {"place": at})
    return None


def _signs(tokens: Sequence[Token]) -> Said | None:
    if tokens and tokens[0][:2] == ("sign", "="):
        return Said(N_("the “=” at the beginning is one too many"))
    for kind, written, at in tokens:
        if kind != "sign" or written in _SIGNS or written in "()[]{}":
            continue
        if written in INSTEAD:
            return _instead(written, at, INSTEAD[written])
        return Said(N_("“%(sign)s” (character %(place)s) isn't known here"), {"sign": written, "place": at})
    return None


def _instead(written: str, at: int, instead: str) -> Said:
    facts = {"sign": written, "place": at, "instead": instead}
    return Said(N_("“%(sign)s” (character %(place)s) isn't known here; write %(instead)s"), facts)


def _brackets(tokens: Sequence[Token]) -> Said | None:
    opened: list[tuple[str, int]] = []
    for kind, written, at in tokens:
        if kind == "sign" and written in "([{":
            opened.append((written, at))
        elif kind == "sign" and written in _CLOSES and (not opened or opened.pop()[0] != _CLOSES[written]):
            return Said(N_("“%(sign)s” (character %(place)s) closes nothing"), {"sign": written, "place": at})
    if opened:
        return Said(
            N_("“%(sign)s” (character %(place)s) is not closed"), {"sign": opened[-1][0], "place": opened[-1][1]}
        )
    return None


def _words(tokens: Sequence[Token]) -> Said | None:
    """Two values side by side, or nothing where one is expected."""
    for before, after in pairwise(tokens):
        if _ends_value(before) and _begins_value(after):
            foreign = next((one for one in (before, after) if one[1].lower() in _WORDS), None)
            if foreign is not None:
                return _instead(foreign[1], foreign[2], _WORDS[foreign[1].lower()])
            facts = {"before": before[1][:40], "after": after[1][:40], "place": after[2]}
            return Said(N_("between %(before)s and %(after)s (character %(place)s) a sign is missing"), facts)
    for kind, written, at in tokens:
        if kind == "word" and keyword.iskeyword(written) and written not in _JOINS | {"True", "False", "None"}:
            return Said(N_("“%(name)s” (character %(place)s) can't be a name"), {"name": written, "place": at})
    if tokens and (tokens[-1][1] in _JOINS or tokens[-1][1] in _SIGNS):
        return Said(N_("something is missing after “%(sign)s” at the end"), {"sign": tokens[-1][1]})
    return None


def _ends_value(token: Token) -> bool:
    return token[0] in ("text", "number") or (token[0] == "word" and token[1] not in _JOINS) or token[1] in ")]}"


def _begins_value(token: Token) -> bool:
    return token[0] in ("text", "number") or (token[0] == "word" and token[1] not in _JOINS)
