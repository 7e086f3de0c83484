"""Text filled to a width: paragraphs, list items, and their first sentence."""

from __future__ import annotations

import re
import textwrap

from ..text import printable

MEASURE = 76
"""Longest line, in columns: longer ones are harder to read, however wide the window is."""
NARROWEST = 22
"""Columns that are filled in any window: a row of ten dots fits."""

_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\bDr)(?<!\bvs)(?<!e\.g)(?<!i\.e)[.!?]+[\"”)]*(?=\s)")


def measure(width: int) -> int:
    """Columns to fill in a window of ``width``: comfortable, and one short of the edge."""
    return max(NARROWEST, min(width - 1, MEASURE))


def wrap(text: str, columns: int) -> str:
    """``text`` with its paragraphs and list items filled to ``columns``."""
    out: list[str] = []
    for line in paragraphs(text):
        bullet = "- " if line.startswith("- ") else ""
        out += lines(line.removeprefix("- "), columns, bullet) if line else [""]
    return "\n".join(out)


def lines(text: str, columns: int, bullet: str = "") -> list[str]:
    """One paragraph, printable and without emphasis marks, filled to ``columns``."""
    return textwrap.wrap(
        printable(text).replace("**", ""),
        columns,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_on_hyphens=False,
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


def key_sentence(text: str) -> str:
    """The first sentence of ``text``, or its first paragraph if that is one sentence."""
    paragraph = next(iter(paragraphs(text)), "")
    end = _SENTENCE_END.search(paragraph)
    return paragraph[: end.end()] if end else paragraph


def paragraphs(text: str) -> list[str]:
    """Paragraphs and list items as one line each: authors break lines where they like."""
    joined: list[str] = []
    for line in map(str.strip, text.strip().splitlines()):
        if not line or line.startswith("- ") or not joined or not joined[-1]:
            joined.append(line)
        else:
            joined[-1] += " " + line
    return joined
