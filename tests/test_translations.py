"""Bahasa Indonesia is complete: every sentence of the code has its translation, and the compiled file is that text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "webapp/translations/id/LC_MESSAGES/messages.po"
PLACE = re.compile(r"%(?:\((\w+)\))?[sd]")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with CATALOG.open("rb") as file:
        return read_po(file, locale="id")


def sentences() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Where a sentence stands, and the sentence (singular and plural where it counts)."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    keywords = {"_": None, "N_": None, "gettext": None, "lazy_gettext": None, "_l": None, "ngettext": (1, 2)}
    for room in ("forms", "engine", "webapp"):
        for file, line, message, _, _ in extract_from_dir(ROOT / room, methods, keywords=keywords):
            yield f"{room}/{file}:{line}", message


def test_every_sentence_has_an_indonesian_one(catalog: Catalog) -> None:
    missing = {}
    for place, text in sentences():
        known = catalog.get(text[0] if isinstance(text, tuple) else text)
        if known is None or not known.string or (isinstance(known.string, tuple) and not all(known.string)):
            missing[text] = place
    assert not missing, f"{len(missing)} sentences lack a translation"


def test_no_translation_is_a_guess(catalog: Catalog) -> None:
    assert not [message.id for message in catalog if message.id and message.fuzzy]


def test_translations_keep_the_places_for_names_and_numbers(catalog: Catalog) -> None:
    wrong = [message.id for message in catalog if message.id and not places_kept(message)]
    assert not wrong


def places_kept(message: Message) -> bool:
    strings = forms(message.string)
    wanted = {name for text in forms(message.id) for name in PLACE.findall(text)}
    return all(set(PLACE.findall(text)) <= wanted for text in strings) and (
        isinstance(message.id, tuple) or set(PLACE.findall(strings[0])) == wanted
    )


def test_a_lost_place_is_noticed() -> None:
    assert places_kept(Message("%(n)s tasks", "%(n)s tugas"))
    assert not places_kept(Message("%(n)s tasks", "tugas"))
    assert not places_kept(Message("%(n)s tasks", "%(m)s tugas"))


def test_the_compiled_translation_is_the_written_one(catalog: Catalog) -> None:
    with CATALOG.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert pairs(compiled) == pairs(catalog), "compile it: .venv/bin/pybabel compile -d webapp/translations"


def pairs(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Sentences and their translations; counted ones have several forms."""
    return {forms(m.id): forms(m.string) for m in catalog if m.id and m.string}


def forms(text: str | Sequence[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
