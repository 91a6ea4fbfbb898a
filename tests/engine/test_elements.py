"""Every element of the table runs as its line says, with nothing kept between two steps but the saved bytes."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.checking import Checked, check
from engine.diagram.decisions import read_decisions
from engine.spiff import step
from engine.spiff.around import Around
from engine.spiff.snapshot import Snapshot
from engine.spiff.spec import Spec, compile_spec
from tests.engine.elements import WALKS
from tests.engine.spiff.drawing import NOW, elapsed

ROOT = Path(__file__).resolve().parents[2]
DIAGRAMS = ROOT / "tests" / "diagrams"
DECISIONS = (DIAGRAMS / "leave.dmn").read_bytes()


def judged(path: Path) -> Checked:
    """A diagram with what it calls, from the folder beside it."""
    return check(
        path.read_bytes(),
        {},
        [DECISIONS],
        positions=None,
        processes=lambda call: judged(DIAGRAMS / "called" / f"{call.key}.bpmn").callable(),
    )


def spec(name: str) -> Spec:
    """Compiled afresh: no step finds what an earlier one left in memory."""
    return compile_spec(judged(DIAGRAMS / f"{name}.bpmn").linked, read_decisions(DECISIONS))


def take(name: str, state: bytes | None, at: datetime, action: str) -> Snapshot:
    """One step of a walk, from bytes to a snapshot."""
    made = spec(name)
    words = action.split()
    if state is None:
        return step.start(made, {}, Around(at, elapsed))
    seen = step.look(made, state, Around(at))
    if words[0] == "later":
        return step.fire(made, state, Around(at, elapsed))
    activity, _, item = words[1].partition(":")
    given = {name: json.loads(value) for name, _, value in (word.partition("=") for word in words[2:])}
    if words[0] == "task":
        key = next(t.key for t in seen.tasks if t.activity_id == activity and (t.item or "") == (item or t.item or ""))
        return step.complete(made, state, key, given, Around(at, elapsed))
    if words[0] == "answer":
        (call,) = seen.calls
        assert call.activity_id == activity
        return step.answer(made, state, call.key, given, Around(at, elapsed))
    key = next(e.key for e in seen.events if e.event_id == activity and e.kind == words[0])
    return step.receive(made, state, key, given, Around(at, elapsed))


def shown(snapshot: Snapshot) -> str:
    """What is open, sorted, and what has left the case."""
    held = [t.activity_id for t in snapshot.tasks] + [a.activity_id for a in snapshot.activities]
    left = [
        " ".join([one.kind, one.name, one.correlation, *one.variables]).replace("  ", " ").strip()
        for one in snapshot.thrown
    ]
    return " | ".join(["ended" if snapshot.ended else " ".join(sorted(held)), *left])


def later(at: datetime, action: str) -> datetime:
    return at + timedelta(minutes=int(action.split()[1])) if action.startswith("later") else at


def walked(name: str, steps: tuple[str, ...], state: bytes | None, at: datetime) -> tuple[bytes | None, datetime]:
    for line in steps:
        action, _, expected = line.partition("->")
        at = later(at, action)
        snapshot = take(name, state, at, action)
        assert shown(snapshot) == expected.strip(), line
        state = snapshot.state
    return state, at


@pytest.fixture(scope="module")
def elsewhere() -> dict[str, Any]:
    """The last step but what follows of every walk, done in a new process from the bytes that this one saved."""
    work = {}
    for name, steps in WALKS.items():
        state, at = walked(name, steps[:1], None, NOW)
        assert state is not None
        work[name] = [base64.b64encode(state).decode(), at.isoformat(), steps[1].partition("->")[0].strip()]
    ran = subprocess.run(
        [sys.executable, "-c", "from tests.engine.test_elements import main; main()"],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=True,
    )
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def main() -> None:
    """What the new process does."""
    done = {}
    for name, (state, at, action) in json.loads(sys.stdin.read()).items():
        now = later(datetime.fromisoformat(at), action)
        try:
            snapshot = take(name, base64.b64decode(state), now, action)
        except Exception as error:
            done[name] = [None, now.isoformat(), repr(error)]
            continue
        state = base64.b64encode(snapshot.state).decode() if snapshot.state is not None else None
        done[name] = [state, now.isoformat(), shown(snapshot)]
    print(json.dumps(done))


@pytest.mark.parametrize("name", WALKS)
def test_the_element_runs_through_reloads_and_a_new_process(name: str, elsewhere: dict[str, Any]) -> None:
    steps = WALKS[name]
    state, at, seen = elsewhere[name]
    assert seen == steps[1].partition("->")[2].strip()
    if len(steps) == 2:
        assert state is None
        return
    walked(name, steps[2:], base64.b64decode(state), datetime.fromisoformat(at))
    assert steps[-1].partition("->")[2].strip().startswith("ended")


@pytest.mark.parametrize("name", WALKS)
def test_the_lint_lets_the_element_pass(name: str) -> None:
    problems = judged(DIAGRAMS / f"{name}.bpmn").problems
    assert [p.text() for p in problems if p.severity == "error"] == []


def test_every_diagram_is_walked() -> None:
    assert {path.stem for path in DIAGRAMS.glob("*.bpmn")} == set(WALKS)


def test_the_table_of_elements_names_every_diagram() -> None:
    table = (ROOT / "docs" / "elements.md").read_text("utf-8")
    assert set(re.findall(r"`(\w+)\.bpmn`", table)) == set(WALKS)
