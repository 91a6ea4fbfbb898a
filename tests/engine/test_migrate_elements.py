"""Every element of the table is carried to another version at every place a case of it can stand."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.diagram import read
from engine.diagram.decisions import read_decisions
from engine.diagram.read import NODES
from engine.diagram.xml import BPMN, is_bpmn, local
from engine.spiff import migrate, step
from engine.spiff.around import Around
from engine.spiff.migrate import Passage
from engine.spiff.snapshot import Snapshot
from engine.spiff.spec import compile_spec
from tests.engine.elements import WALKS
from tests.engine.spiff.drawing import NOW, elapsed
from tests.engine.test_elements import DECISIONS, DIAGRAMS, judged, later, shown, take

NEW = "_new"


def renamed(xml: bytes) -> bytes:
    """The diagram with another id for every node."""
    root = etree.fromstring(xml)
    nodes = {e.get("id") for e in root.iter(etree.Element) if is_bpmn(e) and local(e) in NODES}
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if value in nodes:
                element.set(name, f"{value}{NEW}")
        if element.tag == f"{{{BPMN}}}flowNodeRef" and element.text in nodes:
            element.text = f"{element.text}{NEW}"
    return bytes(etree.tostring(root))


def passage(name: str, *, back: bool = False) -> tuple[Passage, dict[str, str]]:
    """From a diagram to its renamed twin, or back, with what replaces what."""
    old = judged(DIAGRAMS / f"{name}.bpmn").linked
    new = renamed(old)
    tables = read_decisions(DECISIONS)
    before, after = read.read(old).process, read.read(new).process
    mapping = {id: f"{id}{NEW}" for id in before.nodes}
    one, other = compile_spec(old, tables), compile_spec(new, tables)
    if back:
        return migrate.between(other, one, after, before), {new: old for old, new in mapping.items()}
    return migrate.between(one, other, before, after), mapping


def facts(snapshot: Snapshot) -> object:
    """Everything a case stands for but the names of its elements."""
    return (
        [(t.key, t.item, [s.key for s in t.scopes], dict(t.data)) for t in snapshot.tasks],
        sorted((a.key, a.kind, a.items) for a in snapshot.activities),
        sorted((t.key.partition(":")[0], t.due, t.started, t.text, t.kind, t.attached_key) for t in snapshot.timers),
        sorted((e.key.partition(":")[0], e.kind, e.name, e.correlation) for e in snapshot.events),
        sorted((c.key, c.connector) for c in snapshot.calls),
        snapshot.data,
    )


@pytest.mark.parametrize("name", WALKS)
def test_a_case_goes_there_and_back_at_every_step_and_loses_nothing(name: str) -> None:
    (there, mapping), (back, inverse) = passage(name), passage(name, back=True)
    state, at = None, NOW
    for line in WALKS[name]:
        action, _, expected = line.partition("->")
        at = later(at, action)
        snapshot = take(name, state, at, action)
        assert shown(snapshot) == expected.strip(), line
        state = snapshot.state
        if state is None:
            return
        around = Around(at, elapsed)
        moved = migrate.migrate(there, state, mapping, around)
        assert facts(moved.snapshot) == facts(snapshot), line
        assert moved.notes == ()
        assert {t.activity_id for t in moved.snapshot.tasks} == {mapping[t.activity_id] for t in snapshot.tasks}
        assert moved.snapshot.state is not None
        again = migrate.migrate(back, moved.snapshot.state, inverse, around)
        assert facts(again.snapshot) == facts(step.look(there.old, state, around)), line
        state = again.snapshot.state
