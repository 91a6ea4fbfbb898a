"""Compiling a diagram: what is read, what is refused, and that a run leaves it as it was."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from engine.errors import InvalidDiagram
from engine.spiff.spec import Spec, compile_spec
from tests.engine.spiff.drawing import Walk, draw

ROOT = Path(__file__).resolve().parents[3]
PLAIN = draw("start s\nuser a\nend e\ns > a\na > e")


def told(spec: Spec) -> object:
    """Everything the library keeps in a compiled diagram, and how often each element is listened to."""
    serializer = BpmnWorkflowSerializer()
    specs = [spec.process, *spec.parts.values()]
    for part in specs:
        for task_spec in part.task_specs.values():
            if getattr(task_spec, "data_input", None) is not None:
                task_spec.data_input.__class__ = next(c for c in type(task_spec.data_input).__mro__[1:])
    heard = {(p.name, n): t.completed_event.n_subscribers() for p in specs for n, t in p.task_specs.items()}
    return [serializer.to_dict(part) for part in specs], heard


def test_a_run_leaves_the_compiled_diagram_as_it_was() -> None:
    xml = (ROOT / "processes" / "pengumpulan_data_kinerja.bpmn").read_bytes()
    spec = compile_spec(xml)
    walk = Walk(spec)
    walk.complete("terima_permintaan")
    walk.complete("teruskan_surat")
    walk.complete("disposisi", unit_diminta=["x", "y"])
    walk.later(days=9)
    walk.fire()
    for lengkap in (False, True):
        for name in walk.open:
            walk.complete(name)
        walk.complete("gabungkan_draf")
        walk.complete("periksa_kelengkapan", semua_lengkap=lengkap)
    assert told(spec) == told(compile_spec(xml))


def test_several_threads_share_a_compiled_diagram() -> None:
    spec = compile_spec((ROOT / "processes" / "pengumpulan_data_kinerja.bpmn").read_bytes())
    ended = []

    def case(number: int) -> None:
        for _ in range(5):
            walk = Walk(spec)
            walk.later(days=number)
            walk.complete("terima_permintaan", tahun=number)
            walk.complete("teruskan_surat")
            walk.complete("disposisi", unit_diminta=[f"u{number}", f"v{number}"])
            assert walk.snapshot.timers[0].started == walk.now
            for name in walk.open:
                assert name.endswith(str(number))
                walk.complete(name)
            walk.complete("gabungkan_draf")
            walk.complete("periksa_kelengkapan", semua_lengkap=True)
            assert walk.snapshot.data["tahun"] == number
        ended.append(number)

    threads = [threading.Thread(target=case, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == list(range(6))


def test_names_come_from_every_expression() -> None:
    spec = compile_spec(
        draw(
            """
            start s
            user a each=rows as=row for=${row.unit}
            boundary late at=a after=${limit}
            xor g
            end e
            s > a
            a > g
            g > e if len(found) > most
            g > a else
            late > e
            """,
            title="'Cuti ' + name",
            caseKey="number",
            confidential="sifat == 'rahasia'",
        )
    )
    assert spec.names == {"rows", "row", "limit", "found", "most", "name", "number", "sifat"}
    assert spec.key == "p"


def test_drawn_papers_and_stores_are_no_obstacle() -> None:
    xml = PLAIN.replace(
        b"</bpmn:process>",
        b'<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'
        b'<bpmn:dataStoreReference id="t" dataStoreRef="store"/></bpmn:process>'
        b'<bpmn:dataStore id="store" name="Arsip"/>',
    ).replace(
        b"</bpmn:userTask>",
        b'<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>r</bpmn:sourceRef></bpmn:dataInputAssociation>'
        b'<bpmn:dataOutputAssociation id="u"><bpmn:targetRef>t</bpmn:targetRef></bpmn:dataOutputAssociation>'
        b"</bpmn:userTask>",
    )
    walk = Walk(xml)
    walk.complete("a")
    assert walk.ended


def test_a_process_beside_it_is_not_compiled() -> None:
    beside = b'<bpmn:process id="other" isExecutable="false"><bpmn:task id="x"/></bpmn:process>'
    assert Walk(PLAIN.replace(b"</bpmn:definitions>", beside + b"</bpmn:definitions>")).open == ["a"]


@pytest.mark.parametrize(
    ("xml", "element"),
    [
        (b"", None),
        (b"<a/>", None),
        (PLAIN.replace(b"bpmn:definitions xmlns", b"bpmn:definitions x='&y;' xmlns"), None),
        (PLAIN.replace(b'isExecutable="true"', b'isExecutable="false"'), None),
        (draw("user a\nend e\na > e"), "p"),
        (PLAIN.replace(b"userTask", b"complexGateway"), "a"),
        (PLAIN.replace(b'targetRef="e"', b'targetRef="nowhere"'), "a"),
        (draw("start s\nxor g\nuser a\nend e\ns > g\ng > a\ng > e\na > e"), "g_a"),
        (draw("start s\nuser a\nuser b\nend e\ns > a\na > b\na > e\nb > e"), "a"),
    ],
)
def test_what_can_not_run_is_refused_with_its_element(xml: bytes, element: str | None) -> None:
    with pytest.raises(InvalidDiagram) as raised:
        compile_spec(xml)
    (problem,) = raised.value.problems
    assert problem.element == element
    assert problem.text()


def test_a_thousand_steps_one_after_another_run() -> None:
    steps = [f"user u{n}" for n in range(1000)]
    flows = [f"u{n} > u{n + 1}" for n in range(999)]
    walk = Walk(draw("\n".join(["start s", *steps, "end e", "s > u0", *flows, "u999 > e"])))
    for n in (0, 1, 2):
        walk.complete(f"u{n}")
    assert walk.open == ["u3"]


def test_a_round_of_a_thousand_steps_is_compiled() -> None:
    steps = [f"user u{n}" for n in range(1000)]
    flows = [f"u{n} > u{n + 1}" for n in range(999)]
    ends = ["s > x", "x > u0", "u999 > y", "y > e if done", "y > x else"]
    walk = Walk(draw("\n".join(["start s", "xor x", "xor y", *steps, "end e", *flows, *ends])))
    walk.complete("u0")
    assert walk.open == ["u1"]
