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
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import accumulate, chain, count, pairwise, repeat
from operator import mul
from typing import Any, TypeVar

from ..knowledge.base import KnowledgeBase
from ..knowledge.store import Floats, Ints
from ..record import Record
from ..text import checksum, words
from .reading import Reader

N = TypeVar("N", int, float)

ID, ANSWER = 3.0, 1.5
"""Mass of an intent's id and of its answer, each as one text beside its phrasings. The id is worth
0.6 points on public sets, the answer 0.8 on the bundled knowledge (docs/matching.md)."""
CENTER = 1.5
"""Weight of the cosine to an intent's center beside the log of its mass: worth 0.1 to 0.4 points
of the first three, none of the first."""
BOUND = 0.75
"""Share of an intent's questions that name an entity from which on it is bound to it."""
BINDING = frozenset({"gene", "drug", "regimen"})
"""Kinds of entity that people name if they mean them."""
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
        self.smoothing = _smoothing(len(self.intents), self.first[-1])

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

    @classmethod
    def build(cls, kb: KnowledgeBase, reader: Reader, intents: Iterable[str]) -> Index:
        """Index the questions of ``intents``, read by ``reader``."""
        return _Builder(kb, reader, tuple(intents)).index()


class _Builder:
    """Makes an index: first what every phrasing holds, then, with all rarities known, the rest."""

    def __init__(self, kb: KnowledgeBase, reader: Reader, ids: Sequence[str]) -> None:
        self.kb, self.reader, self.ids = kb, reader, ids
        self.numbers: dict[str, int] = defaultdict(count().__next__)
        self.users: Counter[int] = Counter()
        """Feature → how many intents use it."""
        self.held, self.counts, self.among = array("I"), array("d"), array("H")
        """The entries, in flat arrays: the features of one phrasing after the other, how often it
        holds each, and the number of the phrasing within its intent."""
        self.end = array("I", [0])
        """Where the entries of a phrasing begin; they end where those of the next one begin."""
        self.first, self.checks = array("I", [0]), array("I")
        self.about: list[str] = []
        self.bound: list[str] = []
        for id in ids:
            self._hold(id)
        uses = map(self.users.__getitem__, range(len(self.numbers)))
        self.weight = array("f", (math.log((1 + len(ids)) / (1 + n)) + 1 for n in uses))
        self.root = array("d", map(math.sqrt, self.weight))
        self.smoothing = _smoothing(len(ids), len(self.checks))
        self.postings: list[array[int]] = [array("I") for _ in self.weight]
        """Feature → the numbers of its postings."""
        self.owner, self.evidence, self.size = array("I"), array("f"), array("I")
        """The intent of each posting, by number, what it adds for it, and its number of entries."""
        self.phrasing, self.value = array("H"), array("f")
        self.length, self.base = array("f"), array("f")

    def _hold(self, id: str) -> None:
        intent, begin = self.kb.intents[id], len(self.held)
        entities = []
        for number, question in enumerate(intent.questions):
            if plain := self.reader.plain(question):
                counts, text = damped(Counter(plain)), plain
            else:
                reading = self.reader.read_exactly(question)
                counts, text = damped(self.reader.features(reading)), reading.surface
                entities += [reading.entities]
            self.held.extend(map(self.numbers.__getitem__, counts))
            self.counts.extend(counts.values())
            self.among.extend(repeat(number, len(counts)))
            self.end.append(len(self.held))
            self.checks.append(checksum(" ".join(text)))
        self.first.append(len(self.checks))
        self.users.update(set(self.held[begin:]))
        covers = self.reader.names.covers
        spoken = Counter(e for named in entities for e in covers(named))
        often = (e for e, n in spoken.items() if n >= BOUND * len(intent.questions))
        binding = (e for e in often if self.kb.entities[e].kind in BINDING)
        self.bound.append(" ".join(sorted(binding)))
        named = (e for e in chain.from_iterable(entities) if not self.kb.entities[e].setting)
        about = covers({*named, *intent.about})
        self.about.append(" ".join(sorted(about)))

    def index(self) -> Index:
        """The finished index."""
        for i in range(len(self.ids)):
            self._post(i)
        numbers = array("I", chain.from_iterable(self.postings))
        by_check = sorted(range(len(self.checks)), key=self.checks.__getitem__)
        return Index(
            intents=self.ids,
            names=list(self.numbers),
            weight=self.weight,
            start=array("I", accumulate(map(len, self.postings), initial=0)),
            intent=array("I", map(self.owner.__getitem__, numbers)),
            evidence=array("f", map(self.evidence.__getitem__, numbers)),
            number=numbers,
            entry=array("I", accumulate(self.size, initial=0)),
            phrasing=self.phrasing,
            value=self.value,
            length=self.length,
            base=self.base,
            first=self.first,
            checks=array("I", map(self.checks.__getitem__, by_check)),
            owner=array("I", by_check),
            about=self.about,
            bound=self.bound,
            any_name=[i for i, id in enumerate(self.ids) if self.kb.intents[id].any_name],
        )

    def _post(self, i: int) -> None:
        """Add the postings of intent ``i`` and their entries, by feature."""
        held, among, parts = self._of(i, self.held), self._of(i, self.among), self._parts(i)
        center, mass = _summed(held, parts), self._mass(i)
        length, features = math.hypot(*center.values()) or 1.0, sorted(mass)
        for number, t in enumerate(features, len(self.owner)):
            self.postings[t].append(number)
        self.owner.extend(repeat(i, len(features)))
        share, smoothing = CENTER / length, self.smoothing
        self.evidence.extend(
            [math.log1p(mass[t] / smoothing) + share * center[t] for t in features]
        )
        self.size.extend(map(Counter(held).__getitem__, features))
        by_feature = sorted(range(len(held)), key=held.__getitem__)
        self.phrasing.extend(map(among.__getitem__, by_feature))
        self.value.extend(map(parts.__getitem__, by_feature))
        self.length.append(length)
        self.base.append(-math.log(sum(mass.values()) + smoothing * len(self.weight)))

    def _of(self, i: int, column: array[N]) -> array[N]:
        """What ``column`` tells of each entry of intent ``i``."""
        return column[self.end[self.first[i]] : self.end[self.first[i + 1]]]

    def _parts(self, i: int, root: bool = False) -> list[float]:
        """The part of each entry of intent ``i`` in the unit vector of its phrasing.

        Weighted by rarity, or by its root.
        """
        parts: list[float] = []
        for a, b in pairwise(self.end[self.first[i] : self.first[i + 1] + 1]):
            parts += self._unit(self.held[a:b], self.counts[a:b], root)
        return parts

    def _mass(self, i: int) -> dict[int, float]:
        """The mass of intent ``i`` on each of its features."""
        mass = _summed(self._of(i, self.held), self._parts(i, root=True))
        for text, worth in ((self.ids[i], ID), (self.kb.intents[self.ids[i]].answer, ANSWER)):
            known = damped(Counter([word for word in words(text) if word in self.numbers]))
            features = [self.numbers[word] for word in known]
            for t, v in zip(features, self._unit(features, known.values(), root=True), strict=True):
                mass[t] += worth * v
        return mass

    def _unit(self, features: Iterable[int], counts: Iterable[float], root: bool) -> list[float]:
        """The parts of a text's features in its vector, which is scaled to length one."""
        weight = self.root if root else self.weight
        values = list(map(mul, counts, map(weight.__getitem__, features)))
        length = math.hypot(*values) or 1.0
        return [v / length for v in values]


def _smoothing(intents: int, phrasings: int) -> float:
    """The mass that every intent is given on every feature: that of one phrasing, shared among
    as many as an intent has on the average. The more there are, the more an absent word tells.
    """
    return intents / max(1, phrasings)


def _summed(features: Iterable[int], values: Iterable[float]) -> dict[int, float]:
    """The sum of the values of each feature; 0 for any other."""
    sums: dict[int, float] = defaultdict(float)
    for t, value in zip(features, values, strict=True):
        sums[t] += value
    return sums


def damped(counts: Mapping[str, float]) -> dict[str, float]:
    """Repetition counts, logarithmically."""
    return {t: 1 + math.log(v) if v > 1 else v for t, v in counts.items()}
