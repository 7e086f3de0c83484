"""Scoring: every intent's evidence, and the best few compared phrasing by phrasing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import mul
from typing import NamedTuple

from ..knowledge.base import KnowledgeBase
from ..text import is_number
from .index import ANSWER, ID, KIN, Index, damped, key
from .reading import PROPER, Reader, Reading, Word
from .spelling import Grams, Lookalikes, likeness

ALIKE = 0.6
"""Weight of a look-alike word, times its cosine (0.3 to 0.9: within 0.4 points)."""
CLOSEST = 8
"""Intents that are compared phrasing by phrasing (5 and 12 rank alike)."""
NEARNESS = 2.5
"""Weight of the nearest phrasing's cosine beside the pooled evidence (1 to 3: +0.5 points)."""
ABSENT = 2.5
"""What an intent loses for each name in the question that it is not about: worth 1.7 points."""
UNASKED = 1.5
"""What it loses for each name that nearly all its questions have and this one has not. Held out it
changes nothing (82.6 against 82.7); it keeps "how is AML treated" from the answer on NPM1."""
FAR = 4.0
"""How far below the best evidence that for an intent's kin counts for nothing (3 to 5: within 0.2
points of the first three)."""
VISITS = 1000
"""Postings that are visited to find intents; commoner features only tell those found apart."""
REACH = 2.0
"""What such a feature may add for one intent beyond what it adds for the best few. Of 700 held-out
questions the two bounds cost none its first three intents, 1.6 in 100 one of its first eight."""
SHARPNESS = 1.5
"""How fast a runner-up's share falls with its distance from the best."""
PLENTY = 3
"""Words of full rarity that are as much evidence as a question needs."""
TOLD, MOST_TOLD = 0.85, 1.7
"""Weight of what is told beside what is asked, and the most that all of it may weigh beside that
(0.7 to 1, and no bound, rank alike; of 472 stories 0.5 loses 16 and a bound of 1 26)."""
CERTAIN = 0.99
"""Score of an intent that has the question word for word."""


class Signals(NamedTuple):
    """What speaks for an intent and against it; each in [0, 1]."""

    center: float
    """Weighted cosine of the words to the phrasings together; what they lack counts against it."""
    support: float
    """Mean evidence of what the question says, in parts of what a word gives that is all there is
    in every text of the intent."""
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
    likeness: float
    """Cosine of the question's 4-grams to the phrasing that comes nearest."""

    def chance(self) -> float:
        """The chance, in [0, 1], that the intent is the right one (docs/matching.md)."""
        z = BIAS + sum(map(mul, WEIGHTS, self))
        return 1 / (1 + math.exp(-z))


# A fit on unseen questions of three knowledge bases, on messages out of scope, and on questions
# whose intents were left out (docs/matching.md).
BIAS = -3.55
WEIGHTS = Signals(
    center=3.1,
    support=2.1,
    share=1.15,
    amount=1.95,
    named=0.0,
    missing=-2.55,
    foreign=-2.45,
    likeness=2.0,
)


class Scored(NamedTuple):
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


class Query(NamedTuple):
    """A question as weighted features, which go by their numbers."""

    reading: Reading
    asked: Sequence[Word]
    """The words of it that ask: of a story not all."""
    said: Mapping[int, float]
    """What its words say."""
    features: Mapping[int, float]
    """All of it: also what they look like."""
    length: float
    """The length of all of it."""
    foreign: tuple[str, ...]
    """Its words, numbers aside, that no intent uses."""
    strangeness: float
    """Share of its words that are foreign; a repaired word counts in part."""
    norm: float
    """The length of what was said, with foreign words at the weight of the rarest known one."""
    named: tuple[str, ...]
    """The entities named in it that an answer must be about."""
    spoken_of: frozenset[str]
    """All entities named in it, and what is broader than those."""


class Comparison(NamedTuple):
    """A question beside one intent and each of its phrasings."""

    total: float
    """The evidence, that of the nearest phrasing included, less what is lost for names."""
    nearest: int
    """The number of that phrasing."""
    missing: tuple[str, ...]
    center: float
    support: float
    amount: float
    named: float

    def signals(self, share: float, foreign: float, likeness: float) -> Signals:
        """All signals, with those that do not come from the one intent."""
        _, _, missing, center, support, amount, named = self
        absent = float(bool(missing))
        return Signals(center, support, share, amount, named, absent, foreign, likeness)


