"""What each command of the terminal does: verbs in, a line for people and data for programs out."""

from __future__ import annotations

import json
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import alerts, backup, cases, db, demo, deployment, doctor, history, instances, procedures, tasks
from engine.db import Database, UnitOfWork
from engine.errors import N_, InvalidInput, NotFound
from engine.identity import SYSTEM, Actor
from engine.inbox import inbox
from engine.model import PersonRow, TaskRow, TaskState
from engine.people import positions
from engine.worker import Worker


@dataclass(frozen=True, slots=True)
class Result:
    text: str
    data: Any
    good: bool = True


Command = Callable[[Database, Namespace], Result]


def migrate(database: Database, arguments: Namespace) -> Result:
    db.migrate(database.url)
    return Result("The database has the newest schema.", {"migrated": True})


def deploy(database: Database, arguments: Namespace) -> Result:
    """Deploy every diagram among the files, with forms and decisions among them and in the folders beside it."""
    paths = [Path(name) for name in arguments.files]
    diagrams = [path for path in paths if path.suffix == ".bpmn"]
    given = {path.stem: path.read_text("utf-8") for path in paths if path.suffix == ".form"}
    named = [path for path in paths if path.suffix == ".dmn"]
    if not diagrams:
        raise InvalidInput("files", N_("Name at least one .bpmn file."))
    files = []
    for path in diagrams:
        beside = path.resolve().parent.parent / "forms"
        forms = {form.stem: form.read_text("utf-8") for form in sorted(beside.glob("*.form"))} | given
        tables = [one.read_bytes() for one in sorted({*path.parent.glob("*.dmn"), *named})]
        files.append((path.read_bytes(), forms, tables))
    with database.begin(actor_of(database, arguments.person)) as uow:
        made = deployment.deploy_all(uow, files, reason=arguments.reason)
    views = [*made, *(follower for view in made for follower in view.followers)]
    lines = []
    for view in views:
        calls = ", ".join(f"{key} {version}" for key, version in view.follows)
        note = " (unchanged)" if not view.new else f" (calls {calls})" if calls else ""
        lines.append(f"{view.key} version {view.version}{note}")
        lines += [f"  warning: {w.text()}" for w in view.warnings]
    data = [
        {"key": v.key, "version": v.version, "new": v.new, "warnings": [w.text() for w in v.warnings]} for v in views
    ]
    return Result("\n".join(lines), data)


def processes(database: Database, arguments: Namespace) -> Result:
    with database.read(SYSTEM) as uow:
        items = procedures.listing(uow)
    rows = [
        {
            "key": i.definition.key,
            "version": i.definition.version,
            "name": i.definition.name,
            "active": i.active,
            "completed": i.completed,
        }
        for i in items
    ]
    return Result(table(rows), rows)


def start(database: Database, arguments: Namespace) -> Result:
    with database.begin(actor_of(database, arguments.person)) as uow:
        started = instances.start(uow, arguments.key)
    text = f"Case {started.instance_id}" + (f", first task {started.task_id}" if started.task_id else "")
    return Result(text, _plain(started))


def tasks_(database: Database, arguments: Namespace) -> Result:
    """Open tasks: a person's own and takable ones, else all; of one case if asked."""
    if arguments.person is None:
        rows = _all_tasks(database, arguments.instance)
    else:
        with database.read(actor_of(database, arguments.person)) as uow:
            pages = [inbox(uow, scope=scope, per_page=500) for scope in ("mine", "unit")]
        rows = [_task(item) for page in pages for item in page.items]
        if arguments.instance is not None:
            rows = [row for row in rows if row["instance_id"] == arguments.instance]
    return Result(table(rows), rows)


def _all_tasks(database: Database, instance_id: int | None) -> list[dict[str, Any]]:
    with database.read(SYSTEM) as uow:
        query = select(TaskRow).where(TaskRow.state == TaskState.OPEN).order_by(TaskRow.id)
        if instance_id is not None:
            query = query.where(TaskRow.instance_id == instance_id)
        return [
            {
                "id": task.id,
                "instance_id": task.instance_id,
                "activity_id": task.activity_id,
                "name": task.name,
                "item": task.item,
                "group": task.candidate_group,
                "due_at": task.due_at,
            }
            for task in uow.session.scalars(query)
        ]


def _task(item: Any) -> dict[str, Any]:
    return {
        "id": item.id,
        "instance_id": item.instance_id,
        "activity_id": item.activity_id,
        "name": item.name,
        "item": item.item_label or None,
        "group": item.position_key,
        "due_at": item.due_at,
    }


