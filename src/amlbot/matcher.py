"""The matcher: which intent a text asks for, how sure that is, and why.

Text → reading → evidence for every intent → the best few compared with their nearest phrasings
→ guards (names) → calibrated score → answer, clarify or unknown.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .index import PAIR, Index, key
from .knowledge import KnowledgeBase
from .model import Candidate, Match, Outcome
from .reading import Reader, Reading
from .spelling import Lookalikes
from .text import clauses, is_question

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
LONG = 12
"""Words beyond which a message is also read clause by clause."""
MAX_CLAUSES = 6
PLENTY = 3
"""Words of full rarity that are as much evidence as a question needs."""
CERTAIN = 100.0
"""Lifts an intent that has the question word for word above all others."""
BIAS = -3.86
WEIGHTS = {
    "nearness": 1.51,
    "share": 3.55,
    "amount": 0.57,
    "named": 0.94,
    "missing": -1.43,
    "foreign": -6.37,
}
"""A logistic fit on held-out phrasings and development questions (docs/matching.md)."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an intent and against it; each in [0, 1]."""

    nearness: float
    """Weighted cosine of the words to the nearest phrasing; unknown words count against it."""
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
        self._guarded = frozenset(
            id for id, e in kb.entities.items() if not e.implied and e.kind != "other"
        )

    def match(self, text: str) -> Match:
        """What ``text`` asks for: the outcome, and the candidates behind it.

        Of a long message the clause counts that matches best: people open with their story.
        """
        readings = [self.reader.read(part) for part in _parts(text)]
        reading, scored = max(
            ((r, self._score(r)) for r in readings), key=lambda pair: _sureness(pair[1])
        )
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
        guarded = self._guarded.intersection(reading.entities)
        total = {
            i: e + NEARNESS * near[i][0] - ABSENT * len(guarded - self._about[i]) for i, e in top
        }
        best = max(total.values())
        shares = {i: math.exp(SHARPNESS * (value - best)) for i, value in total.items()}
        whole = sum(shares.values())
        exact = self.index.exact.get(key(reading))
        foreign = len(self._foreign(reading, said)) / max(1, len(reading.words))
        scored = []
        for i, _ in top:
            nearness, phrasing = near[i]
            missing = tuple(e for e in reading.entities if e in self._guarded - self._about[i])
            signals = Signals(
                nearness=nearness,
                share=shares[i] / whole,
                amount=self._amount(i, said),
                named=float(any(e in self._guarded & self._about[i] for e in reading.entities)),
                missing=float(bool(missing)),
                foreign=foreign,
            )
            certain = exact is not None and exact[0] == i
            scored.append(
                Scored(
                    number=i,
                    evidence=total[i] + (CERTAIN if certain else 0.0),
                    nearest=exact[1] if exact and certain else phrasing,
                    signals=signals,
                    score=0.99 if certain else confidence(signals),
                    missing=missing,
                )
            )
        scored.sort(key=lambda s: -s.evidence)
        rest = 1.0 - scored[0].score
        return [scored[0], *(replace(s, score=min(s.score, rest)) for s in scored[1:])]

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

    def _foreign(self, reading: Reading, said: Mapping[str, float]) -> list[str]:
        """The words of the question, numbers aside, that no intent uses."""
        return [
            word.typed
            for word in reading.words
            if not word.typed.isdigit() and not any(option in said for option, _ in word.options)
        ]

    def _norm(self, reading: Reading, said: Mapping[str, float]) -> float:
        """The question's length, with unknown words at the weight of the rarest known one."""
        foreign = math.sqrt(len(self._foreign(reading, said))) * self.index.rarest
        return math.hypot(*said.values(), foreign) or 1.0

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

    def _amount(self, i: int, said: Mapping[str, float]) -> float:
        """Rare evidence that intent ``i`` explains, as a part of `PLENTY` words of full rarity."""
        postings, weight = self.index.postings, self.index.weight
        rare = sum(weight[t] - 1 for t in said if i in postings[t])
        return min(1.0, rare / (PLENTY * self.index.rarest))


def _parts(text: str) -> list[str]:
    """``text``, and if it is long the parts of it that may be the question."""
    if len(text.split()) <= LONG:
        return [text]
    asking = [part for part in clauses(text) if is_question(part)]
    return [text, *asking[:MAX_CLAUSES]]


def _sureness(scored: Sequence[Scored]) -> float:
    return scored[0].score if scored else 0.0


def confidence(signals: Signals) -> float:
    """The chance that the intent is the right one, in [0, 1]: a logistic fit (docs/matching.md)."""
    z = BIAS + sum(weight * getattr(signals, name) for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-z))


ANSWER = 0.5
CLARIFY = 0.2
"""Scores from which to answer and to ask back: at these, 4 of 150 out-of-scope questions pass."""


def decide(scored: Sequence[Scored], reading: Reading) -> Outcome:
    """Answer when sure and about every name in the question; otherwise ask, or refuse."""
    if not scored or scored[0].score < CLARIFY:
        return Outcome.UNKNOWN
    if scored[0].missing or reading.unknown_names or scored[0].score < ANSWER:
        return Outcome.CLARIFY
    return Outcome.ANSWER
