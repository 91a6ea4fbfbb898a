"""Messages, signals, start timers and connectors between cases and the world, in a real office."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import definitions, deployment, incidents, instances, jobs, mailbox, work
from engine.clock import SetClock
from engine.connectors import CONNECTORS, ConnectorFailed, mail
from engine.db import Database
from engine.diagram.rules import outside as rules
from engine.errors import InvalidDiagram, NotAllowed
from engine.identity import SYSTEM, Actor
from engine.model import InstanceRow, MessageRow, TaskRow, TaskState
from engine.settings import Outside
from engine.worker import Worker

DIAGRAMS = Path(__file__).resolve().parents[1] / "diagrams"
OWNER = "pengelola_sop"
As = Callable[[str], Actor]


def deployed(office: Database, name: str, change: Callable[[str], str] = str) -> str:
    xml = change((DIAGRAMS / f"{name}.bpmn").read_text("utf-8"))
    with office.begin(SYSTEM) as uow:
        return deployment.deploy(uow, xml.encode(), {}, [(DIAGRAMS / "leave.dmn").read_bytes()]).key


def started(office: Database, as_: As, name: str) -> int:
    with office.begin(as_(OWNER)) as uow:
        return instances.start(uow, name).instance_id


def open_in(office: Database, case: int) -> list[str]:
    with office.read(SYSTEM) as uow:
        rows = select(TaskRow.activity_id).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN)
        return sorted(uow.session.scalars(rows))


def done(office: Database, case: int, activity: str, variables: Mapping[str, Any]) -> None:
    """Complete a task with variables as a form would give them."""
    with office.begin(SYSTEM) as uow:
        row = instances.lock(uow, case)
        key = uow.session.scalars(
            select(TaskRow.key).where(
                TaskRow.instance_id == case, TaskRow.activity_id == activity, TaskRow.state == TaskState.OPEN
            )
        ).one()
        instances._step(
            uow, row, lambda spec, state, around: instances.step.complete(spec, state, key, variables, around)
        )


def cases_of(office: Database) -> int:
    with office.read(SYSTEM) as uow:
        return len(uow.session.scalars(select(InstanceRow.id)).all())


@pytest.mark.both_databases
def test_a_message_finds_the_case_that_waits_with_its_key(office: Database, as_: As) -> None:
    deployed(office, "receive_task")
    seven, eight = started(office, as_, "receive_task"), started(office, as_, "receive_task")
    done(office, seven, "a", {"number": "7"})
    done(office, eight, "a", {"number": "8"})
    with office.begin(as_("administrator")) as uow:
        assert instances.correlate(uow, "received by task", "8", {}) == eight
    assert (open_in(office, seven), open_in(office, eight)) == ([], ["b"])
    with pytest.raises(NotAllowed), office.begin(as_("camat")) as uow:
        instances.correlate(uow, "received by task", "7", {})


def test_a_message_nobody_waits_for_yet_is_kept_and_delivered_once(office: Database, as_: As) -> None:
    deployed(office, "receive_task")
    with office.begin(SYSTEM) as uow:
        assert instances.correlate(uow, "received by task", "7", {}) is None
    first, second = started(office, as_, "receive_task"), started(office, as_, "receive_task")
    done(office, first, "a", {"number": "7"})
    done(office, second, "a", {"number": "7"})
    Worker(office).run_once()
    assert (open_in(office, first), open_in(office, second)) == (["b"], [])
    with office.read(SYSTEM) as uow:
        (message,) = uow.session.scalars(select(MessageRow))
        assert (message.state, message.delivered_to) == ("delivered", first)


def test_a_message_on_its_way_to_a_cancelled_case_goes_to_the_next(office: Database, as_: As) -> None:
    deployed(office, "receive_task")
    first, second = started(office, as_, "receive_task"), started(office, as_, "receive_task")
    for case in (first, second):
        done(office, case, "a", {"number": "7"})
    with office.begin(SYSTEM) as uow:
        mailbox.send(uow, "received by task", "7", {})
    with office.begin(as_(OWNER)) as uow:
        instances.cancel(uow, first, "no longer needed")
    Worker(office).run_once()
    assert open_in(office, second) == ["b"]


@pytest.mark.parametrize("keys", [("7", "7"), ("7", "8")])
def test_a_case_that_waits_twice_for_one_name_gets_both_messages(
    office: Database, as_: As, keys: tuple[str, str]
) -> None:
    def twice(xml: str) -> str:
        xml = xml.replace(
            '<receiveTask id="x"',
            '<receiveTask id="y" messageRef="m" alur:correlationKey="other"/>\n<receiveTask id="x"',
        )
        xml = xml.replace(
            "</process>",
            """<parallelGateway id="f"/><parallelGateway id="j"/>
            <sequenceFlow id="f_x" sourceRef="f" targetRef="x"/><sequenceFlow id="f_y" sourceRef="f" targetRef="y"/>
            <sequenceFlow id="y_j" sourceRef="y" targetRef="j"/><sequenceFlow id="j_b" sourceRef="j" targetRef="b"/>
            </process>""",
        )
        return xml.replace(
            'targetRef="x"/>\n    <sequenceFlow id="x_b" sourceRef="x" targetRef="b"',
            'targetRef="f"/>\n    <sequenceFlow id="x_b" sourceRef="x" targetRef="j"',
        )

    deployed(office, "receive_task", twice)
    case = started(office, as_, "receive_task")
    done(office, case, "a", {"number": keys[0], "other": keys[1]})
    with office.begin(SYSTEM) as uow:
        for key in keys:
            mailbox.send(uow, "received by task", key, {})
    Worker(office).run_once()
    assert open_in(office, case) == ["b"]


def test_a_message_sent_by_one_case_begins_a_case_of_another_process(office: Database, as_: As) -> None:
    deployed(office, "start_message", lambda xml: xml.replace('"begin"', '"sent by task"'))
    deployed(office, "send_task")
    with pytest.raises(NotAllowed), office.begin(as_(OWNER)) as uow:
        instances.start(uow, "start_message")
    case = started(office, as_, "send_task")
    done(office, case, "a", {"number": "7"})
    Worker(office).run_once()
    assert cases_of(office) == 2
    assert open_in(office, case + 1) == ["a"]


def test_a_signal_reaches_every_case_that_waits_and_a_suspended_one_later(office: Database, as_: As) -> None:
    deployed(office, "catch_signal")
    deployed(office, "start_signal", lambda xml: xml.replace('"begin"', '"waited for"'))
    waiting, resting = started(office, as_, "catch_signal"), started(office, as_, "catch_signal")
    with office.begin(as_(OWNER)) as uow:
        instances.suspend(uow, resting, "holiday")
    with office.begin(SYSTEM) as uow:
        mailbox.broadcast(uow, "waited for")
    Worker(office).run_once()
    assert (open_in(office, waiting), open_in(office, resting), cases_of(office)) == (["a"], [], 3)
    with office.begin(as_(OWNER)) as uow:
        instances.activate(uow, resting)
    Worker(office).run_once()
    assert open_in(office, resting) == ["a"]
    late = started(office, as_, "catch_signal")
    Worker(office).run_once()
    assert open_in(office, late) == [], "a signal is not kept"


def test_a_start_timer_begins_as_many_cases_as_it_says(office: Database, clock: SetClock) -> None:
    deployed(office, "start_timer")
    deployed(office, "start_timer", lambda xml: xml.replace('name="Start timer"', 'name="Again"'))
    for expected in (1, 2, 2):
        clock.advance(timedelta(minutes=5))
        Worker(office).run_once()
        assert cases_of(office) == expected


def test_a_decision_table_is_deployed_with_its_diagram(office: Database, as_: As) -> None:
    xml = (DIAGRAMS / "business_rule_task.bpmn").read_bytes()
    with pytest.raises(InvalidDiagram), office.begin(SYSTEM) as uow:
        deployment.deploy(uow, xml, {})
    deployed(office, "business_rule_task")
    definitions._compiled.cache_clear()
    case = started(office, as_, "business_rule_task")
    done(office, case, "a", {"years": 3, "kind": "annual"})
    assert open_in(office, case) == ["b"]


# -- connectors ------------------------------------------------------------------------------------------------------


@contextmanager
def server(answers: list[int]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """An HTTP server that gives these statuses, then 200; and what it was asked."""
    asked: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.headers["Idempotency-Key"], json.loads(body)))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()
            self.wfile.write(b'{"number": 6}')

        def log_message(self, *_args: Any) -> None:
            return

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{httpd.server_port}", asked
    finally:
        httpd.shutdown()
        httpd.server_close()


def calling(host: str) -> Callable[[str], str]:
    def change(xml: str) -> str:
        inputs = f'<camunda:inputParameter name="url">http://{host}/x</camunda:inputParameter>'
        inputs += '<camunda:inputParameter name="body">${[price]}</camunda:inputParameter>'
        xml = xml.replace('topic="values"', 'topic="http"').replace(
            "<camunda:inputOutput>", f"<camunda:inputOutput>{inputs}"
        )
        return xml.replace("${result.sum}", "${result.json.number}")

    return change


@pytest.mark.both_databases
def test_a_failing_call_is_tried_again_with_the_same_key_and_its_answer_used_once(
    office: Database, as_: As, clock: SetClock
) -> None:
    with server([500]) as (host, asked):
        deployed(office, "service_task", calling(host))
        case = started(office, as_, "service_task")
        done(office, case, "a", {"price": 5})
        worker = Worker(office, outside=Outside(hosts=frozenset({host})))
        worker.run_once()
        assert open_in(office, case) == []
        clock.advance(timedelta(minutes=1))
        worker.run_once()
        clock.advance(timedelta(minutes=10))
        worker.run_once()
    assert open_in(office, case) == ["b"]
    assert [body for _, body in asked] == [[5], [5]]
    assert len({key for key, _ in asked}) == 1


def test_a_host_that_is_not_allowed_is_not_called_and_becomes_an_incident(
    office: Database, as_: As, clock: SetClock
) -> None:
    with server([]) as (host, asked):
        deployed(office, "service_task", calling(host))
        done(office, started(office, as_, "service_task"), "a", {"price": 5})
        for _ in range(jobs.RETRIES):
            Worker(office, outside=Outside()).run_once()
            clock.advance(timedelta(minutes=10))
        assert asked == []
    with office.read(as_("administrator")) as uow:
        (incident,) = incidents.listing(uow)
    assert (incident.activity_id, incident.attempts) == ("x", jobs.RETRIES)
    assert "ALUR_HTTP_HOSTS" in incident.message


def test_a_round_that_never_waits_is_stopped_and_becomes_an_incident(
    office: Database, as_: As, clock: SetClock
) -> None:
    """The list has nobody in it, so the step that should wait in every round is passed by."""

    def spinning(xml: str) -> str:
        body = """<exclusiveGateway id="m"/><exclusiveGateway id="g" default="g_m"/>
            <userTask id="l" camunda:candidateGroups="clerk"><multiInstanceLoopCharacteristics
              camunda:collection="${[]}" camunda:elementVariable="n"/></userTask>
            <sequenceFlow id="x_m" sourceRef="x" targetRef="m"/><sequenceFlow id="m_l" sourceRef="m" targetRef="l"/>
            <sequenceFlow id="l_g" sourceRef="l" targetRef="g"/><sequenceFlow id="g_m" sourceRef="g" targetRef="m"/>
            <sequenceFlow id="g_a" sourceRef="g" targetRef="a">
              <conditionExpression>1 == 2</conditionExpression></sequenceFlow>"""
        return xml.replace('<sequenceFlow id="x_a" sourceRef="x" targetRef="a"/>', body)

    deployed(office, "catch_timer", spinning)
    case = started(office, as_, "catch_timer")
    for _ in range(jobs.RETRIES):
        clock.advance(timedelta(minutes=10))
        Worker(office).run_once()
    with office.read(as_("administrator")) as uow:
        (incident,) = incidents.listing(uow)
        row = uow.session.get_one(InstanceRow, case)
        assert (row.state, row.row_version) == ("active", 1), "the case stands where it stood"
    assert incident.instance_id == case
    assert "automatic steps" in incident.message


def test_a_call_under_way_is_leased_and_one_whose_case_has_gone_changes_nothing(office: Database, as_: As) -> None:
    deployed(office, "service_task")
    case = started(office, as_, "service_task")
    done(office, case, "a", {"price": 5})
    with office.begin(SYSTEM) as uow:
        acquired = jobs.acquire(uow)
        assert acquired is not None
        call = work.run(uow, *acquired)
    assert call is not None
    assert Worker(office).run_once() == 0
    with office.begin(as_(OWNER)) as uow:
        instances.cancel(uow, case, "wrong")
    work.make(office, call, Outside())
    assert open_in(office, case) == []


def test_a_mail_goes_through_the_office_s_server() -> None:
    received: list[str] = []

    class Smtp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 hello\r\n")
            for line in self.rfile:
                word = line.split()[0].upper() if line.split() else b""
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    for text in self.rfile:
                        if text == b".\r\n":
                            break
                        received.append(text.decode().strip())
                self.wfile.write(b"250 fine\r\n" if word != b"QUIT" else b"221 bye\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Smtp) as smtp:
        thread = threading.Thread(target=smtp.handle_request)
        thread.start()
        outside = Outside(smtp=f"smtp://127.0.0.1:{smtp.server_address[1]}", mail_from="kantor@example.org")
        sent = mail({"to": "camat@example.org", "subject": "Data\r\nBcc: x", "text": "Selesai"}, "k1", outside)
        thread.join()
    assert sent == {"sent": 1, "refused": []}
    assert {"Message-ID: <k1@alur>", "Subject: Data Bcc: x", "Selesai"} <= set(received)
    with pytest.raises(ConnectorFailed):
        mail({"to": "nobody", "subject": "", "text": ""}, "k2", outside)


def test_the_lint_knows_exactly_the_connectors_there_are() -> None:
    assert rules.CONNECTORS.keys() == CONNECTORS.keys()
