"""A process as a text: every element once, in an order to read it in, with where each way goes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagram.outline import Entry, outline, walk
from engine.diagram.read import read
from tests.engine.diagram.building import END, ROOT, SOP, START, bpmn, chain, flow, task

FILES = sorted([*(ROOT / "processes").glob("*.bpmn"), *(ROOT / "tests" / "diagrams").glob("*.bpmn")])


def entries(xml: bytes) -> dict[str, Entry]:
    return {entry.element: entry for entry in walk(outline(read(xml).process).entries)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_element_stands_in_the_text_once(path: Path) -> None:
    process = read(path.read_bytes()).process
    assert sorted(entry.element for entry in walk(outline(process).entries)) == sorted(process.nodes)


def test_the_procedure_reads_in_the_order_of_its_sheet() -> None:
    text = outline(read(SOP.read_bytes()).process)
    steps = [entry for entry in text.entries if entry.number]
    assert [(entry.number, entry.printed) for entry in steps] == [*((str(n), str(n)) for n in range(1, 7)), ("7", "6")]
    fourth = steps[3]
    assert [(one.number, one.name) for one in fourth.entries if one.number] == [
        ("4.1", "Isi data kinerja unit"),
        ("4.2", "Gabungkan draf data kinerja"),
    ]
    assert (fourth.lane, fourth.duration, fourth.outputs) == ("Kasubag Keuangan", "P4D", ("Draf data kinerja",))
    assert fourth.entries[1].each == "unit_diminta" and not fourth.entries[1].sequential
    (alarm,) = fourth.borders
    assert alarm.deadline and not alarm.interrupting and alarm.entries[0].name == "Peringatan ke atasan"


def test_a_return_says_where_it_goes_back_to() -> None:
    gateway = entries(SOP.read_bytes())["lengkap"]
    yes, no = gateway.ways
    assert (yes.number, yes.label, yes.condition, yes.back, yes.next) == ("6", "Ya", "semua_lengkap", False, True)
    assert (no.number, no.label, no.default, no.back, no.next) == ("4", "Tidak", True, True, False)
    assert gateway.branches == ()


def test_parallel_branches_stand_below_the_gateway_and_what_joins_them_beside_it() -> None:
    fork, join = '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>'
    body = START + fork + task("a") + task("b") + task("c") + join + task("z") + END
    body += chain("start", "fork", "a", "b", "join", "z", "end") + chain("fork", "c", "join")
    text = outline(read(bpmn(body)).process).entries
    assert [entry.element for entry in text] == ["start", "fork", "join", "z", "end"]
    first, second = text[1].branches
    assert [[one.element for one in branch.entries] for branch in (first, second)] == [["a", "b"], ["c"]]
    assert [one.number for one in walk(text) if one.number] == ["1", "2", "3", "4"]


def test_of_ways_that_never_meet_the_longest_is_the_main_line() -> None:
    choice = '<exclusiveGateway id="choice" default="no"/><endEvent id="refused"/>'
    body = START + choice + task("a") + task("b") + END + chain("start", "choice")
    body += flow("choice", "a", "${ok}") + flow("choice", "refused", id="no") + chain("a", "b", "end")
    text = outline(read(bpmn(body)).process).entries
    assert [entry.element for entry in text] == ["start", "choice", "a", "b", "end"]
    (branch,) = text[1].branches
    assert (branch.way.target, branch.way.default) == ("refused", True)


def test_what_may_begin_at_any_time_stands_last() -> None:
    (path,) = (path for path in FILES if path.stem == "event_sub_process_non_interrupting")
    *_before, last = outline(read(path.read_bytes()).process).entries
    assert last.beside and not last.interrupting and last.entries


@given(st.integers(2, 14), st.integers(0, 10_000))
def test_any_tangle_of_flows_is_told_with_every_element_once(size: int, seed: int) -> None:
    pick = random.Random(seed)
    ids = [f"n{n}" for n in range(size)]
    kinds = ["exclusiveGateway", "parallelGateway", "manualTask", "endEvent", "startEvent"]
    body = "".join(f'<{pick.choice(kinds)} id="{id}"/>' for id in ids)
    body += "".join(flow(pick.choice(ids), pick.choice(ids), id=f"f{n}") for n in range(pick.randrange(size * 2)))
    told = [entry.element for entry in walk(outline(read(bpmn(body)).process).entries)]
    assert sorted(told) == sorted(ids)


def test_branches_within_branches_end_somewhere() -> None:
    depth = 300
    body = START + "".join(f'<exclusiveGateway id="g{n}"/>' + task(f"a{n}") + task(f"b{n}") for n in range(depth)) + END
    body += flow("start", "g0")
    for n in range(depth):
        body += chain(f"g{n}", f"a{n}", f"g{n + 1}" if n + 1 < depth else "end") + chain(f"g{n}", f"b{n}", "end")
    assert len(entries(bpmn(body))) == depth * 3 + 2
