"""What a message asks: alone, in what it leans on, and in the light of what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from ..matching.matcher import SHOWN
from ..model import Intent
from ..record import Record, replace
from ..reply import Candidate, Match, Outcome
from .basis import Basis
from .context import Clues, chances, log_odds
from .dialogue import State
from .mentions import PLAIN
from .referring import Referring, Sense

HEARD = 512
"""Texts whose matches are remembered: more than a conversation of 30 messages is heard in."""
NEAR = 40
"""Intents that come near in one reading."""
MEANT, MEANT_UNSAID = 0.42, 0.55
"""Chance, in context, from which an intent is answered that a reading of the message has for an
answer; and one that comes first in none (docs/conversation.md#in-context)."""
ASKED = 0.3
"""Chance from which it is asked about, rather than declined with what comes nearest."""
AGAIN = 0.85
"""Score from which a reading has the last answer given again, rather than offered: "does it hurt",
after what APL is, is not what APL is."""
COMPLETED = 0.7
"""Score from which a completed question is answered where nothing was said before, or where it puts
the last one right: a wrong completion is worse than asking."""
WHOLE = 0.97
"""Score from which a message is one question, whatever else it could be."""
BARE = 6
"""Words of the longest question that can be too bare to answer when nothing was said before it."""


class Matching(Protocol):
    """What a bot needs of a matcher; anything with these two can stand in."""

    def match(self, text: str) -> Match:
        """What ``text`` asks for: an outcome, and candidates with scores in [0, 1], best first."""

    def search(self, text: str, limit: int = 10) -> list[Candidate]:
        """At most ``limit`` intents, the nearest to ``text`` first, sure or not."""


class Understood(Record):
    """A message as it was taken."""

    match: Match
    question: str
    completed: bool = False
    """The question is not as it was typed."""

    @property
    def score(self) -> float:
        """How sure the best guess is, in [0, 1]; 0 if it is too unsure to be offered."""
        return 0.0 if self.match.outcome is Outcome.UNKNOWN else self.match.score

    @property
    def answered(self) -> bool:
        """Whether it is sure enough to be answered."""
        return self.match.outcome is Outcome.ANSWER

    @property
    def intent(self) -> str:
        """The id of the best guess; empty if there is none."""
        return self.match.best.intent if self.match.best else ""

    @property
    def rank(self) -> tuple[bool, float]:
        """For comparing: what is answered is before what is asked about."""
        return self.answered, self.score

    def unsure(self) -> Understood:
        """The same, to be asked about rather than answered."""
        outcome = Outcome.CLARIFY if self.answered else self.match.outcome
        return replace(self, match=replace(self.match, outcome=outcome))


class Understanding:
    """Takes messages for what they most likely say, with one knowledge base."""

    def __init__(self, basis: Basis, matcher: Matching) -> None:
        """Take the matcher of the medical questions."""
        self._kb, self._speaker = basis.kb, basis.speaker
        self._mentions, self._wording = basis.mentions, basis.wording
        self._referring = Referring(basis)
        # All that was said is heard anew at every turn, and a message in several ways at each.
        self._match = lru_cache(HEARD)(matcher.match)
        self._search = lru_cache(HEARD)(matcher.search)

    def question(self, text: str, state: State) -> Understood:
        """``text`` as what it most likely means after ``state``.

        What it says outright is taken at its word: "what about CBF" puts a name into the last
        question, "what if I have both" two. All else is held against what was said.
        """
        rest = self._wording.corrected(text)
        if rest and state.question:
            return self._corrected(rest, state)
        alone = self.plain(rest or text)
        if not state.live and self._bare(alone):
            return alone.unsure()
        if self._mentions.elsewhere(text):
            return alone
        senses = self._referring.senses(text, state)
        completed = [self._completed(s) for s in senses if not self._mentions.elsewhere(s.text)]
        surely = next((c for c in completed if c.answered and c.score >= COMPLETED), None)
        if not state.opening or (not senses and alone.score >= WHOLE):
            return surely or alone
        outright = self._wording.turns(text) or any(len(sense.about) > 1 for sense in senses)
        return surely if surely and outright else self._in_context([alone, *completed], state)

    def _completed(self, sense: Sense) -> Understood:
        """``text`` as ``sense`` has it; no answer if that lacks a plain word that was filled in.

        The matcher itself keeps names apart.
        """
        understood = replace(self.plain(sense.text), completed=True)
        if not understood.answered:
            return understood
        intent = self._kb.intents[understood.intent]
        plain_words = (id for id in sense.about if self._kb.entities[id].kind in PLAIN)
        covered = all(self._mentions.covers(intent, id) for id in plain_words)
        return understood if covered else understood.unsure()

    def _in_context(self, readings: Sequence[Understood], state: State) -> Understood:
        """The likeliest of all that ``readings``, the bare message first, come near.

        It is answered if it is likely enough and a reading has it for an answer, or if it is
        likelier still and no reading has it first: one that has it first and gives no answer
        is held back by the matcher, for a name or a direction.
        """
        ranked = self._ranked(readings, state)
        if not ranked:
            return readings[0]
        best = ranked[0]
        backing = [u for u in readings if u.match.best and u.intent == best.intent]
        surest = max(backing or readings[:1], key=lambda u: u.rank)
        outcome = Outcome.CLARIFY if best.score >= ASKED else Outcome.UNKNOWN
        if backing:
            again = best.intent in state.trail[-1:] and surest.score < AGAIN
            given = surest.answered and best.score >= MEANT and not again
        else:
            given = best.score >= MEANT_UNSAID and not surest.match.unknown_names
        outcome = Outcome.ANSWER if given else outcome
        match = replace(surest.match, outcome=outcome, candidates=ranked[:SHOWN])
        return replace(surest, match=match)

    def _ranked(self, readings: Sequence[Understood], state: State) -> tuple[Candidate, ...]:
        """What ``readings``, the bare message first, may mean after ``state``, likeliest first.

        Each with its chance for a score.
        """
        text = readings[0].question
        before = dict.fromkeys((state.opening, state.question))
        alone = self._search(text, NEAR)
        beside = [c for said in before if said for c in self._search(f"{said} {text}", NEAR)]
        completed = [c for reading in readings[1:] for c in reading.match.candidates]
        goes_on = state.trail and not (state.reply and state.reply.level)  # an alarm ends the topic
        last = self._kb.intents[state.trail[-1]] if goes_on else None
        scores = [_greatest(found) for found in (alone, beside, completed)]
        near = {c.intent: c for c in (*completed, *beside, *alone)}
        likely = chances({id: self._clues(id, scores, last) for id in near})
        return tuple(replace(near[id], score=round(chance, 4)) for id, chance in likely.items())

    def _clues(self, id: str, scores: Sequence[Mapping[str, float]], last: Intent | None) -> Clues:
        """What speaks for an intent: its ``scores`` in the readings, and the last answer."""
        alone, before, completed = (log_odds(found.get(id, 0.0)) for found in scores)
        related = last is not None and id in last.related
        topic = last is not None and self._kb.intents[id].topic == last.topic
        return Clues(alone, before, completed, related, topic)

    def surely(self, text: str) -> bool:
        """Whether ``text`` is plainly a question, as it is typed."""
        return Understood(self._match(text), text).score >= WHOLE

    def is_one(self, text: str) -> bool:
        """Whether several sentences are plainly one question, or one request for a decision."""
        match = self._match(text)
        if not match.best:
            return False
        decides = match.outcome is Outcome.ANSWER and self._kb.intents[match.best.intent].any_name
        return match.best.score >= WHOLE or decides

    def _bare(self, understood: Understood) -> bool:
        """Whether a question points to something that was not named, and so could be of anything.

        "Does it hurt" is asked back, for a transplant is not the only thing that hurts. "Is it
        curable" is answered: it names what the answer is first of all about, or AML is meant.
        """
        text = understood.question
        if understood.score >= WHOLE or len(text.split()) > BARE or not understood.intent:
            return False
        if self._mentions.has_name(text):
            return False  # "NRAS, any drugs for it"
        named = self._mentions.names(text)
        first = self._kb.intents[understood.intent].about[:1]
        meant = all(id in named or self._kb.entities[id].implied for id in first)
        return not meant and self._wording.points(text, idly=True)

    def _corrected(self, rest: str, state: State) -> Understood:
        """The last question put right with ``rest``; not what it was answered with before."""
        repeat = bool(self._mentions.names(rest)) or bool(self._wording.bare_name(rest))
        found = []
        for sense in self._referring.corrections(rest, state):
            understood = self._completed(sense)
            if understood.match.best and understood.intent in state.trail[-1:] and not repeat:
                continue
            if understood.answered and understood.score >= COMPLETED:
                return understood
            found.append(understood.unsure())
        return max([self.plain(rest).unsure(), *found], key=lambda understood: understood.score)

    def plain(self, text: str) -> Understood:
        """``text`` as it is or without its first and last words; a name alone asks what it is.

        Unless it is a plain word and a phrasing: "sushi" asks more than "what is food and drink".
        """
        name = self._wording.bare_name(text)
        if name and not self._mentions.has_name(text):
            written = self._match(text)
            if written.best and written.best.score >= WHOLE:
                return Understood(written, text)
        first = [self._speaker.say("what-is", name=name)] if name else []
        matches: list[Match] = []
        for form in [*first, *self._wording.forms(text)]:
            matches.append(self._match(form))
            if matches[-1].outcome is Outcome.ANSWER:
                return Understood(matches[-1], text)
        return Understood(matches[len(first)], text)


def _greatest(candidates: Iterable[Candidate]) -> dict[str, float]:
    """The greatest score of each intent among ``candidates``."""
    return {c.intent: c.score for c in sorted(candidates, key=lambda c: c.score)}
