"""The index: what every word, name and pair of words says about every intent.

The model is a pooled, smoothed naive Bayes over unit-length phrasing vectors. An intent's mass on
a feature is the sum over its phrasings; its evidence is ln(1 + mass / SMOOTHING), so agreement
among phrasings counts, logarithmically, and one odd phrasing cannot hijack a word. Rarity is
counted over intents, not phrasings: that alone is worth 1 to 6 points on ten public sets.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .knowledge import KnowledgeBase
from .reading import Reader, Reading

SMOOTHING = 0.1
"""Mass that every intent is given on every feature (0.05 to 0.2 rank within 0.6 points)."""
PAIR = 0.4
"""Weight of two adjacent words beside that of one word (0.25 to 0.5: within 0.2 points)."""


@dataclass(frozen=True, slots=True)
class Index:
    """Postings and vectors; plain data, built once, never changed."""

    intents: tuple[str, ...]
    weight: Mapping[str, float]
    """Rarity of a feature: 1 for one that every intent uses, up to ln(1 + intents) + 1."""
    postings: Mapping[str, Mapping[int, float]]
    """Feature → intent number → evidence."""
    base: Sequence[float]
    """What an intent gets for any feature that it lacks."""
    phrasings: Sequence[Sequence[str]]
    """Intent number → its questions."""
    vectors: Sequence[Sequence[Mapping[str, float]]]
    """Intent number → the unit vector of each question."""
    named: Sequence[frozenset[str]]
    """Intent number → the entities that its questions name."""
    exact: Mapping[tuple[str, ...], tuple[int, int]]
    """The words of a phrasing → intent number and question number."""
    rarest: float
    """The weight of a feature that no intent uses."""

    @classmethod
    def build(cls, kb: KnowledgeBase, reader: Reader, intents: Iterable[str]) -> Index:
        """Index the questions of ``intents``, read by ``reader``."""
        ids = tuple(intents)
        readings = [
            [reader.read_exactly(question) for question in kb.intents[id].questions] for id in ids
        ]
        counts = [[_features(reader, r) for r in group] for group in readings]
        shared = [_shared_pairs(group) for group in readings]
        users: Counter[str] = Counter()
        for group, common in zip(counts, shared, strict=True):
            users.update({*common, *(feature for features in group for feature in features)})
        weight = {t: math.log((1 + len(ids)) / (1 + n)) + 1 for t, n in users.items()}
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        base, vectors = [], []
        for i, (group, common) in enumerate(zip(counts, shared, strict=True)):
            mass: dict[str, float] = defaultdict(float)
            for reading, features in zip(readings[i], group, strict=True):
                extra = {p: PAIR for p in pairs(reading) if p in common}
                for feature, value in _unit(features | extra, weight, root=True).items():
                    mass[feature] += value
            for feature, value in mass.items():
                postings[feature][i] = math.log1p(value / SMOOTHING)
            base.append(-math.log(sum(mass.values()) + SMOOTHING * len(weight)))
            vectors.append([_unit(features, weight) for features in group])
        return cls(
            intents=ids,
            weight=weight,
            postings=dict(postings),
            base=base,
            phrasings=[kb.intents[id].questions for id in ids],
            vectors=vectors,
            named=[frozenset(e for r in group for e in r.entities) for group in readings],
            exact={
                key(reading): (i, j)
                for i, group in enumerate(readings)
                for j, reading in enumerate(group)
            },
            rarest=math.log(1 + len(ids)) + 1,
        )


def key(reading: Reading) -> tuple[str, ...]:
    """What makes two texts the same question: their words, spelled alike."""
    return tuple(part for word in reading.words for part in word.surface)


def pairs(reading: Reading) -> list[str]:
    """Adjacent words as features: order, and fixed phrases such as "side effects"."""
    return [f"{a} {b}" for a, b in pairwise(word.text for word in reading.words)]


def _features(reader: Reader, reading: Reading) -> dict[str, float]:
    return {t: 1 + math.log(v) if v > 1 else v for t, v in reader.features(reading).items()}


def _shared_pairs(group: Sequence[Reading]) -> set[str]:
    """The pairs that at least two phrasings of an intent have: chance neighbours are left out."""
    counts = Counter(pair for reading in group for pair in set(pairs(reading)))
    return {pair for pair, n in counts.items() if n > 1}


def _unit(
    features: Mapping[str, float], weight: Mapping[str, float], root: bool = False
) -> dict[str, float]:
    """``features`` weighted by rarity (or its root), scaled to length one."""
    values = {t: v * (math.sqrt(weight[t]) if root else weight[t]) for t, v in features.items()}
    length = math.hypot(*values.values()) or 1.0
    return {t: v / length for t, v in values.items()}
