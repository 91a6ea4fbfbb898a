"""Starts an office on this machine: database, seeds, pages, and a worker that is kept alive and never left behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic
from types import FrameType

from waitress.server import create_server

from engine import calendars, demo, seeds
from engine.__main__ import main as engine_command
from engine.db import Database, migrate
from engine.errors import DatabaseUnusable
from engine.identity import SYSTEM
from webapp import create_app
from webapp.settings import WebSettings

HOST = "127.0.0.1"
NAME = "Alur"  #: in the Server header; tells a busy port of ours from somebody else's
ROOT = Path(__file__).resolve().parent.parent

#: seconds before a worker that ended is started again: doubled each time, forgotten once one has lived long
FIRST_PAUSE, LONGEST_PAUSE, CALM = 1.0, 60.0, 60.0
#: seconds a worker gets to finish what it has in hand
PATIENCE = 10.0


class CannotStart(Exception):
    """Its text tells the person at the terminal what is wrong and what to type."""


def serve() -> int:
    """Run until Ctrl-C or SIGTERM; 1 if it can't start."""
    os.environ.setdefault("DEMO", "1")
    # Ctrl-C too: a shell that starts this in the background has it ignored, and then nothing would end it by that.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    stop = threading.Event()
    worker = threading.Thread(target=keep_worker, args=(stop,), name="worker-keeper")
    try:
        listener = listen(wanted_port(os.environ.get("PORT", "")))
        settings = WebSettings.from_environment()
        database = prepare(settings)
        server = create_server(
            create_app(settings, database),
            sockets=[listener],
            threads=8,
            ident=NAME,
            clear_untrusted_proxy_headers=not settings.trusted_proxies,
        )
        worker.start()
        print(welcome(listener.getsockname()[1], demo=settings.demo), flush=True)
        server.run()
    except (CannotStart, DatabaseUnusable) as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    finally:
        _ignore_further_signals()
        stop.set()
        if worker.is_alive():
            worker.join()
    print("Alur has stopped. Everything sent is kept in the database.")
    return 0


def wanted_port(text: str) -> int:
    if not text:
        return 8000
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise CannotStart(f"PORT={text} is no port. Take a number up to 65535: PORT=8001 make run")


def listen(port: int) -> socket.socket:
    """Take the port before anything else is done, so that a busy one changes nothing."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere this option would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if isinstance(error, PermissionError):
            raise CannotStart(
                f"Port {port} needs an administrator's rights. Take another: PORT=8000 make run"
            ) from None
        another = f"PORT={port + 1 if port < 65535 else 8000} make run"
        if ours(port):
            message = (
                f"Alur is already running at http://{HOST}:{port} - open that address.\nFor a second one: {another}"
            )
        else:
            message = f"Port {port} is used by another program. Take another port: {another}"
        raise CannotStart(message) from None
    return listener


def ours(port: int) -> bool:
    """Does an Alur answer at the port?"""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("HEAD", "/health")
        return NAME in (connection.getresponse().getheader("Server") or "")
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def prepare(settings: WebSettings) -> Database:
    """Bring the schema up to date, fill an empty demo office, and deploy new seeds."""
    migrate(settings.database_url)
    database = Database(settings.database_url)
    reviewed = (ROOT / "processes", ROOT / "forms")
    if settings.demo:
        demo.load(database, seeds=reviewed)
    with database.begin(SYSTEM) as uow:
        calendars.establish(uow)
    with database.begin(SYSTEM) as uow:
        refused = seeds.deploy(uow, *reviewed)
    for name, error in refused.items():
        # The office goes on with what is deployed; a broken file is for whoever edits it.
        print(f"processes/{name} was not deployed:", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem.text()}", file=sys.stderr)
    return database


def welcome(port: int, *, demo: bool) -> str:
    first = (
        "Demo office: choose a position on the first page."
        if demo
        else "The first visit creates the administrator; nobody else can sign in before."
    )
    return f"\n  Alur is ready:  http://{HOST}:{port}\n  {first}\n  Ctrl-C ends it.\n"


def keep_worker(stop: threading.Event) -> None:
    """Keep one worker running until `stop`; start it again when it ends by itself, ever more slowly."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        born = monotonic()
        worker = start_worker()
        while worker.poll() is None and not stop.wait(0.2):
            pass
        if stop.is_set():
            end_worker(worker)
            return
        if monotonic() - born > CALM:
            pause = FIRST_PAUSE
        print(f"The worker ended by itself ({worker.returncode}); starting it again in {pause:.0f} s.", file=sys.stderr)
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def start_worker() -> subprocess.Popen[bytes]:
    """Start a worker out of reach of the terminal's Ctrl-C, tied to this process by its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", "webapp", "worker"],
        stdin=subprocess.PIPE,
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def end_worker(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    if worker.stdin:
        worker.stdin.close()


def work() -> int:
    """Be the worker of a launcher: end when the launcher does, even if it was killed."""
    threading.Thread(target=_end_with_launcher, name="launcher-watch", daemon=True).start()
    return engine_command(["worker"])


def _end_with_launcher() -> None:
    # Returns only when the other end is closed, by whatever death. Not through sys.stdin: its lock outlives the thread.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ignore_further_signals() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
