"""Ways out of an expression, and every place of a diagram, a form or a decision table where one could be written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from tests.engine.diagram.building import around, bpmn, chain, flow, one, sub, task, timed

ESCAPES = (
    "__import__('os').system('id')",
    "__import__",
    "__builtins__",
    "__builtins__['eval']('1')",
    "__loader__.load_module('os')",
    "__spec__",
    "__name__",
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__[1].__subclasses__()",
    "[].__class__.__base__",
    "{}.__class__.__init__.__globals__",
    "(1).__class__.__mro__",
    "1.0.__class__",
    "True.__class__",
    "None.__class__",
    "answer.__class__",
    "answer.__dict__",
    "answer._private",
    "answer.__len__()",
    "answer.__init__.__globals__['os']",
    "answer.__getattribute__('x')",
    "answer.append(1)",
    "answer.upper()",
    "answer['x']()",
    "'{0.__class__}'.format(answer)",
    "'{0.__class__.__init__.__globals__}'.format_map(answer)",
    "f'{answer}'",
    "f'{answer.__class__}'",
    "f'{1:>999999999}'",
    "lambda: 1",
    "(lambda: open('x'))()",
    "(x := 5)",
    "[(y := x) for x in answer]",
    "len.__self__",
    "len.__globals__",
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen']",
    "[f for f in [len]][0](answer)",
    "(len)(answer)(answer)",
    "answer @ answer",
    "answer << 99999999",
    "{1, 2}",
    "{x for x in answer}",
    "{x: x for x in answer}",
    "{**answer}",
    "[*answer]",
    "max(*answer)",
    "sorted(answer, key=len)",
    "await answer",
    "(yield)",
    "[x async for x in answer]",
    "[x for x.y in answer]",
    "b'bytes'",
    "1j",
    "answer[::-1]",
    "'\\x5f\\x5fimport'",
    "import os",
    "from os import system",
    "exec 'x'",
    "del answer",
    "answer = 1; answer = 2",
    "answer: int = 1",
    "raise SystemExit",
    "assert False",
    "while True: pass",
    "@answer",
    "class X: pass",
    "ａ．__class__",
    "_＿import_＿('os')",
)

Files = tuple[bytes, Mapping[str, str], tuple[bytes, ...]]

ASK = json.dumps({"type": "default", "id": "ask", "components": [{"type": "textfield", "key": "answer", "label": "A"}]})
FORKED = '<exclusiveGateway id="g" default="g_end"/>'
MAPPED = "<extensionElements><camunda:inputOutput>{}</camunda:inputOutput></extensionElements>"
SERVICE = around(
    task("a"), f'<serviceTask id="x" camunda:topic="values">{MAPPED}</serviceTask>', ids="a x"
)  # fmt: skip
DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d"><decisionTable>
  <input><inputExpression><text>{input}</text></inputExpression></input><output name="days"/>
  <rule><inputEntry><text>{test}</text></inputEntry><outputEntry><text>{answer}</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
RULED = around(task("a"), '<businessRuleTask id="x" camunda:decisionRef="d"/>', ids="a x")


def _text(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": "&#10;"})


def _diagram(body: str, *, process: str = "", before: str = "") -> Callable[[str], Files]:
    def write(text: str) -> Files:
        parts = (part.replace("HERE", _text(text)) for part in (body, process, before))
        inside, attributes, root = parts
        return bpmn(inside, process=attributes, before=root), {"ask": ASK}, ()

    return write


def _decision(**cell: str) -> Callable[[str], Files]:
    def write(text: str) -> Files:
        cells = {"input": "answer", "test": "-", "answer": "1", **cell}
        file = DMN.format(**{name: _text(cell.replace("HERE", text)) for name, cell in cells.items()})
        return bpmn(RULED), {"ask": ASK}, (file.encode(),)

    return write


def _form(component: Mapping[str, object], **root: object) -> Callable[[str], Files]:
    def put(value: object, text: str) -> object:
        if isinstance(value, str):
            return value.replace("HERE", text)
        if isinstance(value, dict):
            return {key: put(one, text) for key, one in value.items()}
        return [put(one, text) for one in value] if isinstance(value, list) else value

    def write(text: str) -> Files:
        spec = {"type": "default", "id": "ask", "components": [component], **root}
        return bpmn(one()), {"ask": json.dumps(put(spec, text))}, ()

    return write


def _field(**more: object) -> Callable[[str], Files]:
    return _form({"type": "textfield", "key": "answer", "label": "A", **more})


def _loop(inside: str = "", attributes: str = 'camunda:collection="answer" camunda:elementVariable="unit"') -> str:
    return f"<multiInstanceLoopCharacteristics {attributes}>{inside}</multiInstanceLoopCharacteristics>"


def _caught(definition: str, attributes: str = "") -> str:
    event = f'<intermediateCatchEvent id="e" {attributes}>{definition}</intermediateCatchEvent>'
    return around(task("a"), event, ids="a e")


MESSAGE, KNOWN = '<messageEventDefinition messageRef="m"/>', '<message id="m" name="paid"/>'
CONDITION = "<conditionalEventDefinition><condition>HERE</condition></conditionalEventDefinition>"
BORDER = around(task("a"), f'<boundaryEvent id="e" attachedToRef="a">{CONDITION}</boundaryEvent>', ids="a")
BESIDE = """<subProcess id="s" triggeredByEvent="true"><startEvent id="s1">{}</startEvent><endEvent id="s2"/>
    <sequenceFlow id="s3" sourceRef="s1" targetRef="s2"/></subProcess>"""
ROWS = {"type": "table", "id": "t", "label": "T", "columns": [{"key": "k", "label": "K"}]}
SHEET = {"title": "T", "source": {"activity": "a"}, "columns": [{"label": "L", "value": "answer"}]}

#: where an expression is evaluated: whatever is none of the language must be an error of lint
EVALUATED: Mapping[str, Callable[[str], Files]] = {
    "condition of a flow": _diagram(around(task("a"), FORKED, ids="a g") + flow("g", "a", "HERE")),
    "condition of a flow in ${}": _diagram(around(task("a"), FORKED, ids="a g") + flow("g", "a", "${HERE}")),
    "title": _diagram(one(), process='alur:title="HERE"'),
    "case key": _diagram(one(), process='alur:caseKey="HERE"'),
    "confidential": _diagram(one(), process='alur:confidential="HERE"'),
    "duration": _diagram(timed("<timeDuration>HERE</timeDuration>")),
    "duration in ${}": _diagram(timed("<timeDuration>${HERE}</timeDuration>")),
    "date": _diagram(timed("<timeDate>HERE</timeDate>")),
    "date in ${}": _diagram(timed("<timeDate>${HERE}</timeDate>")),
    "repetition": _diagram(timed("<timeCycle>HERE</timeCycle>")),
    "repetition in ${}": _diagram(timed("<timeCycle>${HERE}</timeCycle>")),
    "interval of a repetition": _diagram(timed("<timeCycle>R3/HERE</timeCycle>")),
    "timer between steps": _diagram(
        _caught("<timerEventDefinition><timeDuration>${HERE}</timeDuration></timerEventDefinition>")
    ),
    "timer of an event sub-process": _diagram(
        one() + BESIDE.format("<timerEventDefinition><timeDuration>${HERE}</timeDuration></timerEventDefinition>")
    ),
    "script": _diagram(around('<scriptTask id="x"><script>HERE</script></scriptTask>', ids="x")),
    "value in a script": _diagram(around('<scriptTask id="x"><script>y = HERE</script></scriptTask>', ids="x")),
    "second line of a script": _diagram(
        around('<scriptTask id="x"><script>y = 1\nz = HERE</script></scriptTask>', ids="x")
    ),
    "input of a connector": _diagram(
        SERVICE.format('<camunda:inputParameter name="n">${HERE}</camunda:inputParameter>')
    ),
    "output of a connector": _diagram(
        SERVICE.format('<camunda:outputParameter name="n">${HERE}</camunda:outputParameter>')
    ),
    "correlation key of a catch": _diagram(_caught(MESSAGE, 'alur:correlationKey="HERE"'), before=KNOWN),
    "correlation key of a receive task": _diagram(
        around(task("a"), '<receiveTask id="x" messageRef="m" alur:correlationKey="${HERE}"/>', ids="a x"), before=KNOWN
    ),
    "correlation key of a send task": _diagram(
        around(task("a"), '<sendTask id="x" messageRef="m" alur:correlationKey="HERE"/>', ids="a x"), before=KNOWN
    ),
    "what a message carries": _diagram(
        around(task("a"), '<sendTask id="x" messageRef="m" alur:carries="HERE"/>', ids="a x"), before=KNOWN
    ),
    "condition of a loop": _diagram(
        one("<standardLoopCharacteristics><loopCondition>HERE</loopCondition></standardLoopCharacteristics>")
    ),
    "completion condition": _diagram(one(_loop("<completionCondition>HERE</completionCondition>"))),
    "collection": _diagram(one(_loop(attributes='camunda:collection="HERE" camunda:elementVariable="unit"'))),
    "collection in ${}": _diagram(one(_loop(attributes='camunda:collection="${HERE}" camunda:elementVariable="u"'))),
    "data input of a loop": _diagram(
        one(_loop('<loopDataInputRef>HERE</loopDataInputRef><inputDataItem id="u"/>', attributes=""))
    ),
    "number of instances": _diagram(one(_loop("<loopCardinality>HERE</loopCardinality>", attributes=""))),
    "collection of a sub-process": _diagram(
        around(
            task("b"),
            sub("s", one(), _loop(attributes='camunda:collection="HERE" camunda:elementVariable="u"')),
            ids="b s",
        )
    ),
    "conditional event": _diagram(_caught(CONDITION)),
    "conditional event on a border": _diagram(BORDER + '<endEvent id="f"/>' + chain("e", "f")),
    "conditional start of an event sub-process": _diagram(one() + BESIDE.format(CONDITION)),
    "candidate groups": _diagram(one("", 'camunda:formKey="ask" camunda:candidateGroups="${HERE}"')),
    "candidate users": _diagram(one("", 'camunda:formKey="ask" camunda:candidateUsers="${HERE}"')),
    "assignee": _diagram(one("", 'camunda:formKey="ask" camunda:assignee="${HERE}"')),
    "priority": _diagram(one("", 'camunda:formKey="ask" camunda:priority="${HERE}"')),
    "input of a decision table": _decision(input="HERE"),
    "cell": _decision(test="HERE"),
    "comparison in a cell": _decision(test=">= HERE"),
    "range in a cell": _decision(test="[1..HERE]"),
    "one of several in a cell": _decision(test="1, HERE"),
    "negated cell": _decision(test="not(HERE)"),
    "answer of a decision table": _decision(answer="HERE"),
    "computed field": _field(properties={"compute": "=HERE"}),
    "computed field without =": _field(properties={"compute": "HERE"}),
    "hidden field": _field(conditional={"hide": "=HERE"}),
    "default": _field(defaultValue="=HERE"),
    "rows of a table": _form({**ROWS, "dataSource": "=HERE"}),
    "column of a table": _form(
        {**ROWS, "dataSource": "=[]", "columns": [{"key": "k", "label": "K", "compute": "=HERE"}]}
    ),
    "source of a field": _field(readonly=True, properties={"source": {"activity": "HERE", "field": "x"}}),
    "source of a field in one": _field(readonly=True, properties={"source": "HERE"}),
    "field of a source": _field(readonly=True, properties={"source": {"activity": "a", "field": "HERE"}}),
    "title of a workbook": _form(
        {"type": "textfield", "key": "answer", "label": "A"}, workbook={**SHEET, "title": "=HERE"}
    ),
    "label in a workbook": _form(
        {"type": "textfield", "key": "answer", "label": "A"},
        workbook={**SHEET, "columns": [{"label": "=HERE", "value": "answer"}]},
    ),
    "value in a workbook": _form(
        {"type": "textfield", "key": "answer", "label": "A"},
        workbook={**SHEET, "columns": [{"label": "L", "value": "=HERE"}]},
    ),
}  # fmt: skip

#: where a plain text or name stands: it may be anything, and is never evaluated
NAMES: Mapping[str, Callable[[str], Files]] = {
    "name of a task": _diagram(one().replace("Task a", "HERE")),
    "documentation": _diagram(one("<documentation>HERE</documentation>")),
    "candidate groups as they are": _diagram(one("", 'camunda:formKey="ask" camunda:candidateGroups="HERE"')),
    "starters": _diagram(one(), process='alur:starters="HERE"'),
    "literal input of a connector": _diagram(
        SERVICE.format('<camunda:inputParameter name="n">HERE</camunda:inputParameter>')
    ),
    "name of an output": _diagram(SERVICE.format('<camunda:outputParameter name="HERE">1</camunda:outputParameter>')),
    "name of a message": _diagram(_caught(MESSAGE), before='<message id="m" name="HERE"/>'),
    "name of a signal": _diagram(
        _caught('<signalEventDefinition signalRef="m"/>'), before='<signal id="m" name="HERE"/>'
    ),
    "code of an error": _diagram(
        one().replace('<endEvent id="end"/>', '<endEvent id="end"><errorEventDefinition errorRef="m"/></endEvent>'),
        before='<error id="m" errorCode="HERE"/>',
    ),
    "name of a link": _diagram(_caught('<linkEventDefinition name="HERE"/>')),
    "topic": _diagram(around(task("a"), '<serviceTask id="x" camunda:topic="HERE"/>', ids="a x")),
    "decision": _diagram(around(task("a"), '<businessRuleTask id="x" camunda:decisionRef="HERE"/>', ids="a x")),
    "result variable": _diagram(
        around(task("a"), '<businessRuleTask id="x" camunda:decisionRef="d" camunda:resultVariable="HERE"/>', ids="a x")
    ),
    "form key": _diagram(one("", 'camunda:formKey="HERE" camunda:candidateGroups="clerk"')),
    "calendar": _diagram(one(), process='alur:calendar="HERE"'),
    "item of a loop": _diagram(one(_loop(attributes='camunda:collection="answer" camunda:elementVariable="HERE"'))),
    "most rounds": _diagram(one('<standardLoopCharacteristics loopMaximum="HERE"/>')),
    "id": _diagram(around(task("HERE"), ids="HERE")),
    "data object": _diagram(one() + '<dataObject id="o" name="HERE"/><dataObjectReference id="r" dataObjectRef="o"/>'),
    "data association": _diagram(
        one(
            '<dataInputAssociation id="i"><sourceRef>o</sourceRef><transformation>HERE</transformation>'
            "<assignment><from>HERE</from><to>HERE</to></assignment></dataInputAssociation>"
        )
        + '<dataObject id="o"/>'
    ),
    "correlation of the standard": _diagram(
        _caught(MESSAGE),
        before=KNOWN + '<correlationProperty id="c" name="c"><correlationPropertyRetrievalExpression messageRef="m">'
        "<messagePath>HERE</messagePath></correlationPropertyRetrievalExpression></correlationProperty>",
    ),
    "script before and after a step": _diagram(
        one(
            '<extensionElements><spiff:preScript xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core">HERE'
            '</spiff:preScript><spiff:postScript xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core">HERE'
            "</spiff:postScript></extensionElements>"
        )
    ),
    "listener": _diagram(
        one(
            '<extensionElements><camunda:taskListener event="create" expression="${HERE}"><camunda:script>HERE'
            "</camunda:script></camunda:taskListener></extensionElements>"
        )
    ),
    "label in a form": _field(description="HERE", properties={"x-note": "HERE"}),
    "literal default": _field(defaultValue="HERE"),
}  # fmt: skip
