"""What docs/library-reports.md tells the library's maintainers is still so, shown with the library alone.

When one of these fails the library has changed: withdraw the report, and see whether its replacement may go.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowDataException
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import TaskNotFoundException
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState as S

from engine.spiff import clock, events, fixes, multiple
from tests.engine.spiff.drawing import draw

REPORTS = Path(__file__).resolve().parents[3] / "docs" / "library-reports.md"
#: what the library's own expressions and lists look like, where ours are written otherwise
STOCK_WORDS = (
    (
        r' camunda:collection="\$\{(\w+)\}" camunda:elementVariable="(\w+)">',
        r'><bpmn:loopDataInputRef>\1</bpmn:loopDataInputRef><bpmn:inputDataItem id="\2"/>',
    ),
    (r"(<bpmn:timeCycle>)(.*?)<", r'\1"\2"<'),
)


@pytest.fixture(autouse=True)
def stock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library as it was installed."""
    for module in (fixes, multiple, events, clock):
        for (owner, name), theirs in module.STOCK.items():
            monkeypatch.setattr(owner, name, theirs)


class Plain:
    """A case in the library alone, in memory."""

    def __init__(self, text: str, **data: Any) -> None:
        xml = draw(text).decode()
        for ours, theirs in STOCK_WORDS:
            xml = re.sub(ours, theirs, xml)
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(xml.encode()))
        self.case = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.case.task_tree.data.update(data)
        self.case.do_engine_steps()

    @property
    def open(self) -> list[str]:
        return sorted(t.task_spec.bpmn_id for t in self.case.get_tasks(state=S.READY) if t.task_spec.manual)

    def complete(self, name: str, **data: Any) -> list[str]:
        task = next(t for t in self.case.get_tasks(state=S.READY) if t.task_spec.bpmn_id == name)
        task.data.update(data)
        task.run()
        self.case.do_engine_steps()
        return self.open

    def message(self, name: str) -> list[str]:
        waiting = next(t for t in self.case.get_tasks(state=S.WAITING) if t.task_spec.bpmn_id == name)
        several = getattr(waiting.task_spec.event_definition, "event_definitions", None)
        self.case.catch(BpmnEvent((several or [waiting.task_spec.event_definition])[0], {}))
        self.case.do_engine_steps()
        return self.open


def test_a_parallel_join_in_a_loop_fires_early() -> None:
    plain = Plain(
        """start s\nxor l\nand f\nuser a\nuser b\nand j\nuser u\nxor x\nend e
        s > l\nl > f\nf > a\nf > b\na > j\nb > j\nj > u\nu > x\nx > e if ok\nx > l else""",
        ok=False,
    )
    for name in ("a", "b", "u"):
        plain.complete(name)
    assert plain.complete("b") == ["a", "u"]


def test_an_inclusive_join_follows_only_the_first_way_back() -> None:
    plain = Plain(
        """start s\nor split\nuser a\nuser b\nor join\nuser c\nend e\nxor fork\nuser f\nuser g\nxor meet
        s > split\nsplit > a if x\nsplit > b if x\na > fork\nfork > f if far\nfork > g else
        f > meet\ng > meet\nxor decide\nuser h\nuser i\nxor met\nmeet > decide
        decide > h if far\ndecide > i else\nh > met\ni > met\nmet > join\nb > join\njoin > c\nc > e""",
        x=True,
        far=False,
    )
    plain.complete("a")
    assert plain.complete("b") == ["c", "g"]


def test_the_item_of_a_sequential_list_stays_behind() -> None:
    plain = Plain("start s\nuser a each=units as=unit one-by-one\nend e\ns > a\na > e", units=["i", "j"])
    with pytest.raises(WorkflowDataException, match="already exists"):
        plain.complete("a")


def test_a_null_in_a_sequential_list_is_waited_for_for_ever() -> None:
    plain = Plain("start s\nuser a each=units as=unit one-by-one\nend e\ns > a\na > e", units=[None, "j"])
    assert plain.open == [] and not plain.case.completed


def test_interrupting_a_list_of_sub_processes_raises() -> None:
    plain = Plain(
        """start s\nsub k each=units as=unit {\nstart s1\nuser a\nend e1\ns1 > a\na > e1\n}
        boundary x at=k message=m interrupting\nend e\nend g\ns > k\nk > e\nx > g""",
        units=["i", "j"],
    )
    with pytest.raises(TaskNotFoundException):
        plain.message("x")


def test_lists_are_mixed() -> None:
    assert DeepMerge.merge({"x": ["a", "b", "c"]}, {"x": ["b", "c"]}) == {"x": ["a", "b"]}


