"""The question as weighted features: what its words say, what they look like, what is strange."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model import Entity
from ..text import is_number
from .grams import Lookalikes
from .index import Index, damped
from .reading import PROPER, Reader, Reading, Word

LOOKALIKE = 0.6
"""Weight of a look-alike word, times its cosine (0.3 to 0.9: within 0.4 points)."""
TOLD, MOST_TOLD = 0.85, 1.7
"""Weight of what is told beside what is asked, and the most that all of it may weigh beside that
(0.7 to 1, and no bound, rank alike; of 472 stories 0.5 loses 16 and a bound of 1 26)."""


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


class Weigher:
    """Makes queries of readings, by the features of one index."""

    def __init__(self, reader: Reader, index: Index, lookalikes: Lookalikes) -> None:
        self._reader, self._index, self._lookalikes = reader, index, lookalikes
        self._guarded = frozenset(reader.tables.guarded)

    def query(self, reading: Reading) -> Query:
        """``reading`` as weighted features."""
        numbers, weight = self._index.features, self._index.weight
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
            length=_length(*said.values(), *alike.values()),
            foreign=foreign,
            strangeness=sum(strange.values()) / max(1, len(reading.words)),
            norm=_length(*said.values(), self._length_of(foreign)),
            named=tuple([e for e in entities if e in self._guarded]),
            spoken_of=self._reader.names.covers(entities),
        )

    def beside(self, told: Query, asked: Query) -> Query:
        """``told``, a whole story, in which what is not ``asked`` is a weaker part of the question.

        The one proper name in it must be met where the question names nothing itself.
        """
        share = min(TOLD, MOST_TOLD * asked.norm / told.norm)
        said = {t: share * value for t, value in told.said.items()} | dict(asked.said)
        features = {t: share * value for t, value in told.features.items()} | dict(asked.features)
        return told._replace(
            asked=asked.asked,
            said=said,
            features=features,
            length=_length(*features.values()),
            norm=_length(*said.values(), self._length_of(told.foreign)),
            named=asked.named or _subject(told, self._reader.names.entities),
        )

    def _alike(self, reading: Reading, said: Mapping[int, float]) -> dict[int, float]:
        """What the words of ``reading`` look like, beside what they say."""
        alike: dict[int, float] = {}
        for word in reading.words:
            for t, cosine in self._lookalikes.find(word.text) if not word.entity else ():
                if t not in said:
                    alike[t] = max(alike.get(t, 0.0), LOOKALIKE * cosine * self._index.weight[t])
        return alike

    def _strangeness(self, word: Word) -> float:
        """0 for a word that intents use, 1 for one that none does, between for a repaired one."""
        options = [option for option in word.options if option[0] in self._index.features]
        if not options:
            return 1.0
        return 1.0 - max([share for name, share in options if name[0] != "~"], default=1.0)

    def _length_of(self, foreign: Sequence[str]) -> float:
        """The length of foreign words, each as rare as can be."""
        return math.sqrt(len(foreign)) * self._index.rarest


def _length(*values: float) -> float:
    """The length of a vector, for dividing by: 1 for one of nothing."""
    return math.hypot(*values) or 1.0


def _subject(told: Query, entities: Mapping[str, Entity]) -> tuple[str, ...]:
    """The one thing with a proper name that a story is of, if it is."""
    proper = tuple(e for e in told.named if entities[e].kind in PROPER)
    return proper if len(proper) == 1 else ()
