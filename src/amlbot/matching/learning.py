"""Learning from the phrasings themselves how far each word is to be trusted.

The index counts. It takes words for independent of one another, so what several intents share in
part ("credit card", "vacation days") speaks louder than it should. Here each phrasing is asked of
all the others: what it adds to its own intent is taken out first, as if nobody had written it.
Where a rival then comes near, what the phrasing's words say for the two is shifted apart. It is a
logistic regression by gradient descent that starts from the naive Bayes of the index, on scores
that are held out: with scores that still hold the phrasing, the gain is half as large.

Only the values of the evidence change. No posting is added, and a question costs the same.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from ..record import replace
from .grams import Lookalikes
from .index import CENTER, KIN, Index
from .query import LOOKALIKE
from .scoring import SHARPNESS

RIVALS = 4
"""Intents that a phrasing is told apart from (3 to 8: within 0.2 points)."""
PASSES, STEP = 4, 0.2
"""Passes over all phrasings, and rate of descent (4 to 10 with 0.1 to 0.3: within 0.4 points)."""
DECAY = 0.5
"""Pull back to what the index counted, a pass (0.3 to 0.8: within 0.2 points; 3 undoes it all)."""
TRUST = 1.5
"""How much of what was learned counts. More than it is, for a question's nearest phrasing, which no
lesson sees, has a say beside it (1 ranks 0.2 points lower, 1.75 within 0.2)."""
MAX_VISITS = 100
"""Postings after which no more intents become rivals (200 and 400 rank alike)."""
KEPT = 8
"""Intents of those that are scored in full (12 and 16 rank alike)."""


class _Side(NamedTuple):
    """An intent that a phrasing may be thought to ask for."""

    intent: int
    score: float
    """What the index counts for it."""
    spots: Sequence[tuple[int, float]]
    """The postings that this is made of, each with the weight of its word in the phrasing."""


def learned(index: Index, lookalikes: Lookalikes) -> Index:
    """``index`` with evidence that tells each of its phrasings from the intents that come near."""
    rounds = list(_Teacher(index, lookalikes).rounds())
    named = _named(index)
    shift = array("d", bytes(8 * len(index.evidence)))
    for _ in range(PASSES):
        for lessons in rounds:
            for spot, step in _descent(shift, lessons).items():
                if spot not in named:
                    shift[spot] += step
        shift = array("d", (value * (1 - STEP * DECAY) for value in shift))
    both = zip(index.evidence, shift, strict=True)
    evidence = array("f", (e + TRUST * s for e, s in both))
    kin, kinship = _kin(len(index.intents), chain.from_iterable(rounds))
    return replace(index, evidence=evidence, kin=kin, kinship=kinship)


def _kin(intents: int, lessons: Iterable[Sequence[_Side]]) -> tuple[array[int], array[float]]:
    """The intents that come near each one's phrasings, or whose phrasings it comes near; how often.

    Where there are fewer than `KIN`, it is its own kin, which counts for nothing.
    """
    met: list[Counter[int]] = [Counter() for _ in range(intents)]
    for own, *rivals in lessons:
        for rival in rivals:
            met[own.intent][rival.intent] += 1
            met[rival.intent][own.intent] += 1
    kin, kinship = array("I"), array("f")
    for i, near in enumerate(met):
        often = near.most_common(KIN)
        often += [(i, 0)] * (KIN - len(often))
        whole = max(1, sum(times for _, times in often))
        kin.extend(k for k, _ in often)
        kinship.extend(times / whole for _, times in often)
    return kin, kinship


def _named(index: Index) -> frozenset[int]:
    """The postings of names. They keep what was counted: it is the other words that tell two
    answers about one drug apart ("what is CPX-351" was lost to its side effects).
    """
    names = (t for t, word in enumerate(index.names) if word[0] == "@")
    return frozenset(spot for t in names for spot in range(index.start[t], index.start[t + 1]))


def _descent(shift: Sequence[float], lessons: Sequence[Sequence[_Side]]) -> Mapping[int, float]:
    """The step that raises the share of the first side of each lesson and lowers the others'."""
    steps: dict[int, float] = defaultdict(float)
    for sides in lessons:
        scores = [score + sum([x * shift[spot] for spot, x in spots]) for _, score, spots in sides]
        best = max(scores)
        shares = [math.exp(SHARPNESS * (score - best)) for score in scores]
        whole = sum(shares)
        shares[0] -= whole
        for share, (_, _, spots) in zip(shares, sides, strict=True):
            step = STEP * SHARPNESS * share / whole
            for spot, x in spots:
                steps[spot] -= step * x
    return steps


