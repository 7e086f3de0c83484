"""Measuring a knowledge base: held-out phrasings, and cases of question → intent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .knowledge import KnowledgeBase
from .matcher import Matcher
from .model import Candidate, Match, Outcome

FOLDS = 10
"""Rounds of the held-out test; an intent with at most ten questions loses one at a time."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What became of one phrasing that the matcher had not seen."""

    intent: str
    phrasing: str
    match: Match

    @property
    def rank(self) -> int:
        """The place of the right intent, from 1; 0 if it is not among the candidates."""
        ids = [candidate.intent for candidate in self.match.candidates]
        return ids.index(self.intent) + 1 if self.intent in ids else 0

    @property
    def thief(self) -> Candidate | None:
        """The candidate that stands before the right one."""
        return None if self.rank == 1 else self.match.best


def held_out(kb: KnowledgeBase, folds: int = FOLDS) -> Iterator[HeldOut]:
    """Ask every phrasing but the titles of a matcher that was built without it."""
    for fold in range(folds):
        asked: list[tuple[str, str]] = []
        intents = dict(kb.intents)
        for intent in kb.intents.values():
            out = [] if intent.chat else list(intent.questions[1:][fold::folds])
            kept = tuple(q for q in intent.questions if q not in out)
            intents[intent.id] = replace(intent, questions=kept)
            asked += [(intent.id, phrasing) for phrasing in out]
        matcher = Matcher(replace(kb, intents=intents))
        for id, phrasing in asked:
            yield HeldOut(id, phrasing, matcher.match(phrasing))


def is_wrong(case: HeldOut) -> bool:
    """Answered, and with another intent: the one result that does harm."""
    return case.match.outcome is Outcome.ANSWER and case.rank != 1
