"""What goes into a called process and comes out of it, and what happens inside when it is interrupted."""

from __future__ import annotations

from typing import Any

import pytest

from engine.diagram.link import link
from engine.errors import ActivityFailed
from engine.spiff import step
from engine.spiff.around import Around
from engine.spiff.spec import compile_spec
from tests.engine.diagram.building import END, FRAME, START, around, bpmn, chain
from tests.engine.spiff.drawing import Walk, elapsed


def user(id: str) -> str:
    return f'<userTask id="{id}"/>'


def script(id: str, text: str) -> str:
    return f'<scriptTask id="{id}"><script>{text}</script></scriptTask>'


def call(mapping: str = "", inside: str = "") -> str:
    extension = f"<extensionElements>{mapping}</extensionElements>" if mapping else ""
    return f'<callActivity id="k" calledElement="called">{extension}{inside}</callActivity>'


def walk(caller: str, called: str, *, before: str = "", **variables: Any) -> Walk:
    """A case of a caller; `before` declares the errors and escalations of both."""
    outer, inner = (FRAME.format(body=body, process="", before=before).encode() for body in (caller, called))
    return Walk(compile_spec(link(outer, {"k": inner})), **variables)


EACH = '<multiInstanceLoopCharacteristics camunda:collection="${people}" camunda:elementVariable="person"/>'
ASK = around(user("a"), script("x", "answer = price * 2"), user("c"), ids="a x c")


def test_without_mapping_a_called_process_shares_the_variables_of_the_case() -> None:
    case = walk(around(call(), user("b"), ids="k b"), ASK, price=4)
    case.complete("k/a", price=5)
    assert (case.snapshot.data["price"], case.snapshot.data["answer"]) == (5, 10)


def test_with_mapping_only_what_is_handed_over_is_known_inside_and_only_what_comes_back_outside() -> None:
    mapping = '<camunda:in sourceExpression="${cost + 1}" target="price"/><camunda:out source="answer" target="cost"/>'
    case = walk(around(call(mapping), user("b"), ids="k b"), ASK, cost=4, answer="own")
    assert case.task("k/a").data == {"price": 5}
    case.complete("k/a", price=6)
    assert case.snapshot.data["cost"] == 4
    assert case.task("k/c").data == {"price": 6, "answer": 12}
    case.complete("k/c")
    assert case.snapshot.data == {"cost": 12, "answer": "own"}


def test_all_variables_may_go_in_and_none_come_back() -> None:
    mapping = '<alur:in variables="all"/>'
    case = walk(around(call(mapping), user("b"), ids="k b"), ASK, price=4, other=1)
    case.complete("k/a", price=7)
    case.complete("k/c")
    assert case.snapshot.data == {"price": 4}


def test_a_name_without_a_value_hands_over_nothing() -> None:
    mapping = '<camunda:in source="missing" target="price"/><camunda:out source="nothing" target="cost"/>'
    case = walk(around(call(mapping), user("b"), ids="k b"), around(user("a"), ids="a"), cost=4)
    assert case.task("k/a").data == {}
    case.complete("k/a")
    assert case.snapshot.data == {"cost": 4}


def test_a_mapping_that_fails_names_the_call() -> None:
    mapping = '<camunda:in sourceExpression="${cost / 0}" target="price"/>'
    with pytest.raises(ActivityFailed) as failed:
        walk(around(call(mapping), ids="k"), ASK, cost=4)
    assert failed.value.activity_id == "k"


def test_what_a_branch_beside_sets_does_not_reach_a_process_with_variables_of_its_own() -> None:
    gates = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    flows = chain("start", "f", "k", "j", "z", "end") + chain("f", "b", "j")
    mapping = '<camunda:in source="price" target="price"/><camunda:out source="answer" target="answer"/>'
    case = walk(START + END + gates + call(mapping) + user("b") + user("z") + flows, ASK, price=1)
    case.complete("b", price=100)
    case.complete("k/a")
    assert case.task("k/c").data == {"price": 1, "answer": 2}
    case.complete("k/c")
    assert case.snapshot.data == {"price": 100, "answer": 2}


