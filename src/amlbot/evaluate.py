"""Measuring a knowledge base: cases of question → intent, and phrasings that were held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .errors import KnowledgeError, Problem
from .knowledge import KnowledgeBase
from .matcher import Matcher
from .model import Candidate, Match, Outcome
from .yamlfile import Document

FOLDS = 10
"""Rounds of the held-out test; an intent with at most ten questions loses one at a time."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and what must become of it."""

    say: str
    expect: str = ""
    """The intent that must answer; empty where nothing may."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question."""

    case: Case
    match: Match

    @property
    def rank(self) -> int:
        """The place of the right intent, from 1; 0 if it is not among the candidates."""
        ids = [candidate.intent for candidate in self.match.candidates]
        return ids.index(self.case.expect) + 1 if self.case.expect in ids else 0

    @property
    def right(self) -> bool:
        """Answered by the right intent, or rightly not answered."""
        answered = self.match.outcome is Outcome.ANSWER
        return (answered and self.rank == 1) if self.case.expect else not answered

    @property
    def wrong(self) -> bool:
        """Answered with another intent: the one result that does harm."""
        return self.match.outcome is Outcome.ANSWER and not self.right

    @property
    def thief(self) -> Candidate | None:
        """The candidate that stands where the right one should."""
        return None if self.right or self.rank == 1 else self.match.best


def cases(document: Document) -> list[Case]:
    """The cases in a file: a list of ``{say, expect: intent}`` and ``{say, refuse: true}``.

    Raises:
        KnowledgeError: with every entry that is neither.

    """
    problems = list(document.problems)
    found = []
    entries = document.data if isinstance(document.data, list) else [document.data]
    for i, entry in enumerate(entries):
        fields: Mapping[str, object] = entry if isinstance(entry, Mapping) else {}
        say, expect, refuse = (fields.get(key) for key in ("say", "expect", "refuse"))
        if isinstance(say, str) and (refuse is True or isinstance(expect, str)):
            found.append(Case(say, "" if refuse else str(expect)))
        else:
            message = "a case needs 'say' and 'expect: intent', or 'refuse: true' (write them)"
            problems.append(Problem(document.name, document.line((i,)), message))
    if problems:
        raise KnowledgeError(problems)
    return found


def run(matcher: Matcher, asked: Sequence[Case]) -> list[Result]:
    """Ask every case."""
    return [Result(case, matcher.match(case.say)) for case in asked]


def held_out(kb: KnowledgeBase, folds: int = FOLDS) -> Iterator[Result]:
    """Ask every phrasing but the titles of a matcher that was built without it."""
    for fold in range(folds):
        asked: list[Case] = []
        intents = dict(kb.intents)
        for intent in kb.intents.values():
            out = () if intent.chat else intent.questions[1:][fold::folds]
            kept = tuple(question for question in intent.questions if question not in out)
            intents[intent.id] = replace(intent, questions=kept)
            asked += [Case(phrasing, intent.id) for phrasing in out]
        yield from run(Matcher(replace(kb, intents=intents)), asked)


def report(results: Sequence[Result], rows: int = 20) -> Iterator[str]:
    """A summary, what was stolen most, and the first misses."""
    count = max(1, len(results))
    asked = [result for result in results if result.case.expect]
    yield f"{len(results)} questions: {sum(r.right for r in results) / count:.1%} right"
    if asked:
        first = sum(r.rank == 1 for r in asked) / len(asked)
        third = sum(0 < r.rank <= 3 for r in asked) / len(asked)
        yield f"right intent first {first:.1%}, among three {third:.1%}"
    yield f"wrong answers: {sum(r.wrong for r in results)}"
    thefts = Counter(
        (thief.intent, result.case.expect)
        for result in results
        if (thief := result.thief) and result.case.expect
    )
    for (thief_id, owner), n in thefts.most_common(rows):
        yield f"{n:>4} × {thief_id} before {owner}"
    misses = [result for result in results if not result.right]
    for result in misses[:rows]:
        best = result.match.best
        got = f"{result.match.outcome} {best.intent} {best.score:.2f}" if best else "nothing"
        yield f"miss: {result.case.say!r} wants {result.case.expect or 'no answer'}, got {got}"
