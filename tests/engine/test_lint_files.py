"""`python -m engine lint`: any bytes whatsoever get one line, in bounded time, without a database."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from engine import lint_apart, lint_files
from engine.__main__ import main
from engine.diagram.xml import LARGEST
from tests.engine.diagram.building import END, START, around, bpmn, chain, flow, task

ROOT = Path(__file__).resolve().parents[2]
SOP = ROOT / "processes" / "pengumpulan_data_kinerja.bpmn"
HEAD = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="p" isExecutable="true">"""
TAIL = b"</process></definitions>"
#: runs a command and says on stderr what it took at most, in the units of getrusage
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def linted(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[int, list[dict[str, Any]]]:
    code = main(["lint", "--json", *map(str, paths)])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_procedures_pass_with_the_forms_beside_them_and_no_database() -> None:
    files = sorted(str(path) for path in (ROOT / "processes").glob("*.bpmn"))
    ran = subprocess.run(
        [sys.executable, "-m", "engine", "lint", "--json", *files],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "ALUR_DATABASE_URL": "postgresql://nowhere.invalid/none"},
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["file"] for line in lines] == files
    assert [line["problems"] for line in lines] == [[]] * len(files)


def test_a_blocking_finding_gives_one_and_names_element_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.bpmn"
    path.write_bytes(SOP.read_bytes().replace(b"userTask", b"complexGateway"))
    code, (line,) = linted(capsys, path)
    assert code == 1
    assert set(line) == {"file", "problems"}
    keys = {"element", "name", "rule", "severity", "message", "remedy"}
    assert all(set(problem) == keys for problem in line["problems"])
    blocking = [p for p in line["problems"] if p["severity"] == "error"]
    assert any(p["rule"] == "not-executed" and p["remedy"] and p["element"] for p in blocking)
    assert main(["lint", str(path)]) == 1
    assert "not-executed" in capsys.readouterr().out


def hostile() -> dict[str, bytes]:
    whole = SOP.read_bytes()
    small = (ROOT / "tests" / "diagrams" / "script_task.bpmn").read_bytes()
    deep = b"<subProcess>" * 5000 + b"</subProcess>" * 5000
    tasks = b"".join(b'<userTask id="t%d"/>' % n for n in range(30_000))
    errors = b"".join(b'<error id="r%d"/>' % n for n in range(20_000))
    throws = b"".join(
        b'<endEvent id="e%d"><errorEventDefinition errorRef="r%d"/></endEvent>' % (n, 19_999 - n) for n in range(900)
    )
    flows = b"".join(b'<sequenceFlow id="f%d" sourceRef="a" targetRef="b"/>' % n for n in range(40_000))
    grid = b'<startEvent id="s"/>' + b"".join(b'<parallelGateway id="g%d"/>' % n for n in range(900))
    grid += b"".join(
        b'<sequenceFlow id="x%d" sourceRef="g%d" targetRef="g%d"/>' % (n, n % 900, (n * 7 + 1) % 900)
        for n in range(8000)
    )
    script = b"<scriptTask id='x'><script>" + b"x = (\n" * 200_000 + b"</script></scriptTask>"
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>' + HEAD + b"&c;" + TAIL
    return {
        "nothing": b"",
        "zeros": bytes(10_000),
        "noise": random.Random(7).randbytes(100_000),
        "utf-16": whole.decode().encode("utf-16"),
        "bomb": bomb,
        "bomb in utf-16": bomb.decode().encode("utf-16"),
        "deep": HEAD + deep + TAIL,
        "many tasks": HEAD + tasks + TAIL,
        "many errors": HEAD.replace(b"<process", errors + b"<process") + throws + TAIL,
        "many flows": HEAD + b'<startEvent id="a"/><endEvent id="b"/>' + flows + TAIL,
        "grid": HEAD + grid + TAIL,
        "long script": HEAD + script + TAIL,
        "long attribute": HEAD + b'<userTask id="' + b"a" * 4_000_000 + b'"/>' + TAIL,
        "long expression": whole.replace(b"semua_lengkap", b"(" * 1_000_000),
        "escape": small.replace(b"price * 2", b"().__class__.__bases__[0].__subclasses__()"),
        "null id": whole.replace(b'id="disposisi"', b'id=""'),
        "surrogate": whole.replace(b"Camat", b"\xed\xa0\x80"),
        "latin-1 said to be utf-8": whole.replace(b"Camat", "Camát".encode("latin-1")),
        "utf-8 said to be utf-16": whole.replace(b"UTF-8", b"UTF-16", 1),
        "utf-7": whole.replace(b"UTF-8", b"UTF-7", 1),
        "ebcdic": whole.decode().encode("cp500"),
        "unknown encoding": whole.replace(b"UTF-8", b"x-" + b"y" * 1000, 1),
        "two byte order marks": b"\xef\xbb\xbf\xff\xfe" + whole,
        "control characters": whole.replace(b"Camat", b"&#x0;"),
        "two roots": whole + whole.partition(b"?>")[2],
        "ids twice": HEAD + b'<userTask id="a"/>' * 40_000 + TAIL,
        "many attributes": HEAD + b"<userTask " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"/>" + TAIL,
        "thick": bpmn(thick("parallelGateway")),
        "thick inclusive": bpmn(thick("inclusiveGateway")),
        "long expressions": bpmn(scripts("+".join(["1"] * 900))),
    }


