"""Comparing: a question beside single intents, phrasing by phrasing."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from .index import ANSWER, ID, Index
from .query import Query
from .signals import Signals

NEARNESS = 2.5
"""Weight of the nearest phrasing's cosine beside the pooled evidence (1 to 3: +0.5 points)."""
ABSENT = 2.5
"""What an intent loses for each name in the question that it is not about: worth 1.7 points."""
UNASKED = 1.5
"""What it loses for each name that nearly all its questions have and this one has not. Held out it
changes nothing (82.6 against 82.7); it keeps "how is AML treated" from the answer on NPM1."""
PLENTY = 3
"""Words of full rarity that are as much evidence as a question needs."""


class Comparison(NamedTuple):
    """A question beside one intent and each of its phrasings."""

    total: float
    """The evidence, that of the nearest phrasing included, less what is lost for names."""
    nearest: int
    """The number of that phrasing."""
    missing: tuple[str, ...]
    """Entities that the question names and the intent is not about."""
    center: float
    support: float
    amount: float
    named: float

    def signals(self, share: float, foreign: float, likeness: float) -> Signals:
        """All signals, with those that do not come from the one intent."""
        _, _, missing, center, support, amount, named = self
        absent = float(bool(missing))
        return Signals(center, support, share, amount, named, absent, foreign, likeness)


class Comparer:
    """Compares questions with the intents of one index."""

    def __init__(self, index: Index, settings: Collection[str]) -> None:
        """Take the entities that a question may merely be set in as ``settings``."""
        self._index, self._settings = index, frozenset(settings)

    def compared(self, query: Query, evidence: Mapping[int, float]) -> dict[int, Comparison]:
        """The question beside each intent that there is ``evidence`` for."""
        index, said, among = self._index, query.said, evidence.keys()
        phrasing, part, first = index.phrasing, index.value, index.first
        dots = {i: [0.0] * (first[i + 1] - first[i]) for i in among}
        shared: dict[int, list[int]] = {i: [] for i in among}
        for t, value in query.features.items():
            for i, spot in index.spots(t, among):
                dot, entries = dots[i], index.entries(spot)
                for k in entries:
                    dot[phrasing[k]] += value * part[k]
                if entries and t in said:
                    shared[i].append(t)
        return {i: self._beside(query, i, e, dots[i], shared[i]) for i, e in evidence.items()}

    def _beside(
        self, query: Query, i: int, evidence: float, dots: Sequence[float], shared: Sequence[int]
    ) -> Comparison:
        """The question beside intent ``i``.

        ``dots`` has its product with each phrasing, ``shared`` the features that both have.
        """
        index, weight, best = self._index, self._index.weight, max(dots)
        about = index.about[i].split()
        missing = self._missing(query, about)
        unasked = [e for e in index.bound[i].split() if e not in query.spoken_of]
        nearness = min(1.0, best / query.norm)
        return Comparison(
            total=evidence + NEARNESS * nearness - ABSENT * len(missing) - UNASKED * len(unasked),
            nearest=dots.index(best),
            missing=missing,
            center=min(1.0, sum(dots) / index.length[i] / query.norm),
            support=self._support(query, i, evidence),
            amount=min(1.0, sum([weight[t] - 1 for t in shared]) / (PLENTY * index.rarest)),
            named=float(any(e in about for e in query.named)),
        )

    def _missing(self, query: Query, about: Collection[str]) -> tuple[str, ...]:
        """What the question names and an intent is not about. What is of no time holds at any."""
        missing = [e for e in query.named if e not in about]
        if missing and self._settings.isdisjoint(about):
            missing = [e for e in missing if e not in self._settings]
        return tuple(missing)

    def _support(self, query: Query, i: int, evidence: float) -> float:
        index = self._index
        mean = evidence * query.length / sum(query.features.values()) - index.base[i]
        texts = index.first[i + 1] - index.first[i] + ID + ANSWER
        return min(1.0, max(0.0, mean / math.log1p(texts / index.smoothing)))
