"""Directions: start or stop, before or after, safe or not safe. The one is never the other.

Two questions that differ only in such a word score almost alike, and their answers may be
opposite. The pairs are data (`Lexicon.opposites`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..model import Lexicon
from ..text import words
from .names import Phrases


class Directions:
    """The opposites of a lexicon, ready to be found in texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases = Phrases()
        self._opposites: dict[str, set[str]] = defaultdict(set)
        same = {phrase: group for group in lexicon.synonyms for phrase in group}
        for phrase in lexicon.undirected:
            self._phrases.add(words(phrase), "")
        for pair in lexicon.opposites:
            for phrase, other in (pair, pair[::-1]):
                self._opposites[phrase].add(other)
                for form in (phrase, *same.get(phrase, ())):
                    self._phrases.add(words(form), phrase)

    def find(self, text: Sequence[str]) -> frozenset[str]:
        """The directions that ``text``, as words, points in."""
        return frozenset(direction for _, _, direction in self._phrases.spans(text) if direction)

    def flipped(self, asked: frozenset[str], known: frozenset[str]) -> tuple[str, str] | None:
        """A direction of ``asked`` and its opposite in ``known``; None where both go one way.

        A text that goes both ways ("before or after") is opposed to neither.
        """
        for direction in sorted(asked - known):
            opposites = self._opposites[direction]
            if opposites & known and not opposites & asked:
                return direction, min(opposites & known)
        return None