def thick(join: str) -> str:
    """A net whose states are many and hold thousands of tokens each."""
    steps = [f"t{n}" for n in range(400)]
    straight = "".join(flow("f", "j", id=f"x{n}") for n in range(4000))
    gateways = f'<parallelGateway id="f"/><{join} id="j"/>'
    between = "".join(task(step) + chain("f", step, "j") for step in steps)
    return START + END + gateways + chain("start", "f") + chain("j", "end") + straight + between


def scripts(expression: str) -> str:
    """As many script tasks as a process may have, each with other long expressions."""
    ids = [f"x{n}" for n in range(990)]
    return around(
        *(f'<scriptTask id="{id}"><script>{id} = {expression}+{id}</script></scriptTask>' for id in ids),
        ids=" ".join(ids),
    )


def large() -> bytes:
    """A sound diagram of nearly 5 MB: as many steps as may be, each with pages of text and its place in the picture."""
    ids = [f"t{n}" for n in range(990)]
    page = "<documentation>" + "Langkah. " * 440 + "</documentation>"
    picture = "".join(f'<di:BPMNShape id="s{n}" bpmnElement="t{n % 990}"/>' for n in range(15_000))
    whole = bpmn(around(*(task(id, page, "") for id in ids), ids=" ".join(ids)))
    return whole.replace(b"<di:BPMNShape/>", picture.encode())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], int]:
    """The rules that the command names for each hostile file and the large one, and what it took at most, in bytes."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, content in {**hostile(), "large": large()}.items():
        (folder / f"{name}.bpmn").write_bytes(content)
    paths = sorted(map(str, folder.glob("*.bpmn")))
    # A small process between us: what one held before it became another counts as the other's too.
    command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "engine", "lint", "--json", *paths]
    with (folder / "said").open("wb") as said:
        child = subprocess.run(command, cwd=ROOT, stdout=said, stderr=subprocess.PIPE, text=True, check=False)
    assert (child.returncode, child.stderr.count("\n")) == (1, 1)
    lines = [json.loads(line) for line in (folder / "said").read_text("utf-8").splitlines()]
    assert [line["file"] for line in lines] == paths
    kilobyte = 1024 if sys.platform == "linux" else 1
    rules = {Path(line["file"]).stem: [p["rule"] for p in line["problems"]] for line in lines}
    return rules, int(child.stderr) * kilobyte


@pytest.mark.parametrize("name", hostile())
def test_hostile_bytes_are_judged_in_time(name: str, told: tuple[dict[str, list[str]], int], tmp_path: Path) -> None:
    assert told[0][name]
    path = tmp_path / f"{name}.bpmn"
    path.write_bytes(hostile()[name])
    began = time.process_time()
    problems = lint_files.problems_of(path)
    assert time.process_time() - began < 4  # nothing here needs the bound
    assert any(problem.severity == "error" for problem in problems)


def test_a_sound_diagram_of_nearly_5_mb_is_judged_in_time(tmp_path: Path) -> None:
    path = tmp_path / "large.bpmn"
    path.write_bytes(large())
    assert 4_500_000 < path.stat().st_size < LARGEST
    began = time.process_time()
    problems = lint_files.problems_of(path)
    assert time.process_time() - began < 3
    assert {p.rule for p in problems} == {"no-form", "nobody"}


def test_hostile_files_take_less_than_300_mb(told: tuple[dict[str, list[str]], int]) -> None:
    assert told[1] < 300 * 1024 * 1024


def test_a_file_that_takes_too_long_or_too_much_is_left_and_the_others_are_judged(tmp_path: Path) -> None:
    for name, content in (("a", hostile()["many tasks"]), ("b", SOP.read_bytes()), ("c", large())):
        (tmp_path / f"{name}.bpmn").write_bytes(content)
    paths = sorted(tmp_path.glob("*.bpmn"))
    slow, *_ = list(lint_apart.judged(paths[:1], seconds=0.05))
    assert [p["rule"] for p in slow["problems"]] == ["unreadable"]
    assert "too complicated" in slow["problems"][0]["message"]
    told = list(lint_apart.judged(paths, seconds=60, room=32 * 1024 * 1024))
    assert [line["file"] for line in told] == [str(path) for path in paths]
    unread = [{p["rule"] for p in line["problems"]} <= {"unreadable", "not-xml"} for line in told]
    assert unread == [True, False, True]


def test_a_file_truncated_at_every_byte_is_judged(tmp_path: Path) -> None:
    whole = (ROOT / "tests" / "diagrams" / "user_task.bpmn").read_bytes()
    path = tmp_path / "cut.bpmn"
    for length in range(len(whole) - 2):
        path.write_bytes(whole[:length])
        assert lint_files.problems_of(path), length


def test_a_file_that_is_too_large_missing_or_no_file_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = tmp_path / "large.bpmn"
    with large.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing, which nobody could read
    os.mkfifo(tmp_path / "pipe.bpmn")
    never = [tmp_path / "gone.bpmn", tmp_path, tmp_path / "pipe.bpmn", Path("/dev/zero")]
    code, lines = linted(capsys, large, *never)
    assert code == 1
    assert [[p["rule"] for p in line["problems"]] for line in lines] == [["unreadable"]] * 5
