"""Words that the knowledge does not have, repaired: misspelt, torn apart, or run together.

Only unknown words are. Repairing known ones costs 6 to 25 points of accuracy, and Jaro-Winkler on
all words does the same (Cohen et al. 2003 found it best for names, not questions).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeAlias

from ..text import Token
from .names import Names, Phrases
from .spelling import Options, Speller, nearest_name
from .tables import Tables

REPAIRS = 4
"""Words repaired in a text beyond as many as are known: words that are strange one and all are not
ours, and a refusal may not cost much more than an answer. On misspelt development questions two
lose 0.3 to 0.5 points against no bound, four none."""
CUT, CUT_REPAIRED = 5, 7
"""Letters from which a word is taken for two, and for two of which one is misspelt. Of 2,210
misspelt held-out phrasings 4 loses 1.2 points and 7 gains 0.6; 6 to 9 repaired are alike."""
MAX_CUT = 100
"""Letters up to which it is: longer than two known words, for the time grows with the square."""
CLEAR = 0.8
"""Likeness of a repair from which the word is taken for one (0.7: 0.5 points more, 0.9: 1.4 less).
"""
REPAIRED_NAME = 0.9
"""Weight of a misspelt name with digits (0.7 to 1 rank alike; below 1 it is said aloud)."""

Repaired: TypeAlias = tuple[Token, Options]
"""A token, and the known words that it may stand for."""


class Repairer:
    """Repairs words with the vocabulary of one knowledge base."""

    def __init__(self, tables: Tables, names: Names, common: Collection[str]) -> None:
        """Take the known words and names, and the ``common`` ones that are spelled right too."""
        self._frequency, self._numbered = tables.frequency, tables.numbered
        self._names, self._common = names, common
        self._filling = frozenset(Phrases(*tables.fillers).words())
        self._speller = Speller(tables.frequency)

    def knows(self, word: str) -> bool:
        """Whether ``word`` is spelled right, as far as anyone here can tell."""
        known = word in self._frequency or word in self._common or word in self._filling
        return known or word.isdigit()

    def repaired(self, tokens: Sequence[Token]) -> Iterator[Repaired]:
        """Each token with the known words it may be; joined and run-together words mended."""
        known = [self.knows(t.text) or self._names.known_in_capitals(t) for t in tokens]
        left = sum(known) + REPAIRS
        places = iter(range(len(tokens)))
        for i in places:
            token = tokens[i]
            if known[i]:
                yield token, as_it_is(token.text)
                continue
            if i + 1 < len(tokens) and not known[i + 1]:
                joined = token.text + tokens[i + 1].text
                if joined in self._frequency:
                    yield token._replace(text=joined), as_it_is(joined)
                    next(places)
                    continue
            left -= 1
            yield from self._mended(token) if left >= 0 else [(token, ())]

    def _mended(self, token: Token) -> Iterable[Repaired]:
        """One unknown word as what it may be: a name, one word, or two."""
        word = token.text
        if any(c.isdigit() for c in word):
            name = nearest_name(word, self._numbered) if not word[0].isdigit() else None
            return [(token, ((name, REPAIRED_NAME),) if name else ())]
        options = self._speller.suggest(word)
        if CUT <= len(word) <= MAX_CUT and (not options or options[0][1] < CLEAR):
            halves = self._cut(word, trust_repairs=not options)
            if halves:
                return [(token._replace(text=half), meant) for half, meant in halves]
        return [(token, options)]

    def _cut(self, word: str, trust_repairs: bool) -> list[tuple[str, Options]]:
        """``word`` as two words typed without the space, or nothing.

        Both halves known: the cut whose rarer half is commonest. Otherwise, with
        ``trust_repairs``, one half known and the other the least misspelt.
        """
        frequency = self._frequency
        cuts = [(word[:i], word[i:]) for i in range(1, len(word))]
        known = [cut for cut in cuts if all(half in frequency for half in cut)]
        if known:
            best = max(known, key=lambda cut: min(frequency[half] for half in cut))
            return [(half, as_it_is(half)) for half in best]
        long = len(word) >= CUT_REPAIRED
        return self._cut_and_repair(cuts[1:-1]) if trust_repairs and long else []

    def _cut_and_repair(self, cuts: Sequence[tuple[str, str]]) -> list[tuple[str, Options]]:
        best: tuple[float, list[tuple[str, Options]]] = (0.0, [])
        for cut in cuts:
            for i, half in enumerate(cut):
                other = cut[1 - i]
                known = half in self._frequency and len(other) >= 4
                options = self._speller.suggest(other) if known else ()
                if options:
                    gain = len(half) + len(other) * options[0][1]
                    halves = [(half, as_it_is(half)), (other, options)]
                    best = max(best, (gain, halves[:: 1 - 2 * i]), key=lambda pair: pair[0])
        return best[1]


def as_it_is(word: str) -> Options:
    """``word`` as all that it may stand for."""
    return ((word, 1.0),)
