"""python -m webapp serve: the office on this machine, pages and worker together."""

from __future__ import annotations

import sys

from webapp import launch

USAGE = """usage: python -m webapp serve

Serves the pages at http://127.0.0.1:PORT and keeps a worker running beside them. Ctrl-C ends both.

environment:
  PORT               8000 unless told otherwise
  DEMO               1 (default): invented people and cases; 0: an empty office
  ALUR_DATABASE_URL  sqlite:///var/alur.db unless told otherwise"""


def main(arguments: list[str]) -> int:
    if arguments == ["serve"]:
        return launch.serve()
    if arguments == ["worker"]:
        return launch.work()
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
