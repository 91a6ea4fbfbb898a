"""What a deployment refuses or warns about, each by the smallest diagram that shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.checking import check
from engine.diagram.decisions import read_decisions
from engine.diagram.lint import lint
from engine.diagram.read import read
from engine.diagram.xml import parse
from forms.definition import parse as parse_form
from tests.engine.diagram.building import (
    END,
    PROCEDURES,
    START,
    around,
    bpmn,
    chain,
    findings,
    flow,
    form,
    lane,
    office_forms,
    one,
    rules,
    sub,
    task,
    timed,
    timer,
)

XOR = '<exclusiveGateway id="g" default="g_end"/>'
GOOD = around(task("a"), ids="a")
DECISION = around(task("a"), XOR, ids="a g") + flow("g", "a", "answer == 'x'")
LOOP = '<multiInstanceLoopCharacteristics camunda:collection="answer" camunda:elementVariable="unit"/>'


ONCE_MORE = "<standardLoopCharacteristics><loopCondition>x &gt; 0</loopCondition></standardLoopCharacteristics>"
BESIDE = """<subProcess id="s" triggeredByEvent="true"><startEvent id="s1"><timerEventDefinition>
    <timeDuration>P1D</timeDuration></timerEventDefinition></startEvent><endEvent id="s2"/>
    <sequenceFlow id="s3" sourceRef="s1" targetRef="s2"/></subProcess>"""
LOOP_END = "</multiInstanceLoopCharacteristics>"
UNTIL = "><completionCondition>unit == answer</completionCondition></multiInstanceLoopCharacteristics>"
MARK = 'alur:deadline="true"'
DECIDED = flow("g", "end", "answer == 'y'")
XOR_F, XOR_H = '<exclusiveGateway id="f" default="f_a"/>', '<exclusiveGateway id="h" default="h_g"/>'
AND_F, AND_J = '<parallelGateway id="f"/>', '<parallelGateway id="j"/>'
PAPERS = """<dataObject id="d"/><dataStoreReference id="r"/><textAnnotation id="t"><text>x</text></textAnnotation>
    <group id="z"/>"""
PAPER = """<extensionElements><alur:qualityStandard><alur:input source="a.gone">Surat</alur:input>
    </alur:qualityStandard></extensionElements>"""


def gives(item: str, collection: str) -> str:
    return f'<loopDataOutputRef>{collection}</loopDataOutputRef><outputDataItem id="{item}"/>{LOOP_END}'


def event(kind: str, trigger: str, id: str = "e") -> str:
    return f'<{kind} id="{id}"><{trigger}EventDefinition/></{kind}>'


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        DECISION,
        around(task("a"), timer("a"), ids="a"),
        one(LOOP),
        around(
            '<intermediateCatchEvent id="w"><timerEventDefinition><timeDate>2026-12-31T16:00:00+07:00</timeDate>'
            "</timerEventDefinition></intermediateCatchEvent>",
            task("a"),
            ids="a w",
        ),
        around(sub("s", around(task("a"), ids="a")), ids="s"),
        around(task("a"), '<manualTask id="m" camunda:candidateGroups="clerk"/>', ids="a m"),
        GOOD.replace(END, event("endEvent", "terminate", "end")),
        GOOD + PAPERS,
        GOOD + BESIDE,
        one(LOOP.replace("/>", UNTIL)),
        one("<standardLoopCharacteristics><loopCondition>answer == 'no'</loopCondition></standardLoopCharacteristics>"),
        around(AND_F, task("a"), task("b"), AND_J, ids="f a j") + chain("f", "b", "j"),
        around(
            '<inclusiveGateway id="f" default="f_a"/>', task("a"), task("b"), '<inclusiveGateway id="j"/>', ids="f a j"
        )
        + flow("f", "b", "1 > 0")
        + flow("b", "j"),
    ],
)
def test_what_the_engine_runs_has_no_finding(body: str) -> None:
    assert rules(bpmn(body)) == set()


CALL = '<callActivity id="x" calledElement="q"><extensionElements>{}</extensionElements></callActivity>'


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("bad-script", around('<scriptTask id="x"/>', ids="x")),
        ("bad-script", around('<scriptTask id="x"><script>import os</script></scriptTask>', ids="x")),
        ("bad-script", around('<scriptTask id="x" scriptFormat="js"><script>x = 1</script></scriptTask>', ids="x")),
        ("unknown-connector", around('<serviceTask id="x"/>', ids="x")),
        ("missing-input", around('<serviceTask id="x" camunda:topic="http"/>', ids="x")),
        ("no-name", around('<sendTask id="x"/>', ids="x")),
        ("no-name", around('<receiveTask id="x"/>', ids="x")),
        (
            "bad-variable",
            around(
                '<serviceTask id="x" camunda:topic="values"><extensionElements><camunda:inputOutput>'
                '<camunda:outputParameter name="a b">1</camunda:outputParameter></camunda:inputOutput>'
                "</extensionElements></serviceTask>",
                ids="x",
            ),
        ),
        ("unknown-decision", around('<businessRuleTask id="x"/>', ids="x")),
        ("unknown-process", around('<callActivity id="x"/>', ids="x")),
        ("calls-itself", around('<callActivity id="x" calledElement="p"/>', ids="x")),
        (
            "bad-binding",
            around('<callActivity id="x" calledElement="q" camunda:calledElementBinding="version"/>', ids="x"),
        ),
        ("bad-variable", around(CALL.format('<camunda:in source="a" target="a b"/>'), ids="x")),
        ("no-source", around(CALL.format('<camunda:out target="a"/>'), ids="x")),
        ("bad-expression", around(CALL.format('<camunda:in source="a +" target="b"/>'), ids="x")),
        ("not-executed", around('<transaction id="x"/>', ids="x")),
        ("not-executed", around('<adHocSubProcess id="x"/>', ids="x")),
        ("not-executed", around('<complexGateway id="x"/>', ids="x")),
        ("no-choice", around('<eventBasedGateway id="x"/>', ids="x")),
        ("no-choice", around('<eventBasedGateway id="x"/>', task("a"), ids="x a")),
        ("not-executed", around(event("intermediateThrowEvent", "compensate"), ids="e")),
        ("no-name", around(event("intermediateCatchEvent", "message"), ids="e")),
        ("no-name", around(event("intermediateCatchEvent", "signal"), ids="e")),
        ("no-condition", around(event("intermediateCatchEvent", "conditional"), ids="e")),
        (
            "loose-link",
            around('<intermediateCatchEvent id="e"><linkEventDefinition name="x"/></intermediateCatchEvent>', ids="e"),
        ),
        ("not-executed", around('<intermediateCatchEvent id="e"/>', ids="e")),
        ("not-executed", GOOD.replace(START, event("startEvent", "conditional", "start"))),
        ("not-executed", around(sub("s", GOOD.replace(START, event("startEvent", "timer", "start"))), ids="s")),
        ("no-name", GOOD.replace(END, event("endEvent", "error", "end"))),
        ("not-caught", GOOD.replace(END, event("endEvent", "error", "end"))),
        ("not-caught", GOOD.replace(END, event("endEvent", "escalation", "end"))),
        (
            "error-goes-on",
            around(sub("s", around(task("a"), ids="a")), ids="s") + timer("s").replace("timerEvent", "errorEvent"),
        ),
        ("error-goes-on", GOOD + BESIDE.replace("timerEvent", "errorEvent").replace('"s1"', '"s1" isInterrupting="0"')),
        ("never-thrown", one() + timer("a").replace("timerEvent", "escalationEvent")),
        ("not-executed", GOOD.replace("<userTask", '<userTask isForCompensation="true"')),
        ("bad-loop", one("<standardLoopCharacteristics/>")),
        ("bad-loop", one('<standardLoopCharacteristics loopMaximum="-1"/>')),
        ("spins", around(f'<scriptTask id="x"><script>x = 1</script>{ONCE_MORE}</scriptTask>', ids="x")),
        ("several-flows", GOOD + task("b") + chain("a", "b", "end")),
        ("not-executed", GOOD + BESIDE.replace("timerEvent", "compensateEvent")),
        ("flow-wrong-way", GOOD + BESIDE + flow("a", "s")),
        ("bad-collection", one(LOOP.replace("/>", f'><outputDataItem id="x"/>{LOOP_END}'))),
        ("bad-collection", one(LOOP.replace("/>", f"><loopDataOutputRef>x</loopDataOutputRef>{LOOP_END}"))),
        ("bad-collection", one(LOOP.replace("/>", f">{gives('x y', 'z')}"))),
        ("bad-collection", one(LOOP.replace("/>", f">{gives('x', 'y.z')}"))),
        ("bad-collection", one(LOOP.replace("/>", f">{gives('unit', 'units')}"))),
        (
            "several-triggers",
            GOOD.replace(END, f'<endEvent id="end">{"<terminateEventDefinition/>" * 2}</endEvent>'),
        ),
        ("no-collection", one("<multiInstanceLoopCharacteristics/>")),
        ("no-item-name", one(LOOP.replace('"unit"', '"a b"'))),
        ("id-twice", GOOD + task("a")),
        ("bad-id", around(task("1 b"), ids="")),
        ("bad-id", around(task(""), ids="")),
        ("no-start", task("a") + END + chain("a", "end")),
        ("several-starts", GOOD + '<startEvent id="start2"/>' + chain("start2", "a")),
        ("no-start", around('<subProcess id="s"/>', ids="s")),
        ("dead-end", START + task("a") + chain("start", "a")),
        ("dead-end", GOOD + timer("a").split("<endEvent")[0]),
        ("unreachable", GOOD + task("b") + chain("b", "end")),
        ("never-ends", START + task("a") + task("b") + chain("start", "a", "b") + flow("b", "a", id="back")),
        ("flow-to-nowhere", GOOD + flow("a", "gone")),
        ("flow-across", GOOD + '<subProcess id="s">' + task("b") + "</subProcess>" + flow("a", "b")),
        ("flow-wrong-way", GOOD + flow("a", "start")),
        ("flow-wrong-way", GOOD + flow("end", "a")),
        ("loose-boundary", GOOD + timer("gone")),
        ("loose-boundary", GOOD + timer("end")),
        ("condition-ignored", GOOD.replace(chain("a", "end"), flow("a", "end", "answer == 'x'"))),
        ("no-condition", DECISION + flow("g", "a", id="again")),
        ("no-default", DECISION.replace(' default="g_end"', "").replace(chain("g", "end"), DECIDED)),
        ("default-with-condition", DECISION.replace(chain("g", "end"), DECIDED)),
        ("default-of-another", DECISION.replace('default="g_end"', 'default="start_a"')),
        ("nested-lanes", f'<laneSet id="l"><lane id="l1" name="Clerk"><childLaneSet id="c"/></lane></laneSet>{GOOD}'),
        ("two-lanes", f'<laneSet id="l">{lane("Clerk", "a")}{lane("clerk", "a", id="l2")}</laneSet>{GOOD}'),
        (
            "spins",
            around(XOR, XOR_H, ids="g") + flow("g", "h", "answer == 'x'") + chain("h", "g"),
        ),
        ("runs-back", one() + timer("a").replace('<endEvent id="late_a_end"/>', "").replace("late_a_end", "a")),
        ("twice-at-once", around(AND_F, task("a"), task("b"), task("c"), ids="f a c") + chain("f", "b", "c")),
        (
            "waits-for-ever",
            around(XOR_F, task("a"), task("b"), AND_J, ids="f a j") + flow("f", "b", "1") + flow("b", "j"),
        ),
        ("no-time", around(task("a"), timer("a", ""), ids="a")),
        ("no-time", timed("<timeDuration>PT0S</timeDuration>")),
        ("bad-time", timed("<timeDuration>four days</timeDuration>")),
        ("bad-time", timed("<timeDuration>P1M</timeDuration>")),
        ("bad-time", timed("<timeDate>tomorrow</timeDate>")),
        ("bad-time", timed("<timeCycle>daily</timeCycle>")),
        ("several-times", timed("<timeDuration>P1D</timeDuration><timeDate>2026-01-01</timeDate>")),
        ("repeats-here", timed("<timeCycle>R/P1D</timeCycle>").replace('"false"', '"true"')),
        ("several-deadlines", one() + "".join(timer("a", id=i, attributes=MARK) for i in "xy")),
        ("deadline-without-timer", one("", MARK)),
        ("deadline-repeats", timed("<timeCycle>R3/P1D</timeCycle>", attributes=MARK)),
        ("bad-expression", DECISION.replace("answer == 'x'", "__import__('os').system('id')")),
        ("bad-expression", DECISION.replace("answer == 'x'", "answer = 'x'")),
        ("bad-expression", one(LOOP.replace('"answer"', '"${open(1)}"'))),
        ("half-expression", one("", 'camunda:candidateGroups="unit_${answer}"')),
        ("unfilled-name", DECISION.replace("answer ==", "anser ==")),
        ("unknown-form", one("", 'camunda:formKey="gone" camunda:candidateGroups="clerk"')),
        ("no-form", one("", 'camunda:candidateGroups="clerk"')),
        ("unknown-position", one("", 'camunda:candidateGroups="nobody_here" camunda:formKey="ask"')),
        ("unknown-position", f'<laneSet id="l">{lane("Bendahara", "a")}</laneSet>' + one("", 'camunda:formKey="ask"')),
        ("nobody", one("", 'camunda:formKey="ask"')),
        ("paper-nowhere", one(PAPER)),
    ],
)
def test_each_fault_is_named_with_its_remedy(rule: str, body: str) -> None:
    problems = {p.rule: p for p in findings(bpmn(body))}
    assert rule in problems
    assert re.search(r"\w+.*[.?:]$", problems[rule].remedy % dict(problems[rule].params))
    assert "%(" not in problems[rule].text()


def test_one_missing_flow_is_one_finding_and_not_one_for_each_step_behind_it() -> None:
    behind = "".join(task(id) for id in "bcde") + chain("b", "c", "end")
    alone = flow("d", "e") + flow("e", "d")
    found = [problem.element for problem in findings(bpmn(GOOD + behind + alone)) if problem.rule == "unreachable"]
    assert found == ["b", "d"]


def test_a_foreign_diagram_with_its_own_lanes_and_no_forms_deploys_with_warnings() -> None:
    lanes = f'<laneSet id="l">{lane("Sales", "a")}</laneSet>'
    xml = bpmn(lanes + one("", ""))
    assert rules(xml, severity="error") == set()
    assert rules(xml, severity="warning") == {"unknown-position", "no-form"}


def test_weeks_are_refused_only_where_office_time_counts() -> None:
    body = timed("<timeDuration>P2W</timeDuration>")
    assert rules(bpmn(body)) == set()
    assert rules(bpmn(body, process='alur:calendar="office"')) == {"bad-time"}
    assert rules(bpmn(GOOD, process='alur:calendar="moon"')) == {"unknown-calendar"}


def test_a_second_executable_process_is_refused() -> None:
    assert rules(bpmn(GOOD, before="").replace(b"</process>", b'</process><process id="q" isExecutable="true"/>')) == {
        "several-executable"
    }


def test_title_and_case_key_may_use_what_any_form_fills() -> None:
    assert rules(bpmn(GOOD, process="alur:title=\"'Case ' + answer\"")) == set()
    assert rules(bpmn(GOOD, process='alur:title="answer +"'), severity="error") == {"bad-expression"}
    assert rules(bpmn(GOOD, process='alur:caseKey="number"')) == {"unfilled-name"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("=answer = 'x'", "answer == 'x'"),
        ("${answer == 'x' &amp;&amp; !answer}", "answer == 'x' and not answer"),
        ("answer == true", "answer == True"),
        ("answer.upper()", None),
        ("answer ? 1 : 2", None),
        ("answer &gt; 10,5", None),
    ],
)
def test_a_condition_of_another_language_is_refused_and_says_what_to_write(theirs: str, ours: str | None) -> None:
    body = around(task("a"), XOR, ids="a g") + flow("g", "a", theirs)
    (found,) = findings(bpmn(body))
    assert (found.rule, found.element, found.severity) == ("bad-expression", "g_a", "error")
    assert found.params.get("instead") == ours


def test_a_name_filled_only_after_the_decision_is_warned_about() -> None:
    forms = {"ask": form("ask", "other"), "later": form("later", "answer")}
    late = around(task("a"), XOR, ids="a g") + flow("g", "b", "answer == 'x'")
    late += task("b", attributes='camunda:formKey="later" camunda:candidateGroups="clerk"') + chain("b", "end")
    assert rules(bpmn(late), forms) == {"unfilled-name"}
    back = late.replace(chain("b", "end"), chain("b", "a"))
    assert rules(bpmn(back), forms) == set()


def test_the_item_of_a_multi_instance_is_known_inside_it() -> None:
    inner = one("", 'camunda:candidateGroups="${unit}" camunda:formKey="ask"')
    known = around(sub("s", inner, LOOP), task("b"), ids="b s")
    assert rules(bpmn(known)) == set()
    assert rules(bpmn(known.replace(LOOP, ""))) == {"unfilled-name"}


def test_a_sub_process_that_can_be_passed_without_waiting_does_not_stop_a_loop_from_spinning() -> None:
    def loop(inner: str) -> bytes:
        gateway = '<exclusiveGateway id="g" default="g_end"/>'
        return bpmn(around(sub("s", inner), gateway, ids="s g") + flow("g", "s", "1 > 0"))

    assert "spins" in rules(loop(around(ids="")))
    assert "spins" not in rules(loop(around(task("a"), ids="a")))


def test_a_form_that_takes_from_an_activity_that_is_not_there_is_refused() -> None:
    asked = parse_form(
        '{"type": "default", "id": "ask", "components": [{"type": "textfield", "key": "t", "label": "T",'
        '"readonly": true, "properties": {"source": {"activity": "gone", "field": "x"}}}]}'
    )
    assert rules(bpmn(GOOD), {"ask": asked}) == {"form-source"}


def test_a_workbook_that_takes_from_an_activity_that_is_not_there_is_refused() -> None:
    asked = parse_form(
        '{"type": "default", "id": "ask", "components": [{"type": "textfield", "key": "t", "label": "T"}], "workbook":'
        '{"title": "W", "source": {"activity": "gone", "field": "x"}, "columns": [{"label": "X", "value": "x"}]}}'
    )
    assert rules(bpmn(GOOD), {"ask": asked}) == {"form-source"}


@pytest.mark.parametrize(
    ("series", "match", "found"),
    [
        ({}, ["item", "name"], set()),
        ({"period": "answer"}, ["name"], {"form-series"}),
        ({"same": ["t"]}, ["name"], {"form-series"}),
        ({"once": "gone"}, ["name"], {"form-source"}),
        ({}, ["name", "nobody"], {"form-earlier"}),
        ({"name": "done"}, ["name"], {"form-earlier"}),
    ],
)
def test_a_series_goes_by_what_the_diagram_mentions_and_the_list_holds(
    series: dict[str, object], match: list[str], found: set[str]
) -> None:
    cells = [{"type": "textfield", "key": key, "label": key} for key in ("name", "done")]
    source = {"activity": "a", "field": "rows", "earlier": match}
    asked = {
        "id": "ask",
        "components": [
            *({"type": "textfield", "key": key, "label": key} for key in ("year", "quarter", "answer", "t")),
            {"type": "dynamiclist", "path": "rows", "components": cells},
            {"type": "table", "id": "all", "columns": [{"key": "name"}], "properties": {"source": source}},
        ],
        "series": {"name": "before", "same": ["year"], "period": "quarter", "order": ["I", "II"], **series},
    }
    titled = bpmn(GOOD, process="alur:title=\"year + '/' + quarter\"")
    assert rules(titled, {"ask": parse_form(json.dumps(asked))}) == found


@pytest.mark.parametrize(
    "component",
    [
        '"properties": {"compute": "lower(answer).x()"}',
        '"defaultValue": "=[*answer]"',
        '"conditional": {"hide": "=(lambda: 1)()"}',
    ],
)
def test_a_form_whose_expression_is_none_of_the_language_is_refused(component: str) -> None:
    field = f'{{"type": "textfield", "key": "t", "label": "T", {component}}}'
    text = f'{{"type": "default", "id": "ask", "components": [{field}]}}'
    found = check(bpmn(GOOD), {"ask": text}, positions=None)
    assert {p.rule for p in found.problems} <= {"form-expression", "form-invalid"}
    assert found.blocked


def test_a_form_that_can_t_be_read_is_refused_at_its_task() -> None:
    (problem,) = check(bpmn(GOOD), {"ask": '{"components": 1}'}, positions=None).problems
    assert (problem.rule, problem.element, problem.severity) == ("form-invalid", "a", "error")


@pytest.mark.parametrize(
    ("rule", "task_attributes", "policy"),
    [("no-result", "", "COLLECT"), ("bad-variable", 'camunda:resultVariable="a b"', "UNIQUE")],
)
def test_the_answer_of_a_decision_table_needs_a_variable(rule: str, task_attributes: str, policy: str) -> None:
    table = f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d">
        <decisionTable hitPolicy="{policy}"><output name="days"/><rule><outputEntry><text>1</text></outputEntry></rule>
        </decisionTable></decision></definitions>"""
    body = around(f'<businessRuleTask id="x" camunda:decisionRef="d" {task_attributes}/>', ids="x")
    found = lint(read(bpmn(body)), forms={}, positions=None, decisions=read_decisions(table.encode()))
    assert [p.rule for p in found] == [rule]


def test_a_process_without_owner_or_picture_is_warned_about() -> None:
    without = bpmn(GOOD).replace(b'alur:owners="pengelola_sop"', b"")
    assert rules(without, severity="warning") == {"no-owner"}
    assert rules(bpmn(GOOD).replace(b"<di:BPMNShape/>", b""), severity="warning") == {"no-picture"}


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_the_offices_own_procedures_have_no_finding_at_all(path: Path) -> None:
    positions = {lane.get("name") for lane in parse(path.read_bytes()).iter("{*}lane")} | {"pengelola_sop"}
    assert lint(read(path.read_bytes()), forms=office_forms(), positions=positions) == ()


def test_a_long_chain_is_judged_without_recursion() -> None:
    ids = [f"t{n}" for n in range(990)]
    assert rules(bpmn(around(*(task(id) for id in ids), ids=" ".join(ids)))) == set()
    assert rules(bpmn("".join(task(f"t{n}") for n in range(1001)))) == {"too-long"}
