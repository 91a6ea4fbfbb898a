"""Patterns are checked before they ever meet a text, and then always end."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.patterns import MAX_TEXT, flaw, matches


@pytest.mark.parametrize(
    "pattern",
    ["^[0-9]{18}$", r"^\d{3}/[A-Z.]+/\d{4}$", "^(IV|I{1,3})$", "^(abc)?x+$", "^[^<>]{3,40}$", r"^a\.b$", "^(?:ab){2}$"],
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    assert flaw(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a*)*",
        "(a|a)*$",
        "(a?){30}",
        "((ab)?c)+",
        "(a{1,50}){1,50}",
        "a?" * 30 + "a" * 30,
        ".*.*.*.*x",
        "(a|b)" * 30,
        r"(a)\1",
        "(?=a)b",
        "(?<n>a)",
        "(?i)a",
        "a++",
        "*a",
        "[a",
        "[[a]]",
        "(a",
        "a)",
        "a{9999}",
        "a{5,2}",
        "a{1,2",
        "\\",
        r"\Aabc",
        "x" * 300,
    ],
)
def test_patterns_that_explode_or_belong_to_another_dialect_are_refused(pattern: str) -> None:
    assert flaw(pattern)


def test_a_pattern_with_the_largest_permitted_work_still_ends_soon() -> None:
    pattern = "^[ab]+[ab]+[ab]+c$"
    assert flaw(pattern) is None
    started = time.perf_counter()
    assert not matches(pattern, "a" * MAX_TEXT)
    assert time.perf_counter() - started < 1


@settings(max_examples=300, deadline=2000)
@given(st.text("ab01()[]{}|*+?^$.\\-,d", max_size=25))
def test_whatever_is_taken_compiles_and_ends(pattern: str) -> None:
    if flaw(pattern) is None:
        re.compile(pattern)
        for letter in "ab0":
            matches(pattern, letter * MAX_TEXT)
