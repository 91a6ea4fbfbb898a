"""Files people hand in: kept by content, drafts at first, tied to their task when it is sent."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from forms.model import File

from . import filekinds, history, performers
from .db import UnitOfWork
from .errors import N_, CaseNotActive, InvalidInput, NotAllowed, NotFound, TaskNotOpen
from .model import BlobRow, CaseState, DocumentRow, InstanceRow, PersonRow, TaskRow
from .reading import readable

LARGEST = 20 * 1024 * 1024  #: bytes of one file
MOST_DRAFTS = 300  #: of one task, so that nobody fills the disk
ABANDONED_AFTER = timedelta(days=2)


class DocumentState(StrEnum):
    DRAFT = "draft"  #: uploaded, its form not sent yet
    ATTACHED = "attached"
    ABANDONED = "abandoned"  #: taken away before its form was sent; swept soon


_ROWS: Any = DocumentRow.__table__
_SENT = select(_ROWS.c.id, _ROWS.c.name, _ROWS.c.size, _ROWS.c.media_type).where(
    _ROWS.c.instance_id == bindparam("case"), _ROWS.c.state == DocumentState.ATTACHED
)


@dataclass(frozen=True, slots=True)
class DocumentView:
    id: str
    name: str
    media_type: str  #: found by looking into the content
    size: int  #: bytes
    uploaded_at: datetime
    uploaded_by_name: str
    field: str
    task_id: int | None
    activity_name: str
    instance_id: int
    activity_id: str = ""
    item_label: str = ""
    draft: bool = False


def upload(
    uow: UnitOfWork, task_id: int, field: str, filename: str, content: bytes, accept: Sequence[str] = ()
) -> DocumentView:
    """Keep a file as a draft of a task the actor may work on.

    Raises InvalidInput on `file` for one that is too large, of a kind not taken or not what its name says; NotAllowed,
    TaskNotOpen, CaseNotActive.
    """
    task = _workable(uow, task_id)
    person_id = uow.actor.person_id
    assert person_id is not None
    if len(content) > LARGEST:
        raise InvalidInput(
            "file",
            N_("“%(name)s” is larger than %(most)s MB. Make it smaller or split it."),
            name=filekinds.clean_name(filename),
            most=LARGEST // 1024 // 1024,
        )
    name, media_type = filekinds.checked(filename, content, accept)
    drafts = select(func.count()).where(DocumentRow.task_id == task_id, DocumentRow.state == DocumentState.DRAFT)
    if (uow.session.scalar(drafts) or 0) >= MOST_DRAFTS:
        raise InvalidInput("file", N_("This task holds %(most)s files already. Remove some first."), most=MOST_DRAFTS)
    digest = hashlib.sha256(content).hexdigest()
    _keep_blob(uow, digest, content)
    row = DocumentRow(
        id=secrets.token_hex(16),
        digest=digest,
        name=name,
        media_type=media_type,
        size=len(content),
        state=DocumentState.DRAFT,
        instance_id=task.instance_id,
        task_id=task_id,
        field=field[:200],
        uploaded_by=person_id,
        uploaded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.seen.pop(("files", task_id), None)
    return _view(row, task, uow.actor.name)


def open_document(uow: UnitOfWork, id: str) -> tuple[DocumentView, bytes]:
    """A document with its content, for readers of its case; a draft for its uploader and whoever has the task now.

    Raises NotFound for everybody else: an address tells nothing.
    """
    found = uow.session.execute(
        select(DocumentRow, TaskRow, PersonRow.name)
        .outerjoin(TaskRow, TaskRow.id == DocumentRow.task_id)
        .join(PersonRow, PersonRow.id == DocumentRow.uploaded_by)
        .where(DocumentRow.id == id)
    ).first()
    if found is None:
        raise NotFound("document", id)
    row, task, uploader = found
    if not (_may_open_draft(uow, row, task) if row.state == DocumentState.DRAFT else _may_open(uow, row)):
        raise NotFound("document", id)
    content = uow.session.scalar(select(BlobRow.content).where(BlobRow.digest == row.digest))
    if content is None:
        raise NotFound("document", id)
    return _view(row, task, uploader), content


def attach(uow: UnitOfWork, task_id: int, ids: Mapping[str, Sequence[str]]) -> None:
    """Tie the drafts that a sent form names to their task; drafts it no longer names are abandoned.

    `ids` are document ids by field path. Those attached by an earlier round stay as they are.
    """
    if uow.seen.get(("files", task_id)) == ():
        return
    fields = {id: path for path, named in ids.items() for id in named}
    drafts = uow.session.scalars(
        select(DocumentRow)
        .where(DocumentRow.task_id == task_id, DocumentRow.state == DocumentState.DRAFT)
        .with_for_update()
    )
    task = uow.session.get_one(TaskRow, task_id)
    for row in drafts:
        if row.id not in fields:
            row.state = DocumentState.ABANDONED
            continue
        row.state = DocumentState.ATTACHED
        row.field = row.field or fields[row.id][:200]
        history.record(
            uow,
            "document.attached",
            instance_id=row.instance_id,
            task_id=task_id,
            activity_id=task.activity_id,
            entitled_by=uow.actor.holding(task.completed_as or task.assigned_as),
            document=row.id,
            name=row.name,
            size=row.size,
            digest=row.digest,
        )
    uow.session.flush()


def of_case(uow: UnitOfWork, instance_id: int) -> tuple[DocumentView, ...]:
    """All documents sent with the tasks of a case the actor may read, oldest first."""
    if uow.session.scalar(select(InstanceRow.id).where(InstanceRow.id == instance_id, readable(uow))) is None:
        raise NotFound("case", instance_id)
    rows = uow.session.execute(
        select(DocumentRow, TaskRow, PersonRow.name)
        .outerjoin(TaskRow, TaskRow.id == DocumentRow.task_id)
        .join(PersonRow, PersonRow.id == DocumentRow.uploaded_by)
        .where(DocumentRow.instance_id == instance_id, DocumentRow.state == DocumentState.ATTACHED)
        .order_by(DocumentRow.uploaded_at, DocumentRow.name)
    )
    return tuple(_view(row, task, uploader) for row, task, uploader in rows)


def files_of_case(uow: UnitOfWork, instance_id: int) -> dict[str, File]:
    """Every document sent in a case as forms see it, by id. The caller has checked the right to see them."""
    return {
        row.id: File(row.id, row.name, row.size, row.media_type) for row in uow.execute(_SENT, {"case": instance_id})
    }


def drafts_of_task(uow: UnitOfWork, task_id: int) -> dict[str, File]:
    """The files waiting to be sent with a task, by id: whoever uploaded them, since a task may change hands."""
    if uow.seen.get(("files", task_id)) == ():
        return {}
    rows = uow.session.scalars(
        select(DocumentRow).where(DocumentRow.task_id == task_id, DocumentRow.state == DocumentState.DRAFT)
    )
    return {row.id: _file(row) for row in rows}


def remove_draft(uow: UnitOfWork, id: str) -> None:
    """Take a draft away again; NotFound for what was sent or is somebody else's. Removing twice is no error."""
    row = uow.session.get(DocumentRow, id)
    task = uow.session.get(TaskRow, row.task_id) if row is not None and row.task_id is not None else None
    if row is None or row.state == DocumentState.ATTACHED or not _may_open_draft(uow, row, task):
        raise NotFound("document", id)
    row.state = DocumentState.ABANDONED
    uow.session.flush()


