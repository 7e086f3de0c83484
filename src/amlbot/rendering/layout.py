"""Text filled to a width: paragraphs and list items."""

from __future__ import annotations

import textwrap

from ..prose import paragraphs, parted
from ..text import printable

MEASURE = 76
"""Longest line, in columns: longer ones are harder to read, however wide the window is."""
NARROWEST = 11
"""Columns that are filled in any window: a row of five dots fits."""
NARROW = 30
"""Columns below which a hyphen may end a line: few words would fit otherwise."""


def measure(width: int) -> int:
    """Columns to fill in a window of ``width``: comfortable, and one short of the edge."""
    return max(NARROWEST, min(width - 1, MEASURE))


def wrap(text: str, columns: int) -> str:
    """``text`` with its paragraphs and list items filled to ``columns``."""
    out: list[str] = []
    for line in paragraphs(text):
        bullet, rest = parted(line)
        out += lines(rest, columns, bullet) if line else [""]
    return "\n".join(out)


def lines(text: str, columns: int, bullet: str = "") -> list[str]:
    """One paragraph, printable and without emphasis marks, filled to ``columns``."""
    return textwrap.wrap(
        printable(text).replace("**", ""),
        columns,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_on_hyphens=columns < NARROW,
    )


def item(bullet: str, text: str, columns: int) -> str:
    """A list item that hangs from its bullet."""
    return "\n".join(lines(text, columns, bullet))


def shortened(text: str, columns: int) -> str:
    """As many words of ``text`` as fit into ``columns``, with a sign where some are left out."""
    text = " ".join(text.split())
    if len(text) <= columns:
        return text
    return textwrap.shorten(text, columns - 1, placeholder="").rstrip(" ,.;:") + "…"
