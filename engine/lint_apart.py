"""Diagrams judged in a process of their own, which is ended when one takes too long or too much room.

Nothing inside the process could promise that: a parser holds the interpreter, an exception can be lost on its way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from . import lint_files

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 3.0  #: for one file
ROOM = 224 * 1024 * 1024  #: bytes of data, beside the code; where the system can hold a process to it
BEGINNING = 60.0  #: seconds until the process has read its own code


def judged(paths: Sequence[Path], *, seconds: float = SECONDS, room: int = ROOM) -> Iterator[dict[str, Any]]:
    """What `lint_files.judged` says of each file, or that it is too complicated. Files may call each other."""
    done = 0
    while done < len(paths):
        for line in _told(paths, done, seconds, room):
            yield line
            done += 1
        if done < len(paths):
            problem = lint_files.told(lint_files.unread(lint_files.TOO_COMPLICATED))
            yield {"file": str(paths[done]), "problems": [problem]}
            done += 1


def _told(paths: Sequence[Path], first: int, seconds: float, room: int) -> Iterator[dict[str, Any]]:
    """What one process says of the files from the first on, until it is through, dies, or one takes too long."""
    asked = json.dumps({"paths": [str(path) for path in paths], "first": first, "room": room})
    near = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    lines: SimpleQueue[bytes | None] = SimpleQueue()
    with subprocess.Popen(
        [sys.executable, "-m", "engine.lint_apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": near},
    ) as judge:
        assert judge.stdin is not None and judge.stdout is not None
        said = judge.stdout

        def listen() -> None:
            for line in said:
                lines.put(line)
            lines.put(None)

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        try:
            with suppress(BrokenPipeError), judge.stdin as ask:
                ask.write(asked.encode())
            if lines.get(timeout=BEGINNING) is None:
                raise RuntimeError("python -m engine.lint_apart does not run here")
            with suppress(Empty):
                while (line := lines.get(timeout=seconds)) is not None:
                    yield json.loads(line)
        finally:
            judge.kill()
            listener.join()


def _bound(room: int) -> None:
    with suppress(ImportError, ValueError):  # Windows has no such bound, and one may hold already
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (room, room))


def main() -> None:
    """The process's side: asked by one document on standard input, it answers a line when ready, then one a file."""
    asked = json.load(sys.stdin)
    _bound(asked["room"])
    neighbours = lint_files.Neighbours([Path(path) for path in asked["paths"]])
    for answer in (None, *asked["paths"][asked["first"] :]):
        line = None if answer is None else lint_files.judged(Path(answer), neighbours)
        sys.stdout.write(json.dumps(line, default=str) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
