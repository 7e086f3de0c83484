"""Likeness: how much a message resembles the written messages that tell of a danger.

The second ear of the safety screen, for words that no pattern of signs foresees. It is the naive
Bayes of the matcher once more: each word, pair of words and concept speaks for a sign as much as
it is commoner in the messages that tell of it than in calm ones. Calm are the written look-alikes,
and every question that the knowledge answers. The sum is divided by how much there was to hear,
so that a long story does not add up to an alarm. What else was tried:
docs/safety-record.md#likeness.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from ..knowledge.store import Floats, Ints
from ..record import Record
from ..text import checksum
from .hearing import Heard, Span

STRETCH, STEP = 32, 16
"""Words that are looked at together, from the beginning of each sentence and on from there."""
WRITTEN = 20
"""Questions that one written calm message is worth: it was written to sound like danger."""
SMOOTHING = 0.2
"""Calm messages that each feature is taken to be in besides."""
LENGTH = 0.7
"""How much a feature is a share of all features, and not of the messages: who tells of a danger
writes more than who asks, so as a share of messages each common word speaks for danger."""
CHANCE = 0.1
"""How much a pair of words is expected in calm messages by chance, as often as each of the two is:
"house now", heard once and in a message of danger, says little of it."""
ROOM, GROWTH = 30, 0.7
"""A sum over n features is divided by (n + ROOM) ** GROWTH: two words are never much evidence."""


class Likeness(Record):
    """What speaks for each sign: plain data, built once."""

    signs: Sequence[str]
    checks: Ints
    """Checksums of the features that the messages of any sign have, in rising order."""
    weights: Floats
    """For each of them what it adds to each sign."""

    @classmethod
    def of(
        cls,
        told: Mapping[str, Sequence[Heard]],
        calm: Sequence[Heard],
        questions: Sequence[Heard],
    ) -> Likeness:
        """Weigh what is in the messages ``told`` of each sign against the rest."""
        counts = [_counted(messages) for messages in told.values()]
        wholes = [_whole(c, len(of)) for c, of in zip(counts, told.values(), strict=True)]
        rows = {
            checksum(feature): [
                math.log(count[feature] / whole / calmly) if count[feature] else 0.0
                for count, whole in zip(counts, wholes, strict=True)
            ]
            for feature, calmly in _calmly(sorted(set().union(*counts)), calm, questions)
        }
        checks = sorted(rows)
        weights = array("f", chain.from_iterable(rows[check] for check in checks))
        return cls(list(told), array("I", checks), weights)

    def strengths(self, heard: Heard) -> Iterator[tuple[float, str, Span]]:
        """For each stretch of a message and each sign how much the one resembles the other."""
        spans = list(_stretches(heard))
        rows: dict[str, Sequence[float]] = {}
        for span, features in zip(spans, _features(heard, spans), strict=True):
            rows |= {feature: self._row(feature) for feature in features - rows.keys()}
            known = [row for feature in features if (row := rows[feature])]
            for sign, weights in zip(self.signs, zip(*known, strict=True), strict=False):
                yield math.fsum(weights) / (len(features) + ROOM) ** GROWTH, sign, span

    def _row(self, feature: str) -> Sequence[float]:
        check = checksum(feature)
        at = bisect_left(self.checks, check)
        if at == len(self.checks) or self.checks[at] != check:
            return ()
        width = len(self.signs)
        return self.weights[at * width : (at + 1) * width]


def _calmly(
    features: Iterable[str], calm: Sequence[Heard], questions: Sequence[Heard]
) -> Iterator[tuple[str, float]]:
    """Each of ``features``, and its share of all that is calm."""
    quiet, size = Counter[str](), WRITTEN * len(calm) + len(questions)
    for feature, n in _counted(calm).items():
        quiet[feature] = WRITTEN * n
    quiet.update(_counted(questions))
    whole = _whole(quiet, size)
    quiet[""] = size  # before the first word and after the last
    words = sum(n for feature, n in quiet.items() if " " not in feature and feature[:1] != "~")
    for feature in features:
        first, pair, second = feature.partition(" ")
        chance = CHANCE * quiet[first] * quiet[second] / words if pair else 0.0
        yield feature, (quiet[feature] + chance + SMOOTHING) / whole


def _counted(messages: Iterable[Heard]) -> Counter[str]:
    """In how many messages each feature is found."""
    count = Counter[str]()
    for heard in messages:
        [features] = _features(heard, [(0, len(heard.words))])
        count.update(features)
    return count


def _whole(count: Counter[str], messages: int) -> float:
    """What the count of a feature is a share of: the messages, or more so all that is in them."""
    return float(messages ** (1 - LENGTH) * count.total() ** LENGTH)


def _stretches(heard: Heard) -> Iterator[Span]:
    """The words from the beginning of each sentence on, and long sentences piece by piece."""
    end = len(heard.words)
    starts = [
        clause.span[0]
        for before, clause in zip([None, *heard.clauses], heard.clauses, strict=False)
        if clause.span[0] < end and (not before or before.sentence != clause.sentence)
    ]
    for start, stop in pairwise([*starts, end]):
        for begin in range(start, max(start + 1, stop - STRETCH + STEP), STEP):
            yield begin, min(begin + STRETCH, end)


def _features(heard: Heard, spans: Iterable[Span]) -> Iterator[set[str]]:
    """For each of ``spans`` its words in all their meanings, its concepts, and neighbours in pairs.

    The first and the last word of a sentence are neighbours of nothing, not of the next sentence.
    The spans overlap, so what begins at each word is worked out once.
    """
    words = [[_plain(word) for word in options] for options in heard.words]
    sentences = [heard.clauses[clause].sentence for clause in heard.clause_of]
    edges = [a != b for a, b in pairwise((-1, *sentences, -1))]
    pairs = [
        [] if edge else [f"{a} {b}" for a in one for b in two]
        for (one, two), edge in zip(pairwise(words), edges[1:], strict=False)
    ]
    begins = [*map(list, words), []]
    for i, options in enumerate(words):
        begins[i] += [f" {word}" for word in options if edges[i]]
        begins[i] += [f"{word} " for word in options if edges[i + 1]]
    for name, found in heard.found.items():
        for start, _ in () if name in heard.unlearned else found:
            begins[start].append(f"~{name}")
    for start, end in spans:
        yield set().union(*begins[start:end], *pairs[start : end - 1])


def _plain(word: str) -> str:
    """``word``, or one sign for all numbers: the thermometer reads them, not this."""
    return "#" if word[:1].isdigit() else word
