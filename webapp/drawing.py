"""From a form and its answers to what a page draws, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import documents
from engine.db import UnitOfWork
from engine.form_context import Evaluate
from engine.people import positions
from engine.task_page import SubmissionView
from forms import submission
from forms.model import Context, Form, Problem
from webapp import i18n
from webapp.answers import Answer, Reader, answers
from webapp.fields import FormView, form_view


def draw(
    form: Form,
    raw: Mapping[str, Any],
    context: Context,
    evaluate: Evaluate,
    problems: Sequence[Problem] = (),
    *,
    reading: bool = False,
) -> FormView:
    """The form with computed cells, hidden parts and worded problems, ready for the template."""
    language = i18n.code()
    fresh = submission.refresh(form, raw, context, evaluate, decimal="," if language == "id" else ".")
    return form_view(
        form,
        fresh.raw,
        context,
        values=fresh.values,
        computed=fresh.computed,
        hidden=fresh.hidden,
        problems=problems,
        table_rows=lambda table: submission.table_rows(table, context, evaluate, fresh.values),
        table_notes=lambda table, rows: submission.table_notes(
            table, rows, context, evaluate, fresh.values, language=language
        ),
        translate=i18n.translated,
        language=language,
        reading=reading,
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """What one person sent, with its answers ready for reading."""

    view: SubmissionView
    answers: tuple[Answer, ...]


def submissions(uow: UnitOfWork, instance_id: int, sent: Sequence[SubmissionView]) -> tuple[Sent, ...]:
    """Answers of a case that the caller has made sure the person may read."""
    reader = Reader(i18n.code(), positions.choices(uow), documents.files_of_case(uow, instance_id))
    return tuple(Sent(view, answers(view.form, view.values, reader) if view.form else ()) for view in sent)
