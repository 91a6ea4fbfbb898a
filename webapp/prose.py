"""The small Markdown of forms and diagrams as safe HTML: paragraphs, lists, bold. Everything else is shown as typed."""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

BULLET = re.compile(r"^\s*[-*]\s+")
NUMBER = re.compile(r"^\s*\d+[.)]\s+")
HEADING = re.compile(r"^\s*#{1,6}\s+")
LISTS = {"ul": Markup("<ul>{}</ul>"), "ol": Markup("<ol>{}</ol>")}
BOLD = re.compile(r"\*\*(.+?)\*\*")


def prose(text: str) -> Markup:
    """Paragraphs and lists of `text`; nothing in it can become markup of its own."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return Markup("").join(_block(block.splitlines()) for block in blocks if block.strip())


def _kind(line: str) -> str:
    if BULLET.match(line):
        return "ul"
    if NUMBER.match(line):
        return "ol"
    return "h" if HEADING.match(line) else "p"


def _block(lines: list[str]) -> Markup:
    parts = []
    for kind, group in groupby(lines, _kind):
        if kind in ("ul", "ol"):
            marker = BULLET if kind == "ul" else NUMBER
            items = Markup("").join(Markup("<li>{}</li>").format(_inline(marker.sub("", line))) for line in group)
            parts.append(LISTS[kind].format(items))
        elif kind == "h":
            parts.extend(Markup("<p><strong>{}</strong></p>").format(_inline(HEADING.sub("", line))) for line in group)
        else:
            parts.append(Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line) for line in group)))
    return Markup("").join(parts)


def _inline(line: str) -> Markup:
    return Markup(BOLD.sub(r"<strong>\1</strong>", str(escape(line.strip()))))  # noqa: S704  escaped just before