class _Teacher:
    """Takes one phrasing after the other out of an index, and asks which intents come near."""

    def __init__(self, index: Index, lookalikes: Lookalikes) -> None:
        self.index = index
        self._lookalikes = lookalikes
        self._spots = [
            dict(zip(index.intent[a:b], range(a, b), strict=True))
            for a, b in zip(index.start, index.start[1:], strict=False)
        ]
        """Feature → intent → the place of its posting: those of all features, unlike the index."""
        self._alike: dict[int, Sequence[tuple[int, float]]] = {}

    def rounds(self) -> Iterator[Sequence[Sequence[_Side]]]:
        """What to tell each phrasing apart from, one phrasing of every intent in a round.

        A round is learned from as a whole, so that no intent is ahead of its like.
        """
        lessons: dict[int, list[Sequence[_Side]]] = defaultdict(list)
        for (i, j), row in self._rows().items():
            lessons[j].append(self._sides(i, row))
        yield from (lessons[j] for j in sorted(lessons))

    def _rows(self) -> Mapping[tuple[int, int], dict[int, float]]:
        """Intent and phrasing → its features, each with its part in the unit vector.

        Without those that no other phrasing has: to a question left out they would be foreign.
        """
        index = self.index
        rows: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        for t, spots in enumerate(self._spots):
            entries = [(i, k) for i, spot in spots.items() for k in index.entries(spot)]
            for i, k in entries if len(entries) > 1 else ():
                rows[i, index.phrasing[k]][t] = index.value[k]
        return rows

    def _sides(self, i: int, row: Mapping[int, float]) -> Sequence[_Side]:
        """The intent ``i`` of a phrasing and its rivals."""
        features = self._features(row)
        length = math.hypot(*features.values())
        rarest_first = sorted(features, key=features.__getitem__, reverse=True)
        words = [(self._spots[t], features[t] / length) for t in rarest_first]
        total = sum([x for _, x in words])
        spots = {k: [(held[k], x) for held, x in words if k in held] for k in self._near(words)}
        evidence, base = self.index.evidence, self.index.base
        sides = [
            _Side(k, sum([x * evidence[spot] for spot, x in said]) + base[k] * total, said)
            for k, said in spots.items()
            if k != i
        ]
        own = [(held[i], x) for held, x in words if i in held]
        left_out = self._left_out(i, row, own, total)
        return [_Side(i, left_out, own), *nlargest(RIVALS, sides, key=attrgetter("score"))]

    def _features(self, row: Mapping[int, float]) -> Mapping[int, float]:
        """A phrasing as a question: what its words say, and what they look like."""
        weight = self.index.weight
        features = dict(row)
        scale = max([v / weight[t] for t, v in row.items()])  # of a word that is said once
        for t in row:
            for other, value in self._like(t):
                if other not in row:
                    features[other] = max(features.get(other, 0.0), value * scale)
        return features

    def _like(self, t: int) -> Sequence[tuple[int, float]]:
        if t not in self._alike:
            weight, found = self.index.weight, self._lookalikes.find(self.index.names[t])
            self._alike[t] = [(n, LOOKALIKE * cosine * weight[n]) for n, cosine in found]
        return self._alike[t]

    def _near(self, words: Sequence[tuple[Mapping[int, int], float]]) -> Sequence[int]:
        """The intents that the rarest words speak for."""
        evidence = self.index.evidence
        found: dict[int, float] = defaultdict(float)
        visits = 0
        for held, x in words:
            for k, spot in held.items():
                found[k] += x * evidence[spot]
            visits += len(held)
            if visits > MAX_VISITS:
                break
        return nlargest(KEPT, found, found.__getitem__)

    def _left_out(
        self, i: int, row: Mapping[int, float], own: Sequence[tuple[int, float]], total: float
    ) -> float:
        """What the index would count for intent ``i`` if the phrasing had not been written."""
        index, weight, smoothing = self.index, self.index.weight, self.index.smoothing
        root = {self._spots[t][i]: v / math.sqrt(weight[t]) for t, v in row.items()}
        unit = math.hypot(*root.values())
        score = 0.0
        for spot, x in own:
            center = CENTER * sum([index.value[k] for k in index.entries(spot)]) / index.length[i]
            mass = smoothing * math.expm1(index.evidence[spot] - center)
            mass = max(0.0, mass - root.get(spot, 0.0) / unit)
            score += x * (math.log1p(mass / smoothing) + center)
        return score + index.base[i] * total
