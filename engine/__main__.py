"""`python -m engine ...`: the office from a terminal.

Exit codes: 0 done · 1 refused (wrong input, a rule of the office, problems in a diagram) · 2 wrong usage ·
3 not found or not allowed · 4 the thing changed meanwhile.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from . import db
from .cli import commands, move_commands, offline, version_commands
from .errors import AlurError, Conflict, InvalidDiagram, InvalidVariables, NotAllowed, NotFound
from .settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    if arguments.run is offline.lint:
        judged = offline.lint(arguments)
        print(judged.text)
        return 0 if judged.good else 1
    try:
        result = offline.rehearse(arguments) if arguments.run is offline.rehearse else _with_database(arguments)
    except AlurError as error:
        _complain(error, as_json=arguments.json)
        return _exit_code(error)
    except OSError as error:
        print(f"{error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(result.data, default=str, ensure_ascii=False))
    else:
        print(result.text)
    return 0 if result.good else 1


def _with_database(arguments: argparse.Namespace) -> commands.Result:
    with db.explained():
        database = db.Database(Settings.from_environment().database_url)
        try:
            result: commands.Result = arguments.run(database, arguments)
        finally:
            database.dispose()
    return result


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m engine", description="Run an office's procedures from a terminal.")
    top.add_argument("--json", action="store_true", help="print one JSON document")
    sub = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: commands.Command, help: str) -> argparse.ArgumentParser:
        one = sub.add_parser(name, help=help, description=help)
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document")
        one.set_defaults(run=run)
        return one

    def person(one: argparse.ArgumentParser, *, required: bool = True) -> None:
        one.add_argument("--as", dest="person", required=required, metavar="PERSON", help="username, or a position key")

    command("migrate", commands.migrate, "bring the database to the newest schema")
    one = command("deploy", commands.deploy, "check diagrams (.bpmn) with their forms (.form) and put them in force")
    one.add_argument("files", nargs="+", metavar="FILE")
    one.add_argument("--reason", default="")
    person(one, required=False)
    one = sub.add_parser("lint", help="check diagrams without a database", description="Check diagrams.")
    one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one line of JSON a file")
    one.add_argument("files", nargs="+", metavar="FILE")
    one.set_defaults(run=offline.lint)
    one = sub.add_parser("rehearse", help="try a diagram out without a database", description="Try a diagram out.")
    one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document")
    one.add_argument("file", metavar="FILE.bpmn")
    one.add_argument("--answers", metavar="FILE.json", help="what people fill in; else every flow is tried")
    one.add_argument("--at", metavar="TIME", help="when it begins, such as 2026-03-13T09:00")
    one.add_argument("--office", metavar="FILE.json", help="positions and superiors, as for the command office")
    one.set_defaults(run=offline.rehearse)
    _about_processes(command, person)
    _about_moves(command, person)
    command("processes", commands.processes, "list the processes in force")
    one = command("start", commands.start, "begin a case")
    one.add_argument("key", metavar="KEY")
    person(one)
    one = command("tasks", commands.tasks_, "list open tasks")
    one.add_argument("--instance", type=int, metavar="ID")
    person(one, required=False)
    one = command("show", commands.show, "show where a case stands")
    one.add_argument("instance", type=int, metavar="INSTANCE")
    one = command("claim", commands.claim, "take a task")
    one.add_argument("task", type=int, metavar="TASK")
    person(one)
    one = command("complete", commands.complete, "send a task's form")
    one.add_argument("task", type=int, metavar="TASK")
    person(one)
    one.add_argument("--data", metavar="FILE.json", help="the answers; - reads standard input")
    one.add_argument("--same-case", action="store_true", help="yes, even if another case has the same key")
    one = command("alerts", commands.alerts_, "list deadlines that passed")
    one.add_argument("--all", action="store_true", help="closed ones too")
    one = command("worker", commands.worker_, "fire timers when they are due, until stopped")
    one.add_argument("--once", action="store_true", help="run what is due now, then stop")
    one = command("office", commands.office_, "load positions and people from a file")
    one.add_argument("file", metavar="FILE.json")
    one = command("backup", commands.backup_, "write a copy of the database while it is in use")
    one.add_argument("file", metavar="FILE")
    command("doctor", commands.doctor_, "look for what would trouble the office")
    return top


def _about_processes(command: Callable[..., argparse.ArgumentParser], person: Callable[..., None]) -> None:
    one = command("outline", version_commands.outline, "print a process as a numbered text")
    one.add_argument("process", metavar="KEY|FILE.bpmn")
    one = command("compare", version_commands.compare, "print what differs between two versions, or two files")
    one.add_argument("key", metavar="KEY|FILE.bpmn")
    one.add_argument("old", metavar="VERSION|FILE.bpmn")
    one.add_argument("new", nargs="?", metavar="VERSION", help="the newest without it")
    one = command("versions", version_commands.list_versions, "list the versions of a process")
    one.add_argument("key", metavar="KEY")
    one = command("publish", version_commands.publish, "put a person's own draft in force")
    one.add_argument("key", metavar="KEY")
    one.add_argument("--reason", required=True)
    one.add_argument("--anyway", action="store_true", help="even if another version was published meanwhile")
    person(one)
    one = command("restore", version_commands.restore, "put an older version in force again, as a new one")
    one.add_argument("key", metavar="KEY")
    one.add_argument("version", type=int, metavar="VERSION")
    one.add_argument("--reason", required=True)
    person(one)
    for name, run, help in (
        ("retire", version_commands.retire, "let no new case of a process begin"),
        ("reinstate", version_commands.reinstate, "let cases of a retired process begin again"),
    ):
        one = command(name, run, help)
        one.add_argument("key", metavar="KEY")
        one.add_argument("--reason", required=True)
        person(one)


def _about_moves(command: Callable[..., argparse.ArgumentParser], person: Callable[..., None]) -> None:
    for name, run, help in (
        ("plan", move_commands.plan, "say what a version would do to each running case of a process"),
        ("move", move_commands.move, "move running cases to another version of their process"),
    ):
        one = command(name, run, help)
        one.add_argument("key", metavar="KEY")
        one.add_argument("--to", type=int, metavar="VERSION", help="the newest without it")
        one.add_argument("--map", action="append", default=[], metavar="OLD=NEW", help="what replaces an element")
        person(one)
        if run is move_commands.move:
            one.add_argument("--reason", required=True)
            one.add_argument("--case", type=int, action="append", metavar="ID", help="only this one; may be repeated")
    one = command("undo-move", move_commands.undo, "put a moved case back, while it has not gone on")
    one.add_argument("case", type=int, metavar="CASE")
    person(one)


def _complain(error: AlurError, *, as_json: bool) -> None:
    problems: list[dict[str, object]] = []
    if isinstance(error, InvalidDiagram):
        problems = [
            {"element": p.element, "name": p.name, "rule": p.rule, "severity": p.severity, "text": p.text()}
            for p in error.problems
        ]
    elif isinstance(error, InvalidVariables):
        problems = [{"path": p.path, "rule": p.rule, "text": p.message % dict(p.params)} for p in error.problems]
    if as_json:
        print(json.dumps({"error": type(error).__name__, "message": str(error), "problems": problems}, default=str))
    elif problems:
        for problem in problems:
            print(f"{problem.get('path', '')}: {problem['text']}".lstrip(": "), file=sys.stderr)
    else:
        print(str(error), file=sys.stderr)


def _exit_code(error: AlurError) -> int:
    if isinstance(error, NotFound | NotAllowed):
        return 3
    return 4 if isinstance(error, Conflict) else 1


if __name__ == "__main__":
    sys.exit(main())
