"""Scoring: every intent's evidence, and the best few compared phrasing by phrasing."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .index import ANSWER, ID, SMOOTHING, Index, damped, key
from .knowledge import KnowledgeBase
from .reading import Reader, Reading, Word
from .spelling import Grams, Lookalikes
from .text import is_number

ALIKE = 0.6
"""Weight of a look-alike word, times its cosine (0.3 to 0.9: within 0.4 points)."""
CLOSEST = 8
"""Intents that are compared phrasing by phrasing (5 and 12 rank alike)."""
NEARNESS = 3.0
"""Weight of the nearest phrasing's cosine beside the pooled evidence (1 to 3: +0.5 points)."""
ABSENT = 2.5
"""What an intent loses for each name in the question that it is not about: worth 1.7 points."""
UNASKED = 1.5
"""What it loses for each name that nearly all its questions have and this one has not. Held out it
changes nothing (82.6 against 82.7); it keeps "how is AML treated" from the answer on NPM1."""
VISITS = 1000
"""Postings after which only the best `KEPT` intents are scored further."""
KEPT = 128
SHARPNESS = 1.5
"""How fast a runner-up's share falls with its distance from the best."""
PLENTY = 3
"""Words of full rarity that are as much evidence as a question needs."""
CERTAIN = 0.99
"""Score of an intent that has the question word for word."""
# A fit on unseen questions of three knowledge bases and on messages out of scope
# (docs/matching.md). Without support, the AUROC of scope falls by 0.005 on CLINC, without coverage,
# foreign or amount by 0.001 to 0.009.
BIAS = -2.25
WEIGHTS = {
    "center": 1.5,
    "coverage": 0.75,
    "support": 2.15,
    "share": 0.95,
    "amount": 1.3,
    "missing": -1.65,
    "foreign": -2.7,
}


class Signals(NamedTuple):
    """What speaks for an intent and against it; each in [0, 1]."""

    center: float
    """Weighted cosine of the words to the phrasings together; unknown words count against it."""
    coverage: float
    """Share of the question's weight, unknown words included, that the phrasings have too."""
    support: float
    """Mean evidence of what the question says, in parts of what a word gives that is all there is
    in every text of the intent."""
    share: float
    """The intent's part of the evidence among the closest."""
    amount: float
    """How much rare evidence the intent explains, up to a cap."""
    named: float
    """1 if the question names something that the intent is about."""
    missing: float
    """1 if the question names something that the intent is not about."""
    foreign: float
    """Share of the question's words that the knowledge never uses."""

    def chance(self) -> float:
        """The chance, in [0, 1], that the intent is the right one (docs/matching.md)."""
        z = BIAS + sum(weight * getattr(self, name) for name, weight in WEIGHTS.items())
        return 1 / (1 + math.exp(-z))


class Scored(NamedTuple):
    """One intent, compared with the question."""

    number: int
    evidence: float
    nearest: int
    """The number of its nearest phrasing."""
    signals: Signals
    score: float
    missing: tuple[str, ...] = ()
    """Entities that the question names and the intent is not about."""
    exact: bool = False
    """The question is one of the intent's own, word for word."""


class Query(NamedTuple):
    """A question as weighted features."""

    reading: Reading
    said: Mapping[str, float]
    """What its words say."""
    alike: Mapping[str, float]
    """What they look like."""
    foreign: tuple[str, ...]
    """Its words, numbers aside, that no intent uses."""
    strangeness: float
    """Share of its words that are foreign; a repaired word counts in part."""
    norm: float
    """Its length, with foreign words at the weight of the rarest known one."""

    @property
    def features(self) -> dict[str, float]:
        """All of it, what was said first and the rarest of that before the rest."""
        said = sorted(self.said.items(), key=lambda item: -item[1])
        return {**dict(said), **self.alike}


