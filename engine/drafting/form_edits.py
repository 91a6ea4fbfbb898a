"""The edits of forms in a draft: the newest can be undone and done again. Rights are looked after in design_forms.py.

An edit is undone only where the form still is as the edit left it: whatever was saved over it since, in the modeler or
in another window, is never thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, delete, select

from engine.db import UnitOfWork
from engine.model import DesignRow, FormEditRow

KEPT = 50  #: edits of one form
#: a renaming that other forms or the diagram followed: taking back this form alone would part it from them
FOLLOWED = "followed"


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done, so that a page can word it."""

    kind: str
    label: str


def record(uow: UnitOfWork, design: DesignRow, form_key: str, edit: Edit, before: str, after: str) -> None:
    """Keep one edit; what was undone before it can't be done again then."""
    mine = (FormEditRow.design_id == design.id, FormEditRow.form_key == form_key)
    uow.session.execute(delete(FormEditRow).where(*mine, FormEditRow.undone))
    row = FormEditRow(
        design_id=design.id, form_key=form_key, kind=edit.kind[:40], label=edit.label[:300], before=before, after=after
    )
    uow.session.add(row)
    uow.session.flush()
    newest = select(FormEditRow.id).where(*mine).order_by(FormEditRow.id.desc()).offset(KEPT)
    old = list(uow.session.scalars(newest))
    if old:
        uow.session.execute(delete(FormEditRow).where(FormEditRow.id.in_(old)))


def last(uow: UnitOfWork, design: DesignRow, form_key: str) -> FormEditRow | None:
    """The edit that can be undone now."""
    row = _newest(uow, design, form_key)
    return row if row is not None and not _bars(row, design) else None


def barred(uow: UnitOfWork, design: DesignRow, form_key: str) -> FormEditRow | None:
    """The newest edit, where it can't be undone: one that was followed elsewhere, or that something was saved over."""
    row = _newest(uow, design, form_key)
    return row if row is not None and _bars(row, design) else None


def next_one(uow: UnitOfWork, design: DesignRow, form_key: str) -> FormEditRow | None:
    """The edit that can be done again now."""
    oldest = _kept(design, form_key).where(FormEditRow.undone).order_by(FormEditRow.id)
    row = uow.session.scalar(oldest.limit(1))
    return row if row is not None and row.before == design.forms.get(form_key) else None


def said(row: FormEditRow | None) -> Edit | None:
    return Edit(row.kind, row.label) if row is not None else None


def _newest(uow: UnitOfWork, design: DesignRow, form_key: str) -> FormEditRow | None:
    newest = _kept(design, form_key).where(~FormEditRow.undone).order_by(FormEditRow.id.desc())
    return uow.session.scalar(newest.limit(1))


def _bars(row: FormEditRow, design: DesignRow) -> bool:
    return row.kind == FOLLOWED or row.after != design.forms.get(row.form_key)


def _kept(design: DesignRow, form_key: str) -> Select[FormEditRow]:
    return select(FormEditRow).where(FormEditRow.design_id == design.id, FormEditRow.form_key == form_key)
