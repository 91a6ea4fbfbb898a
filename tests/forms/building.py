"""Small forms for tests, read with the real expression language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from engine import expressions
from forms.definition import parse
from forms.model import Context, Form, Submission
from forms.submission import read

TODAY = date(2026, 7, 1)
THRESHOLDS = ((91, True, "Sangat Tinggi"), (76, True, "Tinggi"), (66, True, "Sedang"), (50, False, "Rendah"))
FUNCTIONS = expressions.office_functions((*THRESHOLDS, (0, True, "Sangat Rendah")), today=TODAY)


def evaluate(text: str, names: Mapping[str, object]) -> object:
    return expressions.evaluate(text, names, FUNCTIONS)


def form_text(*components: dict[str, Any], **top: Any) -> str:
    return json.dumps({"id": "trial", **top, "components": components}, ensure_ascii=False, indent=2) + "\n"


def form_of(*components: dict[str, Any]) -> Form:
    return parse(form_text(*components))


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 7, day, hour, tzinfo=UTC)


def office(**given: Any) -> Context:
    return Context(today=TODAY, **given)


def answer(form: Form, raw: Mapping[str, Any], **context: Any) -> Submission:
    return read(form, raw, office(**context), evaluate)


def rules(submission: Submission) -> dict[str, str]:
    """Path of each problem with the rule it broke."""
    return {problem.path: problem.rule for problem in submission.problems}
