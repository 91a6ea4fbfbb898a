"""The commands that ask no database: they judge and try out diagrams as they lie in files."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine import lint_apart, office
from engine.clock import SystemClock
from engine.errors import N_, InvalidInput
from engine.rehearsal import files as rehearsed

from .commands import Result, answers_in, read_json

ZONE = ZoneInfo(office.DEFAULT_ZONE)


def lint(arguments: Namespace) -> Result:
    """Judge diagrams from files, one line of JSON or some lines of text for each; asks no database."""
    views = list(lint_apart.judged([Path(name) for name in arguments.files]))
    good = not any(p["severity"] == "error" for view in views for p in view["problems"])
    if arguments.json:
        return Result("\n".join(json.dumps(view, default=str) for view in views), views, good)
    lines = []
    for view in views:
        lines.append(f"{view['file']}: " + ("problems" if view["problems"] else "no problem"))
        for p in view["problems"]:
            at = " ".join(filter(None, (p["element"], f"({p['name']})" if p["name"] else ""))) or "diagram"
            lines.append(f"  {p['severity']} {p['rule']} at {at}: {p['message']} {p['remedy']}")
    text = "\n".join(lines)
    return Result(text.encode("utf-8", "backslashreplace").decode(), views, good)


def rehearse(arguments: Namespace) -> Result:
    """Try a diagram out on an office in memory; asks no database."""
    at = _instant(arguments.at)
    answers = answers_in(arguments.answers) if arguments.answers else None
    office = read_json(Path(arguments.office).read_text("utf-8")) if arguments.office else None
    told = rehearsed.told(Path(arguments.file), answers=answers, at=at, like=office)
    lines = []
    for run in told["runs"]:
        lines.append(" ".join(filter(None, (run["about"], run["forced"], json.dumps(run["wishes"]).strip("{}")))))
        lines += [_line(step) for step in run["trace"]]
        if run["stuck"]:
            lines.append(f"  stuck at {run['stuck']['name'] or run['stuck']['element']}: {run['stuck']['reason']}")
    lines += [f"no run takes the flow {id}" for id in told["untaken"]]
    return Result("\n".join(lines), told, good=told["good"])


def _line(step: Mapping[str, Any]) -> str:
    """One step of a trace, with the times of the office's usual zone."""
    who = ", ".join(filter(None, (step["performer"], step["item"])))
    times = f"{_short(step['entered'])} to {_short(step['left'])}, due {_short(step['due'])}"
    alerts = "".join(f"; alert {_short(one['at'])} to {', '.join(one['to'])}" for one in step["alerts"])
    return f"  {step['number'] or '-':>3}  {step['name']} ({who})  {times}{alerts}"


def _short(at: str | None) -> str:
    return f"{datetime.fromisoformat(at).astimezone(ZONE):%Y-%m-%d %H:%M}" if at else "-"


def _instant(text: str | None) -> datetime:
    """`--at`, in the office's usual zone where it names none; now without it."""
    if text is None:
        return SystemClock().now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("at", N_("Write the time as 2026-03-13T09:00.")) from None
    return (at if at.tzinfo else at.replace(tzinfo=ZONE)).astimezone(UTC)
