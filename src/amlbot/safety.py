"""The screen that reads every message before anything else: danger signs, and what to do now.

Deterministic, and quick in proportion to the length of the message. What to listen for is data: a
sign is a set of concepts (ways to say one thing) that stand close together in one sentence, or a
phrase that is enough alone. A sign that is denied, asked about, supposed, or told of another time
is passed over; the strongest that is left makes the alarm.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from operator import contains

from .model import Level, Safety, Sign
from .temperature import NUMBER_WORDS, in_celsius, read_number
from .text import clean
from .vocabulary import Vocabulary

WINDOW = 12
"""Words within which the concepts of one sign must stand."""
MAX_DENIAL = 4
"""Words of the longest denial."""
REACH = 20
"""Words over which a question, a supposition or another time covers a sign."""
CONTEXT = 10
"""Words between a number and the word that tells what it measures."""
REACHED = 3
"""Words between "hit" or "she is at" and a number."""
FAR = 2 * CONTEXT + 2
"""Farther than any such word."""
MAX_ASKED = 300
"""Characters of the other questions that an alarm repeats."""

_CLAUSE = re.compile(
    r"[.!?;](?=\s|$)|。|\n\s*\n"  # the end of a sentence
    r"|(?<!\d),|,(?!\d)|[:()\n]|\s[-–—]+\s|[–—]"
    r"|\s(?=(?:and|but|also|plus|so|because|although|though|however|then)\s)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;。]|\n\s*\n")
_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,·]\d+)?|[^\W\d_]+(?:\d+(?:[.,·]\d+)?)?|[%°]"
)
_SPELLED_OUT = re.compile(r"(?<!\w)[^\W\d_](?:[ .-][^\W\d_]){3,}(?!\w)")
_LOST_APOSTROPHE = re.compile(r"(?<=n)[^\w\n]t(?!\w)")
_INVISIBLE = frozenset({"Mn", "Me", "Cf"})
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_UNITS = {"c": "celsius", "f": "fahrenheit"}

Span = tuple[int, int]
"""Positions of words: from, and up to but not including."""
Match = tuple[Span, ...]
"""The places of the concepts that make up a sign."""


@dataclass(frozen=True, slots=True)
class Alarm:
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


@dataclass(frozen=True, slots=True)
class _Clause:
    raw: str
    span: Span
    sentence: int


@dataclass(slots=True)
class _Heard:
    """A message, word by word, and the concepts found in it."""

    words: list[tuple[str, ...]]
    """For each word everything that it may stand for."""
    clauses: list[_Clause]
    clause_of: list[int]
    found: dict[str, list[Span]]
    """Where each concept and guard occurs, in order."""

    def clause(self, position: int) -> _Clause:
        return self.clauses[self.clause_of[position]]

    def near(self, name: str, start: int, end: int) -> Iterator[Span]:
        """Where ``name`` begins between ``start`` and ``end``."""
        spans = self.found.get(name, ())
        for i in range(bisect_left(spans, (max(start, 0), 0)), len(spans)):
            if spans[i][0] >= end:
                return
            yield spans[i]

    def any(self, name: str, start: int, end: int) -> bool:
        return next(self.near(name, start, end), None) is not None

    def opens_clause(self, position: int) -> bool:
        """Whether ``position`` begins a clause of several words, a leading "and" or "hi" aside."""
        first, end = self.clause(position).span
        opens = position == first or self.any("lead", position - 1, first + 1)
        return opens and end - first > 1

    def same_sentence(self, a: int, b: int) -> bool:
        return self.clause(a).sentence == self.clause(b).sentence


class Screen:
    """Looks for the danger signs of one knowledge base. Safe to share between threads."""

    def __init__(self, safety: Safety, common: Collection[str] = ()) -> None:
        """Take the signs, and everyday words that are not to be taken for misspelt ones."""
        self._safety = safety
        self._signs = sorted(safety.signs, key=_strength, reverse=True)
        self._phrases, self._idioms = _Phrases(), _Phrases()
        self._idioms.add("idiom", safety.guards.get("idiom", ()))
        for name, phrases in {**safety.concepts, **safety.guards}.items():
            self._phrases.add(name, phrases)
        for sign in safety.signs:
            self._phrases.add(_own(sign), sign.phrases)
        self._vocabulary = Vocabulary(self._phrases.words | NUMBER_WORDS, common)

    def check(self, text: str) -> Alarm | None:
        """The strongest danger sign in ``text``, if there is one."""
        heard = self._hear(text)
        for sign in self._signs:
            for match in _matches(sign, heard):
                if not _quiet(sign, heard, match):
                    return self._alarm(sign, match, heard)
        return None

    def _alarm(self, sign: Sign, match: Match, heard: _Heard) -> Alarm:
        reply = self._safety.replies[sign.reply]
        return Alarm(Level(sign.level), sign.id, reply, sign.at_hand, _asked(heard, match))

    def _hear(self, text: str) -> _Heard:
        heard = _Heard([], [], [], defaultdict(list))
        for raw, sentence in _cut(_visible(text)):
            start = len(heard.words)
            for token in _tokens(raw):
                heard.words += self._vocabulary.read(token)
            end = len(heard.words)
            heard.clauses.append(_Clause(raw, (start, end), sentence))
            heard.clause_of += [len(heard.clauses) - 1] * (end - start)
        for _, (start, end) in list(self._idioms.find(heard.words)):
            heard.words[start:end] = [("",)] * (end - start)
        for name, span in self._phrases.find(heard.words):
            heard.found[name].append(span)
            if name == "opening" and heard.opens_clause(span[0]):
                heard.found["asking"].append(span)
        for name, span in self._figures(heard):
            heard.found[name].append(span)
        return heard

    def _figures(self, heard: _Heard) -> Iterator[tuple[str, Span]]:
        """The numbers that are a sign by their size: temperatures, and huge white counts."""
        spoken = [next((w for w in word if w in NUMBER_WORDS), word[0]) for word in heard.words]
        limits, i = self._safety.limits, 0
        while i < len(spoken):
            number = read_number(spoken, i) if spoken[i] else None
            if number is None:
                i += 1
                continue
            span, value = (i, number[1]), number[0]
            i = number[1]
            if value * (1000 if heard.any("thousand", i, i + 1) else 1) >= limits.white_count:
                yield "huge-count", span
                continue
            degrees = _degrees(heard, span, value)
            below = heard.any("below", span[0] - 2, span[0])
            if degrees is None:
                continue
            if degrees < limits.low or (below and degrees <= limits.low):
                if heard.any("thermometer", span[0] - REACH, span[1] + REACH):
                    yield "low-temperature", span
            elif degrees >= limits.warm and not below:
                yield "high-temperature" if degrees >= limits.high else "warm-temperature", span


class _Phrases:
    """Phrases and the names they go by, found at every position of a text."""

    def __init__(self) -> None:
        self._single: dict[str, list[str]] = defaultdict(list)
        self._longer: dict[tuple[str, str], list[tuple[list[str], str]]] = defaultdict(list)
        self.words: set[str] = set()

    def add(self, name: str, phrases: Collection[str]) -> None:
        for phrase in phrases:
            first, *rest = _tokens(phrase)
            if rest:
                self._longer[first, rest[0]].append((rest[1:], name))
            else:
                self._single[first].append(name)
            self.words.update((first, *rest))

    def find(self, words: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, Span]]:
        """Every phrase in ``words``, by where it begins; a word is all that it may stand for."""
        for start, (options, following) in enumerate(zip_longest(words, words[1:], fillvalue=())):
            for first in options:
                for name in self._single.get(first, ()):
                    yield name, (start, start + 1)
                for second in following:
                    for rest, name in self._longer.get((first, second), ()):
                        end = start + 2 + len(rest)
                        if end <= len(words) and all(map(contains, words[start + 2 : end], rest)):
                            yield name, (start, end)


def _strength(sign: Sign) -> tuple[bool, int]:
    return sign.at_hand, list(Level).index(sign.level)


def _own(sign: Sign) -> str:
    """The name under which a sign's own phrases are found; no concept is called so."""
    return f"sign {sign.id}"


