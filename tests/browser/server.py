"""The app on a free port, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from waitress import wasyncore
from waitress.server import create_server

from engine.db import Database
from webapp import create_app
from webapp.settings import WebSettings


@contextmanager
def serve(database: Database, *, demo: bool = True) -> Iterator[str]:
    """Serve `database` while the block lasts; gives the address, `http://127.0.0.1:...`."""
    settings = WebSettings(secret_key="for tests only", database_url=database.url, demo=demo)
    channels: dict[int, object] = {}
    server = create_server(create_app(settings, database), map=channels, host="127.0.0.1", port=0, threads=4)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.05, map=channels, count=1)

    thread = threading.Thread(target=run, name="live-server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        stop.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(channels)
