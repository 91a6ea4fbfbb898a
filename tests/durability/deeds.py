"""Every verb that changes something, once, on the furnished office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from engine import (
    alerts,
    calendars,
    days_off,
    deployment,
    documents,
    incidents,
    instances,
    jobs,
    mailbox,
    notes,
    office,
    office_file,
    tasks,
    versions,
)
from engine.clock import SetClock
from engine.db import Database, UnitOfWork
from engine.drafting import design_forms, designs, uploads
from engine.identity import NOBODY, SYSTEM, HoldingKind
from engine.model import HoldingRow, PositionRow, TaskRow, TaskState
from engine.moving import migration
from engine.people import positions, sessions, sign_in, users
from tests import answers
from tests.durability import exchange as ex
from tests.durability.furnished import PROCESS, RETURNED, ROOT, STEPS, World
from tests.office import ADMINISTRATOR, PASSWORD, person

Does = Callable[[UnitOfWork, World], object]


@dataclass(frozen=True, slots=True)
class Deed:
    by: str  #: position key, or "" for the system, "?" for a visitor
    does: Does
    later: timedelta = timedelta()  #: how long after the world began
    first: Callable[[Database, World], object] | None = None  #: what has to be done before, in units of its own

    def act(self, database: Database, world: World, clock: SetClock) -> Callable[[], object]:
        """The deed as one unit of work; who acts is known, and what it needs is there, beforehand."""
        clock.at = world.at
        if self.first is not None:
            self.first(database, world)
        actor = {"": SYSTEM, "?": NOBODY}.get(self.by) or person(database, self.by)
        clock.at = world.at + self.later

        def once() -> object:
            with database.begin(actor) as uow:
                return self.does(uow, world)

        return once


def _task(uow: UnitOfWork, case: int, group: str | None = None) -> int:
    rows = uow.session.scalars(
        select(TaskRow).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN).order_by(TaskRow.id)
    ).all()
    return next(row.id for row in rows if group in (None, row.candidate_group))


def _send(case: str, step: int, raw: Mapping[str, Any] | None = None, **how: Any) -> Deed:
    """Complete the step (its place in STEPS) where this case stands."""
    _, by, usual = STEPS[step]

    def does(uow: UnitOfWork, world: World) -> object:
        task = _task(uow, world.cases[case], by if case == "at_units" else None)
        return tasks.complete(uow, task, usual if raw is None else raw, confirm_same_case=True)

    return Deed(by, does, **how)


def _work(verb: Callable[..., object], case: str, by: str, *given: Any) -> Deed:
    return Deed(by, lambda uow, world: verb(uow, _task(uow, world.cases[case]), *given))


def _fire(uow: UnitOfWork, _: World) -> object:
    acquired = jobs.acquire(uow)
    assert acquired is not None
    return instances.fire(uow, acquired[1])


def _deploy(uow: UnitOfWork, _: World) -> object:
    xml = (ROOT / "processes" / f"{PROCESS}.bpmn").read_bytes()
    forms = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
    return deployment.deploy(
        uow, xml.replace(b'name="Lengkap?"', b'name="Sudah lengkap?"'), forms, reason="Lebih jelas."
    )


def _new_day_off(uow: UnitOfWork, _: World) -> object:
    calendars.add_day_off(uow, date(2026, 3, 12), "Hari jadi kabupaten", kind="regional")
    moved = instances.retime(uow, calendars.OFFICE)
    assert moved
    return moved


def _upload(uow: UnitOfWork, world: World) -> object:
    task = _task(uow, world.cases["new"])
    return documents.upload(uow, task, "surat", "surat.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n")


def _position(uow: UnitOfWork, key: str) -> int:
    return uow.session.scalars(select(PositionRow.id).where(PositionRow.key == key)).one()


def _end_holding(uow: UnitOfWork, world: World) -> object:
    held = select(HoldingRow.id).where(HoldingRow.person_id == world.people["lurah_ditotrunan"])
    return positions.end_holding(uow, uow.session.scalars(held).one(), date(2026, 3, 10))


def _assign_holder(uow: UnitOfWork, world: World) -> object:
    return positions.assign_holder(
        uow,
        _position(uow, "camat"),
        world.people["sekretaris_kecamatan"],
        kind=HoldingKind.PLH,
        starts_on=date(2026, 3, 10),
        ends_on=date(2026, 3, 12),
    )


def _sign_in(uow: UnitOfWork, password: str) -> object:
    return sign_in.enter(uow, sign_in.check(uow, ADMINISTRATOR, password, address="10.0.0.7"))


def _signed_in(database: Database, world: World) -> None:
    with database.begin(NOBODY) as uow:
        _tokens.append(sign_in.enter_demo(uow, world.people["camat"]))


_tokens: list[str] = []


def _touch(uow: UnitOfWork, _: World) -> object:
    return sessions.touch(uow, _tokens[-1])


def _ramadan(uow: UnitOfWork, _: World) -> object:
    starts, ends = date(2026, 3, 1), date(2026, 3, 20)
    return calendars.add_period(uow, label="Ramadan", starts=starts, ends=ends, weekdays={0: (("08:00", "12:00"),)})


def _by_admin(database: Database, world: World, does: Does) -> None:
    with database.begin(person(database, ADMINISTRATOR)) as uow:
        does(uow, world)


def _uploaded(database: Database, world: World) -> None:
    with database.begin(person(database, "kasubag_umum")) as uow:
        _upload(uow, world)


def _remove_upload(uow: UnitOfWork, world: World) -> object:
    drafts = documents.drafts_of_task(uow, _task(uow, world.cases["new"]))
    return documents.remove_draft(uow, next(iter(drafts)))


def _removed(database: Database, world: World) -> None:
    _uploaded(database, world)
    with database.begin(person(database, "kasubag_umum")) as uow:
        _remove_upload(uow, world)


OFFICE = {
    "positions": [{"key": "kasi_pelayanan", "name": "Kasi Pelayanan"}],
    "people": [{"username": "rina", "name": "Rina"}],
}
WEEK = dict.fromkeys(range(5), (("08:00", "12:00"), ("13:00", "16:00")))

DEEDS: Mapping[str, Deed] = {
    "start": Deed("kasubag_umum", lambda uow, _: instances.start(uow, PROCESS)),
    "claim": _work(tasks.claim, "new", "kasubag_umum"),
    "unclaim": _work(tasks.unclaim, "taken", "kasubag_umum"),
    "assign": Deed(
        "sekretaris_kecamatan",
        lambda uow, world: tasks.assign(uow, _task(uow, world.cases["new"]), world.people["kasubag_keuangan"]),
    ),
    "save a draft": _work(tasks.save_draft, "new", "kasubag_umum", {"nomor_surat": "7/2026"}),
    "send the first step": _send("new", 0),
    "send it late": _send("new", 0, later=timedelta(hours=1)),
    "divide among units": _send("to_divide", 2),
    "send one unit's data": _send("at_units", 3),
    "send the last unit's data": _send("at_last_unit", 6),
    "merge": _send("to_merge", 7),
    "find all complete": _send("to_check", 8),
    "return a unit's data": _send("to_check", 8, answers.checked(RETURNED, order=list(answers.UNITS))),
    "write the document": _send("to_write", 9),
    "deliver, which ends the case": _send("to_deliver", 10),
    "fire a deadline": Deed("", _fire, later=timedelta(minutes=10)),
    "fail a job": Deed("", lambda uow, _: jobs.fail(uow, jobs.acquire(uow)[0].id, "no", None), timedelta(minutes=10)),  # type: ignore[index]
    "cancel": Deed("pengelola_sop", lambda uow, world: instances.cancel(uow, world.cases["at_units"], "Ditarik.")),
    "suspend": Deed("pengelola_sop", lambda uow, world: instances.suspend(uow, world.cases["at_units"], "Menunggu.")),
    "activate": Deed(
        "pengelola_sop", lambda uow, world: instances.activate(uow, world.cases["resting"]), timedelta(minutes=10)
    ),
    "deploy": Deed("pengelola_sop", _deploy),
    "acknowledge": Deed(
        "sekretaris_kecamatan", lambda uow, world: alerts.acknowledge(uow, world.alert, "Sudah ditelepon.")
    ),
    "retry an incident": Deed(ADMINISTRATOR, lambda uow, world: incidents.retry(uow, world.incident)),
    "change the calendar": Deed(ADMINISTRATOR, _new_day_off),
    "change the hours": Deed(ADMINISTRATOR, lambda uow, _: calendars.set_hours(uow, WEEK)),
    "upload": Deed("kasubag_umum", _upload),
    "note": Deed("camat", lambda uow, world: notes.add(uow, world.cases["new"], "Segera.")),
    "create a person": Deed(ADMINISTRATOR, lambda uow, _: users.create(uow, username="baru", name="Orang Baru")),
    "change a person": Deed(
        ADMINISTRATOR, lambda uow, world: users.change(uow, world.people["camat"], name="Camat Lain")
    ),
    "end a person": Deed(ADMINISTRATOR, lambda uow, world: users.end(uow, world.people["kasubag_umum"])),
    "reset a password": Deed(
        ADMINISTRATOR, lambda uow, world: sign_in.reset_password(uow, world.people["camat"], "sandi baru 2026")
    ),
    "choose a language": Deed("camat", lambda uow, _: users.set_language(uow, "en")),
    "create a position": Deed(ADMINISTRATOR, lambda uow, _: positions.create(uow, name="Kasi Ketenteraman")),
    "change a position": Deed(
        ADMINISTRATOR, lambda uow, _: positions.change(uow, _position(uow, "camat"), name="Camat Lumajang")
    ),
    "end a position": Deed(
        ADMINISTRATOR, lambda uow, _: positions.end(uow, _position(uow, "lurah_ditotrunan"))
    ),
    "appoint": Deed(ADMINISTRATOR, _assign_holder),
    "end a holding": Deed(ADMINISTRATOR, _end_holding),
    "sign in": Deed("?", lambda uow, _: _sign_in(uow, PASSWORD)),
    "fail to sign in": Deed("?", lambda uow, _: _sign_in(uow, "salah")),
    "change one's password": Deed(
        ADMINISTRATOR,
        lambda uow, _: sign_in.change_password(uow, sign_in.check_change(uow, PASSWORD, "sandi baru 2026")),
    ),
    "choose a role": Deed("?", lambda uow, world: sign_in.enter_demo(uow, world.people["camat"])),
    "change a setting": Deed(ADMINISTRATOR, lambda uow, _: office.put(uow, office.NAME, "Kecamatan Lumajang")),
    "move the clock": Deed(ADMINISTRATOR, lambda uow, _: office.advance_clock(uow, by=timedelta(hours=3))),
    "end all sessions": Deed("?", lambda uow, world: sessions.end_all(uow, world.people["camat"]), first=_signed_in),
    "deploy several at once": Deed(
        "",
        lambda uow, _: deployment.deploy_all(
            uow, [((ex.DIAGRAMS / f"{name}.bpmn").read_bytes(), {}, ()) for name in ("link", "start_timer")]
        ),
    ),
    "use a session": Deed("?", _touch, timedelta(hours=1), _signed_in),
    "throw a draft file away": Deed("kasubag_umum", _remove_upload, first=_uploaded),
    "sweep abandoned files": Deed("", lambda uow, _: documents.sweep(uow), timedelta(days=9), _removed),
    "copy a year's days off": Deed(ADMINISTRATOR, lambda uow, _: days_off.copy_year(uow, 2027)),
    "take a day off back": Deed(
        ADMINISTRATOR,
        lambda uow, _: calendars.remove_day_off(uow, date(2026, 3, 12)),
        first=lambda database, world: _by_admin(database, world, _new_day_off),
    ),
    "end other working hours": Deed(
        ADMINISTRATOR,
        lambda uow, _: calendars.end_period(uow, calendars.hours(uow)[-1].id),
        first=lambda database, world: _by_admin(database, world, _ramadan),
    ),
    "load an office": Deed(ADMINISTRATOR, lambda uow, _: office_file.load_office(uow, OFFICE)),
    "change working hours for a while": Deed(
        ADMINISTRATOR,
        _ramadan,
    ),
    "deliver a message from outside": Deed(
        ADMINISTRATOR, lambda uow, _: instances.correlate(uow, "received by task", "7", {}), first=ex.wait_for_message
    ),
    "keep a message nobody waits for": Deed(
        ADMINISTRATOR, lambda uow, _: instances.correlate(uow, "received by task", "8", {}), first=ex.wait_for_message
    ),
    "deliver a message": Deed("", ex.work_on, first=ex.promise_message),
    "begin a case with a message": Deed("", ex.work_on, first=ex.promise_to_process),
    "begin to wait for a message that is kept": Deed(ex.OWNER, ex.step("receive_task"), first=ex.keep_message),
    "cancel whom a message is promised to": Deed(
        ex.OWNER,
        lambda uow, _: instances.cancel(uow, ex.newest(uow, "receive_task"), "Ditarik."),
        first=ex.promise_message,
    ),
    "send a message": Deed(
        ex.OWNER, ex.step("send_task"), first=lambda database, _: ex.begun(database, "send_task", {"number": "7"})
    ),
    "send a signal to all": Deed("", lambda uow, _: mailbox.broadcast(uow, "waited for"), first=ex.wait_for_signal),
    "receive a signal": Deed("", ex.work_on, first=ex.broadcast_signal),
    "throw a signal": Deed(
        ex.OWNER, ex.step("throw_signal"), first=lambda database, _: ex.begun(database, "throw_signal", {})
    ),
    "come to a connector": Deed(
        ex.OWNER, ex.step("service_task"), first=lambda database, _: ex.begun(database, "service_task", {"price": 5})
    ),
    "begin a call": Deed("", ex.work_on, first=ex.call_open),
    "take a call's answer": Deed("", ex.answer_call, first=ex.call_leased),
    "fail a call": Deed(
        "", lambda uow, _: jobs.fail(uow, ex.service_job(uow), "no answer", "x"), first=ex.call_leased
    ),
    "give a call up": Deed(
        "", lambda uow, _: [jobs.fail(uow, ex.service_job(uow), "no answer", "x") for _ in range(jobs.RETRIES)],
        first=ex.call_leased,
    ),
    "retry a call": Deed(ADMINISTRATOR, ex.retry_call, first=ex.call_given_up),
    "begin a case by the clock": Deed("", ex.work_on, timedelta(minutes=5), ex.timed_start),
    "decide by a table": Deed(
        ex.OWNER,
        ex.step("business_rule_task"),
        first=lambda database, _: ex.begun(database, "business_rule_task", {"years": 3, "kind": "annual"}),
    ),
    "draw a new process": Deed(ex.OWNER, lambda uow, _: designs.new_design(uow, "Cuti", "cuti")),
    "begin a draft from a file": Deed(ex.OWNER, lambda uow, _: uploads.upload(uow, *ex.seed(), replace=True)),
    "save a drawing": Deed(ex.OWNER, ex.draft),
    "save a drawing again": Deed(ex.OWNER, ex.draft, first=ex.drafted),
    "edit a form": Deed(ex.OWNER, ex.built(design_forms.edit, ex.FORM, ex.named_anew)),
    "undo an edit of a form": Deed(ex.OWNER, ex.built(design_forms.undo, ex.FORM), first=ex.form_edited),
    "do an edit of a form again": Deed(ex.OWNER, ex.built(design_forms.redo, ex.FORM), first=ex.form_undone),
    "add a form": Deed(ex.OWNER, ex.built(design_forms.new_form, "Tambahan")),
    "take a form out": Deed(ex.OWNER, ex.built(design_forms.remove_form, "tambahan"), first=ex.form_edited),
    "rename a field everywhere": Deed(
        ex.OWNER, ex.built(design_forms.rename_field, ex.FORM, ex.FIELD, "nomor_naskah", follow=True)
    ),
    "discard a drawing": Deed(ex.OWNER, lambda uow, _: designs.discard(uow, PROCESS), first=ex.drafted),
    "publish a drawing": Deed(ex.OWNER, ex.publish, first=ex.drafted),
    "move a case to a new version": Deed(ex.OWNER, ex.move, first=ex.published),
    "take a move back": Deed(
        ex.OWNER, lambda uow, world: migration.undo(uow, world.cases["at_units"]), first=ex.moved
    ),
    "restore a version": Deed(
        ex.OWNER, lambda uow, _: versions.restore(uow, PROCESS, 1, "Kembali."), first=ex.published
    ),
    "retire a process": Deed(ex.OWNER, lambda uow, _: versions.retire(uow, PROCESS, "Diganti.")),
    "reinstate a process": Deed(
        ex.OWNER, lambda uow, _: versions.reinstate(uow, PROCESS, "Perlu lagi."), first=ex.retired
    ),
}  # fmt: skip
