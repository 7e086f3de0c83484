"""The matcher: which intent a text asks for, how sure that is, and why.

Text → reading → evidence for every intent → the best few compared with their nearest phrasings
→ guards (names) → calibrated score → answer, clarify or unknown.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .index import PAIR, Index, key
from .knowledge import KnowledgeBase
from .model import Candidate, Match, Outcome
from .reading import Reader, Reading
from .spelling import Lookalikes

ALIKE = 0.6
"""Weight of a look-alike word, times its cosine (0.3 to 0.9: within 0.4 points)."""
CLOSEST = 8
"""Intents that are compared phrasing by phrasing (5 and 12 rank alike)."""
NEARNESS = 3.0
"""Weight of the nearest phrasing's cosine beside the pooled evidence (1 to 3: +0.5 points)."""
VISITS = 1000
"""Postings after which only the best `KEPT` intents are scored further."""
KEPT = 128
SHARPNESS = 1.5
"""How fast a runner-up's share falls with its distance from the best."""
FOREIGN_NUMBER = 0.3
"""Share of a full weight at which a number counts that no phrasing holds (my counts: 39)."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for the best intent; each in [0, 1]."""

    nearness: float
    """Weighted cosine of the words to the nearest phrasing; unknown words count against it."""
    coverage: float
    """Share of the question's weight in words that the intent uses at all."""
    share: float
    """The intent's part of the evidence among the closest."""
    amount: float
    """How much rare evidence there is, up to a cap."""


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


