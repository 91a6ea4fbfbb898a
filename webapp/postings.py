"""What a task's form posted: nested answers, files taken in at once, and which button was pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request

from engine import documents
from engine.errors import InvalidInput
from forms import definition
from forms.model import Context, Form, Problem
from forms.raw import apply_row_action, nest, row_action
from webapp import context as web
from webapp.answers import reader_of
from webapp.paste import paste

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Posting:
    """`pairs` are names and values in the order of the page, ids of files just taken in among them."""

    pairs: Pairs
    problems: tuple[Problem, ...] = ()  #: files that were refused

    @property
    def raw(self) -> dict[str, Any]:
        return nest(self.pairs)

    @property
    def button(self) -> str:
        """Which of the page's own buttons was pressed: its name, or "" for sending."""
        names = {name for name, _ in self.pairs}
        return next((name for name in BUTTONS if name in names), "")


#: the page's own buttons, the pressed one first where a browser without a script sends several
BUTTONS = ("_add", "_copy", "_remove", "_remove_file", "_paste", "_draft")


def posted() -> Pairs:
    """Names and values of this request, without what belongs to the page's safety."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def window() -> tuple[str, datetime | None]:
    """Which window posts, and which draft it began with: texts that the page carries."""
    try:
        seen = datetime.fromisoformat(request.form.get("_seen", ""))
    except ValueError:
        seen = None
    return request.form.get("_window", "")[:40], seen if seen is not None and seen.tzinfo else None


def take(task_id: int, form: Form) -> Posting:
    """Read the request; a file that came with it becomes a draft document at once, so that no answer is lost."""
    pairs = posted()
    problems: list[Problem] = []
    for name, storage in request.files.items(multi=True):
        if not storage.filename:
            continue
        path = name.replace("-", ".")
        field = definition.at(form, path)
        if field is None or field.type != "filepicker":
            continue
        try:
            with web.writing() as uow:
                document = documents.upload(
                    uow, task_id, path, storage.filename, storage.stream.read(), accept=field.accept
                )
        except InvalidInput as error:
            problems.append(Problem(path, "file", error.message, error.params, field.label))
            continue
        if not field.multiple:
            pairs = [pair for pair in pairs if pair[0] != name]
        pairs.append((name, document.id))
    return Posting(pairs, tuple(problems))


@dataclass(frozen=True, slots=True)
class Changed:
    """Answers after one of the page's own buttons, and where to look next."""

    raw: dict[str, Any]
    anchor: str = ""
    pasted: int | None = None


def press(posting: Posting, form: Form, context: Context, language: str) -> Changed:
    """Do what the pressed button says to the answers; saving is the caller's."""
    raw = posting.raw
    action = row_action(posting.pairs)
    if action is not None:
        path = action[1].split(":")[0]
        return Changed(apply_row_action(form, raw, action), anchor=f"f-{path}")
    values = dict(posting.pairs)
    if "_remove_file" in values:
        path, _, document_id = values["_remove_file"].rpartition(":")
        return Changed(without_file(raw, path.split("."), document_id), anchor=f"f-{path.replace('.', '-')}")
    if "_paste" in values:
        path = values["_paste"]
        rows = definition.at(form, path)
        if rows is not None and rows.type == "dynamiclist":
            before = raw.get(path)
            filled, taken = paste(
                rows,
                before if isinstance(before, list) else [],
                values.get(f"_tsv-{path}", ""),
                reader_of(context, language),
            )
            return Changed({**raw, path: filled}, anchor=f"f-{path}", pasted=taken)
    return Changed(raw)


def without_file(raw: Mapping[str, Any], path: Sequence[str], document_id: str) -> dict[str, Any]:
    """The answers without one document at a path; unchanged where there is none."""
    head, *rest = path
    result = dict(raw)
    value = result.get(head)
    if not rest:
        result[head] = [one for one in (value if isinstance(value, list) else [value]) if one and one != document_id]
    elif isinstance(value, list) and rest[0].isdigit() and int(rest[0]) < len(value):
        index = int(rest[0])
        if isinstance(value[index], Mapping):
            result[head] = [*value[:index], without_file(value[index], rest[1:], document_id), *value[index + 1 :]]
    return result
