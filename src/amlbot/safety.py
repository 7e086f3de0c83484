"""The screen that reads every message before anything else: danger signs, and what to do now.

Deterministic, and quick in proportion to the length of the message. What to listen for is data: a
sign is a set of concepts (ways to say one thing) that stand close together in one sentence, or a
phrase that is enough alone. A sign that is denied, asked about, supposed, or told of another time
is passed over; the strongest that is left makes the alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from .guards import quiet
from .hearing import (
    Beginning,
    Clause,
    Heard,
    Match,
    Phrases,
    Span,
    by_first_word,
    clauses,
    overlap,
    tokens,
    visible,
    words_of,
)
from .model import Level, Safety, Sign
from .record import Record
from .store import Store, records_of
from .temperature import NUMBER_WORDS, measure
from .vocabulary import Vocabulary

WINDOW = 12
"""Words within which the concepts of one sign must stand."""
CALMING = frozenset({"denial", "asking", "opening", "supposing", "elsewhere", "topic"})
"""Guards that take an alarm back: a slip that may stand for several words does not make one."""
MAX_ASKED = 300
"""Characters of the other questions that an alarm repeats."""


class Alarm(Record):
    """A danger sign in a message."""

    level: Level
    sign: str
    """The sign's id."""
    reply: str
    """What to say, with {emergency}, {crisis} and {helpline} to be filled in."""
    at_hand: bool
    """A crisis with the means or an attempt at hand: the emergency number comes first."""
    asked: str = ""
    """What else the message asks, as it was typed; at most `MAX_ASKED` characters."""


class Phrasebook(NamedTuple):
    """All that a screen listens for, by first words. Slow to work out, so that it can be packed."""

    phrases: Mapping[str, Beginning]
    """The ways to say each concept and guard, and the phrases of each sign."""
    idioms: Mapping[str, Beginning]
    words: Collection[str]
    """Every word of every phrase."""

    @classmethod
    def of(cls, safety: Safety) -> Phrasebook:
        """Everything that ``safety`` tells to listen for."""
        own = {_own(sign): sign.phrases for sign in safety.signs}
        phrases = by_first_word({**safety.concepts, **safety.guards, **own})
        idioms = by_first_word({"idiom": safety.guards.get("idiom", ())})
        return cls(phrases, idioms, words_of(phrases))

    @classmethod
    def opened(cls, store: Store) -> Phrasebook:
        """The one whose `parts` were packed."""
        phrases, idioms = (store.records(f"screen {name}", tuple) for name in cls._fields[:2])
        return cls(phrases, idioms, store["screen words"])

    def parts(self) -> dict[str, object]:
        """What `opened` makes it of again."""
        phrases, idioms = (records_of(f"screen {n}", getattr(self, n)) for n in self._fields[:2])
        return phrases | idioms | {"screen words": sorted(self.words)}


class Screen:
    """Looks for the danger signs of one knowledge base. Safe to share between threads."""

    def __init__(
        self, safety: Safety, common: Collection[str] = (), book: Phrasebook | None = None
    ) -> None:
        """Take the signs, and everyday words that are not to be taken for misspelt ones.

        ``book`` is the phrasebook of these very signs, if it is at hand.
        """
        self._safety = safety
        self._signs = sorted(safety.signs, key=_strength, reverse=True)
        book = book or Phrasebook.of(safety)
        self._phrases, self._idioms = Phrases(book.phrases), Phrases(book.idioms)
        self._vocabulary = Vocabulary(NUMBER_WORDS.union(book.words), common)

    def check(self, text: str) -> Alarm | None:
        """The strongest danger sign in ``text``, if there is one."""
        heard = self._hear(text)
        for sign in self._signs:
            for match in _matches(sign, heard):
                if not quiet(sign, heard, match):
                    return self._alarm(sign, match, heard)
        return None

    def _alarm(self, sign: Sign, match: Match, heard: Heard) -> Alarm:
        reply = self._safety.replies[sign.reply]
        return Alarm(sign.level, sign.id, reply, sign.at_hand, _asked(heard, match))

    def _hear(self, text: str) -> Heard:
        heard = Heard()
        for raw, sentence in clauses(visible(text)):
            start = len(heard.words)
            for token in tokens(raw):
                heard.words += self._vocabulary.read(token)
            end = len(heard.words)
            heard.clauses.append(Clause(raw, (start, end), sentence))
            heard.clause_of += [len(heard.clauses) - 1] * (end - start)
        for _, (start, end) in list(self._idioms.find(heard.words)):
            if heard.certain((start, end)):
                heard.words[start:end] = [("",)] * (end - start)
        for name, span in self._phrases.find(heard.words):
            if name in CALMING and not heard.certain(span):
                continue
            heard.found[name].append(span)
            if name == "opening" and heard.opens_clause(span[0]):
                heard.found["asking"].append(span)
        for name, span in measure(heard, self._safety.limits):
            heard.found[name].append(span)
        return heard


def _strength(sign: Sign) -> tuple[bool, int]:
    return sign.at_hand, list(Level).index(sign.level)


def _own(sign: Sign) -> str:
    """The name under which a sign's own phrases are found; no concept is called so."""
    return f"sign {sign.id}"


def _matches(sign: Sign, heard: Heard) -> Iterator[Match]:
    """Every place at which ``sign`` shows, whether or not a guard quiets it there."""
    for span in heard.found.get(_own(sign), ()):
        yield (span,)
    for concepts in sign.all:
        if heard.found.keys() >= concepts:
            anchor, *others = sorted(concepts, key=lambda name: (len(heard.found[name]), name))
            for span in heard.found[anchor]:
                match = _gather(heard, span, others)
                if match:
                    yield match


def _gather(heard: Heard, anchor: Span, others: Sequence[str]) -> Match:
    """``anchor`` with the nearest of each other concept around it; empty if one is not there."""
    match = [anchor]
    for name in others:
        near = [
            span
            for span in heard.near(name, anchor[0] - WINDOW, anchor[1] + WINDOW)
            if heard.same_sentence(span[0], anchor[0]) and not overlap(span, match)
        ]
        if not near:
            return ()
        match.append(min(near, key=lambda span: abs(span[0] - anchor[0])))
    return tuple(match)


def _asked(heard: Heard, match: Match) -> str:
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
