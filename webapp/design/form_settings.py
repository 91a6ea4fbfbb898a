"""A field's settings between what the builder stores and what stands in its inputs; reading what was posted.

Inputs are texts; a setting is written anew only where its inputs say something else than before.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.design import conditions
from webapp.design.conditions import Condition, Row
from webapp.design.form_words import SETTINGS

#: settings of one input each begin like this in the page; the parts of others have a dash more
PREFIX = "s-"
CHOICE = ("label", "label_en", "value")
COLUMN = ("label", "label_en", "key", "type", "compute", "note", "note_en")
SOURCE = ("activity", "field", "match", "column")
FLAGS = frozenset(name for name, setting in SETTINGS.items() if setting.control == "flag")

Shown = dict[str, Any]


@dataclass(slots=True)
class Typed:
    """What the inputs said. `changed` are settings to write; `unfinished` those that say too little to be written."""

    shown: Shown
    changed: dict[str, Any] = field(default_factory=dict)
    unfinished: set[str] = field(default_factory=set)


def shown(settings: Mapping[str, Any]) -> Shown:
    """The settings as inputs hold them: texts, flags, and rows of texts."""
    return {name: _SHOWN.get(name, _one)(name, value) for name, value in settings.items() if name != "key"}


def read(posted: Mapping[str, str], settings: Mapping[str, Any], numbers: Collection[str]) -> Typed:
    """What was posted about a field with these `settings`; `numbers` are the fields that hold numbers.

    An input that still says what it said when the page was drawn says nothing: another window may have written since.
    """
    before = shown(settings)
    if not any(name.startswith(PREFIX) for name in posted):
        return Typed(before)
    drawn = drawn_with(posted)
    typed: Shown = {}
    for name, now in before.items():
        was = drawn.get(name, now)
        if name in FLAGS:
            said: Any = PREFIX + name in posted
        elif name == "default" and f"{PREFIX}default-several" in posted:
            said = _ticked(posted) or ""
        elif name in _READ:
            said = _READ[name](posted, was if type(was) is type(now) else now)
        else:
            said = posted.get(PREFIX + name, str(was or "")).replace("\r\n", "\n").strip()
        typed[name] = now if said == was else said
    found = Typed(typed)
    for name, value in typed.items():
        if value == before[name]:
            continue
        if name == "hide":
            _condition(found, value, numbers)
        elif name == "source":
            _sourced(found, value, settings)
        elif name == "choices" and typed.get("choices_from"):
            continue
        else:
            found.changed[name] = value
    if "choices_from" in found.changed and not found.changed["choices_from"]:
        del found.changed["choices_from"]
        if typed.get("choices"):
            found.changed["choices"] = typed["choices"]
        else:
            found.unfinished.add("choices")
    return found


def drawn_with(posted: Mapping[str, str]) -> Mapping[str, Any]:
    """What the inputs of the page said before anybody typed; empty where the page doesn't tell."""
    try:
        found = json.loads(posted.get("_was", ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# -- as inputs hold them -----------------------------------------------------------------------------------------------


def _one(name: str, value: Any) -> Any:
    if name in FLAGS:
        return value is True
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return "" if value is None or isinstance(value, (list, dict)) else str(value)


def _rows(names: Sequence[str]) -> Any:
    return lambda _name, value: [{name: str(one.get(name) or "") for name in names} for one in value or ()]


def _accept(_name: str, value: Any) -> str:
    return ", ".join(value or ())


def _source(_name: str, value: Any) -> dict[str, str]:
    given = value if isinstance(value, Mapping) else {}
    return {name: str(given.get(name) or "") for name in SOURCE}


def _default(name: str, value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, list) else _one(name, value)


def _hide(_name: str, value: Any) -> dict[str, Any]:
    text = value if isinstance(value, str) else ""
    found = conditions.read(text)
    rows = [{"field": row.field, "sign": row.sign, "value": row.value} for row in found.rows]
    return {"mode": found.mode, "join": found.join, "rows": rows, "expression": text}


_SHOWN: Mapping[str, Any] = {
    "choices": _rows(CHOICE),
    "columns": _rows(COLUMN),
    "accept": _accept,
    "default": _default,
    "source": _source,
    "hide": _hide,
}

# -- as they were posted -----------------------------------------------------------------------------------------------


def _posted_rows(name: str, parts: Sequence[str]) -> Any:
    def read(posted: Mapping[str, str], before: list[dict[str, str]]) -> list[dict[str, str]]:
        if not any(one.startswith(f"{PREFIX}{name}-") for one in posted):
            return before
        rows = numbered(posted, f"{PREFIX}{name}-", parts)
        pressed = posted.get(f"_{name}", "")
        kept = [row for row in rows if any(text for part, text in row.items() if part != "type")]
        return moved(kept, pressed)

    return read


def numbered(posted: Mapping[str, str], prefix: str, parts: Sequence[str]) -> list[dict[str, str]]:
    """Rows posted as prefix0-part, prefix1-part ..., until the first number that is missing."""
    rows: list[dict[str, str]] = []
    while any(f"{prefix}{len(rows)}-{part}" in posted for part in parts) and len(rows) < 500:
        rows.append({part: posted.get(f"{prefix}{len(rows)}-{part}", "").strip() for part in parts})
    return rows


def moved(rows: list[dict[str, str]], pressed: str) -> list[dict[str, str]]:
    """The rows after one of their buttons: "up:2", "down:2", "remove:2"; unchanged for anything else."""
    verb, _, place = pressed.partition(":")
    index = int(place) if place.isdecimal() and len(place) < 4 else -1
    if not 0 <= index < len(rows):
        return rows
    rest = [*rows[:index], *rows[index + 1 :]]
    if verb == "remove":
        return rest
    to = {"up": index - 1, "down": index + 1}.get(verb, index)
    to = max(0, min(to, len(rest)))
    return [*rest[:to], rows[index], *rest[to:]]


def _ticked(posted: Mapping[str, str]) -> list[str]:
    """The choices that were ticked to stand in a field beforehand."""
    count = posted[f"{PREFIX}default-several"]
    places = range(min(int(count), 500) if count.isdecimal() and len(count) < 5 else 0)
    return [posted[name] for name in (f"{PREFIX}default-{place}" for place in places) if name in posted]


def _posted_source(posted: Mapping[str, str], before: dict[str, str]) -> dict[str, str]:
    found = {name: posted.get(f"{PREFIX}source-{name}", before[name]).strip() for name in SOURCE}
    if found["activity"] != before["activity"]:
        found |= dict.fromkeys(SOURCE[1:], "")
    elif found["field"] != before["field"]:
        found |= {"match": "", "column": ""}
    return found


def _posted_hide(posted: Mapping[str, str], before: dict[str, Any]) -> dict[str, Any]:
    mode = posted.get(f"{PREFIX}hide-mode", before["mode"])
    if mode not in ("always", "shown", "hidden", "expression"):
        mode = before["mode"]
    rows = numbered(posted, f"{PREFIX}hide-", ("field", "sign", "value"))
    kept = [row for row in rows if row["field"]]
    join = "or" if posted.get(f"{PREFIX}hide-join") == "or" else "and"
    expression = posted.get(f"{PREFIX}hide-expression", before["expression"]).strip().removeprefix("=").strip()
    return {"mode": mode, "join": join, "rows": moved(kept, posted.get("_hide", "")), "expression": expression}


_READ: Mapping[str, Any] = {
    "choices": _posted_rows("choices", CHOICE),
    "columns": _posted_rows("columns", COLUMN),
    "source": _posted_source,
    "hide": _posted_hide,
}


def _condition(found: Typed, value: dict[str, Any], numbers: Collection[str]) -> None:
    if value["mode"] == "always":
        found.changed["hide"] = ""
    elif value["mode"] == "expression":
        if value["expression"]:
            found.changed["hide"] = value["expression"]
        else:
            found.unfinished.add("hide")
    else:
        rows = tuple(Row(**row) for row in value["rows"])
        if not rows or any(map(conditions.unfinished, rows)):
            found.unfinished.add("hide")
        else:
            found.changed["hide"] = conditions.write(Condition(value["mode"], value["join"], rows), numbers)


def _sourced(found: Typed, value: dict[str, str], settings: Mapping[str, Any]) -> None:
    rows = "columns" in settings or "fixed_rows" in settings
    if not value["activity"]:
        found.changed["source"] = None
    elif (not value["field"] and not rows) or bool(value["match"]) != bool(value["column"]):
        found.unfinished.add("source")
    else:
        before = settings.get("source")
        kept = before if isinstance(before, Mapping) else {}
        same = (kept.get("activity"), kept.get("field")) == (value["activity"], value["field"] or None)
        earlier = {"earlier": kept["earlier"]} if same and kept.get("earlier") else {}
        found.changed["source"] = {**value, **earlier}
