"""Scoring: every intent's evidence, and the best few compared phrasing by phrasing."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .index import Index, key
from .knowledge import KnowledgeBase
from .reading import Reader, Reading, Word
from .spelling import Lookalikes
from .text import is_number

ALIKE = 0.6
"""Weight of a look-alike word, times its cosine (0.3 to 0.9: within 0.4 points)."""
CLOSEST = 8
"""Intents that are compared phrasing by phrasing (5 and 12 rank alike)."""
NEARNESS = 3.0
"""Weight of the nearest phrasing's cosine beside the pooled evidence (1 to 3: +0.5 points)."""
ABSENT = 2.5
"""What an intent loses for each name in the question that it is not about: worth 1.7 points."""
VISITS = 1000
"""Postings after which only the best `KEPT` intents are scored further."""
KEPT = 128
SHARPNESS = 1.5
"""How fast a runner-up's share falls with its distance from the best."""
PLENTY = 3
"""Words of full rarity that are as much evidence as a question needs."""
CERTAIN = 0.99
"""Score of an intent that has the question word for word."""
# A logistic fit on unseen questions of three knowledge bases and on messages out of scope
# (docs/matching.md). Without coverage, foreign or amount the AUROC falls by 0.001 to 0.009.
BIAS = -2.45
WEIGHTS = {
    "center": 2.82,
    "coverage": 1.59,
    "share": 0.69,
    "amount": 1.21,
    "missing": -1.55,
    "foreign": -1.33,
}


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an intent and against it; each in [0, 1]."""

    center: float
    """Weighted cosine of the words to the phrasings together; unknown words count against it."""
    coverage: float
    """Share of the question's weight, unknown words included, that the phrasings have too."""
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


@dataclass(frozen=True, slots=True)
class Scored:
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


@dataclass(frozen=True, slots=True)
class Query:
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


