"""Cues: phrases that are looked for in a text as it was typed, and where in it they stand.

They are whole words in any letter case. An apostrophe in them may be there or not, and between two
words a comma or a hyphen is as good as a space. Where several phrases fit, the longest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..text import clean

Place = tuple[int, int]
"""Characters of a text: from, and up to but not including."""

_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"[\s,-]+")


class Cue:
    """Phrases of one meaning."""

    def __init__(self, phrases: Iterable[str]) -> None:
        said = (_SPACE.sub(" ", clean(phrase).lower()).strip() for phrase in phrases)
        self._phrases = frozenset(said) - {""}
        self._first = frozenset(phrase.split(" ", 1)[0] for phrase in self._phrases)
        self._longest = max(map(len, self._phrases), default=0)

    def places(self, text: str) -> Iterator[Place]:
        """Where the phrases stand in ``text``, none overlapping, in order."""
        pieces, i = _pieces(text), 0
        while i < len(pieces):
            end = self._end(pieces, i)
            if end:
                yield pieces[i].start, pieces[end - 1].end
            i = end or i + 1

    def place(self, text: str) -> Place | None:
        """Where the first phrase stands."""
        return next(self.places(text), None)

    def without(self, text: str, put: str = "") -> str:
        """``text`` with ``put`` in the place of every phrase."""
        kept, last = [], 0
        for start, end in self.places(text):
            kept.append(text[last:start])
            last = end
        return put.join([*kept, text[last:]])

    def opens(self, text: str) -> bool:
        """Whether ``text`` begins with a phrase."""
        return self._end(_pieces(text), 0) > 0

    def after(self, text: str) -> str:
        """``text`` without the phrases that it begins with, one after another."""
        pieces, i, rest = _pieces(text), 0, 0
        while end := self._end(pieces, i):
            i, rest = end, _skip(text, pieces[end - 1].end, ",.!:-")
            if i < len(pieces) and rest < pieces[i].start:
                break
        return text[rest:]

    def before(self, text: str) -> str:
        """``text`` without the phrase that it ends with, if something stands before that."""
        pieces = _pieces(text)
        if pieces and _skip(text, pieces[-1].end, "?!.") == len(text):
            for i, piece in enumerate(pieces):
                rest = _skip_back(text, piece.start, ",.!-")
                if rest < piece.start and self._end(pieces, i) == len(pieces):
                    return text[:rest]
        return text

    def _end(self, pieces: Sequence[_Piece], i: int) -> int:
        """Up to which piece the longest phrase goes that begins with piece ``i``; 0 if none."""
        if i >= len(pieces) or self._first.isdisjoint((pieces[i].word, pieces[i].whole)):
            return 0
        said, found = pieces[i].word, 0
        for end in range(i + 1, len(pieces) + 1):
            if said in self._phrases:
                found = end
            if end == len(pieces) or len(said) >= self._longest:
                break
            said += pieces[end].joint + pieces[end].word
        return found


class _Piece(NamedTuple):
    """A run of letters and digits in a text."""

    joint: str
    """What is between it and the one before: nothing for an apostrophe, one space, or signs."""
    word: str
    """In lower case."""
    whole: str
    """With what follows it after apostrophes."""
    start: int
    end: int


@lru_cache(maxsize=256)
def _pieces(text: str) -> Sequence[_Piece]:
    found: list[_Piece] = []
    for match in reversed(list(_WORD.finditer(text))):
        word = whole = match[0].lower()
        if found:
            gap = text[match.end() : found[-1].start]
            joint = "" if gap in ("'", "’") else " " if _SPACE.fullmatch(gap) else gap
            found[-1] = found[-1]._replace(joint=joint)
            whole += "" if joint else found[-1].whole
        found.append(_Piece("", word, whole, *match.span()))
    return found[::-1]


def _skip(text: str, start: int, signs: str) -> int:
    """Where the spaces and ``signs`` that begin at ``start`` end."""
    while start < len(text) and (text[start].isspace() or text[start] in signs):
        start += 1
    return start


def _skip_back(text: str, end: int, signs: str) -> int:
    """Where the spaces and ``signs`` that end at ``end`` begin."""
    while end and (text[end - 1].isspace() or text[end - 1] in signs):
        end -= 1
    return end
