"""Scoring: how sure it is of the best few intents that one of them is asked for, best first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ..knowledge.base import KnowledgeBase
from ..text import is_number
from .comparing import Comparer, Comparison
from .evidence import gathered, kindred
from .grams import likeness
from .index import Index
from .query import Query
from .reading import Reader, Reading, Word
from .signals import Signals

CLOSEST = 8
"""Intents that are compared phrasing by phrasing (5 and 12 rank alike)."""
SHARPNESS = 1.5
"""How fast a runner-up's share falls with its distance from the best."""
CERTAIN = 0.99
"""Score of an intent that has the question word for word."""


class Scored(NamedTuple):
    """One intent, compared with the question."""

    number: int
    nearest: int
    """The number of its nearest phrasing."""
    signals: Signals
    score: float
    missing: tuple[str, ...] = ()
    """Entities that the question names and the intent is not about."""
    exact: bool = False
    """The question is one of the intent's own, word for word."""


class Scorer:
    """Scores the intents of one index."""

    def __init__(self, kb: KnowledgeBase, reader: Reader, index: Index) -> None:
        self._intents, self._reader, self._index = kb.intents, reader, index
        self._comparer = Comparer(index, reader.tables.settings)

    def score(self, query: Query, closest: int = CLOSEST) -> list[Scored]:
        """The ``closest`` intents, best first; none without any evidence.

        The scores fall: all others share what the best one leaves over. Their order is for the case
        that the best one is wrong: then what speaks for an intent's kin speaks for it.
        """
        exact, asked = self._word_for_word(query)
        if exact < 0 and self._is_of_numbers(query):
            return []
        evidence = gathered(self._index, query, closest)
        compared = self._comparer.compared(query, _closest(evidence, closest, exact))
        if not compared:
            return []
        first, *others = _ordered(compared, kindred(self._index, evidence, compared), exact)
        like = self._likeness(query, first, compared[first].nearest)
        shares = _shares(compared)
        scored: list[Scored] = []
        left = 1.0
        for i in (first, *others):
            found = compared[i]
            signals = found.signals(shares[i], query.strangeness, like)
            score = min(left, CERTAIN if i == exact else signals.chance())
            left = score if scored else min(score, 1.0 - score)
            nearest = asked if i == exact else found.nearest
            scored.append(Scored(i, nearest, signals, score, found.missing, i == exact))
        return scored

    def phrasing(self, i: int, j: int) -> str:
        """Question ``j`` of intent ``i``, as it is written."""
        return self._intents[self._index.intents[i]].questions[j]

    def _word_for_word(self, query: Query) -> tuple[int, int]:
        """The intent that has the question among its own, and the phrasing; (-1, 0) if none has."""
        words = query.reading.surface
        for i, j in self._index.same_words(words):
            if self._reader.read_exactly(self.phrasing(i, j)).surface == words:
                return i, j
        return -1, 0

    def _is_of_numbers(self, query: Query) -> bool:
        """Whether numbers are all that is known of the question: alone they ask for nothing."""
        names = self._index.names
        return bool(query.said) and all(is_number(names[t]) for t in query.said)

    def _likeness(self, query: Query, i: int, j: int) -> float:
        """How much the question, its names aside, looks like phrasing ``j`` of intent ``i``.

        What the phrasing says in a word of the same meaning counts as said in that word.
        """
        phrasing = self.phrasing(i, j)
        plain = self._reader.plain(phrasing)
        reading = Reading(()) if plain else self._reader.read_exactly(phrasing)
        words, meanings = plain or reading.surface, reading.meanings
        unnamed = [word for word in query.asked if not word.entity]
        if any(word.text.isalpha() for word in unnamed):
            said = [_in_words_of(word, words, meanings) for word in unnamed]
        else:
            said = [word.surface for word in query.asked]
        return likeness(chain.from_iterable(said), words)


def _closest(evidence: Mapping[int, float], closest: int, exact: int) -> dict[int, float]:
    """The evidence for the ``closest`` intents, most first, and for the ``exact`` one."""
    top = sorted(evidence, key=evidence.__getitem__, reverse=True)[:closest]
    if top and exact >= 0 and exact not in top:
        top.append(exact)
    return {i: evidence.get(i, 0.0) for i in top}


def _ordered(
    compared: Mapping[int, Comparison], kindred: Mapping[int, float], exact: int
) -> list[int]:
    """The ``exact`` intent or else that with most evidence, then the others, kin counted in."""
    first = max(compared, key=lambda i: (i == exact, compared[i].total))
    return sorted(
        compared, key=lambda i: (i == first, compared[i].total + kindred[i]), reverse=True
    )


def _shares(compared: Mapping[int, Comparison]) -> dict[int, float]:
    """The part of each intent in the evidence for all of them."""
    best = max(found.total for found in compared.values())
    odds = {i: math.exp(SHARPNESS * (found.total - best)) for i, found in compared.items()}
    whole = sum(odds.values())
    return {i: value / whole for i, value in odds.items()}


def _in_words_of(
    word: Word, words: Sequence[str], meanings: Mapping[str, Sequence[str]]
) -> Sequence[str]:
    """``word``, or the words of a phrasing that mean the same."""
    if word.text in words:
        return (word.text,)
    same = (meanings[option] for option, _ in word.options if option in meanings)
    return next(same, (word.text,))
