"""The house rules that a machine can check: who imports whom, how long a file may grow, what nobody calls."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("forms", "engine", "webapp")
STANDARD = frozenset(sys.stdlib_module_names) | {"__future__"}

#: room -> imports that are never allowed, by dotted prefix
NEVER = {
    "forms": ("flask", "sqlalchemy", "SpiffWorkflow", "engine", "webapp"),
    "engine": ("flask", "flask_babel", "flask_wtf", "jinja2", "werkzeug", "webapp"),
    "engine.spiff": ("sqlalchemy", "engine.model", "engine.db"),
    "webapp": ("SpiffWorkflow", "sqlalchemy", "engine.spiff", "engine.model"),
}
#: engine's floors from roof to cellar; a module imports from its own floor or a lower one, never upward
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "__main__",
        "cli",
        "demo doctor backup",
        "worker",
        "work",
        "rehearsal moving",
        "cases task_page",
        "tasks",
        "instances settle",
        "drafting",
        "form_context series task_rows next_steps inbox notes progress documents submissions office_file",
        "versions seeds",
        "deployment",
        "alerts procedures calls moves definitions incidents deadlines reading performers jobs mailbox starts waiting",
        "people calendars calendar_rows days_off office history",
        "checking lint_files lint_apart",
        "spiff db locks connectors",
        "model",
        "diagram",
        "expressions worktime identity filekinds demo_text clock settings errors views",
    )
)
#: modules that do nothing but compute
PURE = (
    "engine.expressions",
    "engine.worktime",
    "engine.diagram",
    "engine.spiff",
    "forms",
)
IMPURE = ("sqlalchemy", "flask", "os", "subprocess", "socket", "urllib.request", "http", "smtplib", "requests")
#: where the wall clock may be read: everybody else is given `now`
CLOCKS = {
    "engine/clock.py": "it is the clock",
    "engine/spiff/clock.py": "stands in for the wall clock of the library",
}
#: where an error's English text may be taken: it goes to a log, a terminal or an administrator, never into a sentence
ENGLISH = (
    "engine/__main__.py",
    "engine/cli/",
    "engine/demo.py",
    "engine/doctor.py",
    "engine/worker.py",
    "engine/work.py",
)
ENGLISH += ("engine/connectors.py", "engine/rehearsal/stage.py", "webapp/errors.py")
LONGEST = 400
#: folders of one machine
MACHINE = re.compile(r"(?<![\w.:/])/(?:work|root|home/\w+|Users)/\w|(?<![\w.:/])/tmp/\w")


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "versions" not in path.parts and "node_modules" not in path.parts:
                yield path


def tracked() -> Iterator[Path]:
    """Every file of the project, without what was installed, built or run here."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = {".venv", ".git", "var", "node_modules", "__pycache__"} | {p for p in parts if p.endswith("_cache")}
        if path.is_file() and not hidden & set(parts) and ".hypothesis" not in parts:
            yield path


def module_name(path: Path) -> str:
    """webapp/tasks.py -> webapp.tasks, engine/model/__init__.py -> engine.model."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST, module: str, *, package: bool) -> set[str]:
    """Every module or name imported anywhere in the file, relative ones made absolute, as dotted text."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = module.split(".")
                up = here[: len(here) - node.level + package]
                base = ".".join([*up, *([node.module] if node.module else [])])
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return found


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def forbidden(module: str, imported: set[str]) -> list[str]:
    """The imports of `module` that its room must not have."""
    found = []
    for room, banned in NEVER.items():
        if within(module, room):
            found += [f"{module} imports {name}" for name in sorted(imported) if any(within(name, b) for b in banned)]
    if within(module, "engine") and not within(module, "engine.spiff"):
        found += [f"{module} imports {name}" for name in sorted(imported) if within(name, "SpiffWorkflow")]
    if within(module, "forms"):
        outside = {name for name in imported if name.split(".")[0] not in STANDARD and not within(name, "forms")}
        found += [f"{module} imports {name}" for name in sorted(outside)]
    return found


def floor_of(name: str) -> int | None:
    """The floor of a dotted engine name, 0 at the top; None for the package itself and its migrations."""
    parts = name.split(".")
    if parts[0] != "engine" or len(parts) < 2 or parts[1] == "migrations":
        return None
    return next((n for n, floor in enumerate(FLOORS) if parts[1] in floor), -1)


def upward(module: str, imported: set[str]) -> list[str]:
    """Imports inside engine that climb, and modules that have no floor."""
    mine = floor_of(module)
    if mine is None:
        return []
    if mine == -1:
        return [f"{module} has no floor in tests/test_architecture.py"]
    found = []
    for name in sorted(imported):
        theirs = floor_of(name)
        if theirs is not None and theirs < mine and not within(name, ".".join(module.split(".")[:2])):
            found.append(f"{module} imports upward: {name}")
    return found


