"""Measuring a knowledge base: cases of question → intent, and phrasings that were held out."""

from __future__ import annotations

import json
import random
import string
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from .errors import KnowledgeError, Problem, UsageError
from .knowledge import KnowledgeBase
from .matcher import Matcher
from .model import Candidate, Intent, Match, Outcome
from .record import Record, asdict, replace
from .yamlfile import Document

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


def concerning(results: Sequence[Result], intents: Mapping[str, Intent], part: str) -> list[Result]:
    """The results that ask for, or were stolen by, an intent of a topic or a file.

    ``part`` is part of the topic's or the file's name.

    Raises:
        UsageError: if there is no such topic or file.

    """
    told = {id: f"{intent.topic}\n{intent.origin}".lower() for id, intent in intents.items()}
    those = {id for id, names in told.items() if part.lower() in names}
    if not those:
        raise UsageError(f"no topic or file is called '{part}' (amlbot list shows the topics)")
    return [r for r in results if r.case.expect in those or (r.thief and r.thief.intent in those)]


def report(
    results: Sequence[Result], intents: Mapping[str, Intent] | None = None, rows: int = 20
) -> Iterator[str]:
    """A summary, the topics (if ``intents`` tell them), confusions, thefts, and misses."""
    now = Summary.of(results)
    yield f"{now.questions} questions: {now.right:.1%} right, {now.wrong:.1%} wrongly answered"
    if any(result.case.expect for result in results):
        yield f"right intent first {now.first:.1%}, among three {now.offered:.1%}"
    yield from _topics(results, intents or {})
    yield from _confusions(results, rows)
    yield from _thefts(results, rows)
    yield from _misses(results, rows)


def _topics(results: Sequence[Result], intents: Mapping[str, Intent]) -> Iterator[str]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.case.expect in intents:
            groups[intents[result.case.expect].topic].append(result)
    if len(groups) > 1:
        yield f"\n{'questions':>9} {'first':>6} {'three':>6} {'wrong':>6}  topic"
        for topic, group in sorted(groups.items(), key=lambda item: Summary.of(item[1]).first):
            s = Summary.of(group)
            yield f"{s.questions:>9} {s.first:>6.1%} {s.offered:>6.1%} {s.wrong:>6.1%}  {topic}"


def _confusions(results: Sequence[Result], rows: int) -> Iterator[str]:
    """Pairs of intents that are taken for one another, in either direction."""
    stolen = [(r.case.expect, r.thief.intent) for r in results if r.thief and r.case.expect]
    pairs = Counter(tuple(sorted(pair)) for pair in stolen)
    ways = Counter(stolen)
    if pairs:
        yield "\nconfusions (questions of the first that the second took + the other way round)"
    for (one, other), n in pairs.most_common(rows):
        yield f"{n:>4} = {ways[one, other]} + {ways[other, one]}  {one} | {other}"


def _thefts(results: Sequence[Result], rows: int) -> Iterator[str]:
    """The phrasings that take questions from other intents: reword or move these."""
    thieves = Counter(
        (r.thief.intent, r.thief.phrasing) for r in results if r.thief and r.case.expect
    )
    if thieves:
        yield "\nthefts by one phrasing"
    for (intent, phrasing), n in thieves.most_common(rows):
        victims = Counter(
            r.case.expect
            for r in results
            if r.thief and (r.thief.intent, r.thief.phrasing) == (intent, phrasing)
        )
        owners = ", ".join(id for id, _ in victims.most_common(3))
        yield f"{n:>4} × {intent} «{phrasing}» from {owners}"


def _misses(results: Sequence[Result], rows: int) -> Iterator[str]:
    misses = [result for result in results if not result.right]
    if misses:
        yield f"\nmisses: {len(misses)}"
    for result in sorted(misses, key=lambda r: not r.wrong)[:rows]:
        best = result.match.best
        got = f"{best.intent} {best.score:.2f} «{best.phrasing}»" if best else "nothing"
        wanted = " ".join(filter(None, (result.case.outcome, result.case.expect))) or "no answer"
        yield f"  {result.case.say!r} wants {wanted}, got {result.match.outcome} {got}"
