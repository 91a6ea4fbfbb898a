"""Regular expressions that can't run away: a small dialect, with the work of one match bounded when it is defined."""

from __future__ import annotations

import re
import string
from functools import lru_cache

from forms.errors import N_

MAX_PATTERN = 200
MAX_TEXT = 255  #: a field with a pattern takes no longer text than this
_BUDGET = 2e7  #: ways that backtracking may try on the longest text
_CLASSES = "dDwWsSbB"
_QUANTIFIER = re.compile(r"\*|\+|\?|\{([0-9]{1,3})(,([0-9]{0,3}))?\}")


def flaw(pattern: str) -> str | None:
    """Why a pattern is refused, as a template; None when it may be used.

    Taken are literals, classes, groups, alternatives, anchors and quantifiers; refused are look-arounds, back
    references, and what makes matching explode: a repeated group that itself repeats or offers alternatives, or too
    many open quantifiers in a row.
    """
    if len(pattern) > MAX_PATTERN:
        return N_("The pattern is too long.")
    steps = 1.0 if pattern.startswith("^") and "|" not in pattern else float(MAX_TEXT)
    groups = [[False, 1.0]]  # of each open group: does it branch or repeat, and how many alternatives has it
    atom: list[float] | None = None  # what a quantifier would apply to: [branches]
    at = 0
    while at < len(pattern):
        char = pattern[at]
        quantifier = _QUANTIFIER.match(pattern, at)
        if quantifier:
            if atom is None:
                return N_("The pattern repeats nothing.")
            least, most = _range(quantifier)
            if most > 500 or least > most:
                return N_("The pattern repeats too often.")
            if most > 1 and atom[0]:
                return N_("The pattern repeats a group that itself repeats or branches; this can take for ever.")
            if most != least:
                steps *= min(most - least + 1, MAX_TEXT)
                groups[-1][0] = True
            if most > 1:
                groups[-1][0] = True
            at, atom = quantifier.end(), None
            if pattern[at : at + 1] == "?":
                at += 1
            continue
        atom = [False]
        if char == "\\":
            escaped = pattern[at + 1 : at + 2]
            if not escaped or (escaped not in _CLASSES and escaped not in string.punctuation + " nt"):
                return N_("The pattern has an escape that is not supported.")
            at += 1
            if escaped in "bB":
                atom = None
        elif char == "[":
            end = _end_of_class(pattern, at)
            if end is None:
                return N_("The pattern has a character class that is not supported.")
            at = end
        elif char == "(":
            if pattern[at + 1 : at + 2] == "?":
                if pattern[at + 2 : at + 3] != ":":
                    return N_("The pattern has a group that is not supported.")
                at += 2
            groups.append([False, 1.0])
            atom = None
        elif char == ")":
            if len(groups) == 1:
                return N_("The pattern has an unbalanced parenthesis.")
            branches, alternatives = groups.pop()
            branches = bool(branches) or alternatives > 1
            steps *= alternatives
            groups[-1][0] = bool(groups[-1][0]) or branches
            atom = [branches]
        elif char == "|":
            groups[-1][1] += 1
            atom = None
        elif char in "^$":
            atom = None
        elif char in "{}]":
            return N_("The pattern has a bracket that must be escaped.")
        at += 1
    if len(groups) > 1:
        return N_("The pattern has an unbalanced parenthesis.")
    if steps * groups[0][1] > _BUDGET:
        return N_("The pattern has too many open repetitions.")
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return N_("The pattern is not a regular expression.")
    return None


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def matches(pattern: str, text: str) -> bool:
    """Whether a checked pattern is found in a text; anchors are the pattern's own, as in form-js."""
    return _compiled(pattern).search(text) is not None


def _range(quantifier: re.Match[str]) -> tuple[int, int]:
    fixed = {"*": (0, MAX_TEXT), "+": (1, MAX_TEXT), "?": (0, 1)}.get(quantifier.group())
    if fixed:
        return fixed
    least, comma, most = quantifier.groups()
    if not comma:
        return int(least), int(least)
    return int(least), int(most) if most else max(MAX_TEXT, int(least))


def _end_of_class(pattern: str, at: int) -> int | None:
    """Index of the "]" that ends the class opened at `at`; None for one that is empty, open or of another dialect."""
    index = at + 1
    if pattern[index : index + 1] == "^":
        index += 1
    first = index
    while index < len(pattern):
        char = pattern[index]
        if char == "]" and index > first:
            return index
        if char in "[]" or pattern[index : index + 2] in ("--", "&&", "~~", "||"):
            return None
        if char == "\\":
            escaped = pattern[index + 1 : index + 2]
            if not escaped or escaped not in "dDwWsS" + string.punctuation + "nt":
                return None
            index += 1
        index += 1
    return None
