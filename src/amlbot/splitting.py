"""One message, several questions: cutting it into what is asked and what is told. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

MAX_PIECES = 24
"""Pieces that are looked at, first come: a message is rarely longer, and a pasted book may be."""
LISTED = 12
"""Words of the longest entry of a list that is taken for a question without a question word."""

_ITEM = r"(?:\(?\d{1,2}[.)]|[-*•])\s+"
_SENTENCE = re.compile(
    r"(?<=[?!])\s+|(?<=[?!])(?=[A-Za-z])|(?<=[a-z0-9)]\.)\s+|;\s+|\s*\n+\s*|\s+(?=\d[.)]\s)"
)
_LIST_ITEM = re.compile(_ITEM)


class Piece(NamedTuple):
    """A stretch of a message."""

    text: str
    asks: bool
    """It is a question, as far as its words tell."""
    own: bool
    """It is a sentence or a list entry of its own, not half of one."""


class Splitter:
    """Cuts messages; knows the words that questions start with."""

    def __init__(self, asks: Sequence[str]) -> None:
        words = "|".join(sorted(map(re.escape, asks), key=len, reverse=True)) or r"(?!)"
        start = rf"(?:{words})\b"
        self._asking = re.compile(
            rf"(?:\W*\b(?:and|but|so|ok|then|also|oh)\b)*\W*{start}", re.IGNORECASE
        )
        self._join = re.compile(
            rf"(?:\s*,)?\s+(?:and also|and|also|plus)\s+(?={start})|,\s+(?={start})", re.IGNORECASE
        )

    def pieces(self, text: str) -> list[Piece]:
        """``text`` in pieces, in order, empty ones left out; at most `MAX_PIECES`."""
        found: list[Piece] = []
        for raw in _SENTENCE.split(text):
            listed = bool(_LIST_ITEM.match(raw))
            sentence = _LIST_ITEM.sub("", raw, count=1).strip() if listed else raw.strip()
            if not re.search(r"\w", sentence):
                continue
            halves = [half.strip() for half in self._join.split(sentence)]
            own = len(halves) == 1
            for half in halves:
                short_entry = listed and len(half.split()) <= LISTED
                found.append(Piece(half, self.asks(half) or short_entry, own))
            if len(found) >= MAX_PIECES:
                break
        return found[:MAX_PIECES]

    def asks(self, text: str) -> bool:
        """Whether ``text`` ends in a question mark or starts with a word that asks."""
        return text.rstrip().endswith("?") or bool(self._asking.match(text))
