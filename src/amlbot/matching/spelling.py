"""Known words that an unknown one may be a slip of, and how likely each is."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TypeAlias

MAX_SUGGESTIONS = 3
"""Equally near words that share a repair. Three and six rank alike, one costs 0.4 points."""
MEMORY = 4096
"""Words whose search is remembered, the last ones asked for: strangers cannot fill it."""
LONGEST = 40
"""Letters of the longest word that is looked at whole, and repaired."""

WIDE_USE = 0.15
"""What a known word is nearer for each e-fold of the intents that use it. On 2,210
misspelt held-out phrasings none at all loses 1.4 points, half of it 0.1, twice as much 0.6."""
FIRST_LETTER = 0.5
"""What another first letter costs (0 to 1: within 0.2 points)."""
FINGERS = 0.25
"""What letters in another order, or doubled, cost less (none: 0.6 points worse, twice alike)."""
RIVAL = 0.5
"""Cost beyond that of the nearest word up to which others share (0 to 1: within 0.2 points)."""
DOUBT = 3.0
"""How fast a word's part falls with that (1.5 to 6: within 0.1 points)."""

Options: TypeAlias = tuple[tuple[str, float], ...]
"""What a word may stand for, each with a weight in (0, 1], likeliest first."""

_REPEATS = re.compile(r"(.)\1+")


def edit_budget(word: str) -> int:
    """How many slips may be repaired in ``word`` (insert, drop, replace, swap each count one)."""
    if any(c.isdigit() for c in word) or len(word) > LONGEST:
        return 0
    return 0 if len(word) < 3 else 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3


class Speller:
    """Finds known words near an unknown one."""

    def __init__(self, frequency: Mapping[str, int]) -> None:
        """Take the known words, with how many intents use each."""
        self._frequency = frequency
        self.suggest = lru_cache(MEMORY)(self._suggest)

    @cached_property
    def _by_length(self) -> Mapping[int, _Sieve]:
        """The known words by their length; not needed before the first slip."""
        found: dict[int, list[str]] = defaultdict(list)
        for word in self._frequency:
            found[len(word)].append(word)
        return {length: _Sieve(words) for length, words in found.items()}

    def _suggest(self, word: str) -> Options:
        """Known words that ``word`` may be a slip of, best first, with a similarity in (0, 1].

        Several equally likely words share: the squares of their parts add up to one.
        """
        limit = edit_budget(word)
        if not limit:
            return ()
        candidates: list[str] = []
        for longer in range(-limit, limit + 1):
            if sieve := self._by_length.get(len(word) + longer):
                candidates += sieve.lacking(limit - max(0, longer), word)
        hits = _within(limit, word, candidates) if candidates else ()
        near = sorted((self._cost(word, c, d), d, c) for c, d in hits if _plausible(word, c))
        near = [hit for hit in near[:MAX_SUGGESTIONS] if hit[0] <= near[0][0] + RIVAL]
        parts = [math.exp(DOUBT * (near[0][0] - cost)) for cost, _, _ in near]
        norm = math.hypot(*parts)
        return tuple(
            (known, (1 - distance / max(len(known), len(word))) * part / norm)
            for part, (_, distance, known) in zip(parts, near, strict=True)
        )

    def _cost(self, word: str, known: str, distance: float) -> float:
        """Edit distance, less for the slips that fingers make and for words in wide use."""
        cost = distance - WIDE_USE * math.log(max(self._frequency[known], 1))
        if word[0] != known[0]:
            cost += FIRST_LETTER
        if sorted(word) == sorted(known) or _squeezed(word) == _squeezed(known):
            cost -= FINGERS
        return cost


class _Sieve:
    """Words of one length, found by their letters before any is compared letter by letter.

    No slip changes more than one letter for another, so that a word within two slips lacks at most
    two letters of what was typed. Each word is a byte of a long integer: one addition counts a
    letter in all of them.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        letters = "".join(words).encode("latin-1", "replace")
        self._columns = [letters[k :: len(words[0])] for k in range(len(words[0]))]
        self._holders: dict[tuple[int, int], int] = {}

    def lacking(self, most: int, typed: str) -> list[str]:
        """The words that lack at most ``most`` letters of ``typed``."""
        codes = typed.encode("latin-1", "replace")
        held = sum([self._holding(code, codes[:i].count(code)) for i, code in enumerate(codes)])
        enough = held.to_bytes(len(self._words), "little").translate(_from(len(codes) - most))
        hits = re.finditer(b"\1", enough)
        return [self._words[hit.start()] for hit in hits]

    def _holding(self, code: int, times: int) -> int:
        """1 in the byte of each word that holds a letter more than so many times."""
        holders = self._holders.get((code, times))
        if holders is None:
            one = bytes(code) + b"\1" + bytes(255 - code)
            columns = [column.translate(one) for column in self._columns]
            count = sum([int.from_bytes(column, "little") for column in columns])
            counts = count.to_bytes(len(self._words), "little")
            holders = int.from_bytes(counts.translate(_from(times + 1)), "little")
            self._holders[code, times] = holders
        return holders


def _from(least: int) -> bytes:
    """A table that makes 1 of all bytes from ``least`` on, and 0 of all others."""
    return bytes(max(0, least)) + b"\1" * (256 - max(0, least))


def _plausible(word: str, known: str) -> bool:
    """Whether a slip is believable. In three letters only a lost letter or a swap is."""
    if any(c.isdigit() for c in known):
        return False
    if len(word) > 3:
        return True
    return word[0] == known[0] and (len(known) == 4 or sorted(word) == sorted(known))


def _squeezed(word: str) -> str:
    return _REPEATS.sub(r"\1", word)


def nearest_name(word: str, names: Collection[str]) -> str | None:
    """The one known name with a digit (FLT3) that a misspelt one (FLIP3, NMP1) must mean.

    Digits have to agree exactly and so has the first letter: IDH1 is never IDH2. None when two
    names are equally near.
    """
    digits = [c for c in word if c.isdigit()]
    same = [n for n in names if n[:1] == word[:1] and [c for c in n if c.isdigit()] == digits]
    limit = 1 if len(word) <= 4 else 2
    hits = _within(limit, word, same)[:2]
    if not hits or (len(hits) > 1 and hits[0][1] == hits[1][1]):
        return None
    return hits[0][0]


def _within(limit: int, word: str, choices: Collection[str]) -> list[tuple[str, float]]:
    """The ``choices`` at most ``limit`` slips from ``word``, with how many; the nearest first."""
    from rapidfuzz.distance import OSA  # imported, and waited for, at the first slip
    from rapidfuzz.process import extract

    hits = extract(word, choices, scorer=OSA.distance, score_cutoff=limit, limit=None)
    return [(str(choice), distance) for choice, distance, _ in hits]