def test_each_instance_of_a_repeated_call_has_its_own() -> None:
    mapping = '<camunda:in source="person" target="price"/><camunda:out source="answer" target="answer"/>'
    case = walk(around(call(mapping, EACH), user("b"), ids="k b"), ASK, people=[1, 2])
    assert case.open == ["k/a:1", "k/a:2"]
    case.complete("k/a:1")
    case.complete("k/a:2")
    assert case.task("k/c:1").data["answer"] == 2
    assert case.task("k/c:2").data["answer"] == 4
    case.complete("k/c:2")
    assert case.snapshot.data == {"people": [1, 2], "answer": 4}
    assert case.task("k/c:1").data["answer"] == 2
    case.complete("k/c:1")
    assert case.open == ["b"]
    assert case.snapshot.data == {"people": [1, 2], "answer": 2}


def test_an_escalation_inside_is_caught_at_the_call_which_goes_on() -> None:
    known = '<escalation id="m" name="m" escalationCode="m"/>'
    event = '<escalationEventDefinition escalationRef="m"/>'
    border = f'<boundaryEvent id="x" attachedToRef="k" cancelActivity="false">{event}</boundaryEvent>'
    caller = around(call(), ids="k") + border + user("h") + '<endEvent id="z"/>' + chain("x", "h", "z")
    called = around(
        user("a"), f'<intermediateThrowEvent id="t">{event}</intermediateThrowEvent>', user("c"), ids="a t c"
    )
    case = walk(caller, called, before=known)
    case.complete("k/a")
    assert case.open == ["h", "k/c"]
    case.complete("k/c")
    case.complete("h")
    assert case.ended


def test_nothing_comes_back_from_an_interrupted_call_and_nothing_of_it_stays() -> None:
    timer = "<timerEventDefinition><timeDuration>PT5M</timeDuration></timerEventDefinition>"
    border = f'<boundaryEvent id="x" attachedToRef="k">{timer}</boundaryEvent>'
    mapping = '<camunda:in variables="all"/><camunda:out variables="all"/>'
    caller = around(call(mapping), ids="k") + border + user("h") + '<endEvent id="z"/>' + chain("x", "h", "z")
    case = walk(caller, ASK, price=1)
    case.complete("k/a", price=9)
    case.later(minutes=6)
    assert "cancelled k/c" in case.fire()
    assert (case.open, case.snapshot.data, case.snapshot.activities) == (["h"], {"price": 1}, ())


def test_events_beside_the_steps_of_a_called_process_wait_for_its_messages() -> None:
    known = '<message id="m" name="stop"/>'
    start = '<startEvent id="s" isInterrupting="true"><messageEventDefinition messageRef="m"/></startEvent>'
    steps = start + user("h") + '<endEvent id="z"/>' + chain("s", "h", "z")
    beside = f'<subProcess id="e" triggeredByEvent="true">{steps}</subProcess>'
    case = walk(around(call(), user("b"), ids="k b"), around(user("a"), ids="a") + beside, before=known)
    (waiting,) = case.snapshot.events
    assert (waiting.event_id, waiting.name) == ("k/s", "stop")
    case._after(step.receive(case.spec, case.state, waiting.key, {}, Around(case.now, elapsed)))
    assert case.open == ["k/h"]
    case.complete("k/h")
    assert case.open == ["b"]


def test_a_connector_inside_is_called_and_answered() -> None:
    output = '<camunda:outputParameter name="sum">${result.sum}</camunda:outputParameter>'
    service = (
        '<serviceTask id="x" camunda:topic="values"><extensionElements><camunda:inputOutput>'
        f"{output}</camunda:inputOutput></extensionElements></serviceTask>"
    )
    case = walk(around(call(), user("b"), ids="k b"), around(service, ids="x"))
    (waiting,) = case.snapshot.calls
    assert (waiting.activity_id, waiting.connector) == ("k/x", "values")
    case._after(step.answer(case.spec, case.state, waiting.key, {"sum": 3}, Around(case.now, elapsed)))
    assert (case.open, case.snapshot.data["sum"]) == (["b"], 3)


def test_a_message_without_a_name_keeps_going_by_its_id() -> None:
    catch = '<intermediateCatchEvent id="m1"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    case = walk(around(call(), ids="k"), around(catch, ids="m1"), before='<message id="m"/>')
    assert [e.name for e in case.snapshot.events] == ["m"]


def test_a_file_can_not_pass_a_sub_process_off_as_a_call() -> None:
    fake = f'<subProcess id="k" alur:calls="called">{around(user("own"), ids="own")}</subProcess>'
    fake = fake.replace('"start', '"in_start').replace('"end', '"in_end').replace("own_end", "own_in_end")
    linked = link(bpmn(around(fake, ids="k")), {"k": bpmn(around(user("a"), ids="a"))})
    assert b'"own"' not in linked
