"""Indexing: how the phrasings, the ids and the answers of intents become an index."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, count, pairwise, repeat
from operator import mul
from typing import TypeVar

from ..knowledge.base import KnowledgeBase
from ..text import checksum, words
from .index import ANSWER, CENTER, ID, Index, damped, smoothing
from .reading import Reader, Reading

N = TypeVar("N", int, float)

BOUND = 0.75
"""Share of an intent's questions that name an entity from which on it is bound to it."""
BINDING = frozenset({"gene", "drug", "regimen"})
"""Kinds of entity that people name if they mean them."""


def indexed(kb: KnowledgeBase, reader: Reader, intents: Iterable[str]) -> Index:
    """The index of the questions of ``intents``, read by ``reader``."""
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
        self.smoothing = smoothing(len(ids), len(self.checks))
        self.postings: list[array[int]] = [array("I") for _ in self.weight]
        """Feature → the numbers of its postings."""
        self.owner, self.evidence, self.size = array("I"), array("f"), array("I")
        """The intent of each posting, by number, what it adds for it, and its number of entries."""
        self.phrasing, self.value = array("H"), array("f")
        self.length, self.base = array("f"), array("f")

    def _hold(self, id: str) -> None:
        """Add the entries of intent ``id``, and what it is about."""
        intent, begin = self.kb.intents[id], len(self.held)
        named = [self._hold_phrasing(j, text) for j, text in enumerate(intent.questions)]
        self.first.append(len(self.checks))
        self.users.update(set(self.held[begin:]))
        covers, entities = self.reader.names.covers, self.kb.entities
        spoken = Counter(e for names in named for e in covers(names))
        often = (e for e, n in spoken.items() if n >= BOUND * len(named))
        self.bound.append(" ".join(sorted(e for e in often if entities[e].kind in BINDING)))
        subjects = {e for names in named for e in names if not entities[e].setting}
        self.about.append(" ".join(sorted(covers({*subjects, *intent.about}))))

    def _hold_phrasing(self, number: int, question: str) -> Sequence[str]:
        """Add the entries of a phrasing; returns the entities that it names."""
        plain = self.reader.plain(question)
        reading = Reading(()) if plain else self.reader.read_exactly(question)
        counts = damped(Counter(plain) if plain else self.reader.features(reading))
        self.held.extend(map(self.numbers.__getitem__, counts))
        self.counts.extend(counts.values())
        self.among.extend(repeat(number, len(counts)))
        self.end.append(len(self.held))
        self.checks.append(checksum(" ".join(plain or reading.surface)))
        return reading.entities

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


def _summed(features: Iterable[int], values: Iterable[float]) -> dict[int, float]:
    """The sum of the values of each feature; 0 for any other."""
    sums: dict[int, float] = defaultdict(float)
    for t, value in zip(features, values, strict=True):
        sums[t] += value
    return sums
