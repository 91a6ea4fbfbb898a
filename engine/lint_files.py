"""Diagrams judged from files, without a database: what `python -m engine lint` does."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISCHR, S_ISFIFO
from typing import Any

from .checking import check
from .diagram.xml import LARGEST
from .errors import N_, DiagramProblem, InvalidDiagram

SECONDS = 4.0  #: for one file


class OutOfTime(BaseException):
    """Not an Exception: nothing between the clock and us may take it for a fault of its own."""


def judged(path: Path) -> dict[str, Any]:
    """One file's findings: {file, problems: [{element, name, rule, severity, message, remedy}]}."""
    return {"file": str(path), "problems": [told(problem) for problem in problems_of(path)]}


def told(problem: DiagramProblem) -> dict[str, Any]:
    return {
        "element": problem.element,
        "name": problem.name,
        "rule": problem.rule,
        "severity": problem.severity,
        "message": problem.message % dict(problem.params),
        "remedy": problem.remedy % dict(problem.params),
    }


def problems_of(path: Path) -> tuple[DiagramProblem, ...]:
    """What is wrong with a diagram, with the forms in `../forms` and the .dmn files beside it.

    Whether positions exist is not known here. Bounded in time; a file of more than 5 MB is not read.
    """
    try:
        kept = path.stat()
        if S_ISFIFO(kept.st_mode) or S_ISCHR(kept.st_mode):
            raise ValueError("not a regular file")  # reading might never end
        if kept.st_size > LARGEST:
            return (_unread(N_("The file has more than %(most)s MB."), most=LARGEST // 1048576),)
        xml = path.read_bytes()
        forms = {one.stem: text for one in _beside(path, "../forms", "*.form") if (text := _text(one)) is not None}
        decisions = [one.read_bytes() for one in _beside(path, ".", "*.dmn")]
    except (OSError, ValueError) as error:
        return (_unread(N_("The file can't be read: %(reason)s."), reason=getattr(error, "strerror", None) or error),)
    try:
        with _limited(SECONDS):
            return check(xml, forms, decisions, positions=None).problems
    except InvalidDiagram as error:
        return error.problems
    except (OutOfTime, RecursionError, MemoryError):
        return (_unread(N_("The diagram is too complicated to be checked.")),)


def _beside(path: Path, folder: str, pattern: str) -> Iterator[Path]:
    there = path.resolve().parent / folder
    return (one for one in sorted(there.glob(pattern)) if one.is_file() and one.stat().st_size <= LARGEST)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None  # then the form is missing, which is a finding


def _unread(message: str, **params: Any) -> DiagramProblem:
    return DiagramProblem("unreadable", message, N_("Choose a BPMN 2.0 file of a usual size."), params=params)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
