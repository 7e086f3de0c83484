"""Guards: what takes an alarm back. Each tells whether a danger sign is no danger now."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..model import Sign
from .hearing import Heard, Span, Spans, overlap

DENIAL_WINDOW = 12
"""Words over which a denial reaches along a list: "no fever, no chills or bleeding"
(docs/safety.md#reach)."""
MAX_DENIAL = 4
"""Words of the longest denial that is looked for: "no sign of" has three."""
REACH = 20
"""Words over which a question, a supposition or another time covers a sign
(docs/safety.md#reach)."""


def heeded(sign: Sign, heard: Heard) -> bool:
    """Whether ``sign`` is one to heed, by what else the message tells: who is where, with whom."""
    told = any(_told(heard, concept) for concept in sign.given) or not sign.given
    return told and not any(_told(heard, concept) for concept in sign.apart)


def _told(heard: Heard, concept: str) -> bool:
    """Whether ``concept`` is told of as it is now, and neither denied nor only asked about."""
    return any(
        heard.certain(span) and not any(quiets(heard, (span,)) for quiets in _GUARDS.values())
        for span in heard.found.get(concept, ())
    )


def quiet(sign: Sign, heard: Heard, match: Spans) -> bool:
    """Whether a guard, or a concept that quiets ``sign`` in its sentence, means no alarm."""
    if any(_beside(heard, concept, match) for concept in sign.unless):
        return True
    return any(
        quiets(heard, match) for guard, quiets in _GUARDS.items() if guard not in sign.despite
    )


def denied(heard: Heard, match: Spans) -> bool:
    """Whether any part of ``match`` is denied: "no fever", "never once passed out"."""
    return any(_denies(heard, start, match) for start, _ in match)


def _denies(heard: Heard, start: int, match: Spans) -> bool:
    """Whether a denial stands before ``start``, over light words only or as part of a list."""
    first = heard.clause(start).span[0]
    i = start
    while i > first and heard.any("light", i - 1, i):
        i -= 1
    reach = (max(first, i - MAX_DENIAL), i)
    if any(end == i and not overlap((s, end), match) for s, end in heard.near("denial", *reach)):
        return True
    if not heard.any("alternative", i - 1, start):
        return False
    denials = [span for span in heard.near("denial", start - DENIAL_WINDOW, i) if span[1] < start]
    return any(
        heard.same_sentence(span[0], start)
        and not overlap(span, match)
        and not heard.any("person", span[1], start)
        for span in denials
    )


def _asked_about(heard: Heard, match: Spans) -> bool:
    """Whether a general question leads to ``match``: "what is a fever", "can it cause seizures"."""
    start = min(match)[0]
    asking = _leading(heard, match, "asking", start)
    if asking is None:
        return False
    if heard.any("supposing", asking[1], start) and _beside(heard, "now", match):
        return False  # "can I drive if I passed out today" asks about driving
    reports = heard.near("reporting", asking[0], max(match)[1])
    return not any(start == asking[0] or start >= asking[1] for start, _ in reports)


def _supposed(heard: Heard, match: Spans) -> bool:
    """Whether any part of ``match`` is only supposed: "if I get a fever"."""
    supposing = _leading(heard, match, "supposing", max(match)[0])
    return supposing is not None and not _beside(heard, "now", match)


def _leading(heard: Heard, match: Spans, guard: str, start: int) -> Span | None:
    """The last ``guard`` before ``start``, a place of ``match``, that covers it.

    A guard covers the rest of its clause, and the clauses after it in the sentence as long as
    nobody is spoken of anew.
    """
    before = [
        span
        for span in heard.near(guard, start - REACH, start + 1)
        if heard.same_sentence(span[0], start) and not _part_of(span, match)
    ]
    if not before or heard.any("person", heard.clause(before[-1][0]).span[1], start + 1):
        return None
    return before[-1]


def _part_of(span: Span, match: Spans) -> bool:
    """Whether ``span`` is no more than a part of ``match``: "is it" is, "is it true" is more."""
    return any(start <= span[0] and span[1] <= end for start, end in match)


def _elsewhere(heard: Heard, match: Spans) -> bool:
    """Whether ``match`` is of another time or another story: "back in 2019", "in the film".

    Such words cover their clause. Where they open the clause before, or are part of a question
    that comes after ("why does that happen to some people"), they cover the sentence.
    """
    start, end = min(match)[0], max(match)[1]
    if heard.any("now", *heard.clause(start).span):
        return False
    told = {heard.clause_of[part] for part, _ in match}
    for span in heard.near("elsewhere", start - REACH, end + REACH):
        clause = heard.clause(span[0])
        if heard.clause_of[span[0]] in told and not heard.any("now", *clause.span):
            return True
        if heard.same_sentence(span[0], start):
            if span[0] < start and heard.opens_clause(span[0]):
                return True
            if span[0] > start and heard.any("asking", *heard.clause(span[0]).span):
                return True
    return False


def _of_animal(heard: Heard, match: Spans) -> bool:
    """Whether ``match`` is told of an animal: no person stands between the two."""
    start = min(match)[0]
    before = [
        span
        for span in heard.near("animal", start - REACH, start)
        if heard.same_sentence(span[0], start) and heard.opens_clause(span[0])
    ]
    return bool(before) and not heard.any("person", before[-1][1], max(match)[1])


def _topic(heard: Heard, match: Spans) -> bool:
    """Whether ``match`` is only named, of nobody: "breathlessness and leukemia"."""
    clause = heard.clause(min(match)[0]).span
    spoken_of = ("person", "reporting", "now")
    return heard.any("topic", *clause) and not any(heard.any(name, *clause) for name in spoken_of)


def _beside(heard: Heard, name: str, match: Spans) -> bool:
    """Whether ``name`` occurs near ``match`` in its sentence, spelled right."""
    start, end = min(match)[0], max(match)[1]
    near = heard.near(name, start - REACH, end + REACH)
    return any(heard.same_sentence(span[0], start) and heard.certain(span) for span in near)


_GUARDS: Mapping[str, Callable[[Heard, Spans], bool]] = {
    "denial": denied,
    "asking": _asked_about,
    "supposing": _supposed,
    "elsewhere": _elsewhere,
    "animal": _of_animal,
    "topic": _topic,
}
