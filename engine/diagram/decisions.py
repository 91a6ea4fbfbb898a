"""Decision tables (DMN): read safely, judged cell by cell, evaluated with the one expression language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.diagram.xml import parse, plain, refuse, text_of
from engine.errors import N_, DiagramProblem, ExpressionError, InvalidDiagram
from engine.expressions import Function, check, evaluate, names_in

POLICIES = frozenset({"UNIQUE", "FIRST", "ANY", "COLLECT"})
TOTALS = {"SUM": "sum(cells)", "MIN": "min(cells)", "MAX": "max(cells)", "COUNT": "len(cells)"}
WORDS = {"true": "True", "false": "False", "null": "None"}
RANGE = re.compile(r"(?P<left>[\[\](])\s*(?P<low>.+?)\s*\.\.\s*(?P<high>.+?)\s*(?P<right>[\[\])])", re.DOTALL)
COMPARED = re.compile(r"(?P<sign><=|>=|<|>|!=|=)\s*(?P<to>.+)", re.DOTALL)
CELL = "cell"  #: stands for the value of the column in what a cell is turned into
MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Rule:
    tests: tuple[str | None, ...]  #: for each input an expression over `cell`; None: anything
    answers: tuple[str, ...]  #: for each output an expression; empty: nothing


@dataclass(frozen=True, slots=True)
class Decision:
    key: str
    name: str
    policy: str
    total: str | None  #: what COLLECT makes of the answers: SUM | MIN | MAX | COUNT
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]  #: their names
    rules: tuple[Rule, ...]

    @property
    def names(self) -> frozenset[str]:
        """The variables that the table looks at."""
        texts = [*self.inputs, *(t for r in self.rules for t in (*r.tests, *r.answers) if t)]
        return frozenset().union(*(names_in(text) for text in texts)) - {CELL}

    @property
    def single(self) -> bool:
        """Whether the answer is one value and not a list."""
        return self.policy != "COLLECT" or self.total is not None


def read_decisions(xml: bytes) -> dict[str, Decision]:
    """The decision tables of a DMN file by id. Raises InvalidDiagram naming the cell at fault."""
    root = parse(xml, kind="DMN")
    found = {}
    problems: list[DiagramProblem] = []
    for element in _all(root, "decision"):
        key = plain(element, "id") or ""
        try:
            found[key] = _decision(key, element)
        except InvalidDiagram as error:
            problems += error.problems
    if problems:
        raise InvalidDiagram(problems)
    return found


def decide(decision: Decision, names: Mapping[str, object], functions: Mapping[str, Function] | None = None) -> object:
    """What the table says: a value, or a record where it has several outputs; of COLLECT a list, unless it totals.

    None where no rule fits. Raises ExpressionError when a cell fails, or when the hit policy is broken.
    """
    values = [evaluate(text, names, functions) for text in decision.inputs]
    hits: list[object] = []
    for rule in decision.rules:
        if not _fits(rule, values, names, functions):
            continue
        cells = [evaluate(text, names, functions) if text else None for text in rule.answers]
        hits.append(cells[0] if len(cells) == 1 else dict(zip(decision.outputs, cells, strict=True)))
        if decision.policy == "FIRST":
            break
    if decision.policy == "COLLECT":
        if decision.total is None:
            return hits
        return evaluate(TOTALS[decision.total], {"cells": hits}) if hits or decision.total == "COUNT" else None
    if decision.policy == "UNIQUE" and len(hits) > 1:
        raise ExpressionError(
            decision.key, N_("%(count)s rules of the table fit, though only one may"), count=len(hits)
        )
    if any(hit != hits[0] for hit in hits):
        raise ExpressionError(decision.key, N_("the rules that fit give different answers"))
    return hits[0] if hits else None


def answered(decision: Decision, answer: object, variable: str | None) -> dict[str, object]:
    """The variables an answer sets: the named one, else one for each output."""
    if variable:
        return {variable: answer}
    if isinstance(answer, dict):
        return answer
    if len(decision.outputs) == 1:
        return {decision.outputs[0]: answer}
    return dict.fromkeys(decision.outputs) if answer is None else {}


def _fits(
    rule: Rule, values: list[object], names: Mapping[str, object], functions: Mapping[str, Function] | None
) -> bool:
    for test, value in zip(rule.tests, values, strict=True):
        if test is not None and not evaluate(test, {**names, CELL: value}, functions):
            return False
    return True


# -- reading ---------------------------------------------------------------------------------------------------------


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children by local name: the namespace of DMN changes with every version."""
    return (c for c in element if isinstance(c.tag, str) and etree.QName(c).localname == name)