class Scorer:
    """Scores the intents of one index."""

    def __init__(self, kb: KnowledgeBase, reader: Reader, index: Index) -> None:
        self.index = index
        self._reader = reader
        self._lookalikes = Lookalikes({t: w for t, w in index.weight.items() if t.isalpha()})
        covers = reader.names.covers
        self.about = [
            covers({*named, *kb.intents[id].about})
            for id, named in zip(index.intents, index.named, strict=True)
        ]
        """What each intent speaks of: the entities in its questions, and what is broader."""
        self.guarded = frozenset(
            id for id, e in kb.entities.items() if not e.implied and e.kind != "other"
        )

    def query(self, reading: Reading) -> Query:
        """``reading`` as weighted features."""
        weight = self.index.weight
        said = {
            t: (1 + math.log(v) if v > 1 else v) * weight[t]
            for t, v in self._reader.features(reading).items()
            if t in weight
        }
        alike: dict[str, float] = defaultdict(float)
        for word in reading.words:
            for known, cosine in self._lookalikes.find(word.text) if not word.entity else ():
                if known not in said:
                    alike[known] = max(alike[known], ALIKE * cosine * weight[known])
        strange = {w: self._strangeness(w) for w in reading.words if not w.typed.isdigit()}
        foreign = tuple(word.typed for word, share in strange.items() if share == 1.0)
        norm = math.hypot(*said.values(), math.sqrt(len(foreign)) * self.index.rarest)
        strangeness = sum(strange.values()) / max(1, len(reading.words))
        return Query(reading, said, alike, foreign, strangeness, norm or 1.0)

    def _strangeness(self, word: Word) -> float:
        """0 for a word that intents use, 1 for one that none does, between for a repaired one."""
        known = [s for o, s in word.options if o in self.index.weight and o[0] != "~"]
        meant = any(o in self.index.weight for o, _ in word.options)
        return 1.0 - max(known, default=1.0 if meant else 0.0)

    def score(self, query: Query, closest: int = CLOSEST) -> list[Scored]:
        """The ``closest`` intents, best first, with falling scores; none without any evidence."""
        exact, asked = self.index.exact.get(key(query.reading), (-1, 0))
        if exact < 0 and query.said and all(map(is_number, query.said)):
            return []
        evidence = self._evidence(query)
        if not evidence:
            return []
        named = self.guarded.intersection(query.reading.entities)
        top = heapq.nlargest(closest, evidence, evidence.__getitem__)
        if exact >= 0 and exact not in top:
            top.append(exact)
        near = {i: self._nearest(query, i) for i in top}
        total = {
            i: evidence.get(i, 0.0) + NEARNESS * nearness - ABSENT * len(named - self.about[i])
            for i, (nearness, _) in near.items()
        }
        best = max(total.values())
        shares = {i: math.exp(SHARPNESS * (value - best)) for i, value in total.items()}
        whole = sum(shares.values())
        scored = []
        for i, (_, phrasing) in near.items():
            signals = Signals(
                center=self._toward_center(query, i),
                coverage=self._coverage(query, i),
                share=shares[i] / whole,
                amount=self._amount(query, i),
                named=float(not named.isdisjoint(self.about[i])),
                missing=float(not named <= self.about[i]),
                foreign=query.strangeness,
            )
            scored.append(
                Scored(
                    number=i,
                    evidence=total[i],
                    nearest=asked if i == exact else phrasing,
                    signals=signals,
                    score=CERTAIN if i == exact else signals.chance(),
                    missing=tuple(e for e in query.reading.entities if e in named - self.about[i]),
                    exact=i == exact,
                )
            )
        return _in_order(scored)

    def strengths(self, query: Query, i: int) -> dict[str, float]:
        """What each feature of the question adds to the evidence for intent ``i``."""
        length = math.hypot(*query.said.values(), *query.alike.values()) or 1.0
        features = {**query.alike, **query.said}
        postings = self.index.postings
        return {t: v / length * postings[t][i] for t, v in features.items() if i in postings[t]}

    def _evidence(self, query: Query) -> dict[int, float]:
        """Summed evidence for the intents that share any feature with the question."""
        length = math.hypot(*query.said.values(), *query.alike.values()) or 1.0
        order = sorted(query.said.items(), key=lambda item: -item[1]) + list(query.alike.items())
        found: dict[int, float] = {}
        visits, kept = 0, False
        for feature, value in order:
            posting = self.index.postings[feature]
            x = value / length
            if kept:
                for i in found:
                    if i in posting:
                        found[i] += x * posting[i]
                continue
            for i, e in posting.items():
                found[i] = found.get(i, 0.0) + x * e
            visits += len(posting)
            if visits > VISITS and len(found) > KEPT:
                found = {i: found[i] for i in heapq.nlargest(KEPT, found, found.__getitem__)}
                kept = True
        total = sum(value for _, value in order) / length
        return {i: e + self.index.base[i] * total for i, e in found.items()}

    def _nearest(self, query: Query, i: int) -> tuple[float, int]:
        """The cosine of the intent's nearest phrasing, and its number."""
        said, alike = query.said, query.alike
        best, number = 0.0, 0
        for j, vector in enumerate(self.index.vectors[i]):
            dot = 0.0
            for feature, value in vector.items():
                dot += value * (said.get(feature) or alike.get(feature) or 0.0)
            if dot > best:
                best, number = dot, j
        return min(1.0, best / query.norm), number

    def _toward_center(self, query: Query, i: int) -> float:
        center = self.index.centers[i]
        features = (*query.said.items(), *query.alike.items())
        return min(1.0, sum(v * center[t] for t, v in features if t in center) / query.norm)

    def _amount(self, query: Query, i: int) -> float:
        center, weight = self.index.centers[i], self.index.weight
        rare = sum(weight[t] - 1 for t in query.said if t in center)
        return min(1.0, rare / (PLENTY * self.index.rarest))

    def _coverage(self, query: Query, i: int) -> float:
        center = self.index.centers[i]
        whole = sum(query.said.values()) + len(query.foreign) * self.index.rarest
        return sum(v for t, v in query.said.items() if t in center) / (whole or 1.0)


def _in_order(scored: Sequence[Scored]) -> list[Scored]:
    """Best first; the others cannot be likelier than what the best one leaves over."""
    best, *others = sorted(scored, key=lambda s: (s.exact, s.evidence), reverse=True)
    return [best, *(replace(s, score=min(s.score, 1.0 - best.score)) for s in others)]