class Matcher:
    """Ranks the intents of a knowledge base for a text, and knows when it does not know.

    Holds no state that a question could change; safe to use from many threads.
    """

    def __init__(self, kb: KnowledgeBase, *, chat: bool = False) -> None:
        """Index the medical intents of ``kb``, or with ``chat`` its small talk."""
        self.kb = kb
        self.reader = Reader(kb)
        self.index = Index.build(
            kb, self.reader, [i.id for i in kb.intents.values() if i.chat == chat]
        )
        vocabulary = {t: w for t, w in self.index.weight.items() if t.isalpha()}
        self._lookalikes = Lookalikes(vocabulary)
        self._about = [self._entities(id) for id in self.index.intents]
        self._implied = {id for id, e in kb.entities.items() if e.implied}
        self._unguarded = {id for id, e in kb.entities.items() if e.kind == "other"}

    def match(self, text: str) -> Match:
        """What ``text`` asks for: the outcome, and the candidates behind it."""
        reading = self.reader.read(text)
        scored = self._score(reading)
        return Match(
            outcome=decide(scored, reading),
            candidates=tuple(map(self._candidate, scored[:5])),
            unknown_names=self._unknown(reading, scored),
            corrections=reading.corrections,
        )

    def search(self, text: str, limit: int = 10) -> list[Candidate]:
        """The intents nearest to ``text``, best first, without thresholds or guards."""
        scored = self._score(self.reader.read(text), max(limit, CLOSEST))
        return [self._candidate(s) for s in scored[:limit]]

    def _entities(self, id: str) -> frozenset[str]:
        intent = self.kb.intents[id]
        named = {e for q in intent.questions for e in self.reader.read_exactly(q).entities}
        return self.reader.names.covers({*named, *intent.about})

    def _candidate(self, scored: Scored) -> Candidate:
        phrasing = self.index.phrasings[scored.number][scored.nearest]
        return Candidate(self.index.intents[scored.number], round(scored.score, 4), phrasing)

    def _unknown(self, reading: Reading, scored: Sequence[Scored]) -> tuple[str, ...]:
        missing = scored[0].missing if scored else ()
        return (*reading.unknown_names, *(self.kb.entities[id].name for id in missing))

    def _query(self, reading: Reading) -> tuple[dict[str, float], dict[str, float]]:
        """The question as weighted features: what it says, and what its words look like."""
        said = self.reader.features(reading)
        alike: dict[str, float] = defaultdict(float)
        for word in reading.words:
            if not word.entity:
                for known, cosine in self._lookalikes.find(word.text):
                    if known not in said:
                        alike[known] = max(alike[known], ALIKE * cosine)
        for a, b in pairwise(word.text for word in reading.words):
            if (pair := f"{a} {b}") in self.index.weight:
                alike[pair] = PAIR
        weight = self.index.weight
        damped = {t: 1 + math.log(v) if v > 1 else v for t, v in said.items() if t in weight}
        return (
            {t: v * weight[t] for t, v in damped.items()},
            {t: v * weight[t] for t, v in alike.items()},
        )

    def _score(self, reading: Reading, closest: int = CLOSEST) -> list[Scored]:
        said, alike = self._query(reading)
        evidence = self._evidence(said, alike)
        if not evidence:
            return []
        top = heapq.nlargest(closest, evidence.items(), key=lambda item: item[1])
        norm = self._norm(reading, said)
        near = {i: self._nearest(i, said, alike, norm) for i, _ in top}
        total = {i: e + NEARNESS * near[i][0] for i, e in top}
        best = max(total.values())
        shares = {i: math.exp(SHARPNESS * (value - best)) for i, value in total.items()}
        whole = sum(shares.values())
        exact = self.index.exact.get(key(reading))
        scored = []
        for i, _ in top:
            nearness, phrasing = near[i]
            signals = Signals(
                nearness=nearness,
                coverage=self._coverage(i, said, norm),
                share=shares[i] / whole,
                amount=min(1.0, norm / (4 * self.index.rarest)),
            )
            certain = exact is not None and exact[0] == i
            missing = tuple(
                e
                for e in reading.entities
                if e not in self._about[i] and e not in self._implied and e not in self._unguarded
            )
            scored.append(
                Scored(
                    number=i,
                    evidence=total[i] + (100.0 if certain else 0.0),
                    nearest=exact[1] if certain and exact else phrasing,
                    signals=signals,
                    score=0.99 if certain else confidence(signals),
                    missing=missing,
                )
            )
        return sorted(scored, key=lambda s: -s.evidence)

    def _evidence(self, said: Mapping[str, float], alike: Mapping[str, float]) -> dict[int, float]:
        """Summed evidence for the intents that share any feature with the question."""
        length = math.hypot(*said.values(), *alike.values()) or 1.0
        found: dict[int, float] = {}
        visits = 0
        kept: Iterable[int] | None = None
        order = sorted(said.items(), key=lambda item: -item[1]) + list(alike.items())
        for feature, value in order:
            posting = self.index.postings[feature]
            x = value / length
            if kept is None:
                for i, e in posting.items():
                    found[i] = found.get(i, 0.0) + x * e
                visits += len(posting)
                if visits > VISITS and len(found) > KEPT:
                    kept = heapq.nlargest(KEPT, found, key=found.__getitem__)
                    found = {i: found[i] for i in kept}
            else:
                for i in kept:
                    if i in posting:
                        found[i] += x * posting[i]
        total = sum(value for _, value in order) / length
        return {i: e + self.index.base[i] * total for i, e in found.items()}

    def _norm(self, reading: Reading, said: Mapping[str, float]) -> float:
        """The question's length with unknown words at the weight of the rarest."""
        foreign = sum(
            FOREIGN_NUMBER if word.typed.isdigit() else 1.0
            for word in reading.words
            if not any(option in said for option, _ in word.options)
        )
        return math.hypot(*said.values(), math.sqrt(foreign) * self.index.rarest) or 1.0

    def _nearest(
        self, i: int, said: Mapping[str, float], alike: Mapping[str, float], norm: float
    ) -> tuple[float, int]:
        """The cosine of the intent's nearest phrasing, and its number."""
        best, number = 0.0, 0
        for j, vector in enumerate(self.index.vectors[i]):
            dot = 0.0
            for feature, value in vector.items():
                dot += value * (said.get(feature) or alike.get(feature) or 0.0)
            if dot > best:
                best, number = dot, j
        return min(1.0, best / norm), number

    def _coverage(self, i: int, said: Mapping[str, float], norm: float) -> float:
        postings = self.index.postings
        known = sum(v * v for t, v in said.items() if i in postings[t])
        return min(1.0, known / (norm * norm))


def confidence(signals: Signals) -> float:
    """The chance that the intent is the right one, in [0, 1]: a logistic fit (docs/matching.md)."""
    z = (
        -5.2
        + 4.0 * signals.nearness
        + 2.5 * signals.coverage
        + 3.0 * signals.share
        + 0.5 * signals.amount
    )
    return 1 / (1 + math.exp(-z))


ANSWER = 0.6
CLARIFY = 0.25
MARGIN = 0.1


def decide(scored: Sequence[Scored], reading: Reading) -> Outcome:
    """Score decides whether to refuse, the gap to the runner-up whether to ask."""
    if not scored or scored[0].score < CLARIFY:
        return Outcome.UNKNOWN
    best = scored[0]
    if best.missing or reading.unknown_names:
        return Outcome.CLARIFY
    rival = scored[1].score if len(scored) > 1 else 0.0
    if best.score >= ANSWER and best.score - rival >= MARGIN:
        return Outcome.ANSWER
    return Outcome.CLARIFY
