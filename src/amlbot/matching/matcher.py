"""The matcher: which intent a text asks for, how sure that is, and why.

Text → reading → evidence for every intent → the best few compared with their nearest phrasings
→ calibrated scores → what is decided on them: answer, clarify or unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..knowledge.base import KnowledgeBase, completed
from ..knowledge.store import opened, parts_of
from ..record import replace
from ..reply import Candidate, Explanation, Match, Outcome, Rival
from .asking import asked_in
from .deciding import CLARIFY, Decider, sureness
from .evidence import strengths
from .grams import Grams, Lookalikes
from .index import Index
from .query import Query, Weigher
from .reading import Reader, Reading
from .scoring import CLOSEST, Scored, Scorer

SHOWN = 5
"""Candidates behind an outcome."""
STORY = 0.9
"""What is left of the doubt where a story is told beside the question: at the same score more of
them are right (docs/matching.md#stories)."""
BESIDE = 0.6
"""Score from which what a story asks for as a whole is answered beside what is asked in it: at 0.6
one of the two is right in 9 stories of 9, at 0.5 in 11 of 12 (docs/matching.md#stories)."""
AT_ONCE = 1_500
"""Phrasings that are learned from unasked: a matcher of 5,000 is to be there in half a second."""
BY_NAME = 0.95
"""Score from which an answer about the very names goes before a request to decide (of 650
development questions this keeps the two that would be lost)."""
BY_NAME_LEAD = 0.1
"""By how much it goes before one in any case: "gilteritinib liver numbers up" is of the drug (of
1,064 messages this changes 5: 3 for the better, 1 for the worse)."""


class Heard(NamedTuple):
    """A text as a question, and what it may ask for."""

    query: Query
    scored: Sequence[Scored]
    beside: Scored | None = None
    """What a story surely asks for beside what comes first: taken as a whole, where the question
    alone does not speak for the first either, or with its names, where the first is a request."""


class Matcher:
    """Ranks the intents of a knowledge base for a text, and knows when it does not know.

    Holds no state that a question could change; safe to use from many threads.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        *,
        chat: bool = False,
        reader: Reader | None = None,
        learn: bool | None = None,
    ) -> None:
        """Index the medical intents of ``kb``, or with ``chat`` its small talk instead.

        Two matchers of one knowledge base may share a ``reader``; it is the slow part to build.
        With ``learn`` the index also learns from its phrasings which words to trust (`learning`):
        some 0.3 ms a phrasing for 1 to 2 more questions of a hundred. Left open, it does so up to
        `AT_ONCE` phrasings. A ready-made index has learned.
        """
        self.kb = kb
        self._reader = reader or Reader(completed(kb))
        self._name = "chat" if chat else "medical"
        if kb.ready:
            self._index = opened(Index, kb.ready, self._name)
            self._grams = opened(Grams, kb.ready, f"{self._name} grams")
        else:
            ids = [intent.id for intent in kb.intents.values() if intent.chat == chat]
            self._index, self._grams = _worked_out(kb, self._reader, ids, learn)
        lookalikes = Lookalikes(self._index.names, self._grams)
        self._weigher = Weigher(self._reader, self._index, lookalikes)
        self._scorer = Scorer(kb, self._reader, self._index)
        self._decider = Decider(kb, self._reader, self._index)
        self._any_name = frozenset(self._index.any_name)
        self._open = frozenset(self._reader.tables.open)

    def parts(self) -> dict[str, object]:
        """What was slow to work out, as parts of a ready-made file."""
        grams = parts_of(f"{self._name} grams", self._grams)
        return parts_of(self._name, self._index) | grams

    def match(self, text: str) -> Match:
        """What ``text`` asks for: the outcome, and the candidates behind it.

        Of a story what it asks counts most: people open with what has happened.
        """
        return self._matched(self._heard(text))

    def _matched(self, heard: Heard) -> Match:
        query, scored, beside = heard
        missing = scored[0].missing if scored else ()
        if beside and beside.number == scored[0].number:
            beside = None
        outcome = self._decider.outcome(query, scored)
        return Match(
            outcome=outcome,
            candidates=tuple(map(self._candidate, scored[:SHOWN])),
            beside=self._candidate(beside) if beside and outcome is Outcome.ANSWER else None,
            unknown_names=(
                *query.reading.unknown_names,
                *(self.kb.entities[id].name for id in missing),
            ),
            corrections=query.reading.corrections,
        )

    def search(self, text: str, limit: int = 10) -> list[Candidate]:
        """The intents nearest to ``text``, best first, without thresholds or guards."""
        query = self._weigher.query(self._reader.read(text))
        scored = self._scorer.score(query, max(limit, CLOSEST))
        return [self._candidate(s) for s in scored[:limit]]

    def explain(self, text: str) -> Explanation:
        """Why `match` decides as it does: words, evidence, signals, thresholds, vetoes."""
        query, scored, _ = heard = self._heard(text)
        return Explanation(
            match=self._matched(heard),
            words=tuple((w.typed, w.options) for w in query.reading.words),
            foreign=query.foreign,
            rivals=tuple(self._rival(query, s) for s in scored[:3]),
            thresholds=(("answer", self._decider.enough(scored)), ("clarify", CLARIFY)),
            lead=self._decider.lead(scored),
            flipped=self._decider.flipped(query, scored[0]) if scored else (),
        )

    def _heard(self, text: str) -> Heard:
        """``text`` as a question, and what it may ask for; a request to decide goes before.

        A request is asked without the names in it, so "should I take part in the ziftomenib trial"
        is not told what ziftomenib is. A story of another disease is not taken apart.
        """
        reading, asked = self._reader.read(text), asked_in(text)
        parts = [reading]
        if asked != text and not self._reader.names.elsewhere(reading.entities):
            parts.append(self._reader.read(asked))
        heard = self._scored(*parts)
        sure = sureness(heard.scored)
        if not self._open.isdisjoint(reading.entities) and sure < BY_NAME:
            request = self._scored(*map(self._unnamed, parts))
            first = request.scored[:1]
            needed = max(self._decider.enough(request.scored), sure - BY_NAME_LEAD)
            if first and first[0].number in self._any_name and first[0].score >= needed:
                return request._replace(beside=self._surely(heard) if len(parts) > 1 else None)
        return heard

    def _scored(self, reading: Reading, asked: Reading | None = None) -> Heard:
        """What ``reading`` may ask for; of a story, ``asked`` is the part that asks."""
        query = self._weigher.query(reading)
        whole = Heard(query, self._scorer.score(query))
        if not asked:
            return whole
        alone = self._weigher.query(asked)
        story = self._weigher.beside(query, alone)
        scored = _surer(self._scorer.score(story), whole.scored)
        beside = self._surely(whole)
        if beside and beside.number != scored[0].number:
            apart = self._scorer.score(alone)[:1]
            backed = any(s.number == scored[0].number for s in apart)
            beside = None if backed else beside
        return Heard(story, scored, beside)

    def _surely(self, heard: Heard) -> Scored | None:
        """What ``heard`` asks for, if it is sure enough to count beside something else."""
        query, scored, _ = heard
        if sureness(scored) < BESIDE or self._decider.outcome(query, scored) is not Outcome.ANSWER:
            return None
        return scored[0]

    def _unnamed(self, reading: Reading) -> Reading:
        """``reading`` without the names that make no difference to an intent with ``any_name``."""
        return replace(reading, words=tuple(w for w in reading.words if w.entity not in self._open))

    def _candidate(self, scored: Scored) -> Candidate:
        phrasing = self._scorer.phrasing(scored.number, scored.nearest)
        return Candidate(self._index.intents[scored.number], round(scored.score, 4), phrasing)

    def _rival(self, query: Query, scored: Scored) -> Rival:
        adds, signals = strengths(self._index, query, scored.number), scored.signals
        return Rival(
            candidate=self._candidate(scored),
            strengths=tuple(sorted(adds.items(), key=lambda item: -item[1])),
            signals=tuple((name, getattr(signals, name)) for name in signals._fields),
            missing=tuple(self.kb.entities[id].name for id in scored.missing),
        )


def _surer(scored: list[Scored], alike: Sequence[Scored]) -> list[Scored]:
    """The scores of a story, surer where all of it taken ``alike`` says the same; still falling."""
    if not scored or scored[0].exact:
        return scored
    best, *others = scored
    surest = max(s.score for s in (best, *alike[:1]) if s.number == best.number)
    score = 1 - STORY * (1 - surest)
    left = min(score, 1 - score)
    return [best._replace(score=score), *(s._replace(score=min(s.score, left)) for s in others)]


def _worked_out(
    kb: KnowledgeBase, reader: Reader, ids: Sequence[str], learn: bool | None
) -> tuple[Index, Grams]:
    """The index of the intents ``ids``, and the 4-grams of its features."""
    from .indexing import indexed  # a ready-made index needs none of it

    index = indexed(kb, reader, ids)
    grams = Grams.of(index.names, index.weight)
    if index.first[-1] <= AT_ONCE if learn is None else learn:
        from .learning import learned

        index = learned(index, Lookalikes(index.names, grams))
    return index, grams
