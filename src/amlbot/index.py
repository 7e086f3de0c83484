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
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import accumulate
from typing import Any

from .knowledge import KnowledgeBase
from .reading import Reader, Reading
from .record import Record
from .text import words

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
SCAN = 8
"""Postings that are as quickly looked at one by one as one is found among many."""


class Index(Record):
    """Plain data, built once, never changed but for what it remembers having looked up."""

    intents: Sequence[str]
    features: Mapping[str, int]
    """Each feature and its number."""
    weight: array[float]
    """Rarity of a feature: 1 for one that every intent uses, up to ln(1 + intents) + 1."""
    start: array[int]
    """Where the postings of a feature begin; they end where those of the next one begin."""
    intent: array[int]
    """The intent of each posting, by feature."""
    evidence: array[float]
    """What the posting adds for it."""
    number: array[int]
    """The number of each posting, by which its entries are found."""
    entry: array[int]
    """Where the entries of a posting begin, by its number."""
    phrasing: array[int]
    """The phrasing of each entry, counted within its intent."""
    value: array[float]
    """The feature's part in the unit vector of that phrasing."""
    length: array[float]
    """The length of the sum of an intent's phrasing vectors."""
    base: array[float]
    """What an intent gets for any feature that it lacks."""
    first: array[int]
    """The number of each intent's first phrasing, over all intents; last, how many there are."""
    checks: array[int]
    """A checksum of the words of each phrasing, in ascending order."""
    owner: array[int]
    """The number of the phrasing that each checksum is of."""
    about: Sequence[Sequence[str]]
    """The entities that each intent speaks of: named in its questions, or broader than those."""
    bound: Sequence[Sequence[str]]
    """The entities that nearly every question of the intent names: without them it is not meant."""
    any_name: Sequence[int]
    """The intents that answer whatever drug, gene or procedure is named."""

    __slots__ = ("_rows", "smoothing")

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._rows: dict[int, array[float]] = {}
        """What each common feature that was looked up adds for each intent."""
        self.smoothing = len(self.intents) / max(1, self.first[-1])
        """The mass that every intent is given on every feature: that of one phrasing, shared among
        as many as an intent has on the average. The more there are, the more an absent word tells.
        """

    @property
    def rarest(self) -> float:
        """The weight of a feature that no intent uses."""
        return math.log(1 + len(self.intents)) + 1

    def uses(self, feature: int) -> int:
        """How many intents use a feature."""
        return self.start[feature + 1] - self.start[feature]

    def said_by(self, feature: int) -> Iterator[tuple[int, float]]:
        """The intents that use a feature, each with the evidence."""
        span = slice(self.start[feature], self.start[feature + 1])
        return zip(self.intent[span], self.evidence[span], strict=True)

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
        check = _checksum(key)
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
        self.numbers: dict[str, int] = {}
        self.users: list[int] = []
        self.held: list[list[list[tuple[int, float]]]] = []
        """Intent → phrasing → its features and their counts."""
        self.keys: list[int] = []
        self.about: list[list[str]] = []
        self.bound: list[list[str]] = []
        for id in ids:
            self._hold(id)
        self.weight = array("f", (math.log((1 + len(ids)) / (1 + n)) + 1 for n in self.users))

    def _hold(self, id: str) -> None:
        intent = self.kb.intents[id]
        readings = [self.reader.read_exactly(question) for question in intent.questions]
        held = []
        used: set[int] = set()
        for reading in readings:
            counts = damped(self.reader.features(reading))
            row = [(self._number(t), v) for t, v in counts.items()]
            used.update(t for t, _ in row)
            held.append(row)
            self.keys.append(_checksum(key(reading)))
        for t in used:
            self.users[t] += 1
        self.held.append(held)
        covers = self.reader.names.covers
        spoken = Counter(e for reading in readings for e in covers(reading.entities))
        often = (e for e, n in spoken.items() if n >= BOUND * len(readings))
        self.bound.append(sorted(e for e in often if self.kb.entities[e].kind in BINDING))
        named = {entity for reading in readings for entity in reading.entities}
        self.about.append(sorted(self.reader.names.covers({*named, *intent.about})))

    def _number(self, feature: str) -> int:
        number = self.numbers.setdefault(feature, len(self.users))
        if number == len(self.users):
            self.users.append(0)
        return number

    def index(self) -> Index:
        """The finished index."""
        smoothing = len(self.ids) / max(1, len(self.keys))
        owners: list[array[int]] = [array("I") for _ in self.users]
        evidence: list[array[float]] = [array("f") for _ in self.users]
        numbers: list[array[int]] = [array("I") for _ in self.users]
        entry, phrasing, value = array("I", [0]), array("H"), array("f")
        length, base = array("f"), array("f")
        for i, held in enumerate(self.held):
            mass, vectors = self._mass(i, held), self._vectors(held)
            center = {t: sum([v for _, v in row]) for t, row in vectors.items()}
            whole = math.hypot(*center.values()) or 1.0
            for t, m in mass.items():
                row = vectors.get(t, ())
                owners[t].append(i)
                numbers[t].append(len(entry) - 1)
                part = CENTER * center.get(t, 0.0) / whole
                evidence[t].append(math.log1p(m / smoothing) + part)
                phrasing.extend([j for j, _ in row])
                value.extend([v for _, v in row])
                entry.append(len(phrasing))
            length.append(whole)
            base.append(-math.log(sum(mass.values()) + smoothing * len(self.weight)))
        order = sorted(range(len(self.keys)), key=self.keys.__getitem__)
        return Index(
            intents=self.ids,
            features=self.numbers,
            weight=self.weight,
            start=array("I", [0, *accumulate(map(len, owners))]),
            intent=_joined("I", owners),
            evidence=_joined("f", evidence),
            number=_joined("I", numbers),
            entry=entry,
            phrasing=phrasing,
            value=value,
            length=length,
            base=base,
            first=array("I", [0, *accumulate(map(len, self.held))]),
            checks=array("I", (self.keys[k] for k in order)),
            owner=array("I", order),
            about=self.about,
            bound=self.bound,
            any_name=[i for i, id in enumerate(self.ids) if self.kb.intents[id].any_name],
        )

    def _mass(self, i: int, held: Sequence[Sequence[tuple[int, float]]]) -> dict[int, float]:
        """The mass of intent ``i`` on each of its features."""
        mass: dict[int, float] = defaultdict(float)
        for row in held:
            for t, v in self._unit(row, root=True):
                mass[t] += v
        for text, worth in ((self.ids[i], ID), (self.kb.intents[self.ids[i]].answer, ANSWER)):
            known = damped(Counter(word for word in words(text) if word in self.numbers))
            for t, v in self._unit([(self.numbers[w], v) for w, v in known.items()], root=True):
                mass[t] += worth * v
        return mass

    def _vectors(
        self, held: Sequence[Sequence[tuple[int, float]]]
    ) -> dict[int, list[tuple[int, float]]]:
        """Feature → the phrasings that hold it, each with its part in the phrasing's vector."""
        found: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for j, row in enumerate(held):
            for t, v in self._unit(row):
                found[t].append((j, v))
        return found

    def _unit(
        self, row: Sequence[tuple[int, float]], root: bool = False
    ) -> Sequence[tuple[int, float]]:
        """``row`` weighted by rarity (or its root), scaled to length one."""
        weight = self.weight
        values = [(t, v * (math.sqrt(weight[t]) if root else weight[t])) for t, v in row]
        length = math.hypot(*(v for _, v in values)) or 1.0
        return [(t, v / length) for t, v in values]


def key(reading: Reading) -> tuple[str, ...]:
    """What makes two texts the same question: their words, spelled alike."""
    return tuple(part for word in reading.words for part in word.surface)


def damped(counts: Mapping[str, float]) -> dict[str, float]:
    """Repetition counts, logarithmically."""
    return {t: 1 + math.log(v) if v > 1 else v for t, v in counts.items()}


def _checksum(key: Sequence[str]) -> int:
    return zlib.crc32(" ".join(key).encode("utf-8", "surrogatepass"))


def _joined(kind: str, rows: Sequence[array[Any]]) -> array[Any]:
    whole = array(kind)
    for row in rows:
        whole.extend(row)
    return whole
