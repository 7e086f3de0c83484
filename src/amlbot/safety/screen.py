"""The screen that reads every message before anything else: danger signs, and what to do now.

Deterministic, and quick in proportion to the length of the message. What to listen for is data: a
sign is a set of concepts (ways to say one thing) that stand close together in one sentence, or a
phrase that is enough alone. A sign that is denied, asked about, supposed, or told of another time
is passed over; the strongest that is left makes the alarm. Where there is none, a message still
alarms if it resembles those that people write of a danger (`likeness`); if it does so less,
the reply gets a line above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..knowledge.base import KnowledgeBase
from ..knowledge.store import opened, parts_of
from ..model import CALM, GUARDS, Level, Sign
from ..record import Record, replace
from .guards import denied, heeded, quiet
from .hearing import Clause, Heard, Spans, clauses, find, tokens, visible
from .likeness import Likeness
from .numerals import NUMBER_WORDS
from .signs import Phrasebook, shown
from .vitals import measure
from .vocabulary import Vocabulary

CALMING = frozenset({*GUARDS, "opening"})
"""Parts that take an alarm back, an opening as a question: a slip that may stand for several words
plays none of them."""
SHORT = 9
"""Words of a message that can be a denial and nothing more: "she hasn't vomited since Monday"
(docs/safety.md#reach)."""
MEANS = "means"
"""The concept of what a life can be ended with: after a crisis no question beside it is kept."""
MAX_ASKED = 300
"""Characters of the other questions that an alarm repeats."""
ALARM, DOUBT = 1.35, 0.95
"""Likeness from which to raise an alarm, and from which to put a line above the reply.

What other values catch, and how often they alarm for nothing: docs/safety.md#alarm-and-doubt.
"""
ASKED = 0.15
"""How much more likeness a line or a crisis takes where a story ends with a question, as nine in
ten calm ones do. What would alarm otherwise is then a line, above an answer too
(docs/safety.md#stories-that-end-with-a-question).
"""


class Alarm(Record):
    """A danger sign in a message."""

    level: Level
    sign: str
    """The sign's id."""
    reply: str
    """What to say, with {emergency}, {crisis} and {helpline} to be filled in."""
    at_hand: bool
    """A crisis with the means or an attempt at hand: the emergency number comes first."""
    words: str
    """The words that gave it away, as they were heard."""
    asked: str = ""
    """What else the message asks, as it was typed; at most `MAX_ASKED` characters."""
    likeness: float = 0.0
    """How much those words resemble messages of the sign; 0 if the sign itself shows in them."""

    @property
    def urgent(self) -> bool:
        """Whether it is the reply; else it is a line above one."""
        return self.level is not Level.WATCH

    @property
    def vague(self) -> bool:
        """Whether it only somewhat resembles a danger: then it does not stand above an answer."""
        return 0.0 < self.likeness < ALARM


class Screen:
    """Looks for the danger signs of one knowledge base. Safe to share between threads."""

    def __init__(self, kb: KnowledgeBase) -> None:
        """Listen for the signs that ``kb`` has."""
        self._safety = kb.safety
        self._signs = sorted(kb.safety.signs, key=_strength, reverse=True)
        self._book = Phrasebook.opened(kb.ready) if kb.ready else Phrasebook.of(kb.safety)
        self._vocabulary = Vocabulary(NUMBER_WORDS.union(self._book.words), kb.lexicon.common)
        self._likeness = opened(Likeness, kb.ready, "likeness") if kb.ready else self._learn(kb)

    def _learn(self, kb: KnowledgeBase) -> Likeness:
        """What tells the messages of each sign from calm ones and from the questions of ``kb``."""
        told = {sign.id: self._heard(kb.messages.get(sign.id, ())) for sign in self._signs}
        questions = (q for intent in kb.intents.values() for q in intent.questions)
        return Likeness.of(
            {id: heard for id, heard in told.items() if heard},
            self._heard(kb.messages.get(CALM, ())),
            self._heard(questions) if any(told.values()) else (),
        )

    def parts(self) -> dict[str, object]:
        """What was slow to work out, as parts of a ready-made file."""
        return self._book.parts() | parts_of("likeness", self._likeness)

    def check(self, text: str) -> Alarm | None:
        """The strongest danger sign in ``text``, if there is one."""
        heard = self._hear(text)
        told = self._told(heard)
        if told and told.level in (Level.EMERGENCY, Level.CRISIS):
            return told
        if told and told.urgent:
            return self._graver(told, heard) or told
        like = self._resembled(heard, ASKED if _ends_asking(heard) else 0.0)
        return like if like and like.urgent else told or like

    def _told(self, heard: Heard) -> Alarm | None:
        """The alarm for the strongest sign that shows, and that no guard quiets."""
        return next((self._alarm(*place, heard) for place in self._unquieted(heard)), None)

    def _unquieted(self, heard: Heard) -> Iterator[tuple[Sign, Spans]]:
        """Where signs show that are heeded, and that no guard quiets; the strongest first."""
        for sign, match in shown(self._signs, heard):
            if heeded(sign, heard) and not quiet(sign, heard, match):
                yield sign, match

    def _graver(self, call: Alarm, heard: Heard) -> Alarm | None:
        """What the message resembles that is graver than the ``call`` to the team that it has.

        The clauses that call are left out, or "he has a fever, and stares past me" would resemble
        a fever. What such a clause resembles is no more than the call that it has, save a crisis.
        Where the rest resembles one, the call is said as well: the fever does not wait for it.
        """
        like = self._resembled(heard, 0.0)
        if like and like.level is Level.CRISIS:
            return like
        calls = (match for sign, match in self._unquieted(heard) if sign.level is call.level)
        left_out = {i for match in calls for span in match for i in heard.clause_of[slice(*span)]}
        rest = (". " if i in left_out else c.raw for i, c in enumerate(heard.clauses))
        like = self._resembled(self._hear("".join(rest)), 0.0, whole=heard)
        if like and like.level is Level.CRISIS:
            return replace(like, reply=f"{like.reply}\n\n{call.reply}", asked="")
        return like if like and like.level is Level.EMERGENCY else None

    def _resembled(self, heard: Heard, asked: float, whole: Heard | None = None) -> Alarm | None:
        """The alarm for what the message resembles; a line above the answer if it is less so.

        Where a sign is denied, the message has the words of an alarm: it is heard a step softer.
        A line, and the alarm for a crisis, take ``asked`` more likeness. Who is where is told by
        the ``whole``, if ``heard`` is a part.
        """
        known = (sign for sign in self._signs if sign.id in self._likeness.signs)
        signs = {sign.id: sign for sign in known if heeded(sign, whole or heard)}
        strengths = self._likeness.strengths(heard)
        found = [s for s in strengths if s[0] >= DOUBT + asked and s[1] in signs]
        if not found:
            return None
        strength, id, span = max(found)
        sign = signs[id]
        loud, denies = strength >= ALARM, self._denied(heard)
        words, like = heard.text([span]), round(strength, 2)
        sure = loud and (sign.level is not Level.CRISIS or strength >= ALARM + asked)
        if sure and not denies:
            told = {heard.clause(span[0]).sentence for _, _, span in found}
            spans = (clause.span for clause in heard.clauses if clause.sentence in told)
            alarm = self._alarm(sign, tuple(s for s in spans if s[0] < s[1]), heard)
            return replace(alarm, words=words, likeness=like)
        said = self._safety.replies.get(sign.doubt)
        if not said or (denies and not loud):
            return None
        return Alarm(Level.WATCH, id, said, False, words, likeness=like)

    def _denied(self, heard: Heard) -> bool:
        """Whether a sign is named in the message, or in a short one a part of it, and denied."""
        signs = (match for _, match in shown(self._signs, heard))
        short = len(heard.words) <= SHORT
        parts = ((span,) for spans in heard.found.values() for span in spans if short)
        return any(denied(heard, match) for match in (*signs, *parts))

    def _alarm(self, sign: Sign, match: Spans, heard: Heard) -> Alarm:
        reply = self._safety.replies[sign.reply]
        words, asked = heard.text(match), _asked(heard, match)
        if sign.level is Level.CRISIS and MEANS in heard.found:
            asked = ""  # "how many would it take": such a question is not to be asked again
        return Alarm(sign.level, sign.id, reply, sign.at_hand, words, asked)

    def _heard(self, messages: Iterable[str]) -> list[Heard]:
        return [self._hear(message) for message in messages]

    def _hear(self, text: str) -> Heard:
        heard = Heard(self._safety.unlearned)
        for raw, sentence in clauses(visible(text)):
            start = len(heard.words)
            for token in tokens(raw):
                heard.words += self._vocabulary.read(token)
            end = len(heard.words)
            heard.clauses.append(Clause(raw, (start, end), sentence))
            heard.clause_of += [len(heard.clauses) - 1] * (end - start)
        for name, span in list(find(self._book.idioms, heard.words)):
            if heard.certain(span):
                heard.words[slice(*span)] = [("",)] * (span[1] - span[0])
                heard.found[name].append(span)
        for name, span in find(self._book.phrases, heard.words):
            if name in CALMING and not heard.certain(span):
                continue
            heard.found[name].append(span)
            if name == "opening" and heard.opens_clause(span[0]):
                heard.found["asking"].append(span)
        for name, span in measure(heard, self._safety.limits):
            heard.found[name].append(span)
        return heard


def _ends_asking(heard: Heard) -> bool:
    """Whether the message tells something first, and ends with a question, typed as one."""
    typed = [clause for clause in heard.clauses if clause.raw.strip()]
    asks = bool(typed) and typed[-1].raw.rstrip().endswith("?")
    return asks and typed[0].sentence < typed[-1].sentence


def _strength(sign: Sign) -> tuple[bool, int]:
    return sign.at_hand, list(Level).index(sign.level)


def _asked(heard: Heard, match: Spans) -> str:
    """What the message asks beside ``match``: the clauses that ask, and what follows each."""
    alarming = {heard.clause_of[start] for start, _ in match}
    parts, asking, sentence = [], False, -1
    for i, clause in enumerate(heard.clauses):
        asking = asking and clause.sentence == sentence
        sentence = clause.sentence
        asks = clause.raw.rstrip().endswith("?") or heard.any("asking", *clause.span)
        beside = i not in alarming and not heard.any("plea", *clause.span)
        asking = (asking or asks) and beside
        if asking:
            parts.append(clause.raw.strip())
    return " ".join(parts)[:MAX_ASKED].strip(" ,")
