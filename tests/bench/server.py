"""python -m tests.bench.server DATABASE_URL: the pages in their own process, and an empty one; prints its port."""

from __future__ import annotations

import logging
import sys

from flask import render_template_string
from waitress import create_server

from engine.db import Database
from webapp import create_app
from webapp.settings import WebSettings

EMPTY = '{% extends "work/page.html" %}{% block content %}{% endblock %}'


def main(url: str) -> None:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(WebSettings(secret_key="bench", database_url=url), Database(url))
    app.add_url_rule("/empty", "empty", lambda: render_template_string(EMPTY))
    server = create_server(app, host="127.0.0.1", port=0, threads=8)
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1])
