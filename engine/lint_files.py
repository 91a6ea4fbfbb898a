"""Diagrams judged from files, without a database; `lint_apart` bounds the time and the room it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from stat import S_ISCHR, S_ISFIFO
from typing import Any

from .checking import Checked, check
from .diagram import read
from .diagram.called import Called
from .diagram.model import Process
from .diagram.wiring import Call
from .diagram.xml import LARGEST
from .errors import N_, DiagramProblem, InvalidDiagram

TOO_COMPLICATED = N_("The diagram is too complicated to be checked.")


class Neighbours:
    """The diagrams that are judged together: what one of them calls may be another. Read when first asked for."""

    def __init__(self, paths: Collection[Path] = ()) -> None:
        self.paths = paths
        self.callable: dict[str, Called | None] = {}

    @cached_property
    def processes(self) -> dict[str, tuple[Path, Process]]:
        found: dict[str, tuple[Path, Process]] = {}
        for path in self.paths:
            try:
                process = read.read(_content(path)).process
            except (OSError, ValueError, InvalidDiagram, RecursionError):
                continue  # a finding of its own
            found.setdefault(process.key, (path, process))
        return found

    def find(self, caller: Path, call: Call) -> Called | None:
        """What a call calls; None where no file has it, or one that is faulty itself."""
        if call.key not in self.processes:
            return None
        path, process = self.processes[call.key]
        chain = self._chain(call.key)
        if any(self.processes[key][0] == caller for key in chain if key in self.processes):
            return Called(process, b"", {}, {}, "", chain)  # it comes back to the caller: told, and not followed
        if call.key in self._chain(*self._called(call.key)):
            return None
        if call.key not in self.callable:
            checked = _check(path, self)
            self.callable[call.key] = checked.callable() if checked.linked else None
        return self.callable[call.key]

    def _called(self, key: str) -> tuple[str, ...]:
        nodes = self.processes[key][1].nodes.values() if key in self.processes else ()
        return tuple(dict.fromkeys(node.wiring.call.key for node in nodes if node.wiring.call is not None))

    def _chain(self, *keys: str) -> tuple[str, ...]:
        """These processes and all they call, directly or not."""
        chain = list(keys)
        for key in chain:
            chain += [called for called in self._called(key) if called not in chain]
        return tuple(chain)


def judged(path: Path, neighbours: Neighbours | None = None) -> dict[str, Any]:
    """One file's findings: {file, problems: [{element, name, rule, severity, message, remedy}]}."""
    return {"file": str(path), "problems": [told(problem) for problem in problems_of(path, neighbours)]}


def told(problem: DiagramProblem) -> dict[str, Any]:
    return {
        "element": problem.element,
        "name": problem.name,
        "rule": problem.rule,
        "severity": problem.severity,
        "message": problem.message % dict(problem.params),
        "remedy": problem.remedy % dict(problem.params),
    }


def problems_of(path: Path, neighbours: Neighbours | None = None) -> tuple[DiagramProblem, ...]:
    """What is wrong with a diagram, with the forms in `../forms` and the .dmn files beside it.

    Whether positions exist is not known here, nor processes that are not among the neighbours. A file of more than
    5 MB is not read.
    """
    try:
        return _check(path, neighbours or Neighbours()).problems
    except InvalidDiagram as error:
        return error.problems
    except (OSError, ValueError) as error:
        return (unread(N_("The file can't be read: %(reason)s."), reason=getattr(error, "strerror", None) or error),)
    except (RecursionError, MemoryError):
        return (unread(TOO_COMPLICATED),)


def _check(path: Path, neighbours: Neighbours) -> Checked:
    xml = _content(path)
    forms = forms_beside(path)
    return check(xml, forms, decisions_beside(path), positions=None, processes=lambda call: neighbours.find(path, call))


def _content(path: Path) -> bytes:
    """The bytes of a diagram. Raises OSError, ValueError, InvalidDiagram for what is not to be read."""
    kept = path.stat()
    if S_ISFIFO(kept.st_mode) or S_ISCHR(kept.st_mode):
        raise ValueError("not a regular file")  # reading might never end
    if kept.st_size > LARGEST:
        raise InvalidDiagram([unread(N_("The file has more than %(most)s MB."), most=LARGEST // 1048576)])
    return path.read_bytes()


def forms_beside(path: Path) -> dict[str, str]:
    """Form key -> form-js JSON of the forms in the folder `forms` beside the diagram's own."""
    return {one.stem: text for one in _beside(path, "../forms", "*.form") if (text := _text(one)) is not None}


def decisions_beside(path: Path) -> tuple[bytes, ...]:
    """The decision tables in the diagram's own folder."""
    return tuple(one.read_bytes() for one in _beside(path, ".", "*.dmn"))


def _beside(path: Path, folder: str, pattern: str) -> Iterator[Path]:
    there = path.resolve().parent / folder
    return (one for one in sorted(there.glob(pattern)) if one.is_file() and one.stat().st_size <= LARGEST)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None  # then the form is missing, which is a finding


def unread(message: str, **params: Any) -> DiagramProblem:
    return DiagramProblem("unreadable", message, N_("Choose a BPMN 2.0 file of a usual size."), params=params)
