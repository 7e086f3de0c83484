"""Words to listen for, recognized through slips of the finger, stretched letters and lost spaces.

Unlike `spelling`, which ranks what a word may mean, this keeps every possibility: a danger
sign that is misspelt may not be missed. Each look-up costs time in proportion to the word's length.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cached_property

MIN_REPAIRED = 5
"""Letters that a known word needs before a slip in it is believed (docs/safety.md#reach)."""
MIN_SPLIT = 4
"""Letters that an unknown word needs before it is taken for several, run together
(docs/safety.md#reach)."""
MAX_PART = 24
"""Letters of the longest word that such a one is cut into."""
PART, ODD_PART = 10, 11
"""What a word costs in a cut: a little less if it matters."""

_LETTERS = ("i", "a")
"""Letters that are words."""
_GLUED = re.compile(r"([^\W\d_]+)(\d+(?:\.\d+)?)")
_STRETCHED = re.compile(r"(.)\1{2,}")


class Vocabulary:
    """The words that matter, and the other words that are spelled right and mean something else."""

    def __init__(self, words: Collection[str], common: Collection[str] = ()) -> None:
        self._words, self._common = frozenset(words), frozenset(common)

    def read(self, typed: str) -> list[tuple[str, ...]]:
        """The words in ``typed``, one after another, each with everything that it may stand for.

        A word that is spelled right stands for itself; one that nothing resembles, for nothing.
        """
        glued = _GLUED.fullmatch(typed)
        if glued and glued[1] in self._words:  # "temp38" is two words, "cd38" is one name
            return [(glued[1],), (glued[2],)]
        singular = typed.removesuffix("s")
        if typed not in self._words and singular in self._words:  # "mum's", "tablets"
            return [(singular,)]
        if self._is_right(typed) or self._is_right(singular):
            return [(typed,)]
        meant = self._meant(typed)
        if meant or len(typed) < MIN_SPLIT:
            return [meant or (typed,)]
        return [(part,) for part in self._split(typed)]

    def _is_right(self, word: str) -> bool:
        return word in self._words or word in self._common or word in _LETTERS

    @cached_property
    def _by_half(self) -> Mapping[tuple[int, str, str], list[str]]:
        """The words by their length and one half; made when the first misspelt word is read."""
        found: dict[tuple[int, str, str], list[str]] = defaultdict(list)
        for word in self._words:
            if len(word) >= MIN_REPAIRED and word.isalpha():
                for half in _halves(word, len(word)):
                    found[half].append(word)
        return found

    def _meant(self, typed: str) -> tuple[str, ...]:
        """The known words that are at most one slip away, stretched letters taken in."""
        forms = {typed, _STRETCHED.sub(r"\1", typed), _STRETCHED.sub(r"\1\1", typed)}
        near = {
            word
            for form in forms
            for length in (len(form) - 1, len(form), len(form) + 1)
            if length >= MIN_REPAIRED and (length <= len(form) or form.isalpha())
            for half in _halves(form, length)
            for word in self._by_half.get(half, ())
            if _one_slip(form, word)
        }
        return tuple(sorted(near | forms & self._words))

    def _split(self, typed: str) -> list[str]:
        """``typed`` as the fewest words spelled right, or whole if it cannot be cut so.

        Of two such cuts the one with more words that matter is taken. Letters that nothing can be
        cut from are given up after `MAX_PART` of them: a pasted key may have a hundred thousand.
        """
        words, common = self._words, self._common
        best = {0: (0, 0)}  # what typed[:end] costs, and where its last word begins
        starts = [0]
        for end in range(1, len(typed) + 1):
            starts = [start for start in starts if end - start <= MAX_PART]
            if not starts:
                return [typed]
            cuts = [
                (best[start][0] + (PART if part in words else ODD_PART), start)
                for start in starts
                if (part := typed[start:end]) in _LETTERS
                or (len(part) > 1 and (part in common or part in words))
            ]
            if cuts:
                best[end] = min(cuts)
                starts.append(end)
        parts, end = [], len(typed) if len(typed) in best else 0
        while end:
            start = best[end][1]
            parts.append(typed[start:end])
            end = start
        return parts[::-1] or [typed]


def _halves(typed: str, length: int) -> tuple[tuple[int, str, str], ...]:
    """What ``typed`` must share with a word of ``length`` letters: its first half, or its last.

    One slip touches one half only. The letter between them belongs to neither, so that this holds
    for two letters swapped in the middle as well.
    """
    middle = length // 2
    return (length, typed[:middle], ""), (length, "", typed[middle + 1 - length :])


def _one_slip(typed: str, word: str) -> bool:
    """Whether one letter added, lost, replaced or swapped with its neighbour makes the other."""
    start = 0
    while start < min(len(typed), len(word)) and typed[start] == word[start]:
        start += 1
    a, b = typed[start:], word[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
