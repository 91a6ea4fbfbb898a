"""What is wrong with a diagram is said in the language of the page, down to the reason inside the sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from engine.checking import check
from engine.diagram.decisions import read_decisions
from engine.errors import DiagramProblem, DurationError, ExpressionError, InvalidDiagram, Said
from engine.expressions import check as check_expression
from engine.expressions import evaluate
from engine.worktime import parse_duration
from tests.engine import test_expressions
from tests.engine.diagram import test_decisions, test_lint
from tests.engine.diagram.building import around, bpmn, chain, flow, task
from tests.forms import test_definition
from tests.test_translations import CATALOG, PLACE
from webapp import i18n

ENGLISH = re.compile(r"\b(the|can't|isn't|there|must|needs|this|longer|nothing)\b")
BROKEN_XML = (b"<a><b></a>", b"hello", b"<a/><b/>", b"<a><b>", b"<a>&x;</a>", b"", b"\xff\xfe<")


def given(test: Any) -> list[tuple[Any, ...]]:
    """What a test is given, one tuple for each time it runs."""
    (mark,) = [mark for mark in test.pytestmark if mark.name == "parametrize"]
    return [case if isinstance(case, tuple) else (case,) for case in mark.args[1]]


def findings() -> Iterator[DiagramProblem]:
    """Everything that is wrong with the broken diagrams, tables and forms of the engine's own tests."""
    bodies = [body for _, body in given(test_lint.test_each_fault_is_named_with_its_remedy)]
    for xml in (*(bpmn(body) for body in bodies), *BROKEN_XML):
        try:
            yield from check(xml, {}, positions=()).problems
        except InvalidDiagram as error:
            yield from error.problems
    for (table,) in given(test_decisions.test_what_can_not_be_evaluated_is_refused):
        with pytest.raises(InvalidDiagram) as refused:
            read_decisions(table)
        yield from refused.value.problems
    components = [one for one, _ in given(test_definition.test_what_we_would_not_honour_is_refused_at_its_field)]
    for form in (*({"type": "default", "id": "ask", "components": [one]} for one in components), {"components": 1}):
        yield from check(bpmn(test_lint.GOOD), {"ask": json.dumps(form)}, positions=None).problems


def reasons() -> Iterator[Said]:
    """Why expressions and durations are refused, while they are read and while they are worked out."""
    texts = [
        *test_expressions.ESCAPES,
        *(text for text, _ in given(test_expressions.test_a_failure_names_what_was_wrong)),
    ]
    for text in (*texts, *test_expressions.BOMBS, "amount => 1", "a dan b", "a b", "(a", "a)", "a >", "a > 10,5", "=a"):
        try:
            evaluate(text, test_expressions.CASE)
        except ExpressionError as error:
            yield error.reason
    for time in ("P1M", "P1Y", "P1W", "P1.5D", "PT1.5H3M", "P4000D", "soon", "x" * 80):
        with pytest.raises(DurationError) as refused:
            parse_duration(time, working=True)
        yield refused.value.reason


def inside(said: Said) -> Iterator[Said | str]:
    """A sentence, the sentences within it, and whatever else fills their places."""
    yield said
    for value in said.params.values():
        if isinstance(value, Said):
            yield from inside(value)
        else:
            yield str(value)


def test_no_finding_says_anything_in_english_on_an_indonesian_page(app: Flask) -> None:
    with CATALOG.open("rb") as file:
        catalog = read_po(file, locale="id")
    told = [Said(text, p.params) for p in findings() for text in (p.message, p.remedy)] + list(reasons())
    assert len(told) > 400
    sentences = {piece for m in catalog for piece in PLACE.split(str(m.id)) if piece.count(" ") > 1}
    english = set()
    for part in {str(part): part for said in told for part in inside(said)}.values():
        if isinstance(part, str):
            english |= {part} if ENGLISH.search(part) or any(one in part for one in sentences) else set()
        elif re.search(r"[a-z]{2}", PLACE.sub("", part.message)) and part.message not in catalog:
            english.add(part.message)
    assert not english
    with app.test_request_context("/"):
        words = [i18n.translated(said.message, said.params) for said in told]
    assert not [text for text in words if ENGLISH.search(text)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("jumlah = 10", "“=” (karakter ke-8) tidak dikenal di sini; tulis =="),
        ("jumlah > 10 dan sah", "“dan” (karakter ke-13) tidak dikenal di sini; tulis and"),
        ("(jumlah > 10", "“(” (karakter ke-1) belum ditutup"),
        ("sifat == 'rahasia", "tanda petik pada karakter ke-10 belum ditutup"),
        ("jumlah >", "masih ada yang kurang setelah “>” di akhir"),
        ("jumlah besar", "antara jumlah dan besar (karakter ke-8) kurang satu tanda"),
        ("jumlah > 10,5", "ada koma di antara dua nilai; desimal ditulis dengan titik: 10.5"),
        ("hitung(jumlah)", "tidak ada fungsi “hitung”"),
    ],
)
def test_a_faulty_condition_is_explained_in_office_words_and_says_where(app: Flask, text: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        check_expression(text)
    with app.test_request_context("/"):
        assert i18n.translated("%(reason)s", {"reason": refused.value.reason}) == reason


def test_a_finding_as_text_is_english() -> None:
    body = around(test_lint.XOR, task("a"), ids="g") + flow("g", "a", "answer = 1") + chain("a", "end")
    (problem,) = [p for p in check(bpmn(body), {}, positions=None).problems if p.rule == "bad-expression"]
    assert "can't be used: “=” (character 8) isn't known here; write ==. Write answer == 1." in problem.text()
