"""What a message asks: alone, in what it leans on, and in the light of what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Protocol

from ..matching.matcher import SHOWN
from ..record import Record, replace
from ..reply import Candidate, Match, Outcome
from .basis import Basis
from .dialogue import State
from .mentions import PLAIN
from .referring import Referring, Sense

HEARD = 256
"""Texts whose matches are remembered: more than a conversation of 30 messages is heard in."""
COMPLETED = 0.7
"""Score from which a completed question is answered, however far ahead of others: more than for one
as typed, since a wrong completion is worse than asking. No conversation of the tests needs less; at
0.65 "and for how long?" after the phases of treatment was told of life without treatment."""
AGAIN = 0.85
"""Score from which a question about what was just answered is taken to be answered by the same."""
SURELY_UNTIED = 0.9
"""The same where nothing ties it to the last one, and that was of no name but of a plain word, such
as tiredness."""
SURER_ALONE = 0.1
"""How much surer a message must be alone than with a name set beside it to be read alone: "what are
the side effects" goes on with the drug, "can I drink wine" does not go on with the food."""
AMONG = 60
"""Intents among which what was typed must have the one that answers it completed: of 64 follow-ups
of strangers that were answered so, 27 wrongly, it takes back 10 wrong ones and none that is right
(30: 11 and 3)."""
NEAR, FAR = 20, 0.01
"""Intents that come near in one reading (10 to 60 are alike), and what any other has for a score.
Of 55 follow-ups of strangers that have an answer and did not get it, what is asked back holds it
for 28 in the light of the first and the last question, for 14 without."""
FIRM, HINTS, TELLS = 0.8, 0.1, 0.25
"""Score from which an answer takes more to become a question, where another intent leads in the
light of what was said; and the least lead that it takes below that score, and above."""
LEADS = 0.75
"""Score from which what a message was completed to is the first on offer: of 106 follow-ups of
strangers that are asked back about, the first choice is then right in 57 for 47, one of the three
in 74 for 70 (0.7 and 0.8: 54 and 57 first)."""
WHOLE = 0.97
"""Score from which a message is one question, whatever else it could be."""
BARE = 6
"""Words of the longest question that can be too bare to answer when nothing was said before it."""
BRIEF = 4
"""Words of the longest question that goes on with the last subject even where that has no answer
("how long", "what are the signs"): what is asked back is then of that subject."""


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
        return self.among(self.match.candidates)

    def among(self, candidates: tuple[Candidate, ...]) -> Understood:
        """The same, to be asked about among the first few of ``candidates``."""
        outcome = Outcome.CLARIFY if self.answered else self.match.outcome
        match = replace(self.match, outcome=outcome, candidates=candidates[:SHOWN])
        return replace(self, match=match)


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
        """``text`` as a question of its own or, where that is likelier, in what it leans on.

        It is held against what was said before: an answer that fits that far less than another does
        becomes a question, and what has no answer is asked about among what fits.
        """
        understood = self._leaning(text, state)
        if understood.score >= WHOLE or (understood.answered and self._wording.turns(text)):
            return understood
        light = self._in_light(understood.match, text, state)
        if not light:
            return understood
        if not understood.answered:
            first = understood.match.candidates[:1] if understood.completed else ()
            leads = [candidate for candidate in first if candidate.score >= LEADS]
            rest = (c for c in light if all(c.intent != led.intent for led in leads))
            return understood.among((*leads, *rest))
        best, *others = understood.match.candidates
        lead = light[0].score - next((c.score for c in light if c.intent == best.intent), 0.0)
        enough = HINTS if best.score < FIRM else TELLS
        return understood.among((light[0], best, *others)) if lead >= enough else understood

    def _leaning(self, text: str, state: State) -> Understood:
        rest = self._wording.corrected(text)
        if rest and state.question:
            return self._corrected(rest, state)
        plain = self.plain(rest or text)
        if not state.live and self._bare(plain):
            return plain.unsure()
        tied = list[Understood]()
        answered, names = plain.answered, self._mentions.names(text)
        own = answered and plain.score >= SURELY_UNTIED and not self._wording.bare_name(text)
        brief = len(text.split()) <= BRIEF and not names and not answered
        for sense in self._referring.senses(text, state):
            understood = replace(self.plain(sense.text), completed=True)
            idly = understood.score < AGAIN or (sense.loose and answered and names)
            again = understood.intent in state.trail[-1:] and idly
            if self._answers(sense, understood, plain, own) and not again:
                return understood
            goes_on = (not sense.loose and not own) or brief or not (answered or sense.weak)
            if goes_on and not self._mentions.elsewhere(sense.text):
                tied.append(understood.unsure())
        asked_back = [u for u in tied if u.score and not u.match.unknown_names]
        named = any(map(self._mentions.proper, names))
        if not tied or (named and not asked_back) or self._stands(text, plain, tied):
            return plain
        return (asked_back or [plain.unsure()])[0]

    def _in_light(self, match: Match, text: str, state: State) -> tuple[Candidate, ...]:
        """What ``text`` comes near alone and also beside what was said before; none if nothing was.

        "Will he be in pain", after "my father is dying", is not of the marrow test.
        """
        if not state.opening or match.unknown_names or self._mentions.elsewhere(text):
            return ()
        before = dict.fromkeys((state.opening, state.question))
        texts = [text, *(f"{said} {text}" for said in before if said)]
        return _agreed([self._search(said, NEAR) for said in texts])

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

    def _speaks_for(self, typed: str, intent: str) -> bool:
        """Whether what was ``typed`` comes near ``intent`` without what was filled in.

        "Can our mom be HLA", for "can our mom be it", is answered by what HLA is.
        """
        return any(c.intent == intent for c in self._search(typed, AMONG))

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

    def _stands(self, text: str, plain: Understood, tied: Sequence[Understood]) -> bool:
        """Whether ``text`` asks the same alone as with what it may lean on."""
        same = plain.intent in {understood.intent for understood in tied}
        return same and not self._wording.points(text)

    def _corrected(self, rest: str, state: State) -> Understood:
        """The last question put right with ``rest``; not what it was answered with before."""
        repeat = bool(self._mentions.names(rest)) or bool(self._wording.bare_name(rest))
        found = []
        for sense in self._referring.corrections(rest, state):
            understood = replace(self.plain(sense.text), completed=True)
            best = understood.match.best
            again = best and best.intent in state.trail[-1:] and not repeat
            if self._answers(sense, understood, understood, False) and not again:
                return understood
            if not again:
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

    def _answers(self, sense: Sense, understood: Understood, plain: Understood, own: bool) -> bool:
        """Whether what was understood is to be answered: surely enough, and on what was filled in.

        The matcher itself keeps names apart, but for the plain words among them.
        """
        best = understood.match.best
        if not understood.answered or not best or best.score < COMPLETED:
            return False
        if sense.weak:
            name = self._kb.entities[sense.about[0]].name
            bare = self._match(self._speaker.say("what-is", name=name)).best
            only_the_name = bare is not None and bare.intent == best.intent
            unsure = best.score < SURELY_UNTIED and not self._mentions.proper(sense.about[0])
            if unsure or only_the_name or plain.rank > understood.rank:
                return False
        if (sense.loose or own) and plain.rank > (True, understood.score + SURER_ALONE):
            return False
        if best.score < WHOLE and not self._speaks_for(plain.question, best.intent):
            return False
        intent = self._kb.intents[best.intent]
        plain_words = (id for id in sense.about if self._kb.entities[id].kind in PLAIN)
        return all(self._mentions.covers(intent, id) for id in plain_words)


def _agreed(readings: Sequence[Sequence[Candidate]]) -> tuple[Candidate, ...]:
    """The candidates of several readings, first those that all of them come near.

    Each with the geometric mean of its scores.
    """
    found = {c.intent: c for reading in reversed(readings) for c in reading}
    scores = [{c.intent: c.score for c in reading} for reading in readings]
    mean = {id: prod(s.get(id, 0.0) + FAR for s in scores) ** (1 / len(scores)) for id in found}
    ranked = sorted(found.values(), key=lambda c: mean[c.intent], reverse=True)
    return tuple(replace(c, score=round(min(1.0, mean[c.intent]), 4)) for c in ranked)
