"""What was sent with a task: kept once, for ever, its files tied to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from forms import definition
from forms.model import Context, Form

from . import documents
from .db import UnitOfWork
from .form_context import strings_in
from .identity import Entitlement
from .model import SubmissionRow, TaskRow

_SUBMISSIONS: Any = SubmissionRow.__table__
_SUBMIT = insert(_SUBMISSIONS)


def keep(
    uow: UnitOfWork,
    task: TaskRow,
    form: Form,
    context: Context,
    values: Mapping[str, Any],
    entitled: Entitlement,
) -> None:
    """Store the answers of a task and attach the files among them."""
    uow.execute(
        _SUBMIT,
        {
            "instance_id": task.instance_id,
            "task_id": task.id,
            "activity_id": task.activity_id,
            "item": task.item or "",
            "item_label": task.item_label,
            "round": task.round,
            "form_key": task.form_key,
            "values": dict(values),
            "sent_at": uow.now,
            "sent_by": uow.actor.person_id,
            "sent_as": entitled.key,
        },
    )
    attached: dict[str, list[str]] = {}
    for path, field in definition.walk(form):
        if field.type == "filepicker":
            top = path.split(".")[0]
            attached[path] = [text for text in strings_in(values.get(top)) if text in context.files]
    documents.attach(uow, task.id, attached)