def test_what_a_cycle_has_begun_is_cancelled_with_the_activity() -> None:
    plain = Plain(
        """start s\nuser a\nboundary x at=a every=R3/PT1H\nuser b\nend o\nuser c\nend e
        s > a\na > c\nc > e\nx > b\nb > o"""
    )
    timer = next(t for t in plain.case.get_tasks(state=S.WAITING) if t.task_spec.bpmn_id == "x")
    timer.internal_data["event_value"]["next"] = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    plain.case.refresh_timers()
    plain.case.do_engine_steps()
    assert plain.open == ["a", "b"]
    assert plain.complete("a") == ["c"]


def test_two_interrupting_events_both_go_on() -> None:
    plain = Plain(
        """start s\nuser q\nuser a\nboundary x at=a when=f interrupting\nboundary y at=a when=g interrupting
        user b\nuser c\nend e\nend h\nend i\ns > q\nq > a\na > e\nx > b\nb > h\ny > c\nc > i""",
        f=False,
        g=False,
    )
    assert plain.complete("q", f=True, g=True) == ["b", "c"]


def test_a_gateway_takes_every_flow_whose_message_has_the_name() -> None:
    plain = Plain(
        """start s\neither g\ncatch x message=m\ncatch y message=m\nuser a\nuser b\nxor z\nend e
        s > g\ng > x\ng > y\nx > a\ny > b\na > z\nb > z\nz > e"""
    )
    assert plain.message("g") == ["a", "a"]


def test_a_condition_behind_a_gateway_is_never_looked_at() -> None:
    plain = Plain(
        """start s\nand k\nuser u\neither g\ncatch x message=m\ncatch y when=f\nuser a\nuser b\nxor z\nend e\nend h
        s > k\nk > u\nu > h\nk > g\ng > x\ng > y\nx > a\ny > b\na > z\nb > z\nz > e""",
        f=True,
    )
    assert plain.open == ["u"]
    assert plain.complete("u") == []


def test_an_error_is_caught_beside_the_activity_too() -> None:
    plain = Plain(
        """start s\nand f\nsub k {\nstart s1\nuser a\nend e1 error=c\ns1 > a\na > e1\n}
        sub l {\nstart s2\nuser b\nend e2\ns2 > b\nb > e2\n}
        boundary x at=k error=c interrupting\nboundary y at=l error=c interrupting\nuser c\nuser d
        end e\nend g\nend h\nend i\ns > f\nf > k\nf > l\nk > e\nl > g\nx > c\ny > d\nc > h\nd > i"""
    )
    assert plain.complete("a") == ["c", "d"]


def test_work_goes_on_behind_an_escalation_that_interrupts() -> None:
    plain = Plain(
        """start s\nsub k {\nstart s1\nuser t\nthrow x escalation=c\nscript after do=touched=1\nend e1
        s1 > t\nt > x\nx > after\nafter > e1\n}\nboundary y at=k escalation=c interrupting
        user b\nend e\nend g\ns > k\nk > e\ny > b\nb > g"""
    )
    assert plain.complete("t") == ["b"]
    state = {t.task_spec.bpmn_id: t.state for t in plain.case.get_tasks()}
    assert state["after"] == state["k"] == S.COMPLETED


def test_a_non_interrupting_message_is_caught_once() -> None:
    plain = Plain("start s\nuser a\nboundary x at=a message=m\nuser b\nend o\nend e\ns > a\na > e\nx > b\nb > o")
    assert plain.message("x") == ["a", "b"]
    plain.case.catch(BpmnEvent(plain.case.spec.task_specs["x"].event_definition, {}))
    plain.case.do_engine_steps()
    assert plain.open == ["a", "b"]


def test_a_signal_end_is_read_as_a_plain_one() -> None:
    plain = Plain("start s\nuser a\nend e signal=z\ns > a\na > e")
    assert type(plain.case.spec.task_specs["e"].event_definition).__name__ == "NoneEventDefinition"


def test_a_thousand_steps_are_too_many() -> None:
    steps = [f"user u{n}" for n in range(1000)]
    flows = [f"u{n} > u{n + 1}" for n in range(999)]
    with pytest.raises(ValidationException, match="recursion"):
        Plain("\n".join(["start s", *steps, "end e", "s > u0", *flows, "u999 > e"]))


def test_every_report_is_shown_here() -> None:
    shown = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    told = set(re.findall(r"^Shown by `test_(\w+)`", REPORTS.read_text("utf-8"), re.M))
    assert told == shown - {"every_report_is_shown_here"}
