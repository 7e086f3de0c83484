"""The index: what every word and name says about every intent.

The model is a pooled, smoothed naive Bayes over unit-length phrasing vectors. An intent's mass on
a feature is the sum over its phrasings, and over its id and its answer, which are read as further,
weaker texts of known words. Its evidence is ln(1 + mass / SMOOTHING), so agreement among phrasings
counts, logarithmically, and one odd phrasing cannot hijack a word; to it is added the feature's
part in the intent's center, the mean direction of its phrasings. Rarity is counted over intents,
not phrasings: that alone is worth 1 to 6 points on ten public sets.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .knowledge import KnowledgeBase
from .reading import Reader, Reading
from .text import words

SMOOTHING = 0.06
"""Mass that every intent is given on every feature (0.06 to 0.16 rank within 1.4 points)."""
ID, ANSWER = 3.0, 1.5
"""Mass of an intent's id and of its answer, each as one text beside its phrasings. The id is worth
0.6 points on public sets, the answer 0.8 on the bundled knowledge (docs/matching.md)."""
CENTER = 1.5
"""Weight of the cosine to an intent's center beside the log of its mass: worth 0.1 to 0.4 points
of the first three, none of the first."""


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
    centers: Sequence[Mapping[str, float]]
    """Intent number → the unit vector of all its questions together."""
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
        users: Counter[str] = Counter()
        for group in counts:
            users.update({feature for features in group for feature in features})
        weight = {t: math.log((1 + len(ids)) / (1 + n)) + 1 for t, n in users.items()}
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        base, vectors, centers = [], [], []
        for i, group in enumerate(counts):
            mass: dict[str, float] = defaultdict(float)
            for features in group:
                for feature, value in _unit(features, weight, root=True).items():
                    mass[feature] += value
            for text, worth in ((ids[i], ID), (kb.intents[ids[i]].answer, ANSWER)):
                known = _damped(Counter(word for word in words(text) if word in weight))
                for feature, value in _unit(known, weight, root=True).items():
                    mass[feature] += worth * value
            vectors.append([_unit(features, weight) for features in group])
            centers.append(_center(vectors[-1]))
            for feature, value in mass.items():
                part = CENTER * centers[-1].get(feature, 0.0)
                postings[feature][i] = math.log1p(value / SMOOTHING) + part
            base.append(-math.log(sum(mass.values()) + SMOOTHING * len(weight)))
        return cls(
            intents=ids,
            weight=weight,
            postings=dict(postings),
            base=base,
            phrasings=[kb.intents[id].questions for id in ids],
            vectors=vectors,
            centers=centers,
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


def _features(reader: Reader, reading: Reading) -> dict[str, float]:
    return _damped(reader.features(reading))


def _damped(counts: Mapping[str, float]) -> dict[str, float]:
    """Repetition counts, logarithmically."""
    return {t: 1 + math.log(v) if v > 1 else v for t, v in counts.items()}


def _center(vectors: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for vector in vectors:
        for feature, value in vector.items():
            total[feature] += value
    length = math.hypot(*total.values()) or 1.0
    return {feature: value / length for feature, value in total.items()}


def _unit(
    features: Mapping[str, float], weight: Mapping[str, float], root: bool = False
) -> dict[str, float]:
    """``features`` weighted by rarity (or its root), scaled to length one."""
    values = {t: v * (math.sqrt(weight[t]) if root else weight[t]) for t, v in features.items()}
    length = math.hypot(*values.values()) or 1.0
    return {t: v / length for t, v in values.items()}
