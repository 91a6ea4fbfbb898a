"""Deeds between cases and the world, and on procedures: messages, signals, connectors, drafts, versions, moves.

Each furnishes what it needs in the small processes of tests/diagrams first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from engine import definitions, deployment, incidents, instances, jobs, mailbox, tasks, versions, work
from engine.connectors import CONNECTORS
from engine.db import Database, UnitOfWork
from engine.drafting import design_forms, designs
from engine.identity import SYSTEM
from engine.model import IncidentRow, InstanceRow, JobRow, TaskRow, TaskState
from engine.moving import migration
from engine.settings import Outside
from forms import editing
from tests.durability.furnished import PROCESS, ROOT, World
from tests.office import person

DIAGRAMS = ROOT / "tests" / "diagrams"
OWNER = "pengelola_sop"
FORM, FIELD = "permintaan_data", (0, 0)  # its first field, and where that stands
#: processes whose cases begin by hand
SMALL = ("receive_task", "send_task", "catch_signal", "service_task", "business_rule_task", "throw_message")
#: processes that begin by what another case sends -> what is changed in their diagrams, so that the names meet
CHANGED = {"start_message": ('"begin"', '"sent by task"'), "start_signal": ('"begin"', '"waited for"')}


def deployed(database: Database, *names: str) -> None:
    with database.begin(SYSTEM) as uow:
        for name in names:
            xml = (DIAGRAMS / f"{name}.bpmn").read_text("utf-8").replace(*CHANGED.get(name, ("", "")))
            deployment.deploy(uow, xml.encode(), {}, [(DIAGRAMS / "leave.dmn").read_bytes()])


def begun(database: Database, name: str, variables: Mapping[str, Any], *, sent: int = 0) -> int:
    """A case of a small process with so many of its tasks behind it."""
    deployed(database, name)
    with database.begin(SYSTEM) as uow:
        # What the office waits for otherwise comes later.
        uow.session.execute(update(JobRow).values(due_at=uow.now + timedelta(days=90)))
        case = instances.begin(uow, name, variables)
    for _ in range(sent):
        with database.begin(person(database, OWNER)) as uow:
            send(uow, case)
    return case


def send(uow: UnitOfWork, case: int) -> object:
    found = select(TaskRow.id).where(TaskRow.instance_id == case, TaskRow.state == TaskState.OPEN)
    return tasks.complete(uow, uow.session.scalars(found.order_by(TaskRow.id)).first() or 0, {})


def newest(uow: UnitOfWork, process: str) -> int:
    """The last case of a process."""
    definition = definitions.row_of(uow, process).id
    found = select(InstanceRow.id).where(InstanceRow.definition_id == definition).order_by(InstanceRow.id.desc())
    return uow.session.scalars(found).first() or 0


def step(process: str) -> Callable[[UnitOfWork, World], object]:
    return lambda uow, _: send(uow, newest(uow, process))


def work_on(uow: UnitOfWork, _: World) -> object:
    """What the worker does in its unit."""
    acquired = jobs.acquire(uow)
    assert acquired is not None
    return work.run(uow, *acquired)


def wait_for_message(database: Database, _: World) -> None:
    begun(database, "receive_task", {"number": "7"}, sent=1)


def promise_message(database: Database, world: World) -> None:
    wait_for_message(database, world)
    with database.begin(SYSTEM) as uow:
        mailbox.send(uow, "received by task", "7", {})


def promise_to_process(database: Database, _: World) -> None:
    begun(database, "send_task", {"number": "7"})
    deployed(database, "start_message")
    with database.begin(SYSTEM) as uow:
        mailbox.send(uow, "sent by task", "7", {})


def keep_message(database: Database, _: World) -> None:
    begun(database, "receive_task", {"number": "9"})
    with database.begin(SYSTEM) as uow:
        mailbox.send(uow, "received by task", "9", {})


def wait_for_signal(database: Database, _: World) -> None:
    begun(database, "catch_signal", {})
    deployed(database, "start_signal")


def broadcast_signal(database: Database, world: World) -> None:
    wait_for_signal(database, world)
    with database.begin(SYSTEM) as uow:
        mailbox.broadcast(uow, "waited for")


def call_open(database: Database, _: World) -> None:
    begun(database, "service_task", {"price": 5}, sent=1)


def call_leased(database: Database, world: World) -> None:
    call_open(database, world)
    with database.begin(SYSTEM) as uow:
        work_on(uow, world)


def answer_call(uow: UnitOfWork, _: World) -> object:
    case = instances.lock(uow, newest(uow, "service_task"))
    key = uow.session.scalars(select(JobRow.key).where(JobRow.instance_id == case.id)).one()
    return instances.answer(uow, case, key, CONNECTORS["values"]({"sum": 6}, key, Outside()))


def call_given_up(database: Database, world: World) -> None:
    call_leased(database, world)
    for _ in range(jobs.RETRIES):
        with database.begin(SYSTEM) as uow:
            jobs.fail(uow, service_job(uow), "no answer", "x")


def service_job(uow: UnitOfWork) -> int:
    found = select(JobRow.id).where(JobRow.kind == "service", JobRow.instance_id == newest(uow, "service_task"))
    return uow.session.scalars(found).one()


def retry_call(uow: UnitOfWork, _: World) -> object:
    open_ones = select(IncidentRow.id).where(IncidentRow.instance_id == newest(uow, "service_task"))
    return incidents.retry(uow, uow.session.scalars(open_ones).one())


def timed_start(database: Database, _: World) -> None:
    begun(database, "user_task", {})
    deployed(database, "start_timer")


def seed() -> tuple[bytes, dict[str, str]]:
    forms = {path.stem: path.read_text("utf-8") for path in (ROOT / "forms").glob("*.form")}
    return (ROOT / "processes" / f"{PROCESS}.bpmn").read_bytes(), forms


def draft(uow: UnitOfWork, _: World) -> object:
    view = designs.open_design(uow, PROCESS)
    xml = view.xml.replace(b'name="Lengkap?"', b'name="Sudah lengkap?"')
    return designs.save(uow, PROCESS, xml, view.forms, revision=view.revision if view.saved else 0)


def drafted(database: Database, world: World) -> None:
    with database.begin(person(database, OWNER)) as uow:
        draft(uow, world)


def built(verb: Callable[..., object], *given: object, **named: object) -> Callable[[UnitOfWork, World], object]:
    """A verb about the forms of the draft as it is then."""

    def made(uow: UnitOfWork, _: World) -> object:
        return verb(uow, PROCESS, *given, revision=designs.open_design(uow, PROCESS).revision, **named)

    return made


def named_anew(text: str) -> tuple[str, None]:
    return editing.change_head(text, {"description": "Isi dengan lengkap."}), None


def form_edited(database: Database, world: World) -> None:
    with database.begin(person(database, OWNER)) as uow:
        built(design_forms.edit, FORM, named_anew, kind="head")(uow, world)
        built(design_forms.new_form, "Tambahan")(uow, world)


def form_undone(database: Database, world: World) -> None:
    form_edited(database, world)
    with database.begin(person(database, OWNER)) as uow:
        built(design_forms.undo, FORM)(uow, world)


def publish(uow: UnitOfWork, _: World) -> object:
    view = designs.open_design(uow, PROCESS)
    return designs.publish(
        uow, PROCESS, revision=view.revision, reason="Lebih jelas.", expected_newest=view.newest_version
    )


def published(database: Database, world: World) -> None:
    drafted(database, world)
    with database.begin(person(database, OWNER)) as uow:
        publish(uow, world)


def move(uow: UnitOfWork, world: World) -> object:
    target = definitions.row_of(uow, PROCESS).id
    return migration.move(uow, world.cases["at_units"], target, {}, "Versi baru.")


def moved(database: Database, world: World) -> None:
    published(database, world)
    with database.begin(person(database, OWNER)) as uow:
        move(uow, world)


def retired(database: Database, _: World) -> None:
    with database.begin(person(database, OWNER)) as uow:
        versions.retire(uow, PROCESS, "Diganti.")