def sweep(uow: UnitOfWork) -> int:
    """Abandon forgotten drafts and delete what is abandoned, with contents nobody names; returns how many rows went.

    A draft is forgotten two real days after its upload if its task has ended or its saved answers don't name it.
    """
    forgotten = uow.real_now - ABANDONED_AFTER
    drafts = uow.session.execute(
        select(DocumentRow, TaskRow)
        .outerjoin(TaskRow, TaskRow.id == DocumentRow.task_id)
        .where(DocumentRow.state == DocumentState.DRAFT, DocumentRow.uploaded_at < forgotten)
        .with_for_update(of=DocumentRow, skip_locked=True)
    )
    for row, task in drafts:
        if task is None or not task.open or not _names(task.draft, row.id):
            row.state = DocumentState.ABANDONED
    uow.session.flush()
    # What another worker sweeps already is left to it.
    abandoned = select(DocumentRow).where(DocumentRow.state == DocumentState.ABANDONED)
    gone = uow.session.scalars(abandoned.with_for_update(skip_locked=True)).all()
    for row in gone:
        uow.session.delete(row)
    uow.session.flush()
    # Locked first and looked at again: an upload of the same content may have named the blob in between.
    unnamed = ~exists().where(DocumentRow.digest == BlobRow.digest)
    orphans = uow.session.scalars(select(BlobRow.digest).where(unnamed).with_for_update(skip_locked=True)).all()
    if orphans:
        uow.session.execute(
            delete(BlobRow).where(BlobRow.digest.in_(orphans), unnamed).execution_options(synchronize_session=False)
        )
    return len(gone)


