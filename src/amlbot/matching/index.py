"""The index: what every word and name says about every intent.

The model is a pooled, smoothed naive Bayes over unit-length phrasing vectors. An intent's mass on
a feature is the sum over its phrasings, and over its id and its answer, which are read as further,
weaker texts of known words. Its evidence is ln(1 + mass / smoothing), so agreement among phrasings
counts, logarithmically, and one odd phrasing cannot hijack a word; to it is added the feature's
part in the intent's center, the mean direction of its phrasings. Rarity is counted over intents,
not phrasings: that alone is worth 1 to 6 points on ten public sets.

All of it lies in flat arrays: a million phrasings fit in memory, and a file of them is opened
without being read. What a feature says is found by its number (*postings*), and each posting by its
number leads to the phrasings that hold the feature (*entries*).
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import count
from typing import Any

from ..knowledge.store import Floats, Ints
from ..record import Record
from ..text import checksum

ID, ANSWER = 3.0, 1.5
"""Mass of an intent's id and of its answer, each as one text beside its phrasings. The id is worth
0.6 points on public sets, the answer 0.8 on the bundled knowledge (docs/matching-record.md)."""
CENTER = 1.5
"""Weight of the cosine to an intent's center beside the log of its mass: worth 0.1 to 0.4 points
of the first three, none of the first."""
COMMON = 8
"""A feature of one intent in so many is looked up in a row of all intents, made when it is first
needed: such rows take at most three times the memory of the postings."""
KIN = 8
"""Intents that one may be taken for (4 to 12 rank alike)."""
SCAN = 8
"""Postings that are as quickly looked at one by one as one is found among many."""


class Index(Record):
    """Plain data, built once, never changed but for what it remembers having looked up."""

    intents: Sequence[str]
    names: Sequence[str]
    """The features, by their numbers."""
    weight: Floats
    """Rarity of a feature: 1 for one that every intent uses, up to ln(1 + intents) + 1."""
    start: Ints
    """Where the postings of a feature begin; they end where those of the next one begin."""
    intent: Ints
    """The intent of each posting, by feature."""
    evidence: Floats
    """What the posting adds for it."""
    number: Ints
    """The number of each posting, by which its entries are found."""
    entry: Ints
    """Where the entries of a posting begin, by its number."""
    phrasing: Ints
    """The phrasing of each entry, counted within its intent."""
    value: Floats
    """The feature's part in the unit vector of that phrasing."""
    length: Floats
    """The length of the sum of an intent's phrasing vectors."""
    base: Floats
    """What an intent gets for any feature that it lacks."""
    first: Ints
    """The number of each intent's first phrasing, over all intents; last, how many there are."""
    checks: Ints
    """A checksum of the words of each phrasing, in ascending order."""
    owner: Ints
    """The number of the phrasing that each checksum is of."""
    about: Sequence[str]
    """The entities that each intent speaks of, in a line: named in its questions, or broader."""
    bound: Sequence[str]
    """Those that nearly every question of the intent names: without them it is not meant."""
    any_name: Sequence[int]
    """The intents that answer whatever drug, gene or procedure is named."""
    kin: Ints = array("I")
    """The intents that each is most easily taken for, `KIN` in a row; none before learning."""
    kinship: Floats = array("f")
    """The part of each among those; they add up to 1."""

    __slots__ = ("_rows", "features", "smoothing")

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._rows: dict[int, array[float]] = {}
        """What each common feature that was looked up adds for each intent."""
        self.features = dict(zip(self.names, count(), strict=False))
        """Each feature and its number."""
        self.smoothing = smoothing(len(self.intents), self.first[-1])

    @property
    def rarest(self) -> float:
        """The weight of a feature that no intent uses."""
        return math.log(1 + len(self.intents)) + 1

    def uses(self, feature: int) -> int:
        """How many intents use a feature."""
        return self.start[feature + 1] - self.start[feature]

    def said_by(self, feature: int) -> Iterator[tuple[int, float]]:
        """The intents that use a feature, each with the evidence."""
        start, end = self.start[feature], self.start[feature + 1]
        return zip(self.intent[start:end], self.evidence[start:end], strict=True)

    def said_among(self, feature: int, among: Set[int]) -> Iterable[tuple[int, float]]:
        """What `said_by` tells of those ``among`` some intents."""
        if self.uses(feature) * COMMON < len(self.intents):
            return ((i, self.evidence[spot]) for i, spot in self.spots(feature, among))
        row = self._rows.get(feature)
        if row is None:
            row = array("f", bytes(4 * len(self.intents)))
            for i, e in self.said_by(feature):
                row[i] = e
            self._rows[feature] = row
        return zip(among, map(row.__getitem__, among), strict=True)

    def spots(self, feature: int, among: Set[int]) -> list[tuple[int, int]]:
        """Those ``among`` some intents that use a feature, each with the place of its posting."""
        start, end = self.start[feature], self.start[feature + 1]
        if end - start < SCAN * len(among):
            among = among & set(self.intent[start:end])
        found = []
        for i in among:
            spot = bisect_left(self.intent, i, start, end)
            if spot < end and self.intent[spot] == i:
                found.append((i, spot))
        return found

    def entries(self, spot: int) -> range:
        """Where `phrasing` and `value` tell of the phrasings behind the posting at ``spot``."""
        number = self.number[spot]
        return range(self.entry[number], self.entry[number + 1])

    def same_words(self, key: Sequence[str]) -> Iterator[tuple[int, int]]:
        """The intent and the number of each phrasing whose words have the checksum of ``key``."""
        check = checksum(" ".join(key))
        for k in range(bisect_left(self.checks, check), bisect_right(self.checks, check)):
            i = bisect_right(self.first, self.owner[k]) - 1
            yield i, self.owner[k] - self.first[i]


def smoothing(intents: int, phrasings: int) -> float:
    """The mass that every intent is given on every feature: that of one phrasing, shared among
    as many as an intent has on the average. The more there are, the more an absent word tells.
    """
    return intents / max(1, phrasings)


def damped(counts: Mapping[str, float]) -> dict[str, float]:
    """Repetition counts, logarithmically."""
    return {t: 1 + math.log(v) if v > 1 else v for t, v in counts.items()}
