"""One message, several questions: cutting it into what is asked and what is told. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from ..model import Cues
from ..prose import UNABBREVIATED
from .cue import Cue

MAX_PIECES = 16
"""Pieces that are looked at, first come: a message is rarely longer, and a pasted book may be."""
ALONE = 3
"""Words from which a question is one of its own."""
LISTED = 12
"""Words of the longest entry of a list that is taken for a question without a question word."""

_ITEM = r"(?:\(?\d{1,2}[.)]|[-*•])\s+"
_SENTENCE = re.compile(
    rf"(?<=[?!])\s+|(?<=[?!])(?=[A-Za-z])|(?<=[A-Za-z)%]\.){UNABBREVIATED}\s+|(?<=\d\d\.)\s+"
    r"|;\s+|\s*\n+\s*|\s+(?=\d[.)]\s)"
)
"""Also lists, and questions without a space between: each piece may get an answer of its own. The
matcher's cut (`asking`) only weighs words, and keeps "46,XX,t(8;21). What is it?" whole."""
_LIST_ITEM = re.compile(_ITEM)
_JOINTS = "and also|and|also|plus|but"
_MAYBE_JOINED = re.compile(rf",\s|\s(?:{_JOINTS})\s", re.IGNORECASE)


class Piece(NamedTuple):
    """A stretch of a message."""

    text: str
    asks: bool
    """It is a question, as far as its words tell."""
    own: bool
    """It is a sentence or a list entry of its own, not half of one."""


class Splitter:
    """Cuts messages; knows the words that questions start with."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        self._leads, self._asking = Cue(cues.leads), Cue([*cues.asks, *cues.checks])
        self._tells, self._ask = Cue(cues.tells), Cue(cues.asks)

    @cached_property
    def _join(self) -> re.Pattern[str]:
        """What may stand between two questions; compiled when something stands there.

        A tag at the end ("that means it stopped working, does it") asks nothing of its own.
        """
        check = rf"{_any(self._cues.checks)}\s+{_any(self._cues.persons)}(?!\W*$)"
        start = rf"(?:{_any(self._cues.asks)}|{check})"
        said = rf"(?:{start}|{_any(self._cues.tellers)})"
        joints = rf"(?:\s*,)?\s+(?:{_JOINTS})\s+(?={said})|,\s+(?={start})"
        return re.compile(joints, re.IGNORECASE)

    def pieces(self, text: str) -> list[Piece]:
        """``text`` in pieces, in order, empty ones left out; at most `MAX_PIECES`."""
        found: list[Piece] = []
        for raw in _SENTENCE.split(text):
            listed = _LIST_ITEM.match(raw)
            sentence = raw[listed.end() if listed else 0 :].strip()
            if not re.search(r"\w", sentence):
                continue
            joined = _MAYBE_JOINED.search(sentence)
            halves = self._join.split(sentence) if joined else [sentence]
            own = len(halves) == 1
            if found and own and self._adds(sentence) and not self._adds(found[-1].text):
                found[-1] = found[-1]._replace(text=f"{found[-1].text} {sentence}")
                continue
            for half in map(str.strip, halves):
                short_entry = bool(listed) and len(half.split()) <= LISTED
                found.append(Piece(half, self._asks(half) or short_entry, own))
            if len(found) >= MAX_PIECES:
                break
        return found[:MAX_PIECES]

    def _adds(self, text: str) -> bool:
        """Whether ``text`` only goes on asking what was asked: "when?", "why wait"."""
        return len(text.split()) < ALONE and self._ask.opens(text)

    def _asks(self, text: str) -> bool:
        rest = text.replace("'", " ").replace("’", " ")  # "we're" is not "were"
        while (led := self._leads.after(rest)) != rest:
            rest = led
        opens = self._asking.opens(rest) and not self._tells.opens(rest)
        return text.rstrip().endswith("?") or opens


def _any(phrases: Sequence[str]) -> str:
    ordered = sorted(map(re.escape, phrases), key=len, reverse=True)
    return rf"(?:{'|'.join(ordered)})\b" if ordered else r"(?!)"
