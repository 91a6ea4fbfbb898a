"""What every part of the drawing is made of: colours, tags, text, and what is to be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from engine.diagram.picture import Box
from engine.diagram.text import LINE, SIZE

FONT = "var(--diagram-font, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif)"
INK = "var(--diagram-ink, CanvasText)"
PAPER = "var(--diagram-paper, Canvas)"
FILL = "var(--diagram-fill, Canvas)"
LANE = "var(--diagram-lane, color-mix(in srgb, CanvasText 35%, Canvas))"
BAND = "var(--diagram-band, color-mix(in srgb, CanvasText 6%, Canvas))"
ACCENT = "var(--diagram-accent, #0b6e6e)"
ON_ACCENT = "var(--diagram-on-accent, #fff)"
HELD = "var(--diagram-held, color-mix(in srgb, #0b8a8a 14%, Canvas))"
LATE = "var(--diagram-late, #b3261e)"
ON_LATE = "var(--diagram-on-late, #fff)"
DONE = "var(--diagram-done, #2e7d4f)"
DONE_FILL = "var(--diagram-done-fill, color-mix(in srgb, #2e7d4f 10%, Canvas))"


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of the picture, in the reader's language."""

    here: str = "You are here"
    late: str = "Late"
    done: str = "Done"
    waiting: str = "At %(step)s: %(who)s"  #: for screen readers, one for each step that holds a token
    nobody: str = "nobody"
    more: str = "+%(count)s"
    no_picture: str = "This diagram has no picture."
    added: str = "Added"
    removed: str = "Removed"
    changed: str = "Changed"
    moved: str = "Moved"


@dataclass(frozen=True, slots=True)
class View:
    """What is to be shown besides the diagram itself."""

    tokens: Mapping[str, Sequence[str]]
    done: Collection[str]
    late: Collection[str]
    here: str | None
    labels: Labels
    mini: bool
    marks: Mapping[str, str] = field(default_factory=dict)  #: element id -> added | removed | changed | moved
    quiet: Collection[str] = frozenset()  #: marked elements that get the sign without its word
    part: str = ""  #: tells the pictures of one page apart

    def state(self, id: str) -> str:
        """Of an element: late | held | here | done, or nothing to tell."""
        if id in self.tokens:
            return "late" if id in self.late else "held"
        return "here" if id == self.here else "done" if id in self.done else ""


def safe(text: str) -> str:
    """Escaped, and without the control characters that XML can't hold."""
    return escape("".join(c for c in text if c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff"))


def tag(name: str, inside: str = "", **attributes: str | float | None) -> str:
    """An SVG element; `inside` is markup. Attributes that are None are left out, "_" stands for "-"."""
    given = "".join(
        f" {key.strip('_').replace('_', '-')}={quoteattr(value if isinstance(value, str) else f'{round(value, 1):g}')}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>"


def title(text: str) -> str:
    return tag("title", safe(text)) if text else ""


def line(x: float, y: float, text: str, *, anchor: str | None = "middle", ink: str = INK, **more: str | float) -> str:
    """One line of text on its baseline."""
    return tag("text", safe(text), x=x, y=y, text_anchor=anchor, fill=ink, **more)


def lines(x: float, top: float, rows: Sequence[str], *, anchor: str | None = "middle") -> str:
    """Lines below each other, the first one's box beginning at `top`."""
    return "".join(line(x, top + LINE * n + SIZE * 0.9, row, anchor=anchor) for n, row in enumerate(rows))


def rect(
    box: Box, *, fill: str, stroke: str, wide: float = 1.5, rx: float | None = None, dashes: str | None = None
) -> str:
    return tag(
        "rect",
        x=box.x,
        y=box.y,
        width=box.w,
        height=box.h,
        rx=rx,
        fill=fill,
        stroke=stroke,
        stroke_width=wide,
        stroke_dasharray=dashes,
    )


def sign(body: str, x: float, y: float, *, ink: str = INK, scale: float = 1.0) -> str:
    """One of the small signs, its middle at (x, y)."""
    move = f"translate({x:g} {y:g})" + (f" scale({scale:g})" if scale != 1 else "")
    return tag(
        "g",
        body.replace('class="solid"', f'fill="{ink}"'),
        transform=move,
        fill="none",
        stroke=ink,
        stroke_width=1.2,
        stroke_linejoin="round",
        stroke_linecap="round",
    )