def wall_clock(tree: ast.AST) -> list[str]:
    """Calls that read the wall clock: datetime.now, utcnow, today, time.time and their like."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value).split(".")[-1]
            if (owner, node.func.attr) in {
                ("datetime", "now"),
                ("datetime", "utcnow"),
                ("datetime", "today"),
                ("date", "today"),
                ("time", "time"),
                ("time", "time_ns"),
                ("time", "localtime"),
                ("time", "gmtime"),
            }:
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def dangerous_calls(tree: ast.AST) -> list[str]:
    """Calls of eval, exec, compile and friends by their own name."""
    return [
        f"line {node.lineno}: {node.func.id}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile", "__import__"}
    ]


def sessions_touched(tree: ast.AST) -> list[str]:
    """Places that reach for `uow.session`."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "session"
        and ast.unparse(node.value).split(".")[-1] in {"uow", "unit", "unit_of_work"}
    ]


def texts_of_errors(tree: ast.AST) -> list[str]:
    """Places that put a caught or given error into a text, where its English words would stand in any language."""
    found = []
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef):
            continue
        caught = {one.name for one in ast.walk(scope) if isinstance(one, ast.ExceptHandler) and one.name}
        caught |= {one.arg for one in scope.args.args if "Error" in ast.unparse(one.annotation or ast.Constant(""))}
        for node in ast.walk(scope):
            told = node.value if isinstance(node, ast.FormattedValue) else None
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "str" and len(node.args) == 1:
                told = node.args[0]
            if isinstance(told, ast.Name) and told.id in caught:
                found.append(f"line {told.lineno}: the text of {told.id}")
    return found


def read(path: Path) -> tuple[str, ast.Module, set[str]]:
    module = module_name(path)
    tree = ast.parse(path.read_text("utf-8"), filename=str(path))
    return module, tree, imports(tree, module, package=path.name == "__init__.py")


def told(path: Path, findings: list[str]) -> list[str]:
    return [f"{path.relative_to(ROOT)} {finding}" for finding in findings]


def test_no_room_imports_what_it_must_not() -> None:
    found = []
    for path in sources(*ROOMS):
        module, _, imported = read(path)
        found += forbidden(module, imported)
    assert not found


def test_inside_the_engine_nothing_imports_upward() -> None:
    found = []
    for path in sources("engine"):
        module, _, imported = read(path)
        found += upward(module, imported)
    assert not found


def test_pure_modules_import_nothing_that_touches_the_world() -> None:
    found = []
    for path in sources("forms", "engine"):
        module, _, imported = read(path)
        if any(within(module, pure) for pure in PURE):
            found += [f"{module} imports {n}" for n in sorted(imported) if any(within(n, i) for i in IMPURE)]
    assert not found


def test_only_the_clock_reads_the_wall_clock() -> None:
    found = []
    for path in sources(*ROOMS):
        if path.relative_to(ROOT).as_posix() not in CLOCKS:
            found += told(path, wall_clock(read(path)[1]))
    assert not found


def test_nothing_is_evaluated_by_the_interpreter() -> None:
    found = []
    for path in sources(*ROOMS):
        found += told(path, dangerous_calls(read(path)[1]))
    assert not found


def test_no_sentence_is_filled_with_the_english_text_of_an_error() -> None:
    found = []
    for path in sources(*ROOMS):
        if not path.relative_to(ROOT).as_posix().startswith(ENGLISH):
            found += told(path, texts_of_errors(read(path)[1]))
    assert not found


def test_pages_reach_rows_only_through_verbs() -> None:
    found = []
    for path in sources("webapp"):
        found += told(path, sessions_touched(read(path)[1]))
    assert not found


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in sources(*ROOMS, "tests")
        if not path.name.startswith("test_")
    }
    assert not {name: length for name, length in lengths.items() if length > LONGEST}


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    texts = (".py", ".md", ".toml", ".txt", ".html", ".js", ".css", ".json", ".bpmn", ".form", ".po", ".sh", "")
    found = []
    for path in tracked():
        if path.suffix in texts and path.name != "test_architecture.py" and "vendor" not in path.parts:
            lines = path.read_text("utf-8", errors="replace").splitlines()
            found += told(
                path, [f"line {n}: {line.strip()}" for n, line in enumerate(lines, 1) if MACHINE.search(line)]
            )
    assert not found


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in sources(*ROOMS)
        if path.stat().st_size and not ast.get_docstring(read(path)[1])
    ]
    assert not silent


def test_no_form_activity_or_position_of_an_office_is_named_in_code() -> None:
    names = seed_names()
    found = []
    for path in sources(*ROOMS):
        texts = [n for n in ast.walk(read(path)[1]) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        found += told(path, [f"line {text.lineno}: {text.value!r}" for text in texts if text.value in names])
    assert not found


def test_requirements_name_what_is_imported_and_nothing_else() -> None:
    needed = set()
    for path in sources(*ROOMS):
        needed |= {name.split(".")[0] for name in read(path)[2]}
    needed -= STANDARD | set(ROOMS)
    owners = packages_distributions()
    imported = {owners[name][0].lower().replace("_", "-") for name in needed if name in owners}
    assert not {name for name in needed if name not in owners}
    named = {
        line.split("~")[0].split("=")[0].split(">")[0].split("[")[0].strip().lower() for line in requirement_lines()
    }
    # Come with a named one and are part of its face.
    imported -= {"werkzeug", "jinja2", "markupsafe", "babel", "itsdangerous", "click", "wtforms"}
    # Never imported by name: the zones that zoneinfo reads.
    assert named - {"tzdata"} == imported


def requirement_lines() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def seed_names() -> frozenset[str]:
    """Form keys, activity ids, process keys and position keys of the seeds, as the diagrams and forms give them."""
    from lxml import etree

    names = {path.stem for path in (ROOT / "forms").glob("*.form")} | {
        p.stem for p in (ROOT / "processes").glob("*.bpmn")
    }
    for path in (ROOT / "processes").glob("*.bpmn"):
        tree = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
        for element in tree.iter("{*}userTask", "{*}subProcess", "{*}lane"):
            names |= {element.get("id", ""), element.get("name", "")}
    return frozenset(names - {""})


@pytest.mark.parametrize(
    ("module", "source", "finding"),
    [
        ("forms.model", "import engine.db", "forms.model imports engine.db"),
        ("forms.model", "from engine import db", "forms.model imports engine.db"),
        ("forms.model", "import lxml", "forms.model imports lxml"),
        ("engine.tasks", "from flask import g", "engine.tasks imports flask.g"),
        ("engine.tasks", "import SpiffWorkflow.bpmn", "engine.tasks imports SpiffWorkflow.bpmn"),
        ("engine.spiff.step", "from ..model import TaskRow", "engine.spiff.step imports engine.model.TaskRow"),
        ("engine.spiff.step", "from .. import db", "engine.spiff.step imports engine.db"),
        ("webapp.tasks", "from engine.model.cases import TaskRow", "webapp.tasks imports engine.model.cases.TaskRow"),
        ("webapp.tasks", "def view():\n    import sqlalchemy", "webapp.tasks imports sqlalchemy"),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str, finding: str) -> None:
    assert finding in forbidden(module, imports(ast.parse(source), module, package=False))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("engine.history", "from .instances import start"),
        ("engine.instances", "from . import tasks"),
        ("engine.expressions", "from engine.diagram.model import Node"),
        ("engine.model.cases", "from ..db import Database"),
        ("engine.drawer", "import json"),
    ],
)
def test_an_import_that_climbs_is_found(module: str, source: str) -> None:
    assert upward(module, imports(ast.parse(source), module, package=False))


def test_imports_downward_and_sideways_are_fine() -> None:
    imported = imports(
        ast.parse("from .instances import settle\nfrom .model import TaskRow"), "engine.tasks", package=False
    )
    assert not upward("engine.tasks", imported)
    assert not upward("engine.model.cases", {"engine.model.base.Base"})


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (wall_clock, "import datetime\ndatetime.datetime.now()"),
        (wall_clock, "time.time()"),
        (wall_clock, "date.today()"),
        (texts_of_errors, "def f():\n    try: g()\n    except ValueError as e: h(reason=str(e))"),
        (texts_of_errors, "def f(error: FormError):\n    h(reason=f'{error}.')"),
        (dangerous_calls, "eval('1')"),
        (dangerous_calls, "exec(text)"),
        (sessions_touched, "with database.begin(actor) as uow:\n    uow.session.add(row)"),
    ],
)
def test_each_other_rule_can_fail(check: object, source: str) -> None:
    assert callable(check)
    assert check(ast.parse(source))


def test_the_pins_cover_every_requirement() -> None:
    pins = (ROOT / "constraints.txt").read_text("utf-8").lower().replace("_", "-")
    tests = (ROOT / "tests" / "requirements.txt").read_text("utf-8").splitlines()
    for line in [*requirement_lines(), *(t for t in tests if t and not t.startswith("#"))]:
        name = line.split("~")[0].split("=")[0].split(">")[0].split("[")[0].strip().lower()
        assert f"\n{name.replace('_', '-')}==" in pins, f"{name} has no pin in constraints.txt"
    assert "://" not in pins
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["strict"]
