"""Processes that call others, in a real office: which version, whose form, whose task, and what the case shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import alerts, calls, cases, definitions, deployment, instances, seeds, task_page, tasks, versions
from engine.__main__ import main
from engine.clock import SetClock
from engine.db import Database
from engine.definitions import DefinitionView
from engine.diagram.draw import draw
from engine.errors import InvalidDiagram, InvalidVariables, NotAllowed
from engine.identity import SYSTEM, Actor
from engine.model import InstanceRow, JobRow, TaskRow, TaskState
from engine.moving import migration
from engine.worker import Worker
from tests.engine.diagram.building import END, FRAME, ROOT, START, around, chain, flow, lane, timer

As = Callable[[str], Actor]
OWNER = "pengelola_sop"


def drawn(key: str, body: str, process: str = "") -> bytes:
    whole = FRAME.format(body=body, process=process, before="")
    return whole.replace('id="p" name="Test"', f'id="{key}" name="Process {key}"').encode()


def step(id: str, attributes: str = 'camunda:candidateGroups="camat"') -> str:
    return f'<userTask id="{id}" name="Step {id}" {attributes}/>'


def call(key: str, id: str = "k", attributes: str = "", inside: str = "") -> str:
    return f'<callActivity id="{id}" name="Call {key}" calledElement="{key}" {attributes}>{inside}</callActivity>'


def form(label: str, key: str = "ask", source: str = "") -> str:
    more = {"properties": {"source": source}, "readonly": True} if source else {"validate": {"required": True}}
    field = {"type": "textfield", "key": "answer", "label": label, **more}
    return json.dumps({"type": "default", "id": key, "components": [field]})


def deployed(office: Database, key: str, body: str, forms: dict[str, str] | None = None, **more: str) -> DefinitionView:
    with office.begin(SYSTEM) as uow:
        return deployment.deploy(uow, drawn(key, body, **more), forms or {})


def refusal(office: Database, key: str, body: str) -> dict[str, str]:
    with pytest.raises(InvalidDiagram) as refused, office.begin(SYSTEM) as uow:
        deployment.deploy(uow, drawn(key, body), {})
    return {p.rule: f"{p.message} {p.remedy}" % dict(p.params) for p in refused.value.problems if p.severity == "error"}


def started(office: Database, as_: As, key: str) -> int:
    with office.begin(as_(OWNER)) as uow:
        return instances.start(uow, key).instance_id


def open_in(office: Database, case: int) -> list[str]:
    with office.read(SYSTEM) as uow:
        rows = select(TaskRow.activity_id).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN)
        return sorted(uow.session.scalars(rows))


def task_in(office: Database, case: int, activity: str) -> int:
    with office.read(SYSTEM) as uow:
        rows = select(TaskRow.id).where(TaskRow.instance_id == case, TaskRow.activity_id == activity)
        return uow.session.scalars(rows.where(TaskRow.state == TaskState.OPEN)).one()


def done(office: Database, as_: As, case: int, activity: str, who: str = "camat", **answers: str) -> None:
    with office.begin(as_(who)) as uow:
        tasks.complete(uow, task_in(office, case, activity), answers)


SIMPLE = around(step("a"), ids="a")
CALLER = around(call("called"), ids="k")


@pytest.mark.both_databases
def test_a_case_goes_through_what_it_calls_and_on_behind_it(office: Database, as_: As) -> None:
    deployed(office, "called", SIMPLE)
    deployed(office, "caller", around(call("called"), step("b"), ids="k b"))
    case = started(office, as_, "caller")
    assert open_in(office, case) == ["k/a"]
    done(office, as_, case, "k/a")
    assert open_in(office, case) == ["b"]
    done(office, as_, case, "b")
    with office.read(SYSTEM) as uow:
        page = cases.get(uow, case)
    assert page.state == "completed"
    assert [e.data["name"] for e in page.history if e.kind == "task.completed"] == ["Step a", "Step b"]
    assert [(s.activity_id, s.state) for s in page.steps] == [("k", "done"), ("b", "done")]


@pytest.mark.both_databases
def test_callers_of_the_latest_follow_and_running_cases_keep_what_they_began_with(office: Database, as_: As) -> None:
    deployed(office, "called", SIMPLE)
    deployed(office, "caller", CALLER)
    deployed(office, "above", around(call("caller"), ids="k"))
    deployed(office, "pinned", around(call("called", attributes='camunda:calledElementVersion="1"'), ids="k"))
    kept = around(call("called", attributes='camunda:calledElementBinding="deployment"'), ids="k")
    deployed(office, "kept", kept)
    before = started(office, as_, "caller")
    made = deployed(office, "called", around(step("a"), step("n"), ids="n a"))
    assert [(f.key, f.version, f.follows) for f in made.followers] == [
        ("caller", 2, (("called", 2),)),
        ("above", 2, (("caller", 2),)),
    ]
    assert open_in(office, started(office, as_, "caller")) == ["k/n"]
    assert open_in(office, started(office, as_, "above")) == ["k/k/n"]
    assert open_in(office, started(office, as_, "pinned")) == ["k/a"]
    assert open_in(office, started(office, as_, "kept")) == ["k/a"]
    done(office, as_, before, "k/a")
    assert open_in(office, before) == []
    with office.begin(SYSTEM) as uow:
        assert deployment.deploy(uow, drawn("caller", CALLER), {}).new is False
        assert deployment.deploy(uow, drawn("kept", kept), {}).version == 2


def test_a_caller_is_made_anew_once_for_all_that_has_changed(office: Database) -> None:
    files = {
        "low": drawn("low", SIMPLE),
        "middle": drawn("middle", around(call("low"), ids="k")),
        "top": drawn("top", around(call("low", "k"), call("middle", "m"), ids="k m")),
    }
    with office.begin(SYSTEM) as uow:
        deployment.deploy_all(uow, [(files[key], {}, ()) for key in ("top", "middle", "low")])
    made = deployed(office, "low", around(step("n"), ids="n"))
    assert [(f.key, f.version, f.follows) for f in made.followers] == [
        ("middle", 2, (("low", 2),)),
        ("top", 2, (("low", 2), ("middle", 2))),
    ]


def test_a_caller_that_would_not_run_any_more_stays_as_it_is(office: Database, as_: As) -> None:
    deployed(office, "called", SIMPLE)
    deployed(office, "caller", CALLER)
    with_error = FRAME.replace("{before}", '<error id="r" name="r" errorCode="r"/>').format(
        body=around(step("a"), ids="a").replace(
            END, '<endEvent id="end"><errorEventDefinition errorRef="r"/></endEvent>'
        ),
        process='alur:onlyCalled="true"',
    )
    with office.begin(SYSTEM) as uow:
        made = deployment.deploy(uow, with_error.replace('id="p" name="Test"', 'id="called" name="x"').encode(), {})
    assert made.followers == ()
    (told,) = [w for w in made.warnings if w.rule == "caller-stays"]
    assert "Process caller" in told.text()
    assert "Nothing around it catches this (r)" in told.text()
    assert open_in(office, started(office, as_, "caller")) == ["k/a"]
    assert "not-caught" in refusal(office, "caller", around(call("called"), step("b"), ids="k b"))
    with pytest.raises(NotAllowed):
        started(office, as_, "called")


def test_what_can_not_be_called_is_refused_by_name(office: Database, as_: As) -> None:
    assert "“nowhere”" in refusal(office, "caller", around(call("nowhere"), ids="k"))["unknown-process"]
    assert "“caller”" in refusal(office, "caller", around(call("caller"), ids="k"))["calls-itself"]
    deployed(office, "called", SIMPLE)
    deployed(office, "caller", CALLER)
    deployed(office, "above", around(call("caller"), ids="k"))
    ring = refusal(office, "called", around(call("above"), ids="k"))
    assert "“called” calls itself by way of “above”" in ring["calls-itself"]
    pinned = around(call("called", attributes='camunda:calledElementVersion="7"'), ids="k")
    assert "no version 7" in refusal(office, "caller", pinned)["unknown-process"]
    message = '<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent>'
    begun = drawn("begun", SIMPLE.replace(START, message)).replace(b"<process", b'<message id="m" name="m"/><process')
    with office.begin(SYSTEM) as uow:
        deployment.deploy(uow, begun, {})
    assert "“begun” begins by" in refusal(office, "caller", around(call("begun"), ids="k"))["begins-itself"]
    with office.begin(as_(OWNER)) as uow:
        versions.retire(uow, "called", "replaced")
    assert "retired" in refusal(office, "other", CALLER)["unknown-process"]
    assert open_in(office, started(office, as_, "caller")) == ["k/a"]


def test_callers_follow_what_was_published_while_it_was_retired(office: Database, as_: As) -> None:
    deployed(office, "called", SIMPLE)
    deployed(office, "caller", CALLER)
    with office.begin(as_(OWNER)) as uow:
        versions.retire(uow, "called", "replaced")
    assert deployed(office, "called", around(step("n"), ids="n")).followers == ()
    assert open_in(office, started(office, as_, "caller")) == ["k/a"]
    with office.begin(as_(OWNER)) as uow:
        versions.reinstate(uow, "called", "needed again")
    assert open_in(office, started(office, as_, "caller")) == ["k/n"]


def test_files_that_call_each_other_in_a_ring_are_refused_by_name(office: Database) -> None:
    files = [drawn("x", around(call("y"), ids="k")), drawn("y", around(call("x"), ids="k"))]
    with pytest.raises(InvalidDiagram, match="calls itself by way of"), office.begin(SYSTEM) as uow:
        deployment.deploy_all(uow, [(file, {}, ()) for file in files])


@pytest.mark.both_databases
def test_forms_of_the_same_key_are_those_of_the_called_version(office: Database, as_: As) -> None:
    asked = 'camunda:candidateGroups="camat" camunda:formKey="ask"'
    shown = 'camunda:candidateGroups="camat" camunda:formKey="show"'
    body = around(step("a", asked), step("b", shown), ids="a b")
    inner = {"ask": form("Of the called"), "show": form("Shown", "show", "a.answer")}
    deployed(office, "called", body, inner)
    deployed(office, "caller", around(step("a", asked), call("called"), ids="a k"), {"ask": form("Of the caller")})
    case = started(office, as_, "caller")
    done(office, as_, case, "a", answer="outside")
    with office.read(as_("camat")) as uow:
        page = task_page.get(uow, task_in(office, case, "k/a"))
    assert page.form.fields[0].label == "Of the called"
    with pytest.raises(InvalidVariables):
        done(office, as_, case, "k/a")
    done(office, as_, case, "k/a", answer="inside")
    with office.read(as_("camat")) as uow:
        page = task_page.get(uow, task_in(office, case, "k/b"))
        assert [(s.activity_id, s.form.fields[0].label if s.form else "") for s in page.earlier] == [
            ("a", "Of the caller"),
            ("k/a", "Of the called"),
        ]
        assert page.raw["answer"] == "inside"
        content = definitions.content_of(uow, uow.session.get_one(InstanceRow, case).definition_id)
    assert set(content.forms) == {"ask"}
    deployed(office, "called", body, inner | {"ask": form("Changed")})
    with office.read(SYSTEM) as uow:
        newest = definitions.row_of(uow, "caller")
        assert newest.version == 2
        assert definitions.form_of(uow, newest.id, "k/ask").fields[0].label == "Changed"
        assert definitions.form_of(uow, newest.id, "ask").fields[0].label == "Of the caller"


@pytest.mark.both_databases
def test_lanes_deadlines_and_alerts_inside_are_as_in_a_sub_process(office: Database, as_: As, clock: SetClock) -> None:
    lanes = f'<laneSet id="l">{lane("Kasubag Keuangan", "a")}</laneSet>'
    inner = lanes + around(step("a", 'alur:number="2"'), step("b", ""), timer("b"), ids="a b")
    deployed(office, "called", inner)
    outer = f'<laneSet id="l">{lane("Kasubag Umum dan Kepegawaian", "k")}</laneSet>'
    calling = call("called", attributes='alur:number="3"')
    deployed(office, "caller", outer + around(calling, timer("k", "<timeDuration>P1D</timeDuration>"), ids="k"))
    case = started(office, as_, "caller")
    with office.read(SYSTEM) as uow:
        row = uow.session.scalars(select(TaskRow).where(TaskRow.instance_id == case)).one()
        assert (row.candidate_group, row.number, row.scope_activity_id) == ("kasubag_keuangan", "3.2", "k")
        assert row.due_at == uow.now + timedelta(days=1)
    clock.at += timedelta(days=1, minutes=1)
    Worker(office).run_once()
    with office.read(SYSTEM) as uow:
        (alert,) = alerts.listing(uow)
        page = cases.get(uow, case)
        svg = draw(page.diagram, tokens=page.tokens, late=page.late, here="k/a")
    assert (alert.activity_id, alert.performer_name) == ("k", "Kasubag Umum dan Kepegawaian")
    assert "At Call called: Kasubag Keuangan (late)" in svg.replace("Late", "late")
    done(office, as_, case, "k/a", who="kasubag_keuangan")
    with office.read(SYSTEM) as uow:
        row = uow.session.scalars(select(TaskRow).where(TaskRow.activity_id == "k/b")).one()
        # Without a lane of its own it lies in the lane of the call.
        assert (row.candidate_group, row.due_at) == ("kasubag_umum", uow.now + timedelta(days=4))
        assert row.form_key is None


def test_seeds_that_call_never_undo_what_owners_changed(office: Database, tmp_path: Path) -> None:
    (tmp_path / "processes").mkdir()
    (tmp_path / "forms").mkdir()
    files = {"caller": drawn("caller", CALLER), "called": drawn("called", SIMPLE)}
    for key, xml in files.items():
        (tmp_path / "processes" / f"{key}.bpmn").write_bytes(xml)

    def newest() -> dict[str, int]:
        with office.begin(SYSTEM) as uow:
            assert not seeds.deploy(uow, tmp_path / "processes", tmp_path / "forms")
            return {key: definitions.row_of(uow, key).version for key in files}

    assert newest() == {"caller": 1, "called": 1}
    deployed(office, "caller", around(call("called"), step("own"), ids="k own"))
    deployed(office, "called", around(step("n"), ids="n"))
    assert newest() == {"caller": 3, "called": 2}
    (tmp_path / "processes" / "called.bpmn").write_bytes(drawn("called", around(step("m"), ids="m")))
    assert newest() == {"caller": 4, "called": 3}


def test_the_command_deploys_and_judges_files_in_any_order(
    office: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ALUR_DATABASE_URL", database_url)
    caller, called = tmp_path / "a.bpmn", tmp_path / "b.bpmn"
    caller.write_bytes(drawn("caller", CALLER))
    called.write_bytes(drawn("called", SIMPLE))
    assert main(["lint", str(caller)]) == 0
    assert main(["lint", str(caller), str(called)]) == 0
    capsys.readouterr()
    assert main(["deploy", str(caller), str(called)]) == 0
    assert [line.split(" (")[0] for line in capsys.readouterr().out.splitlines() if "warning" not in line] == [
        "caller version 1",
        "called version 1",
    ]
    called.write_bytes(drawn("called", around(call("caller"), ids="k")))
    assert main(["lint", str(caller), str(called)]) == 1
    assert "calls-itself" in capsys.readouterr().out


def test_two_calls_of_one_process_stay_apart(office: Database, as_: As) -> None:
    deployed(office, "called", SIMPLE)
    gates = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    flows = chain("start", "f", "k", "j", "end") + chain("f", "m", "j")
    deployed(office, "caller", START + END + gates + call("called") + call("called", "m") + flows)
    case = started(office, as_, "caller")
    assert open_in(office, case) == ["k/a", "m/a"]
    done(office, as_, case, "m/a")
    assert open_in(office, case) == ["k/a"]


def test_a_loop_through_a_called_process_without_waiting_is_refused(office: Database) -> None:
    deployed(office, "called", around('<scriptTask id="x"><script>n = 1</script></scriptTask>', ids="x"))
    gate = '<exclusiveGateway id="g" default="g_end"/>'
    loop = START + END + gate + call("called") + chain("start", "k", "g", "end") + flow("g", "k", "n == 1")
    assert "spins" in refusal(office, "caller", loop)
    script = '<scriptTask id="x"><script>n = 1</script></scriptTask>'
    deployed(office, "called", around(step("a"), script, ids="a x"))
    assert deployed(office, "caller", loop).new


def test_what_was_read_of_a_caller_is_read_once(office: Database) -> None:
    deployed(office, "called", SIMPLE)
    made = deployed(office, "caller", CALLER)
    with office.read(SYSTEM) as uow:
        first = definitions.diagram_of(uow, made.id)
    with office.read(SYSTEM) as uow:
        assert definitions.diagram_of(uow, made.id) is first
        assert calls.own_calls(definitions.row_of(uow, "caller"))[0].key == "called"


def test_a_start_timer_goes_on_when_its_process_only_follows_what_it_calls(office: Database, clock: SetClock) -> None:
    deployed(office, "called", SIMPLE)
    every = (
        '<startEvent id="start"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>'
    )
    deployed(office, "caller", CALLER.replace(START, every))

    def due() -> datetime:
        with office.read(SYSTEM) as uow:
            return uow.session.scalars(select(JobRow.due_at).where(JobRow.key == "start:caller")).one()

    before = due()
    clock.at += timedelta(hours=5)
    assert deployed(office, "called", around(step("n"), ids="n")).followers
    assert due() == before


def test_a_reason_that_speaks_of_calls_is_only_a_reason(office: Database, clock: SetClock) -> None:
    every = '<startEvent id="start"><timerEventDefinition><timeCycle>%s</timeCycle></timerEventDefinition></startEvent>'
    deployed(office, "alone", SIMPLE.replace(START, every % "R/P1D"))
    clock.at += timedelta(hours=5)
    with office.begin(SYSTEM) as uow:
        xml = drawn("alone", SIMPLE.replace(START, every % "R/P2D"))
        made = deployment.deploy(uow, xml, {}, reason="Checked, calls three 3")
    assert (made.reason, made.follows) == ("Checked, calls three 3", ())
    with office.read(SYSTEM) as uow:
        due = uow.session.scalars(select(JobRow.due_at).where(JobRow.key == "start:alone")).one()
    assert due == clock.at + timedelta(days=2)


def test_calls_that_grow_too_large_are_refused_before_they_are_put_together(office: Database, as_: As) -> None:
    page = f"<documentation>{'Langkah. ' * 80_000}</documentation>"
    deployed(office, "called", around(f'<userTask id="a">{page}</userTask>', ids="a"))
    ids = [f"k{n}" for n in range(20)]
    refused = refusal(office, "caller", around(*(call("called", id) for id in ids), ids=" ".join(ids)))
    assert "13.8 MB" in refused["too-large"]
    long = "k" * 90
    deployed(office, "long", around(step(long), ids=long))
    assert "name-too-long" in refusal(office, "caller", around(call("long", long), ids=long))


def test_a_call_may_be_repeated(office: Database, as_: As) -> None:
    loop = '<standardLoopCharacteristics loopMaximum="2"/>'
    mapping = '<extensionElements><camunda:out source="n" target="n"/></extensionElements>'
    body = around(step("a"), '<scriptTask id="x"><script>n = 1</script></scriptTask>', ids="a x")
    deployed(office, "called", body)
    deployed(office, "caller", around(call("called", inside=mapping + loop), ids="k"))
    case = started(office, as_, "caller")
    for _ in range(2):
        assert open_in(office, case) == ["k/a"]
        done(office, as_, case, "k/a")
    with office.read(SYSTEM) as uow:
        found = uow.session.get_one(InstanceRow, case)
        assert (found.state, found.variables) == ("completed", {"n": 1})


def test_whoever_does_the_first_step_inside_may_start_the_caller(office: Database, as_: As) -> None:
    deployed(office, "called", around(step("a", 'camunda:candidateGroups="kasubag_umum"'), ids="a"))
    deployed(office, "caller", around(call("called"), step("b"), ids="k b"))
    with office.begin(as_("kasubag_umum")) as uow:
        assert instances.start(uow, "caller").task_id is not None
    with pytest.raises(NotAllowed), office.begin(as_("camat")) as uow:
        instances.start(uow, "caller")


def test_decision_tables_of_the_same_key_are_those_of_the_called_version(office: Database, as_: As) -> None:
    table = (ROOT / "tests" / "diagrams" / "leave.dmn").read_bytes()
    other = table.replace(b"<text>12</text>", b"<text>24</text>")
    first = '<scriptTask id="q"><script>years = 3\nkind = "annual"</script></scriptTask>'

    def rule(result: str) -> str:
        return f'<businessRuleTask id="x" camunda:decisionRef="leave" camunda:resultVariable="{result}"/>'

    inner = drawn("called", around(first, rule("inside"), step("a"), ids="q x a"))
    outer = drawn("caller", around(first, rule("outside"), call("called"), ids="q x k"))
    with office.begin(SYSTEM) as uow:
        deployment.deploy(uow, inner, {}, [table])
        deployment.deploy(uow, outer, {}, [other])
    case = started(office, as_, "caller")
    with office.read(SYSTEM) as uow:
        variables = uow.session.get_one(InstanceRow, case).variables
        content = definitions.content_of(uow, definitions.row_of(uow, "caller").id)
    assert (variables["inside"], variables["outside"]) == (12, 24)
    assert content.decisions == (other,)


def test_a_running_case_may_be_moved_to_the_version_that_follows(office: Database, as_: As) -> None:
    deployed(office, "called", SIMPLE)
    deployed(office, "caller", CALLER)
    case, other = started(office, as_, "caller"), started(office, as_, "caller")
    made = deployed(office, "called", around(step("a"), step("n"), ids="a n"))
    with office.begin(as_(OWNER)) as uow:
        migration.move(uow, case, made.followers[0].id, {}, "a step more")
    made = deployed(office, "called", around(step("n"), ids="n"))
    with office.begin(as_(OWNER)) as uow:
        migration.move(uow, other, made.followers[0].id, {"k/a": "k/n"}, "another step")
    assert (open_in(office, case), open_in(office, other)) == (["k/a"], ["k/n"])
    done(office, as_, case, "k/a")
    assert open_in(office, case) == ["k/n"]
