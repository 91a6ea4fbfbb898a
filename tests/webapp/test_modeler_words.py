"""The modeler speaks Bahasa Indonesia: every sentence of its own, and every label that bpmn-js shows."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ROOT

SOURCES = ROOT / "webapp" / "frontend" / "src"
SAID = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)\"""")
ENTRY = re.compile(r"""^  (?:"((?:[^"\\]|\\.)*)"|(\w+)):""", re.M)
#: words that stand in a table and are translated where they are shown
LISTED = re.compile(r"""(?:label: |(?<!\()\["[a-z_=!<> ]+", )"([^"]+)\"""")


def entries(name: str) -> set[str]:
    text = (SOURCES / "words" / name).read_text("utf-8")
    return {quoted or bare for quoted, bare in ENTRY.findall(text)}


def sources() -> list[Path]:
    return [path for path in SOURCES.rglob("*.js*") if path.parent.name != "words" and path.suffix in (".js", ".jsx")]


def test_every_sentence_of_the_modeler_is_translated() -> None:
    known = entries("own.id.js") | entries("bpmn.id.js")
    said = {text for path in sources() for text in SAID.findall(path.read_text("utf-8"))}
    listed = {
        text
        for name in ("condition.jsx", "process.jsx", "task.jsx")
        for text in LISTED.findall((SOURCES / "panel" / name).read_text("utf-8"))
        if re.search("[a-z]{2}", text)
    }
    buttons = re.findall(r': \["([^"]+)", "alur-', (SOURCES / "fixes.js").read_text("utf-8"))
    listed |= set(buttons)
    assert len(said) > 100 and {"SOP title", "Low", "is not"} <= listed
    assert (said | listed) - known == set()


def test_no_translation_is_left_over() -> None:
    said = "".join(path.read_text("utf-8") for path in sources())
    assert [text for text in entries("own.id.js") if f'"{text}"' not in said] == []
