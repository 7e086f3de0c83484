"""Evidence: what the features of a question say, together, for the intents of an index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import mul

from .index import KIN, Index
from .query import Query

VISITS = 1000
"""Postings that are visited to find intents; commoner features only tell those found apart."""
REACH = 2.0
"""What such a feature may add for one intent beyond what it adds for the best few. Of 700 held-out
questions the two bounds cost none its first three intents, 1.6 in 100 one of its first eight."""
FAR = 4.0
"""How far below the best evidence that for an intent's kin counts for nothing (3 to 5: within 0.2
points of the first three)."""


def gathered(index: Index, query: Query, closest: int) -> dict[int, float]:
    """Summed evidence for the intents that may be among the ``closest``."""
    features, length = query.features, query.length
    rarest = sorted((index.uses(t), t, value / length) for t, value in features.items())
    base, whole = index.base, sum(features.values()) / length
    found: dict[int, float] = {}
    visits = visited = 0
    for size, t, x in rarest:
        visits += size
        if visits > VISITS and len(found) >= closest:
            break
        visited += 1
        for i, e in index.said_by(t):
            if i in found:
                found[i] += x * e
            else:
                found[i] = base[i] * whole + x * e
    if common := rarest[visited:]:
        floor = sorted(found.values())[-closest] - REACH * sum(x for _, _, x in common)
        found = {i: e for i, e in found.items() if e >= floor}
    for _, t, x in common:
        for i, e in index.said_among(t, found.keys()):
            found[i] += x * e
    return found


def kindred(index: Index, evidence: Mapping[int, float], among: Iterable[int]) -> dict[int, float]:
    """The mean evidence for the kin of each intent ``among`` all, above a floor."""
    kin, kinship = index.kin, index.kinship
    floor = max(evidence.values()) - FAR
    found = dict.fromkeys(among, 0.0)
    for i in found if kin else ():
        row = slice(KIN * i, KIN * (i + 1))
        said = [max(0.0, evidence.get(k, floor) - floor) for k in kin[row]]
        found[i] = sum(map(mul, kinship[row], said))
    return found


def strengths(index: Index, query: Query, i: int) -> dict[str, float]:
    """What each feature of the question adds to the evidence for intent ``i``."""
    return {
        index.names[t]: value / query.length * index.evidence[spot]
        for t, value in query.features.items()
        for _, spot in index.spots(t, {i})
    }