def _one(element: etree._Element, name: str) -> etree._Element | None:
    return next(_all(element, name), None)


def _decision(key: str, element: etree._Element) -> Decision:
    table = _one(element, "decisionTable")
    if table is None:
        raise _faulty(key, N_("It is no decision table."), N_("Only tables are evaluated: draw the decision as one."))
    policy = (table.get("hitPolicy") or "UNIQUE").upper()
    total = (table.get("aggregation") or "").upper() or None
    if policy not in POLICIES or (total and (policy != "COLLECT" or total not in TOTALS)):
        raise _faulty(
            key,
            N_("The hit policy “%(policy)s” is not evaluated."),
            N_("Use UNIQUE, FIRST, ANY or COLLECT."),
            policy=f"{policy} {total or ''}".strip(),
        )
    inputs = tuple(text_of(_one(i, "inputExpression")) for i in _all(table, "input"))
    outputs = tuple(plain(o, "name") or plain(o, "label") or "" for o in _all(table, "output"))
    if not outputs or (len(outputs) > 1 and not all(name.isidentifier() for name in outputs)):
        raise _faulty(key, N_("An output of the table has no name."), N_("Name each output like a variable."))
    if total and len(outputs) > 1:
        raise _faulty(key, N_("A table that totals can have one output only."), N_("Make it two tables."))
    for text in inputs:
        _checked(key, text, text)
    rules = []
    for number, row in enumerate(_all(table, "rule"), start=1):
        if number * (len(inputs) + len(outputs)) > MOST_CELLS:
            raise _faulty(key, N_("The table has too many cells."), N_("Split it into several tables."))
        tests = tuple(_test(key, text_of(cell)) for cell in _all(row, "inputEntry"))
        answers = tuple(_answer(key, text_of(cell)) for cell in _all(row, "outputEntry"))
        if len(tests) != len(inputs) or len(answers) != len(outputs):
            raise _faulty(
                key,
                N_("Rule %(number)s has not as many cells as the table has columns."),
                N_("Open the table in a modeler and save it again."),
                number=number,
            )
        rules.append(Rule(tests, answers))
    return Decision(key, plain(element, "name") or key, policy, total, inputs, outputs, tuple(rules))


def _faulty(key: str, message: str, remedy: str, **params: object) -> InvalidDiagram:
    return refuse("bad-decision", message, remedy, element=key or None, **params)


def _checked(key: str, text: str, shown: str) -> str:
    try:
        check(text)
    except ExpressionError as error:
        raise _faulty(
            key,
            N_("The cell “%(text)s” can't be used: %(reason)s."),
            N_('Write a value such as "A" or 5, a comparison such as >= 10, a range such as [1..5], or -.'),
            text=shown[:120],
            reason=error.reason,
        ) from None
    return text


def _answer(key: str, text: str) -> str:
    text = text.strip()
    return _checked(key, WORDS.get(text, text), text) if text and text != "-" else ""


def _test(key: str, text: str) -> str | None:
    """A cell of an input column as an expression over `cell`; None for one that takes anything."""
    text = text.strip()
    if text in ("", "-"):
        return None
    if not all(part.strip() for part in _parts(text)):
        _checked(key, "", text)
    return _checked(key, _turned(text), text)


def _turned(text: str) -> str:
    if text.startswith("not(") and text.endswith(")"):
        return f"not ({_turned(text[4:-1])})"
    return " or ".join(f"({_single(part.strip())})" for part in _parts(text))


def _single(text: str) -> str:
    if span := RANGE.fullmatch(text):
        low = ">" if span["left"] in "](" else ">="
        high = "<" if span["right"] in "[)" else "<="
        return f"{CELL} != None and {CELL} {low} ({span['low']}) and {CELL} {high} ({span['high']})"
    if compared := COMPARED.fullmatch(text):
        if compared["sign"] in ("=", "!="):
            return f"{CELL} {'==' if compared['sign'] == '=' else '!='} ({WORDS.get(compared['to'], compared['to'])})"
        return f"{CELL} != None and {CELL} {compared['sign']} ({compared['to']})"
    if re.search(r"\?", text):
        return re.sub(r"\?", CELL, text)
    return f"{CELL} == ({WORDS.get(text, text)})"


def _parts(text: str) -> Iterator[str]:
    """The alternatives of a cell: split at commas outside of quotes and brackets."""
    part, depth, quote = "", 0, ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == "," and depth <= 0:
            yield part
            part = ""
            continue
        part += c
    yield part
