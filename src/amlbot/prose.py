"""How people write: paragraphs and list items, however lines break, and where sentences end."""

from __future__ import annotations

import re

_ITEM = re.compile(r"- |(\d{1,2})\. ")
_ABBREVIATIONS = ("Dr", "Mr", "Mrs", "Ms", "Prof", "St", "vs", "e.g", "i.e")
"""What a full stop shortens, and no sentence ends with; small letters do as well."""
UNABBREVIATED = "".join(rf"(?<!\b(?i:{re.escape(short)})\.)" for short in _ABBREVIATIONS)
"""A pattern for behind a full stop: none of an abbreviation, as in "Dr. Lee"."""
_SENTENCE_END = re.compile(rf'[.!?]+(?<!\b[A-Z]\.){UNABBREVIATED}["”)]*(?=\s)')


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