class Scorer:
    """Scores the intents of one index."""

    def __init__(self, kb: KnowledgeBase, reader: Reader, index: Index, grams: Grams) -> None:
        self.kb, self.index = kb, index
        self._reader = reader
        self._lookalikes = Lookalikes(list(index.features), grams)
        self.guarded: frozenset[str] = frozenset(reader.tables["guarded"])

    def query(self, reading: Reading) -> Query:
        """``reading`` as weighted features."""
        index = self.index
        said = {
            t: v * index.weight[index.features[t]]
            for t, v in damped(self._reader.features(reading)).items()
            if t in index.features
        }
        alike: dict[str, float] = {}
        for word in reading.words:
            for known, cosine in self._lookalikes.find(word.text) if not word.entity else ():
                if known not in said:
                    value = ALIKE * cosine * index.weight[index.features[known]]
                    alike[known] = max(alike.get(known, 0.0), value)
        strange = {w: self._strangeness(w) for w in reading.words if not w.typed.isdigit()}
        foreign = tuple(word.typed for word, share in strange.items() if share == 1.0)
        norm = math.hypot(*said.values(), math.sqrt(len(foreign)) * index.rarest)
        strangeness = sum(strange.values()) / max(1, len(reading.words))
        return Query(reading, said, alike, foreign, strangeness, norm or 1.0)

    def _strangeness(self, word: Word) -> float:
        """0 for a word that intents use, 1 for one that none does, between for a repaired one."""
        known = [s for o, s in word.options if o in self.index.features and o[0] != "~"]
        meant = any(o in self.index.features for o, _ in word.options)
        return 1.0 - max(known, default=1.0 if meant else 0.0)

    def score(self, query: Query, closest: int = CLOSEST) -> list[Scored]:
        """The ``closest`` intents, best first, with falling scores; none without any evidence."""
        exact, asked = self._word_for_word(query)
        if exact < 0 and query.said and all(map(is_number, query.said)):
            return []
        evidence = self._evidence(query)
        if not evidence:
            return []
        top = heapq.nlargest(closest, evidence, evidence.__getitem__)
        if exact >= 0 and exact not in top:
            top.append(exact)
        held = self._held(query, top)
        named = self.guarded.intersection(query.reading.entities)
        near = {i: self._nearest(query, i, held[i]) for i in top}
        spoken = self._reader.names.covers(query.reading.entities)
        unasked = {i: len(set(self.index.bound[i]) - spoken) for i in top}
        missing = {i: named.difference(self.index.about[i]) for i in top}
        total = {
            i: evidence.get(i, 0.0)
            + NEARNESS * nearness
            - ABSENT * len(missing[i])
            - UNASKED * unasked[i]
            for i, (nearness, _, _) in near.items()
        }
        best = max(total.values())
        shares = {i: math.exp(SHARPNESS * (value - best)) for i, value in total.items()}
        whole = sum(shares.values())
        scored = []
        for i, (_, phrasing, center) in near.items():
            signals = Signals(
                center=center,
                coverage=self._coverage(query, held[i]),
                support=self._support(query, i, evidence.get(i, 0.0)),
                share=shares[i] / whole,
                amount=self._amount(query, held[i]),
                named=float(len(missing[i]) < len(named)),
                missing=float(bool(missing[i])),
                foreign=query.strangeness,
            )
            scored.append(
                Scored(
                    number=i,
                    evidence=total[i],
                    nearest=asked if i == exact else phrasing,
                    signals=signals,
                    score=CERTAIN if i == exact else signals.chance(),
                    missing=tuple(e for e in query.reading.entities if e in missing[i]),
                    exact=i == exact,
                )
            )
        return _in_order(scored)

    def strengths(self, query: Query, i: int) -> dict[str, float]:
        """What each feature of the question adds to the evidence for intent ``i``."""
        features, index = query.features, self.index
        length = math.hypot(*features.values()) or 1.0
        spots = {t: index.spots(index.features[t]).get(i) for t in features}
        return {
            t: features[t] / length * index.evidence[spot]
            for t, spot in spots.items()
            if spot is not None
        }

    def phrasing(self, i: int, j: int) -> str:
        """Question ``j`` of intent ``i``, as it is written."""
        return self.kb.intents[self.index.intents[i]].questions[j]

    def _word_for_word(self, query: Query) -> tuple[int, int]:
        """The intent that has the question among its own, and the phrasing; (-1, 0) if none has."""
        words = key(query.reading)
        for i, j in self.index.same_words(words):
            if key(self._reader.read_exactly(self.phrasing(i, j))) == words:
                return i, j
        return -1, 0

    def _evidence(self, query: Query) -> dict[int, float]:
        """Summed evidence for the intents that share any feature with the question."""
        index, features = self.index, query.features
        length = math.hypot(*features.values()) or 1.0
        found: dict[int, float] = {}
        visits, kept = 0, False
        for feature, value in features.items():
            t, x = index.features[feature], value / length
            if kept:
                spots = index.spots(t)
                for i in found:
                    if i in spots:
                        found[i] += x * index.evidence[spots[i]]
                continue
            for i, e in index.said_by(t):
                found[i] = found.get(i, 0.0) + x * e
            visits += index.start[t + 1] - index.start[t]
            if visits > VISITS and len(found) > KEPT:
                found = {i: found[i] for i in heapq.nlargest(KEPT, found, found.__getitem__)}
                kept = True
        total = sum(features.values()) / length
        return {i: e + index.base[i] * total for i, e in found.items()}

    def _held(self, query: Query, top: Sequence[int]) -> dict[int, dict[str, slice]]:
        """For each of the ``top`` intents the features that its phrasings have, and the entries."""
        index = self.index
        held: dict[int, dict[str, slice]] = {i: {} for i in top}
        for feature in (*query.said, *query.alike):
            spots = index.spots(index.features[feature])
            for i in top:
                if i in spots:
                    entries = index.entries(spots[i])
                    if entries.start < entries.stop:
                        held[i][feature] = entries
        return held

    def _nearest(self, query: Query, i: int, held: Mapping[str, slice]) -> tuple[float, int, float]:
        """The cosine of the intent's nearest phrasing, its number, and the cosine to the center."""
        index = self.index
        dots: dict[int, float] = defaultdict(float)
        for feature, entries in held.items():
            value = query.said.get(feature) or query.alike[feature]
            for j, part in zip(index.phrasing[entries], index.value[entries], strict=True):
                dots[j] += value * part
        if not dots:
            return 0.0, 0, 0.0
        nearest = max(dots, key=lambda j: (dots[j], -j))
        center = sum(dots.values()) / self.index.length[i]
        return min(1.0, dots[nearest] / query.norm), nearest, min(1.0, center / query.norm)

    def _amount(self, query: Query, held: Mapping[str, slice]) -> float:
        index = self.index
        rare = sum(index.weight[index.features[t]] - 1 for t in query.said if t in held)
        return min(1.0, rare / (PLENTY * index.rarest))

    def _support(self, query: Query, i: int, evidence: float) -> float:
        index = self.index
        said = query.features.values()
        mean = evidence * math.hypot(*said) / sum(said) - index.base[i]
        texts = index.first[i + 1] - index.first[i] + ID + ANSWER
        most = math.log1p(texts / SMOOTHING)
        return min(1.0, max(0.0, mean / most))

    def _coverage(self, query: Query, held: Mapping[str, slice]) -> float:
        whole = sum(query.said.values()) + len(query.foreign) * self.index.rarest
        return sum(v for t, v in query.said.items() if t in held) / (whole or 1.0)


def _in_order(scored: Sequence[Scored]) -> list[Scored]:
    """Best first, with falling scores; the others share what the best one leaves over."""
    best, *others = sorted(scored, key=lambda s: (s.exact, s.evidence), reverse=True)
    ordered, left = [best], min(best.score, 1.0 - best.score)
    for other in others:
        left = min(left, other.score)
        ordered.append(other._replace(score=left))
    return ordered
