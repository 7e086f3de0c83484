"""Measuring a knowledge base: cases of question → intent, and phrasings that were held out."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterator, Mapping, Sequence

from .errors import KnowledgeError, Problem
from .knowledge.base import KnowledgeBase
from .knowledge.yamlfile import Document
from .matching.matcher import Matcher
from .record import Record, asdict, replace
from .reply import Candidate, Match, Outcome

FOLDS = 10
"""Rounds of the held-out test; an intent with at most ten questions loses one at a time."""
OFFERED = 3
"""Candidates that a reader is offered: the right one among them is one tap away."""
LETTERS_A_SLIP, LOST_SPACES = 8, 0.02
"""Light typing mistakes: a slip in so many letters, and the share of spaces that are left out."""
TOLERANCE = 0.002
"""Share of the questions by which a figure may fall short of the baseline before it counts."""


class Case(Record):
    """A question, and what must become of it."""

    say: str
    expect: str = ""
    """The intent that must answer; empty where nothing may."""
    outcome: Outcome | None = None
    """What must come of it, if not an answer by ``expect``, or no answer where none is expected.
    With ``clarify`` the expected intent must be on offer."""


class Result(Record):
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
        """Answered by the right intent, rightly not answered, or with the outcome asked for."""
        outcome, wanted = self.match.outcome, self.case.outcome
        if wanted is None and not self.case.expect:
            return outcome is not Outcome.ANSWER
        places = OFFERED if wanted is Outcome.CLARIFY else 1
        found = not self.case.expect or 0 < self.rank <= places
        return outcome is (wanted or Outcome.ANSWER) and found

    @property
    def wrong(self) -> bool:
        """Answered with another intent: the one result that does harm."""
        return self.match.outcome is Outcome.ANSWER and not (self.case.expect and self.rank == 1)

    @property
    def thief(self) -> Candidate | None:
        """The candidate that stands where the right one should; its phrasing is what stole it."""
        return None if self.right or self.rank == 1 else self.match.best

    def as_dict(self) -> dict[str, object]:
        """The result as plain data for JSON."""
        best = self.match.best
        got = {"got": best.intent, "phrasing": best.phrasing, "score": best.score} if best else {}
        return {
            "right": self.right,
            **asdict(self.case),
            "got_outcome": self.match.outcome,
            "rank": self.rank,
            **got,
        }


class Summary(Record):
    """How a set of questions fared. Shares are of all questions; in [0, 1]."""

    questions: int
    right: float
    wrong: float
    """Answered with another intent."""
    first: float
    """Share of those that expect an intent for which it came first."""
    offered: float
    """The same, among the first three."""

    @classmethod
    def of(cls, results: Sequence[Result]) -> Summary:
        """Count ``results``."""
        count = max(1, len(results))
        asked = [result for result in results if result.case.expect]
        return cls(
            questions=len(results),
            right=sum(r.right for r in results) / count,
            wrong=sum(r.wrong for r in results) / count,
            first=sum(r.rank == 1 for r in asked) / max(1, len(asked)),
            offered=sum(0 < r.rank <= OFFERED for r in asked) / max(1, len(asked)),
        )


class Baseline(Record):
    """Figures recorded earlier, to be held against new ones."""

    summary: Summary
    missed: frozenset[str]
    """The questions that went wrong then."""

    @classmethod
    def of(cls, results: Sequence[Result]) -> Baseline:
        """What to record of ``results``."""
        return cls(Summary.of(results), frozenset(r.case.say for r in results if not r.right))

    @classmethod
    def parse(cls, text: str) -> Baseline:
        """Read what `dump` wrote.

        Raises:
            ValueError: if it is something else.

        """
        try:
            data = json.loads(text)
            return cls(Summary(**data["summary"]), frozenset(data["missed"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a baseline: {error}") from error

    def dump(self) -> str:
        """The baseline as JSON, one missed question a line, so that a diff shows what changed."""
        data = {"summary": asdict(self.summary), "missed": sorted(self.missed)}
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"

    def regressions(self, results: Sequence[Result]) -> list[str]:
        """What is worse now: each figure, then each question that used to go right."""
        was, now = self.summary, Summary.of(results)
        worse = [
            f"{name}: {getattr(was, name):.1%} → {getattr(now, name):.1%}"
            for name, sign in (("right", 1), ("wrong", -1), ("first", 1), ("offered", 1))
            if sign * (getattr(was, name) - getattr(now, name)) > TOLERANCE
        ]
        lost = [r.case.say for r in results if not r.right and r.case.say not in self.missed]
        return worse + [f"newly missed: {say!r}" for say in lost] if worse else []


def cases(document: Document) -> list[Case]:
    """The cases in a file: a list of ``{say, expect: intent}`` and ``{say, refuse: true}``.

    Either may name an ``outcome`` instead (answer, clarify, unknown).

    Raises:
        KnowledgeError: with every entry that is neither.

    """
    if document.problems:
        raise KnowledgeError(document.problems)
    problems, found = [], []
    entries = document.data if isinstance(document.data, list) else [document.data]
    for i, entry in enumerate(entries):
        case = _case(entry)
        if case:
            found.append(case)
        else:
            message = (
                "a case needs 'say', and 'expect: intent', 'outcome: answer, clarify or unknown' "
                "or 'refuse: true' (write them)"
            )
            problems.append(Problem(document.name, document.line((i,)), message))
    if problems:
        raise KnowledgeError(problems)
    return found


def _case(entry: object) -> Case | None:
    fields: Mapping[str, object] = entry if isinstance(entry, Mapping) else {}
    say, expect, outcome = fields.get("say"), fields.get("expect", ""), fields.get("outcome")
    if not isinstance(say, str) or not isinstance(expect, str):
        return None
    if not fields.keys() <= {"say", "expect", "outcome", "refuse"}:
        return None
    if "refuse" in fields:
        return Case(say) if fields["refuse"] is True and not (expect or outcome) else None
    if outcome is None:
        return Case(say, expect) if expect else None
    known = outcome in (Outcome.ANSWER, Outcome.CLARIFY, Outcome.UNKNOWN)
    return Case(say, expect, Outcome(str(outcome))) if known else None


def run(matcher: Matcher, asked: Sequence[Case]) -> list[Result]:
    """Ask every case."""
    return [Result(case, matcher.match(case.say)) for case in asked]


def held_out(kb: KnowledgeBase, typos: bool = False) -> Iterator[Result]:
    """Ask every phrasing but the titles of a matcher that was built without it."""
    for fold in range(FOLDS):
        asked: list[Case] = []
        intents = dict(kb.intents)
        for intent in kb.intents.values():
            out = () if intent.chat else intent.questions[1:][fold::FOLDS]
            kept = tuple(question for question in intent.questions if question not in out)
            intents[intent.id] = replace(intent, questions=kept)
            asked += [Case(phrasing, intent.id) for phrasing in out]
        asked = mistyped(asked) if typos else asked
        yield from run(Matcher(replace(kb, intents=intents), learn=True), asked)


def mistyped(asked: Sequence[Case]) -> list[Case]:
    """``asked`` with typing mistakes, always the same ones for the same question."""
    return [replace(case, say=mistype(case.say, random.Random(case.say))) for case in asked]


def mistype(text: str, rng: random.Random) -> str:
    """Some slips in words of four letters or more, and here and there a lost space."""
    typed = []
    for correct in text.split():
        word = correct
        if len(word) >= 4 and rng.random() < len(word) / LETTERS_A_SLIP:
            i = rng.randrange(1, len(word) - 1)
            word = rng.choice(
                [
                    word[:i] + word[i + 1] + word[i] + word[i + 2 :],
                    word[:i] + word[i + 1 :],
                    word[:i] + word[i] + word[i:],
                    word[:i] + rng.choice(string.ascii_lowercase) + word[i + 1 :],
                ]
            )
        typed.append(word + (" " if rng.random() > LOST_SPACES else ""))
    return "".join(typed).strip()
