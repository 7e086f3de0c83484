"""In context: which intent a message amid a conversation most likely means, and how likely.

An intent is held against all that the message may stand for: its words alone, beside what was asked
before, and completed with what they lean on; and against the last answer. What each is worth is a
fit on follow-ups of strangers (docs/conversation.md#in-context).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from operator import mul
from typing import NamedTuple

LEAST = 0.01
"""The score of what a reading does not come near at all; the greatest is as far from 1."""


class Clues(NamedTuple):
    """What speaks for an intent: log-odds of scores, then 1 or 0."""

    alone: float
    """The message as it was typed."""
    before: float
    """Beside the first or the last question, whichever says more."""
    completed: float
    """Completed with what it may lean on, in the way that says most."""
    related: float
    """It is one of the next questions of the last answer."""
    topic: float
    """It is of the topic of the last answer."""


WEIGHTS = Clues(alone=0.81, before=0.55, completed=0.37, related=1.51, topic=0.63)
# A logistic fit of the first one's being right: on its share among all, and on the score of the
# intent that comes nearest to the bare words, which tells whether they are ours at all.
SHARE, OURS, BIAS = 0.66, 0.28, -0.06


def chances(clues: Mapping[str, Clues]) -> dict[str, float]:
    """The chance of each intent, in [0, 1], that it is meant; the likeliest first."""
    weighed = {id: sum(map(mul, WEIGHTS, found)) for id, found in clues.items()}
    most = max(weighed.values(), default=0.0)
    odds = {id: math.exp(z - most) for id, z in weighed.items()}
    whole = sum(odds.values())
    ours = BIAS + OURS * max((found.alone for found in clues.values()), default=0.0)
    ranked = sorted(odds, key=odds.__getitem__, reverse=True)
    return {id: _logistic(SHARE * log_odds(odds[id] / whole) + ours) for id in ranked}


def log_odds(score: float) -> float:
    """The log-odds of a ``score`` in [0, 1], within those of `LEAST`."""
    score = min(max(score, LEAST), 1 - LEAST)
    return math.log(score / (1 - score))


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))
