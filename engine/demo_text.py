"""Fills the demo's answers: periods and dates that move with the day, rows per unit, invented papers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_BLANK = re.compile(r"\{(year|quarter|case|item|by|day(?:[+-]\d+)?)\}")
_QUARTERS = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the blanks {year}, {quarter}, {case}, {by}, {item}, {day}, {day-3}."""

    day: date
    year: int
    quarter: str
    case: str
    by: str
    item: str = ""

    @classmethod
    def of(cls, day: date, case: Mapping[str, Any], *, by: str) -> Words:
        """The words of one act; the period lies `quarters_ago` whole quarters before the day."""
        count = day.year * 4 + (day.month - 1) // 3 - case.get("quarters_ago", 1)
        return cls(day, count // 4, _QUARTERS[count % 4], case.get("number", ""), by)

    def put_into(self, text: str) -> str:
        return _BLANK.sub(self._word, text)

    def _word(self, blank: re.Match[str]) -> str:
        name = blank[1]
        if name.startswith("day"):
            return (self.day + timedelta(days=int(name[3:] or 0))).isoformat()
        return str(getattr(self, name))


def filled(value: Any, words: Words, case: Mapping[str, Any]) -> Any:
    """The value with its blanks filled.

    A row {"@each": "units", ...} stands for one row per item of that list of the case; "@except" overrides the cells of
    single items.
    """
    if isinstance(value, str):
        return words.put_into(value)
    if isinstance(value, Mapping):
        return {key: filled(inner, words, case) for key, inner in value.items()}
    if isinstance(value, list):
        rows: list[Any] = []
        for inner in value:
            if isinstance(inner, Mapping) and "@each" in inner:
                rows += _each(inner, words, case)
            else:
                rows.append(filled(inner, words, case))
        return rows
    return value


def _each(row: Mapping[str, Any], words: Words, case: Mapping[str, Any]) -> list[Any]:
    plain = {key: cell for key, cell in row.items() if not key.startswith("@")}
    rows = []
    for item in case[row["@each"]]:
        own = Words(words.day, words.year, words.quarter, words.case, words.by, item)
        rows.append(filled({**plain, **row.get("@except", {}).get(item, {})}, own, case))
    return rows


def paper(title: str) -> bytes:
    """A one-page PDF that says what it stands for and that it is an example."""
    lines = (title, "Contoh untuk latihan - bukan dokumen resmi")
    shown = "".join(f"({_escaped(line)}) Tj 0 -28 Td " for line in lines)
    content = f"BT /F1 16 Tf 72 760 Td {shown}ET".encode("latin-1", "replace")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    )
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(file)


def _escaped(text: str) -> str:
    return re.sub(r"([()\\])", r"\\\1", text)
