"""A message as the safety screen hears it: words, clauses, sentences, and the phrases in it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from operator import contains

from ..record import Record
from ..text import clean, letter_for_letter, without_marks

_CLAUSE = re.compile(
    r"[.!?;](?=\s|$)|。|\n\s*\n"  # the end of a sentence
    r"|(?<!\d),|,(?!\d)|[:()\n]|\s[-–—]+\s|[–—]"
    r"|\s(?=(?:and|but|also|plus|so|because|although|though|however|then)\s)",
    re.IGNORECASE,
)
"""Finer than the cuts of `asking` and `splitting`, and shared with neither: a guard reaches
to the end of its clause, and what alarms must not hang on how people ask."""
_SENTENCE_END = re.compile(r"[.!?;。]|\n\s*\n")
_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,·]\d+)?|[^\W\d_]+(?:\d+(?:[.,·]\d+)?)?|[%°]"
)
_SPELLED_OUT = re.compile(r"(?<!\w)[^\W\d_](?:[ .-][^\W\d_]){3,}(?!\w)")
_LOST_APOSTROPHE = re.compile(r"(?<=n)[^\w\n]t(?!\w)")
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")

Span = tuple[int, int]
"""Positions of words: from, and up to but not including."""
Spans = tuple[Span, ...]
"""The places of the concepts that make up a sign."""
Beginning = tuple[list[str], dict[str, list[tuple[list[str], str]]]]
"""What may follow a first word: nothing, in the phrases of these names; or, by the second word, the
rest of a phrase and its name."""

_NOTHING: Beginning = ([], {})


class Clause(Record):
    raw: str
    span: Span
    sentence: int


class Heard:
    """A message, word by word, and the concepts found in it."""

    def __init__(self, unlearned: Container[str] = ()) -> None:
        """Start without words; take the concepts that likeness does not learn from."""
        self.unlearned = unlearned
        self.words: list[tuple[str, ...]] = []
        """For each word everything that it may stand for."""
        self.clauses: list[Clause] = []
        self.clause_of: list[int] = []
        self.found: dict[str, list[Span]] = defaultdict(list)
        """Where each concept and guard occurs, in order."""

    def clause(self, position: int) -> Clause:
        """The clause of the word at ``position``."""
        return self.clauses[self.clause_of[position]]

    def certain(self, span: Span) -> bool:
        """Whether each word of ``span`` can stand for one thing only."""
        return all(len(word) == 1 for word in self.words[slice(*span)])

    def text(self, spans: Iterable[Span]) -> str:
        """The words of ``spans`` in their order, each as what it may stand for first."""
        stretches = (self.words[slice(*span)] for span in sorted(spans))
        return " … ".join(" ".join(word[0] for word in words) for words in stretches)

    def near(self, name: str, start: int, end: int) -> Iterator[Span]:
        """Where ``name`` begins between ``start`` and ``end``."""
        spans = self.found.get(name, ())
        for i in range(bisect_left(spans, (max(start, 0), 0)), len(spans)):
            if spans[i][0] >= end:
                return
            yield spans[i]

    def any(self, name: str, start: int, end: int) -> bool:
        """Whether ``name`` begins between ``start`` and ``end``."""
        return next(self.near(name, start, end), None) is not None

    def opens_clause(self, position: int) -> bool:
        """Whether ``position`` begins a clause of several words, a leading "and" or "hi" aside.

        "And is bleeding" goes on with the clause before; it opens none.
        """
        first, end = self.clause(position).span
        if self.any("continued", position - 1, position):
            return False
        opens = position == first or self.any("lead", position - 1, first + 1)
        return opens and end - first > 1

    def same_sentence(self, a: int, b: int) -> bool:
        """Whether the words at two positions are in one sentence."""
        return self.clause(a).sentence == self.clause(b).sentence


def find(
    table: Mapping[str, Beginning], words: Sequence[tuple[str, ...]]
) -> Iterator[tuple[str, Span]]:
    """Every phrase of ``table`` in ``words``, by name and place, in the order of their beginnings.

    A word is all that it may stand for; `by_first_word` makes the table.
    """
    for start, (options, following) in enumerate(zip_longest(words, words[1:], fillvalue=())):
        for first in options:
            alone, longer = table.get(first, _NOTHING)
            for name in alone:
                yield name, (start, start + 1)
            for second in following:
                for rest, name in longer.get(second, ()):
                    end = start + 2 + len(rest)
                    if end <= len(words) and all(map(contains, words[start + 2 : end], rest)):
                        yield name, (start, end)


def by_first_word(phrases: Mapping[str, Collection[str]]) -> dict[str, Beginning]:
    """Names with the phrases that go by them, as plain data by the phrases' first words."""
    found: dict[str, Beginning] = defaultdict(lambda: ([], {}))
    for name, ways in phrases.items():
        for phrase in ways:
            first, *rest = _plain_words(phrase) or tokens(phrase)
            alone, longer = found[first]
            if rest:
                longer.setdefault(rest[0], []).append((rest[1:], name))
            else:
                alone.append(name)
    return dict(found)


def words_of(table: Mapping[str, Beginning]) -> set[str]:
    """Every word of every phrase in ``table``."""
    words = set(table)
    for _, longer in table.values():
        words.update(longer, *(rest for ends in longer.values() for rest, _ in ends))
    return words


def _plain_words(phrase: str) -> list[str]:
    """The words of a phrase of small Latin letters, which need no cleaning; else nothing."""
    plain = phrase.replace("'", "") if "'" in phrase else phrase
    return plain.split() if _PLAIN.fullmatch(plain) else []


def overlap(span: Span, others: Sequence[Span]) -> bool:
    """Whether ``span`` shares a word with any of ``others``."""
    return any(span[0] < end and start < span[1] for start, end in others)


def gap(a: Span, b: Span) -> int:
    """Words between two spans that do not overlap."""
    return max(a[0] - b[1], b[0] - a[1])


def visible(text: str) -> str:
    """``text`` without invisible characters, its full-width ones made narrow."""
    if text.isascii():
        return text
    return without_marks(unicodedata.normalize("NFKC", text))


def clauses(text: str) -> Iterator[tuple[str, int]]:
    """The clauses of ``text``, as typed, with the number of the sentence that each is in.

    A full stop after a single word is a gasp, not the end of a sentence: "I. Can't. Breathe."
    """
    start, sentence = 0, 0
    for match in _CLAUSE.finditer(letter_for_letter(text)):
        raw = text[start : match.end()]
        if raw.strip():
            yield raw, sentence
            sentence += bool(_SENTENCE_END.match(match.group())) and len(raw.split()) > 1
        start = match.end()
    yield text[start:], sentence


def tokens(text: str) -> list[str]:
    """The words and numbers of ``text`` in lower case; "c a n  t" is one word, 38,6 is 38.6."""
    text = clean(text.replace("º", "°")).lower()
    text = _SPELLED_OUT.sub(lambda match: re.sub(r"\W", "", match.group()), text)
    found = _TOKEN.findall(_LOST_APOSTROPHE.sub("t", text))
    return [
        token.replace(",", "") if _THOUSANDS.fullmatch(token) else re.sub("[,·]", ".", token)
        for token in found
    ]
