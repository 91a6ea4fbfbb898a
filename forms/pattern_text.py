"""A text that a form's pattern accepts, for trying a form out. Only the dialect that patterns.py lets through."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from forms import patterns

#: tried in this order, so that examples read like something
_CHARACTERS = "a1A0" + string.ascii_lowercase + string.digits + string.ascii_uppercase + " .-/_@" + string.punctuation
_QUANTIFIER = re.compile(r"\*|\+|\?|\{([0-9]{1,3})(,[0-9]{0,3})?\}")


def example(pattern: str, *, length: int = 0) -> str | None:
    """A short text in which a checked pattern is found, at least `length` characters; None when none was found.

    Every alternative but the first and every repetition beyond the least is left out; where that is too short the
    open repetitions are made longer.
    """
    for extra in (0, 1, 2, 5, length, 2 * length):
        text = _Writer(pattern, extra).whole()
        if len(text) < length and not pattern.endswith("$"):
            text = text.ljust(length, "a")
        if len(text) >= length and patterns.matches(pattern, text):
            return text
    return None


class _Writer:
    """Walks a pattern once, writing the first text that fits."""

    def __init__(self, pattern: str, extra: int) -> None:
        self.pattern = pattern
        self.extra = extra
        self.at = 0

    def whole(self) -> str:
        return self._alternatives()

    def _alternatives(self) -> str:
        first = self._sequence()
        while self._here() == "|":
            self.at += 1
            self._sequence()
        return first

    def _sequence(self) -> str:
        written = []
        while (here := self._here()) and here not in "|)":
            written.append(self._repeated(self._atom()))
        return "".join(written)

    def _atom(self) -> Callable[[], str]:
        start, char = self.at, self._here()
        self.at += 1
        if char == "(":
            if self.pattern[self.at : self.at + 2] == "?:":
                self.at += 2
            text = self._alternatives()
            self.at += 1
            return lambda: text
        if char in "^$":
            return str
        if char == "[":
            first = end = self.at + (self._here() == "^")
            while end == first or self.pattern[end] != "]":
                end += 1 + (self.pattern[end] == "\\")
            self.at = end + 1
        elif char == "\\":
            self.at += 1
            if self.pattern[start + 1] in "bB":
                return str
        one = re.compile(self.pattern[start : self.at], re.ASCII)
        return lambda: next((c for c in _CHARACTERS if one.fullmatch(c)), "")

    def _repeated(self, atom: Callable[[], str]) -> str:
        found = _QUANTIFIER.match(self.pattern, self.at)
        if found is None:
            return atom()
        self.at = found.end() + (self.pattern[found.end() : found.end() + 1] == "?")
        least, more = found.group(1), found.group(2)
        times = {"*": 0, "+": 1, "?": 0}.get(found.group(), int(least or 0))
        most = {"?": 1}.get(found.group(), int(more[1:]) if more and more[1:] else 500 if more or not least else times)
        return atom() * min(times + self.extra, most)

    def _here(self) -> str:
        return self.pattern[self.at : self.at + 1]
