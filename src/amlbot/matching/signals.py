"""Signals: what speaks for an intent and against it, and the chance that comes of it."""

from __future__ import annotations

import math
from operator import mul
from typing import NamedTuple


class Signals(NamedTuple):
    """What speaks for an intent and against it; each in [0, 1]."""

    center: float
    """Weighted cosine of the words to the phrasings together; what they lack counts against it."""
    support: float
    """Mean evidence of what the question says, in parts of what a word gives that is all there is
    in every text of the intent."""
    share: float
    """The intent's part of the evidence among the closest."""
    amount: float
    """How much rare evidence the intent explains, up to a cap."""
    named: float
    """1 if the question names something that the intent is about."""
    missing: float
    """1 if the question names something that the intent is not about."""
    foreign: float
    """Share of the question's words that the knowledge never uses."""
    likeness: float
    """Cosine of the question's 4-grams to the phrasing that comes nearest."""

    def chance(self) -> float:
        """The chance, in [0, 1], that the intent is the right one (docs/matching-record.md)."""
        z = BIAS + sum(map(mul, WEIGHTS, self))
        return 1 / (1 + math.exp(-z))


# A fit on unseen questions of three knowledge bases, on messages out of scope, and on questions
# whose intents were left out (docs/matching-record.md).
BIAS = -3.55
WEIGHTS = Signals(
    center=3.1,
    support=2.1,
    share=1.15,
    amount=1.95,
    named=0.0,
    missing=-2.55,
    foreign=-2.45,
    likeness=2.0,
)
