"""Text measured and broken into lines without a browser: an estimate that errs on the wide side."""

from __future__ import annotations

import unicodedata

SIZE = 12.0  #: px; what most modelers draw with
LINE = 14.0
#: Widths in thousandths of the size, after the widest of the common sans-serif faces.
_WIDTHS = {
    280: "ijlI|'J",
    320: " .,",
    345: "f:;/\\-!",
    400: "rt()[]",
    460: '"*`',
    525: "sz?_",
    555: "cL",
    585: "kF",
    595: "vxy",
    617: "aeoPTY",
    637: "bdghnpquE$#0123456789",
    690: "ABKRSVXZC",
    740: "HNU&",
    785: "DGOQ",
    820: "w",
    840: "+<=>~^",
    865: "M",
    980: "m%",
    1000: "W@",
}
_WIDTH = {char: width / 1000 for width, chars in _WIDTHS.items() for char in chars}
ELLIPSIS = "…"


def width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """How wide a line is, in px."""
    units = sum(_WIDTH.get(char, 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.65) for char in text)
    return units * size * (1.12 if bold else 1.0)


def wrap(text: str, room: float, *, size: float = SIZE, most: int = 20) -> list[str]:
    """Break into lines no wider than `room`; too long words are cut, lines past `most` end in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size) <= room:
            lines[-1] = joined
            continue
        *full, rest = _pieces(word, room, size)
        lines += [*full, rest]
    if len(lines) > most:
        lines = [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), room, size=size)]
    return lines


def _pieces(word: str, room: float, size: float) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and width(pieces[-1] + char, size) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces


def cut(text: str, room: float, *, size: float = SIZE, bold: bool = False) -> str:
    """The text, or its beginning with an ellipsis, no wider than `room`."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + ELLIPSIS, size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS
