"""End events that do more than end a branch."""

from __future__ import annotations

from tests.engine.spiff.drawing import Walk, draw

PART = "start s\nsub k {\nstart s1\nuser b\nend e1\ns1 > b\nb > e1\n}\n"


def test_a_terminate_end_takes_everything_else_with_it() -> None:
    xml = draw(PART + "and g\nuser a\nend e\nend f\ns > g\ng > a\ng > k\na > e\nk > f")
    walk = Walk(xml.replace(b'<bpmn:endEvent id="e">', b'<bpmn:endEvent id="e"><bpmn:terminateEventDefinition/>'))
    assert walk.open == ["a", "b"]
    assert walk.complete("a") == ("completed a", "ended e", "cancelled k", "cancelled b")
    assert walk.ended


def test_an_error_end_goes_to_the_event_that_catches_it() -> None:
    xml = draw(PART + "boundary err at=k interrupting\nuser c\nend e\nend f\ns > k\nk > e\nerr > c\nc > f")
    error = b"<bpmn:errorEventDefinition/>"
    xml = xml.replace(b'<bpmn:endEvent id="e1">', b'<bpmn:endEvent id="e1">' + error)
    walk = Walk(xml.replace(b'cancelActivity="true">', b'cancelActivity="true">' + error))
    walk.complete("b")
    assert walk.open == ["c"]
    walk.complete("c")
    assert walk.ended


def test_an_end_inside_a_sub_process_ends_only_that() -> None:
    walk = Walk(draw(PART + "user c\nend e\ns > k\nk > c\nc > e"))
    assert walk.complete("b") == ("completed b", "ended e1", "completed k", "entered c")
    assert not walk.ended
