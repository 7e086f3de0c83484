"""Deciding: whether the best intent is the answer, is asked about, or is declined, and why.

It must be sure enough, about every name in the question, and not its opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from ..knowledge.base import KnowledgeBase
from ..model import Intent
from ..reply import Outcome
from .directions import Directions
from .index import Index
from .query import Query
from .reading import Reader
from .scoring import Scored

ANSWER, LEAD, LEAST = 0.9, 0.6, 0.58
"""Score from which to answer where a runner-up comes as near; how much less is enough where none
comes near at all; and the least that ever is (docs/matching.md#answering)."""
CLARIFY = 0.4
"""Score from which to ask back."""


class Decider:
    """Decides on the best intents of one index."""

    def __init__(self, kb: KnowledgeBase, reader: Reader, index: Index) -> None:
        self._kb, self._reader, self._index = kb, reader, index

    @cached_property
    def _covered(self) -> frozenset[str]:
        """All that any intent speaks of."""
        return frozenset(" ".join(self._index.about).split())

    @cached_property
    def _directions(self) -> Directions:
        """Worked out when an answer first has to be held against them: small talk never is."""
        return Directions(self._kb.lexicon)

    def outcome(self, query: Query, scored: Sequence[Scored]) -> Outcome:
        """Answer when sure and about every name in the question; otherwise ask, or refuse."""
        if not scored or scored[0].score < CLARIFY:
            return Outcome.UNKNOWN
        best = scored[0]
        strange = query.reading.unknown_names or any(e not in self._covered for e in best.missing)
        if strange and not best.signals.named:
            return Outcome.UNKNOWN  # all that it names is nothing we write about
        if strange or best.missing or best.score < self.enough(scored):
            return Outcome.CLARIFY
        aside = self._compares(query, best) or self.flipped(query, best)
        return Outcome.CLARIFY if aside else Outcome.ANSWER

    def lead(self, scored: Sequence[Scored]) -> float:
        """By how much the best one's share of the evidence is ahead of its rivals', in [-1, 1].

        What is `related` to it, and about nothing else, is no rival: it is one step away.
        """
        if not scored:
            return 0.0
        best, *others = scored
        rivals = (s.signals.share for s in others if not self._akin(best, s))
        return best.signals.share - max(rivals, default=0.0)

    def enough(self, scored: Sequence[Scored]) -> float:
        """The score from which the best one is answered: less, the further it is ahead."""
        return max(LEAST, ANSWER - LEAD * max(0.0, self.lead(scored)))

    def _akin(self, best: Scored, other: Scored) -> bool:
        a, b = self._intent(best), self._intent(other)
        within = bool(b.about) and set(b.about) <= set(a.about)  # IDH2 is not within IDH1
        return within and (b.id in a.related or a.id in b.related)

    def _compares(self, query: Query, best: Scored) -> bool:
        """Whether the question is of another disease, and the nearest phrasing of ours beside it.

        What CLL and AML have in common does not answer "how is CLL treated".
        """
        elsewhere = self._reader.names.elsewhere
        if best.exact or not elsewhere(query.reading.entities):
            return False
        nearest = self._intent(best).questions[best.nearest]
        return not elsewhere(self._reader.read_exactly(nearest).entities)

    def flipped(self, query: Query, best: Scored) -> tuple[str, ...]:
        """A direction of the question and its opposite in the nearest phrasing, if they differ.

        Not where another phrasing of the intent goes the question's way: it covers both.
        """
        asked = self._directions.find(query.reading.surface)
        if not asked:
            return ()
        questions = self._intent(best).questions
        flipped = self._directions.flipped(asked, self._pointing(questions[best.nearest]))
        if flipped is None or any(flipped[0] in self._pointing(q) for q in questions):
            return ()
        return flipped

    def _intent(self, scored: Scored) -> Intent:
        return self._kb.intents[self._index.intents[scored.number]]

    def _pointing(self, question: str) -> frozenset[str]:
        """The directions of a question, taken as it is written."""
        return self._directions.find(self._reader.read_exactly(question).surface)


def sureness(scored: Sequence[Scored]) -> float:
    """The score of the best one; 0 if there is none."""
    return scored[0].score if scored else 0.0
