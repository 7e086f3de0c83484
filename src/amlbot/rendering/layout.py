"""Text filled to a width: paragraphs, list items, and their first sentence."""

from __future__ import annotations

import re
import textwrap

from ..text import printable

MEASURE = 76
"""Longest line, in columns: longer ones are harder to read, however wide the window is."""
NARROWEST = 11
"""Columns that are filled in any window: a row of five dots fits."""
NARROW = 30
"""Columns below which a hyphen may end a line: few words would fit otherwise."""

_ITEM = re.compile(r"- |(\d{1,2})\. ")

_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\bDr)(?<!\bvs)(?<!e\.g)(?<!i\.e)[.!?]+[\"”)]*(?=\s)")


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


def key_sentence(text: str) -> str:
    """The first sentence of ``text``, or its first paragraph if that is one sentence."""
    paragraph = next(iter(paragraphs(text)), "")
    end = _SENTENCE_END.search(paragraph)
    return paragraph[: end.end()] if end else paragraph


def paragraphs(text: str) -> list[str]:
    """Paragraphs and list items as one line each: authors break lines where they like.

    A number opens an item only as the first or next of a list: a line may begin with "29." too.
    """
    joined: list[str] = []
    last = 0
    for line in map(str.strip, text.strip().splitlines()):
        item = _ITEM.match(line)
        number = int(item[1] or 0) if item else 0
        if not line or (item and number in (0, last + 1)) or not joined or not joined[-1]:
            joined.append(line)
            last = (number or last) if line else 0
        else:
            joined[-1] += " " + line
    return joined


def parted(line: str) -> tuple[str, str]:
    """The bullet of a line of `paragraphs`, as "- " or "3. " or nothing, and what it says."""
    item = _ITEM.match(line)
    bullet = item[0] if item else ""
    return bullet, line.removeprefix(bullet)