def _workable(uow: UnitOfWork, task_id: int) -> TaskRow:
    task = uow.session.get(TaskRow, task_id)
    if task is None or uow.actor.person_id is None:
        raise NotFound("task", task_id)
    if performers.working_entitlement(uow, task) is None:
        raise NotAllowed(uow.actor.name, f"work on task {task_id}")
    if not task.open:
        raise TaskNotOpen(task_id, task.state, by_actor=task.completed_by == uow.actor.person_id)
    instance = uow.session.get_one(InstanceRow, task.instance_id)
    if instance.state != CaseState.ACTIVE:
        raise CaseNotActive(instance.id, instance.state)
    return task


def _may_open_draft(uow: UnitOfWork, row: DocumentRow, task: TaskRow | None) -> bool:
    if uow.actor.person_id is None:
        return False
    if row.uploaded_by == uow.actor.person_id:
        return True
    return task is not None and task.open and performers.working_entitlement(uow, task) is not None


def _may_open(uow: UnitOfWork, row: DocumentRow) -> bool:
    if uow.actor.person_id is None and not uow.actor.system:
        return False
    # A person a superior chose may stand outside the positions that take part, and still needs the papers.
    chosen = exists().where(TaskRow.instance_id == InstanceRow.id, TaskRow.assignee_id == uow.actor.person_id)
    mine = select(InstanceRow.id).where(InstanceRow.id == row.instance_id, or_(readable(uow), chosen))
    return row.state == DocumentState.ATTACHED and uow.session.scalar(mine) is not None


def _names(draft: dict[str, Any] | None, id: str) -> bool:
    # The id is 32 random hexadecimal digits: nothing else in the answers reads like it.
    return draft is not None and id in json.dumps(draft)


def _keep_blob(uow: UnitOfWork, digest: str, content: bytes) -> None:
    """Store a content once. The no-op update locks an existing row, so that a sweep can't delete it meanwhile."""
    insert = sqlite.insert if uow.sqlite else postgresql.insert
    statement = insert(BlobRow).values(digest=digest, content=content)
    uow.session.execute(
        statement.on_conflict_do_update(index_elements=["digest"], set_={"digest": statement.excluded.digest})
    )


def _view(row: DocumentRow, task: TaskRow | None, uploader: str) -> DocumentView:
    return DocumentView(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        uploaded_at=row.uploaded_at,
        uploaded_by_name=uploader,
        field=row.field,
        task_id=row.task_id,
        activity_name=task.name if task else "",
        instance_id=row.instance_id,
        activity_id=task.activity_id if task else "",
        item_label=task.item_label if task else "",
        draft=row.state == DocumentState.DRAFT,
    )


def _file(row: DocumentRow) -> File:
    return File(id=row.id, name=row.name, size=row.size, media_type=row.media_type)
