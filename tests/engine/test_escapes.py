"""No text in a diagram, a form or a decision table is ever run: what is not of the language is refused by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from engine.checking import check
from engine.errors import AlurError, InvalidDiagram
from engine.expressions import check as check_expression
from engine.spiff.spec import compile_spec
from tests.engine.escapes import ESCAPES, EVALUATED, NAMES, Files
from tests.engine.spiff.drawing import Walk

#: what Python does when it runs code or reaches outside; reading an expression into a tree is none of it
REACHES = ("exec", "os.", "subprocess.", "open", "socket.", "shutil.", "ctypes.", "code.__new__")
SOME = 8  #: every place is also run without lint, with one escape of so many
_watched: list[list[str]] = []


def _hear(event: str, _arguments: object) -> None:
    if _watched and event.startswith(REACHES):
        _watched[-1].append(event)


sys.addaudithook(_hear)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What reached outside meanwhile."""
    heard: list[str] = []
    _watched.append(heard)
    try:
        yield heard
    finally:
        _watched.pop()


def run_unjudged(files: Files) -> None:
    """Begin a case and send its first task as if lint had never been: each place has to hold by itself."""
    with suppress(AlurError):
        walk = Walk(compile_spec(files[0], {}), answer=["x"])
        if "a" in walk.open:
            walk.complete("a", answer=["x"])


def test_the_watch_hears_what_code_would_do() -> None:
    with watched() as heard:
        eval("1")
    assert heard == ["exec"]


def test_every_escape_is_foreign_to_the_language() -> None:
    assert len(set(ESCAPES)) > 60
    for text in ESCAPES:
        with pytest.raises(AlurError):
            check_expression(text)


@pytest.mark.parametrize("place", EVALUATED)
def test_an_escape_is_an_error_wherever_an_expression_stands(place: str) -> None:
    write = EVALUATED[place]
    check(*write("answer"), positions=None)  # whatever Python loads late is loaded now
    run_unjudged(write("answer"))
    for number, text in enumerate(ESCAPES, start=len(place)):
        files = write(text)
        with watched() as heard:
            try:
                blocked = check(*files, positions=None).blocked
            except InvalidDiagram:
                blocked = True
            if number % SOME == 0:
                run_unjudged(files)
        assert blocked, text
        assert not heard, text


@pytest.mark.parametrize("place", NAMES)
def test_an_escape_is_only_text_wherever_a_name_stands(place: str) -> None:
    write = NAMES[place]
    check(*write("answer"), positions=None)
    run_unjudged(write("answer"))
    for number, text in enumerate(ESCAPES, start=len(place)):
        files = write(text)
        with watched() as heard:
            found = check(*files, positions=None)
            if number % SOME == 0:
                run_unjudged(files)
        assert not heard, text
        assert all("%(" not in problem.text() for problem in found.problems)
