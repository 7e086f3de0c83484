"""Words that look alike: they share their 4-grams, as relapse and relapsing do."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set
from functools import lru_cache
from itertools import accumulate

from ..knowledge.store import Floats, Ints
from ..record import Record
from ..text import checksum
from .spelling import LONGEST, MEMORY

SIZE = 4
MAX_ALIKE = 4
MIN_ALIKE = 0.25
"""Least 4-gram cosine of look-alike words (relapse, relapsing: 0.5)."""


class Grams(Record):
    """The 4-grams of a vocabulary, in flat arrays; words go by their number in it."""

    checks: Ints
    """The checksum of each 4-gram, in ascending order."""
    weight: Floats
    """How rare each is."""
    start: Ints
    """Where the words that have it begin; they end where those of the next one begin."""
    users: Ints
    """The numbers of those words."""
    length: Floats
    """The length of each word's vector of 4-grams."""

    @classmethod
    def of(cls, words: Sequence[str], weights: Sequence[float]) -> Grams:
        """The 4-grams of ``words``, which weigh ``weights``; features with signs have none."""
        users: dict[int, array[int]] = defaultdict(lambda: array("I"))
        for number, word in enumerate(words):
            for gram in _grams(word) if word.isalpha() else ():
                users[checksum(gram)].append(number)
        checks = array("I", sorted(users))
        weight = array("f", (min([weights[n] for n in users[check]]) for check in checks))
        square = array("d", bytes(8 * len(words)))
        for check, w in zip(checks, weight, strict=True):
            for number in users[check]:
                square[number] += w**2
        return cls(
            checks=checks,
            weight=weight,
            start=array("I", [0, *accumulate(len(users[check]) for check in checks)]),
            users=array("I", (number for check in checks for number in users[check])),
            length=array("f", map(math.sqrt, square)),
        )


class Lookalikes:
    """Finds known words that share their letters with a word: relapse, relapsed, relapsing."""

    def __init__(self, words: Sequence[str], grams: Grams) -> None:
        """Take the known words and their 4-grams."""
        self._words, self._grams = words, grams
        self._rarest = max(grams.weight, default=1.0)
        self.find = lru_cache(MEMORY)(self._find)

    def _find(self, word: str) -> tuple[tuple[int, float], ...]:
        """The numbers of at most four known words like ``word``, best first.

        Each with its cosine in [0.25, 1).
        """
        if len(word) < 3 or len(word) > LONGEST:
            return ()
        grams = self._grams
        shared: dict[int, float] = {}
        square = 0.0
        for gram in _grams(word):
            check = checksum(gram)
            k = bisect_left(grams.checks, check)
            known = k < len(grams.checks) and grams.checks[k] == check
            weight = (grams.weight[k] if known else self._rarest) ** 2
            square += weight
            for number in grams.users[grams.start[k] : grams.start[k + 1]] if known else ():
                shared[number] = shared.get(number, 0.0) + weight
        whole, length = math.sqrt(square), grams.length
        near = [
            (cosine, self._words[number], number)
            for number, dot in shared.items()
            if (cosine := dot / (whole * length[number])) >= MIN_ALIKE
            and self._words[number] != word
        ]
        near.sort(reverse=True)
        return tuple((number, cosine) for cosine, _, number in near[:MAX_ALIKE])


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """The cosine of two texts in the 4-grams of their words, all of one weight; in [0, 1]."""
    a, b = _spelled(one), _spelled(other)
    return len(a & b) / (math.sqrt(len(a) * len(b)) or 1.0)


def _spelled(words: Iterable[str]) -> Set[str]:
    return {gram for word in words if word.isalpha() for gram in _grams(word[:LONGEST])}


@lru_cache(MEMORY)
def _grams(word: str) -> Collection[str]:
    """The 4-grams of ``word``, each once, in order: sums must not depend on the hash seed."""
    padded = f" {word} "
    return dict.fromkeys([padded[i : i + SIZE] for i in range(max(1, len(padded) - SIZE + 1))])