class Scorer:
    """Scores the intents of one index."""

    def __init__(self, kb: KnowledgeBase, reader: Reader, index: Index, grams: Grams) -> None:
        self.kb, self.index = kb, index
        self._reader = reader
        self._features = index.names
        self._lookalikes = Lookalikes(self._features, grams)
        self.guarded: frozenset[str] = frozenset(reader.tables["guarded"])
        self._settings: frozenset[str] = frozenset(reader.tables["settings"])

    def query(self, reading: Reading) -> Query:
        """``reading`` as weighted features."""
        numbers, weight, rarest = self.index.features, self.index.weight, self.index.rarest
        entities = reading.entities
        features = damped(self._reader.features(reading))
        said = {
            (t := numbers[name]): value * weight[t]
            for name, value in features.items()
            if name in numbers
        }
        alike = self._alike(reading, said)
        strange = {w: self._strangeness(w) for w in reading.words if not is_number(w.typed)}
        foreign = tuple(word.typed for word, share in strange.items() if share == 1.0)
        return Query(
            reading=reading,
            asked=reading.words,
            said=said,
            features=said | alike,
            length=math.hypot(*said.values(), *alike.values()) or 1.0,
            foreign=foreign,
            strangeness=sum(strange.values()) / max(1, len(reading.words)),
            norm=math.hypot(*said.values(), math.sqrt(len(foreign)) * rarest) or 1.0,
            named=tuple([e for e in entities if e in self.guarded]),
            spoken_of=self._reader.names.covers(entities),
        )

    def _alike(self, reading: Reading, said: Mapping[int, float]) -> dict[int, float]:
        """What the words of ``reading`` look like, beside what they say."""
        alike: dict[int, float] = {}
        for word in reading.words:
            for t, cosine in self._lookalikes.find(word.text) if not word.entity else ():
                if t not in said:
                    alike[t] = max(alike.get(t, 0.0), ALIKE * cosine * self.index.weight[t])
        return alike

    def _strangeness(self, word: Word) -> float:
        """0 for a word that intents use, 1 for one that none does, between for a repaired one."""
        options = [option for option in word.options if option[0] in self.index.features]
        if not options:
            return 1.0
        return 1.0 - max([share for name, share in options if name[0] != "~"], default=1.0)

    def beside(self, told: Query, asked: Query) -> Query:
        """``told``, a whole story, in which what is not ``asked`` is a weaker part of the question.

        The one proper name in it must be met where the question names nothing itself.
        """
        share = min(TOLD, MOST_TOLD * asked.norm / told.norm)
        said = {t: share * value for t, value in told.said.items()} | dict(asked.said)
        features = {t: share * value for t, value in told.features.items()} | dict(asked.features)
        strange = math.sqrt(len(told.foreign)) * self.index.rarest
        return told._replace(
            asked=asked.asked,
            said=said,
            features=features,
            length=math.hypot(*features.values()) or 1.0,
            norm=math.hypot(*said.values(), strange) or 1.0,
            named=asked.named or self._subject(told),
        )

    def _subject(self, told: Query) -> tuple[str, ...]:
        """The one thing with a proper name that a story is of, if it is."""
        proper = tuple(e for e in told.named if self.kb.entities[e].kind in PROPER)
        return proper if len(proper) == 1 else ()

    def score(self, query: Query, closest: int = CLOSEST) -> list[Scored]:
        """The ``closest`` intents, best first; none without any evidence.

        The scores fall: all others share what the best one leaves over. Their order is for the case
        that the best one is wrong: then what speaks for an intent's kin speaks for it.
        """
        exact, asked = self._word_for_word(query)
        if exact < 0 and all(is_number(self._features[t]) for t in query.said) and query.said:
            return []
        evidence = self._evidence(query, closest)
        compared = self._compare(query, self._closest(evidence, closest, exact))
        best = max([found.total for found in compared.values()], default=0.0)
        shares = {i: math.exp(SHARPNESS * (found.total - best)) for i, found in compared.items()}
        whole = sum(shares.values())
        kindred = self._kindred(evidence, compared)
        first = max(compared, key=lambda i: (i == exact, compared[i].total), default=-1)
        order = sorted(
            compared, key=lambda i: (i == first, compared[i].total + kindred[i]), reverse=True
        )
        like = self._likeness(query, order[0], compared[order[0]].nearest) if order else 0.0
        scored: list[Scored] = []
        left = 1.0
        for i in order:
            found = compared[i]
            signals = found.signals(shares[i] / whole, query.strangeness, like)
            score = min(left, CERTAIN if i == exact else signals.chance())
            left = score if scored else min(score, 1.0 - score)
            nearest = asked if i == exact else found.nearest
            scored.append(
                Scored(i, found.total, nearest, signals, score, found.missing, i == exact)
            )
        return scored

    def strengths(self, query: Query, i: int) -> dict[str, float]:
        """What each feature of the question adds to the evidence for intent ``i``."""
        index = self.index
        return {
            self._features[t]: value / query.length * index.evidence[spot]
            for t, value in query.features.items()
            for _, spot in index.spots(t, {i})
        }

    def phrasing(self, i: int, j: int) -> str:
        """Question ``j`` of intent ``i``, as it is written."""
        return self.kb.intents[self.index.intents[i]].questions[j]

    def _word_for_word(self, query: Query) -> tuple[int, int]:
        """The intent that has the question among its own, and the phrasing; (-1, 0) if none has."""
        words = key(query.reading)
        for i, j in self.index.same_words(words):
            if key(self._reader.read_exactly(self.phrasing(i, j))) == words:
                return i, j
        return -1, 0

    def _likeness(self, query: Query, i: int, j: int) -> float:
        """How much the question, its names aside, looks like phrasing ``j`` of intent ``i``.

        What the phrasing says in a word of the same meaning counts as said in that word.
        """
        phrasing = self.phrasing(i, j)
        plain = self._reader.plain(phrasing)
        reading = Reading(()) if plain else self._reader.read_exactly(phrasing)
        words, meanings = plain or key(reading), reading.meanings
        unnamed = [word for word in query.asked if not word.entity]
        if not any(word.text.isalpha() for word in unnamed):
            return likeness(chain.from_iterable(word.surface for word in query.asked), words)
        return likeness(
            chain.from_iterable(_in_words_of(word, words, meanings) for word in unnamed), words
        )

    def _evidence(self, query: Query, closest: int) -> dict[int, float]:
        """Summed evidence for the intents that may be among the ``closest``."""
        index, features, length = self.index, query.features, query.length
        rarest = sorted((index.uses(t), t, value / length) for t, value in features.items())
        base, whole = index.base, sum(features.values()) / length
        found: dict[int, float] = {}
        visits = visited = 0
        for size, t, x in rarest:
            visits += size
            if visits > VISITS and len(found) >= closest:
                break
            visited += 1
            for i, e in index.said_by(t):
                if i in found:
                    found[i] += x * e
                else:
                    found[i] = base[i] * whole + x * e
        if common := rarest[visited:]:
            floor = sorted(found.values())[-closest] - REACH * sum(x for _, _, x in common)
            found = {i: e for i, e in found.items() if e >= floor}
        for _, t, x in common:
            for i, e in index.said_among(t, found.keys()):
                found[i] += x * e
        return found

    def _closest(self, evidence: Mapping[int, float], closest: int, exact: int) -> dict[int, float]:
        """The evidence for the ``closest`` intents, most first, and for the ``exact`` one."""
        top = sorted(evidence, key=evidence.__getitem__, reverse=True)[:closest]
        if top and exact >= 0 and exact not in top:
            top.append(exact)
        return {i: evidence.get(i, 0.0) for i in top}

    def _kindred(self, evidence: Mapping[int, float], among: Iterable[int]) -> dict[int, float]:
        """The mean evidence for the kin of each intent ``among`` all, above a floor."""
        kin, kinship = self.index.kin, self.index.kinship
        floor = max(evidence.values(), default=0.0) - FAR
        found = dict.fromkeys(among, 0.0)
        for i in found if kin else ():
            row = slice(KIN * i, KIN * (i + 1))
            said = [max(0.0, evidence.get(k, floor) - floor) for k in kin[row]]
            found[i] = sum(map(mul, kinship[row], said))
        return found

    def _compare(self, query: Query, evidence: Mapping[int, float]) -> dict[int, Comparison]:
        """The question beside each intent that there is ``evidence`` for."""
        index, said, among = self.index, query.said, evidence.keys()
        phrasing, part, first = index.phrasing, index.value, index.first
        dots = {i: [0.0] * (first[i + 1] - first[i]) for i in among}
        shared: dict[int, list[int]] = {i: [] for i in among}
        for t, value in query.features.items():
            for i, spot in index.spots(t, among):
                dot, entries = dots[i], index.entries(spot)
                for k in entries:
                    dot[phrasing[k]] += value * part[k]
                if entries and t in said:
                    shared[i].append(t)
        return {i: self._comparison(query, i, e, dots[i], shared[i]) for i, e in evidence.items()}

    def _support(self, query: Query, i: int, evidence: float) -> float:
        index = self.index
        mean = evidence * query.length / sum(query.features.values()) - index.base[i]
        texts = index.first[i + 1] - index.first[i] + ID + ANSWER
        return min(1.0, max(0.0, mean / math.log1p(texts / index.smoothing)))

    def _comparison(
        self, query: Query, i: int, evidence: float, dots: Sequence[float], shared: Sequence[int]
    ) -> Comparison:
        index, weight, best = self.index, self.index.weight, max(dots)
        nearness = min(1.0, best / query.norm)
        about = index.about[i].split()
        anywhere = self._settings.isdisjoint(about)  # what is of no time holds at any time
        missing = tuple(
            [e for e in query.named if e not in about and not (anywhere and e in self._settings)]
        )
        unasked = [e for e in index.bound[i].split() if e not in query.spoken_of]
        return Comparison(
            total=evidence + NEARNESS * nearness - ABSENT * len(missing) - UNASKED * len(unasked),
            nearest=dots.index(best),
            missing=missing,
            center=min(1.0, sum(dots) / index.length[i] / query.norm),
            support=self._support(query, i, evidence),
            amount=min(1.0, sum([weight[t] - 1 for t in shared]) / (PLENTY * index.rarest)),
            named=float(any(e in about for e in query.named)),
        )


def _in_words_of(
    word: Word, words: Sequence[str], meanings: Mapping[str, Sequence[str]]
) -> Sequence[str]:
    """``word``, or the words of a phrasing that mean the same."""
    if word.text in words:
        return (word.text,)
    same = (meanings[option] for option, _ in word.options if option in meanings)
    return next(same, (word.text,))
