"""Why a message gets its reply: what alarms in it, what is matched of it, and how that scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .bot import Bot
from .knowledge.base import KnowledgeBase
from .matching.matcher import Matcher
from .record import Record, asdict
from .reply import Candidate, Explanation, Match, Outcome, Reply
from .safety.screen import Alarm
from .text import printable

STRENGTHS = 6
"""Features of a rival that are shown, strongest first."""


class Step(Record):
    """One question of a message, and what came of it."""

    outcome: Outcome
    intent: str | None
    """The answer or the small talk; None if there is none."""
    matched: str = ""
    """The question in the words that were matched, names filled in; empty if it was not matched."""
    explanation: Explanation | None = None
    """How the matcher decides on those words; what is around them may have decided otherwise."""


class Trace(Record):
    """How a reply came about."""

    danger: Alarm | None
    """The danger sign in the message; if it is urgent, nothing else is looked at."""
    steps: tuple[Step, ...]
    """The questions in the message, in order."""

    def as_dict(self) -> dict[str, object]:
        """The trace as plain data for JSON."""
        return {"schema": 1, **asdict(self)}


class _Overheard:
    """A matcher that remembers what it was asked, and what it said."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.asked: dict[str, Match] = {}

    def match(self, text: str) -> Match:
        found = self.asked[text] = self.matcher.match(text)
        return found

    def search(self, text: str, limit: int = 10) -> list[Candidate]:
        return self.matcher.search(text, limit)


def trace(kb: KnowledgeBase, text: str) -> Trace:
    """How a bot with the knowledge ``kb`` comes to its reply to ``text``, said first of all."""
    overheard = _Overheard(Matcher(kb, learn=True))
    bot = Bot(kb, matcher=overheard)
    danger, reply = bot.danger(text), bot.ask(text)
    parts = () if danger and danger.urgent else reply.each
    return Trace(danger, tuple(_step(part, overheard) for part in parts))


def _step(reply: Reply, overheard: _Overheard) -> Step:
    """What one reply came of: the first text that was matched with the candidates behind it."""
    if reply.outcome is Outcome.CHAT:
        return Step(reply.outcome, reply.intent)
    behind = set(reply.candidates)
    texts = (text for text, match in overheard.asked.items() if behind <= {*match.candidates})
    text = next(texts, "")
    explanation = overheard.matcher.explain(text) if text else None
    return Step(reply.outcome, reply.intent, text, explanation)


def as_text(trace: Trace) -> str:
    """The trace as tables that a nurse can read."""
    blocks = [_danger(trace.danger, trace.steps)] if trace.danger else []
    blocks += ["\n".join(_lines(step)) for step in trace.steps]
    return printable("\n\n".join(blocks))


def _danger(alarm: Alarm, steps: Sequence[Step]) -> str:
    silent = alarm.vague and all(step.outcome is Outcome.ANSWER for step in steps)
    line = "no line above an answer" if silent else "a line above the reply"
    like = f", which resembles its messages ({alarm.likeness:.2f})" if alarm.likeness else ""
    then = "this is the reply, nothing is matched" if alarm.urgent else line
    return f"{alarm.level}: the danger sign '{alarm.sign}' in «{alarm.words}»{like}: {then}"


def _lines(step: Step) -> Iterator[str]:
    matched = f", matched as «{step.matched}»" if step.matched else ""
    yield f"reply: {' '.join(filter(None, (step.outcome, step.intent)))}{matched}"
    if step.explanation:
        yield from _explained(step.explanation)


def _explained(explanation: Explanation) -> Iterator[str]:
    """The words, the vetoes and the best few of a match."""
    best = explanation.match.best
    verdict = f"{explanation.match.outcome}: {best.intent} {best.score:.2f}" if best else "unknown"
    limits = ", ".join(f"{name} from {value:.2f}" for name, value in explanation.thresholds)
    yield f"{verdict}, lead {explanation.lead:.2f}   ({limits})"
    beside = explanation.match.beside
    if beside:
        yield f"and {beside.intent} {beside.score:.2f}, which the story asks for as surely"
    yield from ("", "word              taken for")
    for typed, options in explanation.words:
        meant = ", ".join(f"{o} {w:.2f}" if w < 1 else o for o, w in options)
        yield f"{typed:<17} {meant or 'unknown: counts against every answer'}"
    for name in explanation.match.unknown_names:
        yield f"veto: the best answer is not about {name}"
    if explanation.flipped:
        asked, known = explanation.flipped
        yield f"veto: the question says {asked!r}, the nearest phrasing {known!r}"
    for rival in explanation.rivals:
        candidate = rival.candidate
        yield from ("", f"{candidate.score:.2f}  {candidate.intent}  «{candidate.phrasing}»")
        yield "      " + "  ".join(f"{name} {value:.2f}" for name, value in rival.signals)
        for feature, strength in rival.strengths[:STRENGTHS]:
            yield f"      {strength:5.2f}  {feature}"