def _matches(sign: Sign, heard: _Heard) -> Iterator[Match]:
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


def _gather(heard: _Heard, anchor: Span, others: Sequence[str]) -> Match:
    """``anchor`` with the nearest of each other concept around it; empty if one is not there."""
    match = [anchor]
    for name in others:
        near = [
            span
            for span in heard.near(name, anchor[0] - WINDOW, anchor[1] + WINDOW)
            if heard.same_sentence(span[0], anchor[0]) and not _overlap(span, match)
        ]
        if not near:
            return ()
        match.append(min(near, key=lambda span: abs(span[0] - anchor[0])))
    return tuple(match)


def _overlap(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


# --- guards: each tells whether a match means no alarm ---------------------------------------


def _quiet(sign: Sign, heard: _Heard, match: Match) -> bool:
    """Whether a guard, or a concept that ``sign`` is not given with, means no alarm here."""
    if any(_in_sentence(heard, concept, match) for concept in sign.unless):
        return True
    return any(
        quiets(heard, match) for guard, quiets in _GUARDS.items() if guard not in sign.despite
    )


def _denied(heard: _Heard, match: Match) -> bool:
    """Whether any part of ``match`` is denied: "no fever", "never once passed out"."""
    return any(_denies(heard, start, match) for start, _ in match)


def _denies(heard: _Heard, start: int, match: Match) -> bool:
    """Whether a denial stands before ``start``, over light words only or as part of a list."""
    first = heard.clause(start).span[0]
    i = start
    while i > first and heard.any("light", i - 1, i):
        i -= 1
    reach = (max(first, i - MAX_DENIAL), i)
    if any(end == i and not _overlap((s, end), match) for s, end in heard.near("denial", *reach)):
        return True
    if not heard.any("alternative", i - 1, start):
        return False
    denials = [span for span in heard.near("denial", start - WINDOW, i) if span[1] < start]
    return any(
        heard.same_sentence(span[0], start)
        and not _overlap(span, match)
        and not heard.any("person", span[1], start)
        for span in denials
    )


def _asked_about(heard: _Heard, match: Match) -> bool:
    """Whether a general question leads to ``match``: "what is a fever", "can it cause seizures"."""
    asking = _leading(heard, match, "asking")
    if asking is None:
        return False
    reports = heard.near("reporting", asking[0], max(match)[1])
    return not any(start == asking[0] or start >= asking[1] for start, _ in reports)


def _supposed(heard: _Heard, match: Match) -> bool:
    """Whether ``match`` is only supposed: "if I get a fever"."""
    supposing = _leading(heard, match, "supposing")
    return supposing is not None and not _in_sentence(heard, "now", match)


def _leading(heard: _Heard, match: Match, guard: str) -> Span | None:
    """The last ``guard`` before ``match`` that covers it.

    A guard covers the rest of its clause, and the clauses after it in the sentence as long as
    nobody is spoken of anew.
    """
    start = min(match)[0]
    before = [
        span
        for span in heard.near(guard, start - REACH, start + 1)
        if heard.same_sentence(span[0], start) and not _overlap(span, match)
    ]
    if not before or heard.any("person", heard.clause(before[-1][0]).span[1], start + 1):
        return None
    return before[-1]


def _elsewhere(heard: _Heard, match: Match) -> bool:
    """Whether ``match`` is of another time or another story: "back in 2019", "in the film".

    Such words cover their clause. Where they open the clause before, or are part of a question
    that comes after ("why does that happen to some people"), they cover the sentence.
    """
    start, end = min(match)[0], max(match)[1]
    if _in_sentence(heard, "now", match):
        return False
    for span in heard.near("elsewhere", start - REACH, end + REACH):
        if heard.clause_of[span[0]] == heard.clause_of[start]:
            return True
        if heard.same_sentence(span[0], start):
            if span[0] < start and heard.opens_clause(span[0]):
                return True
            if span[0] > start and heard.any("asking", *heard.clause(span[0]).span):
                return True
    return False


def _topic(heard: _Heard, match: Match) -> bool:
    """Whether ``match`` is only named, of nobody: "breathlessness and leukemia"."""
    clause = heard.clause(min(match)[0]).span
    spoken_of = ("person", "reporting", "now")
    return heard.any("topic", *clause) and not any(heard.any(name, *clause) for name in spoken_of)


def _in_sentence(heard: _Heard, name: str, match: Match) -> bool:
    """Whether ``name`` occurs near ``match`` in its sentence."""
    start, end = min(match)[0], max(match)[1]
    near = heard.near(name, start - REACH, end + REACH)
    return any(heard.same_sentence(span[0], start) for span in near)


_GUARDS: Mapping[str, Callable[[_Heard, Match], bool]] = {
    "denial": _denied,
    "asking": _asked_about,
    "supposing": _supposed,
    "elsewhere": _elsewhere,
    "topic": _topic,
}


# --- figures ----------------------------------------------------------------------------------


def _degrees(heard: _Heard, span: Span, value: float) -> float | None:
    """The number at ``span`` as a body temperature in °C, or None if it is another figure."""
    start, end = span
    letter = end + heard.any("degrees", end, end + 1)
    unit = "".join(u for u in "cf" if heard.any(_UNITS[u], letter, letter + 1))
    degrees = in_celsius(value, unit)
    if degrees is None or heard.any("other-unit", end, end + 1):
        return None
    thermometer = _distance(heard, "thermometer", span, (start - CONTEXT, end + CONTEXT))
    other = _distance(heard, "other-figure", span, heard.clause(start).span)
    told = unit or letter > end or value != int(value) or thermometer < FAR
    told = told or heard.any("reached", start - REACHED, start)
    return degrees if told and thermometer <= other else None


def _distance(heard: _Heard, name: str, span: Span, within: Span) -> int:
    """How far from ``span`` the nearest ``name`` is; one before is nearer than one after."""
    start, end = max(within[0], span[0] - CONTEXT), min(within[1], span[1] + CONTEXT)
    found = (spot for spot in heard.near(name, start, end) if not _overlap(spot, [span]))
    return min((2 * max(s - span[1], span[0] - e) + (s > span[0]) for s, e in found), default=FAR)


# --- text -------------------------------------------------------------------------------------


def _visible(text: str) -> str:
    """``text`` without invisible characters, its full-width ones made narrow."""
    if text.isascii():
        return text
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(c for c in narrow if unicodedata.category(c) not in _INVISIBLE)


def _cut(text: str) -> Iterator[tuple[str, int]]:
    """The clauses of ``text``, as typed, with the number of the sentence that each is in.

    A full stop after a single word is a gasp, not the end of a sentence: "I. Can't. Breathe."
    """
    start, sentence = 0, 0
    for match in _CLAUSE.finditer(text):
        raw = text[start : match.end()]
        if raw.strip():
            yield raw, sentence
            sentence += bool(_SENTENCE_END.match(match.group())) and len(raw.split()) > 1
        start = match.end()
    yield text[start:], sentence


def _tokens(text: str) -> list[str]:
    """The words and numbers of ``text`` in lower case; "c a n  t" is one word, 38,6 is 38.6."""
    text = clean(text.replace("º", "°")).lower()
    text = _SPELLED_OUT.sub(lambda match: re.sub(r"\W", "", match.group()), text)
    found = _TOKEN.findall(_LOST_APOSTROPHE.sub("t", text))
    return [
        token.replace(",", "") if _THOUSANDS.fullmatch(token) else re.sub("[,·]", ".", token)
        for token in found
    ]


def _asked(heard: _Heard, match: Match) -> str:
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
