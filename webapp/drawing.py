"""From a task's form to what its page draws, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.db import UnitOfWork
from engine.form_context import evaluator
from forms import submission
from forms.model import Context, Form, Problem

from . import i18n
from .fields import FormView, form_view


def draw(
    uow: UnitOfWork, form: Form, raw: Mapping[str, Any], context: Context, problems: Sequence[Problem] = ()
) -> FormView:
    """The form with computed cells, hidden parts and worded problems, ready for the template."""
    evaluate = evaluator(uow)
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
        translate=i18n.translated,
        language=language,
    )