def show(database: Database, arguments: Namespace) -> Result:
    with database.read(SYSTEM) as uow:
        page = cases.get(uow, arguments.instance)
        events = history.of_case(uow, page.id)
    data = {
        "id": page.id,
        "title": page.title,
        "case_key": page.case_key,
        "state": page.state,
        "process": page.process.key,
        "version": page.version,
        "steps": [_plain(step) for step in page.steps],
        "tasks": [_plain(task) for task in page.tasks],
        "deadlines": [_plain(deadline) for deadline in page.deadlines],
        "history": [_plain(event) for event in events],
    }
    lines = [f"{page.title} ({page.state})"]
    for step in page.steps:
        due = f", due {step.due_at:%Y-%m-%d %H:%M} UTC" if step.due_at else ""
        lines.append(f"  {step.number or '-':>3}  {step.state:<9} {step.name}{due}")
    return Result("\n".join(lines), data)


def claim(database: Database, arguments: Namespace) -> Result:
    with database.begin(actor_of(database, arguments.person)) as uow:
        tasks.claim(uow, arguments.task)
    return Result(f"Task {arguments.task} is yours.", {"task": arguments.task, "claimed": True})


def complete(database: Database, arguments: Namespace) -> Result:
    raw = answers_in(arguments.data)
    with database.begin(actor_of(database, arguments.person)) as uow:
        sent = tasks.complete(uow, arguments.task, raw, confirm_same_case=arguments.same_case)
    nexts = [f"  next: {s.activity_name} {s.item_label}".rstrip() + f" ({s.position_name})" for s in sent.next]
    text = f"Sent: {sent.activity_name} of {sent.title}" + (" - the case is complete" if sent.ended else "")
    return Result("\n".join([text, *nexts]), _plain(sent))


def alerts_(database: Database, arguments: Namespace) -> Result:
    with database.read(SYSTEM) as uow:
        found = alerts.listing(uow, state="all" if arguments.all else "open")
    rows = [
        {
            "id": a.id,
            "instance_id": a.instance_id,
            "activity_id": a.activity_id,
            "state": a.state,
            "due_at": a.due_at,
            "performer": a.performer_name,
            "recipients": list(a.recipients),
        }
        for a in found
    ]
    return Result(table(rows), rows)


def worker_(database: Database, arguments: Namespace) -> Result:
    worker = Worker(database)
    if arguments.once:
        ran = worker.run_once()
        return Result(f"{ran} jobs ran.", {"ran": ran})
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.run(stop)
    return Result("Stopped.", {"stopped": True})


def office_(database: Database, arguments: Namespace) -> Result:
    data = read_json(Path(arguments.file).read_text("utf-8"))
    with database.begin(SYSTEM) as uow:
        demo.load_office(uow, data)
    return Result("The office is loaded.", {"loaded": True})


def backup_(database: Database, arguments: Namespace) -> Result:
    backup.backup(database.url, Path(arguments.file))
    return Result(f"Written to {arguments.file}.", {"file": arguments.file})


def doctor_(database: Database, arguments: Namespace) -> Result:
    findings = doctor.doctor(database)
    lines = [f"{f.level}: {f.what}" + (f" {f.remedy}" if f.remedy else "") for f in findings]
    good = not any(f.level == "error" for f in findings)
    return Result("\n".join(lines) or "All is well.", [_plain(f) for f in findings], good=good)


# -- parts -----------------------------------------------------------------------------------------------------------


def actor_of(database: Database, person: str | None) -> Actor:
    """Whoever `--as` names, by username or by a position only one person holds today; else the system."""
    if person is None:
        return SYSTEM
    with database.read(SYSTEM) as uow:
        return positions.actor_of(uow, _person_id(uow, person))


def _person_id(uow: UnitOfWork, person: str) -> int:
    found = uow.session.scalar(select(PersonRow.id).where(PersonRow.username == person.strip().lower()))
    if found is not None:
        return found
    holders = positions.holders_of(uow, [person]).get(person, ())
    if len(holders) != 1:
        raise NotFound("person", person)
    return holders[0].person_id


def answers_in(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    raw = read_json(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8"))
    if not isinstance(raw, dict):
        raise InvalidInput("data", N_("The answers must be one JSON object."))
    return raw


def read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("file", N_("This is no JSON: %(reason)s"), reason=str(error)) from error


def _plain(value: Any) -> Any:
    """A view as JSON; what has no JSON becomes text."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "(none)"
    columns = list(rows[0])
    cells = [columns, *([_cell(row[c]) for c in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "strftime") else str(value)
