"""Made-up knowledge of any size: words by Zipf's law, and a few of its own for each intent."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Iterator
from itertools import accumulate

from amlbot import Intent, KnowledgeBase

PHRASINGS = 10
"""Phrasings of an intent."""
WORDS = 10
"""Words of a phrasing; three of them tell its intent."""
OWN = 5
"""Words that an intent uses more than chance would have it."""


def knowledge(phrasings: int, seed: int = 1) -> KnowledgeBase:
    """A knowledge base of about ``phrasings`` questions, the same for the same seed."""
    rng = random.Random(seed)
    count = max(1, phrasings // PHRASINGS)
    vocabulary = list(_vocabulary(2_000 + int(150 * count**0.6), rng))
    common = _zipf(vocabulary, rng)
    intents = {}
    for number in range(count):
        own = rng.sample(vocabulary[100:], OWN)
        questions = []
        for _ in range(PHRASINGS):
            words = [common() for _ in range(WORDS - 3)] + rng.sample(own, 3)
            rng.shuffle(words)
            questions.append(" ".join(words))
        intents[f"i{number}"] = Intent(f"i{number}", tuple(dict.fromkeys(questions)), "")
    return KnowledgeBase(intents)


def questions(kb: KnowledgeBase, count: int, seed: int = 2) -> list[str]:
    """Questions that nobody wrote down: most words of a phrasing, some of another, some slips."""
    rng = random.Random(seed)
    intents = list(kb.intents.values())
    asked = []
    for _ in range(count):
        words = rng.choice(rng.choice(intents).questions).split()
        rng.shuffle(words)
        words = words[: WORDS - 2] + rng.choice(rng.choice(intents).questions).split()[:2]
        if rng.random() < 0.5:
            i = rng.randrange(len(words))
            words[i] = swapped(words[i], rng)
        asked.append(" ".join(words))
    return asked


def strange(count: int, seed: int = 3) -> list[str]:
    """Questions of words that no knowledge has."""
    rng = random.Random(seed)
    letters = "qxzjwkvy"
    return [
        " ".join("".join(rng.choices(letters, k=rng.randint(4, 9))) for _ in range(WORDS))
        for _ in range(count)
    ]


def _vocabulary(count: int, rng: random.Random) -> Iterator[str]:
    """Distinct words that can be spoken, short ones first, as in every language."""
    words: set[str] = set()
    while len(words) < count:
        parts = rng.choice((1, 2, 2, 3, 3, 4))
        words.add("".join(_syllable(rng) for _ in range(parts)))
    yield from sorted(words, key=lambda word: (len(word), word))


def _syllable(rng: random.Random) -> str:
    end = rng.choice("bdlmnrst") if rng.random() < 0.4 else ""
    return rng.choice("bcdfghjklmnprstvw") + rng.choice("aeiou") + end


def _zipf(words: list[str], rng: random.Random) -> Callable[[], str]:
    """A source of ``words``, the n-th about 1/n times as often as the first."""
    heights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    return lambda: words[min(len(words) - 1, bisect(heights, rng.random() * heights[-1]))]


def swapped(word: str, rng: random.Random) -> str:
    """``word`` with two neighbours changed places, if it is long enough."""
    if len(word) < 4:
        return word
    i = rng.randrange(1, len(word) - 2)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
