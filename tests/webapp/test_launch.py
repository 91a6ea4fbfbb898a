"""`make run` from outside: real processes, real signals."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.visitor import OverTheWire, Visitor
from webapp import launch

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals of POSIX"),
    pytest.mark.xdist_group("launch"),
]


@dataclass(slots=True)
class Launched:
    process: subprocess.Popen[str]
    address: str
    folder: Path

    @property
    def worker(self) -> psutil.Process | None:
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):  # zombies, too: they have just died
                if "worker" in child.cmdline():
                    return child
        return None


def start(folder: Path, port: int | str = 0, **environment: str) -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ALUR_") and k not in {"PORT", "DEMO"}}
    return subprocess.Popen(
        [sys.executable, "-m", "webapp", "serve"],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), "PORT": str(port), "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def launched(folder: Path, **environment: str) -> Launched:
    process = start(folder, **environment)
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return Launched(process, found.group(), folder)
    process.stdout.close()
    raise AssertionError(f"it ended with {process.wait()} and without an address:\n{said}")


def until(true: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait for other processes: what they do takes real time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Launched]:
    running = launched(tmp_path, DEMO="0")
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.wait()
    assert running.process.stdout
    running.process.stdout.close()


def test_an_office_opens_and_ctrl_c_ends_all_of_it(office: Launched) -> None:
    with urllib.request.urlopen(office.address, timeout=10) as page:
        assert page.status == 200
    key = office.folder / "var" / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) > 40
    until(lambda: office.worker)
    worker = office.worker
    assert worker
    office.process.send_signal(signal.SIGINT)
    assert office.process.wait(20) == 0
    assert not worker.is_running()


def test_a_demo_opens_with_people_to_practise_as(tmp_path: Path) -> None:
    running = launched(tmp_path, DEMO="1")
    try:
        visitor = Visitor(OverTheWire(running.address))
        page = visitor.open("/")
        roles = [action for action in page.actions() if re.fullmatch(r"/roles/\d+", action)]
        assert len(roles) >= 14
        assert visitor.press(roles[0]).status == 200
    finally:
        running.process.terminate()
        said, _ = running.process.communicate(timeout=30)
    assert "Traceback" not in said, said


def test_being_terminated_ends_the_worker_too(office: Launched) -> None:
    until(lambda: office.worker)
    worker = office.worker
    assert worker
    office.process.terminate()
    assert office.process.wait(20) == 0
    assert not worker.is_running()


def test_a_worker_that_dies_is_started_again(office: Launched) -> None:
    until(lambda: office.worker)
    first = office.worker
    assert first
    first.kill()
    until(lambda: (worker := office.worker) and worker.pid != first.pid)  # it may die between two looks


def test_a_launcher_that_is_killed_leaves_no_worker_behind(office: Launched) -> None:
    until(lambda: office.worker)
    worker = office.worker
    assert worker
    time.sleep(0.5)  # let it reach its loop
    office.process.kill()
    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


def test_a_second_start_says_that_the_first_one_runs(office: Launched, tmp_path: Path) -> None:
    port = int(office.address.rpartition(":")[2])
    second = start(tmp_path, port, DEMO="0")
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"already running at {office.address}" in said
    assert f"PORT={port + 1} make run" in said


def test_a_second_start_on_another_port_shares_the_office(office: Launched, tmp_path: Path) -> None:
    second = launched(tmp_path, DEMO="0")
    with urllib.request.urlopen(second.address, timeout=10) as page:
        assert page.status == 200
    second.process.terminate()
    said, _ = second.process.communicate(timeout=30)
    assert second.process.returncode == 0, said
    assert office.process.poll() is None


def test_a_port_of_another_program_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        second = start(tmp_path, port)
        said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"Port {port} is used by another program. Take another port: PORT={port + 1} make run" in said
    assert "Traceback" not in said
    assert not (tmp_path / "var").exists()


def test_a_database_that_is_away_is_said_in_one_line(tmp_path: Path) -> None:
    process = start(tmp_path, ALUR_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said.startswith("The database can't be used: connection failed")
    assert "Traceback" not in said


@pytest.mark.parametrize("text", ["abc", "-1", "65536", "80 80", "８０００"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(launch.CannotStart, match="is no port"):
        launch.wanted_port(text)


def test_without_a_port_it_is_8000() -> None:
    assert launch.wanted_port("") == 8000
