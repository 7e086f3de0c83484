"""Small talk: what is said all but word for word as it is written, and asks no question."""

from __future__ import annotations

from functools import cache, cached_property, lru_cache

from ..model import PASSING
from ..text import words
from .basis import Basis
from .understanding import HEARD, Matching, Understanding

ALIKE, ALIKE_LONG, LONG = 0.85, 0.75, 7
"""Share of words, of all that either has, that a text and small talk must have in common: all but
word for word, so that small talk never swallows a question. Less is enough from `LONG` words on."""
WORDY = 16
"""Different words from which it is worth finding out how long small talk may be."""


class SmallTalk:
    """Finds the small talk that messages are, with one knowledge base."""

    def __init__(self, basis: Basis, understanding: Understanding, matcher: Matching) -> None:
        """Take the matcher of the small talk."""
        self._kb, self._reader, self._wording = basis.kb, basis.reader, basis.wording
        self._understanding = understanding
        self._match = lru_cache(HEARD)(matcher.match)
        self._heard = cache(self._words)  # asked for phrasings only, never for what is typed

    def of(self, text: str) -> str:
        """The id of the small talk that ``text`` is, of several the last that counts; or empty."""
        found = self._alone(text)
        if found or "," not in text:
            return found
        parts = [self._alone(part) for part in text.split(",") if words(part)]
        if not parts or not all(parts):
            return ""
        counting = (id for id in reversed(parts) if self.move(id) != PASSING)
        return next(counting, parts[-1])

    def move(self, id: str) -> str:
        """What the small talk ``id`` does; empty if nothing, or if there is no ``id``."""
        return self._kb.intents[id].move if id else ""

    def _alone(self, text: str) -> str:
        """The id of the small talk that ``text`` is all but word for word, and no question."""
        led = self._wording.led(text)
        for form in dict.fromkeys((text, led, self._wording.undated(led))):
            said = self._words(form)
            if len(said) > WORDY and len(said) * ALIKE_LONG > self._longest:
                continue  # no small talk has enough of all these words
            talk = [
                (_share(said, self._heard(candidate.phrasing)), candidate)
                for candidate in self._match(form).candidates
            ]
            enough = ALIKE_LONG if len(form.split()) >= LONG else ALIKE
            near = [(share, candidate) for share, candidate in talk if share >= enough]
            if near:
                share, best = max(near, key=lambda pair: _overlap(form, pair[1].phrasing))
                return "" if share < 1 and self._understanding.surely(form) else best.intent
        return ""

    @cached_property
    def _longest(self) -> int:
        """How many words small talk has at most."""
        talk = (intent for intent in self._kb.intents.values() if intent.chat)
        return max((len(self._heard(q)) for i in talk for q in i.questions), default=0)

    def _words(self, text: str) -> frozenset[str]:
        """The words of ``text``, misspelt ones repaired."""
        return frozenset(self._reader.read(text).surface)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words, in [0, 1], that both have of all that either has."""
    return len(one & other) / (len(one | other) or 1)


def _overlap(a: str, b: str) -> float:
    """How much of the words of either text both have; above 1 for the same words in order."""
    one, other = words(a), words(b)
    return _share(frozenset(one), frozenset(other)) + (one == other)
